//! Of what format something is, told by its content.

use crate::encodings::decoded_head;
use crate::found::Found;
use crate::npy::MAGIC;
use crate::source::{Source, missing};
use crate::table::Schema;
use crate::{
    LoadError, Options, arff, arrays, delimited, idx_names, load_directory, name_of, parquet,
    pictures, svmlight,
};
use std::path::Path;

/// Bytes that tell a format.
pub(crate) const HEAD: usize = 1 << 12;

/// Reads what is at a path. With a `schema` it is a second file, and must have the columns of the first.
pub(crate) fn find(
    path: &Path,
    options: &Options,
    limit: u64,
    schema: Option<&Schema>,
) -> Result<Found, LoadError> {
    let metadata = std::fs::metadata(path).map_err(|error| missing(path, error))?;
    if metadata.is_dir() {
        return in_directory(path, options, limit);
    }
    let source = Source::file(path, limit)?;
    let head = source.head(HEAD)?;
    let format = Format::of(&head);
    if let Some((kind, used)) = format.uses() {
        options.check(source.name(), kind, used)?;
    }
    match format {
        Format::Npz => {
            let (samples, test) = arrays::npz(&source, options.group.as_deref())?;
            Ok(Found::Samples(Box::new(samples), test.map(Box::new)))
        }
        Format::Npy => Err(LoadError::content(
            source.name(),
            "one array, and labels are needed beside it; write both as NPZ, or name the directory that has both",
        )),
        Format::Parquet => {
            let table = parquet::read(&source, path, options, schema)?;
            Ok(Found::Table(Box::new(table)))
        }
        Format::Arff => Ok(Found::Table(Box::new(arff::read(
            &source, options, schema,
        )?))),
        Format::Svmlight => Ok(Found::Samples(Box::new(svmlight::read(&source)?), None)),
        Format::Text => {
            let table = delimited::read(&source, options, schema)?;
            Ok(Found::Table(Box::new(table)))
        }
        Format::Part { what, rest } => {
            Err(LoadError::content(source.name(), format!("{what}{rest}")))
        }
        Format::Other(what) => Err(LoadError::content(source.name(), what)),
    }
}

fn in_directory(path: &Path, options: &Options, limit: u64) -> Result<Found, LoadError> {
    let name = path.display().to_string();
    if idx_names::any(path) {
        options.check(&name, "a directory of IDX files", &[])?;
        let splits = load_directory(&name_of(path), path, None)?;
        return Ok(Found::Splits(Box::new(splits)));
    }
    let (samples, test) = if arrays::any(path) {
        options.check(&name, "a directory of arrays", &["group"])?;
        arrays::directory(path, limit, options.group.as_deref())?
    } else {
        options.check(&name, "a directory of pictures", &["resize"])?;
        pictures::read(path, options, limit)?
    };
    Ok(Found::Samples(Box::new(samples), test.map(Box::new)))
}

/// Options of tables: all of text, all but the last of ARFF, the first four of Parquet.
const TABLE: [&str; 6] = [
    "label",
    "ignore",
    "group",
    "categories",
    "missing",
    "header",
];

/// What a file is.
#[derive(Debug, PartialEq)]
pub(crate) enum Format {
    Npy,
    Npz,
    Parquet,
    Arff,
    Svmlight,
    Text,
    /// A part of a data set in a directory.
    Part {
        what: &'static str,
        /// The words that follow: to name the directory, which is of no use where one file is asked for.
        rest: &'static str,
    },
    /// What it is, and what would be right.
    Other(&'static str),
}

impl Format {
    /// What it is called, and the options that it has a use for.
    fn uses(&self) -> Option<(&'static str, &'static [&'static str])> {
        Some(match self {
            Self::Text => ("a table of text", &TABLE),
            Self::Arff => ("ARFF", &TABLE[..5]),
            Self::Parquet => ("Parquet", &TABLE[..4]),
            Self::Npz => ("NPZ", &["group"]),
            Self::Svmlight => ("svmlight", &[]),
            Self::Npy | Self::Part { .. } | Self::Other(_) => return None,
        })
    }

    pub(crate) fn of(head: &[u8]) -> Self {
        let begins = |magic: &[u8]| head.starts_with(magic);
        if let Some(part) = part(head) {
            return part;
        }
        for (magic, what) in OTHERS {
            if begins(magic) {
                return Self::Other(what);
            }
        }
        if head
            .get(TAR.0..)
            .is_some_and(|rest| rest.starts_with(TAR.1))
        {
            return Self::Other("a tar archive; unpack it");
        }
        if begins(b"PK\x03\x04") || begins(b"PK\x05\x06") {
            return Self::Npz;
        }
        if begins(MAGIC) {
            return Self::Npy;
        }
        if begins(b"PAR1") {
            return Self::Parquet;
        }
        let text = decoded_head(head);
        let lines = text.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii);
        let lines = lines.filter(|line| !line.is_empty() && !line.starts_with(b"%"));
        let first = lines.clone().next();
        // svmlight's comments begin with #.
        let rows = lines.filter(|line| !line.starts_with(b"#"));
        if svmlight::are_rows(rows.clone()) {
            return Self::Svmlight;
        }
        if svmlight::are_rows_of_words(rows) {
            return Self::Other(
                "rows of svmlight whose labels are not one word each; write a number, or one word without quotation marks",
            );
        }
        match first {
            Some(line) if is_of_arff(line) => Self::Arff,
            Some(line) => marked_up(line).map_or_else(|| text_or_binary(line), Self::Other),
            None => Self::Text,
        }
    }
}

/// What stands with others in a directory.
fn part(head: &[u8]) -> Option<Format> {
    let (what, rest) = if head.starts_with(IDX) {
        ("one IDX file", "; name the directory that holds the four")
    } else {
        // Columns may be called BMI or P2.
        let is_binary = !head.first()?.is_ascii() || head.iter().take(16).any(|&byte| byte == 0);
        let is_grid = head.starts_with(b"P5\n") || head.starts_with(b"P6\n");
        let rest = if pictures::is_read(head).filter(|_| is_binary || is_grid)? {
            "; name the directory that has a directory of pictures for each class"
        } else {
            ", of a format that is not read; write pictures as PNG, and name the directory that has a directory of them for each class"
        };
        ("one picture", rest)
    };
    Some(Format::Part { what, rest })
}

/// Whether a header of ARFF begins so; some programs leave out the name of the relation.
fn is_of_arff(line: &[u8]) -> bool {
    let line = line.to_ascii_lowercase();
    line.starts_with(b"@relation") || line.starts_with(b"@attribute")
}

/// What text that is no table seems to be, and what would be right.
fn marked_up(line: &[u8]) -> Option<&'static str> {
    let lower = line.to_ascii_lowercase();
    let begins = |start: &[u8]| lower.starts_with(start);
    if begins(b"<!doctype") || begins(b"<html") || begins(b"<?xml") || begins(b"<svg") {
        return Some("a page (HTML or XML), and no table; fetch or write the table itself, as CSV");
    }
    let object = lower.strip_prefix(b"[").unwrap_or(&lower).trim_ascii();
    let of_object = object.strip_prefix(b"{").map(<[u8]>::trim_ascii);
    let is_object = of_object.is_some_and(|rest| rest.is_empty() || rest.starts_with(b"\""));
    (lower == b"[" || is_object).then_some("JSON; write the table as CSV or Parquet")
}

