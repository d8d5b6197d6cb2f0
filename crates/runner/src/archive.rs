//! What other machines found, put into the store, so that later runs take it from there.

use crate::comparison::pieces::Piece;
use crate::store::{ONE_THREAD, Store};
use records::{FitRecord, Outcome, Record, TrialOutcome};
use std::path::Path;

/// The store of a results directory, open for records that were made elsewhere.
#[derive(Debug)]
pub struct Archive {
    store: Store,
    run: String,
}

impl Archive {
    /// The store of `results`, for the records of a run of this name.
    pub fn open(results: &Path, run: &str) -> Self {
        Self {
            store: Store::open(results),
            run: run.to_owned(),
        }
    }

    /// Keeps what a local run would keep: fits and trials that finished, and controls that all passed.
    pub fn keep(&self, piece: &Piece<'_>, record: &Record) {
        let (store, key, run) = (&self.store, piece.full_key(), self.run.as_str());
        match record {
            Record::Fit(fit) => {
                let FitRecord {
                    machine: Some(machine),
                    outcome: Outcome::Finished(fitted),
                    ..
                } = fit.as_ref()
                else {
                    return;
                };
                store.keep(key, machine, run, fitted);
            }
            Record::Controls(found) => {
                let passed = found.controls.iter().all(|control| control.passed);
                if passed && !found.controls.is_empty() {
                    store.keep(key, "", run, &found.controls);
                }
            }
            Record::Trial(trial) => {
                if let TrialOutcome::Finished(judged) = &trial.outcome {
                    store.keep(key, ONE_THREAD, run, judged);
                }
            }
            Record::Run(_) | Record::Images(_) => {}
        }
    }

    /// Drops what an earlier merge kept of a piece that is in doubt now.
    pub fn forget(&self, piece: &Piece<'_>) {
        self.store.forget(piece.full_key());
    }

    /// What went wrong with the store; from then on nothing is kept.
    pub fn trouble(&self) -> Option<String> {
        self.store.trouble()
    }
}
