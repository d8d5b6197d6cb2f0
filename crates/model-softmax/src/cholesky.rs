//! The Cholesky factorisation.
#![allow(
    clippy::inline_always,
    reason = "what is not inlined into the dispatched closure is compiled without its vectors"
)]

use crate::vectors::{add_scaled, dot};
use classifier::{Cancellation, Cancelled};
use rayon::prelude::*;

/// Right-hand sides that are solved together, so that each row of L is fetched once for all of them.
const TOGETHER: usize = 5;

/// The Cholesky factor L of a symmetric positive definite matrix A = `LLᵀ`.
pub(crate) struct Cholesky {
    /// L in row-major order; above the diagonal it means nothing.
    lower: Vec<f64>,
    size: usize,
}

impl Cholesky {
    /// Factors the matrix of `size` rows whose lower triangle is in `matrix`, in place.
    ///
    /// # Errors
    /// [`Cancelled`], which is asked for before each row.
    ///
    /// # Panics
    /// If the matrix is not positive definite.
    pub(crate) fn new(
        mut matrix: Vec<f64>,
        size: usize,
        cancellation: &Cancellation,
    ) -> Result<Self, Cancelled> {
        assert_eq!(matrix.len(), size * size, "a square matrix");
        for number in 0..size {
            cancellation.check()?;
            let (above, row) = matrix.split_at_mut(number * size);
            let row = &mut row[..=number];
            pulp::Arch::new().dispatch(FactorRow { above, size, row });
        }
        Ok(Self {
            lower: matrix,
            size,
        })
    }

    /// Solves A x = b for every column of `b`, shape (size, columns), in place; columns in parallel.
    pub(crate) fn solve(&self, b: &mut [f64], columns: usize) {
        let mut by_column = vec![0.0; b.len()];
        for (i, row) in b.chunks_exact(columns).enumerate() {
            for (column, &value) in row.iter().enumerate() {
                by_column[column * self.size + i] = value;
            }
        }
        by_column
            .par_chunks_mut(TOGETHER * self.size)
            .for_each(|columns| {
                pulp::Arch::new().dispatch(SolveColumns {
                    lower: &self.lower,
                    size: self.size,
                    columns,
                });
            });
        for (i, row) in b.chunks_exact_mut(columns).enumerate() {
            for (column, value) in row.iter_mut().enumerate() {
                *value = by_column[column * self.size + i];
            }
        }
    }
}

/// The factorisation of one row, as a closure that is compiled once per instruction set.
struct FactorRow<'a> {
    /// The rows above, factored already, of `size` values each.
    above: &'a [f64],
    size: usize,
    /// Up to the diagonal.
    row: &'a mut [f64],
}

impl pulp::WithSimd for FactorRow<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let Self { above, size, row } = self;
        for (j, other) in above.chunks_exact(size).enumerate() {
            row[j] = (row[j] - dot(&row[..j], &other[..j])) / other[j];
        }
        let (left, diagonal) = row.split_at_mut(above.len() / size);
        let pivot = diagonal[0] - dot(left, left);
        assert!(pivot > 0.0, "positive definite");
        diagonal[0] = pivot.sqrt();
    }
}

/// The solution for some right-hand sides, as a closure that is compiled once per instruction set.
struct SolveColumns<'a> {
    lower: &'a [f64],
    size: usize,
    /// One after the other, of `size` values each.
    columns: &'a mut [f64],
}

impl pulp::WithSimd for SolveColumns<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let Self {
            lower,
            size,
            columns,
        } = self;
        let rows = lower.chunks_exact(size).enumerate();
        for (i, row) in rows.clone() {
            for x in columns.chunks_exact_mut(size) {
                x[i] = (x[i] - dot(&row[..i], &x[..i])) / row[i];
            }
        }
        for (i, row) in rows.rev() {
            for x in columns.chunks_exact_mut(size) {
                x[i] /= row[i];
                let (before, rest) = x.split_at_mut(i);
                add_scaled(before, -rest[0], &row[..i]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_solution_solves() {
        let size = 21;
        // BBᵀ + I for a B without structure.
        let b = |i: usize, j: usize| ((i * 37 + j * j * 11) % 17) as f64 / 8.0 - 1.0;
        let a = |i: usize, j: usize| {
            let sum: f64 = (0..size).map(|k| b(i, k) * b(j, k)).sum();
            sum + if i == j { 1.0 } else { 0.0 }
        };
        let matrix = (0..size * size).map(|place| a(place / size, place % size));
        let cholesky = Cholesky::new(matrix.collect(), size, &Cancellation::default()).unwrap();
        let columns = TOGETHER + 2;
        let right: Vec<f64> = (0..columns * size).map(|i| (i as f64).sin()).collect();
        let mut x = right.clone();
        cholesky.solve(&mut x, columns);
        for i in 0..size {
            for column in 0..columns {
                let product: f64 = (0..size).map(|j| a(i, j) * x[columns * j + column]).sum();
                assert!((product - right[columns * i + column]).abs() < 1e-10);
            }
        }
    }

    #[test]
    fn a_factorisation_that_is_called_off_looks_at_nothing() {
        let cancellation = Cancellation::default();
        cancellation.cancel();
        let indefinite = vec![-1.0];
        assert!(Cholesky::new(indefinite, 1, &cancellation).is_err());
    }
}
