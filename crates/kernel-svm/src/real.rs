//! The numbers that kernel values are made of: f32 where that is precise enough, else f64.

use crate::Features;
use crate::parts::Numbers;
use std::borrow::Cow;

/// f32 or f64.
pub(crate) trait Real: inner_products::Real {
    /// Whether this is f64, after which there is nothing more precise to turn to.
    const DOUBLE: bool;
    const INFINITY: Self;

    /// eˣ for x ≤ 0.
    fn exp(self) -> Self;
    /// The values of samples of either kind.
    fn values(samples: Features<'_>) -> Cow<'_, [Self]>;
    /// Numbers of this precision, whatever it is.
    fn numbers(numbers: Vec<Self>) -> Numbers;
}

impl Real for f32 {
    const DOUBLE: bool = false;
    const INFINITY: Self = Self::INFINITY;

    #[allow(clippy::inline_always, reason = "part of a loop of vectors")]
    #[inline(always)]
    fn exp(self) -> Self {
        vector_exp::exp(self)
    }

    fn values(samples: Features<'_>) -> Cow<'_, [Self]> {
        match samples {
            Features::Pixels(pixels) => pixels.iter().map(|&p| pixel(p)).collect(),
            Features::Reals(reals) => Cow::Borrowed(reals),
        }
    }

    fn numbers(numbers: Vec<Self>) -> Numbers {
        Numbers::Single(numbers)
    }
}

impl Real for f64 {
    const DOUBLE: bool = true;
    const INFINITY: Self = Self::INFINITY;

    #[allow(clippy::inline_always, reason = "part of a loop of vectors")]
    #[inline(always)]
    fn exp(self) -> Self {
        vector_exp::exp_f64(self)
    }

    fn values(samples: Features<'_>) -> Cow<'_, [Self]> {
        match samples {
            Features::Pixels(pixels) => pixels.iter().map(|&p| pixel(p)).collect(),
            Features::Reals(reals) => reals.iter().map(|&x| Self::from(x)).collect(),
        }
    }

    fn numbers(numbers: Vec<Self>) -> Numbers {
        Numbers::Double(numbers)
    }
}

fn pixel<R: inner_products::Real>(pixel: u8) -> R {
    R::pixel(pixel)
}
