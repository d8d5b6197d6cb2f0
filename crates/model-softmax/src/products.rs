//! Products of a sparse matrix with tiles: those with weights are logits, those with residuals are
//! gradients.
//!
//! The plain ones compile to vectors by themselves, but not always to the best: beside code that
//! stores ten classes in a row, LLVM puts pairs of eight lanes into vectors of sixteen, and the
//! product takes half as long again. So AVX2 is spelt out; AVX-512 has nothing better to offer for
//! eight lanes. NEON is part of every 64-bit ARM processor and needs no dispatch.

use crate::features::Feature;
use crate::lanes::{BLOCK, Group, Tile};
use crate::sparse::{Index, Row, Rows, TOGETHER};
use std::borrow::Borrow;

/// Gives `take` the number of every row and, for each class, Σ features · tile(group).
pub(crate) fn multiply<F: Feature, I: Index, T: Borrow<Tile>>(
    rows: Rows<'_, F, I>,
    tile: impl Fn(usize) -> T,
    take: impl FnMut(usize, [f32; BLOCK]),
) {
    #[cfg(target_arch = "x86_64")]
    if x86::is_there() {
        return x86::multiply(rows, tile, take);
    }
    plain::multiply(rows, tile, take);
}

/// Adds `factor` · Σ features · tile to one of the `sums` for every row: the one that `place` has for
/// it.
pub(crate) fn add_products<F: Feature, I: Index>(
    rows: Rows<'_, F, I>,
    tiles: &[Tile],
    factor: f32,
    places: &[u32],
    sums: &mut [Tile],
) {
    #[cfg(target_arch = "x86_64")]
    if x86::is_there() {
        return x86::add_products(rows, tiles, factor, places, sums);
    }
    plain::add_products(rows, tiles, factor, places, sums);
}

mod plain {
    use super::{BLOCK, Borrow, Feature, Group, Index, Row, Rows, TOGETHER, Tile};

    pub(super) fn multiply<F: Feature, I: Index, T: Borrow<Tile>>(
        rows: Rows<'_, F, I>,
        tile: impl Fn(usize) -> T,
        mut take: impl FnMut(usize, [f32; BLOCK]),
    ) {
        for (number, row) in rows.iter().enumerate() {
            let sums = dot(&row, &tile).sum_features();
            take(number, sums.map(|sum| sum * F::UNIT));
        }
    }

    pub(super) fn add_products<F: Feature, I: Index>(
        rows: Rows<'_, F, I>,
        tiles: &[Tile],
        factor: f32,
        places: &[u32],
        sums: &mut [Tile],
    ) {
        for (row, &place) in rows.iter().zip(places) {
            let product = dot(&row, |index| &tiles[index]);
            sums[place as usize].add_scaled(factor * F::UNIT, &product);
        }
    }

    /// Σ features · tile(group), in what the features are stored as.
    fn dot<F: Feature, I: Index, T: Borrow<Tile>>(
        row: &Row<'_, F, I>,
        tile: impl Fn(usize) -> T,
    ) -> Tile {
        let mut sums = [Tile::ZERO; TOGETHER];
        for (indices, values) in row.indices.iter().zip(row.values) {
            for (sum, (index, values)) in sums.iter_mut().zip(indices.iter().zip(values)) {
                let features = Group::new(values.map(F::number));
                sum.add_product(features, tile(index.number()).borrow());
            }
        }
        let [mut sum, other] = sums;
        sum.add(&other);
        sum
    }
}

#[cfg(target_arch = "x86_64")]
#[allow(
    unsafe_code,
    reason = "vectors of eight lanes, whatever the compiler would choose"
)]
mod x86 {
    use super::{BLOCK, Borrow, Feature, Index, Row, Rows, TOGETHER, Tile};
    use crate::lanes::{Group, Lanes, PAIR, PAIRS};
    use std::arch::x86_64::{
        __m128, __m256, _MM_HINT_T0, _mm_add_ps, _mm_movehl_ps, _mm_movelh_ps, _mm_mul_ps,
        _mm_prefetch, _mm_set1_ps, _mm256_add_ps, _mm256_castps256_ps128, _mm256_extractf128_ps,
        _mm256_fmadd_ps, _mm256_loadu_ps, _mm256_set1_ps, _mm256_setzero_ps, _mm256_storeu_ps,
    };

