//! Multinomial logistic regression by [linfa](https://docs.rs/linfa-logistic): the model of
//! `softmax` with an ℓ2 penalty, trained on the whole data at once by L-BFGS in `f64`.

use classifier::schemars::JsonSchema;
use classifier::{
    Classifier, FitContext, FitError, Hyperparameters, LinearWeights, ModelEntry, Recipe, Scores,
    Sizes, State, StateError, Suits,
};
use data::{Dataset, Samples};
use linfa::traits::Fit;
use linfa_logistic::MultiLogisticRegression;
use ndarray::{Array1, Array2};
use serde::{Deserialize, Serialize};

/// How the registry knows this model.
pub const LINFA_LOGISTIC: ModelEntry = ModelEntry {
    id: "linfa-logistic",
    backend: "linfa-logistic",
    summary: "multinomial logistic regression by linfa, all data at once with L-BFGS",
    package: env!("CARGO_PKG_NAME"),
    libraries: &["linfa", "linfa-logistic"],
    environment: &[],
    suits: Suits::Everything,
    preset: || Box::new(LinfaLogistic::default()),
};

/// How to train linfa's logistic regression. The defaults are linfa's.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(crate = "classifier::schemars")]
pub struct LinfaLogistic {
    /// Weight α of the penalty α/2 ‖W‖², against the sum of the losses.
    #[schemars(range(min = 0))]
    pub alpha: f64,
    /// L-BFGS stops after as many iterations, converged or not.
    #[schemars(range(min = 1))]
    pub max_iterations: u64,
    /// L-BFGS stops when the gradient of the summed loss is this short.
    #[schemars(extend("exclusiveMinimum" = 0))]
    pub gradient_tolerance: f64,
}

impl Default for LinfaLogistic {
    fn default() -> Self {
        Self {
            alpha: 1.0,
            max_iterations: 100,
            gradient_tolerance: 1e-4,
        }
    }
}

impl Hyperparameters for LinfaLogistic {}

impl LinfaLogistic {
    fn train(&self, train: &Dataset, context: &mut FitContext<'_>) -> Result<Fitted, FitError> {
        train.check_trainable()?;
        let data = linfa::Dataset::new(
            matrix(train.samples()),
            Array1::from(train.labels().to_vec()),
        );
        // The one call cannot be interrupted.
        context.cancellation().check()?;
        let fitted = MultiLogisticRegression::default()
            .alpha(self.alpha)
            .max_iterations(self.max_iterations)
            .gradient_tolerance(self.gradient_tolerance)
            .fit(&data)
            .map_err(|error| FitError::Library {
                library: "linfa-logistic",
                reason: error.to_string(),
            })?;
        Ok(Fitted {
            weights: fitted.params().as_standard_layout().into_owned(),
            biases: fitted.intercept().to_owned(),
            occurring: fitted.classes().to_vec(),
            classes: train.classes(),
        })
    }
}

impl Recipe for LinfaLogistic {
    fn fit(
        &self,
        train: &Dataset,
        context: &mut FitContext<'_>,
    ) -> Result<Box<dyn Classifier>, FitError> {
        Ok(Box::new(self.train(train, context)?))
    }

    fn is_stochastic(&self) -> bool {
        false
    }

    fn restore(&self, mut state: State, sizes: Sizes) -> Result<Box<dyn Classifier>, StateError> {
        let Sizes { features, classes } = sizes;
        let occurring = state.take_indices("occurring", classes)?;
        let shape = [features, occurring.len()];
        let weights = state.take("weights")?.of_shape(&shape)?;
        let biases: Vec<f64> = state.take("biases")?.of_shape(&shape[1..])?;
        Ok(Box::new(Fitted {
            weights: Array2::from_shape_vec(shape, weights).expect("the shape was checked"),
            biases: biases.into(),
            occurring,
            classes,
        }))
    }
}

/// What linfa learnt; its columns are only the classes that occurred in training.
struct Fitted {
    /// Shape (features, classes that occurred).
    weights: Array2<f64>,
    biases: Array1<f64>,
    /// The classes that occurred, ascending.
    occurring: Vec<usize>,
    classes: usize,
}

