//! What is said of two models on the same images.

use crate::bootstrap::MetricDifference;
use crate::over_seeds::OverSeeds;
use serde::Serialize;
use statistics::{Interval, Posterior, Relation, Test, only_right};

/// Two models on the same images: one decision, and the interval that belongs to it.
#[derive(Debug, Clone, Serialize)]
pub struct Comparison {
    /// The one with more images right, or the first in the plan of two with as many; with a baseline
    /// the other model.
    pub first: String,
    /// The other, or the baseline.
    pub second: String,
    /// Images that only the first got right.
    pub only_first_right: usize,
    /// Images that only the second got right.
    pub only_second_right: usize,
    /// Difference in accuracy, first − second.
    pub difference: f64,
    /// Its interval. The intervals of all comparisons hold at once with confidence 95 %: each is
    /// Tango's at 0.05 divided by the number of tests, or that of groups, or of folds which share training
    /// images.
    /// `None` where all folds show the same difference.
    pub difference_interval: Option<Interval>,
    /// The interval at twice the level, which decides whether the difference is within the margin.
    pub margin_interval: Option<Interval>,
    /// In the other metrics that both models have; empty over folds.
    pub metric_differences: Vec<MetricDifference>,
    /// P value of McNemar's exact test, of images in groups the larger one of the exact test of signs and of
    /// the interval, or over folds of the corrected resampled t test; 1 where
    /// all folds show the same difference, of which there is no test.
    pub p: f64,
    /// The p value times the number of tests.
    pub p_adjusted: f64,
    /// Whether the adjusted p value is below 0.05, and so whether the interval excludes 0.
    pub different: bool,
    /// With a margin: what is shown of the first against the second.
    pub relation: Option<Relation>,
    /// The smallest difference that the test finds on as many images four times in five, for models that
    /// differ on as many of them, or where that is too few for any, on as many as it takes; over folds,
    /// on as many that spread as these do. `None` where no difference could be found.
    pub detectable_difference: Option<f64>,
    /// Over folds: degrees of freedom of the test.
    pub freedom: Option<f64>,
    /// Where several seeds were tried: the difference on average over them.
    pub over_seeds: Option<OverSeeds>,
    /// Over folds: how probable each of the two is better by more than half a point, or the margin.
    pub posterior: Option<Posterior>,
    /// Over five repetitions of two folds: the combined F test.
    pub five_by_two: Option<Test>,
}

impl Comparison {
    /// What two models got right, without a test.
    pub(crate) fn new(first: &str, second: &str, right: [&[bool]; 2]) -> Self {
        let [of_first, of_second] = right;
        let (only_first_right, only_second_right) = only_right(of_first, of_second);
        let difference = only_first_right as f64 - only_second_right as f64;
        Self {
            first: first.to_owned(),
            second: second.to_owned(),
            only_first_right,
            only_second_right,
            difference: difference / of_first.len().max(1) as f64,
            difference_interval: None,
            margin_interval: None,
            metric_differences: Vec::new(),
            p: 1.0,
            p_adjusted: 1.0,
            different: false,
            relation: None,
            detectable_difference: None,
            freedom: None,
            over_seeds: None,
            posterior: None,
            five_by_two: None,
        }
    }

    /// Whether nothing is shown of the two: neither that they differ nor, with a margin, that the first is equivalent
    /// or not worse.
    pub fn is_open(&self) -> bool {
        is_open(self.different, self.relation)
    }

    /// Whether the second is shown to be better: only with a baseline, which is always the second.
    pub fn is_second_better(&self) -> bool {
        self.different && self.difference < 0.0
    }
}

/// [`Comparison::is_open`] of whatever is shown.
pub(crate) fn is_open(different: bool, relation: Option<Relation>) -> bool {
    !different && !matches!(relation, Some(Relation::Equivalent | Relation::NotWorse))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_or_with_a_margin_is_settled_is_not_open() {
        assert!(is_open(false, None) && is_open(false, Some(Relation::Undecided)));
        assert!(!is_open(true, None) && !is_open(true, Some(Relation::Better)));
        assert!(!is_open(true, Some(Relation::Equivalent)));
        assert!(!is_open(false, Some(Relation::Equivalent)));
        assert!(!is_open(false, Some(Relation::NotWorse)));
    }
}
