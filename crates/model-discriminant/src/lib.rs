//! Linear discriminant analysis: within each class the samples are normally distributed with a mean of
//! its own and a covariance that all classes share, and Bayes' rule gives probabilities (Hastie,
//! Tibshirani & Friedman, The Elements of Statistical Learning, 4.3). The covariance is shrunk, so that
//! features which never vary, or repeat each other, do no harm.

mod cholesky;
mod covariance;
mod functions;
mod shrinkage;
mod within;

pub use shrinkage::{FromData, Shrinkage};

use classifier::schemars::JsonSchema;
use classifier::{
    Classifier, FitContext, FitError, Growth, Hyperparameters, ModelEntry, Recipe, Sizes, State,
    StateError, Suits,
};
use data::Dataset;
use functions::Functions;
use serde::{Deserialize, Serialize};

/// Most features: their covariance takes 8 bytes for each pair, and time that grows with the third power.
const MOST_FEATURES: usize = 4_096;

/// How the registry knows this model.
pub const DISCRIMINANT: ModelEntry = ModelEntry {
    id: "discriminant",
    backend: "by hand",
    summary: "linear discriminant analysis: normal classes of one covariance, shrunk as the data ask for",
    package: env!("CARGO_PKG_NAME"),
    libraries: &[],
    environment: &[],
    suits: Suits::Everything,
    preset: || {
        Box::new(Discriminant {
            shrinkage: Shrinkage::FromData(FromData::Auto),
        })
    },
};

/// How to train a linear discriminant analysis.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(crate = "classifier::schemars")]
pub struct Discriminant {
    /// How much the features' correlations shrink: 0 as they are, 1 none left; "auto" by Ledoit and Wolf.
    pub shrinkage: Shrinkage,
}

impl Hyperparameters for Discriminant {}

impl Recipe for Discriminant {
    fn fit(
        &self,
        train: &Dataset,
        context: &mut FitContext<'_>,
    ) -> Result<Box<dyn Classifier>, FitError> {
        train.check_trainable()?;
        let features = train.samples().features();
        if features > MOST_FEATURES {
            return Err(FitError::Declined {
                reason: format!(
                    "{features} features; the covariance of more than {MOST_FEATURES} is too large"
                ),
            });
        }
        let functions = Functions::new(train, self.shrinkage, context.cancellation())?;
        Ok(Box::new(functions))
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

    /// The covariance of each pair of features, and its decomposition.
    fn growth_with_features(&self) -> Growth {
        Growth {
            time: 3.0,
            memory: 2.0,
        }
    }

    fn restore(&self, mut state: State, sizes: Sizes) -> Result<Box<dyn Classifier>, StateError> {
        Ok(Box::new(Functions::restore(&mut state, sizes)?))
    }
}
