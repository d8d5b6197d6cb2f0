//! The gradient of the formula against central differences.

use classifier::generator;
use model_softmax::{Weights, cross_entropy, gradient, logits, softmax};
use rand::RngExt;

/// A derivative, computed in two ways.
pub(crate) struct Derivative {
    /// In W: which feature and class.
    pub(crate) place: [usize; 2],
    pub(crate) by_formula: f64,
    /// (L(w + h) − L(w − h)) / 2h.
    pub(crate) by_differences: f64,
}

/// Step of the differences. Their error is of order h² by truncation and 10⁻¹⁶/h by rounding: about 10⁻¹⁰ each.
pub(crate) const STEP: f64 = 1e-5;

/// Every `every`-th derivative of the mean cross-entropy of a batch in W, at random weights: at zero weights much
/// would be right that is wrong elsewhere.
///
/// # Shapes
/// - `x`: (m, d), `labels`: (m), each below `classes`
pub(crate) fn derivatives(
    x: &[f64],
    labels: &[usize],
    classes: usize,
    every: usize,
) -> Vec<Derivative> {
    let features = x.len() / labels.len();
    let mut random = generator(1, 0);
    let mut weights = Weights::<f64>::zeros(features, classes);
    for w in weights.w.iter_mut().chain(&mut weights.b) {
        *w = random.random_range(-0.1..0.1);
    }
    let mut probabilities = logits(x, &weights);
    softmax(&mut probabilities, classes);
    let by_formula = gradient(x, &probabilities, labels).w;
    let places = (0..by_formula.len()).step_by(every);
    let found = places.map(|place| {
        let mut loss = |step: f64| {
            let before = weights.w[place];
            weights.w[place] = before + step;
            let loss = cross_entropy(&logits(x, &weights), labels);
            weights.w[place] = before;
            loss
        };
        Derivative {
            place: [place / classes, place % classes],
            by_formula: by_formula[place],
            by_differences: (loss(STEP) - loss(-STEP)) / (2.0 * STEP),
        }
    });
    found.collect()
}

/// The largest difference between the two, by the largest derivative.
pub(crate) fn relative_error(derivatives: &[Derivative]) -> f64 {
    let largest = |of: fn(&Derivative) -> f64| derivatives.iter().map(of).fold(0.0, f64::max);
    let scale = largest(|of| of.by_formula.abs());
    largest(|of| (of.by_formula - of.by_differences).abs()) / scale
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_formula_is_the_derivative_and_a_wrong_one_is_not() {
        let x = [0.3, 0.0, 1.0, 0.5, 0.2, 0.0];
        let mut found = derivatives(&x, &[0, 2], 3, 1);
        assert_eq!(found.len(), 9);
        assert!(relative_error(&found) < 1e-8);
        for derivative in &mut found {
            derivative.by_formula *= 2.0;
        }
        assert!(relative_error(&found) > 0.4);
    }
}
