//! Samples and labels as arrays of NumPy's: an NPZ file, or a directory of NPY files.

use crate::found::RawSamples;
use crate::npy::{Array, MAGIC};
use crate::rounding::lost;
use crate::source::Source;
use crate::table::Coded;
use crate::{LoadError, shown};
use data::{PictureShape, Samples};
use std::fs::{self, File};
use std::path::Path;
use zip::ZipArchive;
use zip::result::ZipError;

/// Arrays of samples and of their labels, by the names that people give them.
const WHOLE: &[[&str; 2]] = &[
    ["X", "y"],
    ["data", "target"],
    ["images", "labels"],
    ["features", "labels"],
    ["data", "labels"],
];
/// The same of a training and a test split.
const SPLIT: &[[&str; 4]] = &[
    ["x_train", "y_train", "x_test", "y_test"],
    ["train_images", "train_labels", "test_images", "test_labels"],
    ["train_data", "train_labels", "test_data", "test_labels"],
];
/// Smallest side of a square that rows of bytes are taken for.
const SIDE: usize = 8;

/// Training samples, and those that are set apart for the test.
type Splits = (RawSamples, Option<RawSamples>);

/// Arrays by name.
trait Archive {
    fn names(&self) -> Vec<String>;
    fn read(&mut self, name: &str) -> Result<Array, LoadError>;
    /// The file or directory.
    fn place(&self) -> &str;
}

/// Reads an NPZ file.
pub(crate) fn npz(source: &Source<'_>, group: Option<&str>) -> Result<Splits, LoadError> {
    let bytes = source.seekable()?;
    let archive = ZipArchive::new(bytes).map_err(|error| unreadable(source.name(), &error))?;
    let office = archive
        .file_names()
        .any(|name| name.is_ok_and(|name| name == "[Content_Types].xml"));
    if office {
        let reason = "an Office file; write the sheet as CSV";
        return Err(LoadError::content(source.name(), reason));
    }
    let mut npz = Npz { source, archive };
    if npz.names().is_empty() {
        return Err(npz.without_arrays());
    }
    splits(&mut npz, group)
}

/// The samples of an NPY file, or of an NPZ file with a single array; `None` for an archive of several.
pub(crate) fn alone(source: &Source<'_>) -> Result<Option<Samples>, LoadError> {
    let array = if source.head(MAGIC.len())? == MAGIC {
        match source.mapped()? {
            Some(file) => Array::map(source.name(), &file, source.limit())?,
            None => Array::read(source.name(), source.open()?, source.limit())?,
        }
    } else {
        let archive = ZipArchive::new(source.seekable()?);
        let archive = archive.map_err(|error| unreadable(source.name(), &error))?;
        let mut npz = Npz { source, archive };
        let [name] = &npz.names()[..] else {
            return Ok(None);
        };
        npz.read(name)?
    };
    let samples = shaped(array, &mut Vec::new());
    let of_array = |reason| LoadError::content(source.name(), format!("the array {reason}"));
    samples.map(Some).map_err(of_array)
}

/// All arrays of an NPZ file.
pub(crate) fn npz_arrays(source: &Source<'_>) -> Result<Vec<(String, Array)>, LoadError> {
    let archive = ZipArchive::new(source.seekable()?);
    let archive = archive.map_err(|error| unreadable(source.name(), &error))?;
    let mut npz = Npz { source, archive };
    let mut names = npz.names();
    names.sort_unstable();
    if names.is_empty() {
        return Err(npz.without_arrays());
    }
    names
        .into_iter()
        .map(|name| {
            let array = npz.read(&name)?;
            Ok((name, array))
        })
        .collect()
}

/// Reads the NPY files of a directory, whose names are those of arrays in an NPZ file.
pub(crate) fn directory(path: &Path, limit: u64, group: Option<&str>) -> Result<Splits, LoadError> {
    let place = path.display().to_string();
    splits(&mut Directory { path, place, limit }, group)
}

/// Whether there are NPY files in a directory.
pub(crate) fn any(path: &Path) -> bool {
    let names = fs::read_dir(path).into_iter().flatten().flatten();
    names
        .into_iter()
        .any(|entry| array_name(&entry.file_name().to_string_lossy()).is_some())
}

/// Whether there are arrays in a ZIP archive.
pub(crate) fn any_in_zip(source: &Source<'_>) -> bool {
    let archive = source.seekable().ok();
    let archive = archive.and_then(|bytes| ZipArchive::new(bytes).ok());
    archive.is_some_and(|archive| !Npz { source, archive }.names().is_empty())
}

struct Npz<'s, R> {
    source: &'s Source<'s>,
    archive: ZipArchive<R>,
}

impl<R: std::io::Read + std::io::Seek> Npz<'_, R> {
    fn without_arrays(&self) -> LoadError {
        let holds = match self.archive.file_names().find_map(Result::ok) {
            Some(name) => format!("a ZIP archive that holds {}; unpack it", shown(&name)),
            None => "a ZIP archive of nothing".to_owned(),
        };
        LoadError::content(self.source.name(), holds)
    }
}

