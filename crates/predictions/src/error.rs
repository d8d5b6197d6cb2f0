//! What can be wrong with predictions, each with the file and the place.

use catalog::{LoadError, line_of_row, shown};
use std::path::{Path, PathBuf};

/// Why predictions cannot be judged.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PredictionError {
    /// The file cannot be read.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// Something is wrong with a file as a whole.
    #[error("{}: {reason}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// What, and what would be right.
        reason: String,
    },
    /// Something is wrong with a row.
    #[error("{}: {place}: {reason}", file.display())]
    Row {
        /// The file.
        file: PathBuf,
        /// "line 7", or where there are no lines "row 5", from 0.
        place: String,
        /// What, and what would be right.
        reason: String,
    },
    /// Two models have one name.
    #[error("two models are called {name}: {} and {}; give one another name: NAME=FILE", files[0].display(), files[1].display())]
    SameName {
        /// The name.
        name: String,
        /// The files that they are from.
        files: [PathBuf; 2],
    },
}

impl PredictionError {
    pub(crate) fn file(file: &Path, reason: impl Into<String>) -> Self {
        Self::File {
            file: file.to_owned(),
            reason: reason.into(),
        }
    }

    /// Of a row of a file, from 0.
    pub(crate) fn row(file: &Path, row: usize, reason: impl Into<String>) -> Self {
        Self::Row {
            file: file.to_owned(),
            place: place(file, row),
            reason: reason.into(),
        }
    }
}

/// Where a row is: "line 7", or where there are no lines "row 5", from 0.
pub(crate) fn place(file: &Path, row: usize) -> String {
    line_of_row(file, row).map_or_else(|| format!("row {row}"), |line| format!("line {line}"))
}

/// The classes there are, for a message.
pub(crate) fn listed(names: &[String]) -> String {
    const MOST: usize = 12;
    let first: Vec<String> = names.iter().take(MOST).map(|name| shown(name)).collect();
    let more = if names.len() > MOST { ", …" } else { "" };
    first.join(", ") + more
}
