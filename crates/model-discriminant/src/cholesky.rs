//! Symmetric linear equations by Cholesky's factors.

/// A lower triangular matrix L, shape (n, n).
pub(crate) struct Factor {
    rows: Vec<f64>,
    n: usize,
}

impl Factor {
    /// L with L Lᵀ = `a`, of shape (n, n), whose lower triangle is read; `None` if rounding leaves it without
    /// such an L.
    pub(crate) fn of(mut a: Vec<f64>, n: usize) -> Option<Self> {
        for i in 0..n {
            let (above, row) = a.split_at_mut(i * n);
            for j in 0..i {
                let other = &above[j * n..][..n];
                row[j] = (row[j] - dot(&row[..j], other)) / other[j];
            }
            let square = row[i] - dot(&row[..i], &row[..i]);
            if square.is_nan() || square <= 0.0 {
                return None;
            }
            row[i] = square.sqrt();
        }
        Some(Self { rows: a, n })
    }

    /// x with L Lᵀ x = `b`.
    pub(crate) fn solve(&self, b: &[f64]) -> Vec<f64> {
        let row = |i: usize| &self.rows[i * self.n..][..=i];
        let mut x = b.to_vec();
        for i in 0..self.n {
            x[i] = (x[i] - dot(&x[..i], row(i))) / row(i)[i];
        }
        for i in (0..self.n).rev() {
            let solved = x[i] / row(i)[i];
            for (x, l) in x[..i].iter_mut().zip(row(i)) {
                *x -= l * solved;
            }
            x[i] = solved;
        }
        x
    }
}

/// Σ a b over as many numbers as `a` has, in eight sums that do not wait for each other.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let b = &b[..a.len()];
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
    let mut sums = [0.0; 8];
    for (a, b) in a.iter().zip(b) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += a * b;
        }
    }
    let rest = a_rest.iter().zip(b_rest).map(|(a, b)| a * b);
    sums.iter().sum::<f64>() + rest.sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equations_are_solved() {
        let n = 21;
        let entry = |i: usize, j: usize| {
            let near = 1.0 / (1.0 + i.abs_diff(j) as f64);
            near + if i == j { 2.0 } else { 0.0 }
        };
        let a: Vec<f64> = (0..n * n).map(|at| entry(at / n, at % n)).collect();
        let x: Vec<f64> = (0..n).map(|i| i as f64 - 7.5).collect();
        let product = |i: usize| (0..n).map(|j| a[i * n + j] * x[j]).sum();
        let b: Vec<f64> = (0..n).map(product).collect();
        let solved = Factor::of(a, n).unwrap().solve(&b);
        for (solved, x) in solved.iter().zip(x) {
            assert!((solved - x).abs() < 1e-12, "{solved}, {x}");
        }
        assert!(Factor::of(vec![1.0, 0.0, 2.0, 1.0], 2).is_none());
    }
}
