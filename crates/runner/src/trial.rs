//! One trial of a search: fits a model with some values, on one thread, and judges it.

use crate::allowance::Allowance;
use crate::comparison::Setting;
use crate::comparison::key::recipe;
use crate::division::Division;
use crate::environment::Build;
use crate::failure::Failure;
use crate::handover::Handover;
use crate::job::{Ended, Job, Task};
use crate::learner::{Learner, Method};
use crate::resource::{Resource, epochs, fewer_epochs};
use crate::store::{Key, Store};
use records::{Cell, TunedTrial};
use search::Proposal;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// What trials of all models have in common.
pub(crate) struct Trials<'a> {
    /// Training samples and what is held out of them; no test samples.
    pub(crate) division: Division,
    /// The same for the processes that fit.
    pub(crate) handover: Handover,
    pub(crate) seed: u64,
    pub(crate) sha256: [String; 4],
    pub(crate) store: Store,
    pub(crate) setting: &'a Setting<'a>,
    /// Name of this search in the store.
    pub(crate) run: String,
}

/// A trial that finished, as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Judged {
    /// Share right, for each fold.
    accuracies: Vec<f64>,
    /// The model's own time, for each fold.
    seconds: Vec<f64>,
}

impl Judged {
    fn fit_seconds(&self) -> f64 {
        self.seconds.iter().sum()
    }
}

/// What became of a trial.
enum Ending {
    Judged(Judged),
    Failed(String),
    /// The seconds were used up.
    CalledOff,
}

/// What became of one fold of a trial.
struct FoldEnd {
    /// Share right, or why there is none; nothing if the seconds were used up.
    accuracy: Option<Result<f64, String>>,
    /// The model's own time.
    seconds: f64,
}

impl Trials<'_> {
    /// Makes a trial, unless an earlier search has; says so, too.
    ///
    /// Whatever the model does wrong is the trial's; an error is the program's or the user's.
    pub(crate) fn make(
        &self,
        learner: &Learner,
        resource: Resource,
        proposal: &Proposal,
        allowance: &Allowance,
    ) -> Result<(TunedTrial, bool), Failure> {
        let all = self.division.train_samples(learner.train_limit);
        let train_samples = match resource {
            Resource::Images => (all as f64 * proposal.share).round() as usize,
            Resource::Epochs => all,
        };
        let trial = |fitted: Option<&Learner>, ending: Ending, fit_seconds| {
            let epochs = fitted.and_then(|learner| epochs(&learner.method.values()));
            tuned(self, proposal, train_samples, epochs, ending, fit_seconds)
        };
        let mut fitted = match with_values(learner, resource, proposal) {
            Ok(fitted) => fitted,
            Err(reason) => return Ok((trial(None, Ending::Failed(reason), 0.0), false)),
        };
        let limit = (train_samples < all).then_some(train_samples);
        fitted.train_limit = limit.or(learner.train_limit);
        let key = self.key(&fitted, train_samples);
        if !self.setting.refit
            && let Some((judged, _)) = self.store.find::<Judged>(&key)
            && !self.is_beyond(&judged)
        {
            let seconds = judged.fit_seconds();
            let (ending, seconds) = match allowance.charge(seconds) {
                Ok(()) => (Ending::Judged(judged), seconds),
                Err(left) => (Ending::CalledOff, left),
            };
            return Ok((trial(Some(&fitted), ending, seconds), true));
        }
        let (ending, seconds) = self.judge(&fitted, allowance)?;
        if let Ending::Judged(judged) = &ending {
            self.store.keep(&key, "one thread", &self.run, judged);
        }
        Ok((trial(Some(&fitted), ending, seconds), false))
    }

    /// Fits and judges every fold.
    fn judge(&self, learner: &Learner, allowance: &Allowance) -> Result<(Ending, f64), Failure> {
        let mut judged = Judged {
            accuracies: Vec::new(),
            seconds: Vec::new(),
        };
        let cells = self.division.cells(false, &[]);
        for &cell in &cells {
            if allowance.is_used_up() {
                return Ok((Ending::CalledOff, judged.fit_seconds()));
            }
            let end = self.fold(learner, cell, allowance)?;
            judged.seconds.push(end.seconds);
            let ending = match end.accuracy {
                Some(Ok(accuracy)) => {
                    judged.accuracies.push(accuracy);
                    continue;
                }
                None => Ending::CalledOff,
                Some(Err(reason)) if cells.len() == 1 => Ending::Failed(reason),
                Some(Err(reason)) => {
                    let (fold, folds) = (judged.seconds.len(), cells.len());
                    Ending::Failed(format!("fold {fold} of {folds}: {reason}"))
                }
            };
            return Ok((ending, judged.fit_seconds()));
        }
        let seconds = judged.fit_seconds();
        Ok((Ending::Judged(judged), seconds))
    }

    /// Whether a fit of an earlier search took more time than it may now.
    fn is_beyond(&self, judged: &Judged) -> bool {
        let limit = self.setting.limits.time;
        limit.is_some_and(|limit| {
            let late = |&seconds: &f64| seconds > limit.as_secs_f64();
            judged.seconds.iter().any(late)
        })
    }

    /// Fits and judges a fold.
    fn fold(
        &self,
        learner: &Learner,
        cell: Cell,
        allowance: &Allowance,
    ) -> Result<FoldEnd, Failure> {
        let data = self.handover.path().to_owned();
        let job = Job::new(Task::Trial(cell), learner, data, 1);
        let (ended, seconds) = allowance.run(|own, left| {
            let mut limits = self.setting.limits;
            limits.time = limits.time.into_iter().chain(left).min();
            let ended = self.setting.executor.run(&job, limits, own, &mut |_| ());
            let seconds = match &ended {
                Ok(Ended::Trial(trial)) => trial.seconds,
                _ => 0.0,
            };
            (ended, seconds)
        });
        let users = &self.setting.cancellation;
        users.check().map_err(|_| Failure::Interrupted)?;
        let accuracy = match ended.transpose()? {
            Some(Ended::Trial(trial)) => trial.accuracy,
            Some(other) => {
                let reason = format!("not the end of a trial: {other:?}");
                return Err(Failure::job("job", &reason));
            }
            None => None,
        };
        Ok(FoldEnd { accuracy, seconds })
    }

    fn key(&self, learner: &Learner, train_samples: usize) -> Key {
        let protocol = self.division.protocol;
        let build = self.setting.build.copied().unwrap_or(Build::default());
        Key::new(&json!({
            "trial": 4,
            "measuring": build.sources_of(env!("CARGO_PKG_NAME")),
            "recipe": recipe(&learner.method, &build),
            "data": self.sha256,
            "preparation": self.division.preparation(),
            "train_samples": train_samples,
            // Folds differ in size: a limit may be all of one and cut another.
            "limit": learner.train_limit,
            "judged_on": protocol.judged_on,
            "judged": self.division.judged_samples(),
            "of": self.division.judged_available,
            "seed": self.seed,
        }))
    }
}

