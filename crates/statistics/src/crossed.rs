//! Two classifiers over seeds and test samples together.

use crate::Interval;
use serde::Serialize;
use statrs::distribution::{ContinuousCDF, StudentsT};

/// The difference between two classifiers over seeds and samples, both drawn at random.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CrossedDifference {
    /// Mean over seeds and samples, first − second.
    pub difference: f64,
    /// Standard error of the mean, over new seeds and new samples.
    pub error: f64,
    /// Its degrees of freedom (Satterthwaite 1946).
    pub freedom: f64,
    /// Variance from seed to seed, the same for all samples. 0 where the estimate is below.
    pub of_seeds: f64,
    /// Variance from sample to sample, the same for all seeds. 0 where the estimate is below.
    pub of_samples: f64,
    /// Variance of what a seed makes of a sample.
    pub rest: f64,
    next_error: f64,
    next_freedom: f64,
}

impl CrossedDifference {
    /// From whether each of two classifiers is right: shape (seeds, samples), the same samples for each
    /// seed. Repeat the row of a classifier that does not depend on the seed. Two-way analysis of
    /// variance with random effects, without replicates (Searle, Casella and `McCulloch` 1992):
    /// the variance of the mean is (M(seeds) + M(samples) − M(rest))/nS with the mean squares M, and
    /// not less than of either alone. `None` for fewer than two seeds or samples, and where all
    /// differences are alike.
    ///
    /// # Panics
    /// If the shapes differ.
    pub fn new(first: &[Vec<bool>], second: &[Vec<bool>]) -> Option<Self> {
        assert_eq!(first.len(), second.len(), "the same seeds");
        let (seeds, samples) = (first.len(), first.first().map_or(0, Vec::len));
        let mut rows = first.iter().chain(second);
        assert!(rows.all(|row| row.len() == samples), "the same samples");
        if seeds < 2 || samples < 2 {
            return None;
        }
        let of = |seed: usize, sample: usize| {
            let right = |of: &[Vec<bool>]| f64::from(u8::from(of[seed][sample]));
            right(first) - right(second)
        };
        let (s, n) = (seeds as f64, samples as f64);
        let by_seed: Vec<f64> = (0..seeds)
            .map(|seed| (0..samples).map(|sample| of(seed, sample)).sum::<f64>() / n)
            .collect();
        let by_sample: Vec<f64> = (0..samples)
            .map(|sample| (0..seeds).map(|seed| of(seed, sample)).sum::<f64>() / s)
            .collect();
        let difference = by_seed.iter().sum::<f64>() / s;
        let squares = |means: &[f64]| -> f64 {
            let distances = means.iter().map(|mean| mean - difference);
            distances.map(|distance| distance * distance).sum()
        };
        let left = |seed: usize, sample: usize| {
            (of(seed, sample) - by_seed[seed] - by_sample[sample] + difference).powi(2)
        };
        let residual: f64 = (0..seeds)
            .flat_map(|seed| (0..samples).map(move |sample| left(seed, sample)))
            .sum();
        let means = [
            n * squares(&by_seed) / (s - 1.0),
            s * squares(&by_sample) / (n - 1.0),
            residual / ((s - 1.0) * (n - 1.0)),
        ];
        Self::of_mean_squares(difference, means, seeds, samples)
    }

    fn of_mean_squares(
        difference: f64,
        means: [f64; 3],
        seeds: usize,
        samples: usize,
    ) -> Option<Self> {
        let (s, n) = (seeds as f64, samples as f64);
        let [by_seed, by_sample, rest] = means;
        let freedoms = [s - 1.0, n - 1.0, (s - 1.0) * (n - 1.0)];
        let combined = |weights: [f64; 3]| {
            let parts = std::array::from_fn(|i| weights[i] * means[i] / (s * n));
            satterthwaite(parts, freedoms)
        };
        let (variance, freedom) = combined([1.0, 1.0, -1.0]);
        // A fit with one new seed on new samples adds its own seed, samples and rest.
        let (next_variance, next_freedom) = combined([1.0 + s, 2.0, -2.0]);
        (variance > 0.0).then(|| Self {
            difference,
            error: variance.sqrt(),
            freedom,
            of_seeds: ((by_seed - rest) / n).max(0.0),
            of_samples: ((by_sample - rest) / s).max(0.0),
            rest,
            next_error: next_variance.sqrt(),
            next_freedom,
        })
    }

