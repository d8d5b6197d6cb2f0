//! Whether a fit that was repeated gave the same.

use crate::metrics::only_right;
use crate::{FitRecord, Outcome, RunRecord};
use statistics::mcnemar;
use std::fmt;

/// What came of fitting again.
#[derive(Debug, Clone, PartialEq)]
pub enum Agreement {
    /// The same predictions, and the same bits of all probabilities.
    Identical,
    /// Other predictions, but no evidence that one model is better.
    Equal {
        /// Images with another prediction.
        differing: usize,
        /// P value of McNemar's exact test.
        p: f64,
    },
    /// One is better than the other, or the fit failed.
    Different {
        /// In words.
        reason: String,
    },
}

impl fmt::Display for Agreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Identical => write!(f, "bit-identical"),
            Self::Equal { differing, p } => write!(
                f,
                "statistically equal: {differing} predictions differ, p = {p:.3}"
            ),
            Self::Different { reason } => write!(f, "different: {reason}"),
        }
    }
}

/// Compares a recorded fit with one of the same cell.
pub fn agreement(run: &RunRecord, record: &FitRecord, again: &Outcome) -> Agreement {
    let (Outcome::Finished(first), Outcome::Finished(second)) = (&record.outcome, again) else {
        let reason = match again {
            Outcome::Failed { reason } => format!("failed: {reason}"),
            Outcome::Finished(_) | Outcome::Cancelled => "did not finish".to_owned(),
        };
        return Agreement::Different { reason };
    };
    let bits = |logs: &Option<Vec<f32>>| -> Option<Vec<u32>> {
        let logs = logs.as_ref()?;
        Some(logs.iter().map(|log| log.to_bits()).collect())
    };
    let same_bits = bits(&first.log_probabilities) == bits(&second.log_probabilities);
    if first.predictions == second.predictions && same_bits {
        return Agreement::Identical;
    }
    let pairs = first.predictions.iter().zip(&second.predictions);
    let differing = pairs.filter(|(a, b)| a != b).count();
    let [a, b] = [first, second].map(|fitted| run.right(record.cell, &fitted.predictions));
    let (only_first, only_second) = only_right(&a, &b);
    let p = mcnemar(only_first, only_second).p;
    if p < 0.05 {
        Agreement::Different {
            reason: format!("{differing} predictions differ, p = {p:.3}"),
        }
    } else {
        Agreement::Equal { differing, p }
    }
}
