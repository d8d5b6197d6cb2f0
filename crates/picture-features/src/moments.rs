//! Where the grey of a picture is, how far it spreads, and how slanted it is: its moments up to the
//! second.

use data::PictureShape;

/// Moments of the grey levels g(r, c) of one picture, over rows r and columns c, in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Moments {
    /// Mean row.
    pub(crate) row: f64,
    /// Mean column.
    pub(crate) column: f64,
    /// Variance of the rows, μ₀₂ / μ₀₀.
    pub(crate) row_variance: f64,
    /// Variance of the columns, μ₂₀ / μ₀₀.
    pub(crate) column_variance: f64,
    /// Covariance of both, μ₁₁ / μ₀₀.
    pub(crate) covariance: f64,
}

impl Moments {
    /// Those of `picture`; `None` where all of it is black.
    pub(crate) fn of(picture: &[u8], shape: PictureShape) -> Option<Self> {
        // Whole numbers, so that no order of addition matters.
        let (mut mass, mut first, mut second) = (0, [0; 2], [0; 3]);
        for (row, pixels) in (0_u64..).zip(picture.chunks_exact(shape.columns)) {
            let [grey, by_column, by_square] = row_sums(pixels);
            mass += grey;
            first = [first[0] + row * grey, first[1] + by_column];
            second[0] += row * row * grey;
            second[1] += by_square;
            second[2] += row * by_column;
        }
        if mass == 0 {
            return None;
        }
        let mean = |sum: u64| sum as f64 / mass as f64;
        let [row, column] = first.map(mean);
        let [row_square, column_square, product] = second.map(mean);
        Some(Self {
            row,
            column,
            row_variance: (row_square - row * row).max(0.0),
            column_variance: (column_square - column * column).max(0.0),
            covariance: product - row * column,
        })
    }

    /// Columns to the right per row down, of the principal axis: μ₁₁ / μ₀₂. 0 for what lies in one row.
    pub(crate) fn slant(&self) -> f64 {
        if self.row_variance > f64::EPSILON {
            self.covariance / self.row_variance
        } else {
            0.0
        }
    }
}

/// Σ g, Σ g c and Σ g c² over the pixels g of a row.
fn row_sums(pixels: &[u8]) -> [u64; 3] {
    let mut sums = [0; 3];
    for (column, &grey) in (0_u64..).zip(pixels) {
        let grey = u64::from(grey);
        sums[0] += grey;
        sums[1] += grey * column;
        sums[2] += grey * column * column;
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diagonal_of_two_pixels_slants_by_one_column_per_row() {
        let shape = PictureShape {
            rows: 4,
            columns: 5,
        };
        let mut picture = [0; 20];
        picture[5 + 2] = 100;
        picture[2 * 5 + 3] = 100;
        let moments = Moments::of(&picture, shape).unwrap();
        assert_eq!((moments.row, moments.column), (1.5, 2.5));
        assert_eq!(
            (moments.row_variance, moments.column_variance),
            (0.25, 0.25)
        );
        assert_eq!(moments.slant(), 1.0);
        assert_eq!(Moments::of(&[0; 20], shape), None);
    }

    #[test]
    fn what_lies_in_one_row_is_not_slanted() {
        let shape = PictureShape {
            rows: 3,
            columns: 3,
        };
        let moments = Moments::of(&[0, 0, 0, 9, 9, 9, 0, 0, 0], shape).unwrap();
        assert_eq!(moments.slant(), 0.0);
    }
}
