//! What training minimises.

use crate::forward::log_sum_exp;
use num_traits::Float;

/// Mean cross-entropy −(1/m) Σᵢ log ŷᵢ,ₗₐᵦₑₗ of the logits' softmax, in nats.
///
/// Taken from the logits, as log Σ exp(z) − `z_label`, because the probability of a confident
/// mistake underflows to 0 and its logarithm to −∞.
///
/// # Shapes
/// - `logits`: (m, k)
/// - `labels`: (m), each below k
pub fn cross_entropy<F: Float>(logits: &[F], labels: &[usize]) -> F {
    weighted_cross_entropy(logits, labels, None)
}

/// [`cross_entropy`] with a weight for each sample's class, −(1/m) Σᵢ wₗₐᵦₑₗ log ŷᵢ,ₗₐᵦₑₗ, in nats.
///
/// # Shapes
/// As those of [`cross_entropy`], and
/// - `weights`: (k), what a sample of each class counts; 1 without them
pub fn weighted_cross_entropy<F: Float>(
    logits: &[F],
    labels: &[usize],
    weights: Option<&[F]>,
) -> F {
    let classes = logits.len() / labels.len();
    let rows = logits.chunks_exact(classes).zip(labels);
    let sum = rows.fold(F::zero(), |sum, (z, &label)| match weights {
        Some(weights) => sum + weights[label] * (log_sum_exp(z) - z[label]),
        None => sum + log_sum_exp(z) - z[label],
    });
    sum / count(labels)
}

/// The number of images as a float.
pub(crate) fn count<F: Float>(labels: &[usize]) -> F {
    F::from(labels.len()).expect("every float type holds a count of images")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ignorance_costs_the_logarithm_of_the_number_of_classes() {
        let loss: f64 = cross_entropy(&[0.0; 30], &[0, 9, 4]);
        assert!((loss - 10.0_f64.ln()).abs() < 1e-15);
    }

    #[test]
    fn known_logits_give_the_textbook_formula() {
        let z = [2.0, 1.0, -1.0, 0.5, 0.0, 3.0_f64];
        let first = (2.0_f64.exp() + 1.0_f64.exp() + (-1.0_f64).exp()).ln() - 2.0;
        let second = (0.5_f64.exp() + 1.0 + 3.0_f64.exp()).ln();
        assert!((cross_entropy(&z, &[0, 1]) - f64::midpoint(first, second)).abs() < 1e-15);
    }

    #[test]
    fn a_confident_mistake_is_finite() {
        assert_eq!(cross_entropy(&[2000.0, 0.0_f32], &[1]), 2000.0);
    }
}
