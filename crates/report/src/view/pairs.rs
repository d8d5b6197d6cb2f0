//! The tables of pairs of models, cell by cell.

use crate::numbers::{four, p_value, points, probability, thousands};
use analysis::{Comparison, Metric, MetricDifference};
use serde::Serialize;
use statistics::{Interval, Posterior};

const NONE: &str = "–";

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
        let or_none = |text: Option<String>| text.unwrap_or_else(|| NONE.to_owned());
        let interval =
            |Interval { low, high }: Interval| format!("{} – {}", points(low), points(high));
        let shares = |posterior: Posterior| {
            let share = |p: f64| format!("{:.0}", p * 100.0);
            format!(
                "{} / {} / {}",
                share(posterior.first_better),
                share(posterior.equivalent),
                share(posterior.second_better)
            )
        };
        let f = pair.five_by_two;
        Self {
            first: pair.first.clone(),
            second: pair.second.clone(),
            difference: points(pair.difference),
            interval: or_none(pair.difference_interval.map(interval)),
            only: format!("{} / {}", pair.only_first_right, pair.only_second_right),
            p: probability(pair.p_adjusted),
            mid_p: pair.mid_p.map_or_else(String::new, p_value),
            different: pair.different,
            detectable: or_none(pair.detectable_difference.map(points)),
            five_by_two: or_none(
                f.map(|test| format!("F = {:.2}, {}", test.statistic, probability(test.p))),
            ),
            posterior: or_none(pair.posterior.map(shares)),
        }
    }
}

/// The metrics by which pairs are compared in a table.
const METRICS: [Metric; 9] = [
    Metric::BalancedAccuracy,
    Metric::MacroF1,
    Metric::CohenKappa,
    Metric::MatthewsCorrelation,
    Metric::LogLoss,
    Metric::Brier,
    Metric::Top2Accuracy,
    Metric::RocAuc,
    Metric::ExpectedCalibrationError,
];

/// Every pair of models by other metrics than accuracy.
#[derive(Serialize)]
pub(super) struct MetricPairs {
    metrics: Vec<&'static str>,
    rows: Vec<(String, String, Vec<String>)>,
}

impl MetricPairs {
    /// Those metrics that some pair has; `None` over folds, where there are no intervals.
    pub(super) fn new(pairs: &[Comparison]) -> Option<Self> {
        let cell = |pair: &Comparison, metric: Metric| {
            let mut all = pair.metric_differences.iter();
            let found = all.find(|difference| difference.metric == metric);
            found.map_or_else(|| NONE.to_owned(), metric_difference)
        };
        let compared = pairs
            .iter()
            .filter(|pair| !pair.metric_differences.is_empty());
        let has = |pair: &Comparison, metric: Metric| {
            let mut all = pair.metric_differences.iter();
            all.any(|difference| difference.metric == metric)
        };
        let known = |metric: &&Metric| compared.clone().any(|pair| has(pair, **metric));
        let metrics: Vec<Metric> = METRICS.iter().filter(known).copied().collect();
        let rows: Vec<_> = compared
            .clone()
            .map(|pair| {
                let cells = metrics.iter().map(|&metric| cell(pair, metric));
                (pair.first.clone(), pair.second.clone(), cells.collect())
            })
            .collect();
        (!rows.is_empty()).then(|| Self {
            metrics: metrics.into_iter().map(Metric::heading).collect(),
            rows,
        })
    }
}

/// `0.0034 (−0.0012 – 0.0080)`
fn metric_difference(found: &MetricDifference) -> String {
    let difference = found.difference.0;
    if difference.is_infinite() {
        let whose = if difference > 0.0 { "first" } else { "second" };
        return format!("infinite for the {whose}");
    }
    let [difference, low, high] =
        [difference, found.interval.low.0, found.interval.high.0].map(four);
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
        let settle = over_seeds.seeds_to_settle;
        Some(Self {
            first: pair.first.clone(),
            second: pair.second.clone(),
            difference: points(over_seeds.difference),
            p: probability(over_seeds.p_adjusted),
            different: over_seeds.different(),
            settle: settle.map_or_else(String::new, thousands),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use records::Number;

    #[test]
    fn a_loss_that_is_infinite_is_said_to_be_so() {
        let found = |difference: f64, low: f64, high: f64| MetricDifference {
            metric: Metric::LogLoss,
            difference: Number(difference),
            interval: Interval { low, high }.into(),
        };
        let infinite = f64::NEG_INFINITY;
        let said = metric_difference(&found(infinite, infinite, infinite));
        assert_eq!(said, "infinite for the second");
        let small = metric_difference(&found(-0.00001, -0.01, 0.01));
        assert_eq!(small, "0.0000 (−0.0100 – 0.0100)");
    }
}
