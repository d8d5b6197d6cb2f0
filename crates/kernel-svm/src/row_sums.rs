//! Sums of kernel rows, each times a factor.
#![allow(
    clippy::inline_always,
    reason = "what is not inlined into the dispatched closure is compiled without its vectors"
)]

use crate::real::Real;

/// Columns that are summed up at a time: their sums stay in the L1 cache.
pub(crate) const STRETCH: usize = 1_024;

/// Rows that are added at a time: sums are loaded and stored once for four of them. With one at a time
/// a fit of MNIST takes a tenth longer; eight are no faster.
const TOGETHER: usize = 4;

/// `sums` ← `sums` + Σ factor · row. Each stretch is summed in the precision of the rows and added
/// in f64, so that rounding does not add up from call to call.
pub(crate) fn add<R: Real>(terms: &[(f64, &[R])], sums: &mut [f64]) {
    pulp::Arch::new().dispatch(Add { terms, sums });
}

/// `sums` ← `sums` + Σ factor · row, in f64.
pub(crate) fn add_exactly<R: Real>(terms: &[(f64, &[R])], sums: &mut [f64]) {
    pulp::Arch::new().dispatch(AddExactly { terms, sums });
}

/// `sums` + `lost` ← `sums` + `lost` + Σ factor · row, where `lost` is what `sums` cannot hold
/// (Neumaier 1974): large terms that cancel leave the small ones behind, not their rounding.
pub(crate) fn add_compensated<R: Real>(terms: &[(f64, &[R])], sums: &mut [f64], lost: &mut [f64]) {
    pulp::Arch::new().dispatch(AddCompensated { terms, sums, lost });
}

struct Add<'a, R> {
    terms: &'a [(f64, &'a [R])],
    sums: &'a mut [f64],
}

/// Aligned, so that no vector of it crosses a cache line.
#[repr(align(64))]
struct Partial<R>([R; STRETCH]);

impl<R: Real> pulp::WithSimd for Add<'_, R> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let mut partial = Partial([R::default(); STRETCH]);
        let (fours, rest) = self.terms.as_chunks::<TOGETHER>();
        for (stretch, sums) in self.sums.chunks_mut(STRETCH).enumerate() {
            let partial = &mut partial.0[..sums.len()];
            partial.fill(R::default());
            let columns = stretch * STRETCH..stretch * STRETCH + sums.len();
            for terms in fours {
                let [a, b, c, d] = terms.map(|(factor, _)| R::nearest(factor));
                let [p, q, r, s] = terms.map(|(_, row)| &row[columns.clone()]);
                for ((((sum, &p), &q), &r), &s) in partial.iter_mut().zip(p).zip(q).zip(r).zip(s) {
                    *sum = *sum + a * p + b * q + c * r + d * s;
                }
            }
            for &(factor, row) in rest {
                let factor = R::nearest(factor);
                for (sum, &value) in partial.iter_mut().zip(&row[columns.clone()]) {
                    *sum += factor * value;
                }
            }
            for (sum, &partial) in sums.iter_mut().zip(&*partial) {
                *sum += partial.to_f64();
            }
        }
    }
}

struct AddExactly<'a, R> {
    terms: &'a [(f64, &'a [R])],
    sums: &'a mut [f64],
}

impl<R: Real> pulp::WithSimd for AddExactly<'_, R> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        for (stretch, sums) in self.sums.chunks_mut(STRETCH).enumerate() {
            for &(factor, row) in self.terms {
                for (sum, &value) in sums.iter_mut().zip(&row[stretch * STRETCH..]) {
                    *sum += factor * value.to_f64();
                }
            }
        }
    }
}

struct AddCompensated<'a, R> {
    terms: &'a [(f64, &'a [R])],
    sums: &'a mut [f64],
    lost: &'a mut [f64],
}

impl<R: Real> pulp::WithSimd for AddCompensated<'_, R> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let stretches = self.sums.chunks_mut(STRETCH);
        let stretches = stretches.zip(self.lost.chunks_mut(STRETCH)).enumerate();
        for (stretch, (sums, lost)) in stretches {
            for &(factor, row) in self.terms {
                let sums = sums.iter_mut().zip(&mut *lost);
                for ((sum, lost), &value) in sums.zip(&row[stretch * STRETCH..]) {
                    let term = factor * value.to_f64();
                    let total = *sum + term;
                    let of_term = total - *sum;
                    *lost += (*sum - (total - of_term)) + (term - of_term);
                    *sum = total;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_are_the_plain_sum() {
        let len = 2 * STRETCH + 7;
        let rows: Vec<Vec<f32>> = (0..3)
            .map(|row| (0..len).map(|i| ((i * 3 + row) as f32).sin()).collect())
            .collect();
        let terms: Vec<(f64, &[f32])> = [0.5, -2.0, 0.125]
            .into_iter()
            .zip(rows.iter().map(Vec::as_slice))
            .collect();
        let start: Vec<f64> = (0..len).map(|i| i as f64).collect();
        let (mut quick, mut exact, mut compensated) = (start.clone(), start.clone(), start.clone());
        let mut lost = vec![0.0; len];
        add(&terms, &mut quick);
        add_exactly(&terms, &mut exact);
        add_compensated(&terms, &mut compensated, &mut lost);
        for i in 0..len {
            let sum: f64 = terms.iter().map(|(f, row)| f * f64::from(row[i])).sum();
            assert!((exact[i] - start[i] - sum).abs() < 1e-12 * (1.0 + start[i]));
            assert!((compensated[i] + lost[i] - start[i] - sum).abs() < 1e-12 * (1.0 + start[i]));
            assert!((quick[i] - start[i] - sum).abs() < 1e-6);
        }
    }

    #[test]
    fn large_terms_that_cancel_leave_the_small_ones() {
        let row: &[f64] = &[0.3; 70];
        let terms = [
            (1e20, row),
            (0.5, row),
            (1e20, row),
            (-1e20, row),
            (-1e20, row),
        ];
        let (mut sums, mut lost) = (vec![-1.0; 70], vec![0.0; 70]);
        add_compensated(&terms, &mut sums, &mut lost);
        for (sum, lost) in sums.iter().zip(&lost) {
            assert!((sum + lost - -0.85).abs() < 1e-12, "{sum} {lost}");
        }
    }
}
