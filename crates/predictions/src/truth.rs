//! What is right: the class of each sample, by its id.

use crate::error::{PredictionError, place};
use crate::file::{Names, fingerprint};
use crate::folds::Folds;
use crate::ids::Ids;
use crate::slices;
use catalog::{ColumnValues, UNNAMED, Wanted, class_order, read_values, shown};
use records::SliceRecord;
use std::path::{Path, PathBuf};

/// Columns that are taken for the class where none is named, whatever the case.
const LABELS: [&str; 5] = ["label", "class", "target", "y", "truth"];

/// The samples that models are judged on.
#[derive(Debug)]
pub struct Truth {
    pub(crate) path: PathBuf,
    pub(crate) sha256: String,
    /// What the column of ids is called.
    pub(crate) id: String,
    pub(crate) ids: Ids,
    /// Empty where only the samples and their classes are known.
    pub(crate) labels: Vec<u16>,
    pub(crate) classes: Vec<String>,
    pub(crate) folds: Option<Folds>,
    /// Equal numbers for samples that belong together; empty where there is no such column.
    pub(crate) groups: Vec<u32>,
    pub(crate) slices: Option<SliceRecord>,
}

/// What columns of the truth are called, where they are not called as usual.
#[derive(Debug, Clone, Copy, Default)]
pub struct TruthColumns<'a> {
    /// The ids, else `id`.
    pub id: Option<&'a str>,
    /// The classes, else label, class, target, y or truth.
    pub label: Option<&'a str>,
    /// What models are judged by the values of, on groups of rows.
    pub slice: Option<&'a str>,
}

/// What a column of the truth is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    Id,
    Label,
    Fold,
    Group,
}

impl TruthColumns<'_> {
    fn id(&self) -> &str {
        self.id.unwrap_or("id")
    }

    fn use_of(&self, name: &str) -> Option<Use> {
        let called = |wanted: &str| name.eq_ignore_ascii_case(wanted);
        let is_label = match self.label {
            Some(label) => called(label),
            None => name == UNNAMED || LABELS.into_iter().any(called),
        };
        let known = [
            (called(self.id()), Use::Id),
            (is_label, Use::Label),
            (called("fold"), Use::Fold),
            (called("group"), Use::Group),
        ];
        let mut known = known.into_iter();
        known.find_map(|(is_it, of)| is_it.then_some(of))
    }

    /// A column may be sliced by, whatever else it is for.
    fn is_slice(&self, name: &str) -> bool {
        self.slice == Some(name)
    }
}

impl Truth {
    /// Reads a file with the class of each sample: a column of ids and one of classes; perhaps one called fold,
    /// and one called group. Without ids, a sample's id is the number of its row, from 0.
    ///
    /// # Errors
    /// One line that says what is wrong, where, and what would be right.
    pub fn read(path: &Path, called: TruthColumns<'_>) -> Result<Self, PredictionError> {
        let wanted = |name: &str| called.use_of(name).is_some() || called.is_slice(name);
        let values = read_values(path, &|name| wanted(name).then_some(Wanted::Names))?;
        let wrong = |reason: String| PredictionError::file(path, reason);
        let (mut ids, mut labels, mut fold, mut group) = (None, None, None, None);
        let mut slices = None;
        for (name, column) in values.columns {
            let ColumnValues::Names(codes, names) = column else {
                continue;
            };
            if called.is_slice(&name) {
                slices = Some(slices::of(&name, &codes, &names));
            }
            let Some(of) = called.use_of(&name) else {
                continue;
            };
            let filled = match of {
                Use::Id => &mut ids,
                Use::Label => &mut labels,
                Use::Fold => &mut fold,
                Use::Group => &mut group,
            };
            if filled.replace(Names { codes, names }).is_some() {
                let name = shown(&name);
                return Err(wrong(format!(
                    "{name} is a second column for the same; say which with --label"
                )));
            }
        }
        let is_there = [(called.id, ids.is_some()), (called.slice, slices.is_some())];
        if let Some((Some(name), _)) = is_there.iter().find(|(name, is)| name.is_some() && !is) {
            return Err(wrong(format!("no column {}", shown(name))));
        }
        let labels = labels.ok_or_else(|| {
            wrong(format!(
                "which column is the truth? None is called {}; the columns are {}",
                called.label.map_or_else(|| LABELS.join(", "), shown),
                crate::error::listed(&values.names)
            ))
        })?;
        let (labels, classes) = of_classes(path, &labels)?;
        let ids = match ids {
            None => Ids::Rows(labels.len()),
            Some(names) => Ids::Names(unique(path, names)?),
        };
        let folds = fold.map(|fold| Folds::of_rows(path, &fold)).transpose()?;
        let groups = group.map(|group| numbers(path, &group)).transpose()?;
        Ok(Self {
            sha256: fingerprint(path)?.sha256,
            path: path.to_owned(),
            id: called.id().to_owned(),
            ids,
            labels,
            classes,
            folds,
            groups: groups.unwrap_or_default(),
            slices,
        })
    }

    /// Samples whose ids are the numbers of their rows, from 0, and whose classes are known to
    /// somebody else. `place` names them in messages.
    pub fn of_rows(place: &str, rows: usize, classes: &[String]) -> Self {
        Self {
            path: place.into(),
            sha256: String::new(),
            id: "id".to_owned(),
            ids: Ids::Rows(rows),
            labels: Vec::new(),
            classes: classes.to_vec(),
            folds: None,
            groups: Vec::new(),
            slices: None,
        }
    }

    /// Number of samples.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there are no samples.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The most classes: a confusion matrix has the square of them.
const MOST_CLASSES: usize = 2048;

/// The class of each row, and the names of the classes in their order.
fn of_classes(path: &Path, labels: &Names) -> Result<(Vec<u16>, Vec<String>), PredictionError> {
    let classes = class_order(&labels.names);
    if classes.len() > MOST_CLASSES {
        let reason = format!(
            "{} classes; {MOST_CLASSES} are taken at the most",
            classes.len()
        );
        return Err(PredictionError::file(path, reason));
    }
    let place = |name: &String| classes.iter().position(|class| class == name);
    let of_code: Vec<u16> = labels
        .names
        .iter()
        .map(|name| place(name).expect("a class of these") as u16)
        .collect();
    let class = |(row, code): (usize, &Option<u32>)| match code {
        Some(code) => Ok(of_code[*code as usize]),
        None => Err(PredictionError::row(path, row, "the class is missing")),
    };
    let labels: Result<_, _> = labels.codes.iter().enumerate().map(class).collect();
    Ok((labels?, classes))
}

/// The group of each row, by number.
fn numbers(path: &Path, groups: &Names) -> Result<Vec<u32>, PredictionError> {
    let number = |(row, code): (usize, &Option<u32>)| {
        code.ok_or_else(|| PredictionError::row(path, row, "the group is missing"))
    };
    groups.codes.iter().enumerate().map(number).collect()
}

/// The ids in the order of their rows, each there once.
fn unique(path: &Path, ids: Names) -> Result<Vec<String>, PredictionError> {
    // Names stand in the order of their first rows.
    for (row, code) in ids.codes.iter().enumerate() {
        match code {
            None => return Err(PredictionError::row(path, row, "the id is missing")),
            Some(code) if *code as usize == row => (),
            Some(code) => {
                let first = ids.codes.iter().position(|one| one == &Some(*code));
                let reason = format!(
                    "id {} stands twice; first in {}",
                    shown(&ids.names[*code as usize]),
                    place(path, first.unwrap_or(0))
                );
                return Err(PredictionError::row(path, row, reason));
            }
        }
    }
    Ok(ids.names)
}
