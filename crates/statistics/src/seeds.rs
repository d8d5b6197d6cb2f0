//! Comparisons of two classifiers over seeds, on the same test images.

use crate::moments::{ROUNDING, mean, variance};
use crate::several::Test;
use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

/// How the mean accuracies of two classifiers over seeds differ.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SeedDifference {
    mean: f64,
    /// Standard error of the mean.
    error: f64,
    freedom: f64,
    /// Standard deviation of the difference between one fit of each.
    deviation: f64,
}

impl SeedDifference {
    /// From the accuracies with several seeds, or the only one of a classifier that does not depend
    /// on the seed. `None` where they do not spread.
    ///
    /// # Panics
    /// If one of the two has no accuracy.
    pub fn new(first: &[f64], second: &[f64]) -> Option<Self> {
        let both = [first, second];
        assert!(
            both.iter().all(|accuracies| !accuracies.is_empty()),
            "a classifier has a fit"
        );
        let variances = both.map(variance);
        let deviation = variances.iter().sum::<f64>().sqrt();
        if deviation < ROUNDING {
            return None;
        }
        let counts = both.map(|accuracies| accuracies.len() as f64);
        let of_means = [0, 1].map(|i| variances[i] / counts[i]);
        let squared: f64 = of_means.iter().sum();
        // Welch and Satterthwaite's; the other count less one, where one of the two does not spread.
        let parts = [0, 1].map(|i| of_means[i].powi(2) / (counts[i] - 1.0).max(1.0));
        let [first, second] = both.map(|accuracies| mean(accuracies.iter().copied()));
        Some(Self {
            mean: first - second,
            error: squared.sqrt(),
            freedom: squared.powi(2) / parts.iter().sum::<f64>(),
            deviation,
        })
    }

    /// The mean of the first less that of the second.
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// Welch's t test (Welch 1947), two-sided: seeds of two classifiers have nothing in common, so they
    /// are not paired. If only one depends on the seed, this is the t test of one sample.
    pub fn t_test(&self) -> Test {
        let statistic = self.mean / self.error;
        Test {
            statistic,
            p: (2.0 * student(self.freedom).sf(statistic.abs())).min(1.0),
        }
    }

    /// How many seeds the test at level `alpha` needs to find the difference with probability `power`, if
    /// mean and spread stay as they are: the least n ≥ 2 with
    /// n ≥ ((t(1 − α/2) + t(power)) σ / μ)², t of n − 1 degrees of freedom. `None` without a difference.
    ///
    /// # Panics
    /// If `alpha` or `power` is not in (0, 1).
    pub fn seeds_to_settle(&self, alpha: f64, power: f64) -> Option<usize> {
        if self.mean.abs() < ROUNDING {
            return None;
        }
        let needed = |t: &dyn Fn(f64) -> f64| {
            ((t(1.0 - alpha / 2.0) + t(power)) * self.deviation / self.mean).powi(2)
        };
        // Normal quantiles are smaller than those of any t: no fewer will do, and not many more; of a
        // billion, no more.
        let normal = Normal::standard();
        let mut seeds = needed(&|share| normal.inverse_cdf(share)).ceil().max(2.0);
        while seeds < 1e9 && seeds < needed(&|share| student(seeds - 1.0).inverse_cdf(share)) {
            seeds += 1.0;
        }
        Some(seeds as usize)
    }
}

fn student(freedom: f64) -> StudentsT {
    StudentsT::new(0.0, 1.0, freedom).expect("at least one degree of freedom")
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: [f64; 5] = [0.9731, 0.9718, 0.9745, 0.9722, 0.9739];
    const SECOND: [f64; 5] = [0.9712, 0.9725, 0.9708, 0.9716, 0.9719];

    fn assert_close(actual: f64, expected: f64) {
        assert!(
            (actual - expected).abs() <= 1e-8 * expected.abs(),
            "{actual} is not {expected}"
        );
    }

    /// `scipy.stats.ttest_ind` and `ttest_1samp`, and the least n by trying all with `scipy.stats.t`,
    /// as tests/recorded.py prints them.
    #[test]
    fn tests_over_seeds_are_scipys() {
        let both = SeedDifference::new(&FIRST, &SECOND).unwrap();
        assert_close(both.mean(), 0.0015);
        assert_close(both.t_test().statistic, 2.5724787771376816);
        assert_close(both.t_test().p, 0.03984673936496024);
        let one = SeedDifference::new(&FIRST, &[0.9717]).unwrap();
        assert_close(one.t_test().statistic, 2.7724131203345577);
        assert_close(one.t_test().p, 0.05020677686845532);
        let other = SeedDifference::new(&[0.9717], &FIRST).unwrap();
        assert_eq!(other.t_test().p, one.t_test().p);
        assert_eq!(other.mean(), -one.mean());
    }

    #[test]
    fn seeds_grow_with_the_spread_and_shrink_with_the_difference() {
        let apart = |difference: f64| {
            let second = SECOND.map(|accuracy| accuracy - difference);
            SeedDifference::new(&FIRST, &second).unwrap()
        };
        for (difference, alpha, seeds) in [
            (0.0, 0.05, 9),
            (-0.001, 0.05, 56),
            (-0.00149, 0.05, 133_433),
            (0.1, 0.05, 2),
            (0.0, 0.005, 14),
        ] {
            let found = apart(difference).seeds_to_settle(alpha, 0.8);
            assert_eq!(found, Some(seeds), "{difference}");
        }
        assert_eq!(apart(-0.0015).seeds_to_settle(0.05, 0.8), None);
    }

    #[test]
    fn seeds_without_spread_are_no_evidence() {
        assert_eq!(SeedDifference::new(&[0.9], &[0.8]), None);
        assert_eq!(SeedDifference::new(&[0.9; 3], &[0.8; 3]), None);
        assert_eq!(SeedDifference::new(&[0.1 + 0.2, 0.3], &[0.8]), None);
    }
}
