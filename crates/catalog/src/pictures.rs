//! A directory with a directory of pictures for each class.

mod bmp;
mod decode;
mod jpeg;
mod picture;
mod pnm;
mod reduced;
mod resize;
mod single;

use crate::found::RawSamples;
use crate::source::Source;
use crate::table::Interned;
use crate::{LoadError, Options};
use data::{PictureShape, Samples};
use decode::decode;
pub(crate) use decode::{is_picture, is_read};
use picture::{Picture, Unread};
use reduced::Reduced;
pub use single::Manner;
pub(crate) use single::single;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Directories that hold a training and a test split, each with its directories of classes.
const SPLITS: [[&str; 2]; 3] = [
    ["train", "test"],
    ["training", "testing"],
    ["Train", "Test"],
];
/// Files without a picture that are named in the note.
const NAMED: usize = 3;

/// Reads a directory of classes, or one of each split.
pub(crate) fn read(
    path: &Path,
    options: &Options,
    limit: u64,
) -> Result<(RawSamples, Option<RawSamples>), LoadError> {
    for [train, test] in SPLITS.map(|splits| splits.map(|split| path.join(split))) {
        if train.is_dir() && test.is_dir() {
            let train = Gathered::of(&train, options, limit)?;
            let test = Gathered::of(&test, options, limit)?;
            // In colour, if any picture is.
            let in_colour = train.is_colour() || test.is_colour();
            let mut train = train.samples(in_colour)?;
            train.notes.extend(beside(path)?);
            return Ok((train, Some(test.samples(in_colour)?)));
        }
    }
    let all = Gathered::of(path, options, limit)?;
    let in_colour = all.is_colour();
    Ok((all.samples(in_colour)?, None))
}

/// What to say of directories beside those of a training and a test split.
fn beside(path: &Path) -> Result<Option<String>, LoadError> {
    let directories = entries(path)?.into_iter().filter(|entry| entry.is_dir());
    let names =
        directories.filter_map(|entry| Some(entry.file_name()?.to_string_lossy().into_owned()));
    let others: Vec<String> = names
        .filter(|name| !SPLITS.as_flattened().contains(&name.as_str()))
        .collect();
    Ok(left_out(
        "neither training nor test pictures, and left out",
        &others,
    ))
}

/// Pictures of one size with the names of their classes.
struct Gathered {
    pictures: Vec<Picture>,
    labels: Interned,
    shape: PictureShape,
    notes: Vec<String>,
}

impl Gathered {
    fn of(path: &Path, options: &Options, limit: u64) -> Result<Self, LoadError> {
        let mut left = limit;
        let mut first: Option<(PathBuf, PictureShape)> = None;
        let (mut pictures, mut labels) = (Vec::new(), Interned::default());
        let (mut others, mut damaged) = (Vec::new(), Vec::new());
        let mut reduced: BTreeMap<Reduced, usize> = BTreeMap::new();
        for class in entries(path)?.into_iter().filter(|entry| entry.is_dir()) {
            let name = name(&class);
            let (files, so_far) = (entries(&class)?, pictures.len());
            for file in &files {
                let picture = match picture(file, left)? {
                    Ok(Some((picture, without))) => {
                        for what in without {
                            *reduced.entry(what).or_default() += 1;
                        }
                        picture
                    }
                    Ok(None) => {
                        others.push(file.display().to_string());
                        continue;
                    }
                    Err(reason) => {
                        damaged.push(format!("{}, {reason}", file.display()));
                        continue;
                    }
                };
                let picture = match options.resize {
                    Some(shape) => resize::resized(&picture, shape),
                    None => picture,
                };
                let (before, shape) = first.get_or_insert_with(|| (file.clone(), picture.shape));
                if picture.shape != *shape {
                    return Err(differ(file, picture.shape, before, *shape));
                }
                // With room for the copy that becomes samples.
                left = left.saturating_sub(2 * picture.pixels.len() as u64);
                pictures.push(picture);
                labels.push(&name);
            }
            if pictures.len() == so_far {
                if !files.is_empty() {
                    return Err(without_pictures(&class, &files, damaged.last()));
                }
                others.push(class.display().to_string());
            }
        }
        let Some((_, shape)) = first else {
            return Err(nothing(path));
        };
        let notes = told(&others, &damaged, reduced, pictures.len());
        Ok(Self {
            pictures,
            labels,
            shape,
            notes,
        })
    }

