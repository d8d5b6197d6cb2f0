//! Kernel values near 1 as what they differ by, where C is so large that the rounding of 1 decides.
//!
//! As Σ αy = 0, a kernel K(x, z) − 1 − u(x) − u(z) + b has the same solutions as K, whatever u and b are. Here u(x) is
//! the mean of K(x, r) − 1 over some samples r: the origin of the feature space is then their mean. Its values are as
//! small as 1 − K is, and so is their rounding. With b it is as positive definite as K.
#![allow(
    clippy::inline_always,
    reason = "what is not inlined into the dispatched closure is compiled without its vectors"
)]

use crate::kernel::{Function, Kernel};
use crate::kernel_rows::KernelValues;
use crate::real::Real;
use crate::solution::Solution;
use std::ops::Range;

/// Samples whose mean is the origin.
const DRAWN: usize = 16;

/// Below this, eˣ − 1 is by its series, which ends where the next term is below the rounding.
const LARGEST: f64 = 0.5;
const TERMS: u8 = 15;

/// What a kernel is shifted by on the samples of a pair.
pub(crate) struct Shift {
    gamma: f64,
    /// ‖x‖² of every sample.
    squares: Vec<f64>,
    /// u of every sample.
    means: Vec<f64>,
    /// b.
    constant: f64,
}

impl Shift {
    /// The function whose values are what a shifted kernel is made of: inner products.
    pub(crate) const PRODUCTS: Function = Function {
        kernel: Kernel::Linear,
        gamma: 1.0,
    };

    /// Of exp(−γ‖x − x'‖²) on samples with these inner `products`.
    pub(crate) fn new<R: Real>(gamma: f64, products: &dyn KernelValues<R>) -> Self {
        let samples = products.sizes().iter().sum();
        let square = |sample| products.diagonal(sample).to_f64();
        let mut shift = Self {
            gamma,
            squares: (0..samples).map(square).collect(),
            means: vec![0.0; samples],
            constant: 0.0,
        };
        let count = DRAWN.min(samples);
        let drawn: Vec<usize> = (0..count).map(|place| place * samples / count).collect();
        let mut rows = vec![vec![R::default(); samples]; count];
        let mut parts: Vec<&mut [R]> = rows.iter_mut().map(Vec::as_mut_slice).collect();
        products.compute(&drawn, 0..samples, &mut parts);
        for (&of, row) in drawn.iter().zip(&rows) {
            let values = shift.less_one(of, 0, row);
            for (mean, value) in shift.means.iter_mut().zip(values) {
                *mean += value / count as f64;
            }
        }
        // The mean of K − 1 − u − u among those drawn, and on the diagonal of all.
        let origin = drawn.iter().map(|&of| shift.means[of]).sum::<f64>() / count as f64;
        let diagonal = -2.0 * shift.means.iter().sum::<f64>() / samples as f64;
        shift.constant = 2.0 * origin + diagonal;
        shift
    }

    /// The solution for K itself: ρ is shifted back.
    pub(crate) fn undo(&self, solution: Solution) -> Solution {
        let (mut sum, mut lost, mut shifted) = (0.0, 0.0, 0.0);
        for (&coefficient, mean) in solution.coefficients.iter().zip(&self.means) {
            let (before, after) = (sum, sum + coefficient);
            lost += if f64::abs(before) >= f64::abs(coefficient) {
                before - after + coefficient
            } else {
                coefficient - after + before
            };
            sum = after;
            shifted += mean * coefficient;
        }
        Solution {
            rho: solution.rho + shifted + (1.0 - self.constant) * (sum + lost),
            ..solution
        }
    }

    /// K − 1 of sample `of` with those from `first` on, from their inner products.
    fn less_one<R: Real>(&self, of: usize, first: usize, products: &[R]) -> Vec<f64> {
        let mut values: Vec<f64> = products.iter().map(|product| product.to_f64()).collect();
        pulp::Arch::new().dispatch(LessOne {
            gamma: self.gamma,
            square: self.squares[of],
            squares: &self.squares[first..],
            values: &mut values,
        });
        values
    }
}

struct LessOne<'a> {
    gamma: f64,
    square: f64,
    squares: &'a [f64],
    /// Inner products, and K − 1 of them in the end.
    values: &'a mut [f64],
}

impl pulp::WithSimd for LessOne<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let mut least = 0.0_f64;
        for (value, square) in self.values.iter_mut().zip(self.squares) {
            let distance = self.square + square - 2.0 * *value;
            let distance = if distance > 0.0 { distance } else { 0.0 };
            *value = -self.gamma * distance;
            least = if *value < least { *value } else { least };
        }
        if least < -LARGEST {
            for value in self.values {
                *value = exp_less_one(*value);
            }
        } else {
            for value in self.values {
                *value = series(*value);
            }
        }
    }
}

/// eˣ − 1 for x ≤ 0, with the relative rounding of a number as small as that.
#[inline(always)]
fn exp_less_one(x: f64) -> f64 {
    if x < -LARGEST {
        Real::exp(x) - 1.0
    } else {
        series(x)
    }
}

/// x + x²/2! + …
#[inline(always)]
fn series(x: f64) -> f64 {
    let mut sum = 1.0;
    for term in (2..=TERMS).rev() {
        sum = 1.0 + x * (1.0 / f64::from(term)) * sum;
    }
    x * sum
}

/// The values of a kernel that is shifted.
pub(crate) struct Shifted<'a, R> {
    pub(crate) products: Box<dyn KernelValues<R> + 'a>,
    pub(crate) shift: &'a Shift,
}

impl<R: Real> KernelValues<R> for Shifted<'_, R> {
    fn sizes(&self) -> [usize; 2] {
        self.products.sizes()
    }

    fn diagonal(&self, sample: usize) -> R {
        R::nearest(self.shift.constant - 2.0 * self.shift.means[sample])
    }

    fn compute(&self, samples: &[usize], columns: Range<usize>, rows: &mut [&mut [R]]) {
        self.products.compute(samples, columns.clone(), rows);
        let shift = self.shift;
        for (&of, row) in samples.iter().zip(rows) {
            let values = shift.less_one(of, columns.start, row);
            let own = shift.constant - shift.means[of];
            let means = &shift.means[columns.clone()];
            for ((shifted, value), mean) in row.iter_mut().zip(values).zip(means) {
                *shifted = R::nearest(value - mean + own);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn less_one_is_as_precise_near_nothing_as_far_from_it() {
        for x in [-1e-300, -1e-12, -1e-3, -0.1, -0.499, -0.51, -3.0, -80.0] {
            let (found, expected) = (exp_less_one(x), f64::exp_m1(x));
            assert!((found / expected - 1.0).abs() < 5e-16, "{x}: {found}");
        }
        assert_eq!(exp_less_one(0.0), 0.0);
    }
}
