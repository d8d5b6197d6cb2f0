//! The contract between models and whoever trains them.
//!
//! A model crate implements two traits: [`Recipe`], the hyper-parameters with `fit`, and
//! [`Classifier`], what a fit returns. A constant [`ModelEntry`] names the model and its
//! defaults; that constant is all a runner needs to know. `CONTRIBUTING.md` walks through
//! `model-nearest-centroid`, the smallest complete example.

mod cancellation;
mod class_weights;
mod classifier;
mod context;
mod count;
mod entry;
mod error;
mod nearest_name;
mod observer;
mod processors;
mod random;
mod range;
mod recipe;
mod scores;
mod state;

pub use cancellation::{Cancellation, Cancelled};
pub use class_weights::ClassWeights;
pub use classifier::{Classifier, LinearWeights};
pub use context::{FitContext, NoThreads, try_with_threads, with_threads};
pub use count::Count;
pub use entry::{EVERY_CRATE, Hyperparameters, ModelEntry, Parameter, Preset, Suits};
pub use error::{FitError, InvalidParameter, ParameterError};
pub use nearest_name::{did_you_mean, nearest_name};
pub use observer::{Epoch, Observer, Silent, Step};
pub use processors::{unhindered_now, unhindered_threads};
pub use random::generator;
pub use recipe::{Growth, Recipe};
pub use scores::Scores;
pub use state::{Array, Element, Sizes, State, StateError, Taken, Values};

// A model crate describes its hyper-parameters with these derives.
pub use schemars;
