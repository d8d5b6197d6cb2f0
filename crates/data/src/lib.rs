//! Labelled samples: what models learn from, and how subsets and folds of them are drawn.
//!
//! No model crate needs more. Files and test samples are in the crate `catalog`, which models
//! cannot name.

mod buffer;
mod dataset;
mod error;
mod folds;
mod groups;
mod hold_out;
mod samples;
mod shape;
mod smaller;
mod subset;
mod targets;

pub use buffer::{Buffer, MappedFile, path_of};
pub use dataset::Dataset;
pub use error::DataError;
pub use folds::stratified_folds;
pub use hold_out::{HoldOut, hold_out};
pub use samples::Samples;
pub use shape::PictureShape;
pub use subset::stratified_subset;
pub use targets::Targets;