    /// Whether a pixel of any picture is not grey.
    fn is_colour(&self) -> bool {
        let coloured = |pixel: &[u8]| pixel[0] != pixel[1] || pixel[1] != pixel[2];
        let mut in_colour = self.pictures.iter().filter(|picture| picture.is_colour);
        in_colour.any(|picture| picture.pixels.chunks_exact(3).any(coloured))
    }

    fn samples(self, in_colour: bool) -> Result<RawSamples, LoadError> {
        let mut pixels = Vec::new();
        let count = self.pictures.len();
        let grey = self
            .pictures
            .iter()
            .filter(|picture| !picture.is_colour)
            .count();
        for picture in self.pictures {
            match (picture.is_colour, in_colour) {
                (false, true) => pixels.extend(picture.pixels.iter().flat_map(|&grey| [grey; 3])),
                (true, false) => pixels.extend(picture.pixels.chunks_exact(3).map(|rgb| rgb[0])),
                _ => pixels.extend(picture.pixels),
            }
        }
        let samples = if in_colour {
            Samples::from_colour_pixels(self.shape, pixels)?
        } else {
            Samples::from_pixels(self.shape, pixels)?
        };
        let mut notes = self.notes;
        let colours = match (in_colour, grey) {
            (false, _) => "in grey".to_owned(),
            (true, 0) => "in colour".to_owned(),
            (true, grey) => format!("in colour, {grey} of {count} of them grey"),
        };
        notes.push(format!("pictures of {} {colours}", self.shape));
        Ok(RawSamples {
            samples,
            labels: self.labels.into_coded(),
            groups: None,
            label: "the class",
            counted_from: None,
            notes,
        })
    }
}

/// What is in a directory, by name; hidden files are left out.
fn entries(path: &Path) -> Result<Vec<PathBuf>, LoadError> {
    let entries = fs::read_dir(path).map_err(LoadError::io(path))?;
    let entries = entries.map(|entry| entry.map(|entry| entry.path()));
    let mut entries: Vec<PathBuf> = entries
        .collect::<Result<_, _>>()
        .map_err(LoadError::io(path))?;
    let is_hidden = |entry: &PathBuf| {
        entry
            .file_name()
            .is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
    };
    entries.retain(|entry| !is_hidden(entry));
    entries.sort_unstable();
    Ok(entries)
}

/// The picture in a file with what of it is not kept, `None` if it is no picture, or why it is left out.
type Read = Result<Option<(Picture, Vec<Reduced>)>, String>;

fn picture(file: &Path, limit: u64) -> Result<Read, LoadError> {
    if !file.is_file() || fs::metadata(file).is_ok_and(|metadata| metadata.len() == 0) {
        return Ok(Ok(None));
    }
    let source = Source::file(file, limit)?;
    let bytes = source.read()?;
    match decode(&bytes, limit) {
        Err(Unread::NoRoom(reason)) => Err(LoadError::content(source.name(), reason)),
        Err(Unread::Damaged(reason)) => Ok(Err(reason)),
        Ok(picture) => Ok(Ok(picture.map(|picture| (picture, Reduced::of(&bytes))))),
    }
}

fn differ(file: &Path, shape: PictureShape, first: &Path, of_first: PictureShape) -> LoadError {
    let reason = format!(
        "a picture of {shape}, and {} is one of {of_first}; all must be of one size, as with --resize {}x{}",
        first.display(),
        of_first.rows,
        of_first.columns
    );
    LoadError::content(&file.display().to_string(), reason)
}

