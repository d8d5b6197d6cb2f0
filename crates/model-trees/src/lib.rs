//! Gradient-boosted trees and random forests, by hand.
//!
#![doc = include_str!("../README.md")]

mod bins;
mod boosted;
mod boosting;
mod class_tree;
mod forest;
mod gini;
mod growth;
mod histogram;
mod kept;
mod loss;
mod prediction;
mod side;
mod split;
mod sums;
mod tree;

pub use boosting::BoostedTrees;
pub use forest::RandomForest;

use classifier::{ModelEntry, Suits};

/// How the registry knows gradient-boosted trees.
pub const BOOSTED_TREES: ModelEntry = ModelEntry {
    id: "boosted-trees",
    backend: "by hand",
    summary: "gradient-boosted trees: each corrects what those before it leave wrong",
    package: env!("CARGO_PKG_NAME"),
    libraries: &[],
    environment: &[],
    suits: Suits::Tables,
    preset: || Box::new(BoostedTrees::default()),
};

/// How the registry knows random forests.
pub const RANDOM_FOREST: ModelEntry = ModelEntry {
    id: "random-forest",
    backend: "by hand",
    summary: "random forest: the mean of trees that each see other rows and features",
    package: env!("CARGO_PKG_NAME"),
    libraries: &[],
    environment: &[],
    suits: Suits::Tables,
    preset: || Box::new(RandomForest::default()),
};

#[cfg(test)]
mod tests;
