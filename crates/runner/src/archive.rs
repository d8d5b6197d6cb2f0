//! What other machines found, put into the store, so that later runs take it from there, and found there again.

use crate::comparison::pieces::{Piece, of_controls};
use crate::job::Task;
use crate::limits::Limits;
use crate::store::{Key, ONE_THREAD, Row, Store};
use crate::tuning::ahead::of_trial;
use records::{Control, FitRecord, JudgedTrial, Outcome, Record, TrialOutcome};
use std::path::Path;

/// Records wait until they have so many bytes, and are written together: to write each alone, and to wait for the disk,
/// takes longer than all else that is done with it.
const TOGETHER: usize = 4 << 20;

/// The store of a results directory, open for records that were made elsewhere, and for those that are there no more.
#[derive(Debug)]
pub struct Archive {
    store: Store,
    run: String,
    waiting: Vec<Row>,
    /// What they take.
    bytes: usize,
}

impl Archive {
    /// The store of `results`, for the records of a run of this name.
    pub fn open(results: &Path, run: &str) -> Self {
        Self {
            store: Store::open(results),
            run: run.to_owned(),
            waiting: Vec::new(),
            bytes: 0,
        }
    }

    /// Keeps what a local run would keep: fits and trials that finished, and controls that all passed. They are on the
    /// disk after [`finish`](Self::finish), at the latest.
    pub fn keep(&mut self, piece: &Piece<'_>, record: &Record) {
        let (store, key, run) = (&self.store, piece.full_key(), self.run.as_str());
        let row = match record {
            Record::Fit(fit) => match fit.as_ref() {
                FitRecord {
                    machine: Some(machine),
                    outcome: Outcome::Finished(fitted),
                    ..
                } => store.row(key, machine, run, fitted),
                _ => None,
            },
            Record::Controls(found) => {
                let passed = found.controls.iter().all(|control| control.passed);
                (passed && !found.controls.is_empty())
                    .then(|| store.row(key, "", run, &found.controls))
                    .flatten()
            }
            Record::Trial(trial) => match &trial.outcome {
                TrialOutcome::Finished(judged) => store.row(key, ONE_THREAD, run, judged),
                TrialOutcome::Failed { .. } => None,
            },
            Record::Run(_) | Record::Images(_) => None,
        };
        self.bytes += row.as_ref().map_or(0, Row::bytes);
        self.waiting.extend(row);
        if self.bytes >= TOGETHER {
            self.write();
        }
    }

    fn write(&mut self) {
        if !self.waiting.is_empty() {
            self.store.keep_all(std::mem::take(&mut self.waiting));
            self.bytes = 0;
        }
    }

    /// Before the store is asked about a result that waits.
    fn write_if_waiting(&mut self, key: &Key) {
        if self.waiting.iter().any(|row| row.is_of(key)) {
            self.write();
        }
    }

    /// The record of a piece that finished in an earlier run within these limits, as far as the store has it. Nobody has
    /// checked it.
    pub fn known(&mut self, piece: &Piece<'_>, limits: Limits) -> Option<Record> {
        let (id, key) = (piece.id(), piece.full_key());
        self.write_if_waiting(key);
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
    pub fn forget(&mut self, piece: &Piece<'_>) {
        self.write_if_waiting(piece.full_key());
        self.store.forget(piece.full_key());
    }

    /// Writes what still waits. Gives what went wrong with the store; from then on nothing was kept.
    pub fn finish(mut self) -> Option<String> {
        self.write();
        self.store.trouble()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comparison::Comparison;
    use crate::environment::Build;
    use crate::learner::{Learner, Method};
    use model_nearest_centroid::NEAREST_CENTROID;
    use records::examples::fitted;
    use serde_json::json;

    fn comparison() -> Comparison {
        let learner = Learner {
            id: "any".to_owned(),
            method: Method::preset(&NEAREST_CENTROID),
            train_limit: None,
            space: search::Space::default(),
        };
        let options = serde_json::from_value(json!({"cv": 10})).unwrap();
        Comparison::new(crate::examples::digits(), vec![learner], options).unwrap()
    }

    /// A record of a fit with so many log-probabilities, no two alike: they do not compress.
    fn record(piece: &Piece<'_>, logs: u32) -> Record {
        let mut fitted = fitted(&[0]);
        let spread = |number: u32| -(number.wrapping_mul(2_654_435_761) as f32);
        fitted.log_probabilities = Some((0..logs).map(spread).collect());
        Record::Fit(Box::new(FitRecord {
            id: piece.id().to_owned(),
            cell: piece.cell().expect("a fit"),
            key: piece.key().to_owned(),
            machine: Some("elsewhere".to_owned()),
            looks: 0,
            outcome: Outcome::Finished(Box::new(fitted)),
        }))
    }

    #[test]
    fn records_are_there_at_the_end_and_many_before_it() {
        let directory = tempfile::tempdir().unwrap();
        let (comparison, build) = (comparison(), Build::default());
        let fits = comparison
            .pieces(&build)
            .filter(|piece| piece.cell().is_some());
        let fits: Vec<Piece<'_>> = fits.collect();
        let stored = || {
            let mut archive = Archive::open(directory.path(), "later");
            let known = |piece: &&Piece<'_>| archive.known(piece, Limits::default()).is_some();
            fits.iter().filter(known).count()
        };
        let mut archive = Archive::open(directory.path(), "run");
        archive.keep(&fits[0], &record(&fits[0], 10));
        // To ask about another does not write it.
        assert_eq!(archive.known(&fits[1], Limits::default()), None);
        assert_eq!(stored(), 0);
        // A merge that is killed, after more than fits into memory.
        for piece in &fits[1..] {
            archive.keep(piece, &record(piece, TOGETHER as u32 / 16));
        }
        assert!(
            (1..fits.len()).contains(&stored()),
            "{} are there",
            stored()
        );
        assert_eq!(archive.finish(), None);
        assert_eq!(stored(), fits.len());
    }

    #[test]
    fn what_waits_is_found_and_forgotten() {
        let directory = tempfile::tempdir().unwrap();
        let (comparison, build) = (comparison(), Build::default());
        let fit = comparison.first_fits(&build).next().unwrap();
        let mut archive = Archive::open(directory.path(), "run");
        let wanted = record(&fit, 10);
        archive.keep(&fit, &wanted);
        assert_eq!(archive.known(&fit, Limits::default()), Some(wanted.clone()));
        archive.keep(&fit, &wanted);
        archive.forget(&fit);
        assert_eq!(archive.known(&fit, Limits::default()), None);
        assert_eq!(archive.finish(), None);
    }
}
