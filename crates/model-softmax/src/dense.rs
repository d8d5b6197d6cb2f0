//! Dense matrices of features: where most values are not zero, indices cost more than they save.
#![allow(
    clippy::inline_always,
    reason = "what is not inlined into the dispatched closure is compiled without its vectors"
)]

use crate::lanes::Lanes;

/// Rows summed together: each factor is loaded once for all of them.
const TOGETHER: usize = 4;

/// A matrix in row-major order.
#[derive(Debug, Clone)]
pub(crate) struct Dense {
    values: Vec<f32>,
    width: usize,
}

impl Dense {
    pub(crate) fn new(values: Vec<f32>, width: usize) -> Self {
        Self { values, width }
    }

    /// One row.
    #[inline(always)]
    pub(crate) fn row(&self, index: usize) -> &[f32] {
        &self.values[index * self.width..][..self.width]
    }

    /// The rows at `indices`, in that order, transposed.
    pub(crate) fn transposed(&self, indices: &[usize]) -> Self {
        let mut values = vec![0.0; indices.len() * self.width];
        for (place, &index) in indices.iter().enumerate() {
            for (column, &value) in self.row(index).iter().enumerate() {
                values[column * indices.len() + place] = value;
            }
        }
        Self::new(values, indices.len())
    }
}

/// Σ value · factor for each of the `rows`, given to `take` with the row's place.
#[inline(always)]
pub(crate) fn weighted_sums<'a>(
    count: usize,
    row: impl Fn(usize) -> &'a [f32],
    factors: &[Lanes],
    mut take: impl FnMut(usize, Lanes),
) {
    let mut place = 0;
    while place + TOGETHER <= count {
        let rows: [&[f32]; TOGETHER] = std::array::from_fn(|i| row(place + i));
        let [mut a, mut b, mut c, mut d] = [Lanes::splat(0.0); TOGETHER];
        let values = rows[0].iter().zip(rows[1]).zip(rows[2]).zip(rows[3]);
        for ((((&w, &x), &y), &z), factor) in values.zip(factors) {
            a.add_scaled(w, factor);
            b.add_scaled(x, factor);
            c.add_scaled(y, factor);
            d.add_scaled(z, factor);
        }
        for (i, sum) in [a, b, c, d].into_iter().enumerate() {
            take(place + i, sum);
        }
        place += TOGETHER;
    }
    for place in place..count {
        let mut sum = Lanes::splat(0.0);
        for (&value, factor) in row(place).iter().zip(factors) {
            sum.add_scaled(value, factor);
        }
        take(place, sum);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_those_of_single_rows() {
        let matrix = Dense::new((0..7 * 5).map(|i| (i as f32).sin()).collect(), 5);
        let factors: Vec<Lanes> = (0..5).map(|i| Lanes::splat(i as f32 - 1.5)).collect();
        let mut seen = 0;
        weighted_sums(
            7,
            |row| matrix.row(row),
            &factors,
            |row, sum| {
                let expected = matrix.row(row).iter().zip(&factors);
                let expected = expected.fold(0.0_f32, |sum, (x, f)| x.mul_add(f.0[0], sum));
                assert_eq!(sum, Lanes::splat(expected));
                seen += 1;
            },
        );
        assert_eq!(seen, 7);
    }

    #[test]
    fn a_column_holds_the_rows_that_were_asked_for() {
        let matrix = Dense::new((0..6).map(|i| i as f32).collect(), 2);
        let columns = matrix.transposed(&[2, 0]);
        assert_eq!(
            (columns.row(0), columns.row(1)),
            (&[4.0, 0.0][..], &[5.0, 1.0][..])
        );
    }
}
