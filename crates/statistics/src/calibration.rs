//! Whether probabilities mean what they say.

use crate::moments::mean;
use crate::probabilities::rows;
use crate::several::Test;
use serde::Serialize;
use statrs::distribution::{Continuous, ContinuousCDF, Normal};

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
        (bin_of(confidence, bins), confidence, best == label)
    })
}

/// (0, 1/bins], (1/bins, 2/bins], …: a probability on an edge belongs below it.
fn bin_of(probability: f64, bins: usize) -> usize {
    ((probability * bins as f64).ceil() as usize).clamp(1, bins) - 1
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

/// The expected calibration error less what chance adds to it: bins of few samples are apart from the
/// truth even where probabilities mean what they say. Of each bin the mean distance is taken that a
/// normal number with the observed distance as its mean, and the standard error of the accuracy, would
/// have, less the distance (Kumar, Liang and Ma 2019, there by simulation). At least 0.
pub fn debiased_calibration_error(bins: &[ReliabilityBin]) -> f64 {
    let samples: usize = bins.iter().map(|bin| bin.images).sum();
    let normal = Normal::standard();
    let of_bin = |bin: &ReliabilityBin| {
        let distance = (bin.confidence - bin.accuracy).abs();
        let error = (bin.accuracy * (1.0 - bin.accuracy) / bin.images.max(1) as f64).sqrt();
        if error == 0.0 {
            return bin.images as f64 * distance;
        }
        let ratio = distance / error;
        let folded = error * 2.0 * normal.pdf(ratio) + distance * (1.0 - 2.0 * normal.sf(ratio));
        bin.images as f64 * (2.0 * distance - folded)
    };
    let sum: f64 = bins.iter().map(of_bin).sum();
    (sum / samples.max(1) as f64).max(0.0)
}

/// The class-wise calibration error (Kull et al. 2019): of each class, samples by their probability of
/// it, in `bins` ranges; the distance between that and how many are of the class, averaged over samples
/// and classes. It sees what confidences hide: that one class is too probable and another too little.
/// Shapes are as in [`reliability`].
///
/// # Panics
/// If the slices do not fit each other, or `bins` is 0.
pub fn class_calibration_error(log_probabilities: &[f32], labels: &[usize], bins: usize) -> f64 {
    let classes = log_probabilities.len() / labels.len().max(1);
    let of_class = |class: usize| {
        let mut sums = vec![0.0; bins];
        for (row, label) in rows(log_probabilities, labels) {
            let probability = f64::from(row[class]).exp();
            sums[bin_of(probability, bins)] += probability - f64::from(u8::from(label == class));
        }
        sums.iter().map(|sum: &f64| sum.abs()).sum::<f64>() / labels.len().max(1) as f64
    };
    mean((0..classes).map(of_class))
}

/// Spiegelhalter's test (Spiegelhalter 1986), whether as many are right as the confidences say, two-sided:
/// Σ(y − p)(1 − 2p) over its standard deviation √Σ(1 − 2p)²p(1 − p), which is normal for many samples.
/// `None` where all confidences are 0, ½ or 1.
///
/// # Panics
/// If the slices differ in length.
pub fn spiegelhalter(confidences: &[f64], right: &[bool]) -> Option<Test> {
    assert_eq!(confidences.len(), right.len(), "one confidence per sample");
    let (mut sum, mut variance) = (0.0, 0.0);
    for (&p, &right) in confidences.iter().zip(right) {
        let tilt = 1.0 - 2.0 * p;
        sum += (f64::from(u8::from(right)) - p) * tilt;
        variance += tilt * tilt * p * (1.0 - p);
    }
    let statistic = sum / variance.sqrt();
    (variance > 0.0).then(|| Test {
        statistic,
        p: 2.0 * Normal::standard().sf(statistic.abs()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recorded::{assert_close, forty, recorded};

    /// NumPy, as the papers define them.
    #[test]
    fn calibration_is_as_the_papers_define_it() {
        let (logs, labels) = forty();
        let bins = reliability(&logs, &labels, 15);
        assert_eq!(bins.iter().map(|bin| bin.images).sum::<usize>(), 40);
        let [plain, debiased, classes]: [f64; 3] = recorded("calibration_errors");
        assert_close(expected_calibration_error(&bins), plain);
        assert_close(debiased_calibration_error(&bins), debiased);
        assert_close(class_calibration_error(&logs, &labels, 15), classes);
        let [statistic, p]: [f64; 2] = recorded("spiegelhalter");
        let (confidence, right): (Vec<f64>, Vec<bool>) = confidences(&logs, &labels, 15)
            .map(|(_, confidence, right)| (confidence, right))
            .unzip();
        let test = spiegelhalter(&confidence, &right).unwrap();
        assert_close(test.statistic, statistic);
        assert_close(test.p, p);
        assert_eq!(spiegelhalter(&[1.0, 0.5], &[true, false]), None);
    }

    #[test]
    fn chance_is_taken_from_the_error() {
        let bin = |images, confidence, accuracy| ReliabilityBin {
            images,
            confidence,
            accuracy,
        };
        assert_eq!(debiased_calibration_error(&[bin(10, 0.5, 0.5)]), 0.0);
        let many = [bin(1_000_000, 0.6, 0.5)];
        assert_close(debiased_calibration_error(&many), 0.1);
        assert_eq!(debiased_calibration_error(&[]), 0.0);
    }

    #[test]
    fn a_probability_of_one_is_in_the_last_bin() {
        let bins = reliability(&[0.0, f32::NEG_INFINITY], &[0], 10);
        assert_eq!((bins[9].images, bins[9].accuracy), (1, 1.0));
        assert_eq!(expected_calibration_error(&bins), 0.0);
        assert_eq!(expected_calibration_error(&[]), 0.0);
    }
}
