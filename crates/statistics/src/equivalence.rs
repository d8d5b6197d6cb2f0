//! Whether a difference is too small to matter.

use crate::Interval;
use serde::Serialize;

/// What the samples say of a first classifier against a second, with a margin: the largest
/// difference that does not matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// The first is better, perhaps by more than the margin.
    Better,
    /// The difference is below the margin, whichever is better.
    Equivalent,
    /// The first is not worse by the margin; it may be better.
    NotWorse,
    /// The second is better, perhaps by more than the margin.
    Worse,
    /// The samples are too few to say any of these.
    Undecided,
}

impl Relation {
    /// From two intervals of the same difference, first − second: one of confidence 1 − α, which
    /// decides whether there is a difference, and one of confidence 1 − 2α, which decides whether it
    /// is within `margin`. The latter is the two one-sided tests of Schuirmann 1987, each at level α.
    ///
    /// A difference that is shown and shown to be below the margin is [`Relation::Equivalent`]: the
    /// margin says that it does not matter. With a margin of 0 nothing is.
    ///
    /// # Panics
    /// If `margin` is negative or not a number.
    pub fn new(of_difference: Interval, of_margin: Interval, margin: f64) -> Self {
        assert!(margin >= 0.0, "a margin of {margin}");
        if of_margin.low > -margin && of_margin.high < margin {
            Self::Equivalent
        } else if of_difference.low > 0.0 {
            Self::Better
        } else if of_difference.high < 0.0 {
            Self::Worse
        } else if of_margin.low > -margin {
            Self::NotWorse
        } else {
            Self::Undecided
        }
    }
}
