//! Why a kept model was not asked, judged or calibrated.

use catalog::LoadError;
use kept::KeptError;
use tables::TableError;

/// Why a kept model was not asked, judged or calibrated. Each prints as one line.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EvaluationError {
    /// The model's file, or samples that do not suit it.
    #[error(transparent)]
    Kept(#[from] KeptError),
    /// The samples that it is asked about cannot be read.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The columns are not those that the model was fitted to, or numbers are missing that nothing fills in.
    #[error("{what}: {error}")]
    Columns {
        /// What they are of.
        what: String,
        /// What is wrong with them.
        error: TableError,
    },
    /// The model knows the rows that it is to be calibrated on, or will be judged on them.
    #[error("{known} of the {rows} rows of {what} are training or test rows; expected others")]
    KnownRows {
        /// Rows that stand among training and test rows.
        known: usize,
        /// All of them.
        rows: usize,
        /// What they are of.
        what: String,
    },
}

impl EvaluationError {
    pub(crate) fn columns(what: &str) -> impl FnOnce(TableError) -> Self {
        let what = what.to_owned();
        |error| Self::Columns { what, error }
    }
}
