//! The temperature that makes probabilities mean what they say.

use crate::probabilities::rows;
use serde::Serialize;

/// The temperature is searched for between e⁻⁵ and e⁵.
const BOUND: f64 = 5.0;

/// The samples that the prior counts for: with five, intervals of ln T from a hundred samples are too
/// narrow where T is 2; with one, twenty samples make a model too sure more often.
const PRIOR: f64 = 2.0;

/// A temperature, fitted to samples that the model has not learnt from.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Temperature {
    /// T: above 1 where the model is too sure of itself.
    pub value: f64,
    /// Standard error of ln T. `None` where the samples say nothing about it.
    pub log_error: Option<f64>,
    /// Whether T is at an end of what was searched, e⁻⁵ or e⁵: it would be still further away.
    pub at_bound: bool,
    /// Samples that it was fitted to.
    pub samples: usize,
}

impl Temperature {
    /// The T that minimises the log-loss of softmax(log p / T) (Guo et al. 2017) on these samples and on
    /// two more, which are wrong as often as the model itself says: their classes are drawn from its
    /// probabilities, on average over the samples. Where all samples are right, any confidence is too
    /// small, and T would run to 0 as far as it is let; what is wrong of the two stops it. They are a
    /// prior that T is 1, which a hundred samples outweigh.
    /// Fit to a hundred samples or more: of twenty, one T in five makes the log-loss of a model that needs
    /// none worse by 0.05 nats (`levels`).
    ///
    /// By bisection of the derivative to rounding: the loss is convex in 1/T. A truth of probability 0 has
    /// an infinite loss whatever T is: such samples are left out, and T is 1 if none are left, or none
    /// prefers a class. The error is that of the curvature of the loss. Shapes are as in
    /// [`log_loss`](crate::log_loss).
    ///
    /// # Panics
    /// If the slices do not fit each other.
    pub fn fit(log_probabilities: &[f32], labels: &[usize]) -> Self {
        let samples: Vec<(&[f32], usize)> = rows(log_probabilities, labels)
            .filter(|&(row, label)| row[label] > f32::NEG_INFINITY)
            .collect();
        let mut low = Curve::at(&samples, -BOUND);
        let mut high = Curve::at(&samples, BOUND);
        // `low` and `high` are of ln(1/T): a loss that still falls at an end has its least there.
        let end = |curve: &Curve, at_bound| curve.temperature(samples.len(), at_bound);
        if Curve::at(&samples, 0.0).information() <= f64::EPSILON {
            return end(&Curve::at(&samples, 0.0), false);
        } else if high.slope < 0.0 {
            return end(&high, true);
        } else if low.slope > 0.0 {
            return end(&low, true);
        }
        while high.place - low.place > 1e-12 {
            let middle = Curve::at(&samples, f64::midpoint(low.place, high.place));
            if middle.slope < 0.0 {
                low = middle;
            } else {
                high = middle;
            }
        }
        end(&high, false)
    }
}

/// [`Temperature::fit`]'s T alone.
///
/// # Panics
/// If the slices do not fit each other.
pub fn temperature(log_probabilities: &[f32], labels: &[usize]) -> f64 {
    Temperature::fit(log_probabilities, labels).value
}

/// The total loss at one ln(1/T): its slope and curvature in 1/T.
struct Curve {
    place: f64,
    slope: f64,
    curvature: f64,
}

impl Curve {
    fn at(samples: &[(&[f32], usize)], place: f64) -> Self {
        let (inverse, weight) = (place.exp(), PRIOR / samples.len().max(1) as f64);
        let (mut slope, mut curvature) = (0.0, 0.0);
        for &(row, label) in samples {
            let scaled = Moments::of(row, inverse);
            let itself = Moments::of(row, 1.0);
            // The sample, and its part of those of the prior.
            slope += scaled.mean - f64::from(row[label]) + weight * (scaled.mean - itself.mean);
            curvature += (1.0 + weight) * scaled.variance;
        }
        Self {
            place,
            slope,
            curvature,
        }
    }

    /// The curvature in ln T, where the slope is 0.
    fn information(&self) -> f64 {
        self.curvature * (2.0 * self.place).exp()
    }

    fn temperature(&self, samples: usize, at_bound: bool) -> Temperature {
        let information = self.information();
        Temperature {
            value: (-self.place).exp(),
            log_error: (information > f64::EPSILON && !at_bound).then(|| 1.0 / information.sqrt()),
            at_bound,
            samples,
        }
    }
}

/// Whether a temperature is at an end of what is searched: it would be still further away.
pub fn is_end_of_search(temperature: f64) -> bool {
    (temperature.ln().abs() - BOUND).abs() < 1e-9
}

/// Mean and variance of the log-probabilities of the classes, drawn from softmax(log p · inverse).
struct Moments {
    mean: f64,
    variance: f64,
}

