//! What was measured of a model, by name, for tables of other programs.

use crate::metric::Metric;
use crate::model::{Finished, ModelSummary};

/// A number of the table of models: its name and where it is.
type Measure = (&'static str, fn(&Finished) -> Option<f64>);

/// Before the metrics, and after them.
const ACCURACY: [Measure; 3] = [
    ("accuracy", |of| Some(of.quality.accuracy)),
    ("accuracy_low", |of| Some(of.quality.accuracy_interval.low)),
    ("accuracy_high", |of| {
        Some(of.quality.accuracy_interval.high)
    }),
];
const COSTS: [Measure; 6] = [
    ("train_accuracy", |of| of.training.train_accuracy),
    ("fit_seconds", |of| of.cost.fit_seconds),
    ("predict_seconds", |of| of.cost.predict_seconds),
    ("latency_p50", |of| of.cost.latency.map(|of| of.p50)),
    ("latency_p99", |of| of.cost.latency.map(|of| of.p99)),
    ("peak_memory_bytes", |of| {
        of.cost.peak_memory_bytes.map(|bytes| bytes as f64)
    }),
];

impl ModelSummary {
    /// What could be measured of it, each with its name in `report.json`: `None` where it did not
    /// finish, or has no such number. Losses may be infinite.
    pub fn measurements(&self) -> Vec<(&'static str, Option<f64>)> {
        let measured = |(name, of): Measure| (name, self.finished.as_deref().and_then(of));
        let metric = |metric: &Metric| (metric.key(), self.metric(*metric));
        let metrics = Metric::ALL[1..].iter().map(metric);
        let accuracy = ACCURACY.into_iter().map(measured);
        accuracy
            .chain(metrics)
            .chain(COSTS.into_iter().map(measured))
            .collect()
    }
}
