//! Which fits tell how a cost grows, and what the law that they follow says of larger data.

use super::{FitCost, Growing, ModelCosts};
use statistics::PowerLaw;

/// A fit that takes less, in seconds, tells of the start of a process more than of its size.
pub(crate) const QUICK: f64 = 0.05;
/// So much more memory than the smallest process takes, in bytes, is the program's own.
pub(super) const SMALL: f64 = 4e6;
/// Memory of the machine that the largest data shall fit, in bytes.
pub(super) const MACHINE: f64 = 24e9;
/// Fewest sizes that a law is fitted to.
const FEWEST: usize = 3;

/// How a cost grows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Law {
    /// As a power of the size.
    Power(PowerLaw),
    /// Too little of it to tell.
    Little,
    /// Too few sizes to tell.
    Few,
}

impl Law {
    /// Of the time of a model's fits.
    pub(crate) fn of_time(model: &ModelCosts) -> Self {
        Self::of(&model.fits, |fit| fit.seconds, QUICK)
    }

    /// Of their memory above `base` bytes.
    pub(super) fn of_memory(model: &ModelCosts, base: f64) -> Self {
        Self::of(&model.fits, |fit| fit.bytes - base, SMALL)
    }

    /// The upper half of the sizes, three at the least, without those that cost less than `least`: what is small
    /// hides how the rest grows.
    fn of(fits: &[FitCost], cost: impl Fn(&FitCost) -> f64, least: f64) -> Self {
        if fits.len() < FEWEST {
            return Self::Few;
        }
        let upper = fits.len().div_ceil(2).max(FEWEST);
        let points: Vec<[f64; 2]> = fits[fits.len() - upper..]
            .iter()
            .map(|fit| [fit.size as f64, cost(fit)])
            .filter(|[_, cost]| *cost >= least)
            .collect();
        PowerLaw::fit(&points).map_or(Self::Little, Self::Power)
    }

    pub(crate) fn power(self) -> Option<PowerLaw> {
        match self {
            Self::Power(law) => Some(law),
            Self::Little | Self::Few => None,
        }
    }
}

/// The memory of the smallest process, in bytes; 0 if nothing ran.
pub(super) fn base(growing: &[Growing]) -> f64 {
    let models = growing.iter().flat_map(|growing| &growing.models);
    let bytes = models.flat_map(|model| &model.fits).map(|fit| fit.bytes);
    bytes.reduce(f64::min).unwrap_or(0.0)
}

/// The largest size that fits [`MACHINE`], by a law of memory above `base`.
pub(super) fn largest(law: Law, base: f64) -> Option<f64> {
    law.power()?.reaching(MACHINE - base)
}
