//! The kernel SVM on gradient directions (Liu, Nakashima, Sako and Fujisawa 2003, "Handwritten digit
//! recognition: benchmarking of state-of-the-art techniques"): where in a picture which edges are, and
//! how strong, in place of its pixels.

use crate::Gamma;
use crate::machine::{Machine, fit};
use classifier::schemars::JsonSchema;
use classifier::{
    ClassWeights, Classifier, FitContext, FitError, Growth, Hyperparameters, InvalidParameter,
    ModelEntry, Recipe, Scores, Sizes, State, StateError, Step, Suits,
};
use data::{Dataset, Samples};
use kernel_svm::{Kernel, Settings};
use picture_features::GradientDirections;
use serde::{Deserialize, Serialize};

/// An exact RBF SVM on gradient directions of pictures of one size.
pub const GRADIENT_SVM: ModelEntry = ModelEntry {
    id: "gradient-svm",
    backend: "by hand",
    summary: "kernel SVM on the directions of edges, seen through 5 × 5 windows, of digits made alike",
    package: env!("CARGO_PKG_NAME"),
    libraries: &[],
    environment: &[],
    suits: Suits::Pictures,
    preset: || Box::new(GradientSvm::chosen()),
};

/// How pictures are made alike first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(crate = "classifier::schemars")]
pub enum Normalisation {
    /// Not at all.
    None,
    /// Centred and upright.
    Upright,
    /// Centred, upright and of one size.
    Size,
}

/// How to train the SVM on gradient directions, with an RBF kernel.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(crate = "classifier::schemars")]
pub struct GradientSvm {
    /// Cost C of a margin violation.
    #[schemars(extend("exclusiveMinimum" = 0))]
    pub c: f64,
    /// Factor γ of the RBF kernel: a number, or "scale" for 1 / (features · variance).
    pub gamma: Gamma,
    /// What is done to pictures of 8-bit pixels first: "none", "upright" (centred, and their slant taken
    /// away), or "size" (upright, and scaled to one size).
    pub normalisation: Normalisation,
    /// With "size": what the spread of the grey along the longer axis becomes (its standard deviation), as
    /// a share of the longer side of the picture.
    #[schemars(extend("exclusiveMinimum" = 0))]
    pub size: f64,
    /// With "size": of R, the spread along the shorter axis by that along the longer, R^aspect becomes the
    /// same of the new picture. 1 keeps the proportions, 0 makes all pictures as wide as high.
    #[schemars(range(min = 0, max = 1))]
    pub aspect: f64,
    /// Directions on which the gradient is laid, from 4 to 16.
    #[schemars(range(min = 4, max = 16))]
    pub directions: usize,
    /// Windows in a row and in a column, from 1 to 8.
    #[schemars(range(min = 1, max = 8))]
    pub grid: usize,
    /// Standard deviation of a Gaussian window, in distances between the centres of neighbours.
    #[schemars(extend("exclusiveMinimum" = 0))]
    pub blur: f64,
    /// Largest violation of the optimality conditions at which a pair counts as solved.
    #[schemars(extend("exclusiveMinimum" = 0))]
    pub tolerance: f64,
    /// Memory for the features and the kernel matrix, in MiB; with less it gets slower.
    #[schemars(range(min = 1))]
    pub memory_mb: usize,
    /// "none", or "balanced" for samples whose C is multiplied by samples / (classes · samples of their class).
    pub class_weights: ClassWeights,
}

impl GradientSvm {
    /// The parameters with the fewest errors in a cross-validation of MNIST's training images:
    /// PERFORMANCE, "The kernel SVM on gradient directions".
    pub const fn chosen() -> Self {
        Self {
            c: 5.0,
            gamma: Gamma::Value(0.5),
            normalisation: Normalisation::Size,
            size: 0.225,
            aspect: 0.35,
            directions: 8,
            grid: 5,
            blur: 0.5,
            tolerance: 1e-3,
            memory_mb: 2048,
            class_weights: ClassWeights::None,
        }
    }

    fn features(&self) -> picture_features::Settings {
        picture_features::Settings {
            normalisation: match self.normalisation {
                Normalisation::None => picture_features::Normalisation::None,
                Normalisation::Upright => picture_features::Normalisation::Upright,
                Normalisation::Size => picture_features::Normalisation::Size {
                    size: self.size,
                    aspect: self.aspect,
                },
            },
            directions: self.directions,
            grid: self.grid,
            blur: self.blur,
        }
    }
}

impl Hyperparameters for GradientSvm {
    fn validate(&self) -> Result<(), InvalidParameter> {
        // Whatever the normalisation is, nobody should write a size that cannot be.
        let all = picture_features::Normalisation::Size {
            size: self.size,
            aspect: self.aspect,
        };
        let features = picture_features::Settings {
            normalisation: all,
            ..self.features()
        };
        features
            .validate()
            .map_err(|unsuitable| out_of_range(&unsuitable))
    }
}

fn out_of_range(parameter: &picture_features::Unsuitable) -> InvalidParameter {
    InvalidParameter {
        name: parameter.name,
        value: parameter.value.to_string(),
        expected: parameter.expected,
    }
}

