//! The numbers that kernel values are made of: f32 where that is precise enough, else f64.

use crate::Features;
use crate::parts::Numbers;
use inner_products::WIDTH;
use std::borrow::Cow;

/// Sums that grow side by side: a vector of the widest processors, several of the others.
pub(crate) const LANES: usize = 16;

/// [`Real::add_products`], written with vectors: from plain loops the compiler makes gathers.
macro_rules! add_products {
    ($vectors:ident, $vectors_mut:ident, $mul_add:ident) => {
        #[allow(clippy::inline_always, reason = "part of a loop of vectors")]
        #[inline(always)]
        fn add_products<S: pulp::Simd>(
            simd: S,
            kernel: &[Self; WIDTH],
            factors: &[Self; WIDTH],
            sums: &mut [Self; LANES],
        ) {
            let (kernel, factors) = (S::$vectors(kernel).0, S::$vectors(factors).0);
            let sums = S::$vectors_mut(sums).0;
            let width = sums.len();
            for first in 0..width {
                let mut sum = sums[first];
                let mut place = first;
                while place < kernel.len() {
                    sum = simd.$mul_add(kernel[place], factors[place], sum);
                    place += width;
                }
                sums[first] = sum;
            }
        }
    };
}

/// f32 or f64.
pub(crate) trait Real: inner_products::Real {
    /// Whether this is f64, after which there is nothing more precise to turn to.
    const DOUBLE: bool;
    const INFINITY: Self;

    /// eˣ for x ≤ 0.
    fn exp(self) -> Self;
    /// `sums` ← `sums` + `kernel` · `factors`, each sum over every 16th of them.
    fn add_products<S: pulp::Simd>(
        simd: S,
        kernel: &[Self; WIDTH],
        factors: &[Self; WIDTH],
        sums: &mut [Self; LANES],
    );
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

    add_products!(as_simd_f32s, as_mut_simd_f32s, mul_add_f32s);

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

    add_products!(as_simd_f64s, as_mut_simd_f64s, mul_add_f64s);

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
