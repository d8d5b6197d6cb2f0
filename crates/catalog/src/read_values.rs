//! Reads columns whose use is known, from any format that has columns.

use crate::arrays::npz_arrays;
use crate::format::{Format, HEAD};
use crate::npy::Array;
use crate::source::Source;
use crate::table::{Builder, Built, Coded, decoded};
use crate::values::{ColumnValues, UNNAMED, Values, Wanted, plan};
use crate::{LoadError, delimited, memory, parquet};
use std::path::Path;

/// Reads columns from CSV and its relatives, which must have a header, from Parquet, NPY or NPZ. `wanted`
/// is asked what each column is for, by its name; [`UNNAMED`] is that of an NPY file with one axis. An
/// array of two axes is given as such, one to a file.
///
/// # Errors
/// One line that says what is wrong, where, and what would be right.
pub fn read_values(
    path: &Path,
    wanted: &dyn Fn(&str) -> Option<Wanted>,
) -> Result<Values, LoadError> {
    let source = Source::file(path, memory::budget())?;
    match Format::of(&source.head(HEAD)?) {
        Format::Npy => {
            let array = Array::read(source.name(), source.open()?, source.limit())?;
            of_arrays(&source, vec![(UNNAMED.to_owned(), array)], wanted)
        }
        Format::Npz => of_arrays(&source, npz_arrays(&source)?, wanted),
        Format::Parquet => parquet::values(&source, path, wanted),
        Format::Text | Format::Svmlight => of_text(&source, wanted),
        Format::Arff => Err(LoadError::content(
            source.name(),
            "an ARFF file; CSV, Parquet, NPY or NPZ is needed here",
        )),
        Format::Part { what, .. } => Err(LoadError::content(
            source.name(),
            format!("{what}; CSV, Parquet, NPY or NPZ is needed here"),
        )),
        Format::Other(what) => Err(LoadError::content(source.name(), what)),
    }
}

/// The line in which a row, from 0, begins; `None` where the file has no lines.
pub fn line_of_row(path: &Path, row: usize) -> Option<u64> {
    let source = Source::file(path, memory::budget()).ok()?;
    match Format::of(&source.head(HEAD).ok()?) {
        Format::Text | Format::Svmlight => delimited::line_of_row(&source, row).ok()?,
        _ => None,
    }
}

fn of_text(
    source: &Source<'_>,
    wanted: &dyn Fn(&str) -> Option<Wanted>,
) -> Result<Values, LoadError> {
    let builders = delimited::columns(source, &|name| plan(wanted(name)))?;
    let mut values = Values {
        names: builders.iter().map(|one| one.name.clone()).collect(),
        rows: builders.first().map_or(0, Builder::rows),
        ..Values::default()
    };
    let mut is_latin = false;
    for builder in builders {
        let name = builder.name.clone();
        let column = match builder.finish() {
            Built::Words { words, .. } => {
                let (codes, words) = words.into_parts();
                let names = words.iter().map(|word| decoded(word, &mut is_latin));
                ColumnValues::Names(codes, names.collect())
            }
            Built::Numbers(numbers) => ColumnValues::Numbers(numbers),
            Built::Skipped | Built::Dates(_) => continue,
        };
        values.columns.push((name, column));
    }
    Ok(values)
}

fn of_arrays(
    source: &Source<'_>,
    arrays: Vec<(String, Array)>,
    wanted: &dyn Fn(&str) -> Option<Wanted>,
) -> Result<Values, LoadError> {
    let wrong = |name: &str, reason: String| {
        let place = if name == UNNAMED { "it" } else { name };
        LoadError::content(source.name(), format!("{place} {reason}"))
    };
    let mut values = Values::default();
    for (name, array) in arrays {
        let rows = array.rows();
        if !values.names.is_empty() && rows != values.rows {
            let reason = format!("has {rows} rows, and {} {}", values.names[0], values.rows);
            return Err(wrong(&name, reason));
        }
        if rows == 0 {
            return Err(wrong(
                &name,
                format!("has no row (its shape is {:?})", array.shape),
            ));
        }
        values.rows = rows;
        values.names.push(name.clone());
        let numbers = |array: &Array| {
            let numbers = array.to_f32();
            numbers.ok_or_else(|| wrong(&name, "holds text; numbers are needed".to_owned()))
        };
        match array.shape[..] {
            [_, width] if width > 1 => {
                if values.matrix.is_some() {
                    return Err(wrong(&name, "is a second array of two axes".to_owned()));
                }
                values.matrix = Some((width, numbers(&array)?));
            }
            _ => match wanted(&name) {
                None => (),
                Some(Wanted::Numbers) => {
                    let numbers = numbers(&array)?.into_iter().map(f64::from);
                    let column = ColumnValues::Numbers(numbers.collect());
                    values.columns.push((name, column));
                }
                Some(Wanted::Names) => {
                    let Coded { codes, names } =
                        array.to_names().map_err(|reason| wrong(&name, reason))?;
                    values
                        .columns
                        .push((name, ColumnValues::Names(codes, names)));
                }
            },
        }
    }
    Ok(values)
}
