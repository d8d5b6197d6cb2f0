//! The ways to search.

use serde::{Deserialize, Serialize};

/// How the values of a trial are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// At random, each parameter on its own scale.
    Random,
    /// All combinations of evenly spaced values.
    Grid,
    /// By a tree-structured Parzen estimator.
    Tpe,
    /// At random with little of the resource; the best go on with more.
    Halving,
    /// The same without rounds (ASHA).
    Asha,
}

impl Method {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Random,
        Self::Grid,
        Self::Tpe,
        Self::Halving,
        Self::Asha,
    ];

    /// Its name on a command line and in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Random => "random",
            Self::Grid => "grid",
            Self::Tpe => "tpe",
            Self::Halving => "halving",
            Self::Asha => "asha",
        }
    }

    /// One line on what it does.
    pub fn summary(self) -> &'static str {
        match self {
            Self::Random => "At random, each parameter on its own scale",
            Self::Grid => "All combinations of evenly spaced values, as many as the trials allow",
            Self::Tpe => {
                "By a tree-structured Parzen estimator, which learns from the trials before"
            }
            Self::Halving => {
                "At random with few samples or epochs; the best third goes on with three times as many"
            }
            Self::Asha => {
                "Like halving, but without rounds: a trial goes on as soon as it is among the best third"
            }
        }
    }

    /// Whether it gives most trials less than the others.
    pub fn shrinks(self) -> bool {
        matches!(self, Self::Halving | Self::Asha)
    }
}
