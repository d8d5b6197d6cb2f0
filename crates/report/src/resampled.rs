//! Metrics of a model on test sets drawn with replacement.

use crate::metrics::{BINS, Judged};
use crate::summary::CONFIDENCE;
use serde::Serialize;
use statistics::{
    ConfusionMatrix, Interval, PairedBootstrap, brier_scores, confidences, log_losses, ranks,
    roc_auc_influences,
};

/// Test sets drawn for the intervals.
const DRAWS: usize = 2_000;

/// The metrics of predictions that are drawn again, by their names in `report.json`.
const OF_PREDICTIONS: [&str; 10] = [
    "accuracy",
    "balanced_accuracy",
    "macro_precision",
    "macro_recall",
    "macro_f1",
    "weighted_precision",
    "weighted_recall",
    "weighted_f1",
    "cohen_kappa",
    "matthews_correlation",
];

/// Those of probabilities.
const OF_PROBABILITIES: [&str; 6] = [
    "log_loss",
    "brier",
    "top_2_accuracy",
    "top_3_accuracy",
    "roc_auc",
    "expected_calibration_error",
];

/// How two models differ in one metric.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MetricDifference {
    /// Its name among the `metrics` of a model.
    pub metric: &'static str,
    /// First − second.
    pub difference: f64,
    /// Its 95 % interval, from a paired bootstrap.
    pub interval: Interval,
}

/// What each image adds to the metrics of a model.
#[derive(Debug, Clone)]
pub(crate) struct Resampled {
    classes: usize,
    /// Cell of the confusion matrix, row by row, of each image.
    cells: Vec<usize>,
    probabilities: Option<Scores>,
}

#[derive(Debug, Clone)]
struct Scores {
    /// Of each image: log-loss, Brier score, whether the truth is among the two and three most
    /// probable, and what it adds to the area under the curve.
    of_images: Vec<[f64; 5]>,
    /// The area under the curve, of which a drawn test set has, to first order, what its images add.
    /// Two thousand areas computed anew take longer than all other metrics together. NaN where all
    /// images are of one class.
    roc_auc: f64,
    /// Images by the probability of their prediction, each with how much too sure it is.
    bins: Vec<Vec<(usize, f64)>>,
}

impl Resampled {
    pub(crate) fn new(judged: &Judged, classes: usize) -> Self {
        let pairs = judged.labels.iter().zip(&judged.predictions);
        let logs = judged.log_probabilities.as_deref();
        Self {
            classes,
            cells: pairs
                .map(|(truth, predicted)| truth * classes + predicted)
                .collect(),
            probabilities: logs.map(|logs| Scores::new(logs, &judged.labels)),
        }
    }

    /// The names of [`Self::values`].
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        let of_probabilities = self.probabilities.iter().flat_map(|_| OF_PROBABILITIES);
        OF_PREDICTIONS.into_iter().chain(of_probabilities)
    }

    /// The metrics of a test set that has every image so many times.
    pub(crate) fn values(&self, times: &[u32]) -> Vec<f64> {
        let confusion = self.confusion(times);
        let (macros, weighted) = (confusion.macro_average(), confusion.weighted_average());
        let mut values = vec![
            confusion.accuracy(),
            confusion.balanced_accuracy(),
            macros.precision,
            macros.recall,
            macros.f1,
            weighted.precision,
            weighted.recall,
            weighted.f1,
            confusion.kappa(),
            confusion.matthews(),
        ];
        if let Some(scores) = &self.probabilities {
            values.extend(scores.values(times));
        }
        values
    }

    fn confusion(&self, times: &[u32]) -> ConfusionMatrix {
        let mut counts = vec![0; self.classes * self.classes];
        for (&cell, &times) in self.cells.iter().zip(times) {
            counts[cell] += times as usize;
        }
        ConfusionMatrix::from_counts(counts.chunks(self.classes).map(<[usize]>::to_vec).collect())
    }
}