fn without_pictures(class: &Path, files: &[PathBuf], damaged: Option<&String>) -> LoadError {
    let damaged = damaged.map_or(String::new(), |last| {
        format!("; the last is not read: {last}")
    });
    let reason = match files {
        // Classes are one level further down.
        [first, ..] if files.iter().all(|file| file.is_dir()) => format!(
            "it has directories, as {}, and no picture; the directory of each class has the pictures themselves, so name one whose directories are the classes",
            name(first)
        ),
        _ => format!("none of its files is a picture in PNG, JPEG, PGM, PPM or BMP{damaged}"),
    };
    LoadError::content(&class.display().to_string(), reason)
}

/// How files end that are read when they are named themselves.
const ALONE: [&str; 8] = [
    "csv", "tsv", "txt", "parquet", "arff", "svmlight", "libsvm", "npz",
];

fn nothing(path: &Path) -> LoadError {
    let is_alone = |file: &PathBuf| {
        let unpacked = match file.extension() {
            Some(ending) if ending.eq_ignore_ascii_case("gz") => file.with_extension(""),
            _ => file.clone(),
        };
        let ending = unpacked
            .extension()
            .map(std::ffi::OsStr::to_ascii_lowercase);
        file.is_file() && ending.is_some_and(|ending| ALONE.iter().any(|one| ending == *one))
    };
    let there = entries(path).unwrap_or_default();
    let files: Vec<String> = there
        .iter()
        .filter(|file| is_alone(file))
        .map(|file| name(file))
        .collect();
    let reason = match left_out("no data set by itself, but files: name one, and perhaps a second with --test; there are", &files) {
        Some(files) => files,
        None => "no data set is there: four IDX files with MNIST's names, NumPy's X.npy and y.npy, or a directory of pictures (PNG, JPEG, PGM, PPM, BMP) for each class".to_owned(),
    };
    LoadError::content(&path.display().to_string(), reason)
}

/// What a file or directory is called.
fn name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// What to say of files that were left out, and of what of the pictures was.
fn told(
    others: &[String],
    damaged: &[String],
    reduced: BTreeMap<Reduced, usize>,
    pictures: usize,
) -> Vec<String> {
    let left_out = [
        left_out("no pictures, and left out", others),
        left_out("not read, and left out", damaged),
    ];
    let reduced = reduced.into_iter();
    let reduced = reduced.map(|(what, count)| what.note(count, pictures));
    left_out.into_iter().flatten().chain(reduced).collect()
}

