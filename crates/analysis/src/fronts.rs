//! Which models nobody beats in error and cost at once: Pareto fronts.

use crate::model::{Cost, Finished, ModelSummary};
use crate::report::Report;

/// A cost that is weighed against the error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Price {
    /// Seconds to fit.
    FitTime,
    /// Seconds to predict one image, the median.
    Latency,
    /// The 99th percentile of these.
    SlowLatency,
    /// The number of learnt values.
    Size,
}

impl Price {
    /// Those that reports weigh.
    pub const ALL: [Self; 4] = [Self::FitTime, Self::Latency, Self::SlowLatency, Self::Size];

    /// Its value for a model, where it is known.
    pub fn of(self, cost: &Cost) -> Option<f64> {
        match self {
            Self::FitTime => cost.fit_seconds,
            Self::Latency => cost.latency.map(|latency| latency.p50),
            Self::SlowLatency => cost.latency.map(|latency| latency.p99),
            Self::Size => cost.parameters.map(|count| count as f64),
        }
    }
}

impl Report {
    /// The models that no other beats in both error and price, the best first; those whose price is not
    /// known are left out.
    pub fn front(&self, price: Price) -> Vec<(&ModelSummary, &Finished)> {
        let mut front: Vec<(&ModelSummary, &Finished)> = Vec::new();
        // From the best down, each must be cheaper than all that are at least as good.
        let mut cheapest = f64::INFINITY;
        for (model, of) in self.ranked() {
            let Some(paid) = price.of(&of.cost) else {
                continue;
            };
            if paid < cheapest {
                cheapest = paid;
                // Of models that are equally good, the cheaper one stays.
                front.retain(|(_, other)| other.quality.accuracy != of.quality.accuracy);
                front.push((model, of));
            }
        }
        front
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::with_costs;

    #[test]
    fn nobody_on_the_front_is_beaten_in_error_and_price() {
        let models = [
            ("best", 0, 9.0),
            ("equal", 0, 5.0),
            ("worse", 4, 6.0),
            ("cheap", 9, 1.0),
        ];
        let report = with_costs(&models, 100);
        let front = report.front(Price::FitTime);
        let ids: Vec<&str> = front.iter().map(|(model, _)| model.id.as_str()).collect();
        assert_eq!(ids, ["equal", "cheap"]);
    }
}
