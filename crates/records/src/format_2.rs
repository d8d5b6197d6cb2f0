//! Records of format 2, which told what a fit is for from its seed, and had 0 folds for none.

use crate::{Cell, Folds, JudgedOn, Protocol, Role, RunRecord, Split};
use serde::Deserialize;

/// A protocol as format 2 has it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OldProtocol {
    judged_on: OldJudgedOn,
    seeds: u16,
    folds: u16,
    repeats: u8,
    #[serde(default)]
    calibration: Option<usize>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum OldJudgedOn {
    Test,
    Validation,
    Folds,
}

/// A cell as format 2 has it.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OldCell {
    #[serde(default)]
    repeat: u8,
    #[serde(default)]
    fold: u16,
    #[serde(default)]
    train_images: Option<usize>,
    seed: u64,
}

impl OldProtocol {
    /// The same in today's words. `available` are the images there were to judge on.
    pub(crate) fn upgrade(&self, available: usize) -> Protocol {
        Protocol {
            judged_on: match self.judged_on {
                OldJudgedOn::Test => JudgedOn::Test,
                OldJudgedOn::Validation => JudgedOn::Validation { images: available },
                OldJudgedOn::Folds => JudgedOn::Folds(Folds {
                    repeats: self.repeats,
                    folds: self.folds,
                }),
            },
            seeds: self.seeds,
            calibration: self.calibration,
        }
    }
}

impl OldCell {
    /// The same in today's words. The seeds of a split were `repeats` apart, and each repetition
    /// began one above that before it.
    pub(crate) fn upgrade(self, run: &RunRecord) -> Cell {
        let folds = run.protocol.folds();
        let (split, apart) = match folds {
            None => (Split::Whole, 1),
            Some(folds) => {
                let Self { repeat, fold, .. } = self;
                (
                    Split::Fold { repeat, fold },
                    u64::from(folds.repeats.max(1)),
                )
            }
        };
        let above = self
            .seed
            .wrapping_sub(run.seed)
            .wrapping_sub(u64::from(self.repeat));
        let role = match (self.train_images, above / apart) {
            (Some(size), _) => Role::Smaller(size),
            (None, 0) => Role::Main,
            (None, n) => Role::OtherSeed(u16::try_from(n).unwrap_or(u16::MAX)),
        };
        Cell {
            split,
            role,
            seed: self.seed,
        }
    }
}
