//! Confidence intervals of proportions.

use crate::binomial::at_least;
use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, Normal};

/// An interval [low, high].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// The Wilson score interval of `successes` in `trials` at a `confidence` in (0, 1): Wilson 1927,
/// recommended for its coverage by Brown, Cai and DasGupta 2001. Never leaves [0, 1]; without
/// trials it is all of [0, 1].
///
/// # Panics
/// If `successes > trials` or `confidence` is not in (0, 1).
pub fn wilson(successes: usize, trials: usize, confidence: f64) -> Interval {
    assert!(
        successes <= trials,
        "{successes} successes in {trials} trials"
    );
    let share = successes as f64 / trials.max(1) as f64;
    wilson_of_share(share, trials as f64, confidence)
}

/// The interval of the mean of `pairs` differences between paired shares, each from −1 to 1, from their sum
/// and the sum of their squares: the normal one after half a pair was added for each of the four ways in which
/// two answers are right or wrong (Agresti and Min 2005). There it is for single answers; differences of mean
/// answers have a smaller variance, which the squares say.
///
/// # Panics
/// If `confidence` is not in (0, 1).
pub fn mean_difference(sum: f64, squares: f64, pairs: usize, confidence: f64) -> Interval {
    assert!(
        confidence > 0.0 && confidence < 1.0,
        "confidence {confidence}"
    );
    let z = Normal::standard().inverse_cdf(f64::midpoint(1.0, confidence));
    let n = pairs as f64 + 2.0;
    let mean = sum / n;
    let variance = ((squares + 1.0) / n - mean * mean).max(0.0);
    let half = z * (variance / n).sqrt();
    Interval {
        low: (mean - half).max(-1.0),
        high: (mean + half).min(1.0),
    }
}

/// [`wilson`] of a share, and of trials, that need not be whole numbers.
pub(crate) fn wilson_of_share(p: f64, trials: f64, confidence: f64) -> Interval {
    assert!(
        confidence > 0.0 && confidence < 1.0,
        "confidence {confidence}"
    );
    if trials <= 0.0 {
        return Interval {
            low: 0.0,
            high: 1.0,
        };
    }
    let z = Normal::standard().inverse_cdf(f64::midpoint(1.0, confidence));
    let n = trials;
    let centre = p + z * z / (2.0 * n);
    let half = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + z * z / n;
    // At the ends the formula gives 0 and 1 but for rounding.
    Interval {
        low: if p == 0.0 {
            0.0
        } else {
            (centre - half) / scale
        },
        high: if p == 1.0 {
            1.0
        } else {
            (centre + half) / scale
        },
    }
}

/// Probability of at least `successes` in `trials` that each succeed with `probability`.
///
/// # Panics
/// If `probability` is not in [0, 1].
pub fn binomial_tail(successes: usize, trials: usize, probability: f64) -> f64 {
    at_least(successes as u64, trials as u64, probability)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recorded::{assert_close, recorded};

    /// `scipy.stats.binom.sf`.
    #[test]
    fn tails_are_scipys() {
        let cases: Vec<(usize, usize, f64, f64)> = recorded("binomial_tail");
        for (successes, trials, probability, expected) in cases {
            assert_close(binomial_tail(successes, trials, probability), expected);
        }
    }

    /// `scipy.stats.binomtest`, `proportion_ci` by Wilson.
    #[test]
    fn agrees_with_scipy() {
        let cases: Vec<(usize, usize, f64, f64)> = recorded("wilson");
        for (successes, trials, low, high) in cases {
            let found = wilson(successes, trials, 0.95);
            assert!(
                (found.low - low).abs() < 1e-12,
                "{successes}/{trials}: {found:?}"
            );
            assert!(
                (found.high - high).abs() < 1e-12,
                "{successes}/{trials}: {found:?}"
            );
        }
    }

    /// Two by two answers: 5 right before alone, 2 after alone, 93 alike. By hand: (5 − 2)/102, its variance
    /// (7 + 1)/102 less the square of that.
    #[test]
    fn differences_of_single_answers_are_agresti_and_mins() {
        let found = mean_difference(3.0, 7.0, 100, 0.95);
        let mean = 3.0 / 102.0;
        let half = 1.959_963_984_540_054 * ((8.0 / 102.0 - mean * mean) / 102.0_f64).sqrt();
        assert_close(found.low, mean - half);
        assert_close(found.high, mean + half);
        let nothing = mean_difference(0.0, 0.0, 10, 0.95);
        assert!(nothing.low < -0.1 && nothing.high > 0.1, "{nothing:?}");
    }

    #[test]
    fn without_trials_anything_is_possible() {
        assert_eq!(
            wilson(0, 0, 0.95),
            Interval {
                low: 0.0,
                high: 1.0
            }
        );
    }
}
