//! Kept models on data: asked about samples, judged, compared with what they were at training, and calibrated.

mod asked;
mod calibrated;
mod error;
mod judged;
mod words;

pub use asked::asked;
pub use calibrated::{calibrated_rows, learn_from};
pub use error::EvaluationError;
pub use judged::{complete, complete_all, judge, sets, test_samples, write_card};
pub use words::{compared_rows, in_words, sets_rows};
