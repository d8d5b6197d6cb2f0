//! The discriminant functions: one affine function of the features for each class.

use crate::covariance::Covariance;
use crate::shrinkage::Shrinkage;
use crate::within::{CHUNK, Within};
use classifier::{
    Cancellation, Classifier, FitError, LinearWeights, Scores, Sizes, State, StateError,
};
use data::{Dataset, Samples};
use rayon::prelude::*;

/// xᵀΣ⁻¹μ − ½ μᵀΣ⁻¹μ + ln π of every class, with the features' mean taken for the origin.
pub(crate) struct Functions {
    /// Shape (features, classes).
    weights: Vec<f64>,
    /// Shape (classes); −∞ for a class without samples.
    biases: Vec<f64>,
}

impl Functions {
    pub(crate) fn new(
        train: &Dataset,
        shrinkage: Shrinkage,
        cancellation: &Cancellation,
    ) -> Result<Self, FitError> {
        let (features, classes) = (train.samples().features(), train.classes());
        let within = Within::new(train, cancellation);
        let counts = train.class_counts();
        let share = |class: usize| counts[class] as f64 / train.len() as f64;
        let weighted = |feature: usize, of: &dyn Fn(f64) -> f64| -> f64 {
            let means = (0..classes).map(|k| share(k) * of(within.means()[k * features + feature]));
            means.sum()
        };
        let centre: Vec<f64> = (0..features).map(|j| weighted(j, &|mean| mean)).collect();
        let spread = |j: usize| weighted(j, &|mean| (mean - centre[j]).powi(2));
        let between: Vec<f64> = (0..features).map(spread).collect();
        let covariance = Covariance::new(&within, &between, shrinkage)?;

        let mut weights = vec![0.0; features * classes];
        let mut biases = vec![f64::NEG_INFINITY; classes];
        for class in (0..classes).filter(|&class| counts[class] > 0) {
            let mean = &within.means()[class * features..][..features];
            let moved: Vec<f64> = mean.iter().zip(&centre).map(|(mean, c)| mean - c).collect();
            let column = covariance.solve(&moved);
            let constant = column.iter().zip(&moved).zip(&centre);
            let constant: f64 = constant.map(|((w, mean), c)| w * (mean / 2.0 + c)).sum();
            biases[class] = share(class).ln() - constant;
            for (feature, weight) in column.into_iter().enumerate() {
                weights[feature * classes + class] = weight;
            }
        }
        Ok(Self { weights, biases })
    }

    /// The functions that a state describes.
    pub(crate) fn restore(state: &mut State, sizes: Sizes) -> Result<Self, StateError> {
        let Sizes { features, classes } = sizes;
        Ok(Self {
            weights: state.take("weights")?.of_shape(&[features, classes])?,
            biases: state.take_any("biases")?.of_shape(&[classes])?,
        })
    }

    fn scores_of(&self, values: &[f64]) -> Scores {
        let values = values.iter().map(|&value| value as f32);
        Scores::new(values.collect(), self.biases.len())
    }

    /// The functions' values for every sample, shape (samples, classes).
    fn values(&self, samples: &Samples) -> Vec<f64> {
        let classes = self.biases.len();
        samples.assert_features(self.weights.len() / self.biases.len());
        let of_sample = |sample: &[f32]| {
            let mut sums = self.biases.clone();
            for (&value, weights) in sample.iter().zip(self.weights.chunks_exact(classes)) {
                for (sum, weight) in sums.iter_mut().zip(weights) {
                    *sum += f64::from(value) * weight;
                }
            }
            sums
        };
        let mut all = Vec::with_capacity(samples.len() * classes);
        for values in samples.blocks(CHUNK) {
            let rows = values.par_chunks_exact(samples.features());
            all.par_extend(rows.flat_map_iter(of_sample));
        }
        all
    }
}

impl Classifier for Functions {
    /// The discriminant functions, xW + b.
    fn scores(&self, samples: &Samples) -> Scores {
        self.scores_of(&self.values(samples))
    }

    fn log_probabilities(&self, samples: &Samples) -> Option<Scores> {
        Some(Scores::normalised(&self.values(samples), self.biases.len()))
    }

    fn scores_and_log_probabilities(&self, samples: &Samples) -> (Scores, Option<Scores>) {
        let values = self.values(samples);
        let logs = Scores::normalised(&values, self.biases.len());
        (self.scores_of(&values), Some(logs))
    }

    fn parameter_count(&self) -> usize {
        self.weights.len() + self.biases.len()
    }

    /// `None` where a weight has no number in `f32`.
    fn linear_weights(&self) -> Option<LinearWeights> {
        let single = |values: &[f64]| values.iter().map(|&value| value as f32).collect::<Vec<_>>();
        let weights = single(&self.weights);
        let finite = weights.iter().all(|weight| weight.is_finite());
        finite.then(|| LinearWeights {
            weights,
            biases: single(&self.biases),
        })
    }

    fn state(&self) -> Result<State, StateError> {
        let classes = self.biases.len();
        let shape = [self.weights.len() / classes, classes];
        Ok(State::default()
            .with("weights", &shape, self.weights.clone())
            .with("biases", &[classes], self.biases.clone()))
    }
}
