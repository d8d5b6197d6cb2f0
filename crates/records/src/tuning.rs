//! What a search for hyper-parameters tried, and what came of it.

use crate::{Environment, JudgedOn};
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Version of the form in which a search is written.
pub const TUNING_FORMAT: u32 = 3;

/// A search over several models, with the same budget for each. METHODOLOGY.md documents its JSON form.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TuningRecord {
    /// Version of this form: [`TUNING_FORMAT`].
    pub format: u32,
    /// The data set's name for people.
    pub title: String,
    /// How values were chosen.
    pub search: Search,
    /// What each model could spend.
    pub budget: TuningBudget,
    /// Whether this was a quick look at a subset.
    pub quick: bool,
    /// Where the plan with the outcome is.
    pub plan: String,
    /// Images to which trials with all images were fitted, the most of any model.
    pub train_images: usize,
    /// What trials were judged on: held-out training images, or folds.
    pub judged_on: JudgedOn,
    /// As many of them.
    pub judged_images: usize,
    /// Trials at a time, on one machine.
    pub at_once: usize,
    /// The other machines that made trials, if any did.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub machines: BTreeSet<String>,
    /// Seed of everything random.
    pub seed: u64,
    /// Machine, build and command.
    pub environment: Environment,
    /// One after another.
    pub models: Vec<TunedModel>,
}

/// What each model could spend: trials with all of the resource, or seconds of fitting.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum TuningBudget {
    /// As many trials with all images and epochs, or more that cost as much.
    Trials(usize),
    /// As many seconds of the models' own fitting time.
    Seconds(f64),
}

/// What became of the search for one model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TunedModel {
    /// Its name in the plan.
    pub id: String,
    /// The registered model behind it.
    pub model: String,
    /// What was searched: a name, and its domain in words.
    pub searched: Vec<(String, String)>,
    /// What most trials had less of: "images" or "epochs"; `None` where all had everything.
    pub resource: Option<String>,
    /// Every trial, in the order in which they were begun.
    pub trials: Vec<TunedTrial>,
    /// Sum of the trials' fit times.
    pub seconds: f64,
    /// The trial with the best accuracy among those that finished with the most of the resource.
    pub best: Option<usize>,
    /// The expected best accuracy of 1, 2, … such trials.
    pub expected_best: Vec<ExpectedBest>,
}

/// What a part of the budget is expected to find.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ExpectedBest {
    /// Of the budget, in its unit: as many trials, each at the mean cost of one.
    pub spent: f64,
    /// Share right of the best of them.
    pub accuracy: f64,
}

/// Values that were tried.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TunedTrial {
    /// The values.
    pub values: Map<String, Value>,
    /// What it was given of the resource, at most 1.
    pub share: f64,
    /// Images that each fit had.
    pub train_images: usize,
    /// Epochs that each fit had, of a model with that parameter.
    pub epochs: Option<u64>,
    /// Share right, the mean over all folds; `None` if it did not finish.
    pub accuracy: Option<f64>,
    /// Share right of each fold; empty without folds.
    pub folds: Vec<f64>,
    /// Whether the budget ended before it did. It is no failure, and nothing is known of its values.
    pub called_off: bool,
    /// Why it did not finish.
    pub reason: Option<String>,
    /// The model's own time for all folds, on one thread.
    pub fit_seconds: f64,
}

/// How the values of a search were chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Search {
    /// At random.
    Random,
    /// Along a grid.
    Grid,
    /// By a tree-structured Parzen estimator (Bergstra et al. 2011).
    Tpe,
    /// By successive halving (Jamieson and Talwalkar 2016).
    Halving,
    /// By asynchronous successive halving (Li et al. 2020).
    Asha,
}

impl Search {
    /// Whether trials are not drawn independently.
    pub fn learns(self) -> bool {
        matches!(self, Self::Tpe) || self.shrinks()
    }

    /// Whether most trials are given less than the others.
    pub fn shrinks(self) -> bool {
        matches!(self, Self::Halving | Self::Asha)
    }
}

impl TuningRecord {
    /// The contents of `tuning.json`.
    ///
    /// # Panics
    /// Never: all keys are text, and memory takes it.
    pub fn to_json(&self) -> String {
        let json = serde_json::to_string_pretty(self);
        json.expect("a record is JSON") + "\n"
    }

    /// The models none of whose trials finished.
    pub fn without_best(&self) -> Vec<String> {
        let models = self.models.iter().filter(|model| model.best.is_none());
        models.map(|model| model.id.clone()).collect()
    }
}

impl TunedModel {
    /// The best trial.
    pub fn best_trial(&self) -> Option<&TunedTrial> {
        self.best.map(|index| &self.trials[index])
    }

    /// Trials that the end of the budget called off.
    pub fn called_off(&self) -> usize {
        self.trials.iter().filter(|trial| trial.called_off).count()
    }

    /// Why trials failed, and how many did for that reason.
    pub fn reasons(&self) -> BTreeMap<&str, usize> {
        let mut counts = BTreeMap::new();
        let failed = self.trials.iter().filter(|trial| !trial.called_off);
        for reason in failed.filter_map(|trial| trial.reason.as_deref()) {
            *counts.entry(reason).or_default() += 1;
        }
        counts
    }

    /// Trials that failed by themselves.
    pub fn failed(&self) -> usize {
        let failed = |trial: &&TunedTrial| trial.accuracy.is_none() && !trial.called_off;
        self.trials.iter().filter(failed).count()
    }
}
