//! One trial of a search: fits a model with some values, on one thread, and judges it.

use crate::allowance::Allowance;
use crate::comparison::key::recipe;
use crate::division::Division;
use crate::environment::Build;
use crate::failure::Failure;
use crate::handover::Handover;
use crate::job::{Ended, Job, Task};
use crate::learner::{Learner, Method};
use crate::resource::{Resource, epochs, fewer_epochs};
use crate::setting::Setting;
use crate::store::{Key, ONE_THREAD, Store};
use records::{Cell, JudgedTrial, TrialOutcome, TunedTrial};
use search::Proposal;
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

/// A trial that is ready to be made.
pub(crate) struct Ready {
    /// The model with its values.
    pub(crate) learner: Learner,
    /// Of everything that the outcome depends on.
    pub(crate) key: Key,
}

/// What became of a trial, and the model's own time; no outcome if the seconds were used up.
type Made = (Option<TrialOutcome>, f64);

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
        let ready = self.ready(learner, resource, proposal);
        let (made, reused) = match &ready {
            Err(reason) => (failed(reason, 0.0), false),
            Ok(ready) => match self.known(&ready.key) {
                Some(judged) => {
                    let seconds = judged.fit_seconds();
                    let made = match allowance.charge(seconds) {
                        Ok(()) => (Some(TrialOutcome::Finished(judged)), seconds),
                        Err(left) => (None, left),
                    };
                    (made, true)
                }
                None => (self.judge(&ready.learner, allowance)?, false),
            },
        };
        if let (Ok(ready), (Some(TrialOutcome::Finished(judged)), _), false) =
            (&ready, &made, reused)
        {
            self.store.keep(&ready.key, ONE_THREAD, &self.run, judged);
        }
        let fitted = ready.as_ref().ok().map(|ready| &ready.learner);
        let trial = self.tuned(learner, resource, proposal, fitted, made);
        Ok((trial, reused))
    }

    /// The model with the values of a trial, or why it refuses them.
    pub(crate) fn ready(
        &self,
        learner: &Learner,
        resource: Resource,
        proposal: &Proposal,
    ) -> Result<Ready, String> {
        let mut fitted = with_values(learner, resource, proposal)?;
        let all = self.division.train_samples(learner.train_limit);
        let train_samples = self.train_samples(learner, resource, proposal);
        let limit = (train_samples < all).then_some(train_samples);
        fitted.train_limit = limit.or(learner.train_limit);
        Ok(Ready {
            key: self.key(&fitted, train_samples),
            learner: fitted,
        })
    }

    /// What an earlier search found, unless it is to be made again.
    pub(crate) fn known(&self, key: &Key) -> Option<JudgedTrial> {
        if self.setting.refit {
            return None;
        }
        let (judged, _) = self.store.find::<JudgedTrial>(key)?;
        // What somebody altered in the store is made again.
        let is_one = judged.check(self.folds()).is_ok() && self.setting.limits.admit_trial(&judged);
        is_one.then_some(judged)
    }

    /// How many fits a trial is: one for each fold.
    pub(crate) fn folds(&self) -> usize {
        self.division.cells(false, &[]).len()
    }

    fn train_samples(&self, learner: &Learner, resource: Resource, proposal: &Proposal) -> usize {
        let all = self.division.train_samples(learner.train_limit);
        match resource {
            Resource::Images => (all as f64 * proposal.share).round() as usize,
            Resource::Epochs => all,
        }
    }

    /// Fits and judges every fold.
    pub(crate) fn judge(&self, learner: &Learner, allowance: &Allowance) -> Result<Made, Failure> {
        let mut judged = JudgedTrial {
            accuracies: Vec::new(),
            seconds: Vec::new(),
        };
        let cells = self.division.cells(false, &[]);
        for &cell in &cells {
            if allowance.is_used_up() {
                return Ok((None, judged.fit_seconds()));
            }
            let end = self.fold(learner, cell, allowance)?;
            judged.seconds.push(end.seconds);
            let (fold, folds) = (judged.seconds.len(), cells.len());
            match end.accuracy {
                Some(Ok(accuracy)) => judged.accuracies.push(accuracy),
                None => return Ok((None, judged.fit_seconds())),
                Some(Err(reason)) if folds == 1 => {
                    return Ok(failed(&reason, judged.fit_seconds()));
                }
                Some(Err(reason)) => {
                    let reason = format!("fold {fold} of {folds}: {reason}");
                    return Ok(failed(&reason, judged.fit_seconds()));
                }
            }
        }
        let seconds = judged.fit_seconds();
        Ok((Some(TrialOutcome::Finished(judged)), seconds))
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

    /// A trial as it is reported, with what became of it. `fitted` is the model with the values of the trial, if it
    /// takes them.
    pub(crate) fn tuned(
        &self,
        learner: &Learner,
        resource: Resource,
        proposal: &Proposal,
        fitted: Option<&Learner>,
        (outcome, fit_seconds): Made,
    ) -> TunedTrial {
        let mut trial = TunedTrial {
            values: proposal.values.clone(),
            share: proposal.share,
            train_images: self.train_samples(learner, resource, proposal),
            epochs: fitted.and_then(|fitted| epochs(&fitted.method.values())),
            accuracy: None,
            folds: Vec::new(),
            called_off: false,
            reason: None,
            fit_seconds,
        };
        match outcome {
            Some(TrialOutcome::Finished(JudgedTrial { accuracies, .. })) => {
                let sum: f64 = accuracies.iter().sum();
                trial.accuracy = Some(sum / accuracies.len().max(1) as f64);
                if self.division.protocol.folds().is_some() {
                    trial.folds = accuracies;
                }
            }
            Some(TrialOutcome::Failed { reason, .. }) => trial.reason = Some(reason),
            None => {
                trial.called_off = true;
                trial.reason = Some("called off: the seconds were used up".to_owned());
            }
        }
        trial
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

fn failed(reason: &str, seconds: f64) -> Made {
    let reason = reason.to_owned();
    (Some(TrialOutcome::Failed { reason, seconds }), seconds)
}

#[cfg(test)]
mod tests;
