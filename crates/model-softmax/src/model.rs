//! The trained model.

use crate::{Weights, log_softmax, prediction};
use classifier::{Classifier, LinearWeights, Scores, Sizes, State, StateError};
use data::Samples;
use rayon::prelude::*;

/// Samples of a task whose scores become log-probabilities.
const TASK: usize = 1_024;

/// A trained softmax regression.
#[derive(Debug, Clone, PartialEq)]
pub struct SoftmaxRegression {
    /// What was learnt.
    pub weights: Weights<f32>,
}

impl SoftmaxRegression {
    /// The model that a state describes.
    pub(crate) fn restore(state: &mut State, sizes: Sizes) -> Result<Self, StateError> {
        let Sizes { features, classes } = sizes;
        Ok(Self {
            weights: Weights {
                w: state.take("weights")?.of_shape(&[features, classes])?,
                b: state.take("biases")?.of_shape(&[classes])?,
            },
        })
    }
}

impl Classifier for SoftmaxRegression {
    /// The logits.
    fn scores(&self, images: &Samples) -> Scores {
        prediction::logits(images, &self.weights)
    }

    fn log_probabilities(&self, images: &Samples) -> Option<Scores> {
        self.scores_and_log_probabilities(images).1
    }

    fn scores_and_log_probabilities(&self, images: &Samples) -> (Scores, Option<Scores>) {
        let scores = self.scores(images);
        let classes = scores.classes();
        let mut rows = scores.values().to_vec();
        // A few would wait longer for another thread than for themselves.
        if scores.len() <= TASK {
            log_softmax(&mut rows, classes);
        } else {
            let tasks = rows.par_chunks_mut(TASK * classes);
            tasks.for_each(|task| log_softmax(task, classes));
        }
        (scores, Some(Scores::new(rows, classes)))
    }

    fn parameter_count(&self) -> usize {
        self.weights.w.len() + self.weights.b.len()
    }

    fn layers(&self) -> Option<Vec<LinearWeights>> {
        Some(vec![self.linear_weights()?])
    }

    fn linear_weights(&self) -> Option<LinearWeights> {
        Some(LinearWeights {
            weights: self.weights.w.clone(),
            biases: self.weights.b.clone(),
        })
    }

    fn state(&self) -> Result<State, StateError> {
        let (features, classes) = (self.weights.features(), self.weights.classes());
        Ok(State::default()
            .with("weights", &[features, classes], self.weights.w.clone())
            .with("biases", &[classes], self.weights.b.clone()))
    }
}
