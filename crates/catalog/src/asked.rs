//! Samples that a model is asked about: their labels, if there are any, do not matter.

use crate::directory::{images_alone, test_images};
use crate::format::{Format, HEAD, find};
use crate::found::Found;
use crate::idx::is_idx;
use crate::pictures::{self, Manner};
use crate::source::Source;
use crate::table::{Schema, listed};
use crate::{LoadError, Options, arrays, idx_names, memory, svmlight};
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

/// The pictures that lie in a directory, by name, where nothing else is there but what is hidden.
pub fn loose_pictures(directory: &Path) -> Option<Vec<PathBuf>> {
    let entries = std::fs::read_dir(directory).ok()?;
    let mut files = Vec::new();
    for entry in entries {
        let entry = entry.ok()?;
        if !entry.file_name().as_encoded_bytes().starts_with(b".") {
            files.push(entry.path());
        }
    }
    files.sort_unstable();
    let is_picture = |file: &PathBuf| {
        let head = Source::file(file, u64::MAX).and_then(|source| source.head(HEAD));
        head.is_ok_and(|head| pictures::is_picture(&head))
    };
    (!files.is_empty() && files.iter().all(is_picture)).then_some(files)
}

/// What the samples were that a model was fitted to. It has pictures or columns, or neither.
#[derive(Debug, Clone, Copy)]
pub struct Fitted<'a> {
    /// The shape of its pictures, and how they were made.
    pub pictures: Option<(PictureShape, Manner)>,
    /// The columns of its table.
    pub columns: Option<&'a [(String, Kind)]>,
    /// Values of each sample.
    pub features: usize,
    /// The number of the first of these in rows of svmlight, 0 or 1, if that is what they were and it is known.
    pub counted_from: Option<u32>,
}

/// Refuses what has no columns by name, for a model of a table.
fn check_table(
    source: &Source<'_>,
    head: &[u8],
    columns: &[(String, Kind)],
) -> Result<(), LoadError> {
    let found = match Format::of(head) {
        Format::Npy => "arrays",
        Format::Npz if arrays::any_in_zip(source) => "arrays",
        Format::Svmlight => "rows of svmlight",
        Format::Part { what, .. } => what,
        // A table; or what is refused with its own advice: sheets, archives and what is read nowhere.
        Format::Text | Format::Arff | Format::Parquet | Format::Npz | Format::Other(_) => {
            return Ok(());
        }
    };
    let names: Vec<String> = columns.iter().map(|(name, _)| name.clone()).collect();
    let reason = format!(
        "{found}, and the model was fitted to a table; CSV, ARFF or Parquet with its columns is needed: {}",
        listed(&names)
    );
    Err(LoadError::content(source.name(), reason))
}

/// The images of an IDX file, or the test images of a directory of such files, where that is what is there.
fn idx_images(
    path: &Path,
    fitted: &Fitted<'_>,
    counted_from: Option<u32>,
) -> Result<Option<Samples>, LoadError> {
    // Elsewhere it is said what is needed in their place.
    if fitted.columns.is_some() || counted_from.is_some() {
        return Ok(None);
    }
    if path.is_dir() {
        let is_there = idx_names::any(path);
        return is_there.then(|| test_images(path)).transpose();
    }
    // What is no file is refused by those who read other formats. A plain file of images may be larger than memory.
    let is_file = path
        .metadata()
        .is_ok_and(|found| found.is_file() && found.len() > 0);
    let is_idx = is_file && is_idx(&Source::file(path, u64::MAX)?.head(4)?);
    is_idx.then(|| images_alone(path)).transpose()
}

