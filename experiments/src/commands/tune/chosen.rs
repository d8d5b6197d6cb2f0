//! The outcome of a search as a plan: the same models on the same data, with the parameters that were
//! found.

use crate::cli::DataArgs;
use crate::plan::{Plan, ReadyModel};
use report::{TunedModel, TuningReport};
use serde_json::Value;
use std::fmt::Write;

/// A plan for `compare --config`. `limits` are the training images that the plan allows each model, and
/// `data` what was searched on.
pub(super) fn plan(
    plan: &Plan,
    models: &[ReadyModel],
    limits: &[Option<usize>],
    data: &DataArgs,
    report: &TuningReport,
) -> String {
    let mut text = format!("# Chosen by `{}`.\n", report.environment.command);
    if let Some(question) = &plan.question {
        line(&mut text, "question", question.as_str());
    }
    match &data.data_dir {
        Some(directory) => {
            // Without a name the directory gives it, as before: one from the catalogue would be checked
            // against the catalogue's sums.
            if let Some(name) = &data.dataset {
                line(&mut text, "dataset", name.as_str());
            }
            // Absolute: the new plan lies elsewhere.
            let directory = directory
                .canonicalize()
                .unwrap_or_else(|_| directory.clone());
            line(&mut text, "data_dir", directory.display().to_string());
        }
        None => {
            let default = catalog::CATALOG[0].id;
            line(
                &mut text,
                "dataset",
                data.dataset.as_deref().unwrap_or(default),
            );
        }
    }
    line(&mut text, "seed", plan.seed);
    if plan.seeds > 1 {
        line(&mut text, "seeds", plan.seeds);
    }
    if let Some(images) = plan.calibration {
        line(&mut text, "calibrate", images);
    }
    if !plan.sizes.is_empty() {
        line(&mut text, "sizes", plan.sizes.clone());
    }
    for ((model, limit), tuned) in models.iter().zip(limits).zip(&report.models) {
        text.push_str(&chosen(model, *limit, tuned).unwrap_or_default());
    }
    text
}

/// A `[[models]]` table: what differs from the registered defaults. Nothing where no trial finished.
fn chosen(model: &ReadyModel, limit: Option<usize>, tuned: &TunedModel) -> Option<String> {
    let best = model.recipe.with(&tuned.best_trial()?.values).ok()?;
    let defaults = (model.entry.preset)().values();
    let mut text = String::from("\n[[models]]\n");
    line(&mut text, "model", model.entry.id);
    if model.id != model.entry.id {
        line(&mut text, "id", model.id.clone());
    }
    if let Some(limit) = limit {
        line(&mut text, "train_limit", limit);
    }
    let changed = |(name, value): &(String, Value)| defaults.get(name) != Some(value);
    for (name, value) in best.values().into_iter().filter(changed) {
        line(&mut text, &name, value);
    }
    Some(text)
}

/// A key with its value, as TOML writes it.
fn line(text: &mut String, key: &str, value: impl Into<Value>) {
    let value = value.into();
    // TOML has no null: what is absent has no line.
    if value.is_null() {
        return;
    }
    let value = toml::Value::try_from(value).expect("parameters and options are TOML values");
    let _ = writeln!(text, "{key} = {value}");
}
