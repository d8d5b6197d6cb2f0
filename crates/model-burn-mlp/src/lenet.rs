//! A convolutional network in the manner of LeNet-5 (LeCun, Bottou, Bengio and Haffner 1998,
//! "Gradient-based learning applied to document recognition"), with what has become usual since: ReLU,
//! the largest of each 2 × 2 in place of a mean, cross-entropy, momentum.

mod augment;
mod network;
mod products;

pub use augment::Augment;

use crate::backend::Backend;
use crate::descent::{Batch, Descent};
use crate::trained::TrainedNetwork;
use augment::moved;
use burn::optim::SgdConfig;
use burn::optim::momentum::MomentumConfig;
use classifier::schemars::JsonSchema;
use classifier::{
    Classifier, FitContext, FitError, Growth, Hyperparameters, Recipe, Sizes, State, StateError,
};
use data::{Dataset, PictureShape};
use network::{LenetNetwork, Plan};
use serde::{Deserialize, Serialize};

/// How to train the convolutional network, by stochastic gradient descent with momentum.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(crate = "classifier::schemars")]
pub struct BurnLenet {
    /// Filters of 5 × 5 of the first and of the second convolution, each followed by the largest of 2 × 2
    /// and ReLU.
    #[schemars(inner(range(min = 1)))]
    pub filters: [usize; 2],
    /// Units of the hidden layer behind them, followed by ReLU.
    #[schemars(range(min = 1))]
    pub hidden: usize,
    /// Passes over the training images, each in a new random order.
    #[schemars(range(min = 1))]
    pub epochs: usize,
    /// Samples per update; a shorter last batch is used, too.
    #[schemars(range(min = 1))]
    pub batch_size: usize,
    /// Step length η of the first update. It falls along a straight line, to 0 after the last.
    #[schemars(extend("exclusiveMinimum" = 0))]
    pub learning_rate: f64,
    /// Share of the last update that is added to the next, from 0 to below 1.
    #[schemars(range(min = 0), extend("exclusiveMaximum" = 1))]
    pub momentum: f64,
    /// What is done to training images, in each epoch anew: "none", or "moved": at random by up to two
    /// pixels of 28, up to 15 % larger or smaller, slanted by up to 14°.
    pub augment: Augment,
    /// What computes: "flex" or "ndarray", and with the feature burn-wgpu "wgpu", a GPU.
    pub backend: Backend,
}

impl BurnLenet {
    /// The parameters that PERFORMANCE, "The convolutional network", says how they were chosen.
    pub fn chosen(backend: Backend) -> Self {
        Self {
            filters: [16, 32],
            hidden: 128,
            epochs: 8,
            batch_size: 100,
            learning_rate: 0.05,
            momentum: 0.9,
            augment: Augment::None,
            backend,
        }
    }

    fn plan(&self, picture: PictureShape, classes: usize) -> Plan {
        Plan {
            picture,
            filters: self.filters,
            hidden: self.hidden,
            classes,
            products: self.backend.is_processor(),
        }
    }

    /// The step length of an update, by how many came before it and how many there are.
    fn rate(&self, before: usize, all: usize) -> f64 {
        self.learning_rate * (1.0 - before as f64 / all as f64)
    }

    fn train(
        &self,
        train: &Dataset,
        shape: PictureShape,
        context: &mut FitContext<'_>,
    ) -> Result<Box<dyn Classifier>, FitError> {
        let inner = self.backend.device();
        let device = inner.clone().autodiff();
        let seed = context.seed();
        let plan = self.plan(shape, train.classes());
        let network = LenetNetwork::new(&plan, seed, &device);
        let momentum = MomentumConfig::new()
            .with_momentum(self.momentum)
            .with_dampening(0.0);
        let optimizer = SgdConfig::new().with_momentum(Some(momentum)).init();
        let in_epoch = train.len().div_ceil(self.batch_size);
        let batches = |epoch: usize, context: &FitContext<'_>| {
            let order = context.visiting_order(train.len(), epoch, true);
            let movements = self.augment.movements(train.len(), shape, seed, epoch);
            let device = &device;
            // Made one after the other: all of them at once would be the training pictures once more.
            (0..in_epoch).map(move |number| {
                let indices = order.chunks(self.batch_size).nth(number);
                let batch = train.select(indices.expect("a batch for each number"));
                let pictures = batch.samples().to_f32().into_owned();
                let movements = movements.chunks(self.batch_size).nth(number);
                let pictures = moved(pictures, movements.unwrap_or_default(), shape);
                let before = (epoch - 1) * in_epoch + number;
                let rate = self.rate(before, self.epochs * in_epoch);
                (Batch::new(pictures, batch.labels(), device), rate)
            })
        };
        let place = (inner, train.classes());
        let mut descent = Descent::new(optimizer, &device);
        let trained = descent.fit(network, self.epochs, place, context, batches);
        Ok(Box::new(trained?))
    }
}

impl Recipe for BurnLenet {
    fn fit(
        &self,
        train: &Dataset,
        context: &mut FitContext<'_>,
    ) -> Result<Box<dyn Classifier>, FitError> {
        train.check_trainable()?;
        context.cancellation().check()?;
        let needs = "filters see neighbouring pixels of pictures in grey";
        let shape = FitError::unless_pictures(train, needs)?;
        // As for perceptrons: 1.63 times as long beside two busy processes, 0.86 alone.
        context.unhindered(|context| self.train(train, shape, context))
    }

    /// Filters do not pass over the border: of a small picture it takes a larger share. And what is between the layers
    /// of a large one is no longer in the caches: four times as many pixels take 6 to 11 times as long.
    fn growth_with_features(&self) -> Growth {
        Growth {
            time: 1.5,
            memory: 1.25,
        }
    }

