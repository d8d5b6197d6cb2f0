//! How sure is sure: the levels of all intervals and tests.

/// Confidence of every interval.
pub const CONFIDENCE: f64 = 0.95;

/// Adjusted p values below this are called a difference.
pub const SIGNIFICANCE: f64 = 0.05;

/// How probable it is that a detectable difference is detected, and that as many seeds as are said
/// to settle a pair do so.
pub(crate) const POWER: f64 = 0.8;

/// Differences in accuracy of half a point and less are none in practice.
pub(crate) const EQUIVALENCE: f64 = 0.005;

/// Ranges of probability in a reliability diagram: 15, as Guo et al. 2017 have it.
pub(crate) const BINS: usize = 15;
