//! Inner products of samples with many others, 64 at a time.
//!
//! Samples are of 8-bit pixels, whose products are exact integers, or of real numbers. One side of a
//! product is in [`Rows`], which leave out zeros, the other in [`Columns`], packed in panels of
//! [`WIDTH`] for the vectors of the processor. A panel of sparse samples holds only what one of them has.

mod columns;
mod dot;
mod feature;
mod index;
mod kinds;
mod real;
mod rows;
mod sample;

pub use columns::{Columns, Panel};
pub use dot::PIXELS;
pub use feature::{Feature, Row, Stripe, WIDTH};
pub use real::Real;
pub use rows::Rows;
pub use sample::Sample;

/// The example of the README is a test, too.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