impl Scores {
    fn new(log_probabilities: &[f32], labels: &[usize]) -> Self {
        let share = |found: bool| f64::from(u8::from(found));
        let (roc_auc, influences) = roc_auc_influences(log_probabilities, labels)
            .unwrap_or_else(|| (f64::NAN, vec![0.0; labels.len()]));
        let of_images = log_losses(log_probabilities, labels)
            .zip(brier_scores(log_probabilities, labels))
            .zip(ranks(log_probabilities, labels))
            .zip(influences)
            .map(|(((loss, brier), rank), influence)| {
                [loss, brier, share(rank < 2), share(rank < 3), influence]
            })
            .collect();
        let mut bins = vec![Vec::new(); BINS];
        let of_predictions = confidences(log_probabilities, labels, BINS);
        for (image, (bin, confidence, right)) in of_predictions.enumerate() {
            bins[bin].push((image, confidence - share(right)));
        }
        Self {
            of_images,
            roc_auc,
            bins,
        }
    }

    /// Of a test set that has every image so many times: in the order of [`OF_PROBABILITIES`].
    fn values(&self, times: &[u32]) -> [f64; 6] {
        // Spelt out: as a loop over four sums, this is three times as slow in the dev profile.
        let [mut log_loss, mut brier, mut top_2, mut top_3, mut influence] = [0.0; 5];
        for (scores, &times) in self.of_images.iter().zip(times) {
            // The loss may be infinite, and is not there in a test set without the image.
            if times == 0 {
                continue;
            }
            let times = f64::from(times);
            log_loss += times * scores[0];
            brier += times * scores[1];
            top_2 += times * scores[2];
            top_3 += times * scores[3];
            influence += times * scores[4];
        }
        let too_sure = |bin: &Vec<(usize, f64)>| {
            let of_images = bin
                .iter()
                .map(|&(image, too_sure)| f64::from(times[image]) * too_sure);
            of_images.sum::<f64>().abs()
        };
        let miscalibrated: f64 = self.bins.iter().map(too_sure).sum();
        let images = f64::from(times.iter().sum::<u32>()).max(1.0);
        let [log_loss, brier, top_2, top_3, miscalibrated] =
            [log_loss, brier, top_2, top_3, miscalibrated].map(|sum| sum / images);
        let roc_auc = self.roc_auc + influence;
        [log_loss, brier, top_2, top_3, roc_auc, miscalibrated]
    }
}

/// The metrics of several models on the same drawn test sets.
pub(crate) struct Redrawn<'a> {
    models: &'a [&'a Resampled],
    /// Of all models one after another: on the test set itself, and on those drawn from it.
    values: Vec<f64>,
    bootstrap: PairedBootstrap,
}

