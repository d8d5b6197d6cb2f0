//! A table as it was read: typed columns, and labels and groups by name.

use super::builder::{Builder, Built, shortened};
use super::dictionary::Words;
use super::roles::{Role, Schema};
use super::words::truth;
use crate::LoadError;
use encoding_rs::WINDOWS_1252;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use tables::{Column, Kind};

/// Rows as indices into names.
#[derive(Debug, Default)]
pub(crate) struct Coded {
    pub(crate) codes: Vec<Option<u32>>,
    pub(crate) names: Vec<String>,
}

/// Names that are numbered as they come.
#[derive(Debug, Default)]
pub(crate) struct Interned {
    coded: Coded,
    numbers: HashMap<String, u32>,
}

impl Interned {
    /// Adds a row of this name.
    pub(crate) fn push(&mut self, name: &str) {
        let code = match self.numbers.get(name) {
            Some(&code) => code,
            None => {
                let next = self.coded.names.len() as u32;
                self.numbers.insert(name.to_owned(), next);
                self.coded.names.push(name.to_owned());
                next
            }
        };
        self.coded.codes.push(Some(code));
    }

    /// Adds a row of this name, or of none.
    pub(crate) fn push_option(&mut self, name: Option<&str>) {
        match name {
            Some(name) => self.push(name),
            None => self.coded.codes.push(None),
        }
    }

    /// Number of rows.
    pub(crate) fn len(&self) -> usize {
        self.coded.codes.len()
    }

    /// Number of different names.
    pub(crate) fn names(&self) -> usize {
        self.coded.names.len()
    }

    pub(crate) fn into_coded(self) -> Coded {
        self.coded
    }
}

/// What a reader of tables gives.
#[derive(Debug, Default)]
pub(crate) struct RawTable {
    pub(crate) columns: Vec<Column>,
    /// A column that nothing is learnt from, and that is kept.
    pub(crate) beside: Option<Column>,
    pub(crate) labels: Coded,
    pub(crate) groups: Option<Coded>,
    /// The columns of labels and of groups.
    pub(crate) label: String,
    pub(crate) group: Option<String>,
    /// What was recognised, for people.
    pub(crate) notes: Vec<String>,
}

impl RawTable {
    /// What a second file must have.
    pub(crate) fn schema(&self) -> Schema {
        let (label, group) = (self.label.clone(), self.group.clone());
        Schema::of(&self.columns, label, group, self.beside.as_ref())
    }
}

impl RawTable {
    /// The same with its columns in the order of the first file's.
    pub(crate) fn in_order(mut self, schema: &Schema) -> Self {
        let names = schema.columns.iter().enumerate();
        let place: HashMap<&str, usize> = names.map(|(i, (name, _))| (name.as_str(), i)).collect();
        self.columns
            .sort_by_key(|column| place.get(column.name()).copied());
        self
    }
}

/// Makes a table of columns that are complete. Words that are not UTF-8 are Latin-1 (Windows-1252),
/// which any bytes are, as the names of columns are already where `is_latin`.
pub(crate) fn finish(
    file: &str,
    builders: Vec<Builder>,
    roles: &[Role],
    mut is_latin: bool,
    mut notes: Vec<String>,
) -> Result<RawTable, LoadError> {
    let missing = builders.iter();
    notes.extend(missing_note(
        missing.map(|builder| (builder.missing, &builder.missing_words)),
    ));
    let mut parts = Vec::with_capacity(builders.len());
    for (builder, role) in builders.into_iter().zip(roles) {
        let (regular, all) = builder.regular_share();
        let rows = builder.rows();
        if let Some((line, word)) = &builder.rounded {
            let place = format!("line {line}");
            notes.push(rounded_note(&builder.name, &shortened(word), &place));
        }
        let name = builder.name.clone();
        let built = builder.finish();
        if let (Built::Words { .. }, true) = (&built, regular > 0) {
            notes.push(format!(
                "column {name}: categories, {regular} of its {all} values are numbers or dates"
            ));
        }
        parts.push((name, *role, rows, built));
    }
    let mut table = RawTable {
        notes,
        ..RawTable::default()
    };
    for (name, role, rows, built) in parts {
        match (role, built) {
            (Role::Ignored, _) => (),
            (Role::Feature, built) => {
                let column = column(&name, rows, built, &mut is_latin)?;
                table.columns.push(column);
            }
            (Role::Beside, built) => {
                table.beside = Some(column(&name, rows, built, &mut is_latin)?);
            }
            (role, Built::Words { words, .. }) => {
                let coded = coded(words, &mut is_latin);
                if role == Role::Label {
                    (table.labels, table.label) = (coded, name);
                } else {
                    (table.groups, table.group) = (Some(coded), Some(name));
                }
            }
            _ => return Err(LoadError::content(file, format!("column {name} is empty"))),
        }
    }
    if is_latin {
        table.notes.insert(0, LATIN.to_owned());
    }
    Ok(table)
}