impl Moments {
    fn of(row: &[f32], inverse: f64) -> Self {
        // Classes of probability 0 have none at any temperature.
        let logs = || {
            row.iter()
                .map(|&log| f64::from(log))
                .filter(|log| log.is_finite())
        };
        let largest = logs().fold(f64::NEG_INFINITY, f64::max);
        let (mut total, mut sum, mut squares) = (0.0, 0.0, 0.0);
        for distance in logs().map(|log| log - largest) {
            let weight = (distance * inverse).exp();
            total += weight;
            sum += weight * distance;
            squares += weight * distance * distance;
        }
        let mean = sum / total;
        Self {
            mean: largest + mean,
            variance: (squares / total - mean * mean).max(0.0),
        }
    }
}

/// Logarithms of softmax(log p / T), row by row of `images` rows.
///
/// # Panics
/// If the values are not a whole number of rows.
pub fn at_temperature(log_probabilities: &[f32], images: usize, temperature: f64) -> Vec<f32> {
    if images == 0 {
        return Vec::new();
    }
    let classes = log_probabilities.len() / images;
    assert_eq!(classes * images, log_probabilities.len(), "whole rows");
    let rows = log_probabilities.chunks_exact(classes);
    rows.flat_map(|row| {
        let total = log_total(row, temperature);
        row.iter()
            .map(move |&log| (f64::from(log) / temperature - total) as f32)
    })
    .collect()
}

/// log Σ exp(log p / T).
fn log_total(row: &[f32], temperature: f64) -> f64 {
    let logits = row.iter().map(|&log| f64::from(log) / temperature);
    let largest = logits.clone().fold(f64::NEG_INFINITY, f64::max);
    largest
        + logits
            .map(|logit| (logit - largest).exp())
            .sum::<f64>()
            .ln()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log_loss;
    use crate::recorded::{assert_close, forty, recorded};

    /// `scipy.optimize.minimize_scalar` of the same loss, and its second difference.
    #[test]
    fn the_temperature_is_that_of_scipy() {
        let (logs, labels) = forty();
        let [value, log_error, loss]: [f64; 3] = recorded("temperature");
        let found = Temperature::fit(&logs, &labels);
        assert!((found.value - value).abs() < 1e-6, "{found:?}");
        assert!(
            (found.log_error.unwrap() - log_error).abs() < 1e-4,
            "{found:?}"
        );
        assert!(!found.at_bound && found.samples == 40);
        let scaled = at_temperature(&logs, 40, found.value);
        assert!((log_loss(&scaled, &labels) - loss).abs() < 1e-6);
    }

    /// Two classes, told apart by a logit of 2: right on all of 20 samples, as on 97 of 100 others.
    #[test]
    fn separable_samples_do_not_make_it_too_sure() {
        let row = |right: bool| {
            let wrong = (1.0 + 2.0_f64.exp()).ln();
            let logs = [(2.0 - wrong) as f32, -wrong as f32];
            if right { logs } else { [logs[1], logs[0]] }
        };
        let (logs, labels) = ([row(true); 20].concat(), [0; 20]);
        let found = Temperature::fit(&logs, &labels);
        assert!(!found.at_bound && found.value > 0.3, "{found:?}");
        assert!(found.log_error.unwrap() > 0.1, "{found:?}");
        for (wrong, ratio) in [(0, 0.1), (3, 1.0), (5, 1.3)] {
            let others = [vec![row(true); 100 - wrong], vec![row(false); wrong]].concat();
            let others = others.concat();
            let before = log_loss(&others, &[0; 100]);
            let after = log_loss(&at_temperature(&others, 100, found.value), &[0; 100]);
            assert!(after < ratio * before, "{wrong}: {before} to {after}");
        }
    }

    #[test]
    fn a_truth_of_probability_zero_does_not_decide_the_temperature() {
        let (mut logs, mut labels) = forty();
        let without = temperature(&logs, &labels);
        let impossible = [0.0, f32::NEG_INFINITY, f32::NEG_INFINITY, f32::NEG_INFINITY];
        logs.extend(impossible);
        labels.push(1);
        assert_eq!(temperature(&logs, &labels), without);
        assert_eq!(temperature(&impossible, &[1]), 1.0);
        assert_eq!(temperature(&impossible, &[0]), 1.0);
    }

    #[test]
    fn samples_that_prefer_no_class_say_nothing() {
        let none = Temperature::fit(&[0.5_f32.ln(); 4], &[0, 1]);
        assert_eq!(
            (none.value, none.log_error, none.at_bound),
            (1.0, None, false)
        );
        // Always wrong: no temperature is high enough.
        let wrong = Temperature::fit(&[-0.1_f32, -2.35].repeat(50), &[1; 50]);
        assert!(wrong.at_bound && is_end_of_search(wrong.value), "{wrong:?}");
        assert!(!is_end_of_search(1.0));
        assert_close(wrong.value, BOUND.exp());
    }
}
