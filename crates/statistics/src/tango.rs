//! The interval of the difference between two accuracies on the same samples.

use crate::Interval;
use statrs::distribution::{ContinuousCDF, Normal};

/// The score interval of the difference between two paired proportions (Tango 1998): of `samples`
/// samples, the first classifier alone is right on `only_first` and the second alone on `only_second`.
/// It holds every δ with |b − c − nδ| ≤ z √(n(2q + δ(1 − δ))), where q is the most likely share of
/// samples that only the second gets right, if the difference is δ.
///
/// Its width is not 0 where the two never differ, and it never leaves [−1, 1]. Without samples it is
/// all of [−1, 1].
///
/// # Panics
/// If more samples differ than there are, or `confidence` is not in (0, 1).
pub fn tango(only_first: usize, only_second: usize, samples: usize, confidence: f64) -> Interval {
    assert!(
        only_first + only_second <= samples,
        "{only_first} and {only_second} of {samples} samples"
    );
    assert!(
        confidence > 0.0 && confidence < 1.0,
        "confidence {confidence}"
    );
    if samples == 0 {
        return Interval {
            low: -1.0,
            high: 1.0,
        };
    }
    let z = Normal::standard().inverse_cdf(f64::midpoint(1.0, confidence));
    let high = |b: usize, c: usize| upper_end(b as f64, c as f64, samples as f64, z);
    Interval {
        low: -high(only_second, only_first),
        high: high(only_first, only_second),
    }
}

/// The largest δ of the interval, by bisection between the observed difference and 1.
fn upper_end(b: f64, c: f64, n: f64, z: f64) -> f64 {
    let is_inside = |delta: f64| {
        let distance = n * delta - (b - c);
        let variance = n * (2.0 * only_second_if(delta, b, c, n) + delta * (1.0 - delta));
        distance * distance <= z * z * variance
    };
    let (mut low, mut high) = ((b - c) / n, 1.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if is_inside(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

/// The most likely share of samples that only the second gets right, if the difference is `delta`:
/// the root of 2nq² + Bq + C = 0 (Tango 1998), written so that no digits cancel.
fn only_second_if(delta: f64, b: f64, c: f64, n: f64) -> f64 {
    let linear = (2.0 * n - b + c) * delta - b - c;
    let constant = -c * delta * (1.0 - delta);
    let root = (linear * linear - 8.0 * n * constant).max(0.0).sqrt();
    if linear > 0.0 {
        -2.0 * constant / (root + linear)
    } else {
        (root - linear) / (4.0 * n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recorded::recorded;

    /// Against a likelihood that is maximised numerically, by `scipy.optimize`.
    #[test]
    fn the_interval_is_tangos() {
        let cases: Vec<(usize, usize, usize, f64, f64, f64)> = recorded("tango");
        for (b, c, n, confidence, low, high) in cases {
            let found = tango(b, c, n, confidence);
            assert!((found.low - low).abs() < 1e-7, "{b} {c} {n}: {found:?}");
            assert!((found.high - high).abs() < 1e-7, "{b} {c} {n}: {found:?}");
            let other = tango(c, b, n, confidence);
            assert_eq!((other.low, other.high), (-found.high, -found.low));
        }
    }

    #[test]
    fn the_ends_are_where_they_can_be() {
        let [low, high] = [-1.0, 1.0];
        assert_eq!(tango(0, 0, 0, 0.95), Interval { low, high });
        assert_eq!(tango(1, 0, 1, 0.95).high, 1.0);
        assert!(tango(1, 0, 1, 0.95).low > -1.0);
        let equal = tango(0, 0, 20, 0.95);
        assert!(equal.high > 0.16 && equal.low == -equal.high, "{equal:?}");
    }
}