impl Fitted {
    /// Puts linfa's columns where their classes belong; the others hold `absent`.
    fn spread(&self, columns: &Array2<f64>, absent: f32) -> Vec<f32> {
        let mut spread = vec![absent; columns.nrows() * self.classes];
        for (from, to) in columns
            .rows()
            .into_iter()
            .zip(spread.chunks_exact_mut(self.classes))
        {
            for (&value, &class) in from.iter().zip(&self.occurring) {
                to[class] = value as f32;
            }
        }
        spread
    }
}

impl Fitted {
    /// xW + b with linfa's W and b. Its own probabilities are clamped at 1e-15, which forgives
    /// confident mistakes.
    fn logits(&self, images: &Samples) -> Array2<f64> {
        matrix(images).dot(&self.weights) + &self.biases
    }

    fn scores_of(&self, columns: &Array2<f64>) -> Scores {
        Scores::new(self.spread(columns, f32::NEG_INFINITY), self.classes)
    }
}

impl Classifier for Fitted {
    /// The logits.
    fn scores(&self, images: &Samples) -> Scores {
        self.scores_of(&self.logits(images))
    }

    fn log_probabilities(&self, images: &Samples) -> Option<Scores> {
        self.scores_and_log_probabilities(images).1
    }

    fn scores_and_log_probabilities(&self, images: &Samples) -> (Scores, Option<Scores>) {
        let mut logits = self.logits(images);
        let scores = self.scores_of(&logits);
        for mut row in logits.rows_mut() {
            let max = row.fold(f64::NEG_INFINITY, |max, &z| max.max(z));
            let log_sum = max + row.fold(0.0, |sum, z| sum + (z - max).exp()).ln();
            row -= log_sum;
        }
        (scores, Some(self.scores_of(&logits)))
    }

    fn parameter_count(&self) -> usize {
        self.weights.len() + self.biases.len()
    }

    fn linear_weights(&self) -> Option<LinearWeights> {
        let intercept = self.biases.view().insert_axis(ndarray::Axis(0));
        Some(LinearWeights {
            weights: self.spread(&self.weights, 0.0),
            biases: self.spread(&intercept.to_owned(), f32::NEG_INFINITY),
        })
    }

    fn state(&self) -> Result<State, StateError> {
        let shape = [self.weights.nrows(), self.weights.ncols()];
        let weights = self.weights.iter().copied().collect();
        Ok(State::default()
            .with("weights", &shape, weights)
            .with("biases", &shape[1..], self.biases.to_vec())
            .with_indices("occurring", &self.occurring))
    }
}

/// Shape (images, features), in `f64`.
fn matrix(images: &Samples) -> Array2<f64> {
    let values = images
        .to_f32()
        .iter()
        .map(|&value| f64::from(value))
        .collect();
    Array2::from_shape_vec((images.len(), images.features()), values).expect("whole images")
}

#[cfg(test)]
mod tests {
    use super::*;
    use classifier_conformance::{Check, NO_LAYERS, check_except};

    #[test]
    fn it_conforms() {
        let one_call = "linfa fits in one call, and the process of the fit is killed";
        check_except(
            &LINFA_LOGISTIC,
            &[NO_LAYERS, (Check::StopsInTime, one_call)],
        );
    }

    /// Where linfa does not clamp them.
    #[test]
    fn probabilities_are_those_of_linfa() {
        let [train, test] = classifier_conformance::digits();
        let recipe = LinfaLogistic::default();
        let fitted = recipe.train(&train, &mut FitContext::quiet(1, 1)).unwrap();
        let ours = fitted.log_probabilities(test.samples()).unwrap();
        let labels = Array1::from(train.labels().to_vec());
        let data = linfa::Dataset::new(matrix(train.samples()), labels);
        let theirs = MultiLogisticRegression::default().fit(&data).unwrap();
        let theirs = theirs.predict_probabilities(&matrix(test.samples()));
        for (ours, &theirs) in ours.values().iter().zip(&theirs) {
            let ours = f64::from(*ours).exp();
            assert!((ours - theirs).abs() < 1e-6, "{ours}, {theirs}");
        }
    }
}
