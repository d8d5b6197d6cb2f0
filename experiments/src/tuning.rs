//! Searches the parameters of models: makes trials, as many at a time as there are threads.

use crate::cli::SearchKind;
use crate::experiment::recipe;
use crate::failure::{Failure, Place};
use crate::measure::{Conditions, fit_alone_timed};
use crate::plan::ReadyModel;
use crate::progress::Progress;
use crate::protocol::Division;
use crate::searcher::{Proposal, Searcher};
use crate::store::{Key, Store};
use classifier::with_threads;
use report::{TunedModel, TunedTrial};
use search::{Domain, Trial, Values, expected_best};
use serde_json::json;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What all searches have in common.
pub(crate) struct Tuning {
    /// Training images and a validation split; no test images.
    pub(crate) division: Division,
    pub(crate) seed: u64,
    pub(crate) sha256: [String; 4],
    pub(crate) store: Mutex<Store>,
    /// Trials at a time, each on one thread.
    pub(crate) at_once: usize,
    pub(crate) conditions: Conditions,
    pub(crate) kind: SearchKind,
    /// The budget of each model, in trials.
    pub(crate) trials: usize,
    /// The budget of each model, in seconds of fitting.
    pub(crate) seconds: Option<f64>,
    /// Make trials again that the store has.
    pub(crate) refit: bool,
    /// Name of this search in the store.
    pub(crate) run: String,
}

impl Tuning {
    /// Searches the parameters of one model.
    pub(crate) fn tune(
        &self,
        model: &ReadyModel,
        progress: &mut Progress,
    ) -> Result<TunedModel, Failure> {
        let endless =
            self.seconds.is_some() && matches!(self.kind, SearchKind::Random | SearchKind::Tpe);
        let budget = if endless { usize::MAX } else { self.trials };
        let mut searcher = Searcher::new(self.kind, model.space.clone(), budget, self.seed);
        let mut trials: Vec<TunedTrial> = Vec::new();
        let (mut history, mut last) = (Vec::new(), Vec::new());
        let mut seconds = 0.0;
        while self.seconds.is_none_or(|limit| seconds < limit) {
            let batch = searcher.next(&history, &last);
            if batch.is_empty() {
                break;
            }
            let made = self.make(model, &batch)?;
            last = made.iter().map(in_search).collect();
            history.extend(last.iter().cloned());
            seconds += made.iter().map(|trial| trial.fit_seconds).sum::<f64>();
            trials.extend(made);
            let best = trials.iter().filter_map(|trial| trial.accuracy);
            progress.trials(trials.len(), best.fold(0.0, f64::max));
        }
        let most = trials.iter().map(|trial| trial.train_images).max();
        let full: Vec<(usize, f64)> = trials
            .iter()
            .enumerate()
            .filter(|(_, trial)| Some(trial.train_images) == most)
            .filter_map(|(index, trial)| Some((index, trial.accuracy?)))
            .collect();
        // The first of equals.
        let best = full.iter().rev().max_by(|a, b| a.1.total_cmp(&b.1));
        let accuracies: Vec<f64> = full.iter().map(|(_, accuracy)| *accuracy).collect();
        Ok(TunedModel {
            id: model.id.clone(),
            model: model.entry.id.to_owned(),
            searched: searched(model),
            best: best.map(|(index, _)| *index),
            expected_best: expected_best(&accuracies),
            trials,
            seconds,
        })
    }

    /// Makes a batch of trials, as many at a time as there are threads.
    fn make(&self, model: &ReadyModel, batch: &[Proposal]) -> Result<Vec<TunedTrial>, Failure> {
        let next = AtomicUsize::new(0);
        let made: Vec<Mutex<Option<Result<TunedTrial, Failure>>>> =
            batch.iter().map(|_| Mutex::new(None)).collect();
        let work = || {
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(proposal) = batch.get(index) else {
                    break;
                };
                let trial = self.trial(model, proposal);
                *made[index].lock().expect("no holder panics") = Some(trial);
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..self.at_once.min(batch.len()) {
                scope.spawn(work);
            }
        });
        let made = made.into_iter().map(|slot| {
            let trial = slot.into_inner().expect("no holder panics");
            trial.expect("every proposal was taken")
        });
        made.collect()
    }

    /// Fits and judges, unless an earlier search has.
    fn trial(&self, model: &ReadyModel, proposal: &Proposal) -> Result<TunedTrial, Failure> {
        let recipe_here = model.recipe.with(&proposal.values);
        let here = ReadyModel {
            recipe: recipe_here.map_err(|error| Failure::Parameter {
                place: Place::Option("search".to_owned()),
                model: model.id.clone(),
                error,
            })?,
            id: model.id.clone(),
            entry: model.entry,
            train_limit: model.train_limit,
            space: model.space.clone(),
        };
        let all = self.division.train_images(model.train_limit);
        let train_images = (all as f64 * proposal.share).round() as usize;
        let key = self.key(&here, train_images);
        let store = || self.store.lock().expect("no holder panics");
        if !self.refit
            && let Some((trial, _)) = store().find::<TunedTrial>(&key)?
        {
            return Ok(trial);
        }
        let trial = self.fit(&here, &proposal.values, train_images)?;
        if trial.accuracy.is_some() {
            store().keep(&key, "one thread", &self.run, &trial)?;
        }
        Ok(trial)
    }

    fn fit(
        &self,
        model: &ReadyModel,
        values: &Values,
        train_images: usize,
    ) -> Result<TunedTrial, Failure> {
        let cell = self.division.cells(true, None)[0];
        let limit = (train_images < self.division.train_images(None)).then_some(train_images);
        let train = self.division.train(cell, limit)?;
        let (fitted, fit_seconds) = fit_alone_timed(model, cell.seed, &train, &self.conditions);
        self.conditions
            .cancellation
            .check()
            .map_err(|_| Failure::Interrupted)?;
        let judged = self.division.judged();
        let accuracy = fitted.map(|classifier| {
            let labels = with_threads(1, || classifier.scores(judged.images()).labels());
            let pairs = labels.iter().zip(judged.look().labels());
            pairs.filter(|(a, b)| a == b).count() as f64 / judged.len().max(1) as f64
        });
        Ok(TunedTrial {
            values: values.clone(),
            train_images,
            reason: accuracy.as_ref().err().map(ToString::to_string),
            accuracy: accuracy.ok(),
            fit_seconds,
        })
    }

    fn key(&self, model: &ReadyModel, train_images: usize) -> Key {
        Key::new(&json!({
            "format": 2,
            "trial": 1,
            "measuring": env!("PLUMBLINE_MEASURING"),
            "recipe": recipe(model),
            "data": self.sha256,
            "train_images": train_images,
            "validation_images": self.division.judged_images(),
            "of": self.division.judged_available,
            "seed": self.seed,
        }))
    }
}

fn in_search(trial: &TunedTrial) -> Trial {
    Trial {
        values: trial.values.clone(),
        loss: trial.accuracy.map_or(f64::NAN, |accuracy| 1.0 - accuracy),
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
