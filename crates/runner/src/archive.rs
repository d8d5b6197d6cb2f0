//! What other machines found, put into the store, so that later runs take it from there, and found there again.

use crate::comparison::pieces::{Piece, of_controls};
use crate::job::Task;
use crate::limits::Limits;
use crate::store::{ONE_THREAD, Store};
use crate::tuning::ahead::of_trial;
use records::{Control, FitRecord, JudgedTrial, Outcome, Record, TrialOutcome};
use std::path::Path;

/// The store of a results directory, open for records that were made elsewhere, and for those that are there no more.
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

    /// The record of a piece that finished in an earlier run within these limits, as far as the store has it. Nobody has
    /// checked it.
    pub fn known(&self, piece: &Piece<'_>, limits: Limits) -> Option<Record> {
        let (id, key) = (piece.id(), piece.full_key());
        Some(match piece.task {
            Task::Controls => {
                let (controls, _) = self.store.find::<Vec<Control>>(key)?;
                of_controls(piece, controls)
            }
            Task::Fit(cell) => Record::Fit(Box::new(self.store.find_fit(id, cell, key, limits)?)),
            Task::Trial(_) => {
                let found = self.store.find::<JudgedTrial>(key);
                let (judged, _) = found.filter(|(judged, _)| limits.admit_trial(judged))?;
                // On which machine, nobody knows any more.
                of_trial(piece, None, TrialOutcome::Finished(judged))
            }
        })
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
