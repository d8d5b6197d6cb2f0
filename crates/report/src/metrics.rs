//! Everything that the predictions of a model say about it.

use crate::summary::CONFIDENCE;
use crate::summary::Status;
use crate::{Cell, FitRecord, Fitted, Outcome, Protocol, Records, RunRecord};
use serde::Serialize;
use statistics::{
    ConfusionMatrix, CorrelatedDifferences, Interval, ReliabilityBin, brier,
    expected_calibration_error, log_loss, reliability, roc_auc, top_k_accuracy, wilson,
};
use std::collections::{BTreeMap, BTreeSet};

/// Ranges of probability in a reliability diagram: 15, as Guo et al. 2017 have it.
pub(crate) const BINS: usize = 15;

/// Metrics of predictions. Those of probabilities are absent where the model has none.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Metrics {
    /// Mean recall of the classes.
    pub balanced_accuracy: f64,
    /// Mean precision of the classes.
    pub macro_precision: f64,
    /// Mean recall of the classes that occur as truth or prediction.
    pub macro_recall: f64,
    /// Mean F1 of the classes.
    pub macro_f1: f64,
    /// Precision, each class as heavy as it is frequent.
    pub weighted_precision: f64,
    /// Recall, likewise.
    pub weighted_recall: f64,
    /// F1, likewise.
    pub weighted_f1: f64,
    /// Cohen's κ.
    pub cohen_kappa: f64,
    /// Matthews correlation.
    pub matthews_correlation: f64,
    /// Mean negative log-probability of the truth, in nats.
    pub log_loss: Option<f64>,
    /// Brier score, from 0 to 2.
    pub brier: Option<f64>,
    /// Share of images whose truth is among the two most probable classes.
    pub top_2_accuracy: Option<f64>,
    /// Share of images whose truth is among the three most probable classes.
    pub top_3_accuracy: Option<f64>,
    /// Area under the receiver operating characteristic, one class against the rest, the mean. Absent
    /// where all images are of one class, too.
    pub roc_auc: Option<f64>,
    /// Mean distance between confidence and accuracy.
    pub expected_calibration_error: Option<f64>,
    /// Predictions by their probability; empty without probabilities.
    pub reliability: Vec<ReliabilityBin>,
}

/// The images that a model was judged on, with what it made of them.
pub(crate) struct Judged {
    pub(crate) labels: Vec<usize>,
    pub(crate) predictions: Vec<usize>,
    pub(crate) log_probabilities: Option<Vec<f32>>,
}

impl Judged {
    /// Joins what was predicted with the truth: of the fit with the first seed, or of all folds.
    pub(crate) fn new(run: &RunRecord, fits: &[Fit]) -> Self {
        let count = if run.protocol.folds == 0 {
            1
        } else {
            fits.len()
        };
        let mut all = Self {
            labels: Vec::new(),
            predictions: Vec::new(),
            log_probabilities: Some(Vec::new()),
        };
        for Fit { cell, fitted, .. } in &fits[..count] {
            all.labels.extend(run.labels_of(*cell));
            all.predictions
                .extend(fitted.predictions.iter().map(|&class| usize::from(class)));
            match (&mut all.log_probabilities, &fitted.log_probabilities) {
                (Some(all), Some(more)) => all.extend_from_slice(more),
                (all, _) => *all = None,
            }
        }
        all
    }

    pub(crate) fn confusion(&self, classes: usize) -> ConfusionMatrix {
        ConfusionMatrix::count(&self.labels, &self.predictions, classes)
    }