impl<'a> Redrawn<'a> {
    /// # Panics
    /// If there are no models, or no images.
    pub(crate) fn new(models: &'a [&'a Resampled], seed: u64) -> Self {
        let images = models[0].cells.len();
        let of_all = |times: &[u32]| {
            models
                .iter()
                .flat_map(|model| model.values(times))
                .collect()
        };
        Self {
            models,
            values: of_all(&vec![1; images]),
            bootstrap: PairedBootstrap::new(images, DRAWS, seed, of_all),
        }
    }

    /// How two models differ in every metric that both have, accuracy first. Of two losses that are both
    /// infinite there is no difference.
    pub(crate) fn differences(&self, first: usize, second: usize) -> Vec<MetricDifference> {
        let column = |model: usize| {
            let before = &self.models[..model];
            before
                .iter()
                .map(|model| model.names().count())
                .sum::<usize>()
        };
        let (a, b) = (column(first), column(second));
        let shared = self.models[first].names().zip(self.models[second].names());
        let differ = |(metric, (name, _)): (usize, (&'static str, _))| MetricDifference {
            metric: name,
            difference: self.values[a + metric] - self.values[b + metric],
            interval: self
                .bootstrap
                .difference(a + metric, b + metric, CONFIDENCE),
        };
        let differences = shared.enumerate().map(differ);
        differences.filter(|of| !of.difference.is_nan()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Drawn once each, the images have the metrics that the report prints.
    #[test]
    fn every_image_once_is_the_test_set() {
        let probabilities = [
            [0.7_f32, 0.2, 0.1],
            [0.1, 0.3, 0.6],
            [0.45, 0.35, 0.2],
            [0.05, 0.9, 0.05],
            [0.3, 0.3, 0.4],
        ];
        let judged = Judged {
            labels: vec![0, 2, 1, 1, 0],
            predictions: vec![0, 2, 0, 1, 2],
            log_probabilities: Some(probabilities.concat().into_iter().map(f32::ln).collect()),
        };
        let confusion = judged.confusion(3);
        let metrics = serde_json::to_value(judged.metrics(&confusion)).unwrap();
        let resampled = Resampled::new(&judged, 3);
        let values = resampled.values(&[1; 5]);
        assert_eq!(values.len(), resampled.names().count());
        assert_eq!(values[0], confusion.accuracy());
        for (name, value) in resampled.names().zip(values).skip(1) {
            let expected = metrics[name].as_f64().expect(name);
            assert!(
                (value - expected).abs() < 1e-12,
                "{name}: {value}, {expected}"
            );
        }
        // An image twice is two images.
        let twice = Judged {
            labels: vec![0, 0, 1],
            predictions: vec![0, 0, 0],
            log_probabilities: Some(
                [probabilities[0], probabilities[0], probabilities[2]]
                    .concat()
                    .into_iter()
                    .map(f32::ln)
                    .collect(),
            ),
        };
        let (of_times, of_images) = (
            resampled.values(&[2, 0, 1, 0, 0]),
            Resampled::new(&twice, 3).values(&[1; 3]),
        );
        let names = resampled.names();
        // The area under the curve is only approximated.
        for ((name, a), b) in names
            .zip(of_times)
            .zip(of_images)
            .filter(|((name, _), _)| *name != "roc_auc")
        {
            assert!((a - b).abs() < 1e-12, "{name}: {a}, {b}");
        }
    }

    #[test]
    fn an_infinite_loss_counts_where_its_image_was_drawn() {
        let log_probabilities = [0.0, f32::NEG_INFINITY, 0.5_f32.ln(), 0.5_f32.ln()];
        let judged = Judged {
            labels: vec![1, 1],
            predictions: vec![0, 0],
            log_probabilities: Some(log_probabilities.to_vec()),
        };
        assert_eq!(judged.metrics(&judged.confusion(2)).roc_auc, None);
        let resampled = Resampled::new(&judged, 2);
        let log_loss = |times: &[u32]| resampled.values(times)[OF_PREDICTIONS.len()];
        assert!((log_loss(&[0, 2]) - 2.0_f64.ln()).abs() < 1e-7);
        assert_eq!(log_loss(&[1, 1]), f64::INFINITY);
        // Neither ∞ − ∞ nor an area under a curve that there is not.
        let differences = Redrawn::new(&[&resampled; 2], 1).differences(0, 1);
        let names: Vec<&str> = differences.iter().map(|of| of.metric).collect();
        assert!(
            !names.contains(&"log_loss") && !names.contains(&"roc_auc"),
            "{names:?}"
        );
        assert!(names.contains(&"brier"), "{names:?}");
    }

    #[test]
    fn without_probabilities_only_predictions_count() {
        let judged = Judged {
            labels: vec![0, 1],
            predictions: vec![0, 0],
            log_probabilities: None,
        };
        let resampled = Resampled::new(&judged, 2);
        assert_eq!(resampled.names().last(), Some("matthews_correlation"));
        assert_eq!(resampled.values(&[3, 1])[0], 0.75);
    }
}
