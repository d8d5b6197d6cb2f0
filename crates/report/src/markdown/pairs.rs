//! The tables of pairs of models, cell by cell.

use crate::Comparison;
use crate::numbers::{p_value, points, probability, thousands};
use crate::resampled::MetricDifference;
use serde::Serialize;
use statistics::Interval;

/// One pair of models.
#[derive(Serialize)]
pub(super) struct ComparisonRow {
    first: String,
    second: String,
    difference: String,
    interval: String,
    only: String,
    p: String,
    mid_p: String,
    different: bool,
    detectable: String,
    posterior: String,
    five_by_two: String,
}

impl ComparisonRow {
    pub(super) fn new(pair: &Comparison) -> Self {
        let interval = pair.difference_interval.map_or_else(
            || "–".to_owned(),
            |Interval { low, high }| format!("{} – {}", points(low), points(high)),
        );
        Self {
            first: pair.first.clone(),
            second: pair.second.clone(),
            difference: points(pair.difference),
            interval,
            only: format!("{} / {}", pair.only_first_right, pair.only_second_right),
            p: probability(pair.p_adjusted),
            mid_p: pair.mid_p.map_or_else(String::new, p_value),
            different: pair.different,
            detectable: pair
                .detectable_difference
                .map_or_else(|| "–".to_owned(), points),
            five_by_two: pair.five_by_two.map_or_else(
                || "–".to_owned(),
                |test| format!("F = {:.2}, {}", test.statistic, probability(test.p)),
            ),
            posterior: pair.posterior.map_or_else(
                || "–".to_owned(),
                |posterior| {
                    let share = |p: f64| format!("{:.0}", p * 100.0);
                    format!(
                        "{} / {} / {}",
                        share(posterior.first_better),
                        share(posterior.equivalent),
                        share(posterior.second_better)
                    )
                },
            ),
        }
    }
}

/// The metrics by which pairs are compared in a table, with the heading of each.
const METRICS: [(&str, &str); 9] = [
    ("balanced_accuracy", "balanced accuracy"),
    ("macro_f1", "macro-F1"),
    ("cohen_kappa", "Cohen's κ"),
    ("matthews_correlation", "Matthews"),
    ("log_loss", "log-loss"),
    ("brier", "Brier"),
    ("top_2_accuracy", "top 2"),
    ("roc_auc", "ROC-AUC"),
    ("expected_calibration_error", "ECE"),
];

/// Every pair of models by other metrics than accuracy.
#[derive(Serialize)]
pub(super) struct MetricPairs {
    metrics: [&'static str; 9],
    rows: Vec<(String, String, [String; 9])>,
}

impl MetricPairs {
    /// `None` over folds, where there are no intervals.
    pub(super) fn new(pairs: &[Comparison]) -> Option<Self> {
        let cell = |pair: &Comparison, name: &str| {
            let mut all = pair.metric_differences.iter();
            let found = all.find(|difference| difference.metric == name);
            found.map_or_else(|| "–".to_owned(), metric_difference)
        };
        let compared = pairs
            .iter()
            .filter(|pair| !pair.metric_differences.is_empty());
        let rows: Vec<_> = compared
            .map(|pair| {
                let cells = METRICS.map(|(name, _)| cell(pair, name));
                (pair.first.clone(), pair.second.clone(), cells)
            })
            .collect();
        (!rows.is_empty()).then(|| Self {
            metrics: METRICS.map(|(_, heading)| heading),
            rows,
        })
    }
}

/// `0.0034 (−0.0012 – 0.0080)`
fn metric_difference(found: &MetricDifference) -> String {
    let [difference, low, high] = [found.difference, found.interval.low, found.interval.high]
        .map(|value| format!("{value:.4}").replace('-', "−"));
    format!("{difference} ({low} – {high})")
}

/// One pair of models on average over seeds.
#[derive(Serialize)]
pub(super) struct SeedRow {
    first: String,
    second: String,
    difference: String,
    p: String,
    different: bool,
    settle: String,
}

impl SeedRow {
    pub(super) fn new(pair: &Comparison) -> Option<Self> {
        let over_seeds = pair.over_seeds?;
        Some(Self {
            first: pair.first.clone(),
            second: pair.second.clone(),
            difference: points(over_seeds.difference),
            p: probability(over_seeds.p_adjusted),
            different: over_seeds.different(),
            settle: pair.seeds_to_settle.map_or_else(String::new, thousands),
        })
    }
}
