//! The two kinds of features, 8-bit pixels and reals, and the inner products of each.

use crate::dot;
use std::fmt::Debug;

/// Columns that one pass over a row multiplies: eight registers of AVX2, four of AVX-512.
pub(crate) const WIDTH: usize = 64;

/// A kind of feature.
pub(crate) trait Element: Copy + Default + Send + Sync + 'static {
    /// Consecutive features that are stored and multiplied together.
    type Group: Copy + Default + PartialEq + Debug + Send + Sync;
    /// An inner product.
    type Product: Copy + Default + Debug + PartialEq + Send + Sync;

    /// Features per group.
    const GROUP: usize;
    /// What to multiply an inner product by, in units of the features that the kernel sees.
    const UNIT: f64;

    /// The features of one group, the missing ones zero.
    fn group(features: &[Self]) -> Self::Group;

    /// Σ over the groups of `row`, group × panel, for every column of the panel.
    fn dot(row: Row<Self>, panel: &[[Self::Group; WIDTH]]) -> [Self::Product; WIDTH];

    /// `features` · `features`
    fn square(features: &[Self]) -> Self::Product;

    /// ‖a‖² + ‖b‖² − 2 a·b, never below 0.
    fn distance(a: Self::Product, b: Self::Product, product: Self::Product) -> f32;

    /// An inner product as a number.
    fn number(product: Self::Product) -> f32;

    /// A feature in the units that the kernel sees.
    fn unit(self) -> f64;
}

/// The groups of one sample that are not zero.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row<'a, E: Element> {
    /// Which groups, ascending.
    pub(crate) positions: &'a [u32],
    pub(crate) groups: &'a [E::Group],
}

/// Pixels p stand for p/255. Products are exact: below 2³¹ up to [`dot::PIXELS`] features.
impl Element for u8 {
    type Group = [u8; 2];
    type Product = i32;

    const GROUP: usize = 2;
    const UNIT: f64 = 1.0 / (255.0 * 255.0);

    fn group(features: &[u8]) -> [u8; 2] {
        [features[0], features.get(1).copied().unwrap_or(0)]
    }

    fn dot(row: Row<u8>, panel: &[[[u8; 2]; WIDTH]]) -> [i32; WIDTH] {
        dot::pixels(row, panel)
    }

    fn square(features: &[u8]) -> i32 {
        features.iter().map(|&p| i32::from(p) * i32::from(p)).sum()
    }

    #[allow(clippy::inline_always, reason = "part of a loop of vectors")]
    #[inline(always)]
    fn distance(a: i32, b: i32, product: i32) -> f32 {
        // ‖a − b‖² is below 2³¹, and arithmetic modulo 2³² finds it whatever happens on the way.
        a.wrapping_add(b).wrapping_sub(product.wrapping_mul(2)) as f32
    }

    #[allow(clippy::inline_always, reason = "part of a loop of vectors")]
    #[inline(always)]
    fn number(product: i32) -> f32 {
        product as f32
    }

    fn unit(self) -> f64 {
        f64::from(self) / 255.0
    }
}

impl Element for f32 {
    type Group = f32;
    type Product = f32;

    const GROUP: usize = 1;
    const UNIT: f64 = 1.0;

    fn group(features: &[f32]) -> f32 {
        features[0]
    }

    fn dot(row: Row<f32>, panel: &[[f32; WIDTH]]) -> [f32; WIDTH] {
        dot::reals(row, panel)
    }

    fn square(features: &[f32]) -> f32 {
        features.iter().map(|x| x * x).sum()
    }

    #[allow(clippy::inline_always, reason = "part of a loop of vectors")]
    #[inline(always)]
    fn distance(a: f32, b: f32, product: f32) -> f32 {
        let distance = a + b - 2.0 * product;
        if distance > 0.0 { distance } else { 0.0 }
    }

    #[allow(clippy::inline_always, reason = "part of a loop of vectors")]
    #[inline(always)]
    fn number(product: f32) -> f32 {
        product
    }

    fn unit(self) -> f64 {
        f64::from(self)
    }
}
