//! The Markdown page of a search.

use super::{TunedModel, TunedTrial, TuningBudget, TuningReport};
use crate::markdown::fill;
use crate::numbers::thousands;
use crate::summary::CONFIDENCE;
use serde::Serialize;
use statistics::{CorrelatedDifferences, Interval, wilson};
use std::collections::BTreeMap;

const TEMPLATE: &str = include_str!("../../templates/tuning.md.jinja");

/// What the template is filled with.
#[derive(Serialize)]
struct View<'a> {
    report: &'a TuningReport,
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
    rows: Vec<Row>,
    failures: Vec<Failures>,
    called_off: usize,
    figure: bool,
}

/// A row of the tables, ready to print.
#[derive(Serialize)]
struct Row {
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

/// Fills in the template.
pub(super) fn page(report: &TuningReport, figure: bool) -> Result<String, minijinja::Error> {
    let models = || report.models.iter();
    let called_off = |model: &TunedModel| model.trials.iter().filter(|t| t.called_off).count();
    let view = View {
        report,
        budget: report.budget.to_string(),
        train_images: thousands(report.train_images),
        by: by(&report.search),
        judged: judged(report),
        interval: match report.folds {
            0 => "The interval is Wilson's",
            _ => "The interval is that of Nadeau and Bengio for folds that share training images",
        },
        unit: match report.budget {
            TuningBudget::Trials(_) => "trials",
            TuningBudget::Seconds(_) => "seconds, which are the mean cost of as many trials",
        },
        learns: matches!(report.search.as_str(), "tpe" | "halving" | "asha"),
        shrinks: models().any(|model| model.resource.is_some()),
        rows: models().map(|model| Row::new(model, report)).collect(),
        failures: models().flat_map(failures).collect(),
        called_off: models().map(called_off).sum(),
        figure,
    };
    fill("tuning.md", TEMPLATE, view)
}

/// The kind of search in words.
fn by(search: &str) -> &'static str {
    match search {
        "grid" => "grid search",
        "tpe" => "a tree-structured Parzen estimator",
        "halving" => "successive halving",
        "asha" => "asynchronous successive halving (ASHA)",
        _ => "random search",
    }
}

fn judged(report: &TuningReport) -> String {
    match (report.folds, report.repeats) {
        (0, _) => format!("judged on {} others", thousands(report.judged_images)),
        (folds, 1) => format!("judged by cross-validation, the mean of {folds} folds"),
        (folds, repeats) => {
            format!("judged by cross-validation, the mean of {folds} folds {repeats} times")
        }
    }
}

fn failures(model: &TunedModel) -> Vec<Failures> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let failed = model.trials.iter().filter(|trial| !trial.called_off);
    for reason in failed.filter_map(|trial| trial.reason.as_deref()) {
        *counts.entry(reason).or_default() += 1;
    }
    let failures = counts.into_iter().map(|(reason, count)| Failures {
        id: model.id.clone(),
        count,
        reason: reason.to_owned(),
    });
    failures.collect()
}

impl Row {
    fn new(model: &TunedModel, report: &TuningReport) -> Self {
        let best = model.best_trial();
        let or_dash = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
        let accuracy = best.and_then(|trial| trial.accuracy);
        let interval = best.and_then(|trial| interval(trial, report));
        let values = best.iter().flat_map(|trial| &trial.values);
        let values = values.map(|(name, value)| format!("{name} = {value}"));
        let searched = model.searched.iter();
        let searched = searched.map(|(name, domain)| format!("{name}: {domain}"));
        Self {
            id: model.id.clone(),
            trials: model.trials.len(),
            failed: model.failed(),
            seconds: format!("{:.1}", model.seconds),
            accuracy: or_dash(accuracy.map(|accuracy| format!("{:.2}", accuracy * 100.0))),
            interval: or_dash(
                interval.map(|Interval { low, high }| {
                    format!("{:.2} – {:.2}", low * 100.0, high * 100.0)
                }),
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
            " (**1/{:.0}** of its {resource}: no trial with all of them finished)",
            1.0 / trial.share
        ),
        None => String::new(),
    };
    format!("{images} images{}{all}", epochs.unwrap_or_default())
}

/// What other images of the same kind could have given.
fn interval(trial: &TunedTrial, report: &TuningReport) -> Option<Interval> {
    let accuracy = trial.accuracy?;
    if report.folds > 0 {
        let judged = report.judged_images as f64 / report.folds as f64;
        let ratio = judged / trial.train_images.max(1) as f64;
        let folds = CorrelatedDifferences::new(&trial.folds, ratio)?;
        return Some(folds.interval(CONFIDENCE));
    }
    let images = report.judged_images;
    let right = (accuracy * images as f64).round() as usize;
    Some(wilson(right, images, CONFIDENCE))
}

#[cfg(test)]
mod tests;
