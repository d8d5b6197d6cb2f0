//! The layers: filters, the largest of 2 × 2, filters, the largest of 2 × 2, one hidden layer.

use super::products::Maps;
use crate::layers::{convolution, he_uniform, linear, take_layer, with_layer};
use crate::trained::Layers;
use burn::module::Module;
use burn::nn::Linear;
use burn::nn::conv::Conv2d;
use burn::nn::pool::MaxPool2dConfig;
use burn::tensor::activation::relu;
use burn::tensor::{Device, Tensor};
use classifier::{State, StateError, generator};
use data::PictureShape;

/// Side of a filter.
const SIDE: usize = 5;

/// Smaller pictures stand in the middle of a black one with sides of this length, so that a pixel is left
/// where the second filters have been.
const SMALLEST: usize = 16;

/// How large the layers are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    pub(crate) picture: PictureShape,
    pub(crate) filters: [usize; 2],
    pub(crate) hidden: usize,
    pub(crate) classes: usize,
    /// Whether convolutions are products of matrices, and not Burn's: how they are computed, not what.
    pub(crate) products: bool,
}

impl Plan {
    /// Shapes of the weights of both convolutions: (filters, channels, side, side).
    fn convolutions(&self) -> [[usize; 4]; 2] {
        let [first, second] = self.filters;
        [[first, 1, SIDE, SIDE], [second, first, SIDE, SIDE]]
    }

    /// Shapes of the weights of both fully connected layers: (inputs, outputs). The inputs of the first are
    /// in the order (row, column, filter).
    fn linears(&self) -> [[usize; 2]; 2] {
        let seen = seen(self.picture.rows) * seen(self.picture.columns);
        let inputs = self.filters[1] * seen;
        [[inputs, self.hidden], [self.hidden, self.classes]]
    }
}

/// What two convolutions and two poolings leave of a side.
fn seen(side: usize) -> usize {
    let after = |side: usize| (side + 1 - SIDE) / 2;
    after(after(side.max(SMALLEST)))
}

/// A convolutional network.
#[derive(Module, Debug)]
pub(crate) struct LenetNetwork {
    convolutions: Vec<Conv2d>,
    linears: Vec<Linear>,
    rows: usize,
    columns: usize,
    products: bool,
}

impl LenetNetwork {
    /// Weights begin random, biases from zero.
    pub(crate) fn new(plan: &Plan, seed: u64, device: &Device) -> Self {
        let mut random = generator(seed, 0);
        let mut draw = |inputs: usize, outputs: usize| {
            let weights = he_uniform(&mut random, inputs, inputs * outputs);
            (weights, vec![0.0; outputs])
        };
        let convolutions = plan.convolutions().map(|[filters, channels, ..]| {
            let (weights, biases) = draw(channels * SIDE * SIDE, filters);
            convolution(weights, biases, SIDE, device)
        });
        let linears = plan.linears().map(|[inputs, outputs]| {
            let (weights, biases) = draw(inputs, outputs);
            linear(weights, biases, device)
        });
        Self::of(convolutions.into(), linears.into(), plan)
    }

    /// The network that a state describes.
    pub(crate) fn restore(
        state: &mut State,
        plan: &Plan,
        device: &Device,
    ) -> Result<Self, StateError> {
        let mut convolutions = Vec::new();
        for (number, shape) in plan.convolutions().into_iter().enumerate() {
            let name = convolution_name(number);
            let (weights, biases) = take_layer(state, &name, &shape, shape[0])?;
            convolutions.push(convolution(weights, biases, SIDE, device));
        }
        let mut linears = Vec::new();
        for (number, shape) in plan.linears().into_iter().enumerate() {
            let (weights, biases) = take_layer(state, &linear_name(number), &shape, shape[1])?;
            linears.push(linear(weights, biases, device));
        }
        Ok(Self::of(convolutions, linears, plan))
    }

    fn of(convolutions: Vec<Conv2d>, linears: Vec<Linear>, plan: &Plan) -> Self {
        Self {
            convolutions,
            linears,
            rows: plan.picture.rows,
            columns: plan.picture.columns,
            products: plan.products,
        }
    }

    /// Rows of pixels as pictures of one channel, large enough for the filters.
    fn pictures(&self, x: Tensor<2>) -> Tensor<4> {
        let [samples, _] = x.dims();
        let x = x.reshape([samples, 1, self.rows, self.columns]);
        if self.rows.min(self.columns) >= SMALLEST {
            return x;
        }
        let around = |side: usize| {
            let missing = SMALLEST.saturating_sub(side);
            (missing / 2, missing - missing / 2)
        };
        x.pad([around(self.rows), around(self.columns)], 0.0)
    }
}

impl LenetNetwork {
    /// What the convolutions make of pictures, by Burn's own. ReLU comes after the largest of four, which is
    /// the same as before it, on a quarter of the values.
    fn seen(&self, pictures: Tensor<4>) -> Tensor<4> {
        let pool = MaxPool2dConfig::new([2, 2]).init();
        let convolutions = self.convolutions.iter();
        let seen = convolutions.fold(pictures, |x, layer| relu(pool.forward(layer.forward(x))));
        seen.permute([0, 2, 3, 1])
    }

    /// The same by products of matrices.
    fn seen_by_products(&self, pictures: Tensor<4>) -> Tensor<4> {
        let [samples, channels, rows, columns] = pictures.dims();
        let pictures = Maps {
            values: pictures.reshape([samples * rows * columns, channels]),
            samples,
            rows,
            columns,
        };
        let seen = self.convolutions.iter().fold(pictures, Maps::through);
        let [_, filters] = seen.values.dims();
        seen.values
            .reshape([samples, seen.rows, seen.columns, filters])
    }
}

impl Layers for LenetNetwork {
    /// The patches of a thousand pictures would take 160 MB.
    const AT_ONCE: usize = 100;

    fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        let pictures = self.pictures(x);
        let seen = if self.products {
            self.seen_by_products(pictures)
        } else {
            self.seen(pictures)
        };
        let mut linears = self.linears.iter();
        let first = linears.next().expect("two layers");
        let hidden = first.forward(seen.flatten(1, 3));
        linears.fold(hidden, |x, layer| layer.forward(relu(x)))
    }

    /// What [`restore`](LenetNetwork::restore) needs, and the shape of the pictures.
    fn state(&self) -> State {
        let state = State::default().with_picture(PictureShape {
            rows: self.rows,
            columns: self.columns,
        });
        let convolutions = self.convolutions.iter().enumerate();
        let state = convolutions.fold(state, |state, (number, layer)| {
            let name = convolution_name(number);
            with_layer(state, &name, &layer.weight, layer.bias.as_ref())
        });
        let linears = self.linears.iter().enumerate();
        linears.fold(state, |state, (number, layer)| {
            with_layer(
                state,
                &linear_name(number),
                &layer.weight,
                layer.bias.as_ref(),
            )
        })
    }
}

fn convolution_name(number: usize) -> String {
    format!("convolutions.{number}")
}

fn linear_name(number: usize) -> String {
    format!("layers.{number}")
}
