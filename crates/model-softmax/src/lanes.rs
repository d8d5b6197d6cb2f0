//! Arithmetic on the classes of one image at once, in vectors of fixed width.
//!
//! Every operation is an elementwise loop over an array, which the compiler turns into whatever
//! vectors the processor has. Products and sums are never fused, so that the bits do not depend
//! on the processor.
#![allow(
    clippy::inline_always,
    reason = "what is not inlined into the dispatched closure is compiled without its vectors"
)]

/// Classes per vector: ten digits fit one, and AVX-512 holds it in one register.
pub(crate) const LANES: usize = 16;

/// One value for each of 16 classes.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(align(64))]
pub(crate) struct Lanes(pub(crate) [f32; LANES]);

impl Lanes {
    /// The same value for every class.
    #[inline(always)]
    pub(crate) const fn splat(value: f32) -> Self {
        Self([value; LANES])
    }

    /// self + x · w
    #[inline(always)]
    pub(crate) fn add_scaled(&mut self, x: f32, w: &Self) {
        *self = self.zip(*w, |a, w| a + x * w);
    }

    #[inline(always)]
    pub(crate) fn add(&mut self, other: &Self) {
        *self = self.zip(*other, |a, b| a + b);
    }

    #[inline(always)]
    pub(crate) fn scale(&mut self, factor: f32) {
        *self = self.zip(*self, |a, _| a * factor);
    }

    /// Works on copies: through references the compiler must assume that the two overlap, and
    /// takes one lane at a time.
    #[inline(always)]
    fn zip(self, other: Self, join: impl Fn(f32, f32) -> f32) -> Self {
        let mut result = self;
        for (a, b) in result.0.iter_mut().zip(other.0) {
            *a = join(*a, b);
        }
        result
    }

    #[inline(always)]
    pub(crate) fn max(&self) -> f32 {
        self.fold(|a, b| if a > b { a } else { b })
    }

    #[inline(always)]
    pub(crate) fn sum(&self) -> f32 {
        self.fold(|a, b| a + b)
    }

    /// Halves folded onto each other: the order of a sum is fixed, and each step is a vector's.
    #[inline(always)]
    fn fold(&self, join: impl Fn(f32, f32) -> f32) -> f32 {
        let mut values = self.0;
        let mut width = LANES / 2;
        while width > 0 {
            for i in 0..width {
                values[i] = join(values[i], values[i + width]);
            }
            width /= 2;
        }
        values[0]
    }

    /// exp(self − shift), elementwise.
    #[inline(always)]
    pub(crate) fn exp_shifted(&self, shift: f32) -> Self {
        self.zip(*self, |value, _| exp(value - shift))
    }
}

/// eˣ for x ≤ 0, without branches or tables: x = n ln 2 + r with |r| ≤ ln 2 / 2, a polynomial for
/// eʳ (the coefficients of Cephes' `expf`, Moshier 1992), and n into the exponent. Relative error
/// below 2⁻²²; below −87, where f32 loses precision, it is e⁻⁸⁷ ≈ 10⁻³⁸.
#[inline(always)]
pub(crate) fn exp(x: f32) -> f32 {
    /// Adding and subtracting it rounds to a whole number: 1.5 · 2²³.
    const ROUND: f32 = 12_582_912.0;
    const LN_2_HIGH: f32 = 0.693_359_4;
    const LN_2_LOW: f32 = -2.121_944_4e-4;
    let x = if x > -87.0 { x } else { -87.0 };
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = (x - n * LN_2_HIGH) - n * LN_2_LOW;
    let mut p = 1.987_569_1e-4;
    for coefficient in [
        1.398_199_9e-3,
        8.333_452e-3,
        4.166_579_6e-2,
        1.666_666_5e-1,
        0.5,
    ] {
        p = p * r + coefficient;
    }
    let exp_r = p * r * r + r + 1.0;
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

    #[test]
    fn folding_takes_every_lane_once() {
        let lanes = Lanes(std::array::from_fn(|i| (i * i) as f32));
        assert_eq!(lanes.sum(), 1240.0);
        assert_eq!(lanes.max(), 225.0);
    }
}
