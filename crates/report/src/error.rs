//! What can go wrong between records and pages.

use std::path::{Path, PathBuf};

/// Why a report could not be read or written.
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
    /// A line of a record file is no record.
    #[error("{}, line {line}: not a record ({reason})", path.display())]
    Record {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What the parser said.
        reason: String,
    },
    /// Records of an earlier version, without what reports are made from now.
    #[error("{}: records of an earlier version of Plumbline; run `compare` again", path.display())]
    OldFormat {
        /// The file.
        path: PathBuf,
    },
    /// The first line does not say what ran.
    #[error("{}: does not begin with a run record", path.display())]
    NoRun {
        /// The file.
        path: PathBuf,
    },
    /// There is nothing to render.
    #[error("{}: no records here; `compare` writes them", directory.display())]
    NoRecords {
        /// The directory.
        directory: PathBuf,
    },
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
