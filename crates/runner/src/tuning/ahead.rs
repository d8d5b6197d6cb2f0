//! The trials of a search that depend on none before: all are known before any is made, so that others may make them.

use super::Tuning;
use super::outcome::tuned;
use crate::allowance::Allowance;
use crate::comparison::pieces::{Bench, Piece};
use crate::failure::{Failure, Place};
use crate::job::Task;
use crate::resource::Resource;
use crate::store::Earlier;
use crate::trial::Ready;
use crate::watcher::Watcher;
use records::{Record, TrialOutcome, TrialRecord, TuningRecord};
use search::{Method, Next, Proposal};
use std::collections::{BTreeSet, HashMap};

/// Trials of one search, planned ahead.
pub struct TrialsAhead<'a> {
    tuning: &'a Tuning<'a>,
    /// Of each model, in order.
    models: Vec<Vec<Ahead>>,
    /// By its key, the number of a trial, from 1, and how many its model has.
    places: HashMap<String, [usize; 2]>,
}

/// A trial that is planned.
struct Ahead {
    proposal: Proposal,
    resource: Resource,
    /// Or why the model refuses the values.
    ready: Result<Ready, String>,
}

impl Tuning<'_> {
    /// All trials, before any is made.
    ///
    /// # Errors
    /// If the search learns from its trials, or ends by the clock.
    pub fn ahead(&self) -> Result<TrialsAhead<'_>, Failure> {
        let place = |option: &str| Place::Option(option.to_owned());
        if !matches!(self.search.method, Method::Random | Method::Grid) {
            return Err(Failure::Syntax {
                place: place("--search"),
                reason: format!(
                    "what {} tries next depends on the trials before; jobs for other machines take random or grid",
                    self.search.method.name()
                ),
            });
        }
        if self.search.seconds.is_some() {
            return Err(Failure::Syntax {
                place: place("--seconds"),
                reason:
                    "nobody counts the seconds of several machines together; jobs take --trials"
                        .to_owned(),
            });
        }
        let models = self.learners.iter().map(|learner| {
            let resource = self.search.resource_of(learner);
            let mut searcher = self.searcher(learner, resource)?;
            let mut trials = Vec::new();
            while let Next::Trial(proposal) = searcher.next(&[]) {
                trials.push(Ahead {
                    ready: self.trials.ready(learner, resource, &proposal),
                    resource,
                    proposal,
                });
            }
            Ok(trials)
        });
        let models: Vec<Vec<Ahead>> = models.collect::<Result<_, Failure>>()?;
        let mut places = HashMap::new();
        for trials in &models {
            for (index, trial) in trials.iter().enumerate() {
                if let Ok(ready) = &trial.ready {
                    let place = [index + 1, trials.len()];
                    places.entry(ready.key.hash().to_owned()).or_insert(place);
                }
            }
        }
        Ok(TrialsAhead {
            tuning: self,
            models,
            places,
        })
    }
}

impl TrialsAhead<'_> {
    /// The search that they are of.
    pub fn tuning(&self) -> &Tuning<'_> {
        self.tuning
    }

    /// What the search is called in the store.
    pub fn run(&self) -> &str {
        &self.tuning.trials.run
    }

    /// How many fits a trial is: one for each fold.
    pub fn folds(&self) -> usize {
        self.tuning.trials.folds()
    }

    /// What came of the search, by the record of each trial. A trial without a record has failed, and says so.
    pub fn join(&self, mut found: impl FnMut(&Piece<'_>) -> Option<TrialRecord>) -> TuningRecord {
        let trials = &self.tuning.trials;
        let here = self.tuning.environment.machine();
        let mut machines = BTreeSet::new();
        let mut models = Vec::new();
        for (learner, ahead) in self.tuning.learners.iter().zip(&self.models) {
            let all = ahead.iter().map(|one| {
                let outcome = match &one.ready {
                    Err(reason) => failed(reason.clone()),
                    Ok(ready) => match found(&self.piece(ready)) {
                        None => failed("missing: no machine has made it".to_owned()),
                        Some(record) => {
                            if record.machine != here {
                                machines.extend(record.machine);
                            }
                            record.outcome
                        }
                    },
                };
                let seconds = match &outcome {
                    TrialOutcome::Finished(judged) => judged.fit_seconds(),
                    TrialOutcome::Failed { seconds, .. } => *seconds,
                };
                let fitted = one.ready.as_ref().ok().map(|ready| &ready.learner);
                let made = (Some(outcome), seconds);
                trials.tuned(learner, one.resource, &one.proposal, fitted, made)
            });
            models.push(tuned(learner, None, all.collect(), false));
        }
        TuningRecord {
            machines,
            ..self.tuning.record(models)
        }
    }

    fn piece<'a>(&'a self, ready: &'a Ready) -> Piece<'a> {
        let cell = self.tuning.trials.division.cells(false, &[])[0];
        Piece::new(&ready.learner, Task::Trial(cell), ready.key.clone())
    }
}

impl Bench for TrialsAhead<'_> {
    fn pieces(&self) -> Box<dyn Iterator<Item = Piece<'_>> + '_> {
        let all = self.models.iter().flatten();
        let ready = all.filter_map(|ahead| ahead.ready.as_ref().ok());
        Box::new(ready.map(|ready| self.piece(ready)))
    }

    fn in_words(&self, piece: &Piece<'_>) -> String {
        let place = self.places.get(piece.key());
        let place = place.map(|[number, all]| format!(", trial {number} of {all}"));
        format!("{}{}", piece.id(), place.unwrap_or_default())
    }

    fn known(&self, piece: &Piece<'_>) -> Option<Record> {
        let judged = self.tuning.trials.known(piece.full_key())?;
        // Where an earlier search made it, nobody knows any more.
        Some(of_trial(piece, None, TrialOutcome::Finished(judged)))
    }

    fn earlier(&self, piece: &Piece<'_>) -> Option<Earlier> {
        self.tuning
            .trials
            .store
            .earlier(piece.full_key(), |judged| Some(Earlier::of_trial(judged)))
    }

    fn make(&self, piece: &Piece<'_>, _: &mut dyn Watcher) -> Result<Option<Record>, Failure> {
        let made = self
            .tuning
            .trials
            .judge(piece.learner(), &Allowance::new(None));
        let outcome = match made {
            Ok((outcome, _)) => outcome,
            Err(Failure::Interrupted) => None,
            Err(failure) => return Err(failure),
        };
        let machine = self.tuning.environment.machine();
        Ok(outcome.map(|outcome| of_trial(piece, machine, outcome)))
    }
}

pub(crate) fn of_trial(
    piece: &Piece<'_>,
    machine: Option<String>,
    outcome: TrialOutcome,
) -> Record {
    Record::Trial(TrialRecord {
        id: piece.id().to_owned(),
        key: piece.key().to_owned(),
        machine,
        outcome,
    })
}

fn failed(reason: String) -> TrialOutcome {
    let seconds = 0.0;
    TrialOutcome::Failed { reason, seconds }
}
