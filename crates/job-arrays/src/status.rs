//! How far the jobs of a folder are.

use crate::claim::{Claim, claims};
use crate::error::ArrayError;
use crate::folder::Folder;
use crate::tasks::each_job;
use records::read_own_file;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::HashMap;
use std::path::PathBuf;

/// How far the jobs are that were handed out.
#[derive(Debug, Default)]
pub struct Status {
    /// All jobs.
    pub jobs: usize,
    /// Jobs that have a record of a model that finished.
    pub done: usize,
    /// Jobs that have a record of one that failed.
    pub failed: Vec<Failed>,
    /// Tasks that live, and what they are at.
    pub running: Vec<Claim>,
    /// Tasks that have said nothing for a minute. Their jobs may be handed out again.
    pub lost: Vec<Claim>,
}

/// A job whose model failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    /// The model.
    pub id: String,
    /// Why.
    pub reason: String,
    /// Its record: without it the job is one to be done.
    pub path: PathBuf,
}

impl Status {
    /// Jobs that nobody has begun.
    pub fn waiting(&self) -> usize {
        let begun = self.done + self.failed.len() + self.running.len() + self.lost.len();
        self.jobs.saturating_sub(begun)
    }
}

/// How far the jobs of a folder are. It reads the records, and asks no engine.
///
/// # Errors
/// If the folder cannot be read.
pub fn status(folder: &Folder) -> Result<Status, ArrayError> {
    crate::plan::Plan::read(folder)?;
    let mut at: HashMap<String, (Claim, bool)> = HashMap::new();
    for (claim, lives) in claims(folder)? {
        at.insert(claim.job.clone(), (claim, lives));
    }
    let mut status = Status::default();
    each_job(folder, |job| {
        status.jobs += 1;
        let path = folder.record(&job.key, 1);
        match read_own_file(&path) {
            Ok(text) => match failure(&text) {
                None => status.done += 1,
                Some(reason) => status.failed.push(Failed {
                    id: job.id,
                    reason,
                    path,
                }),
            },
            Err(_) => match at.remove(&job.key) {
                Some((claim, true)) => status.running.push(claim),
                Some((claim, false)) => status.lost.push(claim),
                None => {}
            },
        }
        Ok(())
    })?;
    Ok(status)
}

/// What of a record says whether it is of a failure.
#[derive(Deserialize)]
struct Found {
    outcome: Option<Outcome>,
    controls: Option<Vec<records::Control>>,
}

#[derive(Deserialize)]
#[serde(tag = "outcome", rename_all = "lowercase")]
enum Outcome {
    Finished(IgnoredAny),
    Failed { reason: String },
    Cancelled,
}

/// Whether a record is of a fit or a trial that did not finish, or is damaged.
pub(crate) fn failed_fit(text: &[u8]) -> bool {
    let Ok(found) = serde_json::from_slice::<Found>(text) else {
        return true;
    };
    let outcome = found.outcome;
    outcome.is_some_and(|outcome| !matches!(outcome, Outcome::Finished(_)))
}

/// Why a record is of a failure; nothing where it is none.
fn failure(text: &[u8]) -> Option<String> {
    let found: Found = match serde_json::from_slice(text) {
        Ok(found) => found,
        Err(error) => return Some(format!("its record cannot be read ({error})")),
    };
    match found.outcome {
        Some(Outcome::Finished(_)) => None,
        Some(Outcome::Failed { reason }) => Some(reason),
        Some(Outcome::Cancelled) => Some("called off".to_owned()),
        None => {
            let mut controls = found.controls.into_iter().flatten();
            let control = controls.find(|control| !control.passed)?;
            Some(format!("{}: {}", control.name, control.detail))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use records::examples::{CELL, fit, fitted};
    use records::{Control, ControlRecord, Outcome, Record};

    fn text(record: &Record) -> Vec<u8> {
        serde_json::to_vec(record).unwrap()
    }

    #[test]
    fn failures_are_told_from_what_finished() {
        let of = |outcome| Record::Fit(Box::new(fit("a", CELL, outcome)));
        let finished = of(Outcome::Finished(Box::new(fitted(&[0, 1]))));
        assert_eq!(failure(&text(&finished)), None);
        let reason = "it fell".to_owned();
        let failed = of(Outcome::Failed { reason });
        assert_eq!(failure(&text(&failed)).as_deref(), Some("it fell"));
        let controls = |passed| {
            Record::Controls(ControlRecord {
                id: "a".to_owned(),
                controls: vec![Control {
                    name: "shuffled".to_owned(),
                    passed,
                    detail: "why".to_owned(),
                }],
            })
        };
        assert_eq!(failure(&text(&controls(true))), None);
        let said = failure(&text(&controls(false)));
        assert_eq!(said.as_deref(), Some("shuffled: why"));
        assert!(failure(b"{\"outco").unwrap().contains("cannot be read"));
        // It is handed out again.
        assert!(failed_fit(b"{\"outco") && failed_fit(b""));
        assert!(failed_fit(&text(&failed)) && !failed_fit(&text(&finished)));
        assert!(!failed_fit(&text(&controls(false))));
    }
}
