//! Arithmetic on the classes of one image at once, in vectors of fixed width.
//!
//! Every operation is an elementwise loop over an array, which the compiler turns into whatever
//! vectors the processor has. Whether a product and a sum are fused is written down, never left to
//! the compiler, so that the bits do not depend on the processor.
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

    /// self + x · w, rounded once.
    #[inline(always)]
    pub(crate) fn add_scaled(&mut self, x: f32, w: &Self) {
        *self = self.zip(*w, |a, w| x.mul_add(w, a));
    }

    #[inline(always)]
    pub(crate) fn add(&mut self, other: &Self) {
        *self = self.zip(*other, |a, b| a + b);
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

    /// Halves folded onto each other: the order of the sum is fixed, and each step is a vector's.
    #[inline(always)]
    pub(crate) fn sum(&self) -> f32 {
        let mut values = self.0;
        let mut width = LANES / 2;
        while width > 0 {
            for i in 0..width {
                values[i] += values[i + width];
            }
            width /= 2;
        }
        values[0]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_takes_every_lane_once() {
        let lanes = Lanes(std::array::from_fn(|i| (i * i) as f32));
        assert_eq!(lanes.sum(), 1240.0);
    }
}
