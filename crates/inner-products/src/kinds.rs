//! The two kinds of features, 8-bit pixels and reals, and the inner products of each.

use crate::dot;
use crate::feature::{Feature, Row, Stripe};
use crate::real::Real;

/// Pixels p stand for p/255. Products are exact: below 2³¹ up to [`PIXELS`](crate::PIXELS) features.
///
/// Instructions multiply unsigned bytes with signed ones, so columns hold p − 128. A product lacks
/// 128 Σ p of the row then.
impl Feature for u8 {
    /// The position below, the group above: read at once, products are a twelfth faster than from two
    /// arrays.
    type Entry = u64;
    type Packed = [i8; 4];
    type Product = i32;

    const GROUP: usize = 4;
    const UNIT: f64 = 1.0 / (255.0 * 255.0);

    #[inline]
    fn entry(position: u32, features: &[u8]) -> Option<u64> {
        let group = u32::from_le_bytes(group(features));
        (group != 0).then_some(u64::from(group) << 32 | u64::from(position))
    }

    #[allow(clippy::inline_always, reason = "part of a dispatched loop")]
    #[inline(always)]
    fn moved(entry: u64, to: impl FnOnce(u32) -> u32) -> u64 {
        let group = entry >> 32;
        group << 32 | u64::from(to(entry as u32))
    }

    #[inline]
    fn pack(features: &[u8]) -> [i8; 4] {
        group(features).map(|pixel| pixel.wrapping_sub(128).cast_signed())
    }

    fn unpack(packed: [i8; 4]) -> impl Iterator<Item = u8> {
        let pixel = |packed: i8| packed.cast_unsigned().wrapping_add(128);
        packed.into_iter().map(pixel)
    }

    fn offset(features: &[u8]) -> i32 {
        128 * features.iter().map(|&pixel| i32::from(pixel)).sum::<i32>()
    }

    #[inline]
    fn dot(row: &Row<u8>, panel: &[Stripe<[i8; 4]>]) -> Stripe<i32> {
        dot::pixels(row, panel)
    }

    fn dots(rows: &[Row<u8>], panel: &[Stripe<[i8; 4]>], products: &mut [Stripe<i32>]) {
        dot::pixels_of_rows(rows, panel, products);
    }

    fn square(features: &[u8]) -> i32 {
        features.iter().map(|&p| i32::from(p) * i32::from(p)).sum()
    }

    #[allow(clippy::inline_always, reason = "part of a loop of vectors")]
    #[inline(always)]
    fn distance(a: i32, b: i32, product: i32) -> i32 {
        // ‖a − b‖² is below 2³¹, and arithmetic modulo 2³² finds it whatever happens on the way.
        a.wrapping_add(b).wrapping_sub(product.wrapping_mul(2))
    }

    #[allow(clippy::inline_always, reason = "part of a loop of vectors")]
    #[inline(always)]
    fn number<R: Real>(product: i32) -> R {
        R::whole(product)
    }
}

/// Features are as precise as the kernel values made of them.
impl<F: Real> Feature for F {
    type Entry = (u32, F);
    type Packed = F;
    type Product = F;

    const GROUP: usize = 1;
    const UNIT: f64 = 1.0;

    fn entry(position: u32, features: &[F]) -> Option<(u32, F)> {
        (features[0] != F::default()).then_some((position, features[0]))
    }

    #[allow(clippy::inline_always, reason = "part of a dispatched loop")]
    #[inline(always)]
    fn moved((position, x): (u32, F), to: impl FnOnce(u32) -> u32) -> (u32, F) {
        (to(position), x)
    }

    fn pack(features: &[F]) -> F {
        features.first().copied().unwrap_or_default()
    }

    fn unpack(packed: F) -> impl Iterator<Item = F> {
        std::iter::once(packed)
    }

    fn offset(_: &[F]) -> F {
        F::default()
    }

    #[inline]
    fn dot(row: &Row<F>, panel: &[Stripe<F>]) -> Stripe<F> {
        dot::reals(row, panel)
    }

    fn dots(rows: &[Row<F>], panel: &[Stripe<F>], products: &mut [Stripe<F>]) {
        dot::reals_of_rows(rows, panel, products);
    }

    fn square(features: &[F]) -> F {
        let squares = features.iter().map(|&x| x * x);
        squares.fold(F::default(), |sum, square| sum + square)
    }

    #[allow(clippy::inline_always, reason = "part of a loop of vectors")]
    #[inline(always)]
    fn distance(a: F, b: F, product: F) -> F {
        let distance = a + b - (product + product);
        if distance > F::default() {
            distance
        } else {
            F::default()
        }
    }

    #[allow(clippy::inline_always, reason = "part of a loop of vectors")]
    #[inline(always)]
    fn number<R: Real>(product: F) -> R {
        R::nearest(product.to_f64())
    }
}

/// Four pixels, the missing ones black.
#[inline]
fn group(features: &[u8]) -> [u8; 4] {
    std::array::from_fn(|i| features.get(i).copied().unwrap_or(0))
}