    pub(crate) fn metrics(&self, confusion: &ConfusionMatrix) -> Metrics {
        let (macros, weighted) = (confusion.macro_average(), confusion.weighted_average());
        let logs = self.log_probabilities.as_deref();
        let score =
            |metric: fn(&[f32], &[usize]) -> f64| logs.map(|logs| metric(logs, &self.labels));
        let reliability = logs.map(|logs| reliability(logs, &self.labels, BINS));
        Metrics {
            balanced_accuracy: confusion.balanced_accuracy(),
            macro_precision: macros.precision,
            macro_recall: macros.recall,
            macro_f1: macros.f1,
            weighted_precision: weighted.precision,
            weighted_recall: weighted.recall,
            weighted_f1: weighted.f1,
            cohen_kappa: confusion.kappa(),
            matthews_correlation: confusion.matthews(),
            log_loss: score(log_loss),
            brier: score(brier),
            top_2_accuracy: score(|logs, labels| top_k_accuracy(logs, labels, 2)),
            top_3_accuracy: score(|logs, labels| top_k_accuracy(logs, labels, 3)),
            roc_auc: logs.and_then(|logs| roc_auc(logs, &self.labels)),
            expected_calibration_error: reliability.as_deref().map(expected_calibration_error),
            reliability: reliability.unwrap_or_default(),
        }
    }
}

impl RunRecord {
    /// The share of images that a fit got right; `None` if it did not finish.
    pub fn accuracy(&self, record: &FitRecord) -> Option<f64> {
        let Outcome::Finished(fitted) = &record.outcome else {
            return None;
        };
        Some(share(&self.right(record.cell, &fitted.predictions)))
    }

    /// Whether each image that a fit was judged on is predicted right.
    pub(crate) fn right(&self, cell: Cell, predictions: &[u16]) -> Vec<bool> {
        let labels = self.labels_of(cell).into_iter();
        labels
            .zip(predictions)
            .map(|(truth, &predicted)| truth == usize::from(predicted))
            .collect()
    }

    /// The images that a fit was judged on: index and label.
    pub(crate) fn judged(&self, cell: Cell) -> Vec<(usize, usize)> {
        let labels = self.labels.iter().map(|&label| usize::from(label));
        let images = labels.enumerate();
        match self.folds.get(cell.repeat) {
            None => images.collect(),
            Some(folds) => images
                .zip(&folds.0)
                .filter(|(_, fold)| usize::from(**fold) == cell.fold)
                .map(|(image, _)| image)
                .collect(),
        }
    }

    /// The labels of the images that a fit was judged on.
    pub(crate) fn labels_of(&self, cell: Cell) -> Vec<usize> {
        self.judged(cell)
            .into_iter()
            .map(|(_, label)| label)
            .collect()
    }
}

impl Records {
    /// The images that some model got wrong with the first seed, ascending. Not for folds.
    pub fn wrong(&self) -> Vec<u32> {
        let mut wrong = BTreeSet::new();
        for record in &self.fits {
            let is_first = record.cell.train_images.is_none() && record.cell.seed == self.run.seed;
            if let (true, Outcome::Finished(fitted)) = (is_first, &record.outcome) {
                let pairs = self.run.labels.iter().zip(&fitted.predictions).enumerate();
                let differing = pairs.filter(|(_, (truth, predicted))| truth != predicted);
                wrong.extend(differing.map(|(image, _)| image as u32));
            }
        }
        wrong.into_iter().collect()
    }
}

/// One fit of several.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FitSummary {
    /// Repetition of cross-validation, from 0; 0 without.
    pub repeat: usize,
    /// Fold that was judged, from 0; 0 without.
    pub fold: usize,
    /// Its seed.
    pub seed: u64,
    /// Images that it learnt from.
    pub train_images: usize,
    /// Images that it was judged on.
    pub judged_images: usize,
    /// Share of the images that are right.
    pub accuracy: f64,
    /// Mean negative log-probability of the truth, in nats.
    pub log_loss: Option<f64>,
    /// Its own training time.
    pub fit_seconds: f64,
}

impl FitSummary {
    /// `all` is how many images the fit learnt from unless its cell says otherwise.
    pub(crate) fn new(run: &RunRecord, fit: &Fit, all: usize) -> Self {
        let (cell, fitted) = (fit.cell, &fit.fitted);
        let labels = run.labels_of(cell);
        Self {
            repeat: cell.repeat,
            fold: cell.fold,
            seed: cell.seed,
            train_images: cell.train_images.unwrap_or(all),
            judged_images: labels.len(),
            accuracy: share(&fit.right(run)),
            log_loss: fitted
                .log_probabilities
                .as_ref()
                .map(|logs| log_loss(logs, &labels)),
            fit_seconds: fitted.fit_seconds,
        }
    }
}