    fn restore(&self, mut state: State, sizes: Sizes) -> Result<Box<dyn Classifier>, StateError> {
        let plan = self.plan(state.take_picture(sizes.features)?, sizes.classes);
        let device = self.backend.device();
        Ok(Box::new(TrainedNetwork {
            network: LenetNetwork::restore(&mut state, &plan, &device)?,
            device,
            classes: sizes.classes,
        }))
    }
}

impl Hyperparameters for BurnLenet {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::BURN_LENET;
    use crate::trained::Layers;
    use burn::tensor::{Device, Tensor, TensorData};
    use classifier::with_threads;
    use classifier_conformance::{
        Check, NO_LAYERS, NOT_LINEAR, PICTURES_ONLY, check_except, digits,
    };
    use data::Samples;

    #[test]
    fn it_conforms() {
        let too_wide = "a layer may be as wide as a number can say, and nothing holds that";
        let lacks = [NOT_LINEAR, NO_LAYERS, (Check::Ranges, too_wide)];
        check_except(&BURN_LENET, &[PICTURES_ONLY, &lacks].concat());
    }

    /// A single epoch on a thousand digits.
    fn short(augment: Augment) -> BurnLenet {
        BurnLenet {
            epochs: 1,
            augment,
            ..BurnLenet::chosen(Backend::Flex)
        }
    }

    fn scores(recipe: &BurnLenet, train: &Dataset, test: &Samples, threads: usize) -> Vec<f32> {
        let fitted = with_threads(threads, || {
            recipe.fit(train, &mut FitContext::quiet(1, threads))
        });
        fitted.expect("it fits").scores(test).values().to_vec()
    }

    #[test]
    fn moved_pictures_are_others_and_the_same_ones_for_any_number_of_threads() {
        let [train, test] = digits();
        let of = |augment, threads| scores(&short(augment), &train, test.samples(), threads);
        let one = of(Augment::Moved, 1);
        assert!(one == of(Augment::Moved, 2), "one thread and two");
        assert!(one != of(Augment::None, 1), "moved and not moved");
    }

    /// A network, and how its logits are after a step, by products of matrices or by Burn's convolutions.
    fn after_a_step(products: bool, pictures: &Samples, labels: &[usize]) -> Vec<f32> {
        let shape = pictures.picture().expect("pictures");
        let plan = Plan {
            products,
            ..BurnLenet::chosen(Backend::Flex).plan(shape, 10)
        };
        let device = Device::flex().autodiff();
        let network = LenetNetwork::new(&plan, 3, &device);
        let mut descent = Descent::new(SgdConfig::new().init(), &device);
        let values = pictures.to_f32().into_owned();
        let batch = Batch::new(values.clone(), labels, &device);
        let steps = std::iter::once((batch, 0.1));
        let cancellation = classifier::Cancellation::default();
        let stepped = descent.pass(network, steps, &cancellation);
        let (network, _) = stepped.expect("nobody calls it off");
        let x = TensorData::new(values, [labels.len(), shape.features()]);
        let logits = network.forward(Tensor::from_data(x, &device));
        crate::trained::floats(logits.inner())
    }

    #[test]
    fn products_of_matrices_are_burns_convolutions() {
        let [train, _] = digits();
        let few = train.select(&(0..20).collect::<Vec<_>>());
        let odd = PictureShape {
            rows: 16,
            columns: 49,
        };
        let odd = few.samples().clone().into_pictures(odd);
        for pictures in [few.samples(), &odd.expect("as many pixels")] {
            let [ours, burns] =
                [true, false].map(|products| after_a_step(products, pictures, few.labels()));
            for (ours, burns) in ours.iter().zip(&burns) {
                assert!((ours - burns).abs() < 1e-3, "{ours} and {burns}");
            }
        }
    }

    #[test]
    fn what_is_no_picture_is_declined() {
        let [train, _] = digits();
        let rows = Samples::from_features(784, train.samples().to_f32().into_owned());
        let rows = Dataset::new(
            rows.expect("whole rows"),
            train.labels().to_vec(),
            train.class_names().clone(),
        );
        let error = short(Augment::None)
            .fit(&rows.expect("as many"), &mut FitContext::quiet(1, 1))
            .err()
            .expect("it is declined");
        assert!(matches!(error, FitError::Declined { .. }), "{error}");
    }

    /// `CUBECL_WGPU_DEFAULT_DEVICE=Cpu cargo test -p model-burn-mlp --features wgpu -- --ignored` runs it on
    /// Debian's software device (mesa-vulkan-drivers).
    #[cfg(feature = "wgpu")]
    #[test]
    #[ignore = "needs a device for Vulkan"]
    fn a_gpu_learns_what_the_processor_learns() {
        let [train, test] = digits();
        let logits = |backend| {
            let recipe = BurnLenet {
                backend,
                ..short(Augment::Moved)
            };
            scores(&recipe, &train, test.samples(), 1)
        };
        let (ours, theirs) = (logits(Backend::Flex), logits(Backend::Wgpu));
        let largest = |values: &[f32]| classifier::Scores::new(values.to_vec(), 10).labels();
        let same = largest(&ours).into_iter().zip(largest(&theirs));
        let same = same.filter(|(ours, theirs)| ours == theirs).count();
        assert!(same >= 295, "{same} of 300 test images");
        for (ours, theirs) in ours.iter().zip(&theirs) {
            assert!((ours - theirs).abs() < 0.05, "{ours} and {theirs}");
        }
    }
}
