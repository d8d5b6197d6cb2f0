//! Comparisons of two classifiers over resampled training sets, whose accuracies are correlated: the
//! training sets overlap.

use crate::Interval;
use crate::moments::{ROUNDING, mean, variance};
use crate::power::detectable_effect;
use crate::several::Test;
use serde::Serialize;
use statrs::distribution::{ContinuousCDF, FisherSnedecor, StudentsT};

/// Differences in accuracy over the folds of (repeated) cross-validation, with the variance that
/// Nadeau and Bengio 2003 give them: each fold shares most of its training images with the others.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CorrelatedDifferences {
    mean: f64,
    /// Standard error of the mean, corrected.
    error: f64,
    freedom: f64,
}

/// How probable it is that one of two classifiers is better in practice.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Posterior {
    /// That the second is better by more than the region of practical equivalence.
    pub second_better: f64,
    /// That they are equivalent in practice.
    pub equivalent: f64,
    /// That the first is better by more than the region.
    pub first_better: f64,
}

impl CorrelatedDifferences {
    /// From the difference of each fold, and how many images it is judged on for each that it
    /// trains on: n₂/n₁ in the paper. `None` for fewer than two folds, and where they do not
    /// spread: that all show the same difference does not say how certain it is. Each fold counts
    /// alike; where folds are of unequal size, the largest ratio is the careful one.
    ///
    /// # Panics
    /// If `test_to_train` is negative or not finite.
    pub fn new(differences: &[f64], test_to_train: f64) -> Option<Self> {
        assert!(
            test_to_train >= 0.0 && test_to_train.is_finite(),
            "a ratio of {test_to_train}"
        );
        let folds = differences.len() as f64;
        if folds < 2.0 {
            return None;
        }
        let variance = variance(differences);
        if variance.sqrt() < ROUNDING {
            return None;
        }
        Some(Self {
            mean: mean(differences.iter().copied()),
            error: ((1.0 / folds + test_to_train) * variance).sqrt(),
            freedom: folds - 1.0,
        })
    }

    /// The mean difference.
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// Its standard error, corrected.
    pub fn error(&self) -> f64 {
        self.error
    }

    /// The corrected resampled t test (Nadeau and Bengio 2003), two-sided.
    pub fn t_test(&self) -> Test {
        let statistic = self.mean / self.error;
        Test {
            statistic,
            p: (2.0 * self.student().sf(statistic.abs())).min(1.0),
        }
    }

    /// Degrees of freedom: folds less one. With one, of two folds, an interval is 12.7 standard errors
    /// to each side.
    pub fn freedom(&self) -> f64 {
        self.freedom
    }

    /// The confidence interval of the mean difference that belongs to the test: it excludes 0 where the
    /// test finds a difference at the same level. Differences in accuracy are in [−1, 1], and so is it.
    pub fn interval(&self, confidence: f64) -> Interval {
        let half = self.half_width(confidence);
        Interval {
            low: (self.mean - half).max(-1.0),
            high: (self.mean + half).min(1.0),
        }
    }

    /// The confidence interval of a mean of shares, as accuracies are: of its logit, by the delta method
    /// (Agresti 2013), so that it is within (0, 1) with any number of folds. Its variance
    /// is a rule of thumb still, Nadeau and Bengio's; what would estimate it takes many times the fits
    /// (nested cross-validation: Bates, Hastie and Tibshirani 2024).
    ///
    /// # Panics
    /// If these are no shares: the mean is not in (0, 1).
    pub fn share_interval(&self, confidence: f64) -> Interval {
        let mean = self.mean;
        assert!(mean > 0.0 && mean < 1.0, "a mean share of {mean}");
        let middle = (mean / (1.0 - mean)).ln();
        let half = self.half_width(confidence) / (mean * (1.0 - mean));
        let share = |logit: f64| 1.0 / (1.0 + (-logit).exp());
        Interval {
            low: share(middle - half),
            high: share(middle + half),
        }
    }

    fn half_width(&self, confidence: f64) -> f64 {
        self.student().inverse_cdf(f64::midpoint(1.0, confidence)) * self.error
    }

    /// The smallest difference that the test at level `alpha` finds with probability `power` on as many
    /// folds that spread as these do.
    ///
    /// # Panics
    /// If `alpha` is not in (0, 1) or `power` not in (`alpha`, 1).
    pub fn detectable(&self, alpha: f64, power: f64) -> f64 {
        detectable_effect(self.error, self.freedom, alpha, power)
    }

    /// The Bayesian correlated t test (Corani and Benavoli 2015): the posterior of the mean
    /// difference against a region of practical equivalence of ± `region`.
    pub fn posterior(&self, region: f64) -> Posterior {
        let below = |x: f64| self.student().cdf((x - self.mean) / self.error);
        let (second_better, not_first) = (below(-region), below(region));
        Posterior {
            second_better,
            equivalent: not_first - second_better,
            first_better: 1.0 - not_first,
        }
    }

