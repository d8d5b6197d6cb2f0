//! What a kind of features must have, and how rows and columns of them lie in memory.

use crate::real::Real;
use std::fmt::Debug;

/// Columns that one pass over a row multiplies: eight registers of AVX2, four of AVX-512.
pub const WIDTH: usize = 64;

/// A kind of feature.
pub trait Feature: Copy + Default + PartialEq + Send + Sync + 'static {
    /// A group of a row, consecutive features that are multiplied together, with its position.
    type Entry: Copy + Debug + Send + Sync;
    /// The same features of a column.
    type Packed: Copy + Debug + Send + Sync;
    /// An inner product.
    type Product: Copy + Default + Debug + PartialEq + Send + Sync;

    /// Features per group, no more than 4.
    const GROUP: usize;
    /// What to multiply an inner product by, in the units of the features: pixels p stand for p/255.
    const UNIT: f64;

    /// The features of one group of a row at a position, unless all are zero.
    fn entry(position: u32, features: &[Self]) -> Option<Self::Entry>;

    /// The same group at another position.
    fn moved(entry: Self::Entry, to: impl FnOnce(u32) -> u32) -> Self::Entry;

    /// The features of one group of a column, the missing ones zero.
    fn pack(features: &[Self]) -> Self::Packed;

    /// The features that were [packed](Self::pack).
    fn unpack(packed: Self::Packed) -> impl Iterator<Item = Self>;

    /// What the products of a row's groups with packed columns lack. Zeros may be left out.
    fn offset(features: &[Self]) -> Self::Product;

    /// Σ over the groups of `row`, group × panel, for every column of the panel.
    ///
    /// # Panics
    /// If a row is longer than the columns of the panel.
    fn dot(row: &Row<Self>, panel: &[Stripe<Self::Packed>]) -> Stripe<Self::Product>;

    /// [`dot`](Self::dot) of every one of `rows`, with the same bits, faster than one by one.
    ///
    /// # Panics
    /// If a row is longer than the columns of the panel, or if there are not as many `products`.
    fn dots(
        rows: &[Row<Self>],
        panel: &[Stripe<Self::Packed>],
        products: &mut [Stripe<Self::Product>],
    );

    /// `features` · `features`, of which zeros may be left out.
    fn square(features: &[Self]) -> Self::Product;

    /// ‖a‖² + ‖b‖² − 2 a·b, never below 0, in the units of the products.
    fn distance(a: Self::Product, b: Self::Product, product: Self::Product) -> Self::Product;

    /// An inner product as a number.
    fn number<R: Real>(product: Self::Product) -> R;
}

/// Something of each of the 64 columns of a panel: a group of features, an inner product. Aligned,
/// so that no vector of it crosses a cache line.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C, align(64))]
pub struct Stripe<P>(pub [P; WIDTH]);

/// One sample.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a, F: Feature> {
    /// The groups that are not zero, by position.
    pub(crate) entries: &'a [F::Entry],
    pub(crate) offset: F::Product,
    /// ‖x‖²
    pub square: F::Product,
}
