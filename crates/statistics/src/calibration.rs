//! Whether probabilities mean what they say.

use crate::moments::mean;
use crate::probabilities::rows;
use serde::Serialize;

/// Images whose prediction had a probability in one range.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ReliabilityBin {
    /// Images in it.
    pub images: usize,
    /// Mean probability of their predictions; 0 without images.
    pub confidence: f64,
    /// Share of them that are right; 0 without images.
    pub accuracy: f64,
}

/// Predictions by their probability, in `bins` ranges of equal width from 0 to 1: the reliability
/// diagram of `DeGroot` and Fienberg 1983. Takes logarithms of probabilities, shape (images, classes).
///
/// # Panics
/// If the slices do not fit each other, or `bins` is 0.
pub fn reliability(
    log_probabilities: &[f32],
    labels: &[usize],
    bins: usize,
) -> Vec<ReliabilityBin> {
    let mut sums = vec![(0_usize, 0.0, 0_usize); bins];
    for (bin, confidence, right) in confidences(log_probabilities, labels, bins) {
        sums[bin].0 += 1;
        sums[bin].1 += confidence;
        sums[bin].2 += usize::from(right);
    }
    let bin = |(images, confidence, right): (usize, f64, usize)| {
        let count = images.max(1) as f64;
        ReliabilityBin {
            images,
            confidence: confidence / count,
            accuracy: right as f64 / count,
        }
    };
    sums.into_iter().map(bin).collect()
}

/// For every image the probability of its prediction, the range of [`reliability`] that it is in,
/// first, and whether it is right, last.
///
/// # Panics
/// If the slices do not fit each other, or `bins` is 0.
pub fn confidences<'a>(
    log_probabilities: &'a [f32],
    labels: &'a [usize],
    bins: usize,
) -> impl Iterator<Item = (usize, f64, bool)> {
    rows(log_probabilities, labels).map(move |(row, label)| {
        let best = (0..row.len()).fold(
            0,
            |best, class| if row[class] > row[best] { class } else { best },
        );
        let confidence = f64::from(row[best]).exp();
        // (0, 1/bins], (1/bins, 2/bins], …: a probability on an edge belongs below it.
        let bin = ((confidence * bins as f64).ceil() as usize).clamp(1, bins) - 1;
        (bin, confidence, best == label)
    })
}

/// The expected calibration error (Naeini, Cooper and Hauskrecht 2015): the distance between
/// confidence and accuracy, averaged over the images.
pub fn expected_calibration_error(bins: &[ReliabilityBin]) -> f64 {
    let images: usize = bins.iter().map(|bin| bin.images).sum();
    let distance: f64 = bins
        .iter()
        .map(|bin| bin.images as f64 * (bin.confidence - bin.accuracy).abs())
        .sum();
    distance / images.max(1) as f64
}

/// The temperature T that minimises the log-loss of softmax(log p / T) (Guo et al. 2017): above 1
/// where a model is too sure of itself. Golden-section search of ln T in [−5, 5] to 1e-6: the loss
/// is convex in 1/T. A truth of probability 0 has an infinite loss whatever T is: such images are left
/// out, and T is 1 if none are left.
///
/// # Panics
/// If the slices do not fit each other.
pub fn temperature(log_probabilities: &[f32], labels: &[usize]) -> f64 {
    let images: Vec<(&[f32], usize)> = rows(log_probabilities, labels)
        .filter(|&(row, label)| row[label] > f32::NEG_INFINITY)
        .collect();
    if images.is_empty() {
        return 1.0;
    }
    // In f64 throughout: rounded to f32, the loss is flat over 1e-3 around its minimum.
    let loss =
        |log_temperature: f64| {
            let temperature = log_temperature.exp();
            mean(images.iter().map(|&(row, label)| {
                log_total(row, temperature) - f64::from(row[label]) / temperature
            }))
        };
    let golden = (5.0_f64.sqrt() - 1.0) / 2.0;
    let (mut low, mut high) = (-5.0, 5.0);
    let (mut left, mut right) = (high - golden * (high - low), low + golden * (high - low));
    let (mut at_left, mut at_right) = (loss(left), loss(right));
    while high - low > 1e-6 {
        if at_left <= at_right {
            (high, right, at_right) = (right, left, at_left);
            left = high - golden * (high - low);
            at_left = loss(left);
        } else {
            (low, left, at_left) = (left, right, at_right);
            right = low + golden * (high - low);
            at_right = loss(right);
        }
    }
    f64::midpoint(low, high).exp()
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
    use crate::recorded::forty;

    /// tests/recorded.py, in NumPy as the papers define them; the temperature by
    /// `scipy.optimize.minimize_scalar`.
    #[test]
    fn calibration_is_as_the_papers_define_it() {
        let (logs, labels) = forty();
        let bins = reliability(&logs, &labels, 15);
        assert_eq!(bins.iter().map(|bin| bin.images).sum::<usize>(), 40);
        let error = expected_calibration_error(&bins);
        assert!((error - 0.20073871399091844).abs() < 1e-6, "{error}");
        let temperature = temperature(&logs, &labels);
        assert!(
            (temperature - 1.6603086165274736).abs() < 1e-4,
            "{temperature}"
        );
        let scaled = at_temperature(&logs, 40, temperature);
        let loss = log_loss(&scaled, &labels);
        assert!((loss - 1.2114579164186965).abs() < 1e-6, "{loss}");
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
    }

    #[test]
    fn a_probability_of_one_is_in_the_last_bin() {
        let bins = reliability(&[0.0, f32::NEG_INFINITY], &[0], 10);
        assert_eq!((bins[9].images, bins[9].accuracy), (1, 1.0));
        assert_eq!(expected_calibration_error(&bins), 0.0);
        assert_eq!(expected_calibration_error(&[]), 0.0);
    }
}
