//! What is learnt: W and b.

use num_traits::Float;

/// W and b, or their gradient.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights<F> {
    /// W, shape (features, classes) in row-major order.
    pub w: Vec<F>,
    /// b, shape (classes).
    pub b: Vec<F>,
}

impl<F: Float> Weights<F> {
    /// All zero: the loss is convex, so there is no symmetry to break.
    pub fn zeros(features: usize, classes: usize) -> Self {
        Self {
            w: vec![F::zero(); features * classes],
            b: vec![F::zero(); classes],
        }
    }

    /// d, the rows of W.
    pub fn features(&self) -> usize {
        self.w.len() / self.b.len()
    }

    /// k, the columns of W.
    pub fn classes(&self) -> usize {
        self.b.len()
    }
}
