//! Comparisons of two classifiers over seeds, on the same test samples.

use crate::Interval;
use crate::interval::wilson_of_share;
use crate::moments::{ROUNDING, mean, variance};
use crate::power::{detectable_effect, seeds_needed};
use crate::several::Test;
use serde::Serialize;
use statrs::distribution::{ContinuousCDF, StudentsT};

/// How the mean accuracies of two classifiers over the same seeds differ, on these test samples: the t test of pairs.
///
/// Pairs are right whatever the two have in common. With the same seed they may take the same initial weights or the
/// same order of samples from it. Nothing of this has to be known: seeds are independent of each other, and so are the
/// differences, seed by seed. A test without pairs (Welch 1947) takes the two to be independent. Where they are, it
/// needs fewer seeds; where they rise and fall together it finds less than there is, and where one rises as the other
/// falls, more (example `levels`).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SeedDifference {
    mean: f64,
    /// Standard deviation of the difference with one seed.
    deviation: f64,
    seeds: f64,
}

impl SeedDifference {
    /// From accuracies with the same seeds, seed by seed. Repeat that of a classifier that does not depend on the seed:
    /// then it is the t test of one sample. `None` for fewer than two seeds, and where the differences do not spread.
    ///
    /// # Panics
    /// If the two have different numbers of accuracies.
    pub fn paired(first: &[f64], second: &[f64]) -> Option<Self> {
        assert_eq!(first.len(), second.len(), "the same seeds");
        let differences: Vec<f64> = first.iter().zip(second).map(|(a, b)| a - b).collect();
        let deviation = variance(&differences).sqrt();
        if differences.len() < 2 || deviation < ROUNDING {
            return None;
        }
        Some(Self {
            mean: mean(differences.iter().copied()),
            deviation,
            seeds: differences.len() as f64,
        })
    }

    /// The mean of the first less that of the second.
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// Its standard error.
    pub fn error(&self) -> f64 {
        self.deviation / self.seeds.sqrt()
    }

    /// Degrees of freedom: seeds less one.
    pub fn freedom(&self) -> f64 {
        self.seeds - 1.0
    }

    /// Student's t test of pairs, two-sided.
    pub fn t_test(&self) -> Test {
        let statistic = self.mean / self.error();
        Test {
            statistic,
            p: (2.0 * self.student().sf(statistic.abs())).min(1.0),
        }
    }

    /// The confidence interval of the mean difference that belongs to the test.
    ///
    /// # Panics
    /// If `confidence` is not in (0, 1).
    pub fn interval(&self, confidence: f64) -> Interval {
        assert!(
            confidence > 0.0 && confidence < 1.0,
            "confidence {confidence}"
        );
        let half = self.student().inverse_cdf(f64::midpoint(1.0, confidence)) * self.error();
        Interval {
            low: self.mean - half,
            high: self.mean + half,
        }
    }

    /// The smallest difference that the test at level `alpha` finds with probability `power` with as many
    /// seeds, if these spread as they do.
    ///
    /// # Panics
    /// If `alpha` is not in (0, 1) or `power` not in (`alpha`, 1).
    pub fn detectable(&self, alpha: f64, power: f64) -> f64 {
        detectable_effect(self.error(), self.freedom(), alpha, power)
    }

    /// How many seeds the test at level `alpha` needs to find the difference with
    /// probability `power`, if mean and spread stay as they are: [`seeds_needed`]. `None` without a difference, and for more
    /// than [`MOST_SEEDS`](crate::MOST_SEEDS).
    ///
    /// # Panics
    /// If `alpha` or `power` is not in (0, 1).
    pub fn seeds_to_settle(&self, alpha: f64, power: f64) -> Option<u32> {
        if self.mean.abs() < ROUNDING {
            return None;
        }
        seeds_needed(self.mean / self.deviation, alpha, power)
    }

    fn student(&self) -> StudentsT {
        StudentsT::new(0.0, 1.0, self.freedom()).expect("at least one degree of freedom")
    }
}

/// How probable it is that a fit of the first classifier is better than one of the second.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Outperforming {
    /// The share of pairs of fits in which the first is better; ties count half.
    pub probability: f64,
    /// Its interval.
    pub interval: Interval,
}

