//! Samples as users hand them over, and which code they are for.

use crate::classes::Unfit;
use crate::machine::{Decide, Machine};
use crate::real::Real;
use crate::sparse::{Layout, Sparse};
use crate::values::Values;
use crate::{Error, Gamma};
use inner_products::{Feature, PIXELS, Sample};

/// Samples, one after the other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Features<'a> {
    /// 8-bit pixels p, of which the kernel sees p / 255.
    Pixels(&'a [u8]),
    /// Finite numbers.
    Reals(&'a [f32]),
    /// Pixels, of which those that are not stored are 0.
    SparsePixels(Sparse<'a, u8>),
    /// Finite numbers, of which those that are not stored are 0.
    SparseReals(Sparse<'a, f32>),
}

/// Work on features of either kind, with kernel values of either precision.
pub(crate) trait Work {
    type Output;

    fn run<F: Feature, R: Real>(&self, samples: &[Sample<F>]) -> Result<Self::Output, Unfit>
    where
        Machine<F, R>: Decide + 'static;
}

impl<'a> Features<'a> {
    /// What is stored of the samples.
    pub(crate) fn values(self) -> Values<'a> {
        match self {
            Self::Pixels(pixels) => Values::Pixels(pixels),
            Self::Reals(reals) => Values::Reals(reals),
            Self::SparsePixels(sparse) => Values::Pixels(sparse.values()),
            Self::SparseReals(sparse) => Values::Reals(sparse.values()),
        }
    }

    /// Which features they are, if samples that are not sparse have `features` of them.
    ///
    /// # Errors
    /// [`Error::Ragged`] or [`Error::Width`].
    pub(crate) fn layout(self, features: usize) -> Result<Layout<'a>, Error> {
        let layout = match self {
            Self::SparsePixels(sparse) => sparse.layout(),
            Self::SparseReals(sparse) => sparse.layout(),
            Self::Pixels(_) | Self::Reals(_) => {
                let values = self.values().len();
                if !values.is_multiple_of(features) {
                    return Err(Error::Ragged { values, features });
                }
                Layout::Dense {
                    features,
                    samples: values / features,
                }
            }
        };
        let found = layout.features();
        if found != features {
            return Err(Error::Width { found, features });
        }
        Ok(layout)
    }

    /// # Errors
    /// [`Error::Empty`], [`Error::Ragged`], [`Error::Width`], [`Error::Labels`] or [`Error::NotFinite`].
    pub(crate) fn validate(self, features: usize, labels: &[usize]) -> Result<Layout<'a>, Error> {
        if features == 0 {
            return Err(Error::Empty);
        }
        let layout = self.layout(features)?;
        let samples = layout.len();
        if samples == 0 {
            return Err(Error::Empty);
        }
        if labels.len() != samples {
            return Err(Error::Labels {
                labels: labels.len(),
                samples,
            });
        }
        if let Values::Reals(reals) = self.values()
            && let Some(place) = reals.iter().position(|value| !value.is_finite())
        {
            return Err(Error::NotFinite {
                sample: layout.sample_of(place),
                feature: layout.feature(place),
                value: reals[place],
            });
        }
        Ok(layout)
    }

    /// Runs `work` on samples of this layout in f32 if `single`, and in f64 if not or if f32 turns out to be imprecise.
    ///
    /// # Errors
    /// That of the work.
    pub(crate) fn attempt<W: Work>(
        self,
        layout: Layout<'a>,
        single: bool,
        work: &W,
    ) -> Result<W::Output, Error> {
        let values = self.values();
        let pixels = match values {
            Values::Pixels(pixels) if layout.features() <= PIXELS => Some(pixels),
            _ => None,
        };
        if single {
            let result = match pixels {
                Some(pixels) => work.run::<u8, f32>(&layout.samples(pixels)),
                None => work.run::<f32, f32>(&layout.samples(&f32::values(values))),
            };
            match result {
                Ok(output) => return Ok(output),
                Err(Unfit::Failed(error)) => return Err(error),
                Err(Unfit::Imprecise) => (),
            }
        }
        let result = match pixels {
            Some(pixels) => work.run::<u8, f64>(&layout.samples(pixels)),
            None => work.run::<f64, f64>(&layout.samples(&f64::values(values))),
        };
        result.map_err(|unfit| match unfit {
            Unfit::Failed(error) => error,
            Unfit::Imprecise => unreachable!("only f32 is found imprecise"),
        })
    }
}

impl Gamma {
    /// The number for these samples.
    pub(crate) fn resolve(self, samples: Features, layout: Layout) -> f64 {
        if let Self::Value(gamma) = self {
            return gamma;
        }
        let all = layout.len() * layout.features();
        let variance = match samples.values() {
            Values::Pixels(pixels) => variance(pixels.iter().map(|&p| f64::from(p) / 255.0), all),
            Values::Reals(reals) => variance(reals.iter().map(|&x| f64::from(x)), all),
        };
        if variance > 0.0 {
            1.0 / (layout.features() as f64 * variance)
        } else {
            1.0
        }
    }
}

/// The variance of `all` numbers, of which those that are not among `values` are 0.
fn variance(values: impl ExactSizeIterator<Item = f64> + Clone, all: usize) -> f64 {
    let zeros = (all - values.len()) as f64;
    let mean = values.clone().sum::<f64>() / all as f64;
    let squares = values.map(|value| (value - mean).powi(2)).sum::<f64>();
    (squares + zeros * mean.powi(2)) / all as f64
}
