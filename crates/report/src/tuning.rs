//! The report of a search for hyper-parameters.

use crate::figures::expected_best_curves;
use crate::files::write_file;
use crate::{Environment, ReportError};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use statistics::{Interval, wilson};
use std::path::Path;

const TEMPLATE: &str = include_str!("../templates/tuning.md.jinja");

/// A search over several models, with the same budget for each.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TuningReport {
    /// Version of this form: 1.
    pub format: u32,
    /// The data set's name for people.
    pub title: String,
    /// How values were chosen: "random", "grid", "tpe" or "halving".
    pub search: String,
    /// What each model could spend, in words.
    pub budget: String,
    /// Whether this was a quick look at a subset.
    pub quick: bool,
    /// Where the plan with the outcome is.
    pub plan: String,
    /// Images to which trials were fitted.
    pub train_images: usize,
    /// Held-out training images on which they were judged.
    pub validation_images: usize,
    /// Seed of everything random.
    pub seed: u64,
    /// Machine, build and command.
    pub environment: Environment,
    /// One after another.
    pub models: Vec<TunedModel>,
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
    /// Every trial, in order.
    pub trials: Vec<TunedTrial>,
    /// Sum of the trials' fit times.
    pub seconds: f64,
    /// The trial with the best accuracy among those with all of the training images.
    pub best: Option<usize>,
    /// The expected best accuracy of 1, 2, … such trials.
    pub expected_best: Vec<f64>,
}

/// One fit with some values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TunedTrial {
    /// The values that were tried.
    pub values: Map<String, Value>,
    /// Images that it was fitted to.
    pub train_images: usize,
    /// Share of the validation images right; `None` if it failed.
    pub accuracy: Option<f64>,
    /// Why it failed.
    pub reason: Option<String>,
    /// The model's own time, on one thread.
    pub fit_seconds: f64,
}

/// What the template is filled with.
#[derive(Serialize)]
struct View<'a> {
    report: &'a TuningReport,
    rows: Vec<Row>,
    figure: bool,
}

/// A row of the table, ready to print.
#[derive(Serialize)]
struct Row {
    id: String,
    trials: usize,
    failed: usize,
    seconds: String,
    accuracy: String,
    interval: String,
    values: String,
    searched: String,
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
    let json = serde_json::to_string_pretty(report)
        .map_err(|error| ReportError::render("tuning.json", &error))?;
    write_file(&directory.join("tuning.json"), json.as_bytes())?;
    write_file(&directory.join("plan.toml"), plan.as_bytes())?;
    let curves: Vec<(&str, &[f64])> = report
        .models
        .iter()
        .map(|model| (model.id.as_str(), model.expected_best.as_slice()))
        .filter(|(_, curve)| curve.len() > 1)
        .collect();
    let figure = expected_best_curves(&curves)?;
    if let Some(figure) = &figure {
        figure.write(&directory.join("figures"))?;
    }
    let page = page(report, figure.is_some())
        .map_err(|error| ReportError::render("tuning/README.md", &error))?;
    write_file(&directory.join("README.md"), page.as_bytes())
}

fn page(report: &TuningReport, figure: bool) -> Result<String, minijinja::Error> {
    let rows: Vec<Row> = report
        .models
        .iter()
        .map(|model| Row::new(model, report))
        .collect();
    let view = View {
        report,
        rows,
        figure,
    };
    crate::markdown::fill("tuning.md", TEMPLATE, view)
}

impl TunedModel {
    /// The best trial.
    pub fn best_trial(&self) -> Option<&TunedTrial> {
        self.best.map(|index| &self.trials[index])
    }
}

impl Row {
    fn new(model: &TunedModel, report: &TuningReport) -> Self {
        let best = model.best_trial();
        let accuracy = best.and_then(|trial| trial.accuracy);
        let images = report.validation_images;
        let interval = accuracy.map(|accuracy| {
            let right = (accuracy * images as f64).round() as usize;
            wilson(right, images, crate::summary::CONFIDENCE)
        });
        let or_dash = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
        let named = |(name, value): (&String, &dyn std::fmt::Display)| format!("{name} = {value}");
        Self {
            id: model.id.clone(),
            trials: model.trials.len(),
            failed: model
                .trials
                .iter()
                .filter(|trial| trial.accuracy.is_none())
                .count(),
            seconds: format!("{:.0}", model.seconds),
            accuracy: or_dash(accuracy.map(|a| format!("{:.2}", a * 100.0))),
            interval: or_dash(
                interval.map(|Interval { low, high }| {
                    format!("{:.2} – {:.2}", low * 100.0, high * 100.0)
                }),
            ),
            values: best.map_or_else(String::new, |trial| {
                let values = trial
                    .values
                    .iter()
                    .map(|(name, value)| named((name, value)));
                values.collect::<Vec<_>>().join(", ")
            }),
            searched: model
                .searched
                .iter()
                .map(|(name, domain)| format!("{name}: {domain}"))
                .collect::<Vec<_>>()
                .join("; "),
        }
    }
}
