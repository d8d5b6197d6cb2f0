//! Which of a model's fits: a cell of the comparison.

use serde::{Deserialize, Serialize};

/// One fit of a model: what it is judged on, what it is for, and its seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cell {
    /// What it is trained and judged on.
    pub split: Split,
    /// What it is for.
    pub role: Role,
    /// The seed of everything random in it.
    pub seed: u64,
}

/// What a fit is trained and judged on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Split {
    /// Trained on all training images, judged on all that models are judged on.
    Whole,
    /// Judged on one fold, trained on the others.
    Fold {
        /// Repetition of cross-validation, from 0.
        repeat: u8,
        /// The fold that is judged, from 0.
        fold: u16,
    },
}

/// What a fit is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Tables and tests are of it.
    Main,
    /// The same with another seed, the n-th from 1: it shows what the seed does.
    OtherSeed(u16),
    /// The same with so many of the training images only: a point of the learning curve.
    Smaller(usize),
}

impl Cell {
    /// The only fit of a model that is fitted once.
    pub fn only(seed: u64) -> Self {
        Self {
            split: Split::Whole,
            role: Role::Main,
            seed,
        }
    }

    /// Training images, where it is a point of the learning curve.
    pub fn smaller(self) -> Option<usize> {
        match self.role {
            Role::Smaller(size) => Some(size),
            Role::Main | Role::OtherSeed(_) => None,
        }
    }
}

impl Split {
    /// The repetition and the fold that is judged, both from 0; `None` without folds.
    pub fn fold(self) -> Option<(u8, u16)> {
        match self {
            Self::Whole => None,
            Self::Fold { repeat, fold } => Some((repeat, fold)),
        }
    }
}
