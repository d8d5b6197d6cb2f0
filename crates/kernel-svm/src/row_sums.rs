//! Sums of kernel rows, each times a factor.
#![allow(
    clippy::inline_always,
    reason = "what is not inlined into the dispatched closure is compiled without its vectors"
)]

/// Columns that are summed up at a time: their sums stay in the L1 cache.
const STRETCH: usize = 1_024;

/// `sums` ← `sums` + Σ factor · row. Each stretch is summed in f32 and added in f64, so that
/// rounding does not add up from call to call.
pub(crate) fn add(terms: &[(f64, &[f32])], sums: &mut [f64]) {
    pulp::Arch::new().dispatch(Add { terms, sums });
}

/// `sums` ← `sums` + Σ factor · row, in f64.
pub(crate) fn add_exactly(terms: &[(f64, &[f32])], sums: &mut [f64]) {
    pulp::Arch::new().dispatch(AddExactly { terms, sums });
}

struct Add<'a> {
    terms: &'a [(f64, &'a [f32])],
    sums: &'a mut [f64],
}

/// Aligned, so that no vector of it crosses a cache line.
#[repr(align(64))]
struct Partial([f32; STRETCH]);

impl pulp::WithSimd for Add<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let mut partial = Partial([0.0; STRETCH]);
        for (stretch, sums) in self.sums.chunks_mut(STRETCH).enumerate() {
            let partial = &mut partial.0[..sums.len()];
            partial.fill(0.0);
            for &(factor, row) in self.terms {
                let factor = factor as f32;
                for (sum, value) in partial.iter_mut().zip(&row[stretch * STRETCH..]) {
                    *sum += factor * value;
                }
            }
            for (sum, &partial) in sums.iter_mut().zip(&*partial) {
                *sum += f64::from(partial);
            }
        }
    }
}

struct AddExactly<'a> {
    terms: &'a [(f64, &'a [f32])],
    sums: &'a mut [f64],
}

impl pulp::WithSimd for AddExactly<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        for (stretch, sums) in self.sums.chunks_mut(STRETCH).enumerate() {
            for &(factor, row) in self.terms {
                for (sum, &value) in sums.iter_mut().zip(&row[stretch * STRETCH..]) {
                    *sum += factor * f64::from(value);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_are_the_plain_sum() {
        let len = 2 * STRETCH + 7;
        let rows: Vec<Vec<f32>> = (0..3)
            .map(|row| (0..len).map(|i| ((i * 3 + row) as f32).sin()).collect())
            .collect();
        let terms: Vec<(f64, &[f32])> = [0.5, -2.0, 0.125]
            .into_iter()
            .zip(rows.iter().map(Vec::as_slice))
            .collect();
        let start: Vec<f64> = (0..len).map(|i| i as f64).collect();
        let (mut quick, mut exact) = (start.clone(), start.clone());
        add(&terms, &mut quick);
        add_exactly(&terms, &mut exact);
        for i in 0..len {
            let sum: f64 = terms.iter().map(|(f, row)| f * f64::from(row[i])).sum();
            assert!((exact[i] - start[i] - sum).abs() < 1e-12 * (1.0 + start[i]));
            assert!((quick[i] - start[i] - sum).abs() < 1e-6);
        }
    }
}
