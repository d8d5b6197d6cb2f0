//! What the columns of a table are worth to a model.

use crate::fits::Fit;
use crate::levels::CONFIDENCE;
use records::{Importance, RunRecord};
use serde::Serialize;
use statistics::{Interval, mean_difference};
use std::collections::HashSet;

/// What one column is worth.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ColumnImportance {
    /// Its name.
    pub column: String,
    /// How much less often a row is right with the column shuffled.
    pub lost: f64,
    /// Of this, over the rows, for this model and column alone.
    pub interval: Interval,
    /// The rows that it was tried on, of all folds; a row that several repetitions judge is one.
    pub rows: usize,
}

/// Of all fits that count, the most important column first. A column that some fit left out is worth nothing
/// to it. What is said of the same row by several repetitions, or of rows of one group, is not independent: it
/// counts as one observation, which is careful.
pub(crate) fn importance(run: &RunRecord, fits: &[Fit]) -> Vec<ColumnImportance> {
    let tried = || fits.iter().map(|fit| &fit.fitted.importance);
    let counted: usize = tried()
        .filter_map(|of| of.iter().map(|of| of.rows).max())
        .sum();
    let repeats = run.protocol.folds().map_or(1, |of| of.repeats.into());
    let (rows, of_all) = (counted / repeats, run.labels.len().max(1));
    let groups = run.all_groups().map(|groups| {
        let different: HashSet<usize> = groups.into_iter().collect();
        different.len() as f64 / of_all as f64
    });
    let independent = (rows as f64 * groups.unwrap_or(1.0)).round();
    let scale = independent / counted.max(1) as f64;
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
            lost: sum / counted as f64,
            interval: mean_difference(
                sum * scale,
                squares * scale,
                independent as usize,
                CONFIDENCE,
            ),
            rows,
        }
    };
    let mut all: Vec<ColumnImportance> = names.iter().map(worth).collect();
    all.sort_by(|a, b| b.lost.total_cmp(&a.lost));
    all
}
