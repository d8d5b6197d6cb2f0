//! Inner products of one sparse row with the 64 columns of a panel, on the widest vectors that
//! the processor has.
//!
//! Pixels are widened to 16 bits and multiplied in pairs, `vpmaddwd`: exact, since
//! 2 · 255² < 2³¹. On AVX-512 with VNNI, `vpdpwssd` adds in the same instruction. Products of
//! bytes (`vpmaddubsw`, `vpdpbusd`) are no option on AVX2, where they saturate at 16 bits. NEON is
//! part of every 64-bit ARM processor, so there the compiler vectorises the plain loop by itself.

use crate::element::{Row, WIDTH};

/// Most 8-bit features whose inner products fit 31 bits.
pub(crate) const PIXELS: usize = (i32::MAX / (255 * 255)) as usize;

/// Σ row × panel for every column, exactly.
///
/// # Panics
/// If a position of the row lies outside the panel.
pub(crate) fn pixels(row: Row<u8>, panel: &[[[u8; 2]; WIDTH]]) -> [i32; WIDTH] {
    #[cfg(target_arch = "x86_64")]
    if let Some(products) = x86::pixels(row, panel) {
        return products;
    }
    plain(row, panel)
}

/// Σ row × panel for every column.
///
/// # Panics
/// If a position of the row lies outside the panel.
pub(crate) fn reals(row: Row<f32>, panel: &[[f32; WIDTH]]) -> [f32; WIDTH] {
    pulp::Arch::new().dispatch(Reals { row, panel })
}

/// What [`pixels`] computes, in words that every processor understands.
fn plain(row: Row<u8>, panel: &[[[u8; 2]; WIDTH]]) -> [i32; WIDTH] {
    let mut sums = [0; WIDTH];
    for (&position, group) in row.positions.iter().zip(row.groups) {
        let [a, b] = group.map(i32::from);
        for (sum, column) in sums.iter_mut().zip(&panel[position as usize]) {
            *sum += a * i32::from(column[0]) + b * i32::from(column[1]);
        }
    }
    sums
}

struct Reals<'a> {
    row: Row<'a, f32>,
    panel: &'a [[f32; WIDTH]],
}

impl pulp::WithSimd for Reals<'_> {
    type Output = [f32; WIDTH];

    #[allow(clippy::inline_always, reason = "carries the instruction set along")]
    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) -> [f32; WIDTH] {
        let mut sums = [0.0; WIDTH];
        for (&position, &x) in self.row.positions.iter().zip(self.row.groups) {
            for (sum, column) in sums.iter_mut().zip(&self.panel[position as usize]) {
                *sum += x * column;
            }
        }
        sums
    }
}

#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code, reason = "instructions that pulp does not dispatch to")]
mod x86 {
    use super::{Row, WIDTH};
    use std::arch::x86_64::{
        __m512i, _mm256_add_epi32, _mm256_cvtepu8_epi16, _mm256_madd_epi16, _mm256_set1_epi32,
        _mm256_setzero_si256, _mm512_add_epi32, _mm512_cvtepu8_epi16, _mm512_dpwssd_epi32,
        _mm512_madd_epi16, _mm512_set1_epi32, _mm512_setzero_si512, _mm512_storeu_si512,
    };

    /// `None` on a processor without AVX2.
    pub(super) fn pixels(row: Row<u8>, panel: &[[[u8; 2]; WIDTH]]) -> Option<[i32; WIDTH]> {
        if is_x86_feature_detected!("avx512vnni") && is_x86_feature_detected!("avx512bw") {
            // SAFETY: the processor has AVX-512 BW and VNNI.
            Some(unsafe { vnni(row, panel) })
        } else if is_x86_feature_detected!("avx512bw") {
            // SAFETY: the processor has AVX-512 BW.
            Some(unsafe { avx512(row, panel) })
        } else if is_x86_feature_detected!("avx2") {
            // SAFETY: the processor has AVX2.
            Some(unsafe { avx2(row, panel) })
        } else {
            None
        }
    }

    /// A group as both halves of every 32-bit lane.
    fn lane([a, b]: [u8; 2]) -> i32 {
        i32::from(a) | i32::from(b) << 16
    }

    #[target_feature(enable = "avx2")]
    pub(super) fn avx2(row: Row<u8>, panel: &[[[u8; 2]; WIDTH]]) -> [i32; WIDTH] {
        let mut sums = [_mm256_setzero_si256(); WIDTH / 8];
        for (&position, &group) in row.positions.iter().zip(row.groups) {
            let columns: &[[u8; 16]; WIDTH / 8] = bytemuck::cast_ref(&panel[position as usize]);
            let group = _mm256_set1_epi32(lane(group));
            for (sum, &columns) in sums.iter_mut().zip(columns) {
                let columns = _mm256_cvtepu8_epi16(bytemuck::cast(columns));
                *sum = _mm256_add_epi32(*sum, _mm256_madd_epi16(columns, group));
            }
        }
        bytemuck::cast(sums)
    }

