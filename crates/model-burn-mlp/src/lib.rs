//! Networks through a framework: Burn's layers, loss, autodiff and optimiser.
//!
//! [`BurnMlp`] without hidden layers is softmax regression with exactly the weights, batches and updates
//! of the hand-written one; with them a multi-layer perceptron with ReLU. [`BurnLenet`] is a
//! convolutional network for pictures.

mod backend;
mod descent;
mod layers;
mod lenet;
mod network;
mod train;
mod trained;

pub use backend::Backend;
pub use lenet::{Augment, BurnLenet};
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

/// glibc hands large memory back to the system when it is freed, and takes it anew at the next step: a
/// seventh of the time of a fit. So it keeps it.
#[cfg(feature = "flex")]
const KEEP_MEMORY: &[(&str, &str)] = &[
    ("MALLOC_MMAP_THRESHOLD_", "33554432"),
    ("MALLOC_TRIM_THRESHOLD_", "1073741824"),
];

/// The convolutional network on `burn-flex`.
#[cfg(feature = "flex")]
pub const BURN_LENET: ModelEntry = ModelEntry {
    id: "burn-lenet",
    backend: "Burn flex",
    summary: "a convolutional network in the manner of LeNet-5 in Burn",
    package: env!("CARGO_PKG_NAME"),
    libraries: &["burn", "burn-flex"],
    environment: KEEP_MEMORY,
    suits: Suits::Pictures,
    preset: || Box::new(BurnLenet::chosen(Backend::Flex)),
};

/// The convolutional network on a GPU.
#[cfg(feature = "wgpu")]
pub const BURN_LENET_WGPU: ModelEntry = ModelEntry {
    id: "burn-lenet-wgpu",
    backend: "Burn wgpu",
    summary: "the network of `burn-lenet` on a GPU, through WebGPU",
    package: env!("CARGO_PKG_NAME"),
    libraries: &["burn", "burn-cubecl"],
    environment: &[],
    suits: Suits::Pictures,
    preset: || Box::new(BurnLenet::chosen(Backend::Wgpu)),
};
