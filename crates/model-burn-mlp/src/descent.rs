//! Descent: pass after pass, step after step: forward, loss, backward, update.

use crate::trained::{Layers, TrainedNetwork};
use burn::nn::loss::{CrossEntropyLoss, CrossEntropyLossConfig};
use burn::optim::{GradientsParams, ModuleOptimizer};
use burn::tensor::{Device, Int, Tensor, TensorData};
use classifier::{Cancellation, Epoch, FitContext, FitError};

/// Rows of features with the numbers of their classes.
#[derive(Clone)]
pub(crate) struct Batch {
    x: Tensor<2>,
    y: Tensor<1, Int>,
}

impl Batch {
    /// # Shapes
    /// - `values`: (labels, features) in row-major order
    pub(crate) fn new(values: Vec<f32>, labels: &[usize], device: &Device) -> Self {
        let shape = [labels.len(), values.len() / labels.len()];
        let classes: Vec<i64> = labels.iter().map(|&label| label as i64).collect();
        Self {
            x: Tensor::from_data(TensorData::new(values, shape), device),
            y: Tensor::from_data(TensorData::new(classes, [labels.len()]), device),
        }
    }
}

/// Minimises the cross-entropy.
pub(crate) struct Descent {
    loss: CrossEntropyLoss,
    optimizer: ModuleOptimizer,
}

impl Descent {
    pub(crate) fn new(optimizer: ModuleOptimizer, device: &Device) -> Self {
        Self {
            loss: CrossEntropyLossConfig::new().init(device),
            optimizer,
        }
    }

    /// Passes over the training samples: `batches` gives those of a pass by its number, from 1, each with the
    /// length of its step. Whoever listens hears of every pass. The device, without autodiff, and the number of
    /// classes are those of the trained network.
    pub(crate) fn fit<N: Layers, B: Iterator<Item = (Batch, f64)>>(
        &mut self,
        mut network: N,
        passes: usize,
        (device, classes): (Device, usize),
        context: &mut FitContext<'_>,
        mut batches: impl FnMut(usize, &FitContext<'_>) -> B,
    ) -> Result<TrainedNetwork<N>, FitError> {
        let trained = |network: &N| TrainedNetwork {
            network: network.valid(),
            device: device.clone(),
            classes,
        };
        for number in 1..=passes {
            let batches = batches(number, context);
            let (stepped, training_loss) = self.pass(network, batches, context.cancellation())?;
            network = stepped;
            let progress = Epoch {
                number,
                total: passes,
                training_loss,
            };
            context.epoch(progress, &trained(&network))?;
        }
        Ok(trained(&network))
    }

    /// One step for each batch, of the length beside it. Returns the network and its mean loss over the
    /// samples, each before the step that it made.
    pub(crate) fn pass<N: Layers>(
        &mut self,
        mut network: N,
        batches: impl Iterator<Item = (Batch, f64)>,
        cancellation: &Cancellation,
    ) -> Result<(N, f64), FitError> {
        let mut losses = Vec::new();
        for (Batch { x, y }, rate) in batches {
            let samples = x.dims()[0];
            let loss = self.loss.forward(network.forward(x), y);
            // Read at the end: a GPU need not wait for it.
            losses.push((loss.clone().inner(), samples));
            let gradients = GradientsParams::from_grads(loss.backward(), &network);
            network = self.optimizer.step(rate, network, gradients);
            cancellation.check()?;
        }
        let (mut sum, mut all) = (0.0, 0);
        for (loss, samples) in losses {
            sum += f64::from(loss.into_scalar::<f32>()) * samples as f64;
            all += samples;
        }
        Ok((network, sum / all as f64))
    }
}