/// The model with the values of a trial, and its share of epochs.
fn with_values(
    learner: &Learner,
    resource: Resource,
    proposal: &Proposal,
) -> Result<Learner, String> {
    let in_words = |error: classifier::ParameterError| error.to_string();
    let mut method: Method = learner.method.with(&proposal.values).map_err(in_words)?;
    if let (Resource::Epochs, Some(all)) = (resource, epochs(&method.values()))
        && proposal.share < 1.0
    {
        let fewer = fewer_epochs(all, proposal.share);
        method = method.with(&fewer).map_err(in_words)?;
    }
    Ok(Learner {
        id: learner.id.clone(),
        method,
        train_limit: learner.train_limit,
        space: learner.space.clone(),
    })
}

fn tuned(
    trials: &Trials<'_>,
    proposal: &Proposal,
    train_images: usize,
    epochs: Option<u64>,
    ending: Ending,
    fit_seconds: f64,
) -> TunedTrial {
    let mut trial = TunedTrial {
        values: proposal.values.clone(),
        share: proposal.share,
        train_images,
        epochs,
        accuracy: None,
        folds: Vec::new(),
        called_off: false,
        reason: None,
        fit_seconds,
    };
    match ending {
        Ending::Judged(Judged { accuracies, .. }) => {
            trial.accuracy = Some(accuracies.iter().sum::<f64>() / accuracies.len().max(1) as f64);
            if trials.division.protocol.folds().is_some() {
                trial.folds = accuracies;
            }
        }
        Ending::Failed(reason) => trial.reason = Some(reason),
        Ending::CalledOff => {
            trial.called_off = true;
            trial.reason = Some("called off: the seconds were used up".to_owned());
        }
    }
    trial
}

#[cfg(test)]
mod tests;
