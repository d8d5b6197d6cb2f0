//! The lab: a first neural network by hand, step by step. Each step is a question, what a student would write in
//! NumPy, and the answer, computed by the functions of [`model_softmax`].
//!
//! LAB.md and LAB.fr.md beside this crate explain the steps and show these answers; a test compares them.

mod derivatives;
mod language;
mod steps;
mod training;

pub use language::Language;
pub use steps::{Step, by_hand};
