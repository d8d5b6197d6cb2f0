//! The numbers that kernel values are made of: f32 where that is precise enough, else f64.

use crate::Features;
use crate::parts::Numbers;
use std::borrow::Cow;
use std::fmt::Debug;
use std::ops::{Add, AddAssign, Div, Mul, MulAssign, Neg, Sub};

/// f32 or f64.
pub(crate) trait Real:
    Copy
    + Default
    + Debug
    + PartialOrd
    + Send
    + Sync
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + MulAssign
    + 'static
{
    /// Whether this is f64, after which there is nothing more precise to turn to.
    const DOUBLE: bool;
    const INFINITY: Self;

    /// The nearest number to `value`.
    fn nearest(value: f64) -> Self;
    fn to_f64(self) -> f64;
    fn whole(value: i32) -> Self;
    /// What a pixel stands for: `pixel` / 255.
    fn pixel(pixel: u8) -> Self;
    /// eˣ for x ≤ 0.
    fn exp(self) -> Self;
    /// The values of samples of either kind.
    fn values(samples: Features<'_>) -> Cow<'_, [Self]>;
    /// Numbers of this precision, whatever it is.
    fn numbers(numbers: Vec<Self>) -> Numbers;
}

/// What both have in common.
macro_rules! conversions {
    ($real:ty) => {
        const INFINITY: Self = <$real>::INFINITY;

        #[allow(clippy::inline_always, reason = "part of a loop of vectors")]
        #[inline(always)]
        fn nearest(value: f64) -> Self {
            value as Self
        }

        #[allow(clippy::inline_always, reason = "part of a loop of vectors")]
        #[inline(always)]
        fn to_f64(self) -> f64 {
            f64::from(self)
        }

        fn pixel(pixel: u8) -> Self {
            Self::from(pixel) / 255.0
        }
    };
}

impl Real for f32 {
    const DOUBLE: bool = false;

    conversions!(f32);

    #[allow(clippy::inline_always, reason = "part of a loop of vectors")]
    #[inline(always)]
    fn whole(value: i32) -> Self {
        value as Self
    }

    #[allow(clippy::inline_always, reason = "part of a loop of vectors")]
    #[inline(always)]
    fn exp(self) -> Self {
        vector_exp::exp(self)
    }

    fn values(samples: Features<'_>) -> Cow<'_, [Self]> {
        match samples {
            Features::Pixels(pixels) => pixels.iter().map(|&p| Self::pixel(p)).collect(),
            Features::Reals(reals) => Cow::Borrowed(reals),
        }
    }

    fn numbers(numbers: Vec<Self>) -> Numbers {
        Numbers::Single(numbers)
    }
}

impl Real for f64 {
    const DOUBLE: bool = true;

    conversions!(f64);

    #[allow(clippy::inline_always, reason = "part of a loop of vectors")]
    #[inline(always)]
    fn whole(value: i32) -> Self {
        Self::from(value)
    }

    #[allow(clippy::inline_always, reason = "part of a loop of vectors")]
    #[inline(always)]
    fn exp(self) -> Self {
        vector_exp::exp_f64(self)
    }

    fn values(samples: Features<'_>) -> Cow<'_, [Self]> {
        match samples {
            Features::Pixels(pixels) => pixels.iter().map(|&p| Self::pixel(p)).collect(),
            Features::Reals(reals) => reals.iter().map(|&x| Self::from(x)).collect(),
        }
    }

    fn numbers(numbers: Vec<Self>) -> Numbers {
        Numbers::Double(numbers)
    }
}