impl Recipe for GradientSvm {
    fn fit(
        &self,
        train: &Dataset,
        context: &mut FitContext<'_>,
    ) -> Result<Box<dyn Classifier>, FitError> {
        train.check_trainable()?;
        context.cancellation().check()?;
        let needs = "gradient directions are those of pictures in grey";
        let shape = FitError::unless_pictures(train, needs)?;
        let features = GradientDirections::new(shape, &self.features())
            .map_err(|unsuitable| out_of_range(&unsuitable))?;
        let settings = Settings {
            kernel: Kernel::Rbf,
            c: self.c,
            gamma: self.gamma.into(),
            tolerance: self.tolerance,
            memory_mb: self.memory_mb,
            probability: false,
            threads: context.threads(),
        };
        let step = |done, total| Step {
            done,
            total,
            unit: "class pairs",
        };
        let seen = features.of_samples(train.samples()).expect("its own shape");
        let (labels, classes) = (train.labels(), train.classes());
        let weights = self.class_weights.of_samples(train);
        let weights = weights.as_deref();
        let machine = fit(&seen, labels, classes, weights, &settings, context, &step)?;
        Ok(Box::new(Fitted { features, machine }))
    }

    fn is_stochastic(&self) -> bool {
        false
    }

    fn grows_with_samples(&self) -> bool {
        true
    }

    /// Of each picture it needs fewer bytes than there are pixels.
    fn least_memory(&self, _: &Dataset) -> usize {
        0
    }

    /// A pair of classes solves a problem with as many variables as samples, and keeps rows of the matrix of their
    /// kernel values, up to `memory_mb`.
    fn growth(&self) -> Growth {
        Growth {
            time: 2.0,
            memory: 2.0,
        }
    }

    fn restore(&self, mut state: State, sizes: Sizes) -> Result<Box<dyn Classifier>, StateError> {
        let shape = state.take_picture(sizes.features)?;
        let features = GradientDirections::new(shape, &self.features());
        let features = features.map_err(|error| StateError::Unfit {
            reason: error.to_string(),
        })?;
        let seen = Sizes {
            features: features.width(),
            ..sizes
        };
        let machine = Machine::restore(&mut state, seen, Kernel::Rbf, false)?;
        Ok(Box::new(Fitted { features, machine }))
    }
}

struct Fitted {
    features: GradientDirections,
    machine: Machine,
}

impl Classifier for Fitted {
    /// # Panics
    /// If the images have not as many pixels as those that the model was fitted to.
    fn scores(&self, images: &Samples) -> Scores {
        let seen = self.features.of_samples(images);
        let seen = seen.expect("images as large as those that this model was fitted to");
        self.machine.scores(&seen)
    }

    fn parameter_count(&self) -> usize {
        self.machine.parameter_count()
    }

    fn certificate(&self) -> Vec<(&'static str, f64)> {
        self.machine.certificate()
    }

    fn state(&self) -> Result<State, StateError> {
        let state = self.machine.state()?;
        Ok(state.with_picture(self.features.shape()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use classifier_conformance::{
        NO_LAYERS, NO_PROBABILITIES, NOT_LINEAR, PICTURES_ONLY, check_except, digits,
    };

    #[test]
    fn the_gradient_svm_conforms() {
        check_except(
            &GRADIENT_SVM,
            &[PICTURES_ONLY, &[NO_PROBABILITIES, NOT_LINEAR, NO_LAYERS]].concat(),
        );
    }

    #[test]
    fn from_a_thousand_digits_it_learns_more_than_from_their_pixels() {
        let [train, test] = digits();
        let right = |recipe: &dyn Recipe| {
            let model = recipe
                .fit(&train, &mut FitContext::quiet(1, 1))
                .expect("it fits");
            let labels = model.scores(test.samples()).labels();
            let pairs = labels.iter().zip(test.labels());
            pairs.filter(|(label, truth)| label == truth).count()
        };
        let (directions, pixels) = (
            right(&GradientSvm::chosen()),
            right(&crate::KernelSvm::rbf()),
        );
        assert!(directions > pixels, "{directions} and {pixels} of 300");
    }

    #[test]
    fn what_is_no_picture_in_grey_is_declined() {
        let [train, _] = digits();
        let rows = Samples::from_features(784, train.samples().to_f32().into_owned());
        let rows = Dataset::new(
            rows.expect("whole rows"),
            train.labels().to_vec(),
            train.class_names().clone(),
        );
        let error = GradientSvm::chosen()
            .fit(&rows.expect("as many"), &mut FitContext::quiet(1, 1))
            .err()
            .expect("it is declined");
        assert!(matches!(error, FitError::Declined { .. }), "{error}");
    }

    #[test]
    fn program_and_schema_have_the_same_bounds() {
        let schema = (GRADIENT_SVM.preset)().schema();
        let bounds = |name: &str| {
            let property = &schema["properties"][name];
            [&property["minimum"], &property["maximum"]]
                .map(|bound| bound.as_u64().unwrap() as usize)
        };
        let ends = |range: std::ops::RangeInclusive<usize>| [*range.start(), *range.end()];
        assert_eq!(
            bounds("directions"),
            ends(picture_features::Settings::DIRECTIONS)
        );
        assert_eq!(bounds("grid"), ends(picture_features::Settings::GRID));
        let recipe = GradientSvm {
            grid: 9,
            ..GradientSvm::chosen()
        };
        let message = recipe.validate().unwrap_err().to_string();
        assert_eq!(message, "grid = 9: expected a whole number from 1 to 8");
    }
}