    /// The confidence interval of the difference that is expected of new seeds on new samples.
    ///
    /// # Panics
    /// If `confidence` is not in (0, 1).
    pub fn interval(&self, confidence: f64) -> Interval {
        self.around(self.error, self.freedom, confidence)
    }

    /// The interval in which the difference of one fit of each, with one new seed on as many new
    /// samples, falls with probability `confidence`.
    ///
    /// # Panics
    /// If `confidence` is not in (0, 1).
    pub fn next_fit(&self, confidence: f64) -> Interval {
        self.around(self.next_error, self.next_freedom, confidence)
    }

    fn around(&self, error: f64, freedom: f64, confidence: f64) -> Interval {
        assert!(
            confidence > 0.0 && confidence < 1.0,
            "confidence {confidence}"
        );
        let student = StudentsT::new(0.0, 1.0, freedom).expect("degrees of freedom");
        let half = student.inverse_cdf(f64::midpoint(1.0, confidence)) * error;
        Interval {
            low: (self.difference - half).max(-1.0),
            high: (self.difference + half).min(1.0),
        }
    }
}

/// The sum of independent mean squares with weights, and its degrees of freedom (Satterthwaite 1946). Where
/// the last, which is taken away, leaves less than the larger of the others, it is that one alone.
fn satterthwaite(parts: [f64; 3], freedoms: [f64; 3]) -> (f64, f64) {
    let sum: f64 = parts.iter().sum();
    let larger = usize::from(parts[1] > parts[0]);
    if sum <= parts[larger] {
        return (parts[larger], freedoms[larger]);
    }
    let squares = parts
        .iter()
        .zip(freedoms)
        .map(|(part, of)| part * part / of);
    (sum, sum * sum / squares.sum::<f64>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recorded::{assert_close, recorded};

    /// The mean squares of statsmodels, `anova_lm`.
    #[test]
    fn the_variances_are_those_of_statsmodels() {
        type Case = (Vec<Vec<bool>>, Vec<Vec<bool>>, [f64; 5], [f64; 2], [f64; 2]);
        let cases: Vec<Case> = recorded("crossed");
        for (first, second, values, interval, next) in cases {
            let found = CrossedDifference::new(&first, &second).unwrap();
            let parts = [found.of_seeds, found.of_samples, found.rest];
            for (actual, expected) in [found.difference, found.error]
                .iter()
                .chain(&parts)
                .zip(values)
            {
                assert!((actual - expected).abs() < 1e-12, "{actual} {expected}");
            }
            assert!((found.interval(0.95).low - interval[0]).abs() < 1e-9);
            assert!((found.interval(0.95).high - interval[1]).abs() < 1e-9);
            assert_close(found.next_fit(0.95).low, next[0]);
            assert_close(found.next_fit(0.95).high, next[1]);
        }
    }

    #[test]
    fn what_does_not_vary_is_no_evidence() {
        let (all, none) = (vec![vec![true; 3]; 2], vec![vec![false; 3]; 2]);
        assert_eq!(CrossedDifference::new(&all, &none), None);
        assert_eq!(CrossedDifference::new(&all[..1], &none[..1]), None);
        assert_eq!(CrossedDifference::new(&[], &[]), None);
    }

    /// Samples that all seeds agree on vary among samples, and seeds do not add to it.
    #[test]
    fn without_seeds_the_error_is_that_of_the_samples() {
        let first = vec![vec![true, true, false, true, false]; 3];
        let second = vec![vec![true, false, false, false, true]; 3];
        let found = CrossedDifference::new(&first, &second).unwrap();
        assert!(found.of_seeds == 0.0 && found.rest < 1e-12, "{found:?}");
        assert_close(found.freedom, 4.0);
    }
}
