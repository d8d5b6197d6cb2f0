//! Which pairs of models are compared, and how the level is divided among them.

use crate::levels::SIGNIFICANCE;
use crate::model::{Finished, ModelSummary};

/// A model that finished.
pub(crate) type Ranked<'a> = (&'a ModelSummary, &'a Finished);

/// The pairs of a report that are compared.
pub(crate) struct Family {
    /// Places of models by rank.
    pub(crate) pairs: Vec<(usize, usize)>,
    /// The place of the model that all others are compared with.
    pub(crate) control: Option<usize>,
    /// The largest difference that does not matter.
    pub(crate) margin: Option<f64>,
}

impl Family {
    /// Every (i, j) with i < j, or with a baseline every other model against it. If that did not finish
    /// there is nothing to compare.
    pub(crate) fn new(ranked: &[Ranked], baseline: Option<&str>, margin: Option<f64>) -> Self {
        let count = ranked.len();
        let control = baseline.and_then(|id| ranked.iter().position(|(model, _)| model.id == id));
        let pairs = match (baseline, control) {
            (None, _) => (0..count)
                .flat_map(|i| (i + 1..count).map(move |j| (i, j)))
                .collect(),
            (Some(_), Some(control)) => (0..count)
                .filter(|&other| other != control)
                .map(|other| (other, control))
                .collect(),
            (Some(_), None) => Vec::new(),
        };
        Self {
            pairs,
            control,
            margin: margin.map(|points| points / 100.0),
        }
    }
}

/// The t tests of a family: interval, p value and decision of one construction (Bonferroni; Dunn 1961).
pub(crate) struct Adjusted {
    tests: f64,
}

impl Adjusted {
    /// For so many tests.
    pub(crate) fn new(tests: usize) -> Self {
        Self {
            tests: tests.max(1) as f64,
        }
    }

    /// The level of each test.
    pub(crate) fn level(&self) -> f64 {
        SIGNIFICANCE / self.tests
    }

    /// The confidence of each interval.
    pub(crate) fn confidence(&self) -> f64 {
        1.0 - self.level()
    }

    /// The confidence of the intervals that decide on the margin.
    pub(crate) fn margin_confidence(&self) -> f64 {
        1.0 - 2.0 * self.level()
    }

    /// The p value of a test, adjusted.
    pub(crate) fn p(&self, p: f64) -> f64 {
        (p * self.tests).min(1.0)
    }
}
