//! Trained models in files.
//!
//! # Format 1
//! A file is a [safetensors](https://huggingface.co/docs/safetensors) file: eight bytes with the length of
//! the header, the header in JSON, and arrays one after another. Any program that reads safetensors reads
//! the arrays. The header's `__metadata__` has three words, in this order:
//!
//! - `plumbline`: the version of the format;
//! - `sha256`: the SHA-256 sum of the whole file, computed with 64 zeros in its place;
//! - `about`: an [`About`] as JSON.
//!
//! Arrays lie one after another without gaps, and are little-endian `F64`, `F32`, `I64` or `U8`, and are those of the model's
//! [`state`](classifier::Classifier::state).
//!
//! # What is checked
//! A file may come from anywhere. Reading one takes no more memory for its arrays than the file is long,
//! runs no code of the file, and never panics. A file that is truncated, changed in a single bit, of a
//! newer format, or whose words and arrays do not fit together is refused with one line.

mod about;
mod answers;
mod calibration;
mod card;
mod error;
mod explanation;
mod file;
mod judged;
mod model;
mod sets;
mod unseen;

pub use about::{About, TrainedOn};
pub use answers::{Answers, Format, Said};
pub use calibration::{Calibration, CalibrationMethod, Mapping};
pub use card::{card, card_of};
pub use error::KeptError;
pub use explanation::{Explanation, Method};
pub use judged::{Comparison, JudgedAbout, MetricAbout};
pub use model::{Kept, about, check_place, keep, load, rewrite, rewrite_as};
pub use sets::{SetsJudged, judge_sets};
pub use unseen::{standing_among, unseen};
