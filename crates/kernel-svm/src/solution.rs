//! The optimum of one pair of classes.

use crate::certificate::Certificate;

/// The optimum of one pair.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Solution {
    /// αy of every sample of the first class, then of the second.
    pub(crate) coefficients: Vec<f64>,
    /// The decision is Σ αy K − ρ, for the first class above 0.
    pub(crate) rho: f64,
    pub(crate) certificate: Certificate,
}

impl Solution {
    /// α of every sample.
    pub(crate) fn alpha(&self) -> Vec<f64> {
        self.coefficients.iter().map(|y| y.abs()).collect()
    }
}
