//! How to train a model.

use crate::{Classifier, FitContext, FitError, Sizes, State, StateError};
use data::Dataset;

/// How much more a fit costs with more of something, samples, features or classes, as powers of their number that are
/// not exceeded: 0 where it does not grow, 1 where twice as many cost twice as much, 2 where they cost four times as
/// much. What has a limit beyond some number is said as below it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Growth {
    /// The power of the time.
    pub time: f64,
    /// The power of the memory beside the samples.
    pub memory: f64,
}

impl Default for Growth {
    fn default() -> Self {
        Self {
            time: 1.0,
            memory: 1.0,
        }
    }
}

impl Growth {
    /// With samples: that of a model that passes over them and holds none of them.
    pub const PASSES: Self = Self {
        time: 1.0,
        memory: 0.0,
    };

    /// The larger powers of two: that of a model made of others.
    #[must_use]
    pub fn max(self, other: Self) -> Self {
        Self {
            time: self.time.max(other.time),
            memory: self.memory.max(other.memory),
        }
    }
}

/// How to train a model: its hyper-parameters. Fitting never changes it.
pub trait Recipe: Send + Sync {
    /// Trains on `train`, and on nothing else: the test images are out of reach.
    ///
    /// Runs inside a rayon pool of [`FitContext::threads`] threads, so `par_iter` keeps to them.
    ///
    /// # Errors
    /// [`FitError`]: unusable data, divergence, cancellation, or a refusal with its reason.
    fn fit(
        &self,
        train: &Dataset,
        context: &mut FitContext<'_>,
    ) -> Result<Box<dyn Classifier>, FitError>;

    /// Whether the fit depends on the seed. Where it does not, fitting with another is no news, and
    /// is left out.
    fn is_stochastic(&self) -> bool {
        true
    }

    /// Whether what a fit returns is the larger the more samples it learnt from, because it holds some of them or
    /// parts made from them. By default it has as many numbers after any number of samples.
    fn grows_with_samples(&self) -> bool {
        false
    }

    /// Bytes that a fit to `train` needs at least, beside the samples themselves; it is declined where there are
    /// fewer. By default those of a copy of pixels as `f32`, which most models make.
    fn least_memory(&self, train: &Dataset) -> usize {
        let pixels = train.samples().pixels();
        pixels.map_or(0, |pixels| size_of::<f32>() * pixels.len())
    }

    /// How the time of a fit and its memory grow with the training samples. By default twice as many take twice as
    /// long, and twice the memory.
    fn growth(&self) -> Growth {
        Growth::default()
    }

    /// The same with the features, for as many samples. By default twice as many take twice as long, and twice the
    /// memory.
    fn growth_with_features(&self) -> Growth {
        Growth::default()
    }

    /// The same with the classes, for as many samples. By default twice as many take twice as long, and twice the
    /// memory.
    fn growth_with_classes(&self) -> Growth {
        Growth::default()
    }

    /// The model that [`Classifier::state`] described, fitted by a recipe of these parameters. It
    /// predicts bit by bit as the first one did. The state comes from a file: whatever may be wrong
    /// with it is an error, never a panic, now or in a prediction.
    ///
    /// # Errors
    /// [`StateError`]: an array is missing, or not of this type, shape or range.
    fn restore(&self, _: State, _: Sizes) -> Result<Box<dyn Classifier>, StateError> {
        Err(StateError::Unkept)
    }
}