    fn student(&self) -> StudentsT {
        StudentsT::new(0.0, 1.0, self.freedom).expect("at least one degree of freedom")
    }
}

/// The fewest samples for [`five_by_two_f`]: with 40, a test of level 0.05 finds 0.07 differences that are not there,
/// with 20 it is 0.13 (example `levels`).
pub const FEWEST_FOR_HALVES: usize = 100;

/// The combined 5×2cv F test (Alpaydin 1999): differences in accuracy of five repetitions of 2-fold
/// cross-validation. `None` where the two folds of no repetition differ.
///
/// # Panics
/// Never: the degrees of freedom are fixed.
pub fn five_by_two_f(differences: &[[f64; 2]; 5]) -> Option<Test> {
    let squares: f64 = differences.iter().flatten().map(|d| d * d).sum();
    let variances: f64 = differences
        .iter()
        .map(|[a, b]| {
            let middle = f64::midpoint(*a, *b);
            (a - middle).powi(2) + (b - middle).powi(2)
        })
        .sum();
    if variances.sqrt() < ROUNDING {
        return None;
    }
    let statistic = squares / (2.0 * variances);
    let p = FisherSnedecor::new(10.0, 5.0)
        .expect("degrees of freedom")
        .sf(statistic);
    Some(Test { statistic, p })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recorded::{assert_close, recorded};

    /// Per fold, its ratio, (left, within, right) of ± 0.005, p, interval, and of 0.9 + the difference.
    type Case = (f64, [f64; 3], f64, [f64; 2], [f64; 2]);

    /// baycomp (Bayesian) and SciPy (the same distribution, two-sided).
    #[test]
    fn correlated_differences_are_those_of_baycomp() {
        let (differences, cases): (Vec<f64>, Vec<Case>) = recorded("folds");
        let accuracies: Vec<f64> = differences.iter().map(|d| 0.9 + d).collect();
        for (ratio, [left, within, right], p, [low, high], of_share) in cases {
            let folds = CorrelatedDifferences::new(&differences, ratio).unwrap();
            let posterior = folds.posterior(0.005);
            assert_close(posterior.second_better, left);
            assert_close(posterior.equivalent, within);
            assert_close(posterior.first_better, right);
            assert_close(folds.t_test().p, p);
            assert_close(folds.interval(0.95).low, low);
            assert_close(folds.interval(0.95).high, high);
            let folds = CorrelatedDifferences::new(&accuracies, ratio).unwrap();
            assert_close(folds.share_interval(0.95).low, of_share[0]);
            assert_close(folds.share_interval(0.95).high, of_share[1]);
        }
    }

    #[test]
    fn no_interval_leaves_what_is_possible() {
        let two = CorrelatedDifferences::new(&[0.988, 0.996], 1.0).unwrap();
        let share = two.share_interval(0.95);
        assert!(share.low > 0.0 && share.low < 0.988, "{share:?}");
        assert!(share.high > 0.996 && share.high < 1.0, "{share:?}");
        let apart = CorrelatedDifferences::new(&[0.1, 0.9], 1.0).unwrap();
        let [low, high] = [-1.0, 1.0];
        assert_eq!(apart.interval(0.95), Interval { low, high });
        assert_eq!(apart.freedom(), 1.0);
    }

    #[test]
    fn two_folds_find_only_what_is_large() {
        let of = |folds: &[f64]| CorrelatedDifferences::new(folds, 1.0).unwrap();
        let (two, ten) = (of(&[0.0, 0.02]), of(&[0.0, 0.02].repeat(5)));
        assert!(two.detectable(0.05, 0.8) > 4.0 * ten.detectable(0.05, 0.8));
        let spread = two.detectable(0.05, 0.8) / two.error;
        assert!((crate::t_power(spread, 1.0, 0.05) - 0.8).abs() < 1e-9);
    }

    /// mlxtend, `combined_ftest_5x2cv`.
    #[test]
    fn the_combined_f_test_is_mlxtends() {
        let (pairs, statistic, p): ([[f64; 2]; 5], f64, f64) = recorded("five_by_two");
        let test = five_by_two_f(&pairs).unwrap();
        assert_close(test.statistic, statistic);
        assert_close(test.p, p);
        assert_eq!(five_by_two_f(&[[0.1; 2]; 5]), None);
    }

    #[test]
    fn folds_without_spread_are_no_evidence() {
        assert_eq!(CorrelatedDifferences::new(&[0.0; 5], 0.25), None);
        assert_eq!(CorrelatedDifferences::new(&[0.25; 4], 1.0), None);
        assert_eq!(CorrelatedDifferences::new(&[0.5], 0.5), None);
        // All are a hundredth, but for rounding.
        let rounded = [0.93 - 0.92, 0.54 - 0.53, 0.07 - 0.06, 0.35 - 0.34];
        assert!(rounded[0] != rounded[3]);
        assert_eq!(CorrelatedDifferences::new(&rounded, 1.0), None);
        assert_eq!(five_by_two_f(&[[rounded[0], rounded[3]]; 5]), None);
    }
}
