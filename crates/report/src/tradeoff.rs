//! Which models nobody beats in error and cost at once: Pareto fronts.

use crate::comparison::ranked;
use crate::{ModelSummary, Report};

/// A cost that is weighed against the error.
pub(crate) struct Cost {
    /// What it is, in words.
    pub(crate) name: &'static str,
    /// Its value for a model.
    pub(crate) of: fn(&ModelSummary) -> Option<f64>,
}

/// The costs that reports weigh.
pub(crate) const COSTS: [Cost; 4] = [
    Cost {
        name: "fit time",
        of: |model| model.fit_seconds,
    },
    Cost {
        name: "latency",
        of: |model| model.latency.map(|latency| latency.p50),
    },
    Cost {
        name: "its 99th percentile",
        of: |model| model.latency.map(|latency| latency.p99),
    },
    Cost {
        name: "size",
        of: |model| model.parameters.map(|count| count as f64),
    },
];

/// The models that no other beats in both error and cost, the best first.
pub(crate) fn front<'a>(report: &'a Report, cost: &Cost) -> Vec<&'a ModelSummary> {
    let mut front: Vec<&ModelSummary> = Vec::new();
    // From the best down, each must be cheaper than all that are at least as good.
    let mut cheapest = f64::INFINITY;
    for model in ranked(&report.models) {
        let Some(price) = (cost.of)(model) else {
            continue;
        };
        if price < cheapest {
            cheapest = price;
            // Of models that are equally good, the cheaper one stays.
            front.retain(|other| other.test_accuracy != model.test_accuracy);
            front.push(model);
        }
    }
    front
}
