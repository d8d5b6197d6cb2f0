//! The hand-written gradient and training against Burn's, on real MNIST.

use burn::nn::loss::CrossEntropyLossConfig;
use burn::tensor::{Device, Int, Tensor, TensorData};
use classifier::{FitContext, LinearWeights, ModelEntry, generator};
use model_softmax::{Weights, forward, gradient};
use rand::RngExt;

fn largest_difference<'a>(
    a: impl IntoIterator<Item = &'a f32>,
    b: impl IntoIterator<Item = &'a f32>,
) -> f32 {
    a.into_iter()
        .zip(b)
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, f32::max)
}

/// One batch, random weights: the derivation on paper against autodiff.
#[test]
fn the_gradient_agrees_with_autodiff() {
    let mnist = catalog::mnist().unwrap();
    let batch = mnist.train.select(&(0..100).collect::<Vec<_>>());
    let x = batch.samples().to_f32();
    let mut random = generator(1, 0);
    let mut numbers = |count| (0..count).map(|_| random.random_range(-0.1..0.1)).collect();
    let weights: Weights<f32> = Weights {
        w: numbers(7840),
        b: numbers(10),
    };
    let by_hand = gradient(&x, &forward(&x, &weights), batch.labels());

    let device = Device::flex().autodiff();
    let labels: Vec<i64> = batch.labels().iter().map(|&label| label as i64).collect();
    let inputs = Tensor::<2>::from_data(TensorData::new(x.to_vec(), [100, 784]), &device);
    let targets = Tensor::<1, Int>::from_data(TensorData::new(labels, [100]), &device);
    let w = Tensor::<2>::from_data(TensorData::new(weights.w, [784, 10]), &device).require_grad();
    let b = Tensor::<1>::from_data(TensorData::new(weights.b, [10]), &device).require_grad();
    let z = inputs.matmul(w.clone()) + b.clone().unsqueeze();
    let loss = CrossEntropyLossConfig::new()
        .init(&device)
        .forward(z, targets);
    let gradients = loss.backward();

    let autodiff_w: Vec<f32> = w
        .grad(&gradients)
        .unwrap()
        .into_data()
        .try_to_vec()
        .unwrap();
    let autodiff_b: Vec<f32> = b
        .grad(&gradients)
        .unwrap()
        .into_data()
        .try_to_vec()
        .unwrap();
    let in_w = largest_difference(&by_hand.w, &autodiff_w);
    let in_b = largest_difference(&by_hand.b, &autodiff_b);
    assert!(
        in_w <= 1e-5 && in_b <= 1e-5,
        "largest differences: W {in_w:e}, b {in_b:e}"
    );
}

/// Twenty epochs over all of MNIST from the same zero weights over the same batches.
#[test]
fn training_ends_with_the_same_weights() {
    let mnist = catalog::mnist().unwrap();
    let train = |model: &ModelEntry| -> LinearWeights {
        let fitted = (model.preset)()
            .fit(&mnist.train, &mut FitContext::quiet(1, 1))
            .unwrap();
        fitted.linear_weights().unwrap()
    };
    let by_hand = train(&model_softmax::SOFTMAX);
    for model in [model_burn_mlp::BURN_NDARRAY, model_burn_mlp::BURN_FLEX] {
        let burn = train(&model);
        let in_w = largest_difference(&by_hand.weights, &burn.weights);
        let in_b = largest_difference(&by_hand.biases, &burn.biases);
        assert!(
            in_w <= 1e-4 && in_b <= 1e-4,
            "{}: W {in_w:e}, b {in_b:e}",
            model.id
        );
    }
}