impl<R: std::io::Read + std::io::Seek> Archive for Npz<'_, R> {
    fn names(&self) -> Vec<String> {
        let names = self.archive.file_names().filter_map(Result::ok);
        let arrays = names.filter_map(|name| array_name(&name).map(str::to_owned));
        arrays.collect()
    }

    fn read(&mut self, name: &str) -> Result<Array, LoadError> {
        let file = self.source.name();
        let entry = self.archive.by_name(&format!("{name}.npy"));
        let entry = entry.map_err(|error| unreadable(file, &error))?;
        Array::read(&format!("{file}: {name}"), entry, self.source.limit())
    }

    fn place(&self) -> &str {
        self.source.name()
    }
}

struct Directory<'a> {
    path: &'a Path,
    place: String,
    limit: u64,
}

impl Archive for Directory<'_> {
    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path).into_iter().flatten().flatten();
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        let mut names: Vec<String> = names
            .filter_map(|name| array_name(&name).map(str::to_owned))
            .collect();
        names.sort_unstable();
        names
    }

    fn read(&mut self, name: &str) -> Result<Array, LoadError> {
        let path = self.path.join(format!("{name}.npy"));
        // What is no file is refused there.
        let source = Source::file(&path, u64::MAX)?;
        let bytes = File::open(&path).map_err(LoadError::io(&path))?;
        Array::read(source.name(), std::io::BufReader::new(bytes), self.limit)
    }

    fn place(&self) -> &str {
        &self.place
    }
}

fn array_name(file: &str) -> Option<&str> {
    file.strip_suffix(".npy")
}

fn unreadable(file: &str, error: &ZipError) -> LoadError {
    LoadError::content(file, format!("an archive that cannot be read ({error})"))
}

fn splits(archive: &mut dyn Archive, group: Option<&str>) -> Result<Splits, LoadError> {
    let names = archive.names();
    let find = |wanted: &str| {
        names
            .iter()
            .find(|name| name.eq_ignore_ascii_case(wanted))
            .cloned()
    };
    let group = match group {
        None => None,
        Some(group) => Some(find(group).ok_or_else(|| {
            let reason = format!("no array {group}; there are {}", names.join(", "));
            LoadError::content(archive.place(), reason)
        })?),
    };
    let group = group.as_deref();
    for [x, y, x_test, y_test] in SPLIT {
        let found = (find(x), find(y), find(x_test), find(y_test));
        if let (Some(x), Some(y), Some(x_test), Some(y_test)) = found {
            let mut train = samples(archive, &x, &y, group)?;
            let others = unused(&names, &[&x, &y, &x_test, &y_test, group.unwrap_or(&x)]);
            train.notes.extend(others);
            return Ok((train, Some(samples(archive, &x_test, &y_test, None)?)));
        }
    }
    for [x, y] in WHOLE {
        if let (Some(x), Some(y)) = (find(x), find(y)) {
            let mut samples = samples(archive, &x, &y, group)?;
            let others = unused(&names, &[&x, &y, group.unwrap_or(&x)]);
            samples.notes.extend(others);
            return Ok((samples, None));
        }
    }
    let there = if names.is_empty() {
        "no arrays".to_owned()
    } else {
        names.join(", ")
    };
    let reason = format!(
        "arrays X and y are needed, or x_train, y_train, x_test and y_test; there are {there}"
    );
    Err(LoadError::content(archive.place(), reason))
}

/// What to say of arrays that are none of those that are used.
fn unused(names: &[String], used: &[&str]) -> Option<String> {
    let others = names.iter().filter(|name| !used.contains(&name.as_str()));
    let others: Vec<String> = others.map(|name| shown(name)).collect();
    (!others.is_empty()).then(|| format!("other arrays, and left out: {}", others.join(", ")))
}

fn samples(
    archive: &mut dyn Archive,
    x: &str,
    y: &str,
    group: Option<&str>,
) -> Result<RawSamples, LoadError> {
    let place = archive.place().to_owned();
    let mut names_of = |name: &str| -> Result<Coded, LoadError> {
        let names = archive.read(name)?.to_names();
        names.map_err(|reason| LoadError::content(&place, format!("{name} {reason}")))
    };
    let labels = names_of(y)?;
    let groups = group.map(names_of).transpose()?;
    let array = archive.read(x)?;
    let rows = array.rows();
    if array.shape.len() < 2 {
        let reason = format!("{x} {}", no_rows(&array.shape));
        return Err(LoadError::content(&place, reason));
    }
    for (name, coded) in [
        (y, Some(&labels)),
        (group.unwrap_or_default(), groups.as_ref()),
    ] {
        let Some(found) = coded.map(|coded| coded.codes.len()) else {
            continue;
        };
        if found != rows {
            let reason = format!("{x} has {rows} rows, and {name} {found}; each row needs one");
            return Err(LoadError::content(&place, reason));
        }
    }
    let mut notes = Vec::new();
    let samples = shaped(array, &mut notes);
    let samples = samples.map_err(|reason| LoadError::content(&place, format!("{x} {reason}")))?;
    Ok(RawSamples {
        samples,
        labels,
        groups,
        label: "the label",
        counted_from: None,
        notes,
    })
}

