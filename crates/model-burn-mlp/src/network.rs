//! Fully connected layers with ReLU between them.

use crate::layers::{he_uniform, linear, take_layer, with_layer};
use crate::trained::{Layers, floats};
use burn::module::Module;
use burn::nn::Linear;
use burn::tensor::activation::relu;
use burn::tensor::{Device, Tensor};
use classifier::{LinearWeights, State, StateError, generator};

/// A multi-layer perceptron; without hidden layers, softmax regression.
#[derive(Module, Debug)]
pub struct Network {
    layers: Vec<Linear>,
}

impl Network {
    /// Layers between consecutive `widths`. A single layer starts from zero weights, as the
    /// hand-written one does; deeper networks from random ones. Biases start from zero.
    pub(crate) fn new(widths: &[usize], seed: u64, device: &Device) -> Self {
        let mut random = generator(seed, 0);
        let single = widths.len() == 2;
        let layers = widths.windows(2).map(|pair| {
            let (inputs, outputs) = (pair[0], pair[1]);
            let weights = if single {
                vec![0.0; inputs * outputs]
            } else {
                he_uniform(&mut random, inputs, inputs * outputs)
            };
            linear(weights, vec![0.0; outputs], device)
        });
        Self {
            layers: layers.collect(),
        }
    }

    /// Layers between consecutive `widths`, from their arrays.
    pub(crate) fn restore(
        state: &mut State,
        widths: &[usize],
        device: &Device,
    ) -> Result<Self, StateError> {
        let layers = widths.windows(2).enumerate().map(|(number, pair)| {
            let (weights, biases) = take_layer(state, &name(number), pair, pair[1])?;
            Ok(linear(weights, biases, device))
        });
        Ok(Self {
            layers: layers.collect::<Result<_, StateError>>()?,
        })
    }
}

impl Layers for Network {
    fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        let mut layers = self.layers.iter();
        let first = layers.next().expect("a network has a layer").forward(x);
        layers.fold(first, |x, layer| layer.forward(relu(x)))
    }

    /// What [`restore`](Network::restore) needs.
    fn state(&self) -> State {
        let layers = self.layers.iter().enumerate();
        layers.fold(State::default(), |state, (number, layer)| {
            with_layer(state, &name(number), &layer.weight, layer.bias.as_ref())
        })
    }

    fn dense(&self) -> Option<Vec<LinearWeights>> {
        let layers = self.layers.iter().map(|layer| {
            Some(LinearWeights {
                weights: floats(layer.weight.val()),
                biases: floats(layer.bias.as_ref()?.val()),
            })
        });
        layers.collect()
    }
}

/// A layer by its number from 0.
fn name(layer: usize) -> String {
    format!("layers.{layer}")
}
