//! Sums and products of vectors of f64, in an order that does not depend on the processor.
#![allow(
    clippy::inline_always,
    reason = "what is not inlined into a closure for one instruction set is compiled without its vectors"
)]

/// Sums side by side: in a single one each addition would wait for the last.
const SUMS: usize = 16;

/// a · b.
#[inline(always)]
pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let (a_chunks, a_rest) = a.as_chunks::<SUMS>();
    let (b_chunks, b_rest) = b.as_chunks::<SUMS>();
    let mut sums = [0.0; SUMS];
    for (a, b) in a_chunks.iter().zip(b_chunks) {
        for (sum, (a, b)) in sums.iter_mut().zip(a.iter().zip(b)) {
            *sum += a * b;
        }
    }
    let rest: f64 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f64>() + rest
}

/// a ← a + factor · b.
#[inline(always)]
pub(crate) fn add_scaled(a: &mut [f64], factor: f64, b: &[f64]) {
    for (a, b) in a.iter_mut().zip(b) {
        *a += factor * b;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_those_of_every_length() {
        for length in 0..=2 * SUMS + 1 {
            let a: Vec<f64> = (0..length).map(|i| i as f64).collect();
            let mut b: Vec<f64> = (0..length).map(|i| (3 * i + 1) as f64).collect();
            let expected: usize = (0..length).map(|i| i * (3 * i + 1)).sum();
            assert_eq!(dot(&a, &b), expected as f64);
            add_scaled(&mut b, -2.0, &a);
            assert!(b.iter().enumerate().all(|(i, &b)| b == (i + 1) as f64));
        }
    }
}
