//! Comparisons of two classifiers over resampled training sets, whose accuracies are correlated: the
//! training sets overlap.

use crate::Interval;
use crate::moments::{ROUNDING, mean, variance};
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
    /// spread: that all show the same difference does not say how certain it is.
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

    /// The corrected resampled t test (Nadeau and Bengio 2003), two-sided.
    pub fn t_test(&self) -> Test {
        let statistic = self.mean / self.error;
        Test {
            statistic,
            p: (2.0 * self.student().sf(statistic.abs())).min(1.0),
        }
    }

    /// The confidence interval of the mean difference that belongs to the test.
    pub fn interval(&self, confidence: f64) -> Interval {
        let half = self.student().inverse_cdf(f64::midpoint(1.0, confidence)) * self.error;
        Interval {
            low: self.mean - half,
            high: self.mean + half,
        }
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

    const DIFFERENCES: [f64; 10] = [
        0.012, 0.018, -0.004, 0.009, 0.021, 0.015, 0.002, 0.011, 0.007, 0.019,
    ];

    fn assert_close(actual: f64, expected: f64) {
        assert!(
            (actual - expected).abs() <= 1e-7 * expected.abs(),
            "{actual} is not {expected}"
        );
    }

    /// baycomp 1.0.3 (Bayesian) and SciPy 1.17.1 (the same distribution, two-sided), as
    /// tests/recorded.py prints them.
    #[test]
    fn correlated_differences_are_those_of_baycomp() {
        let folds = CorrelatedDifferences::new(&DIFFERENCES, 0.1 / 0.9).unwrap();
        let posterior = folds.posterior(0.005);
        assert_close(posterior.second_better, 0.0008230361614898612);
        assert_close(posterior.equivalent, 0.06467477733052507);
        assert_close(posterior.first_better, 0.9345021865079851);
        assert_close(folds.t_test().p, 0.013883857507012478);
        assert_close(folds.interval(0.95).low, 0.0028305191146333463);
        assert_close(folds.interval(0.95).high, 0.01916948088536665);
        // Judged on as many images as trained on, which shows less.
        let few = CorrelatedDifferences::new(&DIFFERENCES, 1.0).unwrap();
        assert_close(few.t_test().p, 0.21485399921692944);
        assert_close(few.interval(0.95).low, -0.007648128699262281);
        assert_close(few.interval(0.95).high, 0.02964812869926228);
    }

    /// mlxtend 0.25.0, `combined_ftest_5x2cv`, as tests/recorded.py prints it.
    #[test]
    fn the_combined_f_test_is_mlxtends() {
        let pairs: [[f64; 2]; 5] =
            std::array::from_fn(|i| [DIFFERENCES[2 * i], DIFFERENCES[2 * i + 1]]);
        let test = five_by_two_f(&pairs).unwrap();
        assert_close(test.statistic, 3.7896995708154506);
        assert_close(test.p, 0.07720182938726802);
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
