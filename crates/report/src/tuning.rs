//! The page of a search for hyper-parameters.

use crate::error::ReportError;
use crate::figures::expected_best_curves;
use crate::lock::alone_in;
use crate::numbers::{hundredths, range, thousands};
use crate::template::fill;
use crate::text_table::{TextColumn, TextTable};
use crate::words;
use analysis::trial_interval;
use records::{
    Environment, Folds, JudgedOn, TunedModel, TunedTrial, TuningBudget, TuningRecord,
    write_own_file,
};
use serde::Serialize;
use serde_json::Value;
use statistics::Interval;
use std::path::Path;

const TEMPLATE: &str = include_str!("../templates/tuning.md.jinja");

/// What the template is filled with.
#[derive(Serialize)]
struct Page<'a> {
    report: About<'a>,
    budget: String,
    train_images: String,
    by: &'static str,
    judged: String,
    interval: &'static str,
    unit: &'static str,
    /// Whether trials were not drawn independently.
    learns: bool,
    /// Whether most trials were given less than the others.
    shrinks: bool,
    /// The most accurate of all.
    best: Option<SearchRow>,
    rows: Vec<SearchRow>,
    failures: Vec<Failures>,
    called_off: usize,
    figure: bool,
}

/// What ran.
#[derive(Serialize)]
struct About<'a> {
    title: &'a str,
    plan: &'a str,
    quick: bool,
    seed: u64,
    at_once: usize,
    /// Other machines that made trials.
    machines: String,
    environment: &'a Environment,
}

/// A row of the tables, ready to print.
#[derive(Serialize)]
struct SearchRow {
    id: String,
    trials: usize,
    failed: usize,
    seconds: String,
    accuracy: String,
    interval: String,
    /// What the best trial was fitted to.
    with: String,
    /// What most trials had less of.
    resource: String,
    values: String,
    searched: String,
}

/// Trials of a model that failed for the same reason.
#[derive(Serialize)]
struct Failures {
    id: String,
    count: usize,
    reason: String,
}

/// Writes `README.md`, `tuning.json`, `plan.toml` and a figure into `directory`.
///
/// # Errors
/// [`ReportError`] naming the file.
pub fn write_tuning(
    directory: &Path,
    report: &TuningRecord,
    plan: &str,
) -> Result<(), ReportError> {
    let figure = expected_best_curves(report);
    let page = page(report, figure.is_some())?;
    alone_in(directory, || {
        write_own_file(&directory.join("tuning.json"), report.to_json().as_bytes())?;
        write_own_file(&directory.join("plan.toml"), plan.as_bytes())?;
        if let Some(figure) = &figure {
            figure.write(&directory.join("figures"))?;
        }
        Ok(write_own_file(
            &directory.join("README.md"),
            page.as_bytes(),
        )?)
    })
}

/// What came of a search, for a terminal: a row for each model.
pub fn search_table(report: &TuningRecord) -> TextTable {
    let mut table = TextTable::new(vec![
        TextColumn::name("model", 0),
        TextColumn::number("trials", 2),
        TextColumn::number("failed", 3),
        TextColumn::number("fit, s", 1),
        TextColumn::number("best right, %", 0),
        TextColumn::text("with"),
    ]);
    for model in &report.models {
        let best = model.best_trial();
        let accuracy = best.and_then(|trial| trial.accuracy);
        table.add_row([
            model.id.clone(),
            model.trials.len().to_string(),
            model.failed().to_string(),
            format!("{:.0}", model.seconds),
            accuracy.map_or_else(|| "–".to_owned(), |a| format!("{:.2}", a * 100.0)),
            best.map_or_else(String::new, |trial| {
                Value::Object(trial.values.clone()).to_string()
            }),
        ]);
    }
    table
}

