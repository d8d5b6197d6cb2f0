//! Nearest centroid: each class is the mean of its training images, and an image belongs to the
//! class whose mean is nearest (Rocchio's classifier; Tibshirani et al. 2002, without shrinkage).
//!
//! The smallest complete model, and the example of `CONTRIBUTING.md`.

use classifier::schemars::JsonSchema;
use classifier::{
    Classifier, FitContext, FitError, Growth, Hyperparameters, LinearWeights, ModelEntry, Recipe,
    Scores, Sizes, State, StateError, Suits,
};
use data::{Dataset, Samples};
use serde::{Deserialize, Serialize};

/// How the registry knows this model.
pub const NEAREST_CENTROID: ModelEntry = ModelEntry {
    id: "nearest-centroid",
    backend: "by hand",
    summary: "the class whose mean training image is nearest: a floor for every other model",
    package: env!("CARGO_PKG_NAME"),
    libraries: &[],
    environment: &[],
    suits: Suits::Everything,
    preset: || Box::new(NearestCentroid {}),
};

/// How to train a nearest-centroid classifier: there is nothing to choose.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(crate = "classifier::schemars")]
pub struct NearestCentroid {}

impl Hyperparameters for NearestCentroid {}

impl Recipe for NearestCentroid {
    fn fit(
        &self,
        train: &Dataset,
        context: &mut FitContext<'_>,
    ) -> Result<Box<dyn Classifier>, FitError> {
        train.check_trainable()?;
        context.cancellation().check()?;
        Ok(Box::new(Centroids::of(train)))
    }

    fn is_stochastic(&self) -> bool {
        false
    }

    /// It passes over the samples where they are.
    fn least_memory(&self, _: &Dataset) -> usize {
        0
    }

    fn growth(&self) -> Growth {
        Growth::PASSES
    }

    fn restore(&self, mut state: State, sizes: Sizes) -> Result<Box<dyn Classifier>, StateError> {
        let Sizes { features, classes } = sizes;
        let means = state.take_any("means")?.of_shape(&[classes, features])?;
        Ok(Box::new(Centroids { means, classes }))
    }
}

/// Images that are made into numbers at a time, so that their number costs no memory.
const BLOCK: usize = 1_024;

/// The mean image of each class that occurs.
struct Centroids {
    /// Shape (classes, features); a class without images has a row of NaN and is never predicted.
    means: Vec<f32>,
    classes: usize,
}

impl Centroids {
    fn of(train: &Dataset) -> Self {
        let (features, classes) = (train.samples().features(), train.classes());
        // f64, because sums of thousands of f32 would depend on the order of the images.
        let mut sums = vec![0.0_f64; classes * features];
        let blocks = train
            .samples()
            .blocks(BLOCK)
            .zip(train.labels().chunks(BLOCK));
        for (values, labels) in blocks {
            for (image, &label) in values.chunks_exact(features).zip(labels) {
                let sum = &mut sums[label * features..(label + 1) * features];
                for (sum, &value) in sum.iter_mut().zip(image) {
                    *sum += f64::from(value);
                }
            }
        }
        let counts = train.class_counts();
        let means = sums
            .iter()
            .enumerate()
            .map(|(i, sum)| (sum / counts[i / features] as f64) as f32);
        Self {
            means: means.collect(),
            classes,
        }
    }

    fn features(&self) -> usize {
        self.means.len() / self.classes
    }
}

impl Classifier for Centroids {
    /// −‖x − c‖² / 2: the nearest centroid scores highest.
    fn scores(&self, images: &Samples) -> Scores {
        images.assert_features(self.features());
        let half_distance = |image: &[f32], centroid: &[f32]| -> f32 {
            // Of a class without images there is no centroid: it is infinitely far.
            if centroid[0].is_nan() {
                return f32::INFINITY;
            }
            image
                .iter()
                .zip(centroid)
                .map(|(x, c)| (x - c) * (x - c))
                .sum::<f32>()
                / 2.0
        };
        let mut scores = Vec::with_capacity(images.len() * self.classes);
        for values in images.blocks(BLOCK) {
            for image in values.chunks_exact(self.features()) {
                let centroids = self.means.chunks_exact(self.features());
                scores.extend(centroids.map(|centroid| -half_distance(image, centroid)));
            }
        }
        Scores::new(scores, self.classes)
    }

    fn parameter_count(&self) -> usize {
        self.means.len()
    }

    /// −‖x − c‖² / 2 = x·c − ‖c‖² / 2 − ‖x‖² / 2, and the last term is the same for every class.
    fn linear_weights(&self) -> Option<LinearWeights> {
        let centroids = || self.means.chunks_exact(self.features());
        let weights = (0..self.features()).flat_map(|feature| centroids().map(move |c| c[feature]));
        let biases = centroids().map(|c| -c.iter().map(|value| value * value).sum::<f32>() / 2.0);
        Some(LinearWeights {
            weights: weights.collect(),
            biases: biases.collect(),
        })
    }

    fn state(&self) -> Result<State, StateError> {
        let shape = [self.classes, self.features()];
        Ok(State::default().with("means", &shape, self.means.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use classifier_conformance::{NO_LAYERS, NO_PROBABILITIES, check_except};

    #[test]
    fn it_conforms() {
        check_except(&NEAREST_CENTROID, &[NO_LAYERS, NO_PROBABILITIES]);
    }

    /// scikit-learn 1.9: `NearestCentroid().fit(X / 255, y).score(X_test / 255, y_test)` is 0.8203.
    #[test]
    fn all_of_mnist_gives_the_accuracy_of_scikit_learn() {
        let mnist = catalog::mnist().unwrap();
        let labels = Centroids::of(&mnist.train)
            .scores(mnist.test.samples())
            .labels();
        let right = labels
            .iter()
            .zip(mnist.test.look().labels())
            .filter(|(a, b)| a == b)
            .count();
        assert_eq!(right, 8203);
    }
}