    /// How far ahead of its use a row is fetched, in bytes. A data set streams through the caches
    /// once per epoch.
    const AHEAD: usize = 1024;

    /// Whether the processor has what the functions here need.
    #[inline]
    pub(super) fn is_there() -> bool {
        is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")
    }

    pub(super) fn multiply<F: Feature, I: Index, T: Borrow<Tile>>(
        rows: Rows<'_, F, I>,
        tile: impl Fn(usize) -> T,
        take: impl FnMut(usize, [f32; BLOCK]),
    ) {
        assert!(is_there());
        // SAFETY: the processor has AVX2 and FMA.
        unsafe { multiply_avx2(rows, tile, take) }
    }

    #[target_feature(enable = "avx2,fma")]
    fn multiply_avx2<F: Feature, I: Index, T: Borrow<Tile>>(
        rows: Rows<'_, F, I>,
        tile: impl Fn(usize) -> T,
        mut take: impl FnMut(usize, [f32; BLOCK]),
    ) {
        let unit = _mm_set1_ps(F::UNIT);
        for (number, row) in rows.iter().enumerate() {
            let halves = dot(&row, &tile).map(|lanes| {
                let low = _mm256_castps256_ps128(lanes);
                _mm_add_ps(low, _mm256_extractf128_ps::<1>(lanes))
            });
            let [a, b, c, d, e] = halves;
            let ([s0, s1, s2, s3], [s4, s5, s6, s7]) = (fold(a, b, unit), fold(c, d, unit));
            let [s8, s9, ..] = fold(e, e, unit);
            take(number, [s0, s1, s2, s3, s4, s5, s6, s7, s8, s9]);
        }
    }

    pub(super) fn add_products<F: Feature, I: Index>(
        rows: Rows<'_, F, I>,
        tiles: &[Tile],
        factor: f32,
        places: &[u32],
        sums: &mut [Tile],
    ) {
        assert!(is_there());
        // SAFETY: the processor has AVX2 and FMA.
        unsafe { add_products_avx2(rows, tiles, factor, places, sums) }
    }

    #[target_feature(enable = "avx2,fma")]
    fn add_products_avx2<F: Feature, I: Index>(
        rows: Rows<'_, F, I>,
        tiles: &[Tile],
        factor: f32,
        places: &[u32],
        sums: &mut [Tile],
    ) {
        let factor = _mm256_set1_ps(factor * F::UNIT);
        for (row, &place) in rows.iter().zip(places) {
            let product = dot(&row, &|index| &tiles[index]);
            for (sum, product) in sums[place as usize].0.iter_mut().zip(product) {
                store(sum, _mm256_fmadd_ps(factor, product, load(sum)));
            }
        }
    }

    /// Σ features · tile(group), in what the features are stored as.
    #[target_feature(enable = "avx2,fma")]
    fn dot<F: Feature, I: Index, T: Borrow<Tile>>(
        row: &Row<'_, F, I>,
        tile: &impl Fn(usize) -> T,
    ) -> [__m256; PAIRS] {
        let mut sums = [[_mm256_setzero_ps(); PAIRS]; TOGETHER];
        for (indices, values) in row.indices.iter().zip(row.values) {
            _mm_prefetch::<_MM_HINT_T0>(values.as_ptr().cast::<i8>().wrapping_add(AHEAD));
            for (sum, (index, values)) in sums.iter_mut().zip(indices.iter().zip(values)) {
                let features = load(&Group::new(values.map(F::number)).0);
                let tile = tile(index.number());
                for (sum, lanes) in sum.iter_mut().zip(&tile.borrow().0) {
                    *sum = _mm256_fmadd_ps(features, load(lanes), *sum);
                }
            }
        }
        let [mut sum, other] = sums;
        for (sum, other) in sum.iter_mut().zip(other) {
            *sum = _mm256_add_ps(*sum, other);
        }
        sum
    }

    /// The lower halves of two vectors plus their upper halves, times `unit`.
    #[target_feature(enable = "avx2")]
    fn fold(a: __m128, b: __m128, unit: __m128) -> [f32; 2 * PAIR] {
        let sum = _mm_add_ps(_mm_movelh_ps(a, b), _mm_movehl_ps(b, a));
        // SAFETY: both are four numbers.
        unsafe { std::mem::transmute(_mm_mul_ps(sum, unit)) }
    }

