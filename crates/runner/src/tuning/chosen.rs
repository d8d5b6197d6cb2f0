//! The outcome of a search as a plan: the same models on the same data, with the parameters that were
//! found.

use crate::learner::Learner;
use crate::options::Options;
use records::{TunedModel, TuningRecord};
use serde_json::Value;
use std::fmt::Write;

/// A plan for `compare --config`. `limits` are the training samples that the searched plan allows each
/// model.
pub(super) fn plan(
    options: &Options,
    learners: &[Learner],
    limits: &[Option<usize>],
    report: &TuningRecord,
) -> String {
    // A comment ends with its line.
    let command = report.environment.command.replace(['\n', '\r'], " ");
    let mut text = format!("# Chosen by `{command}`.\n");
    // The outcome is judged on what the plan's author did not choose by: the test samples.
    let mut options = Options {
        validation: None,
        cv: None,
        train_limit: None,
        ..options.clone()
    }
    // Absolute: the new plan lies elsewhere.
    .with_paths(|path| path.canonicalize().unwrap_or_else(|_| path.to_owned()));
    let paths = [&mut options.data_dir, &mut options.data, &mut options.test];
    for (path, key) in paths.into_iter().zip(["data-dir", "data", "test"]) {
        if path.as_ref().is_some_and(|path| path.to_str().is_none()) {
            *path = None;
            let _ = writeln!(text, "# A path is no UTF-8: name it with --{key}.");
        }
    }
    match toml::to_string(&options) {
        Ok(lines) => text.push_str(&lines),
        Err(error) => {
            let _ = writeln!(text, "# {}", error.to_string().replace('\n', " "));
        }
    }
    for ((learner, limit), tuned) in learners.iter().zip(limits).zip(&report.models) {
        text.push_str(&chosen(learner, *limit, tuned).unwrap_or_default());
    }
    text
}

/// A `[[models]]` table: what differs from the registered defaults. Nothing where no trial finished.
fn chosen(learner: &Learner, limit: Option<usize>, tuned: &TunedModel) -> Option<String> {
    let best = learner.method.with(&tuned.best_trial()?.values).ok()?;
    let defaults = learner.method.defaults();
    let mut text = String::from("\n[[models]]\n");
    match learner.method.command_words() {
        Some(words) => line(&mut text, "command", words),
        None => line(&mut text, "model", learner.method.model()),
    }
    if learner.id != learner.method.model() {
        line(&mut text, "id", learner.id.clone());
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
    let table = toml::Table::from_iter(
        toml::Value::try_from(value)
            .ok()
            .map(|v| (key.to_owned(), v)),
    );
    text.push_str(&table.to_string());
}
