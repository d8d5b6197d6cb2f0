//! Why a model could not be kept or read.

use classifier::{ParameterError, StateError, did_you_mean};
use records::RecordError;
use std::path::PathBuf;

/// Why a model could not be kept or read. Each prints as one line.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeptError {
    /// The file cannot be read.
    #[error("{}: {reason}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: std::io::Error,
    },
    /// The file cannot be written.
    #[error(transparent)]
    Write(#[from] RecordError),
    /// Where a model is to be kept is a pipe or a device.
    #[error("{}: no regular file, and a model is kept in one", path.display())]
    NoPlace {
        /// The place.
        path: PathBuf,
    },
    /// The file is something else, or damaged.
    #[error("{}: {reason}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: FileError,
    },
    /// The file names a model that this program does not have.
    #[error("{}: of the model `{model}`, which this program does not have{}", path.display(), did_you_mean(nearest.as_deref()))]
    UnknownModel {
        /// The file.
        path: PathBuf,
        /// The model.
        model: String,
        /// The nearest that there is.
        nearest: Option<String>,
    },
    /// The file has parameters that the model refuses.
    #[error("{}: {model}: {error}", path.display())]
    Parameters {
        /// The file.
        path: PathBuf,
        /// The model.
        model: String,
        /// What is wrong.
        error: ParameterError,
    },
    /// The arrays are not those of the model, or the model cannot be kept.
    #[error("{}: {model}: {error}", path.display())]
    State {
        /// The file.
        path: PathBuf,
        /// The model.
        model: String,
        /// What is wrong.
        error: StateError,
    },
    /// The model is asked about samples that it was not fitted to.
    #[error("{0}")]
    Unsuited(String),
}

/// What is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// It is something else.
    #[error("no kept model ({0})")]
    Other(String),
    /// It is of a later format.
    #[error(
        "kept in format {found}, and this program reads formats up to {known}; use a newer one"
    )]
    Newer {
        /// Its format.
        found: u64,
        /// The newest that is known.
        known: u64,
    },
    /// It was a kept model once.
    #[error("damaged: {0}")]
    Damaged(String),
}
