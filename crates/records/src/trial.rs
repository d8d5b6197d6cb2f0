//! A trial of a search as a record of its own, for searches on several machines.

use crate::check::{demand, length};
use serde::{Deserialize, Serialize};

/// One trial of a search that ended, wherever it was made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrialRecord {
    /// The model's name in the plan.
    pub id: String,
    /// The key of everything that it depends on.
    pub key: String,
    /// The machine that made it.
    pub machine: Option<String>,
    /// What became of it.
    pub outcome: TrialOutcome,
}

/// What became of a trial that nobody called off.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "lowercase")]
pub enum TrialOutcome {
    /// All folds were judged.
    Finished(JudgedTrial),
    /// One was not.
    Failed {
        /// Why.
        reason: String,
        /// The model's own time until then.
        seconds: f64,
    },
}

/// How a trial was judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JudgedTrial {
    /// Share right, for each fold.
    pub accuracies: Vec<f64>,
    /// The model's own time, for each fold.
    pub seconds: Vec<f64>,
}

impl JudgedTrial {
    /// The model's own time, for all folds together.
    pub fn fit_seconds(&self) -> f64 {
        self.seconds.iter().sum()
    }

    /// Whether it can be of a trial over so many folds (1 without folds).
    ///
    /// # Errors
    /// What is wrong, in a line.
    pub fn check(&self, folds: usize) -> Result<(), String> {
        length("accuracies", self.accuracies.len(), folds)?;
        length("seconds", self.seconds.len(), folds)?;
        let mut shares = self.accuracies.iter();
        demand(shares.all(|share| (0.0..=1.0).contains(share)), || {
            "an accuracy is not a share".to_owned()
        })?;
        self.seconds.iter().try_for_each(|&seconds| time(seconds))
    }
}

impl TrialRecord {
    /// Whether it can be the record of a trial over so many folds (1 without folds).
    ///
    /// # Errors
    /// What is wrong, in a line.
    pub fn check(&self, folds: usize) -> Result<(), String> {
        match &self.outcome {
            TrialOutcome::Finished(judged) => judged.check(folds),
            TrialOutcome::Failed { seconds, .. } => time(*seconds),
        }
    }
}

fn time(seconds: f64) -> Result<(), String> {
    demand(seconds.is_finite() && seconds >= 0.0, || {
        "a time is negative or no number".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Record, read_trial};

    fn judged(accuracies: &[f64], seconds: &[f64]) -> TrialRecord {
        TrialRecord {
            id: "softmax".to_owned(),
            key: "ab".to_owned(),
            machine: None,
            outcome: TrialOutcome::Finished(JudgedTrial {
                accuracies: accuracies.to_vec(),
                seconds: seconds.to_vec(),
            }),
        }
    }

    #[test]
    fn what_cannot_be_a_trial_is_refused_with_the_reason() {
        assert_eq!(judged(&[0.5, 1.0], &[0.1, 0.0]).check(2), Ok(()));
        for (record, said) in [
            (
                judged(&[0.5], &[0.1]),
                "accuracies: 1 values; there must be 2",
            ),
            (
                judged(&[0.5, 0.5], &[0.1]),
                "seconds: 1 values; there must be 2",
            ),
            (
                judged(&[0.5, 1.1], &[0.1, 0.1]),
                "an accuracy is not a share",
            ),
            (
                judged(&[0.5, 0.5], &[0.1, -1.0]),
                "a time is negative or no number",
            ),
        ] {
            assert_eq!(record.check(2), Err(said.to_owned()));
        }
    }

    #[test]
    fn a_file_of_a_trial_is_read_as_it_was_written() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("trial.jsonl");
        assert_eq!(read_trial(&path, "softmax", 1).unwrap(), None);
        let record = judged(&[0.1 + 0.2], &[1e-3]);
        let text = serde_json::to_vec(&Record::Trial(record.clone())).unwrap();
        std::fs::write(&path, text).unwrap();
        let read = read_trial(&path, "softmax", 1).unwrap();
        assert_eq!(read, Some(record));
        let error = read_trial(&path, "softmax", 2).unwrap_err().to_string();
        assert!(
            error.contains("trial.jsonl") && error.contains("there must be 2"),
            "{error}"
        );
        std::fs::write(&path, r#"{"record":"controls","id":"a","controls":[]}"#).unwrap();
        let error = read_trial(&path, "softmax", 1).unwrap_err().to_string();
        assert!(error.contains("not a record"), "{error}");
    }
}
