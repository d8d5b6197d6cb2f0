//! Perceptrons: how they are trained.

use crate::backend::Backend;
use crate::descent::{Batch, Descent};
use crate::network::Network;
use crate::trained::TrainedNetwork;
use burn::optim::SgdConfig;
use burn::tensor::Device;
use classifier::schemars::JsonSchema;
use classifier::{
    Classifier, FitContext, FitError, Hyperparameters, Recipe, Sizes, State, StateError,
};
use data::Dataset;
use serde::{Deserialize, Serialize};

/// How to train a network in Burn. The defaults are the lab's.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(crate = "classifier::schemars")]
pub struct BurnMlp {
    /// Units of each hidden layer, each followed by ReLU; `[]` is softmax regression.
    #[schemars(inner(range(min = 1)))]
    pub hidden: Vec<usize>,
    /// Passes over the training images.
    #[schemars(range(min = 1))]
    pub epochs: usize,
    /// Samples per update; a shorter last batch is used, too.
    #[schemars(range(min = 1))]
    pub batch_size: usize,
    /// Step length η of an update.
    #[schemars(extend("exclusiveMinimum" = 0))]
    pub learning_rate: f64,
    /// Whether each epoch visits the images in a new random order.
    pub shuffle: bool,
    /// What computes: "flex" or "ndarray".
    pub backend: Backend,
}

impl BurnMlp {
    /// Softmax regression with the lab's parameters.
    pub fn single_layer(backend: Backend) -> Self {
        Self {
            hidden: Vec::new(),
            epochs: 20,
            batch_size: 100,
            learning_rate: 0.1,
            shuffle: false,
            backend,
        }
    }

    fn widths(&self, sizes: Sizes) -> Vec<usize> {
        let mut widths = vec![sizes.features];
        widths.extend(&self.hidden);
        widths.push(sizes.classes);
        widths
    }
}

impl BurnMlp {
    fn train(
        &self,
        train: &Dataset,
        sizes: Sizes,
        context: &mut FitContext<'_>,
    ) -> Result<Box<dyn Classifier>, FitError> {
        let inner = self.backend.device();
        let device = inner.clone().autodiff();
        let network = Network::new(&self.widths(sizes), context.seed(), &device);
        let mut batches = Vec::new();
        let of_epoch = |epoch: usize, context: &FitContext<'_>| {
            // Batches in a fixed order become tensors once: copying them anew for every step
            // took a third of the time of a single-layer fit.
            if epoch == 1 || self.shuffle {
                let order = context.visiting_order(train.len(), epoch, self.shuffle);
                batches = tensors(train, &order, self.batch_size, &device);
            }
            let batches = batches.clone().into_iter();
            batches.map(|batch| (batch, self.learning_rate))
        };
        let place = (inner, train.classes());
        let mut descent = Descent::new(SgdConfig::new().init(), &device);
        Ok(Box::new(descent.fit(
            network,
            self.epochs,
            place,
            context,
            of_epoch,
        )?))
    }
}

impl Recipe for BurnMlp {
    fn fit(
        &self,
        train: &Dataset,
        context: &mut FitContext<'_>,
    ) -> Result<Box<dyn Classifier>, FitError> {
        train.check_trainable()?;
        context.cancellation().check()?;
        let sizes = Sizes {
            features: train.samples().features(),
            classes: train.classes(),
        };
        // With the defaults products are small: beside two busy processes a fit on two threads took 1.75 times as long as
        // on one, and alone it takes 0.88 of it (`experiments/benches/under_load.rs`).
        context.unhindered(|context| self.train(train, sizes, context))
    }

    fn is_stochastic(&self) -> bool {
        self.shuffle || !self.hidden.is_empty()
    }

    fn restore(&self, mut state: State, sizes: Sizes) -> Result<Box<dyn Classifier>, StateError> {
        let device = self.backend.device();
        Ok(Box::new(TrainedNetwork {
            network: Network::restore(&mut state, &self.widths(sizes), &device)?,
            device,
            classes: sizes.classes,
        }))
    }
}

/// Each batch as tensors on `device`.
fn tensors(train: &Dataset, order: &[usize], batch_size: usize, device: &Device) -> Vec<Batch> {
    let to_tensors = |indices: &[usize]| {
        let batch = train.select(indices);
        let values = batch.samples().to_f32().into_owned();
        Batch::new(values, batch.labels(), device)
    };
    order.chunks(batch_size).map(to_tensors).collect()
}

impl Hyperparameters for BurnMlp {}

#[cfg(test)]
mod tests {
    use crate::{BURN_FLEX, BURN_MLP, BURN_NDARRAY};
    use classifier_conformance::{Check, NOT_LINEAR, check_except};

    const TOO_WIDE: (Check, &str) = (
        Check::Ranges,
        "a layer may be as wide as a number can say, and nothing holds that",
    );

    #[test]
    fn burn_ndarray_conforms() {
        check_except(&BURN_NDARRAY, &[TOO_WIDE]);
    }

    #[test]
    fn burn_flex_conforms() {
        check_except(&BURN_FLEX, &[TOO_WIDE]);
    }

    #[test]
    fn burn_mlp_conforms() {
        check_except(&BURN_MLP, &[NOT_LINEAR, TOO_WIDE]);
    }
}
