//! What models cost, and where nobody beats them.

use crate::numbers::{Amount, hundredths, percent, range, thousands};
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
    fit: Option<Amount>,
    p50: Option<Amount>,
    p99: Option<Amount>,
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
        let time = |price: Price, cost: &analysis::Cost| price.of(cost).map(Amount::seconds);
        let row = |standing: &Standing| {
            let (model, of) = (standing.model, standing.finished);
            let right = of.quality.accuracy_interval;
            let [low, high] = [right.high, right.low].map(|share| hundredths(1.0 - share));
            let of_model = fronts
                .iter()
                .filter(|(_, models)| models.contains(&model.id.as_str()));
            let names: Vec<&str> = of_model.map(|(name, _)| *name).collect();
            Self {
                id: model.id.clone(),
                error: percent(1.0 - of.quality.accuracy),
                interval: range(&low, &high),
                fit: time(Price::FitTime, &of.cost),
                p50: time(Price::Latency, &of.cost),
                p99: time(Price::SlowLatency, &of.cost),
                parameters: of.cost.parameters.map_or_else(dash, thousands),
                fronts: names.join(", "),
            }
        };
        report.standings().iter().map(row).collect()
    }
}