/// P(A > B) of Bouthillier et al. 2021, from pairs of accuracies that have all in common but the
/// classifier: seed, training and test samples. They call A better if the interval is above ½, and the
/// difference one that matters if it reaches 0.75. The interval is Wilson's, and not theirs of the
/// percentile bootstrap, whose width is 0 where one of the two wins each time. `None` without pairs.
///
/// # Panics
/// If the two have different numbers of accuracies, or `confidence` is not in (0, 1).
pub fn outperforming(first: &[f64], second: &[f64], confidence: f64) -> Option<Outperforming> {
    assert_eq!(first.len(), second.len(), "pairs of accuracies");
    if first.is_empty() {
        return None;
    }
    let points = first.iter().zip(second).map(|(a, b)| match a.total_cmp(b) {
        std::cmp::Ordering::Greater => 1.0,
        std::cmp::Ordering::Equal => 0.5,
        std::cmp::Ordering::Less => 0.0,
    });
    let probability = mean(points);
    Some(Outperforming {
        probability,
        interval: wilson_of_share(probability, first.len() as f64, confidence),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::power::t_power;
    use crate::recorded::{assert_close, recorded};

    fn accuracies() -> [Vec<f64>; 2] {
        recorded("accuracies_over_seeds")
    }

    /// `scipy.stats`: `ttest_rel` and `ttest_1samp`, with their intervals.
    #[test]
    fn tests_over_seeds_are_scipys() {
        let [first, second] = accuracies();
        let found = [
            SeedDifference::paired(&first, &second),
            SeedDifference::paired(&first, &[second[0]; 5]),
        ];
        let expected: Vec<(f64, f64, f64, f64, f64)> = recorded("seed_tests");
        for (found, (mean, statistic, p, low, high)) in found.into_iter().zip(expected) {
            let found = found.unwrap();
            assert_close(found.mean(), mean);
            assert_close(found.t_test().statistic, statistic);
            assert_close(found.t_test().p, p);
            assert_close(found.interval(0.95).low, low);
            assert_close(found.interval(0.95).high, high);
        }
    }

    /// By trying all numbers, with `scipy.stats.nct`.
    #[test]
    fn seeds_grow_with_the_spread_and_shrink_with_the_difference() {
        let [first, second] = accuracies();
        let apart = |more: f64| {
            let second: Vec<f64> = second.iter().map(|accuracy| accuracy - more).collect();
            SeedDifference::paired(&first, &second).unwrap()
        };
        let cases: Vec<(f64, f64, u32)> = recorded("seeds_to_settle");
        for (more, alpha, seeds) in cases {
            let found = apart(more).seeds_to_settle(alpha, 0.8);
            assert_eq!(found, Some(seeds), "{more}");
        }
        let none = -apart(0.0).mean();
        assert_eq!(apart(none).seeds_to_settle(0.05, 0.8), None);
    }

    #[test]
    fn the_detectable_difference_is_found_as_often_as_asked() {
        let [first, second] = accuracies();
        let pairs = SeedDifference::paired(&first, &second).unwrap();
        let found = pairs.detectable(0.05, 0.8) / pairs.error();
        assert!((t_power(found, pairs.freedom(), 0.05) - 0.8).abs() < 1e-9);
    }

    #[test]
    fn seeds_without_spread_are_no_evidence() {
        assert_eq!(SeedDifference::paired(&[0.1 + 0.2, 0.3], &[0.8; 2]), None);
        assert_eq!(SeedDifference::paired(&[0.9], &[0.8]), None);
        assert_eq!(SeedDifference::paired(&[0.9, 0.8], &[0.8, 0.7]), None);
    }

    #[test]
    fn ties_are_half_a_win_and_five_wins_are_no_certainty() {
        let found = outperforming(&[0.9, 0.8, 0.7, 0.6], &[0.8, 0.8, 0.8, 0.5], 0.95).unwrap();
        assert_eq!(found.probability, 0.625);
        let all = outperforming(&[0.9; 5], &[0.8; 5], 0.95).unwrap();
        assert_eq!((all.probability, all.interval.high), (1.0, 1.0));
        assert!(all.interval.low > 0.5 && all.interval.low < 0.6, "{all:?}");
        assert_eq!(outperforming(&[], &[], 0.95), None);
    }
}
