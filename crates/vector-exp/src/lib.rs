//! The exponential function for loops that compile to vectors.
//!
//! `f32::exp` is a call per value, which keeps a loop from becoming vectors. [`exp`] and [`exp_f64`]
//! are plain arithmetic without branches, calls or tables: put them into an elementwise loop and the
//! compiler does the rest. Which products and sums are fused is written down, so that the bits do not
//! depend on the processor.
//!
//! ```
//! let mut values = [0.0, -1.0, -2.5];
//! for value in &mut values {
//!     *value = vector_exp::exp(*value);
//! }
//! assert_eq!(values[0], 1.0);
//! assert!((values[1] - 0.367_879_44_f32).abs() < 1e-7);
//! ```

/// The example of the README is a test, too.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

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
    // The low bits of `shifted` hold n, which is added to the exponent: the result is a normal number.
    f32::from_bits(exp_r.to_bits().wrapping_add(shifted.to_bits() << 23))
}

/// eˣ for x ≤ 0, in f64: as [`exp`], with the Taylor series of eʳ up to r¹³/13!, whose next term is
/// below 2⁻⁵⁷. Relative error below 2⁻⁵¹; from −708 down the results are subnormal, and from −746
/// down they are 0, as those of `f64::exp` are.
#[allow(
    clippy::inline_always,
    reason = "a call would keep the caller's loop from becoming vectors"
)]
#[inline(always)]
pub fn exp_f64(x: f64) -> f64 {
    /// Adding and subtracting it rounds to a whole number: 1.5 · 2⁵².
    const ROUND: f64 = 6_755_399_441_055_744.0;
    /// ln 2 to 32 bits, so that n times it is exact.
    const LN_2_HIGH: f64 = 0.693_147_180_369_123_8;
    const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;
    /// 1/k! for k from 13 down to 2.
    const COEFFICIENTS: [f64; 12] = [
        1.0 / 6_227_020_800.0,
        1.0 / 479_001_600.0,
        1.0 / 39_916_800.0,
        1.0 / 3_628_800.0,
        1.0 / 362_880.0,
        1.0 / 40_320.0,
        1.0 / 5_040.0,
        1.0 / 720.0,
        1.0 / 120.0,
        1.0 / 24.0,
        1.0 / 6.0,
        0.5,
    ];
    let x = if x > -800.0 { x } else { -800.0 };
    let shifted = x.mul_add(std::f64::consts::LOG2_E, ROUND);
    let n = shifted - ROUND;
    let r = n.mul_add(-LN_2_LOW, n.mul_add(-LN_2_HIGH, x));
    let mut p = COEFFICIENTS[0];
    for coefficient in &COEFFICIENTS[1..] {
        p = p.mul_add(r, *coefficient);
    }
    let exp_r = p.mul_add(r * r, r) + 1.0;
    // The low bits of `shifted` hold n. 2ⁿ alone may be below the smallest normal number, and its
    // halves 2ⁿ⁺⁶⁰⁰ and 2⁻⁶⁰⁰ are not.
    let (biased, low) = if n < -1_000.0 {
        (1_623, f64::from_bits(423 << 52))
    } else {
        (1_023, 1.0)
    };
    let high = f64::from_bits(shifted.to_bits().wrapping_add(biased) << 52);
    exp_r * high * low
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

    #[test]
    fn exp_f64_is_accurate_over_its_range() {
        for i in 0..=708_000 {
            let x = -f64::from(i) * 1e-3;
            let exact = x.exp();
            let error = (exp_f64(x) - exact).abs() / exact;
            assert!(
                error < 2.0_f64.powi(-51),
                "exp({x}): relative error {error:e}"
            );
        }
        for i in 708_000..=800_000 {
            let x = -f64::from(i) * 1e-3;
            let (value, exact) = (exp_f64(x), x.exp());
            let units = value.to_bits().abs_diff(exact.to_bits());
            assert!(units <= 1 << 3, "exp({x}): {value:e} for {exact:e}");
        }
        assert_eq!(exp_f64(0.0), 1.0);
        assert_eq!(exp_f64(-0.0), 1.0);
        assert_eq!(exp_f64(f64::NEG_INFINITY), 0.0);
        assert_eq!(exp_f64(-1e300), 0.0);
    }
}
