//! Gaussian naive Bayes: within a class every feature is normally distributed and independent of the
//! others, and Bayes' rule turns the densities into probabilities (Hastie, Tibshirani & Friedman, The
//! Elements of Statistical Learning, 6.6.3). Variances are smoothed as scikit-learn smooths them.

mod moments;

use classifier::schemars::JsonSchema;
use classifier::{
    Classifier, FitContext, FitError, Growth, Hyperparameters, InvalidParameter, ModelEntry,
    Recipe, Scores, Sizes, State, StateError, Suits,
};
use data::{Dataset, Samples};
use moments::{BLOCK, Moments, TOGETHER, moments};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::f64::consts::TAU;

/// How the registry knows this model.
pub const NAIVE_BAYES: ModelEntry = ModelEntry {
    id: "naive-bayes",
    backend: "by hand",
    summary: "Gaussian naive Bayes: a mean and a variance of each feature in each class",
    package: env!("CARGO_PKG_NAME"),
    libraries: &[],
    environment: &[],
    suits: Suits::Everything,
    preset: || {
        Box::new(NaiveBayes {
            var_smoothing: 1e-9,
        })
    },
};

/// How to train Gaussian naive Bayes.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(crate = "classifier::schemars")]
pub struct NaiveBayes {
    /// What is added to every variance, as a share of the variance of the feature that varies most.
    #[schemars(extend("exclusiveMinimum" = 0))]
    pub var_smoothing: f64,
}

impl Hyperparameters for NaiveBayes {}

impl Recipe for NaiveBayes {
    fn fit(
        &self,
        train: &Dataset,
        context: &mut FitContext<'_>,
    ) -> Result<Box<dyn Classifier>, FitError> {
        train.check_trainable()?;
        context.cancellation().check()?;
        let densities = || Densities::new(train, self.var_smoothing);
        // Threads meet after every block of samples: beside a busy process two took 1.32 times as long as one, and alone
        // they take 0.83 to 0.95 of it.
        let fitted = if train.samples().features() > TOGETHER {
            context.unhindered(|_| densities())
        } else {
            densities()
        };
        Ok(Box::new(fitted?))
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
        let means: Vec<f64> = state.take("means")?.of_shape(&[features, classes])?;
        let factors: Vec<f64> = state.take("factors")?.of_shape(&[features, classes])?;
        Ok(Box::new(Densities {
            normals: means.into_iter().zip(factors).collect(),
            constants: state.take_any("constants")?.of_shape(&[classes])?,
        }))
    }
}

/// The normal density of every feature in every class, and how frequent the classes are.
struct Densities {
    /// Shape (features, classes): mean, and −1 / (2 variance).
    normals: Vec<(f64, f64)>,
    /// ln prior − ½ Σ ln(2π variance), shape (classes); −∞ for a class without samples.
    constants: Vec<f64>,
}

impl Densities {
    fn new(train: &Dataset, var_smoothing: f64) -> Result<Self, InvalidParameter> {
        let counts = train.class_counts();
        let Moments { classes, whole } = moments(train);
        let widest = whole.iter().copied().fold(0.0, f64::max);
        // Where no feature varies all classes have the same densities, whatever their variance is.
        let smoothing = if widest > 0.0 {
            var_smoothing * widest
        } else {
            1.0
        };
        InvalidParameter::unless(
            (TAU * (widest + smoothing)).is_finite(),
            "var_smoothing",
            var_smoothing,
            "a number that leaves the variances finite",
        )?;
        let prior = |&count: &usize| (count as f64 / train.len() as f64).ln();
        let mut constants: Vec<f64> = counts.iter().map(prior).collect();
        for feature in classes.chunks_exact(counts.len()) {
            for (constant, (_, variance)) in constants.iter_mut().zip(feature) {
                *constant -= (TAU * (variance + smoothing)).ln() / 2.0;
            }
        }
        let normal = |&(mean, variance): &(f64, f64)| (mean, -0.5 / (variance + smoothing));
        Ok(Self {
            normals: classes.iter().map(normal).collect(),
            constants,
        })
    }

    /// ln p(sample, class) for every class.
    fn joint(&self, sample: &[f32]) -> Vec<f64> {
        let mut joint = self.constants.clone();
        let features = self.normals.chunks_exact(joint.len());
        for (&value, normals) in sample.iter().zip(features) {
            for (sum, (mean, factor)) in joint.iter_mut().zip(normals) {
                let deviation = f64::from(value) - mean;
                *sum += factor * deviation * deviation;
            }
        }
        joint
    }
}

impl Classifier for Densities {
    /// The log-probabilities. The densities' own logarithms are so large that rounded to `f32` they would
    /// make classes equal that are not.
    fn scores(&self, samples: &Samples) -> Scores {
        samples.assert_features(self.normals.len() / self.constants.len());
        let mut joint = Vec::with_capacity(samples.len() * self.constants.len());
        for values in samples.blocks(BLOCK) {
            let rows = values.par_chunks_exact(samples.features());
            joint.par_extend(rows.flat_map_iter(|sample| self.joint(sample)));
        }
        Scores::normalised(&joint, self.constants.len())
    }

    fn scores_are_log_probabilities(&self) -> bool {
        true
    }

    /// Mean and variance of every feature in every class, and the priors.
    fn parameter_count(&self) -> usize {
        2 * self.normals.len() + self.constants.len()
    }

    fn state(&self) -> Result<State, StateError> {
        let classes = self.constants.len();
        let shape = [self.normals.len() / classes, classes];
        let (means, factors) = self.normals.iter().copied().unzip();
        Ok(State::default()
            .with::<f64>("means", &shape, means)
            .with::<f64>("factors", &shape, factors)
            .with("constants", &[classes], self.constants.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use classifier_conformance::{NO_LAYERS, NOT_LINEAR, check_except};

    #[test]
    fn it_conforms() {
        check_except(&NAIVE_BAYES, &[NOT_LINEAR, NO_LAYERS]);
    }

    /// scikit-learn 1.9.1: `GaussianNB().fit(X / 255, y).score(X_test / 255, y_test)` is 0.5558.
    #[test]
    fn all_of_mnist_gives_the_accuracy_of_scikit_learn() {
        let mnist = catalog::mnist().unwrap();
        let labels = Densities::new(&mnist.train, 1e-9)
            .unwrap()
            .scores(mnist.test.samples())
            .labels();
        let truth = mnist.test.look();
        let right = labels.iter().zip(truth.labels()).filter(|(a, b)| a == b);
        assert_eq!(right.count(), 5558);
    }

    #[test]
    fn features_that_never_vary_leave_the_priors() {
        let rows = Samples::from_features(2, [3.0, 1e30].repeat(4)).unwrap();
        let names = ["a", "b"].map(str::to_owned);
        let train = Dataset::new(rows, vec![1, 0, 1, 1], names.into()).unwrap();
        let logs = Densities::new(&train, 1e-9)
            .unwrap()
            .scores(&train.samples().slice(0..1));
        assert_eq!(logs.values(), [0.25_f32.ln(), 0.75_f32.ln()]);
    }
}
