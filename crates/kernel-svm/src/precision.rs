//! Whether f32 is precise enough for a machine's kernel values, or f64 has to be.
//!
//! f64 is never wrong and takes two to four times as long. f32 does where
//!
//! - kernel values and what they are made of lie well inside its range,
//! - kernel values differ by far more than its rounding, 2⁻²⁴, and
//! - coefficients are so small that rounding of the kernel values does not decide what a gradient
//!   is: the rounding of one, times the root of Σα², is below a quarter of the tolerance.
//!
//! The first two are known before the start. The third shows on the way; a fit that meets it begins
//! anew in f64, and so does one that does not converge.

use crate::kernel::{Function, Kernel};
use crate::sparse::Layout;
use crate::values::Values;
use crate::{Error, Features};

/// Relative rounding of f32.
const ROUNDING: f64 = 1.0 / (1 << 24) as f64;

/// Least distance between kernel values, relative to their size, of which f32 leaves enough.
const LEAST_SPREAD: f64 = 1.0 / 1024.0;

/// γ times the mean squared distance above which values e⁻⁸⁷, where f32 ends, may matter.
const WIDEST: f64 = 32.0;

/// γ times the mean squared distance up to which values are near 1.
const NEAR_ONE: f64 = 0.125;

/// Bounds of what f32 may hold, with room for squares and sums.
const F32_RANGE: std::ops::RangeInclusive<f64> = 1e-6..=1e6;

/// Largest kernel value in f64, with room for sums.
const LARGEST: f64 = 1e300;

/// Samples from which the mean squared distance is estimated.
const DRAWN: usize = 512;

/// What a kernel means for the precision of its values on some samples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Precision {
    /// Whether f32 may do.
    pub(crate) single: bool,
    /// By how much a kernel value is off in f32.
    pub(crate) rounding: f64,
    /// Whether most values are so near 1 that it is better to know what they are less, see [`shifted`](crate::shifted).
    pub(crate) is_near_one: bool,
}

impl Precision {
    /// Of `function` on `samples` of this layout.
    ///
    /// # Errors
    /// [`Error::KernelTooLarge`].
    pub(crate) fn of(function: Function, samples: Features, layout: Layout) -> Result<Self, Error> {
        let values = samples.values();
        match function.kernel {
            Kernel::Rbf => Ok(Self::of_rbf(function.gamma, values, layout)),
            Kernel::Polynomial { degree, coef0 } => {
                let product = function.gamma * values.largest_square(layout);
                Self::of_power(product, coef0, degree)
            }
            Kernel::Linear => Self::of_power(values.largest_square(layout), 0.0, 1),
        }
    }

    fn of_rbf(gamma: f64, values: Values, layout: Layout) -> Self {
        let spread = gamma * values.mean_distance(layout);
        let wide_enough = (LEAST_SPREAD..=WIDEST).contains(&spread);
        let is_near_one = spread <= NEAR_ONE;
        if let Values::Pixels(_) = values {
            // Distances are exact.
            return Self {
                single: wide_enough,
                rounding: ROUNDING,
                is_near_one,
            };
        }
        let square = values.largest_square(layout);
        Self {
            single: wide_enough && (1e-20..=1e20).contains(&square),
            rounding: ROUNDING * (1.0 + gamma * square),
            is_near_one,
        }
    }

    /// Of (`product` + `coef0`) to the power of `degree`, the largest value there is.
    fn of_power(product: f64, coef0: f64, degree: u32) -> Result<Self, Error> {
        let base = product + coef0;
        let largest = base.powi(degree.cast_signed());
        if largest > LARGEST {
            return Err(Error::KernelTooLarge { base, degree });
        }
        let varies = product >= LEAST_SPREAD * base;
        Ok(Self {
            single: varies && F32_RANGE.contains(&base) && F32_RANGE.contains(&largest),
            rounding: ROUNDING * f64::from(degree) * largest,
            is_near_one: false,
        })
    }
}

