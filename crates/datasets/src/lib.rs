//! Labelled images: what models learn from, and how subsets and folds of them are drawn.
//!
//! No model crate needs more. Files and test images are in the crate `catalog`, which models
//! cannot name.

mod dataset;
mod error;
mod folds;
mod images;
mod subset;

pub use dataset::Dataset;
pub use error::DataError;
pub use folds::stratified_folds;
pub use images::{ImageShape, Images};
pub use subset::stratified_subset;
