//! Whether the first line of a text names its columns, and how.

use crate::error::one_line;
use crate::table::{Schema, decoded, is_label_name};
use crate::{Options, shown};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Rows below a first one of which its columns can be told to repeat themselves.
const ROWS: usize = 4;

/// Whether the first record names the columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Header {
    /// It is a row.
    No,
    /// It seems to, and may be a row.
    Guessed,
    Yes,
}

impl Header {
    /// What to say of it.
    pub(super) fn note(self) -> Option<String> {
        let note = match self {
            Self::No => "no header; columns are called by number",
            Self::Guessed => {
                "the first line taken for the header; if it is a row, say `--header no`"
            }
            Self::Yes => return None,
        };
        Some(note.to_owned())
    }
}

/// Finds out, where it is not said, whether the first record is a header. A second file has the one that the first
/// had.
pub(super) fn header(
    first: &[Vec<u8>],
    rows: &[Vec<Vec<u8>>],
    options: &Options,
    schema: Option<&Schema>,
) -> Header {
    let (is_there, is_sure) = match (options.header, schema) {
        (Some(said), _) => (said, true),
        (None, Some(schema)) if !schema.columns.is_empty() => (has_names_of(first, schema), true),
        (None, _) => guess(first, rows, options.label.as_deref()),
    };
    match is_there {
        false => Header::No,
        true if is_sure => Header::Yes,
        true => Header::Guessed,
    }
}

/// Whether one of the columns of a first file is called as a field, or none needs a name.
fn has_names_of(first: &[Vec<u8>], schema: &Schema) -> bool {
    let wanted: HashSet<&str> = schema.columns.iter().map(|(name, _)| &**name).collect();
    let mut fields = first
        .iter()
        .map(|field| one_line(&decoded(field, &mut false)));
    let is_numbered = wanted.iter().all(|name| name.starts_with("column "));
    fields.any(|field| wanted.contains(&*field)) || !is_numbered
}

/// Whether the first record names the columns, and whether there is no doubt. One that stands there a third time is a
/// row; a second time, it may be that of a second file. The label's name tells it, unless it stands below as a value.
/// Otherwise numbers are no names, unless they count the columns, and most columns have to speak for names.
fn guess(first: &[Vec<u8>], rows: &[Vec<Vec<u8>>], label: Option<&str>) -> (bool, bool) {
    let mut equals = rows.iter().filter(|row| row.as_slice() == first);
    if equals.nth(1).is_some() {
        return (false, true);
    }
    let is_alone = rows.is_empty();
    let others = rows.iter().map(Vec::as_slice);
    let rows: Vec<&[Vec<u8>]> = others.filter(|row| *row != first).collect();
    let below = |column: usize| rows.iter().filter_map(move |row| row.get(column));
    let stands_below = |column: usize| below(column).any(|field| *field == first[column]);
    let is_label = |field: &[u8]| {
        let name = decoded(field, &mut false);
        label.map_or_else(
            || is_label_name(&name),
            |label| name.to_lowercase() == label.to_lowercase(),
        )
    };
    let mut columns = 0..first.len();
    let names_label = columns.any(|column| is_label(&first[column]) && !stands_below(column));
    let against = (0..first.len())
        .filter(|&column| stands_below(column))
        .count();
    if names_label {
        return (true, against == 0);
    }
    let numbers: Vec<f64> = first.iter().filter_map(|field| number(field)).collect();
    let counts = |from: usize| {
        let mut both = numbers.iter().zip(from..);
        both.all(|(&number, expected)| number == expected as f64)
    };
    let are_counted =
        numbers.len() > 1 && numbers.len() + 1 >= first.len() && (counts(0) || counts(1));
    if !numbers.is_empty() && !are_counted {
        return (false, true);
    }
    let speaks = |&column: &usize| {
        let is_word = number(&first[column]).is_none();
        let values: Vec<&Vec<u8>> = below(column).filter(|field| !field.is_empty()).collect();
        let is_above_numbers = is_word && values.iter().any(|value| number(value).is_some());
        let different: HashSet<&Vec<u8>> = values.iter().copied().collect();
        let repeats = values.len() >= ROWS && 2 * different.len() <= values.len();
        !stands_below(column) && (is_above_numbers || repeats)
    };
    let speaking = (0..first.len()).filter(speaks).count();
    let are_equal = rows.is_empty() && !is_alone;
    let is_header = speaking >= against && !are_equal;
    (is_header, speaking > 0 && against == 0)
}

fn number(field: &[u8]) -> Option<f64> {
    std::str::from_utf8(field).ok()?.parse().ok()
}

/// Names of columns, made different where they are not; and those that several had, each with what the second is
/// called now.
pub(super) fn names(
    first: &[Vec<u8>],
    is_latin: &mut bool,
) -> (Vec<String>, BTreeMap<String, String>) {
    let mut names = Vec::with_capacity(first.len());
    for (index, field) in first.iter().enumerate() {
        let name = one_line(&decoded(field, is_latin));
        names.push(if name.is_empty() {
            format!("column {}", index + 1)
        } else {
            name
        });
    }
    let mut taken: HashSet<String> = names.iter().cloned().collect();
    let mut counts: HashMap<String, usize> = HashMap::new();
    let mut seconds: BTreeMap<String, String> = BTreeMap::new();
    for name in &mut names {
        let count = counts.entry(name.clone()).or_insert(0);
        *count += 1;
        if *count == 1 {
            continue;
        }
        let mut other = format!("{name} ({count})");
        while !taken.insert(other.clone()) {
            *count += 1;
            other = format!("{name} ({count})");
        }
        let name = std::mem::replace(name, other.clone());
        seconds.entry(name).or_insert(other);
    }
    (names, seconds)
}

/// What to say of names that several columns had.
pub(super) fn told_of(seconds: &BTreeMap<String, String>) -> Option<String> {
    let again: Vec<String> = seconds.keys().map(|name| shown(name)).collect();
    seconds.values().next().map(|second| {
        format!(
            "several columns are called {}; the second is {}",
            again.join(", "),
            shown(second)
        )
    })
}
