//! One trial of a search: fits a model with some values, on one thread, and judges it.

use crate::allowance::Allowance;
use crate::cli::Resource;
use crate::experiment::recipe;
use crate::failure::Failure;
use crate::measure::{Conditions, fit_alone_timed, guarded};
use crate::plan::ReadyModel;
use crate::protocol::Division;
use crate::resource::{epochs, fewer_epochs};
use crate::searcher::Proposal;
use crate::store::{Key, Store};
use classifier::{FitError, with_threads};
use report::{Cell, TunedTrial};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::Mutex;

/// What trials of all models have in common.
pub(crate) struct Trials {
    /// Training images and what is held out of them; no test images.
    pub(crate) division: Division,
    pub(crate) seed: u64,
    pub(crate) sha256: [String; 4],
    pub(crate) store: Mutex<Store>,
    pub(crate) conditions: Conditions,
    /// Make trials again that the store has.
    pub(crate) refit: bool,
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

impl Trials {
    /// Makes a trial, unless an earlier search has; says so, too.
    ///
    /// Whatever the model does wrong is the trial's; an error is the program's or the user's.
    pub(crate) fn make(
        &self,
        model: &ReadyModel,
        resource: Resource,
        proposal: &Proposal,
        allowance: &Allowance,
    ) -> Result<(TunedTrial, bool), Failure> {
        let all = self.division.train_images(model.train_limit);
        let train_images = match resource {
            Resource::Images => (all as f64 * proposal.share).round() as usize,
            Resource::Epochs => all,
        };
        let trial = |fitted: Option<&ReadyModel>, ending: Ending, fit_seconds| {
            let epochs = fitted.and_then(|model| epochs(&model.recipe.values()));
            tuned(self, proposal, train_images, epochs, ending, fit_seconds)
        };
        let fitted = match with_values(model, resource, proposal) {
            Ok(fitted) => fitted,
            Err(reason) => return Ok((trial(None, Ending::Failed(reason), 0.0), false)),
        };
        let limit = (train_images < all).then_some(train_images);
        let limit = limit.or(model.train_limit);
        let key = self.key(&fitted, train_images, limit);
        let store = || self.store.lock().expect("no holder panics");
        if !self.refit
            && let Some((judged, _)) = store().find::<Judged>(&key)?
            && !self.is_beyond(&judged)
        {
            let seconds = judged.fit_seconds();
            let (ending, seconds) = match allowance.charge(seconds) {
                Ok(()) => (Ending::Judged(judged), seconds),
                Err(left) => (Ending::CalledOff, left),
            };
            return Ok((trial(Some(&fitted), ending, seconds), true));
        }
        let (ending, seconds) = self.judge(&fitted, limit, allowance)?;
        if let Ending::Judged(judged) = &ending {
            store().keep(&key, "one thread", &self.run, judged)?;
        }
        Ok((trial(Some(&fitted), ending, seconds), false))
    }

    /// Fits and judges every fold.
    fn judge(
        &self,
        model: &ReadyModel,
        train_limit: Option<usize>,
        allowance: &Allowance,
    ) -> Result<(Ending, f64), Failure> {
        let mut judged = Judged {
            accuracies: Vec::new(),
            seconds: Vec::new(),
        };
        let cells = self.division.cells(true, None);
        for &cell in &cells {
            if allowance.is_used_up() {
                return Ok((Ending::CalledOff, judged.fit_seconds()));
            }
            let (fold, seconds) = self.fold(model, cell, train_limit, allowance)?;
            judged.seconds.push(seconds);
            let ending = match fold {
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
        let limit = self.conditions.limits.time;
        limit.is_some_and(|limit| {
            let late = |&seconds: &f64| seconds > limit.as_secs_f64();
            judged.seconds.iter().any(late)
        })
    }

    /// Fits and judges a fold: share right, or why there is none; nothing if the seconds were used up.
    #[allow(clippy::type_complexity, reason = "three outcomes and the seconds")]
    fn fold(
        &self,
        model: &ReadyModel,
        cell: Cell,
        train_limit: Option<usize>,
        allowance: &Allowance,
    ) -> Result<(Option<Result<f64, String>>, f64), Failure> {
        let train = self.division.train(cell, train_limit)?;
        let (fitted, seconds) = allowance.run(|own, left| {
            let mut conditions = Conditions {
                cancellation: own.clone(),
                ..self.conditions.clone()
            };
            // Calls that cannot be stopped are waited for at a limit of time only.
            conditions.limits.time = conditions.limits.time.into_iter().chain(left).min();
            fit_alone_timed(model, cell.seed, &train, &conditions)
        });
        let users = &self.conditions.cancellation;
        users.check().map_err(|_| Failure::Interrupted)?;
        let classifier = match fitted {
            None | Some(Err(FitError::Cancelled(_))) => return Ok((None, seconds)),
            Some(Err(error)) => return Ok((Some(Err(error.to_string())), seconds)),
            Some(Ok(classifier)) => classifier,
        };
        let held_out = self.division.held_out(cell);
        let judged = held_out.as_ref().unwrap_or_else(|| self.division.judged());
        let evaluate = || {
            let labels = with_threads(1, || classifier.scores(judged.samples()).labels());
            let pairs = labels.iter().zip(judged.look().labels());
            pairs.filter(|(a, b)| a == b).count() as f64 / judged.len().max(1) as f64
        };
        // A model that panics is a failed trial, whether it fits or predicts.
        Ok((Some(guarded(evaluate)), seconds))
    }

    fn key(&self, model: &ReadyModel, train_images: usize, limit: Option<usize>) -> Key {
        let protocol = self.division.protocol;
        Key::new(&json!({
            "format": 2,
            "trial": 3,
            "measuring": env!("PLUMBLINE_MEASURING"),
            "recipe": recipe(model),
            "data": self.sha256,
            "train_images": train_images,
            // Folds differ in size: a limit may be all of one and cut another.
            "limit": limit,
            "judged_on": protocol.judged_on,
            "judged_images": self.division.judged_images(),
            "of": self.division.judged_available,
            "folds": protocol.folds,
            "repeats": protocol.repeats,
            "seed": self.seed,
        }))
    }
}

/// The model with the values of a trial, and its share of epochs.
fn with_values(
    model: &ReadyModel,
    resource: Resource,
    proposal: &Proposal,
) -> Result<ReadyModel, String> {
    let recipe = model.recipe.with(&proposal.values);
    let mut recipe = recipe.map_err(|error| error.to_string())?;
    if let (Resource::Epochs, Some(all)) = (resource, epochs(&recipe.values()))
        && proposal.share < 1.0
    {
        let fewer = recipe.with(&fewer_epochs(all, proposal.share));
        recipe = fewer.map_err(|error| error.to_string())?;
    }
    Ok(ReadyModel {
        recipe,
        id: model.id.clone(),
        entry: model.entry,
        train_limit: model.train_limit,
        space: model.space.clone(),
    })
}

fn tuned(
    trials: &Trials,
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
            if trials.division.protocol.folds > 0 {
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