    #[target_feature(enable = "avx512f,avx512bw")]
    pub(super) fn avx512(row: Row<u8>, panel: &[[[u8; 2]; WIDTH]]) -> [i32; WIDTH] {
        let mut sums = [_mm512_setzero_si512(); WIDTH / 16];
        for (&position, &group) in row.positions.iter().zip(row.groups) {
            let columns: &[[u8; 32]; WIDTH / 16] = bytemuck::cast_ref(&panel[position as usize]);
            let group = _mm512_set1_epi32(lane(group));
            for (sum, &columns) in sums.iter_mut().zip(columns) {
                let columns = _mm512_cvtepu8_epi16(bytemuck::cast(columns));
                *sum = _mm512_add_epi32(*sum, _mm512_madd_epi16(columns, group));
            }
        }
        store(sums)
    }

    #[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
    pub(super) fn vnni(row: Row<u8>, panel: &[[[u8; 2]; WIDTH]]) -> [i32; WIDTH] {
        let mut sums = [_mm512_setzero_si512(); WIDTH / 16];
        for (&position, &group) in row.positions.iter().zip(row.groups) {
            let columns: &[[u8; 32]; WIDTH / 16] = bytemuck::cast_ref(&panel[position as usize]);
            let group = _mm512_set1_epi32(lane(group));
            for (sum, &columns) in sums.iter_mut().zip(columns) {
                let columns = _mm512_cvtepu8_epi16(bytemuck::cast(columns));
                *sum = _mm512_dpwssd_epi32(*sum, columns, group);
            }
        }
        store(sums)
    }

    #[target_feature(enable = "avx512f")]
    fn store(sums: [__m512i; WIDTH / 16]) -> [i32; WIDTH] {
        let mut products = [0; WIDTH];
        for (products, sum) in products.as_chunks_mut::<16>().0.iter_mut().zip(sums) {
            // SAFETY: 16 numbers of 32 bits are as long as the register; any alignment will do.
            unsafe { _mm512_storeu_si512(products.as_mut_ptr().cast(), sum) };
        }
        products
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Positions and groups of a row, and the groups of a panel.
    type Problem = (Vec<u32>, Vec<[u8; 2]>, Vec<[[u8; 2]; WIDTH]>);

    /// Any row over any panel of up to 70 groups.
    fn problems() -> impl Strategy<Value = Problem> {
        let column = prop_oneof![Just(0), Just(255), any::<u8>()];
        (1_usize..70).prop_flat_map(move |groups| {
            let panel = prop::collection::vec([column.clone(), column.clone()], groups * WIDTH);
            let row = prop::collection::btree_map(0..groups as u32, any::<[u8; 2]>(), 0..=groups);
            (row, panel).prop_map(|(row, panel)| {
                let (positions, groups) = row.into_iter().unzip();
                (positions, groups, panel.as_chunks().0.to_vec())
            })
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn every_instruction_set_is_exact((positions, groups, panel) in problems()) {
            let row = Row { positions: &positions, groups: &groups };
            let expected = plain(row, &panel);
            for (column, &sum) in expected.iter().enumerate() {
                let exact: i32 = positions.iter().zip(&groups).map(|(&p, g)| {
                    let [a, b] = panel[p as usize][column].map(i32::from);
                    a * i32::from(g[0]) + b * i32::from(g[1])
                }).sum();
                prop_assert_eq!(sum, exact);
            }
            prop_assert_eq!(pixels(row, &panel), expected);
            #[cfg(target_arch = "x86_64")]
            each_x86(row, &panel, expected)?;
        }

        #[test]
        fn reals_are_summed_in_the_order_of_the_row((positions, groups, panel) in problems()) {
            let groups: Vec<f32> = groups.iter().map(|g| f32::from(g[0]) - 100.5).collect();
            let panel: Vec<[f32; WIDTH]> =
                panel.iter().map(|columns| columns.map(|c| f32::from(c[1]) / 255.0)).collect();
            let sums = reals(Row { positions: &positions, groups: &groups }, &panel);
            for (column, &sum) in sums.iter().enumerate() {
                let expected = positions.iter().zip(&groups).fold(0.0, |sum: f32, (&p, x)| {
                    sum + x * panel[p as usize][column]
                });
                prop_assert_eq!(sum, expected);
            }
        }
    }

    /// Every path that this processor can run, not only the one that it would choose.
    #[cfg(target_arch = "x86_64")]
    #[allow(unsafe_code, reason = "the functions under test")]
    fn each_x86(
        row: Row<u8>,
        panel: &[[[u8; 2]; WIDTH]],
        expected: [i32; WIDTH],
    ) -> Result<(), TestCaseError> {
        if is_x86_feature_detected!("avx2") {
            // SAFETY: the processor has AVX2.
            prop_assert_eq!(unsafe { x86::avx2(row, panel) }, expected);
        }
        if is_x86_feature_detected!("avx512bw") {
            // SAFETY: the processor has AVX-512 BW.
            prop_assert_eq!(unsafe { x86::avx512(row, panel) }, expected);
        }
        if is_x86_feature_detected!("avx512bw") && is_x86_feature_detected!("avx512vnni") {
            // SAFETY: the processor has AVX-512 BW and VNNI.
            prop_assert_eq!(unsafe { x86::vnni(row, panel) }, expected);
        }
        Ok(())
    }
}