impl Values<'_> {
    /// The largest ‖x‖².
    fn largest_square(self, layout: Layout) -> f64 {
        let rows = (0..layout.len()).map(|sample| layout.range(sample));
        match self {
            Self::Pixels(pixels) => {
                let square = |row: &[u8]| row.iter().map(|&p| u64::from(p) * u64::from(p)).sum();
                let squares = rows.map(|row| square(&pixels[row]));
                squares.max().unwrap_or(0) as f64 / (255.0 * 255.0)
            }
            Self::Reals(reals) => {
                let square = |row: &[f32]| row.iter().map(|&x| f64::from(x).powi(2)).sum();
                let squares = rows.map(|row| square(&reals[row]));
                squares.fold(0.0, f64::max)
            }
        }
    }

    /// The mean of ‖x − x'‖² over all pairs of some of the samples, evenly spaced: twice the sum
    /// of the features' variances.
    fn mean_distance(self, layout: Layout) -> f64 {
        let step = layout.len().div_ceil(DRAWN);
        let drawn = (0..layout.len()).step_by(step);
        let count = drawn.len() as f64;
        let places = drawn.flat_map(|sample| layout.range(sample));
        let mut mean = vec![0.0; layout.features()];
        let mut zeros = vec![count; layout.features()];
        for place in places.clone() {
            let feature = layout.feature(place);
            mean[feature] += self.value(place) / count;
            zeros[feature] -= 1.0;
        }
        let mut sum = 0.0;
        for place in places {
            sum += (self.value(place) - mean[layout.feature(place)]).powi(2);
        }
        for (mean, zeros) in mean.iter().zip(zeros) {
            sum += zeros * mean.powi(2);
        }
        2.0 * sum / count
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Sparse;

    fn rbf(gamma: f64) -> Function {
        Function {
            kernel: Kernel::Rbf,
            gamma,
        }
    }

    #[test]
    fn kernels_near_one_or_far_below_are_for_double() {
        let x: Vec<f32> = (0..100).map(|i| (i as f32).sin()).collect();
        let single = |gamma, scale: f32| {
            let x: Vec<f32> = x.iter().map(|x| x * scale).collect();
            let x = Features::Reals(&x);
            let precision = Precision::of(rbf(gamma), x, x.layout(4).unwrap());
            precision.unwrap().single
        };
        let expected = [(1e-5, false), (1e-2, true), (1.0, true), (100.0, false)];
        for (gamma, expected) in expected {
            assert_eq!(single(gamma, 1.0), expected, "{gamma}");
        }
        assert!(!single(1e-40, 1e20), "squares leave f32");
        assert!(!single(1e40, 1e-20), "squares are 0 in f32");
    }

    #[test]
    fn the_mean_distance_is_that_of_all_pairs() {
        let x = [0.0_f64, 1.0, 3.0, 5.0, 2.0, 2.0];
        let distance = |a: usize, b: usize| {
            let squares = (0..2).map(|j| (x[2 * a + j] - x[2 * b + j]).powi(2));
            squares.sum::<f64>()
        };
        let all: f64 = (0..9).map(|pair| distance(pair / 3, pair % 3)).sum();
        let single = x.map(|x| x as f32);
        let places = [1, 0, 1, 0, 1];
        let sparse = Sparse::new(2, &[0, 1, 3, 5], &places, &single[1..]).unwrap();
        for samples in [Features::Reals(&single), Features::SparseReals(sparse)] {
            let mean = samples.values().mean_distance(samples.layout(2).unwrap());
            assert!((mean - all / 9.0).abs() < 1e-12);
        }
    }

    #[test]
    fn powers_beyond_f64_are_refused() {
        let kernel = Kernel::Polynomial {
            degree: 64,
            coef0: 1.0,
        };
        let x = Features::Reals(&[1e4]);
        let of = |gamma| Precision::of(Function { kernel, gamma }, x, x.layout(1).unwrap());
        let message = of(1.0).unwrap_err().to_string();
        assert!(message.contains("gamma, degree or coef0"), "{message}");
        assert!(!of(1e-5).unwrap().single);
        assert!(of(1e-10).unwrap().single);
    }
}
