//! Samples that a model is asked about: their labels, if there are any, do not matter.

use crate::format::find;
use crate::found::Found;
use crate::pictures::{self, Manner};
use crate::source::Source;
use crate::table::Schema;
use crate::{LoadError, Options, memory};
use data::{PictureShape, Samples, Targets};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use tables::{Kind, Table};
use tempfile::TempDir;

/// What was found at a path.
#[derive(Debug)]
pub enum Asked {
    /// One picture.
    Picture(Samples),
    /// Samples; the test samples, where there are training samples as well.
    Samples(Samples),
    /// The rows of a table. All are of one class, which means nothing.
    Table(Table),
}

/// Puts what comes from a stream into a temporary file of that name, which goes with its directory: some
/// formats are read from their end.
///
/// # Errors
/// If the stream cannot be read, or the file not be written.
pub fn stored(stream: &mut dyn Read, name: &str) -> io::Result<(TempDir, PathBuf)> {
    let directory = tempfile::tempdir()?;
    let path = directory.path().join(name);
    io::copy(stream, &mut File::create(&path)?)?;
    Ok((directory, path))
}

/// Reads samples to ask a model about, from anything that [`load`](crate::load) reads and from single
/// pictures in PNG, JPEG, PGM, PPM or BMP. `shape` is that of the model's pictures, and `columns` are those
/// that its table had; a model has one or the other, or neither.
///
/// # Errors
/// [`LoadError`].
pub fn ask(
    path: &Path,
    options: &Options,
    shape: Option<(PictureShape, Manner)>,
    columns: Option<&[(String, Kind)]>,
) -> Result<Asked, LoadError> {
    let limit = options.memory.unwrap_or_else(memory::budget);
    if let (Some((shape, manner)), true) = (shape, path.is_file()) {
        let source = Source::file(path, limit)?;
        let picture = pictures::single(&source.read()?, limit, shape, manner);
        let picture = picture.map_err(|reason| LoadError::content(source.name(), reason))?;
        if let Some(samples) = picture {
            return Ok(Asked::Picture(samples));
        }
    }
    let schema = columns.map(|columns| Schema {
        columns: columns
            .iter()
            .map(|(name, kind)| (name.clone(), Some(*kind)))
            .collect(),
        label: None,
        group: None,
        beside: None,
    });
    Ok(match find(path, options, limit, schema.as_ref())? {
        Found::Splits(splits) => Asked::Samples(splits.test.samples().clone()),
        Found::Samples(all, None) => Asked::Samples(all.samples),
        Found::Samples(_, Some(test)) => Asked::Samples(test.samples),
        Found::Table(table) => {
            let rows = table.columns.first().map_or(0, tables::Column::len);
            let targets = Targets::new(vec![0; rows], ["any".to_owned()].into())?;
            Asked::Table(Table::new(table.columns, targets)?)
        }
    })
}
