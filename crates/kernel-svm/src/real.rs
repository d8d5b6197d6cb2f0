//! The numbers that kernel values are made of: f32 where that is precise enough, else f64.

use crate::numbers::Numbers;
use crate::values::Values;
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
    /// Values of either kind.
    fn values(values: Values<'_>) -> Cow<'_, [Self]>;
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

    fn values(values: Values<'_>) -> Cow<'_, [Self]> {
        match values {
            Values::Pixels(pixels) => pixels.iter().map(|&p| pixel(p)).collect(),
            Values::Reals(reals) => Cow::Borrowed(reals),
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

    fn values(values: Values<'_>) -> Cow<'_, [Self]> {
        match values {
            Values::Pixels(pixels) => pixels.iter().map(|&p| pixel(p)).collect(),
            Values::Reals(reals) => reals.iter().map(|&x| Self::from(x)).collect(),
        }
    }

    fn numbers(numbers: Vec<Self>) -> Numbers {
        Numbers::Double(numbers)
    }
}

fn pixel<R: inner_products::Real>(pixel: u8) -> R {
    R::pixel(pixel)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Add<'a, R> {
        kernel: &'a [R; WIDTH],
        factors: &'a [R; WIDTH],
        sums: &'a mut [R; LANES],
    }

    impl<R: Real> pulp::WithSimd for Add<'_, R> {
        type Output = ();

        #[allow(clippy::inline_always, reason = "carries the instruction set along")]
        #[inline(always)]
        fn with_simd<S: pulp::Simd>(self, simd: S) {
            R::add_products(simd, self.kernel, self.factors, self.sums);
        }
    }

    /// The sums by way of vectors of each width that this processor has.
    fn by_each_width<R: Real>(kernel: &[R; WIDTH], factors: &[R; WIDTH]) -> Vec<[R; LANES]> {
        let add = |run: &dyn Fn(Add<R>)| {
            let mut sums = [R::nearest(0.5); LANES];
            run(Add {
                kernel,
                factors,
                sums: &mut sums,
            });
            sums
        };
        let mut all = vec![
            add(&|work| pulp::Simd::vectorize(pulp::Scalar::new(), work)),
            add(&|work| pulp::Arch::new().dispatch(work)),
        ];
        #[cfg(target_arch = "x86_64")]
        if let Some(avx2) = pulp::x86::V3::try_new() {
            all.push(add(&|work| pulp::Simd::vectorize(avx2, work)));
        }
        all
    }

    #[test]
    fn sums_have_the_same_bits_by_vectors_of_every_width() {
        let kernel: [f64; WIDTH] = std::array::from_fn(|i| (i as f64).sin());
        let factors: [f64; WIDTH] = std::array::from_fn(|i| (3.0 * i as f64).cos());
        let single = [kernel, factors].map(|values| values.map(|value| value as f32));
        for sums in by_each_width(&single[0], &single[1]) {
            for (lane, sum) in sums.into_iter().enumerate() {
                let places = (lane..WIDTH).step_by(LANES);
                let plain = places.fold(0.5_f32, |sum, i| single[0][i].mul_add(single[1][i], sum));
                assert_eq!(sum, plain);
            }
        }
        for sums in by_each_width(&kernel, &factors) {
            for (lane, sum) in sums.into_iter().enumerate() {
                let places = (lane..WIDTH).step_by(LANES);
                let plain = places.fold(0.5_f64, |sum, i| kernel[i].mul_add(factors[i], sum));
                assert_eq!(sum, plain);
            }
        }
    }
}
