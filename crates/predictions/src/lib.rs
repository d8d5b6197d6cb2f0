//! Predictions that were made elsewhere: read from files, aligned with the truth, and made into records
//! that analysis and report take like those of any comparison.
//!
//! A file has a row for each sample, with the columns
//!
//! | column | holds |
//! |---|---|
//! | `id` | which sample; without it, rows are in the order of the truth |
//! | `prediction` (or `predicted`) | the class; without it, the most probable one |
//! | `probability_CLASS`, `p_CLASS` or `CLASS` | the probability of the class; of all classes or none |
//! | `model` | where one file holds several models |
//! | `seed` | where a model was fitted with several seeds |
//! | `fold` | for cross-validation; the same for all models |
//! | `group` | in the truth alone: rows of one group belong together |
//! | any other | in the truth alone: models can be judged by its values, on groups of rows |
//!
//! or is an array of NumPy's: one class per row, or one probability per row and class.

mod align;
mod answers;
mod error;
mod file;
mod folds;
mod ids;
mod model;
mod run;
mod slices;
mod spelling;
mod truth;

pub use error::PredictionError;
pub use file::NamedFile;
pub use model::{Model, read_models};
pub use run::{Given, Judged, Question, beside, judged};
pub use truth::{Truth, TruthColumns};
