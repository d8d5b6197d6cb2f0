//! The lab's network through a framework: Burn's layers, loss, autodiff and optimiser.
//!
//! Without hidden layers this is softmax regression with exactly the weights, batches and updates
//! of the hand-written one; with them a multi-layer perceptron with ReLU.

mod backend;
mod network;
mod train;

pub use backend::Backend;
pub use network::Network;
pub use train::BurnMlp;

use classifier::{ModelEntry, Suits};

/// Single layer on `burn-ndarray`.
#[cfg(feature = "ndarray")]
pub const BURN_NDARRAY: ModelEntry = ModelEntry {
    id: "burn-ndarray",
    backend: "Burn ndarray",
    summary: "the architecture of `softmax` through Burn's autodiff on the ndarray backend",
    package: env!("CARGO_PKG_NAME"),
    libraries: &["burn", "burn-ndarray"],
    // Threads of matrixmultiply spin when they wait. With more than one, the small products of a batch
    // take ten times as long beside a busy processor, and gain nothing on a quiet machine.
    environment: &[("MATMUL_NUM_THREADS", "1")],
    suits: Suits::Everything,
    preset: || Box::new(BurnMlp::single_layer(Backend::Ndarray)),
};

/// Single layer on `burn-flex`.
#[cfg(feature = "flex")]
pub const BURN_FLEX: ModelEntry = ModelEntry {
    id: "burn-flex",
    backend: "Burn flex",
    summary: "the architecture of `softmax` through Burn's autodiff on the flex backend",
    package: env!("CARGO_PKG_NAME"),
    libraries: &["burn", "burn-flex"],
    environment: &[],
    suits: Suits::Everything,
    preset: || Box::new(BurnMlp::single_layer(Backend::Flex)),
};

/// One hidden layer of 128 units on `burn-flex`.
#[cfg(feature = "flex")]
pub const BURN_MLP: ModelEntry = ModelEntry {
    id: "burn-mlp",
    backend: "Burn flex",
    summary: "a multi-layer perceptron with one hidden layer of 128 ReLU units in Burn",
    package: env!("CARGO_PKG_NAME"),
    libraries: &["burn", "burn-flex"],
    environment: &[],
    suits: Suits::Everything,
    preset: || {
        Box::new(BurnMlp {
            hidden: vec![128],
            ..BurnMlp::single_layer(Backend::Flex)
        })
    },
};
