//! Nearest neighbours as a classifier.

use crate::candidates::Neighbour;
use crate::search::Index;
use crate::votes::{Weights, log_probabilities};
use classifier::{Classifier, Scores};
use data::{Dataset, Samples};
use inner_products::PIXELS;

/// All training samples.
pub(crate) struct Machine {
    train: Dataset,
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
    pub(crate) fn new(train: &Dataset, k: usize, weights: Weights) -> Self {
        let (samples, features) = (train.samples(), train.samples().features());
        let index = match samples.pixels() {
            Some(pixels) if features <= PIXELS => Kinds::Pixels(Index::new(features, pixels)),
            _ => Kinds::Reals(Index::new(features, &samples.to_f32())),
        };
        Self {
            train: train.clone(),
            index,
            k,
            weights,
        }
    }

    fn log_probabilities_of(&self, samples: &Samples) -> Vec<f32> {
        let (train, labels) = (self.train.samples(), self.train.labels());
        let class_of = |neighbour: Neighbour| labels[neighbour.sample as usize];
        let answer = |nearest: &[Neighbour]| {
            log_probabilities(nearest, class_of, self.train.classes(), self.weights)
        };
        match (&self.index, samples.pixels(), train.pixels()) {
            (Kinds::Pixels(index), Some(pixels), Some(train)) => {
                index.nearest(pixels, train, self.k, answer)
            }
            (Kinds::Reals(index), ..) => {
                index.nearest(&samples.to_f32(), &train.to_f32(), self.k, answer)
            }
            // Trained with pixels, and asked about real numbers.
            (Kinds::Pixels(_), ..) => {
                let train = train.to_f32();
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
        let (fitted, width) = (self.train.samples().features(), samples.features());
        assert_eq!(
            fitted, width,
            "this model was fitted to {fitted} features; these samples have {width}"
        );
        Scores::new(self.log_probabilities_of(samples), self.train.classes())
    }

    fn log_probabilities(&self, samples: &Samples) -> Option<Scores> {
        Some(self.scores(samples))
    }

    /// The features and the class of every training sample.
    fn parameter_count(&self) -> usize {
        self.train.len() * (self.train.samples().features() + 1)
    }
}
