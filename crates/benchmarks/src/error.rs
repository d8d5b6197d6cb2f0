//! Why a measurement could not be made.

use catalog::LoadError;
use data::DataError;
use records::RecordError;
use report::ReportError;
use std::fmt::Display;
use std::path::Path;

/// Why the page of benchmarks could not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BenchmarkError {
    /// A program, a file or a peer did not do what it was asked for.
    #[error("benchmarks: {what}: {reason}")]
    Failed {
        /// Which.
        what: String,
        /// Why.
        reason: String,
    },
    /// The data could not be read.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The data could not be enlarged.
    #[error(transparent)]
    Data(#[from] DataError),
    /// Records could not be read, or the page not written.
    #[error(transparent)]
    Records(#[from] RecordError),
    /// The index of the results could not be written.
    #[error(transparent)]
    Report(#[from] ReportError),
}

impl BenchmarkError {
    pub(crate) fn failed(what: impl Into<String>, reason: impl Display) -> Self {
        Self::Failed {
            what: what.into(),
            reason: reason.to_string(),
        }
    }

    pub(crate) fn of<E: Display>(what: &str) -> impl FnOnce(E) -> Self {
        move |reason| Self::failed(what, reason)
    }

    pub(crate) fn at<E: Display>(path: &Path) -> impl FnOnce(E) -> Self {
        |reason| Self::failed(path.display().to_string(), reason)
    }
}
