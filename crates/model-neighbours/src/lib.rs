//! Exact k nearest neighbours by Euclidean distance (Cover & Hart 1967), on 8-bit pixels or real features.
//!
//! Every sample is compared with every training sample, 64 at a time: ‖x − y‖² = ‖x‖² + ‖y‖² − 2 x·y. Of
//! pixels these are exact integers. Of real features they are approximations in f32 with a bound of their
//! error, and whatever may be among the nearest is measured again in f64.
//!
//! Of training samples at the same distance, those that come first are nearer. Of classes with as many
//! votes, the first wins.

mod candidates;
mod kept;
mod kind;
mod machine;
mod search;
mod votes;

pub use votes::Weights;

use classifier::schemars::JsonSchema;
use classifier::{
    Classifier, FitContext, FitError, Hyperparameters, InvalidParameter, ModelEntry, Recipe, Sizes,
    State, StateError, Suits,
};
use data::Dataset;
use machine::Machine;
use serde::{Deserialize, Serialize};

/// How the registry knows this model.
pub const NEIGHBOURS: ModelEntry = ModelEntry {
    id: "neighbours",
    backend: "by hand",
    summary: "the k nearest training samples vote: exact distances to all of them",
    package: env!("CARGO_PKG_NAME"),
    libraries: &[],
    environment: &[],
    suits: Suits::Everything,
    preset: || {
        Box::new(Neighbours {
            k: 3,
            weights: Weights::Uniform,
        })
    },
};

/// How nearest neighbours vote.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(crate = "classifier::schemars")]
pub struct Neighbours {
    /// How many of the nearest training samples vote.
    #[schemars(range(min = 1))]
    pub k: usize,
    /// What a vote weighs: "uniform" 1, "distance" one over the distance.
    pub weights: Weights,
}

impl Hyperparameters for Neighbours {}

impl Recipe for Neighbours {
    fn fit(
        &self,
        train: &Dataset,
        context: &mut FitContext<'_>,
    ) -> Result<Box<dyn Classifier>, FitError> {
        train.check_trainable()?;
        context.cancellation().check()?;
        let enough = self.k <= train.len();
        let expected = "no more than there are training samples";
        InvalidParameter::unless(enough, "k", self.k, expected)?;
        let samples = train.samples().clone();
        let labels = train.labels().to_vec();
        let machine = Machine::new(samples, labels, train.classes(), self.k, self.weights);
        Ok(Box::new(machine))
    }

    fn is_stochastic(&self) -> bool {
        false
    }

    fn grows_with_samples(&self) -> bool {
        true
    }

    /// Of pixels it has the bytes once more, in panels.
    fn least_memory(&self, train: &Dataset) -> usize {
        train.samples().pixels().map_or(0, <[u8]>::len)
    }

    fn restore(&self, state: State, sizes: Sizes) -> Result<Box<dyn Classifier>, StateError> {
        let (samples, labels) = kept::samples(state, sizes, self.k)?;
        let machine = Machine::new(samples, labels, sizes.classes, self.k, self.weights);
        Ok(Box::new(machine))
    }
}
