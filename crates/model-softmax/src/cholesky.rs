//! The Cholesky factorisation.

use classifier::{Cancellation, Cancelled};

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
        for i in 0..size {
            cancellation.check()?;
            let (above, row) = matrix.split_at_mut(i * size);
            for j in 0..=i {
                let (left, right) = row.split_at_mut(j);
                let rest = right[0];
                if j < i {
                    let other = &above[j * size..];
                    right[0] = (rest - dot(left, &other[..j])) / other[j];
                } else {
                    let pivot = rest - dot(left, left);
                    assert!(pivot > 0.0, "positive definite");
                    right[0] = pivot.sqrt();
                }
            }
        }
        Ok(Self {
            lower: matrix,
            size,
        })
    }

    /// Solves A x = b for every column of `b`, shape (size, columns), in place.
    pub(crate) fn solve(&self, b: &mut [f64], columns: usize) {
        let size = self.size;
        for i in 0..size {
            let (before, rest) = b.split_at_mut(i * columns);
            let row = &mut rest[..columns];
            for (factor, other) in self.lower[i * size..][..i]
                .iter()
                .zip(before.chunks_exact(columns))
            {
                subtract_scaled(row, *factor, other);
            }
            let pivot = self.lower[i * size + i];
            for x in row.iter_mut() {
                *x /= pivot;
            }
        }
        for i in (0..size).rev() {
            let (before, rest) = b.split_at_mut(i * columns);
            let row = &mut rest[..columns];
            let pivot = self.lower[i * size + i];
            for x in row.iter_mut() {
                *x /= pivot;
            }
            for (factor, other) in self.lower[i * size..][..i]
                .iter()
                .zip(before.chunks_exact_mut(columns))
            {
                subtract_scaled(other, *factor, row);
            }
        }
    }
}

fn subtract_scaled(a: &mut [f64], factor: f64, b: &[f64]) {
    for (a, b) in a.iter_mut().zip(b) {
        *a -= factor * b;
    }
}

/// a · b in eight interleaved sums, which become vectors.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0; 8];
    let (a_eights, a_rest) = a.as_chunks::<8>();
    let (b_eights, b_rest) = b.as_chunks::<8>();
    for (a, b) in a_eights.iter().zip(b_eights) {
        for lane in 0..8 {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let rest: f64 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f64>() + rest
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
        let right: Vec<f64> = (0..2 * size).map(|i| (i as f64).sin()).collect();
        let mut x = right.clone();
        cholesky.solve(&mut x, 2);
        for i in 0..size {
            for column in 0..2 {
                let product: f64 = (0..size).map(|j| a(i, j) * x[2 * j + column]).sum();
                assert!((product - right[2 * i + column]).abs() < 1e-10);
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
