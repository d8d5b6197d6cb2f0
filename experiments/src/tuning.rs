//! Searches the parameters of models: makes trials, as many at a time as there are threads.

use crate::allowance::Allowance;
use crate::cli::{Resource, SearchKind};
use crate::failure::Failure;
use crate::plan::ReadyModel;
use crate::progress::search::ModelProgress;
use crate::searcher::{Budget, LEAST_SHARE, Next, Proposal, Searcher};
use crate::trial::Trials;
use report::{ExpectedBest, TunedModel, TunedTrial};
use search::{Domain, Trial, expected_best};
use std::sync::mpsc::channel;
use std::sync::{Condvar, Mutex, MutexGuard};

/// What all searches have in common.
pub(crate) struct Tuning {
    pub(crate) trials: Trials,
    /// Trials at a time, each on one thread.
    pub(crate) at_once: usize,
    pub(crate) kind: SearchKind,
    /// What halving and ASHA give most trials less of, if the model has it.
    pub(crate) resource: Resource,
    /// The budget of each model, in trials with all of the resource.
    pub(crate) budget: usize,
    /// The budget of each model, in seconds of fitting.
    pub(crate) seconds: Option<f64>,
}

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
    model: &'a ReadyModel,
    resource: Resource,
    search: Mutex<Search>,
    ended: Condvar,
    allowance: &'a Allowance,
    progress: &'a ModelProgress<'a>,
}

impl Tuning {
    /// Searches the parameters of one model; says how many trials an earlier search had made, too.
    pub(crate) fn tune(
        &self,
        model: &ReadyModel,
        progress: &ModelProgress<'_>,
    ) -> Result<(TunedModel, usize), Failure> {
        let resource = self.resource.of(model);
        let searcher = self.searcher(model, resource)?;
        progress.plan(searcher.planned(), searcher.cost());
        let allowance = &Allowance::new(self.seconds);
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
        let users = &self.trials.conditions.cancellation;
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
        let shrunk = self.kind.shrinks() && !model.space.is_empty();
        let shrunk = shrunk.then(|| resource.name().to_owned());
        let tuned = tuned(model, shrunk, trials.collect(), self.seconds.is_some());
        Ok((tuned, search.reused))
    }

    fn searcher(&self, model: &ReadyModel, resource: Resource) -> Result<Searcher, Failure> {
        let division = &self.trials.division;
        let least = if self.kind.shrinks() {
            let first = division.cells(true, None)[0];
            let train = division.train(first, model.train_limit)?;
            resource.least_share(model, train.len(), train.classes())
        } else {
            LEAST_SHARE
        };
        let budget = Budget {
            trials: self.budget,
            endless: self.seconds.is_some(),
        };
        let space = model.space.clone();
        let seed = self.trials.seed;
        Ok(Searcher::new(self.kind, space, budget, least, seed))
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
            let ended = search.trials.iter().flatten();
            shared.progress.show(ended, shared.allowance.used());
            drop(search);
            shared.ended.notify_all();
        }
    }

    /// The next trial, once what it depends on has ended.
    fn take(&self, shared: &Shared<'_>) -> Option<(usize, Proposal)> {
        let mut search = shared.lock();
        loop {
            let interrupted = self.trials.conditions.cancellation.check().is_err();
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

/// What the trials of a model come to.
fn tuned(
    model: &ReadyModel,
    resource: Option<String>,
    trials: Vec<TunedTrial>,
    in_seconds: bool,
) -> TunedModel {
    let finished = trials.iter().filter(|trial| trial.accuracy.is_some());
    let most = finished.map(|trial| trial.share).fold(0.0, f64::max);
    let with_most = |trial: &TunedTrial| trial.share == most && !trial.called_off;
    let accuracies = trials.iter().enumerate().filter_map(|(index, trial)| {
        let accuracy = trial.accuracy.filter(|_| with_most(trial))?;
        Some((index, accuracy))
    });
    // The last of equals in reverse: the first.
    let reversed: Vec<(usize, f64)> = accuracies.collect();
    let best = reversed.iter().rev().max_by(|a, b| a.1.total_cmp(&b.1));
    let seconds = trials.iter().map(|trial| trial.fit_seconds).sum();
    let spent = if in_seconds {
        seconds
    } else {
        trials.iter().map(|trial| trial.share).sum()
    };
    let scores = trials.iter().filter(|trial| with_most(trial));
    let scores: Vec<Option<f64>> = scores.map(|trial| trial.accuracy).collect();
    // Each at its share of the cost of all trials, those with less of the resource included.
    let cost = spent / scores.len().max(1) as f64;
    let expected = expected_best(&scores, 0.0).into_iter().enumerate();
    let expected_best = expected.map(|(i, accuracy)| ExpectedBest {
        spent: cost * (i + 1) as f64,
        accuracy,
    });
    TunedModel {
        id: model.id.clone(),
        model: model.entry.id.to_owned(),
        searched: searched(model),
        resource,
        best: best.map(|(index, _)| *index),
        expected_best: expected_best.collect(),
        trials,
        seconds,
    }
}

/// The domains in words.
fn searched(model: &ReadyModel) -> Vec<(String, String)> {
    let scale = |log: bool| if log { ", log scale" } else { "" };
    let words = |domain: &Domain| match domain {
        Domain::Choice(items) => {
            let items: Vec<String> = items.iter().map(ToString::to_string).collect();
            format!("one of {}", items.join(", "))
        }
        Domain::Real { low, high, log } => format!("{low} to {high}{}", scale(*log)),
        Domain::Whole { low, high, log } => format!("whole, {low} to {high}{}", scale(*log)),
    };
    let domains = model.space.domains().iter();
    domains
        .map(|(name, domain)| (name.clone(), words(domain)))
        .collect()
}
