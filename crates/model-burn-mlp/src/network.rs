//! Fully connected layers with ReLU between them, and the classifier that they make.

use burn::module::{Module, Param};
use burn::nn::Linear;
use burn::tensor::activation::{log_softmax, relu};
use burn::tensor::{Device, Tensor, TensorData};
use classifier::{Classifier, LinearWeights, Scores, State, StateError, generator};
use data::Samples;
use rand::RngExt;

/// Samples per forward pass in prediction: bounds memory, and is large enough for speed.
const PREDICTION_BATCH: usize = 1_000;

/// A multi-layer perceptron; without hidden layers, softmax regression.
#[derive(Module, Debug)]
pub struct Network {
    layers: Vec<Linear>,
}

impl Network {
    /// Layers between consecutive `widths`. A single layer starts from zero weights, as the
    /// hand-written one does; deeper networks from He-uniform weights U(±√(6/fan-in)) (He et al.
    /// 2015, arXiv:1502.01852) drawn from `seed`, not from Burn's process-wide generator. Biases
    /// start from zero.
    pub(crate) fn new(widths: &[usize], seed: u64, device: &Device) -> Self {
        let mut random = generator(seed, 0);
        let single = widths.len() == 2;
        let layers = widths.windows(2).map(|pair| {
            let (inputs, outputs) = (pair[0], pair[1]);
            let bound = (6.0 / inputs as f32).sqrt();
            let mut draw = || {
                if single {
                    0.0
                } else {
                    random.random_range(-bound..bound)
                }
            };
            let weights: Vec<f32> = (0..inputs * outputs).map(|_| draw()).collect();
            layer(weights, vec![0.0; outputs], device)
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
            let [weights, biases] = names(number);
            let weights = state.take(&weights)?.of_shape(pair)?;
            let biases = state.take(&biases)?.of_shape(&pair[1..])?;
            Ok(layer(weights, biases, device))
        });
        Ok(Self {
            layers: layers.collect::<Result<_, StateError>>()?,
        })
    }

    /// What [`restore`](Self::restore) needs.
    fn state(&self) -> State {
        let layers = self.layers.iter().enumerate();
        layers.fold(State::default(), |state, (number, layer)| {
            let [weights, biases] = names(number);
            let shape = layer.weight.val().dims();
            let bias = layer.bias.as_ref().expect("every layer has biases");
            state
                .with(&weights, &shape, floats(layer.weight.val()))
                .with(&biases, &shape[1..], floats(bias.val()))
        })
    }

    /// # Shapes
    /// - `x`: (m, features)
    /// - result: logits (m, classes)
    pub(crate) fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        let mut layers = self.layers.iter();
        let first = layers.next().expect("a network has a layer").forward(x);
        layers.fold(first, |x, layer| layer.forward(relu(x)))
    }
}

/// The arrays of a layer, by its number from 0.
fn names(layer: usize) -> [String; 2] {
    ["weights", "biases"].map(|what| format!("layers.{layer}.{what}"))
}

/// # Shapes
/// - `weights`: (inputs, outputs)
/// - `biases`: (outputs)
fn layer(weights: Vec<f32>, biases: Vec<f32>, device: &Device) -> Linear {
    let outputs = biases.len();
    let shape = [weights.len() / outputs, outputs];
    Linear {
        weight: Param::from_data(TensorData::new(weights, shape), device),
        bias: Some(Param::from_data(TensorData::new(biases, [outputs]), device)),
    }
}

/// A trained network on a device without autodiff, where forward passes keep no graph.
pub(crate) struct TrainedNetwork {
    pub(crate) network: Network,
    pub(crate) device: Device,
    pub(crate) classes: usize,
}

impl TrainedNetwork {
    fn predict(&self, images: &Samples, last: impl Fn(Tensor<2>) -> Tensor<2>) -> Scores {
        let mut values = Vec::with_capacity(images.len() * self.classes);
        for start in (0..images.len()).step_by(PREDICTION_BATCH) {
            let batch = images.slice(start..images.len().min(start + PREDICTION_BATCH));
            let shape = [batch.len(), batch.features()];
            let x = TensorData::new(batch.to_f32().into_owned(), shape);
            let scores = last(self.network.forward(Tensor::from_data(x, &self.device)));
            values.extend(floats(scores));
        }
        Scores::new(values, self.classes)
    }
}

impl Classifier for TrainedNetwork {
    /// The logits.
    fn scores(&self, images: &Samples) -> Scores {
        self.predict(images, |logits| logits)
    }

    fn log_probabilities(&self, images: &Samples) -> Option<Scores> {
        Some(self.predict(images, |logits| log_softmax(logits, 1)))
    }

    fn parameter_count(&self) -> usize {
        self.network.num_params()
    }

    fn linear_weights(&self) -> Option<LinearWeights> {
        let [layer] = self.network.layers.as_slice() else {
            return None;
        };
        Some(LinearWeights {
            weights: floats(layer.weight.val()),
            biases: floats(layer.bias.as_ref()?.val()),
        })
    }

    fn state(&self) -> Result<State, StateError> {
        Ok(self.network.state())
    }
}

fn floats<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor
        .into_data()
        .try_to_vec()
        .expect("the tensors of this crate hold f32")
}
