//! From images to probabilities: ŷ = softmax(xW + b).

use crate::Weights;
use num_traits::Float;

/// The logits Z = XW + b, one row per image.
///
/// # Shapes
/// - `x`: (m, d)
/// - `weights`: W (d, k), b (k)
/// - result: (m, k)
pub fn logits<F: Float>(x: &[F], weights: &Weights<F>) -> Vec<F> {
    let (features, classes) = (weights.features(), weights.classes());
    let mut z = Vec::with_capacity(x.len() / features * classes);
    for image in x.chunks_exact(features) {
        let start = z.len();
        z.extend_from_slice(&weights.b);
        let row = &mut z[start..];
        for (&pixel, w) in image.iter().zip(weights.w.chunks_exact(classes)) {
            // Four of five MNIST pixels are black and contribute nothing.
            if pixel != F::zero() {
                for (z, &w) in row.iter_mut().zip(w) {
                    *z = *z + pixel * w;
                }
            }
        }
    }
    z
}

/// Softmax of each row: exp(zⱼ) / Σ exp(zₗ), shifted by the row's maximum so that no exponential
/// overflows.
///
/// # Shapes
/// - `z`: (m, k), replaced by the probabilities
pub fn softmax<F: Float>(z: &mut [F], classes: usize) {
    for row in z.chunks_exact_mut(classes) {
        let max = row.iter().copied().fold(F::neg_infinity(), F::max);
        let mut sum = F::zero();
        for value in row.iter_mut() {
            *value = (*value - max).exp();
            sum = sum + *value;
        }
        for value in row {
            *value = *value / sum;
        }
    }
}

/// Logarithm of the softmax of each row: zⱼ − log Σ exp(zₗ), with the log-sum-exp shifted by the
/// row's maximum.
///
/// # Shapes
/// - `z`: (m, k), replaced by the log-probabilities
pub fn log_softmax<F: Float>(z: &mut [F], classes: usize) {
    for row in z.chunks_exact_mut(classes) {
        let log_sum = log_sum_exp(row);
        for value in row {
            *value = *value - log_sum;
        }
    }
}

/// The model: probabilities Ŷ = softmax(XW + b).
///
/// # Shapes
/// - `x`: (m, d)
/// - `weights`: W (d, k), b (k)
/// - result: (m, k), each row sums to 1
pub fn forward<F: Float>(x: &[F], weights: &Weights<F>) -> Vec<F> {
    let mut y = logits(x, weights);
    softmax(&mut y, weights.classes());
    y
}

/// log Σ exp(zₗ), without overflow.
pub(crate) fn log_sum_exp<F: Float>(z: &[F]) -> F {
    let max = z.iter().copied().fold(F::neg_infinity(), F::max);
    let sum = z
        .iter()
        .fold(F::zero(), |sum, &value| sum + (value - max).exp());
    max + sum.ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: &[f64], b: &[f64]) -> bool {
        a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-15)
    }

    #[test]
    fn logits_are_the_product_plus_the_bias() {
        let weights = Weights {
            w: vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
            b: vec![0.5, -0.5],
        };
        let x = [1.0, 0.0, 2.0, 0.0, 1.0, 0.0];
        assert_eq!(logits(&x, &weights), [11.5, 13.5, 3.5, 3.5]);
    }

    #[test]
    fn softmax_of_known_logits() {
        let mut z = [0.0, 3.0_f64.ln(), 0.0, 0.0];
        softmax(&mut z, 2);
        assert!(close(&z, &[0.25, 0.75, 0.5, 0.5]));
    }

    #[test]
    fn enormous_logits_do_not_overflow() {
        let mut z = [1000.0, 1000.0, -1000.0_f64];
        softmax(&mut z, 3);
        assert!(close(&z, &[0.5, 0.5, 0.0]));
        let mut z = [1000.0, 0.0_f64];
        log_softmax(&mut z, 2);
        assert!(close(&z, &[0.0, -1000.0]));
    }
}