    #[target_feature(enable = "avx2")]
    fn load(lanes: &Lanes) -> __m256 {
        // SAFETY: there are eight.
        unsafe { _mm256_loadu_ps(lanes.0.as_ptr()) }
    }

    #[target_feature(enable = "avx2")]
    fn store(lanes: &mut Lanes, values: __m256) {
        // SAFETY: there are eight.
        unsafe { _mm256_storeu_ps(lanes.0.as_mut_ptr(), values) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lanes::GROUP;
    use crate::sparse::Sparse;
    use proptest::prelude::*;

    const WIDTH: usize = 11;

    fn tiles(count: usize) -> Vec<Tile> {
        let value = |place: usize| ((place * place) as f32).sin();
        let tile = |number: usize| {
            let mut tile = Tile::ZERO;
            for (class, feature) in (0..BLOCK).flat_map(|c| (0..GROUP).map(move |f| (c, f))) {
                *tile.at_mut(class, feature) = value((number * BLOCK + class) * GROUP + feature);
            }
            tile
        };
        (0..count).map(tile).collect()
    }

    /// Both products of a matrix, the fast and the plain ones.
    fn products<F: Feature>(rows: &[F]) -> [(Vec<[f32; BLOCK]>, Vec<Tile>); 2] {
        let groups = WIDTH.div_ceil(GROUP);
        let matrix: Sparse<F, u8> = Sparse::collect(rows.chunks_exact(WIDTH), WIDTH);
        let (mut columns, mut which) = (Sparse::with_capacity(0), Vec::new());
        let rows = matrix.rows(0..matrix.len());
        columns.push_transposed(rows, &mut vec![0; groups], &mut which);
        let columns = columns.rows(0..columns.len());
        let (weights, residuals) = (tiles(groups), tiles(matrix.len()));
        let weight = |group: usize| &weights[group];
        let mut both = [(); 2].map(|()| (vec![[0.0; BLOCK]; matrix.len()], weights.clone()));
        let [(fast, fast_sums), (plain, plain_sums)] = &mut both;
        multiply(rows, weight, |row, sums| fast[row] = sums);
        plain::multiply(rows, weight, |row, sums| plain[row] = sums);
        add_products(columns, &residuals, -0.3, &which, fast_sums);
        plain::add_products(columns, &residuals, -0.3, &which, plain_sums);
        both
    }

    proptest! {
        #[test]
        fn every_processor_computes_the_same(
            pixels in prop::collection::vec(any::<u8>(), WIDTH * 5),
            reals in prop::collection::vec(-1.0_f32..1.0, WIDTH * 5),
        ) {
            let [fast, plain] = products(&pixels);
            prop_assert_eq!(fast, plain);
            let [fast, plain] = products(&reals);
            prop_assert_eq!(fast, plain);
        }

        #[test]
        fn they_are_sums_of_products(
            pixels in prop::collection::vec(prop_oneof![Just(0), any::<u8>()], WIDTH * 3),
        ) {
            let [(logits, sums), _] = products(&pixels);
            let groups = WIDTH.div_ceil(GROUP);
            let (weights, residuals) = (tiles(groups), tiles(3));
            let x = |image: usize, feature: usize| {
                let pixel = if feature < WIDTH { pixels[image * WIDTH + feature] } else { 0 };
                f64::from(pixel) / 255.0
            };
            let at = |tiles: &[Tile], class, feature: usize| {
                f64::from(tiles[feature / GROUP].at(class, feature % GROUP))
            };
            for (image, logits) in logits.iter().enumerate() {
                for (class, &logit) in logits.iter().enumerate() {
                    let products = (0..WIDTH).map(|f| x(image, f) * at(&weights, class, f));
                    prop_assert!((f64::from(logit) - products.sum::<f64>()).abs() < 1e-5);
                }
            }
            for (class, f) in (0..BLOCK).flat_map(|c| (0..groups * GROUP).map(move |f| (c, f))) {
                let of_images = residuals.iter().enumerate();
                let products = of_images.map(|(image, tile)| {
                    x(image, f) * f64::from(tile.at(class, f % GROUP))
                });
                let expected = at(&weights, class, f) - 0.3 * products.sum::<f64>();
                prop_assert!((at(&sums, class, f) - expected).abs() < 1e-5);
            }
        }
    }
}
