//! One fit that ended, and what was measured of it.

use crate::{Cell, RunRecord, number, share};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// One fit that ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FitRecord {
    /// The model's name in this run.
    pub id: String,
    /// Which of its fits.
    pub cell: Cell,
    /// The key under which the fit is stored: a hash of all that its result depends on.
    #[serde(default)]
    pub key: String,
    /// The machine that it ran on, as [`Environment::machine`](crate::Environment::machine) has it: times are of
    /// there. `None` for predictions that were made elsewhere.
    #[serde(default)]
    pub machine: Option<String>,
    /// How often it made anyone look at the labels of the images it was judged on.
    #[serde(default)]
    pub looks: usize,
    /// How it ended.
    pub outcome: Outcome,
}

/// How a fit ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "lowercase")]
pub enum Outcome {
    /// With a model.
    Finished(Box<Fitted>),
    /// Without.
    Failed {
        /// Why.
        reason: String,
    },
    /// The user called it off.
    Cancelled,
}

/// What was measured of a fit and of the model it gave.
#[derive(Debug, Clone, PartialEq)]
pub struct Fitted {
    /// Learnt values that prediction uses; `None` where the model does not say.
    pub parameters: Option<usize>,
    /// The model's own time; evaluation and reporting are not in it. `None` for predictions that were
    /// made elsewhere.
    pub fit_seconds: Option<f64>,
    /// Time to predict the test images, the median of several times; `None` where it was not taken.
    pub predict_seconds: Option<f64>,
    /// Time to predict one image alone; `None` where it was not taken.
    pub latency: Option<Latency>,
    /// Most resident memory of its process during the fit, as the operating system counts it: program,
    /// data and all. `None` for predictions that were made elsewhere.
    pub peak_memory_bytes: Option<usize>,
    /// Share of the training images it predicts right; `None` where it did not predict them.
    pub train_accuracy: Option<f64>,
    /// Predicted class of each image that it is judged on.
    pub predictions: Vec<u16>,
    /// Natural logarithms of the class probabilities of these images, shape (images, classes), where
    /// the model has probabilities.
    pub log_probabilities: Option<Vec<f32>>,
    /// The temperature that these probabilities were scaled by, where that was asked for.
    pub temperature: Option<f64>,
    /// The standard error of its logarithm, where the samples that it was fitted to say something about it.
    pub temperature_error: Option<f64>,
    /// Whether it is at an end of what was searched: it would be further away.
    pub temperature_at_bound: bool,
    /// How often the labels of these images were looked at.
    pub looks: usize,
    /// What shows that the solver reached its optimum, by name.
    pub certificate: Map<String, Value>,
    /// One entry per epoch, where the model has epochs.
    pub epochs: Vec<EpochRecord>,
    /// Weights, where the model is linear.
    pub linear: Option<LinearRecord>,
    /// The images that it got wrong with most confidence.
    pub mistakes: Vec<Mistake>,
    /// What each column of a table is worth to it; empty where that was not tried.
    pub importance: Vec<Importance>,
    /// What a reader must know of these figures, in sentences.
    pub notes: Vec<String>,
}

impl Fitted {
    /// The probability of the answer to each image, where there are probabilities.
    pub fn confidence(&self, classes: usize) -> Option<Vec<f32>> {
        let logs = self.log_probabilities.as_ref()?;
        let largest = |row: &[f32]| row.iter().copied().fold(f32::NEG_INFINITY, f32::max).exp();
        Some(logs.chunks_exact(classes).map(largest).collect())
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
}

/// What a column is worth to a model: of some rows that it is judged on, how much less often each is right
/// with the column shuffled, the mean over several shuffles.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Importance {
    /// Its name.
    pub column: String,
    /// The rows.
    pub rows: usize,
    /// Of the rows' differences, each from −1 to 1.
    pub sum: f64,
    /// Of their squares.
    pub squares: f64,
}

/// Times to predict single images, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Latency {
    /// The median.
    pub p50: f64,
    /// What 99 in 100 do not exceed.
    pub p99: f64,
    /// Images that were timed.
    pub images: usize,
}

impl Latency {
    /// Of the times of single images, in any order; 0 without times.
    pub fn of(mut seconds: Vec<f64>) -> Self {
        seconds.sort_by(f64::total_cmp);
        Self {
            p50: percentile(&seconds, 0.5).unwrap_or(0.0),
            p99: percentile(&seconds, 0.99).unwrap_or(0.0),
            images: seconds.len(),
        }
    }
}

/// What so large a share of ascending values does not exceed, by the nearest rank: the smallest
/// value with at least that share of all at or below it. `None` without values.
pub fn percentile(ascending: &[f64], share: f64) -> Option<f64> {
    let rank = (share * ascending.len() as f64).ceil() as usize;
    ascending.get(rank.max(1) - 1).copied()
}

/// The state after one pass over the training images.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct EpochRecord {
    /// Its number, from 1.
    pub epoch: usize,
    /// Mean loss over its batches.
    #[serde(with = "number")]
    pub training_loss: f64,
    /// Share of the training images that are right.
    pub train_accuracy: f64,
    /// Share of the images that it is judged on that are right.
    #[serde(alias = "test_accuracy")]
    pub judged_accuracy: f64,
}

/// Weights W (features, classes) and biases b (classes) of scores xW + b. Of pictures that are shown smaller, each
/// weight is the mean of those of a block of pixels.
#[derive(Debug, Clone, PartialEq)]
pub struct LinearRecord {
    /// W in row-major order.
    pub weights: Vec<f32>,
    /// b.
    pub biases: Vec<f32>,
}

/// An image that was taken for something else.
#[derive(Debug, Clone, PartialEq)]
pub struct Mistake {
    /// Its index among the images that the fit is judged on.
    pub image: usize,
    /// What it is.
    pub truth: usize,
    /// What it was taken for.
    pub predicted: usize,
    /// Probability of the prediction, where the model has probabilities.
    pub probability: Option<f64>,
    /// Grey levels, row by row.
    pub pixels: Vec<u8>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_one_of_the_values() {
        let hundred: Vec<f64> = (1..=100).map(f64::from).collect();
        for (share, value) in [
            (0.0, 1.0),
            (0.5, 50.0),
            (0.501, 51.0),
            (0.99, 99.0),
            (1.0, 100.0),
        ] {
            assert_eq!(percentile(&hundred, share), Some(value), "{share}");
        }
        assert_eq!(percentile(&[], 0.5), None);
        let latency = Latency::of(vec![3.0, 1.0, 2.0]);
        assert_eq!((latency.p50, latency.p99, latency.images), (2.0, 3.0, 3));
    }
}
