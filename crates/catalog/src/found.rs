//! What was found at a path, before it is divided.

use crate::Splits;
use crate::table::{Coded, RawTable};
use data::Samples;

/// What was found at a path.
pub(crate) enum Found {
    /// IDX files: training and test images.
    Splits(Box<Splits>),
    /// Columns.
    Table(Box<RawTable>),
    /// Samples, and those that the path itself sets apart for the test.
    Samples(Box<RawSamples>, Option<Box<RawSamples>>),
}

/// Samples with labels by name.
#[derive(Debug)]
pub(crate) struct RawSamples {
    pub(crate) samples: Samples,
    pub(crate) labels: Coded,
    pub(crate) groups: Option<Coded>,
    /// What the labels are called in messages.
    pub(crate) label: &'static str,
    /// Of sparse rows, which are as wide as their last feature: the number of the first, 0 or 1.
    pub(crate) counted_from: Option<u32>,
    pub(crate) notes: Vec<String>,
}
