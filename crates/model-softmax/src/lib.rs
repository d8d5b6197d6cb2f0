//! Softmax regression by hand: the model, its loss, the gradient derived on paper, and gradient
//! descent.
//!
//! Read it in the order of the lab: [`softmax`] and [`forward`], [`cross_entropy`],
//! [`gradient`], [`update`], and [`Softmax::train_by_formulas`] that repeats them. Every function
//! takes row-major matrices and works in any float type, so that the gradient can be checked in
//! `f64`. [`Softmax::train`] computes the same many times faster, on groups of pixels that
//! are not black and vectors of classes; its tests compare it with the formulas.

mod batches;
mod cholesky;
mod curvature;
mod descent;
mod features;
mod fit;
mod forward;
mod full_batch;
mod gradient;
mod huge_pages;
mod lanes;
mod lbfgs;
mod loss;
mod matrix;
mod model;
mod optimum;
mod pair;
mod prediction;
mod products;
mod residual;
mod sparse;
mod sparse_descent;
mod tiles;
mod vectors;
mod weights;

pub use descent::{Softmax, update};
pub use fit::{Terms, Train};
pub use forward::{forward, log_softmax, logits, softmax};
pub use gradient::{gradient, weighted_gradient};
pub use loss::{cross_entropy, weighted_cross_entropy};
pub use matrix::{SparseError, SparseSamples, SparseValues};
pub use model::SoftmaxRegression;
pub use optimum::SoftmaxLbfgs;
pub use prediction::sparse_logits;
pub use weights::Weights;

use classifier::{ModelEntry, Suits};

/// How the registry knows this model.
pub const SOFTMAX: ModelEntry = ModelEntry {
    id: "softmax",
    backend: "by hand",
    summary: "softmax regression with a hand-derived gradient and mini-batch gradient descent",
    package: env!("CARGO_PKG_NAME"),
    libraries: &[],
    environment: &[],
    suits: Suits::Everything,
    preset: || Box::new(Softmax::default()),
};

/// The same model at the optimum of its regularised loss.
pub const SOFTMAX_LBFGS: ModelEntry = ModelEntry {
    id: "softmax-lbfgs",
    backend: "by hand",
    summary: "softmax regression at the optimum of its ℓ2-regularised loss, by L-BFGS",
    package: env!("CARGO_PKG_NAME"),
    libraries: &[],
    environment: &[],
    suits: Suits::Everything,
    preset: || Box::new(SoftmaxLbfgs::default()),
};
