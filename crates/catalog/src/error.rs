//! What can be wrong with the files of a data set, each with the file and the figures.

use crate::sizes::in_free_bytes;
use data::DataError;
use std::path::PathBuf;

/// Why a data set could not be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The operating system refused to read or write a file.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// One of the four files is not in the directory.
    #[error("{}: no {file} and no {file}.gz there; a data set is four files with MNIST's names", directory.display())]
    Missing {
        /// Where it was looked for.
        directory: PathBuf,
        /// The name without `.gz`.
        file: &'static str,
    },
    /// The gzip stream is damaged.
    #[error("{file}: damaged gzip stream ({reason}); fetch the file again")]
    Gzip {
        /// The file.
        file: String,
        /// What the decompressor said.
        reason: String,
    },
    /// The first four bytes are not those of the expected kind of IDX file.
    #[error("{file}: starts with {found:#010x}, but {kind} start with {expected:#010x}{hint}")]
    Magic {
        /// The file.
        file: String,
        /// "images" or "labels".
        kind: &'static str,
        /// The first four bytes, big-endian.
        found: u32,
        /// What they should be.
        expected: u32,
        /// Empty, or what the file seems to be instead.
        hint: &'static str,
    },
    /// The file ends before what its header announces.
    #[error(
        "{file}: truncated: the header announces {expected} bytes and the file ends after {found}"
    )]
    Truncated {
        /// The file.
        file: String,
        /// Bytes announced, the header included.
        expected: u64,
        /// Bytes there.
        found: u64,
    },
    /// The file goes on after what its header announces.
    #[error(
        "{file}: oversized: the header announces {expected} bytes and more follow; the rest was not read"
    )]
    Oversized {
        /// The file.
        file: String,
        /// Bytes announced, the header included.
        expected: u64,
    },
    /// The header announces more than this crate is willing to hold in memory.
    #[error("{file}: the header announces {announced} bytes; the limit is {limit}")]
    TooLarge {
        /// The file.
        file: String,
        /// Bytes announced.
        announced: u128,
        /// [`MAX_FILE_BYTES`](crate::memory::MAX_FILE_BYTES).
        limit: u64,
    },
    /// The compressed file is larger than what it may hold.
    #[error(
        "{file}: {size} bytes, compressed; the limit is {}, but not for plain files: unpack it",
        crate::memory::MAX_FILE_BYTES
    )]
    LargeFile {
        /// The file.
        file: String,
        /// Its size.
        size: u64,
    },
    /// The bytes are not the published ones.
    #[error(
        "{file}: SHA-256 of the decompressed bytes is {found}, expected {expected}; the file is damaged or is not this data set's"
    )]
    Checksum {
        /// The file.
        file: String,
        /// The published sum, in hexadecimal.
        expected: String,
        /// The sum of what was read.
        found: String,
    },
    /// As many labels as images are needed, in the files of a split.
    #[error("{} holds {images} images, {} {labels} labels; each image needs one label", files[0], files[1])]
    FileLengths {
        /// Of images and of labels.
        files: [String; 2],
        /// Number of images.
        images: usize,
        /// Number of labels.
        labels: usize,
    },
    /// Training and test samples differ in size.
    #[error("training samples are {train}, test samples are {test}; they must be alike")]
    Shapes {
        /// The training samples: "pictures of 28 × 28".
        train: String,
        /// The test samples.
        test: String,
    },
    /// Nothing to be judged on.
    #[error("no test samples: a comparison needs at least one")]
    NoTestImages,
    /// All training images are of one class.
    #[error("every training sample is of class {class}; a classifier needs two to tell apart")]
    Uniform {
        /// The class's name.
        class: String,
    },
    /// The path leads to something that cannot be read as a file.
    #[error("{}: {found}; {expected}", path.display())]
    NotAFile {
        /// The path.
        path: PathBuf,
        /// What is there.
        found: &'static str,
        /// What would be right.
        expected: &'static str,
    },
    /// What the file holds is more than the memory that is free for it.
    #[error("{file}: {needed}; the memory that is free for it is {}", in_free_bytes(*limit))]
    Memory {
        /// The file.
        file: String,
        /// What takes it, and how much.
        needed: String,
        /// Bytes.
        limit: u64,
    },
    /// Something is wrong with what a file holds.
    #[error("{}", one_line(&format!("{file}: {reason}")))]
    Content {
        /// The file.
        file: String,
        /// What, and what would be right.
        reason: String,
    },
    /// The same at a known line.
    #[error("{}", one_line(&format!("{file}: line {line}{}: {reason}", in_column(column.as_deref()))))]
    Line {
        /// The file.
        file: String,
        /// The line, from 1.
        line: u64,
        /// The name of the column, where it is one column's.
        column: Option<String>,
        /// What, and what would be right.
        reason: String,
    },
    /// The columns, the labels or the settings do not fit together.
    #[error(transparent)]
    Table(#[from] tables::TableError),
    /// Neither found nor downloaded.
    #[error("{title} could not be downloaded from {url} ({reason}); instead, {alternatives}")]
    Download {
        /// The data set's name for people.
        title: &'static str,
        /// The address that failed last.
        url: String,
        /// Why.
        reason: String,
        /// What else the user can do.
        alternatives: String,
    },
    /// The files are in order, what they hold is not.
    #[error(transparent)]
    Data(#[from] DataError),
}

/// Text without line breaks and other control characters: a blank for each.
pub(crate) fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

fn in_column(column: Option<&str>) -> String {
    column.map_or_else(String::new, |column| format!(", column {column}"))
}

impl LoadError {
    pub(crate) fn content(file: &str, reason: impl Into<String>) -> Self {
        Self::Content {
            file: file.to_owned(),
            reason: reason.into(),
        }
    }

    /// The same with the file, where the error names none.
    pub(crate) fn in_file(self, file: &str) -> Self {
        match self {
            Self::Data(_)
            | Self::Table(_)
            | Self::Shapes { .. }
            | Self::NoTestImages
            | Self::Uniform { .. } => Self::content(file, self.to_string()),
            other => other,
        }
    }

    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }
}

/// A value from a file, for a message: one line, not long.
pub fn shown(text: &str) -> String {
    const MOST: usize = 40;
    let mut short: String = text.chars().take(MOST).collect();
    if text.chars().nth(MOST).is_some() {
        short.push('…');
    }
    // A quotation mark or a backslash does no harm on a line.
    let is_plain = |c: char| matches!(c, '"' | '\'' | '\\');
    let mut line = String::with_capacity(short.len());
    for part in short.split_inclusive(is_plain) {
        // A whole text: a mark that belongs to the letter before it stays there.
        let text = part.strip_suffix(is_plain).unwrap_or(part);
        line.extend(text.escape_debug());
        line.push_str(&part[text.len()..]);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_one_line_and_keeps_its_letters() {
        for (text, line) in [
            ("cafe\u{301} \"au\" l'ait \\", "cafe\u{301} \"au\" l'ait \\"),
            ("हिन्दी", "हिन्दी"),
            ("a\nb\u{202e}c", "a\\nb\\u{202e}c"),
        ] {
            assert_eq!(shown(text), line);
        }
    }
}
