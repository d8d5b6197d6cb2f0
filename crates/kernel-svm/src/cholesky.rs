//! The Cholesky factor of a matrix from which rows and columns are taken away, one after the other.
#![allow(
    clippy::inline_always,
    reason = "what is not inlined into the dispatched closure is compiled without its vectors"
)]

/// What is added to the diagonal, relative to it, so that rounding leaves the matrix definite.
const RIDGE: f64 = 1e-13;

/// Sums that grow side by side.
const LANES: usize = 8;

/// The upper triangle U whose transpose times U is a matrix; row i begins at column i.
pub(crate) struct Cholesky {
    rows: Vec<Vec<f64>>,
}

impl Cholesky {
    /// Of a symmetric positive semi-definite `matrix`; takes n³ / 6 multiplications.
    pub(crate) fn new(matrix: Vec<Vec<f64>>) -> Self {
        let rows = pulp::Arch::new().dispatch(|| factor(matrix));
        Self { rows }
    }

    /// Takes row and column `place` out of the matrix, with 2 m² multiplications at most for the m behind them: what
    /// the row of U there contributed to them is rotated into their rows (Golub and Van Loan 2013, "Matrix
    /// Computations", section 6.5.4).
    pub(crate) fn remove(&mut self, place: usize) {
        let row = self.rows.remove(place);
        for (i, above) in self.rows[..place].iter_mut().enumerate() {
            above.remove(place - i);
        }
        pulp::Arch::new().dispatch(|| rotate(&mut self.rows[place..], &mut row[1..].to_vec()));
    }

    /// x for which the matrix times x is each of both sides of `b`, place by place; takes 2 n² multiplications.
    pub(crate) fn solve(&self, b: [Vec<f64>; 2]) -> [Vec<f64>; 2] {
        pulp::Arch::new().dispatch(|| substitute(&self.rows, b))
    }
}

#[inline(always)]
fn factor(mut matrix: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    for (i, row) in matrix.iter_mut().enumerate() {
        row.drain(..i);
    }
    let ridge = RIDGE * matrix.iter().map(|row| row[0]).fold(0.0, f64::max);
    for k in 0..matrix.len() {
        let (done, rest) = matrix.split_at_mut(k + 1);
        let row = &mut done[k];
        let pivot = (row[0] + ridge).max(ridge).sqrt();
        row[0] = pivot;
        for value in &mut row[1..] {
            *value /= pivot;
        }
        for (ahead, other) in rest.iter_mut().enumerate() {
            let factor = row[ahead + 1];
            for (value, &above) in other.iter_mut().zip(&row[ahead + 1..]) {
                *value -= factor * above;
            }
        }
    }
    matrix
}

/// Makes of `rows`, U, the triangle whose transpose times itself is `UᵀU + wwᵀ`.
#[inline(always)]
fn rotate(rows: &mut [Vec<f64>], mut w: &mut [f64]) {
    for row in rows {
        let (&mut first, rest) = w.split_first_mut().expect("w is as long as the first row");
        let length = row[0].hypot(first);
        let (cos, sin) = (row[0] / length, first / length);
        row[0] = length;
        for (u, w) in row[1..].iter_mut().zip(&mut *rest) {
            (*u, *w) = (cos * *u + sin * *w, cos * *w - sin * *u);
        }
        w = rest;
    }
}

#[inline(always)]
fn substitute(rows: &[Vec<f64>], [mut a, mut b]: [Vec<f64>; 2]) -> [Vec<f64>; 2] {
    for (i, row) in rows.iter().enumerate() {
        a[i] /= row[0];
        b[i] /= row[0];
        let (value_a, value_b) = (a[i], b[i]);
        let sides = a[i + 1..].iter_mut().zip(&mut b[i + 1..]);
        for ((a, b), u) in sides.zip(&row[1..]) {
            *a -= value_a * u;
            *b -= value_b * u;
        }
    }
    for (i, row) in rows.iter().enumerate().rev() {
        a[i] = (a[i] - dot(&row[1..], &a[i + 1..])) / row[0];
        b[i] = (b[i] - dot(&row[1..], &b[i + 1..])) / row[0];
    }
    [a, b]
}

#[inline(always)]
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let ((a, rest_a), (b, rest_b)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    let mut sums = [0.0; LANES];
    for (a, b) in a.iter().zip(b) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let rest: f64 = rest_a.iter().zip(rest_b).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f64>() + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of 20 samples in a row, a little more than semi-definite.
    fn matrix() -> Vec<Vec<f64>> {
        let value = |i: i32, j: i32| {
            let distance = f64::from(i - j) / 5.0;
            (-0.5 * distance.powi(2)).exp() + if i == j { 0.1 } else { 0.0 }
        };
        let row = |i| (0..20).map(|j| value(i, j)).collect();
        (0..20).map(row).collect()
    }

    /// Both sides of as many equations.
    fn sides(count: usize) -> [Vec<f64>; 2] {
        let side = |shift: usize| (0..count).map(|i| ((i + shift) as f64).cos()).collect();
        [side(0), side(7)]
    }

    #[test]
    fn the_factor_times_itself_is_the_matrix() {
        let matrix = matrix();
        let solved = Cholesky::new(matrix.clone()).solve(sides(20));
        for (x, b) in solved.iter().zip(sides(20)) {
            for (row, b) in matrix.iter().zip(b) {
                let product: f64 = row.iter().zip(x).map(|(a, x)| a * x).sum();
                assert!((product - b).abs() < 1e-10);
            }
        }
    }

    #[test]
    fn what_is_left_is_the_factor_of_what_is_left() {
        let mut matrix = matrix();
        let mut cholesky = Cholesky::new(matrix.clone());
        // The first, the last and all between, until one is left.
        for place in [0, 18, 9, 3, 3, 14, 0, 5, 11, 2, 9, 0, 3, 1, 5, 0, 2, 1, 0] {
            cholesky.remove(place);
            matrix.remove(place);
            for row in &mut matrix {
                row.remove(place);
            }
            let anew = Cholesky::new(matrix.clone());
            assert_eq!(cholesky.rows.len(), matrix.len());
            for (row, new) in cholesky.rows.iter().zip(&anew.rows) {
                assert_eq!(row.len(), new.len());
                assert!(row.iter().zip(new).all(|(u, new)| (u - new).abs() < 1e-12));
            }
        }
    }
}