fn column(name: &str, rows: usize, built: Built, is_latin: &mut bool) -> Result<Column, LoadError> {
    Ok(match built {
        // Missing throughout in the first file, whatever the second says.
        Built::Skipped => Column::numbers(name, vec![f64::NAN; rows])?,
        Built::Numbers(values) => Column::numbers(name, values)?,
        Built::Dates(values) => Column::dates(name, values)?,
        Built::Words { words, kind } => {
            let Coded { codes, names } = coded(words, is_latin);
            let names: Arc<[String]> = names.into();
            let truths: Option<Vec<bool>> = names.iter().map(|name| truth(name)).collect();
            let is_said = kind == Some(Kind::Boolean);
            match truths {
                Some(truths) if is_said || kind.is_none() && !truths.is_empty() => {
                    let values = codes
                        .iter()
                        .map(|code| code.map(|code| truths[code as usize]));
                    Column::booleans(name, values.collect())
                }
                _ => Column::categories(name, codes, names)?,
            }
        }
    })
}

/// Words as text, each text once: the same may stand there in UTF-8 and in Latin-1.
fn coded(words: Words, is_latin: &mut bool) -> Coded {
    let (mut codes, words) = words.into_parts();
    let was_latin = std::mem::take(is_latin);
    let mut names: Vec<String> = words.iter().map(|word| decoded(word, is_latin)).collect();
    if *is_latin {
        let mut different = Interned::default();
        for name in &names {
            different.push(name);
        }
        let Coded {
            codes: of,
            names: texts,
        } = different.into_coded();
        for code in codes.iter_mut().flatten() {
            *code = of[*code as usize].unwrap_or(*code);
        }
        names = texts;
    }
    *is_latin |= was_latin;
    Coded { codes, names }
}

/// What to say of text with words that are not UTF-8.
pub(crate) const LATIN: &str = "encoding Latin-1 (Windows-1252)";

/// UTF-8, or else Latin-1. Each word for itself: where bytes are UTF-8 and not ASCII they are hardly
/// ever meant as Latin-1.
pub(crate) fn decoded(word: &[u8], is_latin: &mut bool) -> String {
    match std::str::from_utf8(word) {
        Ok(text) => text.to_owned(),
        Err(_) => {
            *is_latin = true;
            WINDOWS_1252
                .decode_without_bom_handling(word)
                .0
                .into_owned()
        }
    }
}

/// What to say of whole numbers of which one, in this place, is rounded.
pub(crate) fn rounded_note(column: &str, number: &str, place: &str) -> String {
    format!(
        "column {column}: whole numbers beyond 2^53 are rounded, as {number} in {place}; if they are names, put it in --categories or --ignore"
    )
}

/// What to say of words that were taken for missing: of each column how often, and which.
pub(crate) fn missing_note<'a>(
    columns: impl Iterator<Item = (u64, &'a BTreeSet<Vec<u8>>)>,
) -> Option<String> {
    let (counts, words): (Vec<u64>, Vec<_>) = columns.unzip();
    let missing: u64 = counts.iter().sum();
    let words: BTreeSet<&Vec<u8>> = words.into_iter().flatten().collect();
    let named = words.iter().map(|word| match word.as_slice() {
        b"" => "empty fields".to_owned(),
        word => String::from_utf8_lossy(word).into_owned(),
    });
    let named: Vec<String> = named.collect();
    (missing > 0).then(|| format!("missing: {} ({missing} values)", named.join(", ")))
}

/// The names of classes in their order, each once: numbers by size, then names by their letters.
///
/// # Panics
/// Never: numbers that are not finite are names.
pub fn class_order<'a>(names: impl IntoIterator<Item = &'a String>) -> Vec<String> {
    let key = |name: &String| {
        let number = name.parse::<f64>().ok().filter(|number| number.is_finite());
        (number.is_none(), number.unwrap_or(0.0))
    };
    let mut names: Vec<String> = names.into_iter().cloned().collect();
    names.sort_by(|a, b| {
        let (a_key, b_key) = (key(a), key(b));
        let by_number = a_key.partial_cmp(&b_key).expect("numbers are finite");
        by_number.then_with(|| a.cmp(b))
    });
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_in_the_order_of_numbers_and_letters() {
        let names = ["b", "10", "9", "a", "B", "9", "-1"].map(str::to_owned);
        assert_eq!(class_order(&names), ["-1", "9", "10", "B", "a", "b"]);
    }
}
