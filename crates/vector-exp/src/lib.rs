//! The exponential function for loops that compile to vectors.
//!
//! `f32::exp` is a call per value, which keeps a loop from becoming vectors. [`exp`] is plain
//! arithmetic without branches, calls or tables: put it into an elementwise loop and the compiler
//! does the rest. Which products and sums are fused is written down, so that the bits do not depend on
//! the processor.

/// eˣ for x ≤ 0: x = n ln 2 + r with |r| ≤ ln 2 / 2, a polynomial for eʳ (the coefficients of
/// Cephes' `expf`, Moshier 1992), and n into the exponent. Relative error below 2⁻²²; below −87,
/// where f32 loses precision, it is e⁻⁸⁷ ≈ 10⁻³⁸.
#[allow(
    clippy::inline_always,
    reason = "a call would keep the caller's loop from becoming vectors"
)]
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    /// Adding and subtracting it rounds to a whole number: 1.5 · 2²³.
    const ROUND: f32 = 12_582_912.0;
    const LN_2_HIGH: f32 = 0.693_359_4;
    const LN_2_LOW: f32 = -2.121_944_4e-4;
    let x = if x > -87.0 { x } else { -87.0 };
    let shifted = x.mul_add(std::f32::consts::LOG2_E, ROUND);
    let n = shifted - ROUND;
    let r = n.mul_add(-LN_2_LOW, n.mul_add(-LN_2_HIGH, x));
    let mut p: f32 = 1.987_569_1e-4;
    for coefficient in [
        1.398_199_9e-3,
        8.333_452e-3,
        4.166_579_6e-2,
        1.666_666_5e-1,
        0.5,
    ] {
        p = p.mul_add(r, coefficient);
    }
    let exp_r = p.mul_add(r * r, r) + 1.0;
    // The low bits of `shifted` hold n.
    let power = f32::from_bits((shifted.to_bits().wrapping_add(127)) << 23);
    exp_r * power
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_is_accurate_over_its_range() {
        for i in 0..=870_000 {
            let x = -(i as f32) * 1e-4;
            let exact = f64::from(x).exp();
            let error = (f64::from(exp(x)) - exact).abs() / exact;
            assert!(error < 2.5e-7, "exp({x}): relative error {error:e}");
        }
        assert_eq!(exp(0.0), 1.0);
        assert!(exp(f32::NEG_INFINITY) > 0.0 && exp(-1e30) < 1e-37);
    }
}
