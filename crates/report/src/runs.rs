//! Recorded runs as tables for a terminal: a row for each, and what changed between two.

use crate::numbers::thousands;
use crate::text_table::{TextColumn, TextTable};
use crate::verdict::change_in_words;
use crate::words::judged_images;
use analysis::{Change, Diff, ModelChange, ModelSummary, Report};

/// A table with a row for each run, as far as they are added.
pub struct RunsTable(TextTable);

impl Default for RunsTable {
    fn default() -> Self {
        Self(TextTable::new(vec![
            TextColumn::name("run", 0),
            TextColumn::number("models", 2),
            TextColumn::name("judged on", 4),
            TextColumn::number("seed", 6),
            TextColumn::name("commit", 5),
            TextColumn::name("best", 1),
            TextColumn::number("right, %", 1),
            TextColumn::number("test looks", 3),
        ]))
    }
}

impl RunsTable {
    /// Adds the run of this name.
    pub fn add(&mut self, name: &str, report: &Report) {
        let finished = report.finished().count();
        let best = report.ranked().first().map(|(model, _)| *model);
        let count = if report.complete {
            report.models.len().to_string()
        } else {
            format!("{finished} of {}", report.models.len())
        };
        let quick = if report.quick { ", quick" } else { "" };
        self.0.add_row([
            name.to_owned(),
            count,
            format!(
                "{} {}{quick}",
                thousands(report.dataset.test),
                judged_images(report)
            ),
            report.seed.to_string(),
            report.environment.commit.clone(),
            best.map_or_else(String::new, |model| model.id.clone()),
            best.and_then(ModelSummary::accuracy)
                .map_or_else(String::new, percent),
            report.test_looks.to_string(),
        ]);
    }

    /// The table.
    pub fn table(&self) -> &TextTable {
        &self.0
    }
}

/// The settings and parameters that differ between two runs; `None` if none does.
pub fn changed_settings(found: &Diff) -> Option<TextTable> {
    let mut table = TextTable::new(vec![
        TextColumn::text("setting"),
        TextColumn::text("first"),
        TextColumn::text("second"),
    ]);
    let of_runs = found.settings.iter().map(|change| (None, change));
    let of_models = found.models.iter().flat_map(|model| {
        let parameters = model.parameters.iter();
        parameters.map(|change| (Some(&model.id), change))
    });
    let mut changes = 0;
    for (model, change) in of_runs.chain(of_models) {
        let what = model.map_or_else(
            || change.what.clone(),
            |model| format!("{model}: {}", change.what),
        );
        table.add_row(changed(what, change));
        changes += 1;
    }
    (changes > 0).then_some(table)
}

fn changed(what: String, change: &Change) -> [String; 3] {
    let or_dash = |value: &Option<String>| value.clone().unwrap_or_else(|| "–".to_owned());
    [what, or_dash(&change.first), or_dash(&change.second)]
}

/// How right each model was in two runs, and whether that is a difference.
pub fn changed_accuracies(found: &Diff, margin: Option<f64>) -> TextTable {
    let mut table = TextTable::new(vec![
        TextColumn::name("model", 0),
        TextColumn::number("first, % right", 0),
        TextColumn::number("second, % right", 0),
        TextColumn::text("verdict"),
    ]);
    for model in &found.models {
        table.add_row(accuracy_row(model, margin));
    }
    table
}

fn accuracy_row(model: &ModelChange, margin: Option<f64>) -> [String; 4] {
    let or_dash = |accuracy: Option<f64>| accuracy.map_or_else(|| "–".to_owned(), percent);
    let [first, second] = model.accuracy.map(or_dash);
    [
        model.id.clone(),
        first,
        second,
        change_in_words(model, margin),
    ]
}

fn percent(share: f64) -> String {
    format!("{:.2}", share * 100.0)
}
