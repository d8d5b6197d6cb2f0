//! One sample in memory that a model is asked about: a picture's file, or the words of a row.

use crate::pictures::{self, Manner};
use crate::table::{Dialect, Word, shortened, truth};
use crate::{LoadError, shown};
use data::{PictureShape, Samples, Targets};
use tables::{Column, Kind, Table};

/// The picture in a file's bytes, as [`ask`](crate::ask) reads it; `None` if they are no picture in PNG, JPEG,
/// PGM, PPM or BMP. What takes more than `limit` bytes in memory is refused.
///
/// # Errors
/// [`LoadError::Content`].
pub fn ask_picture(
    bytes: &[u8],
    limit: u64,
    shape: PictureShape,
    manner: Manner,
) -> Result<Option<Samples>, LoadError> {
    let picture = pictures::single(bytes, limit, shape, manner);
    picture.map_err(|reason| LoadError::content("picture", reason))
}

/// A table of one row: each column with its kind, and its word as a file of text would have it; `None` is missing.
///
/// # Errors
/// [`LoadError::Content`] with the first word that is not of its kind.
pub fn ask_row<'a>(
    cells: impl IntoIterator<Item = (&'a str, Kind, Option<&'a str>)>,
) -> Result<Table, LoadError> {
    let columns = cells.into_iter().map(|(name, kind, word)| {
        let word = word.unwrap_or_default();
        column(name, kind, word)?.ok_or_else(|| {
            let word = shortened(word.as_bytes());
            let expected = match kind {
                Kind::Number => "a number, such as 2.5",
                Kind::Boolean => "true or false",
                Kind::Date => "a date, such as 2026-01-31",
                Kind::Category => "a name",
            };
            let reason = format!("'{word}' is not {expected}");
            LoadError::content(&format!("column {}", shown(name)), reason)
        })
    });
    let columns = columns.collect::<Result<Vec<Column>, LoadError>>()?;
    let targets = Targets::new(vec![0], ["any".to_owned()].into())?;
    Ok(Table::new(columns, targets)?)
}

/// A column of one row; `None` if the word is of another kind.
fn column(name: &str, kind: Kind, word: &str) -> Result<Option<Column>, LoadError> {
    let dialect = Dialect::of_text(&[], false, false);
    let is_missing = dialect.missing_word(word.as_bytes());
    let read = dialect.read(word.as_bytes());
    Ok(Some(match (kind, read) {
        (Kind::Number, Word::Number(number, _)) => Column::numbers(name, vec![number])?,
        (Kind::Number, Word::Missing) => Column::numbers(name, vec![f64::NAN])?,
        (Kind::Date, Word::Date(days)) => Column::dates(name, vec![days])?,
        (Kind::Date, Word::Missing) => Column::dates(name, vec![f64::NAN])?,
        (Kind::Boolean, _) if is_missing => Column::booleans(name, vec![None]),
        (Kind::Boolean, _) => match truth(word) {
            Some(truth) => Column::booleans(name, vec![Some(truth)]),
            None => return Ok(None),
        },
        (Kind::Category, _) => {
            let code = (!is_missing).then_some(0);
            Column::categories(name, [code], [word.to_owned()].into())?
        }
        _ => return Ok(None),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_a_row_of_the_kinds_that_are_expected() {
        let table = ask_row([
            ("n", Kind::Number, Some("2.5")),
            ("d", Kind::Date, Some("1970-01-03")),
            ("b", Kind::Boolean, Some("true")),
            ("c", Kind::Category, Some("true")),
            ("m", Kind::Number, None),
        ]);
        let table = table.unwrap();
        let kinds: Vec<Kind> = table.columns().iter().map(Column::kind).collect();
        let expected = [
            Kind::Number,
            Kind::Date,
            Kind::Boolean,
            Kind::Category,
            Kind::Number,
        ];
        assert_eq!(kinds, expected);
        let number = |name: &str| table.column(name).unwrap().as_number().unwrap()(0);
        assert_eq!([number("n"), number("d"), number("b")], [2.5, 2.0, 1.0]);
        assert!(number("m").is_nan());
    }

    #[test]
    fn a_word_of_another_kind_is_refused_with_its_column() {
        for (kind, word, expected) in [
            (Kind::Number, "inf", "not a number"),
            (Kind::Number, "four", "not a number"),
            (Kind::Date, "3", "not a date"),
            (Kind::Boolean, "perhaps", "not true or false"),
        ] {
            let error = ask_row([("x", kind, Some(word))]).unwrap_err().to_string();
            assert!(error.starts_with("column x: "), "{error}");
            assert!(error.contains(expected), "{error}");
        }
    }
}
