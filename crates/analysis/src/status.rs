//! What became of a model of the plan.

use serde::{Deserialize, Serialize};

/// What became of a model of the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Trained and evaluated.
    Finished,
    /// The fit failed; see the reason.
    Failed,
    /// The user called it off.
    Cancelled,
    /// The run ended before its turn.
    Missing,
}

impl Status {
    /// The word for it in `report.json`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Finished => "finished",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Missing => "missing",
        }
    }
}