/// Reads samples to ask a model about, from anything that [`load`](crate::load) reads, from arrays and from an IDX file
/// of images without labels, and from single pictures in PNG, JPEG, PGM, PPM or BMP. Rows of svmlight are made as wide as the model's samples;
/// their features are counted from the number that is given, 0 or 1, or else from that of the fit; without either as
/// their highest and lowest leave no doubt.
///
/// # Errors
/// [`LoadError`]; also if a number is given for what is no file of such rows.
pub fn ask(
    path: &Path,
    options: &Options,
    fitted: Fitted<'_>,
    counted_from: Option<u32>,
) -> Result<Asked, LoadError> {
    let limit = options.memory.unwrap_or_else(memory::budget);
    if let Some(images) = idx_images(path, &fitted, counted_from)? {
        return Ok(Asked::Samples(images));
    }
    let file = path
        .is_file()
        .then(|| Source::file(path, limit))
        .transpose()?;
    let head = match &file {
        Some(source) => source.head(HEAD)?,
        None => Vec::new(),
    };
    // A table's columns are known by name, whatever the file looks like.
    let rows = file.as_ref().filter(|_| fitted.columns.is_none());
    let rows = rows.map(|source| (source, Format::of(&head)));
    let is_sparse = matches!(rows, Some((_, Format::Svmlight)));
    if counted_from.is_some() && path.exists() && !is_sparse {
        let told = "no rows of svmlight; leave out --counted-from";
        return Err(LoadError::content(&path.display().to_string(), told));
    }
    if let (Some((shape, manner)), Some(source)) = (fitted.pictures, &file)
        && pictures::is_picture(&head)
    {
        let picture = pictures::single(&source.read()?, limit, shape, manner);
        let picture = picture.map_err(|reason| LoadError::content(source.name(), reason))?;
        if let Some(samples) = picture {
            return Ok(Asked::Picture(samples));
        }
    }
    if let Some((source, format)) = rows {
        let samples = match format {
            Format::Npy | Format::Npz => arrays::alone(source)?,
            Format::Svmlight => {
                let (features, of_fit) = (fitted.features, fitted.counted_from);
                Some(svmlight::as_wide(source, features, counted_from, of_fit)?)
            }
            _ => None,
        };
        if let Some(samples) = samples {
            return Ok(Asked::Samples(samples));
        }
    }
    if let (Some(source), Some(columns)) = (&file, fitted.columns) {
        check_table(source, &head, columns)?;
    }
    let schema = fitted.columns.map(|columns| Schema {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(file: &str, bytes: &[u8]) -> String {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(file);
        std::fs::write(&path, bytes).unwrap();
        let columns = [("age".to_owned(), Kind::Number)];
        let fitted = Fitted {
            pictures: None,
            columns: Some(&columns),
            features: 1,
            counted_from: None,
        };
        let error = ask(&path, &Options::default(), fitted, None).unwrap_err();
        let place = directory.path().display().to_string();
        error.to_string().replace(&format!("{place}/"), "")
    }

    #[test]
    fn a_model_of_a_table_is_asked_about_columns() {
        let needed = ", and the model was fitted to a table; CSV, ARFF or Parquet with its columns is needed: age";
        for (file, bytes, found) in [
            ("a.npy", &b"\x93NUMPY"[..], "arrays"),
            ("a.png", b"\x89PNG", "one picture"),
            ("a.svm", b"1 1:2\n", "rows of svmlight"),
        ] {
            assert_eq!(refusal(file, bytes), format!("{file}: {found}{needed}"));
        }
        assert_eq!(
            refusal("a.bz2", b"BZh"),
            "a.bz2: compressed with bzip2; decompress it, or compress it with gzip"
        );
    }

    fn asked(path: &Path) -> Result<Samples, LoadError> {
        let fitted = Fitted {
            pictures: None,
            columns: None,
            features: 4,
            counted_from: None,
        };
        match ask(path, &Options::default(), fitted, None)? {
            Asked::Samples(samples) => Ok(samples),
            other => panic!("{other:?}"),
        }
    }

    /// Nobody who asks has labels, and reading and summing up millions of training images would take most of the time.
    #[test]
    fn idx_files_are_asked_about_one_by_one_and_by_directory() {
        let directory = tempfile::tempdir().unwrap();
        let at = |name: &str| directory.path().join(name);
        let file = |count: u8| {
            let header = crate::idx_header(&[u32::from(count), 2, 2]);
            [header, (0..4 * count).collect()].concat()
        };
        let train = at("train-images-idx3-ubyte");
        std::fs::write(&train, file(3)).unwrap();
        assert_eq!(asked(&train).unwrap().pixels().unwrap().len(), 12);
        let gzipped = at("some.gz");
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut encoder, &file(5)).unwrap();
        std::fs::write(&gzipped, encoder.finish().unwrap()).unwrap();
        assert_eq!(asked(&gzipped).unwrap().len(), 5);

        // Of four files those that are not asked about are not opened.
        std::fs::write(&train, "damaged").unwrap();
        std::fs::write(at("t10k-images-idx3-ubyte"), file(2)).unwrap();
        for labels in ["train-labels-idx1-ubyte", "t10k-labels-idx1-ubyte"] {
            std::fs::write(at(labels), "damaged").unwrap();
        }
        assert_eq!(asked(directory.path()).unwrap().len(), 2);

        std::fs::write(&train, crate::idx_header(&[7])).unwrap();
        let error = asked(&train).unwrap_err().to_string();
        assert!(error.ends_with("this is a file of labels"), "{error}");
    }

    /// A ZIP archive of one file that is stored as it is.
    fn zip(name: &str) -> Vec<u8> {
        let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let stored = zip::write::SimpleFileOptions::default();
        archive.start_file(name, stored).unwrap();
        archive.finish().unwrap().into_inner()
    }

    #[test]
    fn archives_of_other_files_are_no_arrays() {
        for (file, holds, expected) in [
            (
                "sheet.xlsx",
                "[Content_Types].xml",
                "an Office file; write the sheet as CSV",
            ),
            (
                "x.zip",
                "x.csv",
                "a ZIP archive that holds x.csv; unpack it",
            ),
            (
                "a.npz",
                "X.npy",
                "arrays, and the model was fitted to a table; CSV, ARFF or Parquet with its columns is needed: age",
            ),
        ] {
            assert_eq!(refusal(file, &zip(holds)), format!("{file}: {expected}"));
        }
    }

    /// There are no options that could say which words are missing values.
    #[test]
    fn a_word_among_numbers_is_refused_without_advice_on_options() {
        for (file, text, line) in [
            ("a.csv", "age\n1\nfoo\n", 3),
            (
                "a.arff",
                "@relation a\n@attribute age numeric\n@data\nfoo\n",
                4,
            ),
        ] {
            assert_eq!(
                refusal(file, text.as_bytes()),
                format!(
                    "{file}: line {line}, column age: 'foo' is neither a number nor one of the missing-value words (NA, NaN, null, ?, ...)"
                )
            );
        }
    }
}
