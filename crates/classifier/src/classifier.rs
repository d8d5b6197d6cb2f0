//! What training returns.

use crate::{Scores, State, StateError};
use data::Samples;

/// A trained model. It exists only as the result of a fit, so predicting before fitting cannot
/// be written.
pub trait Classifier: Send + Sync {
    /// Class scores, shape (images, classes); the largest of a row is the prediction.
    /// Each row depends on its image alone.
    ///
    /// # Panics
    /// If the images have another number of features than those that it learnt from.
    fn scores(&self, images: &Samples) -> Scores;

    /// Whether the scores are log-probabilities.
    fn scores_are_log_probabilities(&self) -> bool {
        false
    }

    /// Natural logarithms of the class probabilities, shape (images, classes); `None` where the
    /// model has none. Logarithms, because the log-loss of a confident model underflows in
    /// probabilities.
    fn log_probabilities(&self, images: &Samples) -> Option<Scores> {
        let are_scores = self.scores_are_log_probabilities();
        are_scores.then(|| self.scores(images))
    }

    /// [`scores`](Self::scores) and [`log_probabilities`](Self::log_probabilities) of the same images, bit by bit. A
    /// model whose work is the same for both, though they differ, writes it, so that who wants both does not wait twice.
    ///
    /// # Panics
    /// As [`scores`](Self::scores).
    fn scores_and_log_probabilities(&self, images: &Samples) -> (Scores, Option<Scores>) {
        let scores = self.scores(images);
        let logs = if self.scores_are_log_probabilities() {
            Some(scores.clone())
        } else {
            self.log_probabilities(images)
        };
        (scores, logs)
    }

    /// Number of values that were learnt and that prediction uses.
    fn parameter_count(&self) -> usize;

    /// What shows that the solver reached the optimum, or how near it came: values by name, such as
    /// `gradient_norm`. Names are lower case, words joined by underscores.
    fn certificate(&self) -> Vec<(&'static str, f64)> {
        Vec::new()
    }

    /// Weights and biases where the scores are an affine function of the features.
    fn linear_weights(&self) -> Option<LinearWeights> {
        None
    }

    /// Affine maps with max(0, ·) between them, where the scores are what the last of them gives. If such a model has
    /// probabilities, they are the softmax of the scores.
    fn layers(&self) -> Option<Vec<LinearWeights>> {
        None
    }

    /// All that [`Recipe::restore`](crate::Recipe::restore) needs to make this model again.
    ///
    /// # Errors
    /// [`StateError::Unkept`] where the model cannot be kept.
    fn state(&self) -> Result<State, StateError> {
        Err(StateError::Unkept)
    }
}

/// The weights W and biases b of scores xW + b.
#[derive(Debug, Clone, PartialEq)]
pub struct LinearWeights {
    /// W, shape (features, classes) in row-major order, for features as
    /// [`Samples::to_f32`] gives them.
    pub weights: Vec<f32>,
    /// b, shape (classes).
    pub biases: Vec<f32>,
}
