//! The two kinds of features, 8-bit pixels and reals, and the inner products of each.

use crate::dot;
use std::fmt::Debug;

/// Columns that one pass over a row multiplies: eight registers of AVX2, four of AVX-512.
pub(crate) const WIDTH: usize = 64;

/// A kind of feature.
pub(crate) trait Element: Copy + Default + Send + Sync + 'static {
    /// Consecutive features of a row, multiplied together.
    type Group: Copy + Default + PartialEq + Debug + Send + Sync;
    /// The same features of a column.
    type Packed: Copy + Debug + Send + Sync;
    /// An inner product.
    type Product: Copy + Default + Debug + PartialEq + Send + Sync;

    /// Features per group.
    const GROUP: usize;
    /// What to multiply an inner product by, in units of the features that the kernel sees.
    const UNIT: f64;

    /// The features of one group of a row, the missing ones zero.
    fn group(features: &[Self]) -> Self::Group;

    /// The features of one group of a column, the missing ones zero.
    fn pack(features: &[Self]) -> Self::Packed;

    /// What the products of a row's groups with packed columns lack.
    fn offset(features: &[Self]) -> Self::Product;

    /// Σ over the groups of `row`, group × panel, for every column of the panel.
    fn dot(row: Row<Self>, panel: &[Stripe<Self::Packed>]) -> [Self::Product; WIDTH];

    /// `features` · `features`
    fn square(features: &[Self]) -> Self::Product;

    /// ‖a‖² + ‖b‖² − 2 a·b, never below 0.
    fn distance(a: Self::Product, b: Self::Product, product: Self::Product) -> f32;

    /// An inner product as a number.
    fn number(product: Self::Product) -> f32;

    /// A feature in the units that the kernel sees.
    fn unit(self) -> f64;
}

/// One group of features of the 64 columns of a panel. Aligned, so that no vector of it crosses a
/// cache line.
#[derive(Debug, Clone, Copy)]
#[repr(C, align(64))]
pub(crate) struct Stripe<P>(pub(crate) [P; WIDTH]);

/// The groups of one sample that are not zero.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row<'a, E: Element> {
    /// Which groups, ascending.
    pub(crate) positions: &'a [u32],
    pub(crate) groups: &'a [E::Group],
    pub(crate) offset: E::Product,
}

/// Pixels p stand for p/255. Products are exact: below 2³¹ up to [`dot::PIXELS`] features.
///
/// Instructions multiply unsigned bytes with signed ones, so columns hold p − 128. A product lacks
/// 128 Σ p of the row then.
impl Element for u8 {
    type Group = [u8; 4];
    type Packed = [i8; 4];
    type Product = i32;

    const GROUP: usize = 4;
    const UNIT: f64 = 1.0 / (255.0 * 255.0);

    fn group(features: &[u8]) -> [u8; 4] {
        std::array::from_fn(|i| features.get(i).copied().unwrap_or(0))
    }

    fn pack(features: &[u8]) -> [i8; 4] {
        Self::group(features).map(|pixel| pixel.wrapping_sub(128).cast_signed())
    }

    fn offset(features: &[u8]) -> i32 {
        128 * features.iter().map(|&pixel| i32::from(pixel)).sum::<i32>()
    }

    fn dot(row: Row<u8>, panel: &[Stripe<[i8; 4]>]) -> [i32; WIDTH] {
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
    type Packed = f32;
    type Product = f32;

    const GROUP: usize = 1;
    const UNIT: f64 = 1.0;

    fn group(features: &[f32]) -> f32 {
        features.first().copied().unwrap_or(0.0)
    }

    fn pack(features: &[f32]) -> f32 {
        Self::group(features)
    }

    fn offset(_: &[f32]) -> f32 {
        0.0
    }

    fn dot(row: Row<f32>, panel: &[Stripe<f32>]) -> [f32; WIDTH] {
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
