//! Which differences between models the test images show, and which they do not.

use crate::summary::CONFIDENCE;
use crate::{ModelSummary, Status};
use serde::Serialize;
use statistics::{Interval, PairedBootstrap, holm, mcnemar};

/// Test sets drawn for the intervals.
const DRAWS: usize = 2_000;

/// Adjusted p values below this are called a difference.
const SIGNIFICANCE: f64 = 0.05;

/// Two models on the same test images.
#[derive(Debug, Clone, Serialize)]
pub struct Comparison {
    /// The one with more images right, or the first in the plan of two with as many.
    pub first: String,
    /// The other.
    pub second: String,
    /// Images that only the first got right.
    pub only_first_right: usize,
    /// Images that only the second got right.
    pub only_second_right: usize,
    /// Difference in accuracy, first − second.
    pub difference: f64,
    /// Its 95 % interval from a paired bootstrap.
    pub difference_interval: Interval,
    /// P value of McNemar's exact test.
    pub p: f64,
    /// Its mid-p value.
    pub mid_p: f64,
    /// The exact p value adjusted for all comparisons of the report (Holm).
    pub p_adjusted: f64,
    /// Whether the adjusted p value is below 0.05.
    pub different: bool,
}

/// All pairs of the models that finished, those with the best model first. Without the labels of
/// the test images, as in old records, none.
pub(crate) fn comparisons(models: &[ModelSummary], labels: &[u16], seed: u64) -> Vec<Comparison> {
    let mut ranked: Vec<&ModelSummary> = models
        .iter()
        .filter(|model| model.status == Status::Finished)
        .filter(|model| !labels.is_empty() && model.test_predictions.len() == labels.len())
        .collect();
    // A stable sort: models with as many images right stay in the order of the plan.
    let accuracy = |model: &ModelSummary| model.test_accuracy.unwrap_or(0.0);
    ranked.sort_by(|a, b| accuracy(b).total_cmp(&accuracy(a)));
    if ranked.len() < 2 {
        return Vec::new();
    }
    let right: Vec<Vec<bool>> = ranked
        .iter()
        .map(|model| {
            model
                .test_predictions
                .iter()
                .zip(labels)
                .map(|(a, b)| a == b)
                .collect()
        })
        .collect();
    let bootstrap = PairedBootstrap::new(&right, DRAWS, seed);
    let mut all = Vec::new();
    for (i, first) in ranked.iter().enumerate() {
        for (j, second) in ranked.iter().enumerate().skip(i + 1) {
            let only =
                |a: &[bool], b: &[bool]| a.iter().zip(b).filter(|(a, b)| **a && !**b).count();
            let only_first_right = only(&right[i], &right[j]);
            let only_second_right = only(&right[j], &right[i]);
            let test = mcnemar(only_first_right, only_second_right);
            let difference = only_first_right as f64 - only_second_right as f64;
            all.push(Comparison {
                first: first.id.clone(),
                second: second.id.clone(),
                only_first_right,
                only_second_right,
                difference: difference / labels.len() as f64,
                difference_interval: bootstrap.difference(i, j, CONFIDENCE),
                p: test.p,
                mid_p: test.mid_p,
                p_adjusted: 1.0,
                different: false,
            });
        }
    }
    let p_values: Vec<f64> = all.iter().map(|pair| pair.p).collect();
    for (pair, p) in all.iter_mut().zip(holm(&p_values)) {
        pair.p_adjusted = p;
        pair.different = p < SIGNIFICANCE;
    }
    all
}
