//! What each column of a table is for.

use super::builder::Plan;
use crate::{LoadError, Options, shown};
use tables::{Column, Kind};

/// Columns that are taken for the label where none is named, whatever the case.
const LABELS: [&str; 4] = ["class", "label", "target", "y"];

/// What a column is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Feature,
    Label,
    Group,
    /// Not learnt from, and kept.
    Beside,
    Ignored,
}

/// The columns that a second file must have, as the first had them.
#[derive(Debug)]
pub(crate) struct Schema {
    /// Names and kinds; `None` where all values were missing.
    pub(crate) columns: Vec<(String, Option<Kind>)>,
    /// Nothing where labels do not matter.
    pub(crate) label: Option<String>,
    pub(crate) group: Option<String>,
    /// A column that is kept beside them.
    pub(crate) beside: Option<(String, Option<Kind>)>,
}

impl Schema {
    pub(crate) fn of(
        columns: &[Column],
        label: String,
        group: Option<String>,
        beside: Option<&Column>,
    ) -> Self {
        let kind = |column: &Column| (column.missing() < column.len()).then(|| column.kind());
        let columns = columns.iter();
        Self {
            columns: columns
                .map(|column| (column.name().to_owned(), kind(column)))
                .collect(),
            label: Some(label),
            group,
            beside: beside.map(|column| (column.name().to_owned(), kind(column))),
        }
    }
}

/// Whether there are options for reading: whoever asks a model has none.
pub(crate) fn has_options(schema: Option<&Schema>) -> bool {
    schema.is_none_or(|schema| schema.label.is_some())
}

/// The columns of a file.
pub(crate) struct Named<'a> {
    pub(crate) file: &'a str,
    pub(crate) names: &'a [String],
    /// Whether the names may be a row that was taken for them.
    pub(crate) is_guessed: bool,
}

impl Named<'_> {
    /// What is wrong with the columns, and which these are.
    fn wrong(&self, what: &str, hint: &str) -> LoadError {
        let ending = if self.is_guessed && self.names.len() > 1 {
            "; name one of these, or say `--header no`"
        } else {
            ""
        };
        let there = match self.names {
            [] => "there is no column".to_owned(),
            names => format!("the columns are {}", listed(names)),
        };
        LoadError::content(self.file, format!("{what}; {there}{hint}{ending}"))
    }
}

/// The role of each column, and what is known of its values.
pub(crate) fn roles(
    columns: &Named<'_>,
    options: &Options,
    schema: Option<&Schema>,
) -> Result<Vec<(Role, Plan)>, LoadError> {
    let of = match schema {
        None => chosen(columns, options)?,
        Some(schema) => as_before(columns, schema)?,
    };
    if of.iter().all(|(role, _)| *role != Role::Feature) {
        return Err(columns.wrong("no column is left to learn from", ""));
    }
    Ok(of)
}

fn chosen(columns: &Named<'_>, options: &Options) -> Result<Vec<(Role, Plan)>, LoadError> {
    let names = columns.names;
    let label = match &options.label {
        Some(label) => find(columns, label)?,
        None => default_label(columns)?,
    };
    let mut roles = vec![(Role::Feature, Plan::Guess); names.len()];
    for name in &options.categories {
        roles[find(columns, name)?].1 = Plan::Of(Kind::Category);
    }
    for name in &options.ignore {
        roles[find(columns, name)?] = (Role::Ignored, Plan::Skipped);
    }
    if let Some(slice) = &options.slice
        && let Ok(place) = find(columns, slice)
        && roles[place].0 == Role::Ignored
    {
        roles[place] = (Role::Beside, Plan::Guess);
    }
    if let Some(group) = &options.group {
        roles[find(columns, group)?] = (Role::Group, Plan::Of(Kind::Category));
    }
    if roles[label].0 != Role::Feature {
        let reason = format!(
            "column {} is the label; it cannot be the group, or ignored, too",
            names[label]
        );
        return Err(LoadError::content(columns.file, reason));
    }
    roles[label] = (Role::Label, Plan::Labels);
    Ok(roles)
}

