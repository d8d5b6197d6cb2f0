//! Confidence intervals of proportions.

use serde::Serialize;
use statrs::distribution::{Binomial, ContinuousCDF, DiscreteCDF, Normal};

/// An interval [low, high].
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
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
    assert!(
        confidence > 0.0 && confidence < 1.0,
        "confidence {confidence}"
    );
    if trials == 0 {
        return Interval {
            low: 0.0,
            high: 1.0,
        };
    }
    let z = Normal::standard().inverse_cdf(f64::midpoint(1.0, confidence));
    let (n, k) = (trials as f64, successes as f64);
    let p = k / n;
    let centre = p + z * z / (2.0 * n);
    let half = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + z * z / n;
    // At the ends the formula gives 0 and 1 but for rounding.
    Interval {
        low: if successes == 0 {
            0.0
        } else {
            (centre - half) / scale
        },
        high: if successes == trials {
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
    let successes_of = Binomial::new(probability, trials as u64).expect("a probability");
    match successes {
        0 => 1.0,
        _ => successes_of.sf(successes as u64 - 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `scipy.stats.binom.sf`, as tests/recorded.py prints it.
    #[test]
    fn tails_are_scipys() {
        for (successes, trials, probability, expected) in [
            (30, 200, 0.115, 0.07853873551397247),
            (50, 200, 0.115, 8.678834269885273e-08),
            (0, 10, 0.5, 1.0),
        ] {
            let tail = binomial_tail(successes, trials, probability);
            assert!((tail - expected).abs() <= 1e-9 * expected, "{tail}");
        }
    }

    /// `scipy.stats.binomtest`, `proportion_ci` by Wilson, as tests/recorded.py prints it.
    #[test]
    fn agrees_with_scipy() {
        for (successes, trials, low, high) in [
            (
                9224,
                10000,
                0.916_992_588_256_269_3,
                0.927_483_009_920_183_2,
            ),
            (
                9999,
                10000,
                0.999_433_731_102_598_7,
                0.999_982_347_326_398_9,
            ),
            (10000, 10000, 0.999_616_001_629_323_4, 1.0),
            (0, 12, 0.0, 0.242_494_006_655_240_85),
            (5, 12, 0.193_260_313_658_756_6, 0.680_488_687_450_450_2),
        ] {
            let interval = wilson(successes, trials, 0.95);
            assert!(
                (interval.low - low).abs() < 1e-12,
                "{successes}/{trials}: {interval:?}"
            );
            assert!(
                (interval.high - high).abs() < 1e-12,
                "{successes}/{trials}: {interval:?}"
            );
        }
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
