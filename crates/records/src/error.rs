//! What can go wrong with record files.

use crate::one_line::one_line;
use std::io;
use std::path::{Path, PathBuf};

/// Why records could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// The operating system refused to read or write.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A line is no record, or it does not fit the others.
    #[error("{}, line {line}: {}", path.display(), one_line(reason))]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        reason: String,
    },
    /// A run cannot be recorded.
    #[error("the run cannot be recorded: {reason}")]
    Run {
        /// What is wrong.
        reason: String,
    },
    /// Records of another version of Plumbline.
    #[error("{}: records of format {format}, and this program reads 2 to {}; {}", path.display(), crate::FORMAT, advice(*format))]
    OtherFormat {
        /// The file.
        path: PathBuf,
        /// Its format.
        format: u32,
    },
    /// The first line does not say what ran.
    #[error("{}: does not begin with the record of a run", path.display())]
    NoRun {
        /// The file.
        path: PathBuf,
    },
    /// There are no records.
    #[error("{}: no records here; `compare` writes them{}", directory.display(), of_others(beside))]
    NoRecords {
        /// The directory.
        directory: PathBuf,
        /// The data sets beside it that have some.
        beside: Vec<String>,
    },
    /// No run has this name.
    #[error("{}: no run `{run}`; `history` lists them", directory.display())]
    UnknownRun {
        /// The directory of the reports on a data set.
        directory: PathBuf,
        /// The name that was given.
        run: String,
    },
}

fn advice(format: u32) -> &'static str {
    if format > crate::FORMAT {
        "take a newer version of Plumbline"
    } else {
        "run `compare` again"
    }
}

fn of_others(beside: &[String]) -> String {
    match beside {
        [] => String::new(),
        names => format!("; there are some for `--dataset {}`", names.join("`, `")),
    }
}

impl RecordError {
    pub(crate) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io {
            path,
            source: of_system(source),
        }
    }
}

/// What the system said, without the path of the part that was to become the file: it is not there any more.
fn of_system(error: io::Error) -> io::Error {
    let text = error.to_string();
    match text.split_once(" at path \"") {
        Some((said, _)) => io::Error::new(error.kind(), said),
        None => error,
    }
}