/// Pictures in colour as they are kept, a pixel after another, of bytes in other orders.
fn by_pixels(array: Array, notes: &mut Vec<String>) -> Array {
    if !array.is_bytes() {
        return array;
    }
    match array.shape[..] {
        // Grey, however few rows or columns.
        [_, _, _, 3 | 1] | [_, 1, _, _] => array,
        [pictures, 3, rows, columns] => {
            notes.push("pictures whose colours come first (3, rows, columns)".to_owned());
            let planes = array.into_bytes();
            let plane = rows * columns;
            let place = |picture: usize, pixel: usize| picture * 3 * plane + pixel;
            let pixels =
                (0..pictures).flat_map(|picture| (0..plane).map(move |at| place(picture, at)));
            let values =
                pixels.flat_map(|at| [planes[at], planes[at + plane], planes[at + 2 * plane]]);
            Array::of_bytes(vec![pictures, rows, columns, 3], values.collect())
        }
        [pictures, rows, columns, 4] => {
            notes.push("the fourth value of each pixel, how opaque it is, left out".to_owned());
            let values = array.into_bytes();
            let colours = values.chunks_exact(4).flat_map(|pixel| &pixel[..3]);
            Array::of_bytes(vec![pictures, rows, columns, 3], colours.copied().collect())
        }
        _ => array,
    }
}

/// What to say of several axes that are taken for one.
fn of_no_pictures(array: &Array, width: usize) -> Option<String> {
    (array.shape.len() > 2).then(|| {
        format!(
            "rows of {width} numbers, and no pictures: pictures in colour are bytes (rows, columns, 3)"
        )
    })
}

/// Why a value is no number to learn from.
fn refused(number: f64, is_row: bool) -> &'static str {
    if number.is_nan() && is_row {
        "write a table, CSV or Parquet, where what is missing is filled in"
    } else if number.is_finite() {
        "numbers up to 3.4e38 are read; divide it, or write a table, CSV or Parquet"
    } else {
        "every number must be finite"
    }
}

fn no_rows(shape: &[usize]) -> String {
    format!("has the shape {shape:?}; samples are rows of one feature or more")
}

/// Rows of features, or pictures where the shape says so.
fn shaped(array: Array, notes: &mut Vec<String>) -> Result<Samples, String> {
    let array = by_pixels(array, notes);
    let shape = array.shape.clone();
    let values: usize = shape.iter().product();
    if shape.len() < 2 || values == 0 {
        return Err(no_rows(&shape));
    }
    let width = values / array.rows();
    let picture = |rows, columns| Some(PictureShape { rows, columns });
    let (picture, colours) = match shape[1..] {
        [rows, columns] | [rows, columns, 1] | [1, rows, columns] => (picture(rows, columns), 1),
        [rows, columns, 3] => (picture(rows, columns), 3),
        [pixels]
            if array.is_bytes() && pixels.isqrt().pow(2) == pixels && pixels.isqrt() >= SIDE =>
        {
            let side = pixels.isqrt();
            notes.push(format!(
                "rows of {pixels} bytes taken for pictures of {side} × {side}"
            ));
            (picture(side, side), 1)
        }
        _ => (None, 1),
    };
    let said = |error: data::DataError| error.to_string();
    match (picture, colours) {
        (Some(shape), 3) if array.is_bytes() => {
            Samples::colour_pixels_in(shape, array.into_bytes()).map_err(said)
        }
        (Some(shape), 1) if array.is_bytes() => {
            Samples::pixels_in(shape, array.into_bytes()).map_err(said)
        }
        (shape, colours) => {
            let values = array.to_f32().ok_or("holds text; samples are numbers")?;
            if let Some(place) = values.iter().position(|value| !value.is_finite()) {
                let (row, feature) = (place / width, place % width);
                let number = array.number(place);
                let instead = refused(number, shape.is_none());
                return Err(format!(
                    "has {} as feature {feature} of row {row}, counted from 0; {instead}",
                    tables::number(number)
                ));
            }
            if array.is_rounded() {
                let number = |row, feature| array.number(row * width + feature);
                notes.extend(lost(array.rows(), width, number));
            }
            let samples = Samples::from_features(width, values).map_err(said)?;
            match shape {
                Some(shape) if colours == 1 => samples.into_pictures(shape).map_err(said),
                _ => {
                    notes.extend(of_no_pictures(&array, width));
                    Ok(samples)
                }
            }
        }
    }
}
