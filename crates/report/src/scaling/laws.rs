//! Which fits tell how a cost grows, and what the law that they follow says of larger data.

use super::costs::{FitCost, ModelCosts};
use statistics::PowerLaw;

/// A fit that takes less, in seconds, tells of the start of a process more than of its size.
pub(crate) const QUICK: f64 = 0.05;
/// So much more memory than the smallest process takes, in bytes, is the program's own.
pub(super) const SMALL: f64 = 4e6;
/// Memory of the machine that the largest data shall fit, in bytes.
pub(super) const MACHINE: f64 = 24e9;
/// Fewest sizes that a law is fitted to.
const FEWEST: usize = 3;

/// How often the program's own memory is looked for; each time the rest is a fraction.
const ROUNDS: usize = 30;

/// How a cost grows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Law {
    /// As a power of the size.
    Power(PowerLaw),
    /// Too little of it to tell, even of the largest size.
    Little,
    /// Too few sizes that cost enough to tell.
    Few,
}

impl Law {
    /// Of the time of a model's fits.
    pub(crate) fn of_time(model: &ModelCosts) -> Self {
        Self::of(&model.fits, |fit| fit.seconds, QUICK)
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
        let is_little = fits.last().is_some_and(|fit| cost(fit) < least);
        let otherwise = if is_little { Self::Little } else { Self::Few };
        PowerLaw::fit(&points).map_or(otherwise, Self::Power)
    }

    pub(crate) fn power(self) -> Option<PowerLaw> {
        match self {
            Self::Power(law) => Some(law),
            Self::Little | Self::Few => None,
        }
    }
}

/// Memory of a model: what its process takes without data, in bytes, and a law for the rest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Memory {
    pub(super) base: f64,
    pub(super) law: Law,
}

impl Memory {
    /// The rest is first taken above the smallest process. That one holds some data, too: as much as the line says,
    /// which is taken off, and the line is drawn again.
    pub(super) fn of(model: &ModelCosts) -> Self {
        let Some(smallest) = model.fits.first() else {
            return Self {
                base: 0.0,
                law: Law::Few,
            };
        };
        let above = |base: f64| Law::of(&model.fits, |fit| fit.bytes - base, SMALL);
        let mut base = smallest.bytes;
        for _ in 0..ROUNDS {
            let data = above(base).power().map(|law| law.at(smallest.size as f64));
            base = (smallest.bytes - data.unwrap_or(0.0)).max(0.0);
        }
        Self {
            base,
            law: above(base),
        }
    }

    /// Of a size, in bytes.
    pub(super) fn at(self, size: f64) -> Option<f64> {
        Some(self.base + self.law.power()?.at(size))
    }

    /// The largest size that fits [`MACHINE`].
    pub(super) fn most(self) -> Option<f64> {
        self.law.power()?.reaching(MACHINE - self.base)
    }
}
