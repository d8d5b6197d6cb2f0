//! Nearest neighbours as a classifier.

use crate::candidates::Neighbour;
use crate::search::Index;
use crate::votes::log_probabilities;
use crate::{Weights, kept};
use classifier::{Classifier, Scores, State, StateError};
use data::Samples;
use inner_products::PIXELS;

/// All training samples, and how they vote.
pub(crate) struct Machine {
    train: Samples,
    labels: Vec<usize>,
    classes: usize,
    index: Kinds,
    k: usize,
    weights: Weights,
}

/// The training samples in panels of either kind.
enum Kinds {
    Pixels(Index<u8>),
    Reals(Index<f32>),
}

impl Machine {
    pub(crate) fn new(
        train: Samples,
        labels: Vec<usize>,
        classes: usize,
        k: usize,
        weights: Weights,
    ) -> Self {
        let features = train.features();
        let index = match train.pixels() {
            Some(pixels) if features <= PIXELS => Kinds::Pixels(Index::new(features, pixels)),
            _ => Kinds::Reals(Index::new(features, &train.to_f32())),
        };
        Self {
            train,
            labels,
            classes,
            index,
            k,
            weights,
        }
    }

    fn log_probabilities_of(&self, samples: &Samples) -> Vec<f32> {
        let class_of = |neighbour: Neighbour| self.labels[neighbour.sample as usize];
        let answer = |nearest: &[Neighbour]| {
            log_probabilities(nearest, class_of, self.classes, self.weights)
        };
        match (&self.index, samples.pixels(), self.train.pixels()) {
            (Kinds::Pixels(index), Some(pixels), Some(train)) => {
                index.nearest(pixels, train, self.k, answer)
            }
            (Kinds::Reals(index), ..) => {
                index.nearest(&samples.to_f32(), &self.train.to_f32(), self.k, answer)
            }
            // Trained with pixels, and asked about real numbers.
            (Kinds::Pixels(_), ..) => {
                let train = self.train.to_f32();
                let index = Index::new(samples.features(), &train);
                index.nearest(&samples.to_f32(), &train, self.k, answer)
            }
        }
    }
}

impl Classifier for Machine {
    /// The log-probabilities.
    ///
    /// # Panics
    /// If the samples are not as wide as those that the model was fitted to.
    fn scores(&self, samples: &Samples) -> Scores {
        samples.assert_features(self.train.features());
        Scores::new(self.log_probabilities_of(samples), self.classes)
    }

    fn scores_are_log_probabilities(&self) -> bool {
        true
    }

    /// The features and the class of every training sample.
    fn parameter_count(&self) -> usize {
        self.train.len() * (self.train.features() + 1)
    }

    fn state(&self) -> Result<State, StateError> {
        Ok(kept::state(&self.train, &self.labels))
    }
}