fn text_or_binary(line: &[u8]) -> Format {
    // Further down a reader says in which line.
    if line.contains(&0) {
        Format::Other("neither text nor of a format that is read: its first line has a NUL byte")
    } else {
        Format::Text
    }
}

const PICKLE: &str = "a pickle; reading one runs code, so write the arrays as NPZ";
/// The four files of MNIST begin so.
const IDX: &[u8] = b"\0\0\x08";
const R: &str = "a file of R's; write the table with write.csv";
const UTF_32: &str = "text in UTF-32; write it as UTF-8";

/// Where a tar archive has its mark, behind the name of its first file.
const TAR: (usize, &[u8]) = (257, b"ustar");

/// How files of other formats begin, and what would be right.
const OTHERS: &[(&[u8], &str)] = &[
    (
        b"\x89HDF\r\n\x1a\n",
        "an HDF5 file; write it as NPZ, CSV or Parquet",
    ),
    (
        b"\xd0\xcf\x11\xe0",
        "an old Office file; write the sheet as CSV",
    ),
    (
        b"SQLite format 3",
        "an SQLite database; write the table as CSV",
    ),
    (
        b"\x28\xb5\x2f\xfd",
        "compressed with Zstandard; decompress it, or compress it with gzip",
    ),
    (
        b"\xfd7zXZ\x00",
        "compressed with xz; decompress it, or compress it with gzip",
    ),
    (
        b"BZh",
        "compressed with bzip2; decompress it, or compress it with gzip",
    ),
    (b"7z\xbc\xaf", "a 7z archive; unpack it"),
    // What is seen of a gzipped file is what is in it.
    (
        b"\x1f\x8b",
        "compressed with gzip twice; decompress it once",
    ),
    (b"%PDF", "a PDF; a table is needed, as CSV for example"),
    (
        b"ARROW1\0\0",
        "an Arrow or Feather file; write it as Parquet",
    ),
    (
        b"PARE",
        "an encrypted Parquet file; write it without encryption",
    ),
    (b"Obj\x01", "an Avro file; write it as Parquet"),
    (b"MATLAB 5.0", "a MATLAB file; write it as NPZ or CSV"),
    (b"<stata_dta>", "a Stata file; write it as CSV"),
    (b"$FL2", "an SPSS file; write it as CSV"),
    (b"RDX3\n", R),
    (b"RDX2\n", R),
    (b"X\n\0\0\0", R),
    (b"\x80\x02", PICKLE),
    (b"\x80\x03", PICKLE),
    (b"\x80\x04\x95", PICKLE),
    (b"\x80\x05\x95", PICKLE),
    (b"\xff\xfe\0\0", UTF_32),
    (b"\0\0\xfe\xff", UTF_32),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_told_from_tables_whose_columns_are_called_alike() {
        for (head, is_read) in [
            (&b"BM\x36\0\0\0\0\0\0\0"[..], true),
            (b"RIFF\x24\0\0\0WEBPVP8 ", false),
            (b"\0\0\0\x20ftypavif", false),
            (b"\xff\x0a\xfa\x1f", false),
            (b"8BPS\0\x01\0\0", false),
            (b"P5 28 28 255\n\0\0\0", true),
        ] {
            let Format::Part { what, rest } = Format::of(head) else {
                panic!("{head:?} is no picture");
            };
            assert_eq!(what, "one picture");
            assert_eq!(rest.contains("not read"), !is_read, "{head:?}");
        }
        for head in [
            "BMI,age\n1,2\n",
            "P2 a,b\n1,2\n",
            "GIF8,class\n1,a\n",
            "8BPS\n1\n",
        ] {
            assert_eq!(Format::of(head.as_bytes()), Format::Text, "{head}");
        }
    }
}
