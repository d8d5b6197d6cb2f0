//! Features as samples store them, bytes or real numbers, and code that works on either.

use classifier::{FitContext, FitError};
use data::{Dataset, Samples};

/// A feature as samples store it.
pub(crate) trait Feature: Copy + Default + PartialEq + Send + Sync + 'static {
    /// What 1 stands for in the units that the weights see.
    const UNIT: f32;

    fn number(self) -> f32;
}

#[allow(
    clippy::inline_always,
    reason = "what is not inlined into a closure for one instruction set is compiled without its vectors"
)]
impl Feature for u8 {
    const UNIT: f32 = 1.0 / 255.0;

    #[inline(always)]
    fn number(self) -> f32 {
        f32::from(self)
    }
}

#[allow(clippy::inline_always, reason = "as for bytes")]
impl Feature for f32 {
    const UNIT: f32 = 1.0;

    #[inline(always)]
    fn number(self) -> f32 {
        self
    }
}

/// What is done with the features of samples.
pub(crate) trait Visitor {
    type Output;

    /// `features`, sample by sample.
    fn visit<F: Feature>(self, features: &[F]) -> Self::Output;
}

/// Shows the features of `samples` to `visitor` as they are stored.
pub(crate) fn visit<V: Visitor>(samples: &Samples, visitor: V) -> V::Output {
    match samples.pixels() {
        Some(pixels) => visitor.visit(pixels),
        None => visitor.visit(&samples.to_f32()),
    }
}

/// A fit by a `recipe`, before it is known how the features are stored.
pub(crate) struct Fit<'a, 'c, Recipe> {
    pub(crate) recipe: &'a Recipe,
    pub(crate) train: &'a Dataset,
    pub(crate) context: &'a mut FitContext<'c>,
}

impl<Recipe> Fit<'_, '_, Recipe> {
    /// Fits.
    ///
    /// # Errors
    /// [`FitError`]: unusable data, cancellation, or what the visitor says.
    pub(crate) fn run<Model>(self) -> Result<Model, FitError>
    where
        Self: Visitor<Output = Result<Model, FitError>>,
    {
        self.train.check_trainable()?;
        self.context.cancellation().check()?;
        visit(self.train.samples(), self)
    }
}
