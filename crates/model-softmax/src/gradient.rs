//! The gradient of the mean cross-entropy, as derived on paper.
//!
//! For one image with one-hot label y, ∂L/∂zⱼ = ŷⱼ − yⱼ: differentiating log Σ exp(zₗ) gives
//! softmax(z)ⱼ, differentiating `z_label` gives yⱼ. With z = xW + b and the mean over m images:
//! ∂L/∂W = Xᵀ(Ŷ − Y)/m and ∂L/∂b = the mean of the rows of Ŷ − Y.

use crate::Weights;
use crate::loss::count;
use num_traits::Float;

/// The gradient of [`cross_entropy`](crate::cross_entropy) in W and b.
///
/// # Shapes
/// - `x`: (m, d)
/// - `probabilities`: Ŷ (m, k), from [`forward`](crate::forward)
/// - `labels`: (m), each below k; Y is their one-hot matrix
/// - result: ∂L/∂W (d, k), ∂L/∂b (k)
pub fn gradient<F: Float>(x: &[F], probabilities: &[F], labels: &[usize]) -> Weights<F> {
    weighted_gradient(x, probabilities, labels, None)
}

/// [`gradient()`] of [`weighted_cross_entropy`](crate::weighted_cross_entropy): every residual times the
/// weight of its label.
///
/// # Shapes
/// As those of [`gradient()`], and
/// - `weights`: (k), what a sample of each class counts; 1 without them
pub fn weighted_gradient<F: Float>(
    x: &[F],
    probabilities: &[F],
    labels: &[usize],
    weights: Option<&[F]>,
) -> Weights<F> {
    let images = labels.len();
    let (features, classes) = (x.len() / images, probabilities.len() / images);
    let m: F = count(labels);
    let mut gradient = Weights::zeros(features, classes);
    let mut residual = vec![F::zero(); classes];

    let rows = x
        .chunks_exact(features)
        .zip(probabilities.chunks_exact(classes));
    for ((image, y_hat), &label) in rows.zip(labels) {
        let weight = weights.map_or(F::one(), |weights| weights[label]);
        for (class, (residual, &y_hat)) in residual.iter_mut().zip(y_hat).enumerate() {
            let y = if class == label { F::one() } else { F::zero() };
            *residual = weight * (y_hat - y) / m;
        }
        for (&pixel, g) in image.iter().zip(gradient.w.chunks_exact_mut(classes)) {
            if pixel != F::zero() {
                for (g, &residual) in g.iter_mut().zip(&residual) {
                    *g = *g + pixel * residual;
                }
            }
        }
        for (g, &residual) in gradient.b.iter_mut().zip(&residual) {
            *g = *g + residual;
        }
    }
    gradient
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{cross_entropy, forward, logits, weighted_cross_entropy};
    use classifier::generator;
    use proptest::prelude::*;
    use rand::RngExt;

    fn numbers(count: usize, seed: u64) -> Vec<f64> {
        let mut random = generator(seed, 0);
        (0..count).map(|_| random.random_range(-1.0..1.0)).collect()
    }

    proptest! {
        /// Central differences: (L(θ + h) − L(θ − h)) / 2h, error of order h².
        #[test]
        fn agrees_with_central_differences(
            (m, d, k) in (1_usize..6, 1_usize..8, 2_usize..6),
            seed: u64,
            is_weighted: bool,
        ) {
            let x = numbers(m * d, seed);
            let labels: Vec<usize> = (0..m).map(|i| (i + seed as usize % 7) % k).collect();
            let theta = numbers(d * k + k, seed ^ 1);
            let weights = |theta: &[f64]| {
                Weights { w: theta[..d * k].to_vec(), b: theta[d * k..].to_vec() }
            };
            let counts: Vec<f64> = (0..k).map(|class| 0.3 + class as f64).collect();
            let counts = is_weighted.then_some(&*counts);
            let loss = |theta: &[f64]| {
                weighted_cross_entropy(&logits(&x, &weights(theta)), &labels, counts)
            };

            let by_hand = weighted_gradient(&x, &forward(&x, &weights(&theta)), &labels, counts);
            let by_hand: Vec<f64> = by_hand.w.into_iter().chain(by_hand.b).collect();
            let h = 1e-5;
            let numeric: Vec<f64> = (0..theta.len()).map(|i| {
                let mut shifted = theta.clone();
                shifted[i] = theta[i] + h;
                let above = loss(&shifted);
                shifted[i] = theta[i] - h;
                (above - loss(&shifted)) / (2.0 * h)
            }).collect();

            let norm = |v: &[f64]| v.iter().map(|a| a * a).sum::<f64>().sqrt();
            let difference: Vec<f64> =
                by_hand.iter().zip(&numeric).map(|(a, b)| a - b).collect();
            let relative = norm(&difference) / norm(&by_hand).max(norm(&numeric)).max(1e-3);
            prop_assert!(relative <= 1e-7, "relative error {relative:e}");
        }
    }

    #[test]
    fn agrees_with_central_differences_on_real_images() {
        let mnist = catalog::mnist().unwrap();
        let batch = mnist.train.select(&(0..20).collect::<Vec<_>>());
        let x: Vec<f64> = batch
            .samples()
            .to_f32()
            .iter()
            .map(|&v| f64::from(v))
            .collect();
        let weights = Weights {
            w: numbers(7840, 1),
            b: numbers(10, 2),
        };
        let analytic = gradient(&x, &forward(&x, &weights), batch.labels());
        let scale = analytic.w.iter().fold(0.0_f64, |max, g| max.max(g.abs()));
        let h = 1e-5;
        // 97 is coprime to 7840, so these entries spread over pixels and classes.
        for i in (0..7840).step_by(97) {
            let loss = |delta: f64| {
                let mut shifted = weights.clone();
                shifted.w[i] += delta;
                cross_entropy(&logits(&x, &shifted), batch.labels())
            };
            let numeric = (loss(h) - loss(-h)) / (2.0 * h);
            let error = (numeric - analytic.w[i]).abs() / scale;
            assert!(error <= 1e-7, "entry {i}: relative error {error:e}");
        }
    }
}
