//! Vectors of two classes by four neighbouring features, and tiles of ten classes.
//!
//! Five such vectors hold what ten classes have to do with four features, and no lane is idle. They
//! are of eight lanes because a vector of sixteen, three of which would be needed, takes twice the
//! time of one of eight on many processors (AMD EPYC, Zen 4: 1.2 ns per tile in place of 1.0).
//!
//! Every operation is an elementwise loop over an array, which the compiler turns into whatever
//! vectors the processor has. Whether a product and a sum are fused is written down, never left to
//! the compiler, so that the bits do not depend on the processor.
#![allow(
    clippy::inline_always,
    reason = "what is not inlined into the dispatched closure is compiled without its vectors"
)]

/// Neighbouring features in a vector.
pub(crate) const GROUP: usize = 4;

/// Classes in a vector.
pub(crate) const PAIR: usize = 2;

/// Vectors in a tile: as many as ten digits need.
pub(crate) const PAIRS: usize = 5;

/// Classes in a tile.
pub(crate) const BLOCK: usize = PAIR * PAIRS;

/// Joins two vectors lane by lane. Works on copies: through references the compiler must assume that
/// the two overlap, and takes one lane at a time.
#[inline(always)]
pub(crate) fn zip<const N: usize>(
    mut a: [f32; N],
    b: [f32; N],
    join: impl Fn(f32, f32) -> f32,
) -> [f32; N] {
    for (a, b) in a.iter_mut().zip(b) {
        *a = join(*a, b);
    }
    a
}

/// One value for each of two classes and four features: lane 2f + c is of feature f and class c.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(align(32))]
pub(crate) struct Lanes(pub(crate) [f32; PAIR * GROUP]);

impl Lanes {
    const ZERO: Self = Self([0.0; PAIR * GROUP]);

    /// self + a · b, rounded once; on copies, too.
    #[inline(always)]
    fn plus_product(self, a: Self, b: Self) -> Self {
        let mut result = self;
        for (i, sum) in result.0.iter_mut().enumerate() {
            *sum = a.0[i].mul_add(b.0[i], *sum);
        }
        result
    }

    /// The sums over the features.
    #[inline(always)]
    fn sum_features(self) -> [f32; PAIR] {
        let values = self.0;
        let mut halves = [0.0; 2 * PAIR];
        for i in 0..2 * PAIR {
            halves[i] = values[i] + values[i + 2 * PAIR];
        }
        [halves[0] + halves[2], halves[1] + halves[3]]
    }
}

/// The values of a group of features, each for both classes of a vector.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Group(pub(crate) Lanes);

impl Group {
    #[inline(always)]
    pub(crate) fn new(features: [f32; GROUP]) -> Self {
        let mut lanes = Lanes::ZERO;
        for (lane, value) in lanes.0.iter_mut().enumerate() {
            *value = features[lane / PAIR];
        }
        Self(lanes)
    }
}

/// One value for each of ten classes and four features, such as weights.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Tile(pub(crate) [Lanes; PAIRS]);

impl Tile {
    pub(crate) const ZERO: Self = Self([Lanes::ZERO; PAIRS]);

    /// Sets a pair of classes, for every feature alike.
    #[inline(always)]
    pub(crate) fn set_pair(&mut self, pair: usize, [a, b]: [f32; PAIR]) {
        self.0[pair] = Lanes([a, b, a, b, a, b, a, b]);
    }

    /// The value of a class and a feature.
    #[inline(always)]
    pub(crate) fn at(&self, class: usize, feature: usize) -> f32 {
        self.0[class / PAIR].0[feature * PAIR + class % PAIR]
    }

    /// The value of a class and a feature, to be changed.
    #[inline(always)]
    pub(crate) fn at_mut(&mut self, class: usize, feature: usize) -> &mut f32 {
        &mut self.0[class / PAIR].0[feature * PAIR + class % PAIR]
    }

    /// self + features · other, rounded once.
    #[inline(always)]
    pub(crate) fn add_product(&mut self, features: Group, other: &Self) {
        for (sum, other) in self.0.iter_mut().zip(&other.0) {
            *sum = sum.plus_product(features.0, *other);
        }
    }

    /// self + factor · other, rounded once.
    #[inline(always)]
    pub(crate) fn add_scaled(&mut self, factor: f32, other: &Self) {
        for (sum, other) in self.0.iter_mut().zip(&other.0) {
            *sum = Lanes(zip(sum.0, other.0, |a, b| factor.mul_add(b, a)));
        }
    }

    #[inline(always)]
    pub(crate) fn add(&mut self, other: &Self) {
        for (sum, other) in self.0.iter_mut().zip(&other.0) {
            *sum = Lanes(zip(sum.0, other.0, |a, b| a + b));
        }
    }

    /// For each class the sum over the features.
    #[inline(always)]
    pub(crate) fn sum_features(&self) -> [f32; BLOCK] {
        let mut sums = [0.0; BLOCK];
        for (lanes, sums) in self.0.iter().zip(sums.as_chunks_mut::<PAIR>().0) {
            *sums = lanes.sum_features();
        }
        sums
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tile_holds_ten_classes_by_four_features() {
        let mut weights = Tile::ZERO;
        for class in 0..BLOCK {
            for feature in 0..GROUP {
                *weights.at_mut(class, feature) = (class * 10 + feature) as f32;
            }
        }
        let mut product = Tile::ZERO;
        product.add_product(Group::new([1.0, 10.0, 100.0, 1000.0]), &weights);
        let mut classes = Tile::ZERO;
        for pair in 0..PAIRS {
            classes.set_pair(pair, [0, 1].map(|i| (pair * PAIR + i) as f32));
        }
        product.add_product(Group::new([1.0, 2.0, 3.0, 4.0]), &classes);
        product.add_scaled(2.0, &product.clone());
        product.add(&product.clone());
        for (class, sum) in product.sum_features().into_iter().enumerate() {
            let tens = (class * 10) as f32;
            let features = 1111.0 * tens + 3210.0;
            assert_eq!(sum, 6.0 * (features + 10.0 * class as f32));
        }
    }
}
