//! What the columns of a table are worth to a model.

use crate::fits::Fit;
use crate::levels::CONFIDENCE;
use records::Importance;
use serde::Serialize;
use statistics::{Interval, mean_difference};

/// What one column is worth.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ColumnImportance {
    /// Its name.
    pub column: String,
    /// How much less often a row is right with the column shuffled.
    pub lost: f64,
    /// Of this, over the rows, for this model and column alone.
    pub interval: Interval,
    /// The rows that it was tried on, of all fits.
    pub rows: usize,
}

/// Of all fits that count, the most important column first. A column that some fit left out is worth nothing
/// to it.
pub(crate) fn importance(fits: &[Fit]) -> Vec<ColumnImportance> {
    let tried = || fits.iter().map(|fit| &fit.fitted.importance);
    let rows: usize = tried()
        .filter_map(|of| of.iter().map(|of| of.rows).max())
        .sum();
    let mut names: Vec<&str> = Vec::new();
    for of in tried().flatten() {
        if !names.contains(&of.column.as_str()) {
            names.push(&of.column);
        }
    }
    let worth = |name: &&str| {
        let of_column = || tried().flatten().filter(|of| of.column == *name);
        let total = |of: fn(&Importance) -> f64| of_column().map(of).sum::<f64>();
        let (sum, squares) = (total(|of| of.sum), total(|of| of.squares));
        ColumnImportance {
            column: (*name).to_owned(),
            lost: sum / rows as f64,
            interval: mean_difference(sum, squares, rows, CONFIDENCE),
            rows,
        }
    };
    let mut all: Vec<ColumnImportance> = names.iter().map(worth).collect();
    all.sort_by(|a, b| b.lost.total_cmp(&a.lost));
    all
}