fn left_out(why: &str, files: &[String]) -> Option<String> {
    let named = &files[..files.len().min(NAMED)];
    let more = match files.len() - named.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    (!files.is_empty()).then(|| format!("{why}: {}{more}", named.join("; ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A PGM of one grey, `rows` × `columns`.
    fn pgm(rows: usize, columns: usize, grey: u8) -> Vec<u8> {
        let mut bytes = format!("P5 {columns} {rows} 255\n").into_bytes();
        bytes.extend(vec![grey; rows * columns]);
        bytes
    }

    fn write(directory: &Path, file: &str, bytes: &[u8]) {
        let path = directory.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    #[test]
    fn each_directory_is_a_class() {
        let directory = tempfile::tempdir().unwrap();
        let at = directory.path();
        write(at, "cat/b.pgm", &pgm(2, 3, 7));
        write(at, "cat/a.pgm", &pgm(2, 3, 5));
        write(at, "dög/c.ppm", b"P6 3 2 255\n012345678901234567");
        write(at, "dög/Thumbs.db", b"x");
        write(at, "dög/cut.pgm", b"P5 3 2 255\n01");
        write(at, ".git/x", b"x");
        let (read, test) = read(at, &Options::default(), 1 << 20).unwrap();
        assert!(test.is_none());
        assert_eq!(read.labels.names, ["cat", "dög"]);
        assert_eq!(
            read.samples.colour_picture(),
            Some(PictureShape {
                rows: 2,
                columns: 3
            })
        );
        assert_eq!(read.samples.pixels().unwrap()[..4], [5, 5, 5, 5]);
        assert!(read.notes[0].contains("Thumbs.db"), "{:?}", read.notes);
        let cut = "cut.pgm, truncated: 2 of 6 values are there";
        assert!(
            read.notes[1].starts_with("not read, and left out: "),
            "{:?}",
            read.notes
        );
        assert!(read.notes[1].ends_with(cut), "{:?}", read.notes);
        assert_eq!(
            read.notes[2],
            "pictures of 2 × 3 in colour, 2 of 3 of them grey"
        );
    }

    #[test]
    fn pictures_of_two_sizes_are_refused_and_resized_on_request() {
        let directory = tempfile::tempdir().unwrap();
        write(directory.path(), "train/a/1.pgm", &pgm(2, 2, 9));
        write(directory.path(), "train/b/2.pgm", &pgm(4, 2, 9));
        write(directory.path(), "test/b/3.pgm", &pgm(4, 2, 9));
        let options = |resize| Options {
            resize,
            ..Options::default()
        };
        let error = read(directory.path(), &options(None), 1 << 20)
            .unwrap_err()
            .to_string();
        assert!(error.contains("2.pgm: a picture of 4 × 2, and "), "{error}");
        assert!(
            error.contains("1.pgm is one of 2 × 2; all must be of one size"),
            "{error}"
        );
        let shape = PictureShape {
            rows: 2,
            columns: 2,
        };
        let (train, test) = read(directory.path(), &options(Some(shape)), 1 << 20).unwrap();
        assert_eq!(train.samples.pixels(), Some(&[9; 8][..]));
        assert_eq!(test.unwrap().samples.picture(), Some(shape));
    }

    #[test]
    fn a_class_without_a_single_picture_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        write(directory.path(), "a/1.pgm", &pgm(2, 2, 9));
        write(directory.path(), "b/1.pgm", b"text");
        let error = read(directory.path(), &Options::default(), 1 << 20);
        let error = error.unwrap_err().to_string();
        assert!(
            error.ends_with("b: none of its files is a picture in PNG, JPEG, PGM, PPM or BMP"),
            "{error}"
        );
    }

    #[test]
    fn classes_one_level_further_down_are_told() {
        let directory = tempfile::tempdir().unwrap();
        write(directory.path(), "2023/a/1.pgm", &pgm(2, 2, 9));
        write(directory.path(), "2024/a/1.pgm", &pgm(2, 2, 9));
        let error = read(directory.path(), &Options::default(), 1 << 20);
        let error = error.unwrap_err().to_string();
        assert!(
            error.contains("2023: it has directories, as a, and no picture;"),
            "{error}"
        );
    }

    #[test]
    fn what_samples_do_not_keep_is_told() {
        let directory = tempfile::tempdir().unwrap();
        let deep = include_bytes!("../data/tests/deep.png");
        write(directory.path(), "a/1.png", deep);
        write(directory.path(), "b/1.pgm", &pgm(8, 16, 9));
        let (read, _) = read(directory.path(), &Options::default(), 1 << 20).unwrap();
        assert_eq!(
            read.notes[..2],
            [
                "1 of 2 pictures have more than 8 bits per value, of which the upper 8 are kept",
                "1 of 2 pictures say how opaque pixels are; it is left out, and their colours are kept"
            ]
        );
    }

    #[test]
    fn colours_that_are_all_grey_are_one_value_per_pixel() {
        let directory = tempfile::tempdir().unwrap();
        write(directory.path(), "a/1.ppm", b"P6 1 1 255\n\x05\x05\x05");
        let (read, _) = read(directory.path(), &Options::default(), 1 << 20).unwrap();
        assert_eq!(read.samples.pixels(), Some(&[5][..]));
    }

    #[test]
    fn a_directory_of_something_else_says_what_would_be_right() {
        let directory = tempfile::tempdir().unwrap();
        let error = read(directory.path(), &Options::default(), 1 << 20)
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("no data set is there: four IDX files"),
            "{error}"
        );
        write(directory.path(), "test.csv.gz", b"");
        write(directory.path(), "train.CSV", b"");
        write(directory.path(), "README.md", b"");
        let error = read(directory.path(), &Options::default(), 1 << 20);
        let error = error.unwrap_err().to_string();
        assert!(
            error.ends_with("a second with --test; there are: test.csv.gz; train.CSV"),
            "{error}"
        );
    }
}
