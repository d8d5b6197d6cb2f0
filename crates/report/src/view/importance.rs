//! What columns are worth, as a table.

use crate::numbers::{points, thousands};
use analysis::{ColumnImportance, Report};
use serde::Serialize;

/// Columns by models.
#[derive(Serialize)]
pub(super) struct ImportanceTable {
    models: Vec<String>,
    /// The name of each column, and what it is worth to each model.
    columns: Vec<(String, Vec<String>)>,
    /// The rows that it was tried on, where these are not all.
    rows: Option<String>,
}

impl ImportanceTable {
    /// Empty where no model was asked. The columns are in the order of the best model.
    pub(super) fn new(report: &Report) -> Self {
        let standings = report.standings();
        let of_models: Vec<(&str, &[ColumnImportance])> = standings
            .iter()
            .map(|of| (of.model.id.as_str(), &of.finished.training.importance[..]))
            .filter(|(_, importance)| !importance.is_empty())
            .collect();
        let first = of_models.first().map_or(&[][..], |(_, of)| of);
        let cell = |of: &[ColumnImportance], name: &str| {
            let found = of.iter().find(|of| of.column == name);
            found.map_or_else(|| "–".to_owned(), worth)
        };
        let cells = |name: &str| of_models.iter().map(|(_, of)| cell(of, name)).collect();
        Self {
            models: of_models.iter().map(|(id, _)| (*id).to_owned()).collect(),
            columns: first
                .iter()
                .map(|of| (of.column.clone(), cells(&of.column)))
                .collect(),
            rows: rows(&of_models, report.labels.len()),
        }
    }
}

/// The rows that columns were tried on, where these are not all; a program of the user's has fewer.
fn rows(of_models: &[(&str, &[ColumnImportance])], all: usize) -> Option<String> {
    let counts = || {
        of_models
            .iter()
            .filter_map(|(_, of)| Some(of.first()?.rows))
    };
    let (least, most) = (counts().min()?, counts().max()?);
    let said = if least == most {
        thousands(least)
    } else {
        format!("{} to {}", thousands(least), thousands(most))
    };
    (least < all).then_some(said)
}

fn worth(of: &ColumnImportance) -> String {
    let [lost, low, high] = [of.lost, of.interval.low, of.interval.high].map(points);
    format!("{lost} ({low} – {high})")
}