fn as_before(columns: &Named<'_>, schema: &Schema) -> Result<Vec<(Role, Plan)>, LoadError> {
    let names = columns.names;
    let mut roles = vec![(Role::Ignored, Plan::Skipped); names.len()];
    let exactly = |wanted: &str| {
        let found = names.iter().position(|name| name == wanted);
        found.ok_or_else(|| {
            let what = format!("no column {wanted}, which the training file has");
            columns.wrong(&what, "")
        })
    };
    for (name, kind) in &schema.columns {
        let plan = kind.map_or(Plan::Skipped, Plan::Of);
        roles[exactly(name)?] = (Role::Feature, plan);
    }
    if let Some((name, kind)) = &schema.beside {
        let plan = kind.map_or(Plan::Skipped, Plan::Of);
        roles[exactly(name)?] = (Role::Beside, plan);
    }
    if let Some(group) = &schema.group {
        roles[exactly(group)?] = (Role::Group, Plan::Of(Kind::Category));
    }
    if let Some(label) = &schema.label {
        roles[exactly(label)?] = (Role::Label, Plan::Labels);
    }
    Ok(roles)
}

/// The column of that name; whatever the case, if one only is meant.
fn find(columns: &Named<'_>, wanted: &str) -> Result<usize, LoadError> {
    let names = columns.names;
    if let Some(exactly) = names.iter().position(|name| name == wanted) {
        return Ok(exactly);
    }
    let lower = wanted.to_lowercase();
    let mut alike = (0..names.len()).filter(|&i| names[i].to_lowercase() == lower);
    match (alike.next(), alike.next()) {
        (Some(one), None) => Ok(one),
        _ if wanted.is_empty() => Err(columns.wrong("no column has an empty name", "")),
        _ => Err(columns.wrong(&format!("no column {wanted}"), "")),
    }
}

fn default_label(columns: &Named<'_>) -> Result<usize, LoadError> {
    let names = columns.names;
    let called = |label: &str| {
        names
            .iter()
            .position(|name| name.eq_ignore_ascii_case(label))
    };
    LABELS.into_iter().find_map(called).ok_or_else(|| {
        let hint = match names {
            [_] => {
                "; it is one only: commas, semicolons, tabs, bars or single blanks separate fields, and nothing stands above the names of columns"
            }
            [first, ..] if first.starts_with('\'') => "; only double quotation marks are taken off",
            // A name that a reader gives.
            [first, ..] if first == "column 1" => {
                "; there is no header: name the label by its number, as `column 1`"
            }
            _ => "",
        };
        let what = "which column is the label? None is called class, label, target or y";
        columns.wrong(what, hint)
    })
}

/// Whether a column of that name is taken for the label where none is named.
pub(crate) fn is_label_name(name: &str) -> bool {
    LABELS.iter().any(|label| name.eq_ignore_ascii_case(label))
}

/// What to say of features that are called like a label, beside a label that was taken for its name.
pub(crate) fn other_labels(label: &str, columns: &[Column]) -> Option<String> {
    let names = columns.iter().map(Column::name);
    let others: Vec<&str> = names.filter(|name| is_label_name(name)).collect();
    (!others.is_empty()).then(|| {
        format!(
            "label {label}, though {} could be one, too, and is learnt from: name the label, or ignore it",
            others.join(" or ")
        )
    })
}

/// Names for a message: all of a few, the first and the last of many.
pub(crate) fn listed(names: &[String]) -> String {
    const MOST: usize = 20;
    let names: Vec<String> = names.iter().map(|name| shown(name)).collect();
    match &names[..] {
        [first @ .., last] if names.len() > MOST => format!(
            "{}, … ({} more), {last}",
            first[..MOST - 1].join(", "),
            names.len() - MOST
        ),
        _ => names.join(", "),
    }
}
