//! Samples as users hand them over, and which code they are for.

use crate::classes::Unfit;
use crate::machine::{Decide, Machine};
use crate::real::Real;
use crate::{Error, Gamma};
use inner_products::{Feature, PIXELS};

/// Samples, one after the other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Features<'a> {
    /// 8-bit pixels p, of which the kernel sees p / 255.
    Pixels(&'a [u8]),
    /// Finite numbers.
    Reals(&'a [f32]),
}

/// Work on features of either kind, with kernel values of either precision.
pub(crate) trait Work {
    type Output;

    fn run<F: Feature, R: Real>(&self, values: &[F]) -> Result<Self::Output, Unfit>
    where
        Machine<F, R>: Decide + 'static;
}

impl Features<'_> {
    /// How many numbers there are, all samples together.
    pub(crate) fn len(self) -> usize {
        match self {
            Self::Pixels(pixels) => pixels.len(),
            Self::Reals(reals) => reals.len(),
        }
    }

    /// The number at a place, as the kernel sees it.
    pub(crate) fn value(self, place: usize) -> f64 {
        match self {
            Self::Pixels(pixels) => f64::from(pixels[place]) / 255.0,
            Self::Reals(reals) => f64::from(reals[place]),
        }
    }

    /// # Errors
    /// [`Error::Empty`], [`Error::Ragged`], [`Error::Labels`] or [`Error::NotFinite`].
    pub(crate) fn validate(self, features: usize, labels: &[usize]) -> Result<(), Error> {
        let values = self.len();
        if values == 0 || features == 0 {
            return Err(Error::Empty);
        }
        if !values.is_multiple_of(features) {
            return Err(Error::Ragged { values, features });
        }
        let samples = values / features;
        if labels.len() != samples {
            return Err(Error::Labels {
                labels: labels.len(),
                samples,
            });
        }
        if let Self::Reals(reals) = self
            && let Some(place) = reals.iter().position(|value| !value.is_finite())
        {
            return Err(Error::NotFinite {
                sample: place / features,
                feature: place % features,
                value: reals[place],
            });
        }
        Ok(())
    }

    /// Runs `work` in f32 if `single`, and in f64 if not or if f32 turns out to be imprecise.
    ///
    /// # Errors
    /// That of the work.
    pub(crate) fn attempt<W: Work>(
        self,
        features: usize,
        single: bool,
        work: &W,
    ) -> Result<W::Output, Error> {
        let pixels = match self {
            Self::Pixels(pixels) if features <= PIXELS => Some(pixels),
            _ => None,
        };
        if single {
            let result = match pixels {
                Some(pixels) => work.run::<u8, f32>(pixels),
                None => work.run::<f32, f32>(&f32::values(self)),
            };
            match result {
                Ok(output) => return Ok(output),
                Err(Unfit::Failed(error)) => return Err(error),
                Err(Unfit::Imprecise) => (),
            }
        }
        let result = match pixels {
            Some(pixels) => work.run::<u8, f64>(pixels),
            None => work.run::<f64, f64>(&f64::values(self)),
        };
        result.map_err(|unfit| match unfit {
            Unfit::Failed(error) => error,
            Unfit::Imprecise => unreachable!("only f32 is found imprecise"),
        })
    }
}

impl Gamma {
    /// The number for these samples.
    pub(crate) fn resolve(self, samples: Features, features: usize) -> f64 {
        if let Self::Value(gamma) = self {
            return gamma;
        }
        let variance = match samples {
            Features::Pixels(pixels) => variance(pixels.iter().map(|&p| f64::from(p) / 255.0)),
            Features::Reals(reals) => variance(reals.iter().map(|&x| f64::from(x))),
        };
        if variance > 0.0 {
            1.0 / (features as f64 * variance)
        } else {
            1.0
        }
    }
}

fn variance(values: impl ExactSizeIterator<Item = f64> + Clone) -> f64 {
    let n = values.len() as f64;
    let mean = values.clone().sum::<f64>() / n;
    values.map(|value| (value - mean).powi(2)).sum::<f64>() / n
}
