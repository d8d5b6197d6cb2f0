//! Runs a search, model by model: trials are taken in turn, by as many threads as make them.

use super::outcome::tuned;
use super::{TrialWatcher, Tuning, TuningWatcher};
use crate::allowance::Allowance;
use crate::failure::Failure;
use crate::learner::Learner;
use crate::resource::Resource;
use records::{TunedModel, TunedTrial, TuningRecord};
use search::{Budget, LEAST_SHARE, Next, Proposal, Searcher, Trial};
use std::sync::mpsc::channel;
use std::sync::{Condvar, Mutex, MutexGuard};

/// The search for one model, as far as it has come.
struct Search {
    searcher: Searcher,
    /// Those that were begun, in order.
    trials: Vec<Option<TunedTrial>>,
    /// The outcomes of the first of them, without a gap.
    known: Vec<Trial>,
    /// Those that an earlier search made.
    reused: usize,
    failure: Option<Failure>,
}

/// A search that several threads work on.
struct Shared<'a> {
    model: &'a Learner,
    resource: Resource,
    search: Mutex<Search>,
    ended: Condvar,
    allowance: &'a Allowance,
    progress: &'a dyn TrialWatcher,
}

impl Tuning<'_> {
    /// Searches the models one after another, and gives what came of it.
    ///
    /// # Errors
    /// If a trial cannot be made whatever its model, or the user calls it off.
    pub fn run(&self, watcher: &dyn TuningWatcher) -> Result<TuningRecord, Failure> {
        let mut models = Vec::new();
        for (index, learner) in self.learners.iter().enumerate() {
            if let Some(trouble) = self.trials.store.trouble() {
                watcher.note(&format!("note: {trouble}"));
            }
            let of_model = watcher.begin(&learner.id, index, self.learners.len());
            let (tuned, reused) = self.tune(learner, of_model.as_ref())?;
            of_model.end(&tuned, reused);
            models.push(tuned);
        }
        Ok(self.record(models))
    }

    /// Searches the parameters of one model; says how many trials an earlier search had made, too.
    fn tune(
        &self,
        model: &Learner,
        progress: &dyn TrialWatcher,
    ) -> Result<(TunedModel, usize), Failure> {
        let resource = self.search.resource_of(model);
        let searcher = self.searcher(model, resource)?;
        progress.plan(searcher.planned(), searcher.cost());
        let allowance = &Allowance::new(self.search.seconds);
        let shared = Shared {
            model,
            resource,
            search: Mutex::new(Search {
                searcher,
                trials: Vec::new(),
                known: Vec::new(),
                reused: 0,
                failure: None,
            }),
            ended: Condvar::new(),
            allowance,
            progress,
        };
        let users = &self.trials.setting.cancellation;
        let (done, wait) = channel::<()>();
        std::thread::scope(|scope| {
            scope.spawn(move || allowance.watch(users, &wait));
            // Dropped when they all have ended, on panic, too: the watch ends with them.
            let _done = done;
            std::thread::scope(|workers| {
                for _ in 0..self.at_once {
                    workers.spawn(|| self.work(&shared));
                }
            });
        });
        let search = shared.search.into_inner().expect("no holder panics");
        if let Some(failure) = search.failure {
            return Err(failure);
        }
        let trials = search.trials.into_iter();
        let trials = trials.map(|trial| trial.expect("every trial has ended"));
        let shrunk = self.search.method.shrinks() && !model.space.is_empty();
        let shrunk = shrunk.then(|| resource.name().to_owned());
        let tuned = tuned(
            model,
            shrunk,
            trials.collect(),
            self.search.seconds.is_some(),
        );
        Ok((tuned, search.reused))
    }

    pub(super) fn searcher(
        &self,
        model: &Learner,
        resource: Resource,
    ) -> Result<Searcher, Failure> {
        let division = &self.trials.division;
        let least = if self.search.method.shrinks() {
            let first = division.cells(false, &[])[0];
            let train = division.train(first, model.train_limit)?;
            resource.least_share(model, train.len(), train.class_names().len())
        } else {
            LEAST_SHARE
        };
        let budget = Budget {
            trials: self.search.trials,
            endless: self.search.seconds.is_some(),
        };
        let space = model.space.clone();
        let seed = self.trials.seed;
        Ok(Searcher::new(
            self.search.method,
            space,
            budget,
            least,
            seed,
        ))
    }

    /// Makes trials until there are no more.
    fn work(&self, shared: &Shared<'_>) {
        while let Some((index, proposal)) = self.take(shared) {
            let made = self
                .trials
                .make(shared.model, shared.resource, &proposal, shared.allowance);
            let mut search = shared.lock();
            match made {
                Ok((trial, reused)) => {
                    search.reused += usize::from(reused);
                    search.trials[index] = Some(trial);
                    search.learn();
                }
                Err(failure) => {
                    search.failure.get_or_insert(failure);
                }
            }
            let ended: Vec<&TunedTrial> = search.trials.iter().flatten().collect();
            shared.progress.show(&ended, shared.allowance.used());
            drop(search);
            shared.ended.notify_all();
        }
    }

    /// The next trial, once what it depends on has ended.
    fn take(&self, shared: &Shared<'_>) -> Option<(usize, Proposal)> {
        let mut search = shared.lock();
        loop {
            let interrupted = self.trials.setting.cancellation.check().is_err();
            if interrupted {
                search.failure.get_or_insert(Failure::Interrupted);
            }
            if search.failure.is_some() || shared.allowance.is_used_up() {
                return None;
            }
            let Search {
                searcher, known, ..
            } = &mut *search;
            match searcher.next(known) {
                Next::Trial(proposal) => {
                    search.trials.push(None);
                    return Some((search.trials.len() - 1, proposal));
                }
                Next::Wait => {
                    search = shared.ended.wait(search).expect("no holder panics");
                }
                Next::End => return None,
            }
        }
    }
}

impl Shared<'_> {
    fn lock(&self) -> MutexGuard<'_, Search> {
        self.search.lock().expect("no holder panics")
    }
}

impl Search {
    /// Takes note of the outcomes that have no gap before them any more.
    fn learn(&mut self) {
        let new = self.trials[self.known.len()..].iter();
        let outcomes = new.map_while(Option::as_ref).map(|trial| Trial {
            values: trial.values.clone(),
            loss: trial.accuracy.map_or(f64::NAN, |accuracy| 1.0 - accuracy),
        });
        self.known.extend(outcomes);
    }
}
