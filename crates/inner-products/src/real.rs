//! Real numbers of either precision.

use std::fmt::Debug;
use std::ops::{Add, AddAssign, Div, Mul, MulAssign, Neg, Sub};

/// f32 or f64.
pub trait Real:
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
    /// The nearest number to `value`.
    fn nearest(value: f64) -> Self;
    /// The same number.
    fn to_f64(self) -> f64;
    /// The nearest number to a whole one.
    fn whole(value: i32) -> Self;
    /// What a pixel stands for: `pixel` / 255.
    fn pixel(pixel: u8) -> Self;
}

/// What both have in common.
macro_rules! conversions {
    ($real:ty) => {
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

        #[inline]
        fn pixel(pixel: u8) -> Self {
            Self::from(pixel) / 255.0
        }
    };
}

impl Real for f32 {
    conversions!(f32);

    #[allow(clippy::inline_always, reason = "part of a loop of vectors")]
    #[inline(always)]
    fn whole(value: i32) -> Self {
        value as Self
    }
}

impl Real for f64 {
    conversions!(f64);

    #[allow(clippy::inline_always, reason = "part of a loop of vectors")]
    #[inline(always)]
    fn whole(value: i32) -> Self {
        Self::from(value)
    }
}
