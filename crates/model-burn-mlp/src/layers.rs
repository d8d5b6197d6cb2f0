//! Layers from their arrays, the arrays with which they begin, and the names under which they are kept.

use crate::trained::floats;
use burn::module::Param;
use burn::nn::conv::Conv2d;
use burn::nn::{Linear, PaddingConfig2d};
use burn::tensor::{Device, Tensor, TensorData};
use classifier::{State, StateError};
use rand::{Rng, RngExt};

/// He-uniform weights U(±√(6/fan-in)) (He et al. 2015, arXiv:1502.01852), where a unit has `inputs`.
/// They are drawn from the seed of the fit, not from Burn's process-wide generator.
pub(crate) fn he_uniform(random: &mut impl Rng, inputs: usize, count: usize) -> Vec<f32> {
    let bound = (6.0 / inputs as f32).sqrt();
    (0..count)
        .map(|_| random.random_range(-bound..bound))
        .collect()
}

/// # Shapes
/// - `weights`: (inputs, outputs)
/// - `biases`: (outputs)
pub(crate) fn linear(weights: Vec<f32>, biases: Vec<f32>, device: &Device) -> Linear {
    let shape = [weights.len() / biases.len(), biases.len()];
    Linear {
        weight: parameter(weights, shape, device),
        bias: Some(vector(biases, device)),
    }
}

/// Filters of `side` × `side`, moved by one pixel at a time, inside of the picture.
///
/// # Shapes
/// - `weights`: (filters, channels, side, side)
/// - `biases`: (filters)
pub(crate) fn convolution(
    weights: Vec<f32>,
    biases: Vec<f32>,
    side: usize,
    device: &Device,
) -> Conv2d {
    let filters = biases.len();
    let shape = [filters, weights.len() / filters / side / side, side, side];
    Conv2d {
        weight: parameter(weights, shape, device),
        bias: Some(vector(biases, device)),
        stride: [1, 1],
        kernel_size: [side, side],
        dilation: [1, 1],
        groups: 1,
        padding: PaddingConfig2d::Valid,
    }
}

/// `state` with the weights and biases of one layer.
pub(crate) fn with_layer<const D: usize>(
    state: State,
    name: &str,
    weights: &Param<Tensor<D>>,
    biases: Option<&Param<Tensor<1>>>,
) -> State {
    let [of_weights, of_biases] = names(name);
    let (weights, biases) = (weights.val(), biases.expect("every layer has biases").val());
    let (shape, outputs) = (weights.dims(), biases.dims());
    state
        .with(&of_weights, &shape, floats(weights))
        .with(&of_biases, &outputs, floats(biases))
}

/// Weights of this shape, and as many biases as the layer has outputs.
pub(crate) fn take_layer(
    state: &mut State,
    name: &str,
    shape: &[usize],
    outputs: usize,
) -> Result<(Vec<f32>, Vec<f32>), StateError> {
    let [weights, biases] = names(name);
    let weights = state.take(&weights)?.of_shape(shape)?;
    Ok((weights, state.take(&biases)?.of_shape(&[outputs])?))
}

fn names(layer: &str) -> [String; 2] {
    ["weights", "biases"].map(|what| format!("{layer}.{what}"))
}

fn vector(values: Vec<f32>, device: &Device) -> Param<Tensor<1>> {
    let length = values.len();
    parameter(values, [length], device)
}

fn parameter<const D: usize>(
    values: Vec<f32>,
    shape: [usize; D],
    device: &Device,
) -> Param<Tensor<D>> {
    Param::from_data(TensorData::new(values, shape), device)
}
