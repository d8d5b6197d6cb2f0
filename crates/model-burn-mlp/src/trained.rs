//! What a trained network of any kind is to the rest: a classifier that predicts in batches.

use burn::module::Module;
use burn::tensor::activation::log_softmax;
use burn::tensor::{Device, Tensor, TensorData};
use classifier::{Classifier, LinearWeights, Scores, State, StateError};
use data::Samples;

/// Layers that make logits of rows of features.
pub(crate) trait Layers: Module + Sync {
    /// Samples per forward pass in prediction: bounds memory, and is large enough for speed.
    const AT_ONCE: usize = 1_000;

    /// # Shapes
    /// - `x`: (m, features)
    /// - result: logits (m, classes)
    fn forward(&self, x: Tensor<2>) -> Tensor<2>;

    /// All arrays by name.
    fn state(&self) -> State;

    /// Weights and biases of each layer, where all are dense and rectified linear units are between them.
    fn dense(&self) -> Option<Vec<LinearWeights>> {
        None
    }
}

/// A trained network on a device without autodiff, where forward passes keep no graph.
pub(crate) struct TrainedNetwork<N> {
    pub(crate) network: N,
    pub(crate) device: Device,
    pub(crate) classes: usize,
}

impl<N: Layers> TrainedNetwork<N> {
    /// Gives `each` the logits of one batch after the other.
    fn forward(&self, images: &Samples, mut each: impl FnMut(Tensor<2>)) {
        for start in (0..images.len()).step_by(N::AT_ONCE) {
            let batch = images.slice(start..images.len().min(start + N::AT_ONCE));
            let shape = [batch.len(), batch.features()];
            let x = TensorData::new(batch.to_f32().into_owned(), shape);
            each(self.network.forward(Tensor::from_data(x, &self.device)));
        }
    }

    fn room(&self, images: &Samples) -> Vec<f32> {
        Vec::with_capacity(images.len() * self.classes)
    }
}

impl<N: Layers> Classifier for TrainedNetwork<N> {
    /// The logits.
    fn scores(&self, images: &Samples) -> Scores {
        let mut scores = self.room(images);
        self.forward(images, |logits| scores.extend(floats(logits)));
        Scores::new(scores, self.classes)
    }

    fn log_probabilities(&self, images: &Samples) -> Option<Scores> {
        self.scores_and_log_probabilities(images).1
    }

    fn scores_and_log_probabilities(&self, images: &Samples) -> (Scores, Option<Scores>) {
        let [mut scores, mut logs] = [self.room(images), self.room(images)];
        self.forward(images, |logits| {
            scores.extend(floats(logits.clone()));
            logs.extend(floats(log_softmax(logits, 1)));
        });
        let [scores, logs] = [scores, logs].map(|values| Scores::new(values, self.classes));
        (scores, Some(logs))
    }

    fn parameter_count(&self) -> usize {
        self.network.num_params()
    }

    fn layers(&self) -> Option<Vec<LinearWeights>> {
        self.network.dense()
    }

    fn linear_weights(&self) -> Option<LinearWeights> {
        let [layer] = self.network.dense()?.try_into().ok()?;
        Some(layer)
    }

    fn state(&self) -> Result<State, StateError> {
        Ok(self.network.state())
    }
}

/// The values of a tensor.
pub(crate) fn floats<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor
        .into_data()
        .try_to_vec()
        .expect("the tensors of this crate hold f32")
}
