//! What a model answered to each image that it was judged on.

use crate::fits::Fit;
use records::RunRecord;
use statistics::ConfusionMatrix;

/// The images that a model was judged on, with what it made of them.
pub(crate) struct Answers {
    pub(crate) labels: Vec<usize>,
    pub(crate) predictions: Vec<usize>,
    /// Shape (images, classes), where the model has probabilities.
    pub(crate) log_probabilities: Option<Vec<f32>>,
}

impl Answers {
    /// Joins what was predicted with the truth: of the main fit, or of all folds.
    pub(crate) fn new(run: &RunRecord, fits: &[Fit]) -> Self {
        let mut all = Self {
            labels: Vec::new(),
            predictions: Vec::new(),
            log_probabilities: Some(Vec::new()),
        };
        for Fit { cell, fitted, .. } in fits {
            all.labels.extend(run.labels_of(*cell));
            let predictions = fitted.predictions.iter();
            all.predictions
                .extend(predictions.map(|&class| usize::from(class)));
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
}