/// Fills in the template.
fn page(report: &TuningRecord, figure: bool) -> Result<String, ReportError> {
    let models = || report.models.iter();
    let machines: Vec<&str> = report.machines.iter().map(String::as_str).collect();
    let filled = Page {
        report: About {
            title: &report.title,
            plan: &report.plan,
            quick: report.quick,
            seed: report.seed,
            at_once: report.at_once,
            machines: machines.join("; "),
            environment: &report.environment,
        },
        budget: words::budget(report.budget),
        train_images: thousands(report.train_images),
        by: words::search(report.search),
        judged: judged(report),
        interval: match report.judged_on {
            JudgedOn::Folds(_) => {
                "The interval is that of Nadeau and Bengio for folds that share training images"
            }
            JudgedOn::Test | JudgedOn::Validation { .. } => "The interval is Wilson's",
        },
        unit: match report.budget {
            TuningBudget::Trials(_) => "trials",
            TuningBudget::Seconds(_) => "seconds, which are the mean cost of as many trials",
        },
        learns: report.search.learns(),
        shrinks: report.search.shrinks(),
        best: models()
            .filter(|model| best_accuracy(model) > 0.0)
            .max_by(|a, b| best_accuracy(a).total_cmp(&best_accuracy(b)))
            .map(|model| SearchRow::new(model, report)),
        rows: models()
            .map(|model| SearchRow::new(model, report))
            .collect(),
        failures: models().flat_map(Failures::all).collect(),
        called_off: models().map(TunedModel::called_off).sum(),
        figure,
    };
    fill("README.md", TEMPLATE, filled)
        .map_err(|error| ReportError::render("tuning/README.md", &error))
}

fn best_accuracy(model: &TunedModel) -> f64 {
    let best = model.best_trial().and_then(|trial| trial.accuracy);
    best.unwrap_or(0.0)
}

fn judged(report: &TuningRecord) -> String {
    match report.judged_on {
        JudgedOn::Test | JudgedOn::Validation { .. } => {
            format!("judged on {} others", thousands(report.judged_images))
        }
        JudgedOn::Folds(Folds { repeats: 1, folds }) => {
            format!("judged by cross-validation, the mean of {folds} folds")
        }
        JudgedOn::Folds(Folds { repeats, folds }) => {
            format!("judged by cross-validation, the mean of {folds} folds {repeats} times")
        }
    }
}

impl Failures {
    fn all(model: &TunedModel) -> Vec<Self> {
        let failures = model.reasons().into_iter().map(|(reason, count)| Self {
            id: model.id.clone(),
            count,
            reason: reason.to_owned(),
        });
        failures.collect()
    }
}

impl SearchRow {
    fn new(model: &TunedModel, report: &TuningRecord) -> Self {
        let best = model.best_trial();
        let or_dash = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
        let accuracy = best.and_then(|trial| trial.accuracy);
        let interval = best.and_then(|trial| trial_interval(report, trial));
        let values = best.iter().flat_map(|trial| &trial.values);
        let values = values.map(|(name, value)| format!("{name}\u{a0}=\u{a0}{value}"));
        let searched = model.searched.iter();
        let searched = searched.map(|(name, domain)| format!("{name}: {domain}"));
        Self {
            id: model.id.clone(),
            trials: model.trials.len(),
            failed: model.failed(),
            seconds: format!("{:.1}", model.seconds),
            accuracy: or_dash(accuracy.map(|accuracy| format!("{:.2}", accuracy * 100.0))),
            interval: or_dash(
                interval.map(|Interval { low, high }| range(&hundredths(low), &hundredths(high))),
            ),
            with: or_dash(best.map(|trial| with(model, trial))),
            resource: model.resource.clone().unwrap_or_default(),
            values: values.collect::<Vec<_>>().join(", "),
            searched: searched.collect::<Vec<_>>().join("; "),
        }
    }
}

/// What a trial was fitted to, and which share of the resource that is.
fn with(model: &TunedModel, trial: &TunedTrial) -> String {
    let images = thousands(trial.train_images);
    let epochs = trial.epochs.map(|epochs| format!(", {epochs} epochs"));
    let all = match model.resource.as_deref() {
        Some(_) if trial.share == 1.0 => String::new(),
        Some(resource) => format!(
            " (1/{:.0} of its {resource}: no trial with all of them finished)",
            1.0 / trial.share
        ),
        None => String::new(),
    };
    format!("{images} images{}{all}", epochs.unwrap_or_default())
}

#[cfg(test)]
mod tests;
