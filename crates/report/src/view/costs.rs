//! What models cost, and where nobody beats them.

use crate::numbers::{percent, significant, thousands};
use crate::words;
use analysis::{Price, Report, Standing};
use serde::Serialize;

/// What a model costs, and where nobody beats it.
#[derive(Serialize)]
pub(super) struct CostRow {
    id: String,
    error: String,
    /// Of the error, at 95 %.
    interval: String,
    fit: String,
    p50: String,
    p99: String,
    parameters: String,
    fronts: String,
}

impl CostRow {
    /// The costs of all models that finished, the most accurate first.
    pub(super) fn all(report: &Report) -> Vec<Self> {
        let fronts = Price::ALL.map(|price| {
            let models = report.front(price).into_iter();
            let ids: Vec<&str> = models.map(|(model, _)| model.id.as_str()).collect();
            (words::price(price), ids)
        });
        let dash = || "–".to_owned();
        let micro = |price: Price, cost: &analysis::Cost| {
            let seconds = price.of(cost);
            seconds.map_or_else(dash, |seconds| significant(seconds * 1e6))
        };
        let row = |standing: &Standing| {
            let (model, of) = (standing.model, standing.finished);
            let right = of.quality.accuracy_interval;
            let [low, high] = [right.high, right.low].map(|share| (1.0 - share) * 100.0);
            let of_model = fronts
                .iter()
                .filter(|(_, models)| models.contains(&model.id.as_str()));
            let names: Vec<&str> = of_model.map(|(name, _)| *name).collect();
            Self {
                id: model.id.clone(),
                error: percent(1.0 - of.quality.accuracy),
                interval: format!("{low:.2} – {high:.2}"),
                fit: of.cost.fit_seconds.map_or_else(dash, significant),
                p50: micro(Price::Latency, &of.cost),
                p99: micro(Price::SlowLatency, &of.cost),
                parameters: of.cost.parameters.map_or_else(dash, thousands),
                fronts: names.join(", "),
            }
        };
        report.standings().iter().map(row).collect()
    }
}
