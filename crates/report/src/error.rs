//! What can go wrong between numbers and pages.

use records::RecordError;
use std::path::{Path, PathBuf};

/// Why a report could not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// The operating system refused to read or write.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Records could not be read, or a file not written.
    #[error(transparent)]
    Records(#[from] RecordError),
    /// A figure could not be drawn, or the page not filled in.
    #[error("{what}: {reason}")]
    Render {
        /// The file.
        what: String,
        /// Why.
        reason: String,
    },
}

impl ReportError {
    pub(crate) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
    }

    pub(crate) fn render(what: impl Into<String>, reason: &dyn std::fmt::Display) -> Self {
        Self::Render {
            what: what.into(),
            reason: reason.to_string(),
        }
    }
}
