//! Why no model was written.

use records::RecordError;
use std::path::PathBuf;

/// Why no model was written. Each prints as one line.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScaffoldError {
    /// The name is none for a model.
    #[error(
        "`{name}`: expected lower-case words joined by hyphens, such as my-model, of 40 letters in all"
    )]
    Name {
        /// What was given.
        name: String,
    },
    /// There is such a model.
    #[error("`{name}`: there is a model of this name; choose another")]
    Taken {
        /// Its name.
        name: String,
    },
    /// There is nowhere to write it.
    #[error("{}: no directory of Plumbline's sources, nor below one; run this in a clone", path.display())]
    NoSources {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// A file is not as it was when this program was built.
    #[error("{}: `{missing}` is not in it; add the model by hand, as CONTRIBUTING.md says", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
        /// What is missing.
        missing: &'static str,
    },
    /// A file cannot be read.
    #[error("{}: {reason}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: std::io::Error,
    },
    /// A file cannot be written.
    #[error(transparent)]
    Write(#[from] RecordError),
}
