//! Second moments of the features, which model the curvature of a loss, ready to divide by.

use crate::cholesky::Cholesky;
use classifier::{Cancellation, Cancelled};
use rayon::prelude::*;

/// Most features whose second moments are all used: their matrix takes 134 MB and its factorisation
/// 11 billion multiplications, eight times as many with twice the features. Beyond, the diagonal has
/// to do.
pub(crate) const MOST_FEATURES: usize = 4_096;

/// Bands of the matrix that are summed up in parallel.
const BANDS: usize = 32;

/// The values of one image that are not zero, with their features, ascending.
pub(crate) type NonZeros = Vec<(usize, f64)>;

/// A symmetric positive definite matrix.
pub(crate) enum Curvature {
    Full(Cholesky),
    /// Of a matrix too large to factor.
    Diagonal(Vec<f64>),
}

impl Curvature {
    /// `scale` · Σ xxᵀ over the `rows` + `ridge` · I, of `size` rows.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub(crate) fn new(
        rows: impl Iterator<Item = NonZeros>,
        size: usize,
        scale: f64,
        ridge: f64,
        cancellation: &Cancellation,
    ) -> Result<Self, Cancelled> {
        let rows = rows.map(|row| cancellation.check().map(|()| row));
        if size > MOST_FEATURES + 1 {
            return diagonal(rows, size, scale, ridge).map(Self::Diagonal);
        }
        let rows: Vec<NonZeros> = rows.collect::<Result<_, _>>()?;
        let mut matrix = moments(&rows, size, scale, cancellation)?;
        for i in 0..size {
            matrix[i * size + i] += ridge;
        }
        Cholesky::new(matrix, size, cancellation).map(Self::Full)
    }

    /// Solves A x = b for every column of `b`, shape (size, columns), in place.
    pub(crate) fn solve(&self, b: &mut [f64], columns: usize) {
        match self {
            Self::Full(cholesky) => cholesky.solve(b, columns),
            Self::Diagonal(diagonal) => {
                for (row, pivot) in b.chunks_exact_mut(columns).zip(diagonal) {
                    for x in row {
                        *x /= pivot;
                    }
                }
            }
        }
    }
}

/// The lower triangle of `scale` · Σ xxᵀ, shape (size, size).
fn moments(
    rows: &[NonZeros],
    size: usize,
    scale: f64,
    cancellation: &Cancellation,
) -> Result<Vec<f64>, Cancelled> {
    let mut matrix = vec![0.0; size * size];
    // Bands of rows in parallel: each sums in the order of the images.
    let band = size.div_ceil(BANDS);
    let bands = size.div_ceil(band);
    // Where the values of each band begin in each row: to look for them band by band would fetch all
    // rows from memory as often.
    let of_row = |row: &NonZeros| -> Vec<usize> {
        let start = |number| row.partition_point(|&(feature, _)| feature < number * band);
        (0..=bands).map(start).collect()
    };
    let starts: Vec<usize> = rows.par_iter().flat_map_iter(of_row).collect();
    matrix
        .par_chunks_mut(band * size)
        .enumerate()
        .try_for_each(|(index, band_rows)| {
            for (row, starts) in rows.iter().zip(starts.chunks_exact(bands + 1)) {
                cancellation.check()?;
                let (first, end) = (starts[index], starts[index + 1]);
                for (place, &(i, x_i)) in row.iter().enumerate().take(end).skip(first) {
                    let matrix_row = &mut band_rows[(i - index * band) * size..][..size];
                    for &(j, x_j) in &row[..=place] {
                        matrix_row[j] += scale * x_i * x_j;
                    }
                }
            }
            Ok(())
        })?;
    Ok(matrix)
}

/// The diagonal of `scale` · Σ xxᵀ + `ridge` · I, from one row at a time.
fn diagonal(
    rows: impl Iterator<Item = Result<NonZeros, Cancelled>>,
    size: usize,
    scale: f64,
    ridge: f64,
) -> Result<Vec<f64>, Cancelled> {
    let mut diagonal = vec![0.0; size];
    for row in rows {
        for (i, x) in row? {
            diagonal[i] += scale * x * x;
        }
    }
    for value in &mut diagonal {
        *value += ridge;
    }
    Ok(diagonal)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCALE: f64 = 0.5;
    const RIDGE: f64 = 0.25;

    #[test]
    fn too_wide_a_matrix_is_its_diagonal() {
        for size in [60, MOST_FEATURES + 2] {
            // With one value in each row there is nothing beside the diagonal.
            let rows = (0..size).map(|i| vec![(i, (i % 7) as f64)]);
            let never = Cancellation::default();
            let curvature = Curvature::new(rows, size, SCALE, RIDGE, &never).unwrap();
            assert_eq!(matches!(curvature, Curvature::Full(_)), size == 60);
            let mut b: Vec<f64> = (0..2 * size).map(|i| (i as f64).sin()).collect();
            curvature.solve(&mut b, 2);
            for (place, x) in b.iter().enumerate() {
                let value = (place / 2 % 7) as f64;
                let product = (SCALE * value * value + RIDGE) * x;
                assert!((product - (place as f64).sin()).abs() < 1e-12, "{place}");
            }
        }
    }

    #[test]
    fn whoever_calls_it_off_need_not_wait() {
        for size in [60, MOST_FEATURES + 2] {
            let (cancellation, mut asked) = (Cancellation::default(), 0);
            let rows = (0..size).map(|i| {
                asked += 1;
                if i == 3 {
                    cancellation.cancel();
                }
                vec![(i, 1.0)]
            });
            assert!(Curvature::new(rows, size, SCALE, RIDGE, &cancellation).is_err());
            assert_eq!(asked, 4);
            let rows = [vec![(0, 1.0)]];
            assert_eq!(moments(&rows, 1, SCALE, &cancellation), Err(Cancelled));
        }
    }
}