impl Fit {
    /// Whether each image that it was judged on is right.
    pub(crate) fn right(&self, run: &RunRecord) -> Vec<bool> {
        run.right(self.cell, &self.fitted.predictions)
    }
}

/// The share of images that are right; 0 without images.
fn share(right: &[bool]) -> f64 {
    let count = right.iter().filter(|right| **right).count();
    count as f64 / right.len().max(1) as f64
}

/// Images that only the first, and only the second got right.
pub(crate) fn only_right(first: &[bool], second: &[bool]) -> (usize, usize) {
    let only = |a: &[bool], b: &[bool]| a.iter().zip(b).filter(|(a, b)| **a && !**b).count();
    (only(first, second), only(second, first))
}

/// The interval of the accuracy: over correlated folds, or Wilson's over the images where there are no
/// folds or the accuracy is the same in each.
pub(crate) fn accuracy_interval(
    protocol: Protocol,
    confusion: &ConfusionMatrix,
    fits: &[FitSummary],
) -> Interval {
    let accuracies: Vec<f64> = fits.iter().map(|fit| fit.accuracy).collect();
    match CorrelatedDifferences::new(&accuracies, test_to_train(fits)) {
        Some(folds) if protocol.folds > 0 => folds.interval(CONFIDENCE),
        _ => {
            // Each image counts once, however often it was judged.
            let times = protocol.repeats.max(1);
            let (right, images) = (confusion.correct() / times, confusion.total() / times);
            wilson(right, images, CONFIDENCE)
        }
    }
}

/// How two models differ in accuracy on each fold, first − second, and on average over these folds that
/// share training images; `None` where all show the same difference.
pub(crate) fn over_folds(
    first: &[FitSummary],
    second: &[FitSummary],
) -> (Vec<f64>, Option<CorrelatedDifferences>) {
    let folds = first.iter().zip(second);
    let differences: Vec<f64> = folds.map(|(a, b)| a.accuracy - b.accuracy).collect();
    // The larger ratio of the two, if one of them was trained on fewer images.
    let ratio = test_to_train(first.iter().chain(second));
    let average = CorrelatedDifferences::new(&differences, ratio);
    (differences, average)
}

/// Judged images for each training image, the most of any fit: the larger, the less the folds show.
fn test_to_train<'a>(fits: impl IntoIterator<Item = &'a FitSummary>) -> f64 {
    fits.into_iter()
        .map(|fit| fit.judged_images as f64 / fit.train_images.max(1) as f64)
        .fold(0.0, f64::max)
}

/// A fit that finished.
pub(crate) struct Fit {
    pub(crate) cell: Cell,
    pub(crate) machine: String,
    pub(crate) fitted: Box<Fitted>,
}

/// All fits of a model in the order of their cells, the last of several records of a cell; or why
/// there are too few.
pub(crate) fn finished(
    records: Vec<FitRecord>,
    planned: usize,
) -> Result<Vec<Fit>, (Status, Option<String>)> {
    let cells: BTreeMap<Cell, FitRecord> = records
        .into_iter()
        .map(|record| (record.cell, record))
        .collect();
    let mut fits = Vec::new();
    for (cell, record) in cells {
        match record.outcome {
            Outcome::Finished(fitted) => fits.push(Fit {
                cell,
                machine: record.machine,
                fitted,
            }),
            Outcome::Failed { reason } => return Err((Status::Failed, Some(reason))),
            Outcome::Cancelled => return Err((Status::Cancelled, None)),
        }
    }
    if fits.len() < planned {
        let reason = (!fits.is_empty()).then(|| format!("{} of {planned} fits", fits.len()));
        return Err((Status::Missing, reason));
    }
    Ok(fits)
}
