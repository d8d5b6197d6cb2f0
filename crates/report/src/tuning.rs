//! The report of a search for hyper-parameters.

mod page;

use crate::figures::expected_best_curves;
use crate::files::write_file;
use crate::{Environment, JudgedOn, ReportError};
use serde::Serialize;
use serde_json::{Map, Value};
use std::path::Path;

/// A search over several models, with the same budget for each. METHODOLOGY.md documents its JSON form.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TuningReport {
    /// Version of this form: 2.
    pub format: u32,
    /// The data set's name for people.
    pub title: String,
    /// How values were chosen: "random", "grid", "tpe", "halving" or "asha".
    pub search: String,
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
    /// Folds, or 0.
    pub folds: usize,
    /// How often the images were divided into folds, or 0.
    pub repeats: usize,
    /// Trials at a time.
    pub at_once: usize,
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

/// Writes `README.md`, `tuning.json`, `plan.toml` and a figure into `directory`.
///
/// # Errors
/// [`ReportError`] naming the file.
pub fn write_tuning(
    directory: &Path,
    report: &TuningReport,
    plan: &str,
) -> Result<(), ReportError> {
    let mut json = serde_json::to_string_pretty(report)
        .map_err(|error| ReportError::render("tuning.json", &error))?;
    json.push('\n');
    write_file(&directory.join("tuning.json"), json.as_bytes())?;
    write_file(&directory.join("plan.toml"), plan.as_bytes())?;
    let figure = expected_best_curves(report)?;
    if let Some(figure) = &figure {
        figure.write(&directory.join("figures"))?;
    }
    let page = page::page(report, figure.is_some())
        .map_err(|error| ReportError::render("tuning/README.md", &error))?;
    write_file(&directory.join("README.md"), page.as_bytes())
}

impl TuningBudget {
    /// Its unit, for the axis of a chart.
    pub(crate) fn unit(self) -> &'static str {
        match self {
            Self::Trials(_) => "trials",
            Self::Seconds(_) => "seconds of fitting",
        }
    }
}

impl std::fmt::Display for TuningBudget {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Trials(1) => write!(f, "1 trial"),
            Self::Trials(trials) => write!(f, "{trials} trials"),
            Self::Seconds(1.0) => write!(f, "1 second of fitting"),
            Self::Seconds(seconds) => write!(f, "{seconds} seconds of fitting"),
        }
    }
}

impl TunedModel {
    /// The best trial.
    pub fn best_trial(&self) -> Option<&TunedTrial> {
        self.best.map(|index| &self.trials[index])
    }

    /// Trials that failed by themselves.
    pub fn failed(&self) -> usize {
        let failed = |trial: &&TunedTrial| trial.accuracy.is_none() && !trial.called_off;
        self.trials.iter().filter(failed).count()
    }
}
