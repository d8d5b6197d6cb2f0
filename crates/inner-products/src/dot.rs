//! Inner products of one sparse row with the 64 columns of a panel, on the widest vectors that
//! the processor has.
//!
//! Four pixels of a row meet four of a column in one 32-bit lane. On AVX-512 with VNNI, `vpdpbusd`
//! multiplies and adds them in one instruction. Its like in AVX2, `vpmaddubsw`, saturates at 16 bits,
//! so that pixels are widened to 16 bits there, for `vpmaddwd`. NEON is part of every 64-bit ARM
//! processor, so there the compiler vectorises the plain loop by itself.

use crate::feature::{Row, Stripe, WIDTH};
use crate::real::Real;

/// Most 8-bit features whose inner products fit 31 bits.
pub const PIXELS: usize = (i32::MAX / (255 * 255)) as usize;

/// Σ row × panel for every column, exactly.
///
/// # Panics
/// If a position of the row lies outside the panel.
#[inline]
#[allow(unsafe_code, reason = "instructions that pulp does not dispatch to")]
pub(crate) fn pixels(row: &Row<u8>, panel: &[Stripe<[i8; 4]>]) -> Stripe<i32> {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx512vnni") {
        // SAFETY: the processor has AVX-512 with VNNI.
        return unsafe { x86::vnni(row, panel) };
    } else if is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has AVX2.
        return unsafe { x86::avx2(row, panel) };
    }
    plain(row, panel)
}

/// [`pixels`] of every one of `rows`.
///
/// # Panics
/// If a position of a row lies outside the panel.
#[allow(unsafe_code, reason = "instructions that pulp does not dispatch to")]
pub(crate) fn pixels_of_rows(
    rows: &[Row<u8>],
    panel: &[Stripe<[i8; 4]>],
    products: &mut [Stripe<i32>],
) {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx512vnni") {
        // SAFETY: the processor has AVX-512 with VNNI.
        unsafe { x86::vnni_of_rows(rows, panel, products) };
        return;
    }
    for (product, row) in products.iter_mut().zip(rows) {
        *product = pixels(row, panel);
    }
}

/// [`reals`] of every one of `rows`.
///
/// # Panics
/// If a position of a row lies outside the panel.
pub(crate) fn reals_of_rows<F: Real>(
    rows: &[Row<F>],
    panel: &[Stripe<F>],
    products: &mut [Stripe<F>],
) {
    pulp::Arch::new().dispatch(RealsOfRows {
        rows,
        panel,
        products,
    });
}

/// Σ row × panel for every column.
///
/// # Panics
/// If a position of the row lies outside the panel.
#[inline]
pub(crate) fn reals<F: Real>(row: &Row<F>, panel: &[Stripe<F>]) -> Stripe<F> {
    pulp::Arch::new().dispatch(Reals { row, panel })
}

/// What [`pixels`] computes, in words that every processor understands.
fn plain(row: &Row<u8>, panel: &[Stripe<[i8; 4]>]) -> Stripe<i32> {
    let mut sums = [row.offset; WIDTH];
    for &entry in row.entries {
        let group = group(entry).to_le_bytes().map(i32::from);
        for (sum, column) in sums.iter_mut().zip(&panel[position(entry)].0) {
            for (a, &b) in group.iter().zip(column) {
                *sum += a * i32::from(b);
            }
        }
    }
    Stripe(sums)
}

/// Where a group of a row lies.
#[inline]
const fn position(entry: u64) -> usize {
    entry as u32 as usize
}

/// A group of a row, its first pixel in the lowest byte, as it lies in memory.
#[inline]
const fn group(entry: u64) -> u32 {
    (entry >> 32) as u32
}

struct Reals<'a, F: Real> {
    row: &'a Row<'a, F>,
    panel: &'a [Stripe<F>],
}

impl<F: Real> pulp::WithSimd for Reals<'_, F> {
    type Output = Stripe<F>;

    #[allow(clippy::inline_always, reason = "carries the instruction set along")]
    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) -> Stripe<F> {
        real(self.row, self.panel)
    }
}

/// One product, in code that is dispatched already.
#[allow(clippy::inline_always, reason = "part of dispatched code")]
#[inline(always)]
fn real<F: Real>(row: &Row<F>, panel: &[Stripe<F>]) -> Stripe<F> {
    let mut sums = [F::default(); WIDTH];
    for &(position, x) in row.entries {
        for (sum, &column) in sums.iter_mut().zip(&panel[position as usize].0) {
            *sum += x * column;
        }
    }
    Stripe(sums)
}

/// Rows without zeros that are multiplied together: what is loaded of a panel serves all of them.
const TOGETHER: usize = 4;

/// Columns that are multiplied with as many rows at a time: their sums fit the registers.
const LANES: usize = 16;

struct RealsOfRows<'a, F: Real> {
    rows: &'a [Row<'a, F>],
    panel: &'a [Stripe<F>],
    products: &'a mut [Stripe<F>],
}

impl<F: Real> pulp::WithSimd for RealsOfRows<'_, F> {
    type Output = ();

    #[allow(clippy::inline_always, reason = "carries the instruction set along")]
    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let products = self.products.chunks_mut(TOGETHER);
        for (rows, products) in self.rows.chunks(TOGETHER).zip(products) {
            // Of as many entries as there are positions, each is at its own, unless the row goes on.
            let is_full = |row: &Row<F>| {
                let last = row.entries.last().map(|&(position, _)| position as usize);
                row.entries.len() == self.panel.len() && last < Some(self.panel.len())
            };
            match (rows.first_chunk(), products.first_chunk_mut()) {
                (Some(rows), Some(products)) if rows.iter().all(is_full) => {
                    full(rows, self.panel, products);
                }
                _ => {
                    for (product, row) in products.iter_mut().zip(rows) {
                        *product = real(row, self.panel);
                    }
                }
            }
        }
    }
}

/// Products of rows without zeros.
#[allow(clippy::inline_always, reason = "part of dispatched code")]
#[inline(always)]
fn full<F: Real>(
    rows: &[Row<F>; TOGETHER],
    panel: &[Stripe<F>],
    products: &mut [Stripe<F>; TOGETHER],
) {
    // Nothing here may be out of bounds: where the compiler sees a check, it keeps the sums in memory, and the products
    // take twice as long.
    let [a, b, c, d] = rows.each_ref().map(|row| row.entries);
    for first in (0..WIDTH).step_by(LANES) {
        let mut sums = [[F::default(); LANES]; TOGETHER];
        let places = panel.iter().zip(a).zip(b).zip(c).zip(d);
        for ((((columns, a), b), c), d) in places {
            let columns: &[F; LANES] = columns.0[first..][..LANES].try_into().expect("16 of 64");
            for (sums, x) in sums.iter_mut().zip([a.1, b.1, c.1, d.1]) {
                for (sum, &column) in sums.iter_mut().zip(columns) {
                    *sum += x * column;
                }
            }
        }
        for (product, sums) in products.iter_mut().zip(sums) {
            product.0[first..][..LANES].copy_from_slice(&sums);
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code, reason = "vectors are read as what they are")]
mod x86 {
    use super::{Row, Stripe, WIDTH, group, position};
    use std::arch::x86_64::{
        _mm_set1_epi32, _mm256_add_epi32, _mm256_cvtepi8_epi16, _mm256_cvtepu8_epi16,
        _mm256_hadd_epi32, _mm256_madd_epi16, _mm256_permute4x64_epi64, _mm256_set1_epi32,
        _mm256_setzero_si256, _mm512_dpbusd_epi32, _mm512_set1_epi32,
    };

    #[target_feature(enable = "avx2")]
    pub(super) fn avx2(row: &Row<u8>, panel: &[Stripe<[i8; 4]>]) -> Stripe<i32> {
        Stripe(bytemuck::cast(
            [0, 1].map(|half| avx2_half(row, panel, half)),
        ))
    }

    /// The first or second half of the columns: their sums fit the registers.
    #[target_feature(enable = "avx2")]
    fn avx2_half(row: &Row<u8>, panel: &[Stripe<[i8; 4]>], half: usize) -> [i32; WIDTH / 2] {
        // Of each column two sums: of the first two pixels of a group, and of the last two.
        let mut sums = [_mm256_setzero_si256(); WIDTH / 8];
        for &entry in row.entries {
            let columns: &[[[u8; 16]; WIDTH / 8]; 2] =
                bytemuck::cast_ref(&panel[position(entry)].0);
            let group = _mm256_cvtepu8_epi16(_mm_set1_epi32(group(entry).cast_signed()));
            for (sum, &columns) in sums.iter_mut().zip(&columns[half]) {
                let columns = _mm256_cvtepi8_epi16(bytemuck::cast(columns));
                *sum = _mm256_add_epi32(*sum, _mm256_madd_epi16(columns, group));
            }
        }
        let mut joined = [_mm256_set1_epi32(row.offset); WIDTH / 16];
        for (joined, [a, b]) in joined.iter_mut().zip(sums.as_chunks().0) {
            // hadd takes half of a and half of b in turn.
            let sums = _mm256_permute4x64_epi64::<0b11_01_10_00>(_mm256_hadd_epi32(*a, *b));
            *joined = _mm256_add_epi32(*joined, sums);
        }
        bytemuck::cast(joined)
    }

    #[target_feature(enable = "avx512f,avx512vnni")]
    pub(super) fn vnni_of_rows(
        rows: &[Row<u8>],
        panel: &[Stripe<[i8; 4]>],
        products: &mut [Stripe<i32>],
    ) {
        for (product, row) in products.iter_mut().zip(rows) {
            *product = vnni(row, panel);
        }
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512vnni")]
    pub(super) fn vnni(row: &Row<u8>, panel: &[Stripe<[i8; 4]>]) -> Stripe<i32> {
        let mut sums = [_mm512_set1_epi32(row.offset); WIDTH / 16];
        for &entry in row.entries {
            let columns: &[[u8; 64]; WIDTH / 16] = bytemuck::cast_ref(&panel[position(entry)].0);
            let group = _mm512_set1_epi32(group(entry).cast_signed());
            for (sum, &columns) in sums.iter_mut().zip(columns) {
                *sum = _mm512_dpbusd_epi32(*sum, group, bytemuck::cast(columns));
            }
        }
        Stripe(bytemuck::cast(sums))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rows;
    use crate::feature::Feature;
    use proptest::prelude::*;

    /// Groups of a row with their positions, and the pixels of a panel.
    type Problem = (Vec<(u32, [u8; 4])>, Vec<[[u8; 4]; WIDTH]>);

    /// Any row over any panel of up to 70 groups, with many pixels at the ends of their range.
    fn problems() -> impl Strategy<Value = Problem> {
        let pixel = || prop_oneof![Just(0), Just(255), any::<u8>()];
        let group = move || [pixel(), pixel(), pixel(), pixel()];
        (1_usize..70).prop_flat_map(move |groups| {
            let panel = prop::collection::vec(group(), groups * WIDTH);
            let row = prop::collection::btree_map(0..groups as u32, group(), 0..=groups);
            (row, panel)
                .prop_map(|(row, panel)| (row.into_iter().collect(), panel.as_chunks().0.to_vec()))
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn every_instruction_set_is_exact((groups, panel) in problems()) {
            let row = &Rows::new([&*row_of(&groups)].into_iter());
            let row = &row.row(0);
            let packed: Vec<_> = panel.iter().map(|columns| Stripe(columns.map(|c| u8::pack(&c)))).collect();
            let expected = plain(row, &packed);
            for (column, &sum) in expected.0.iter().enumerate() {
                let pairs = groups.iter().flat_map(|(position, group)| {
                    group.iter().zip(&panel[*position as usize][column])
                });
                let exact: i32 = pairs.map(|(&a, &b)| i32::from(a) * i32::from(b)).sum();
                prop_assert_eq!(sum, exact);
            }
            prop_assert_eq!(pixels(row, &packed), expected);
            let mut products = [Stripe([0; WIDTH]); 3];
            pixels_of_rows(&[*row; 3], &packed, &mut products);
            prop_assert_eq!(products, [expected; 3]);
            #[cfg(target_arch = "x86_64")]
            each_x86(row, &packed, expected)?;
        }

        #[test]
        fn reals_are_summed_in_the_order_of_the_row((groups, panel) in problems()) {
            let entries: Vec<_> = groups.iter().map(|&(p, g)| (p, f32::from(g[0]) - 100.5)).collect();
            let panel: Vec<_> =
                panel.iter().map(|columns| Stripe(columns.map(|c| f32::from(c[1]) / 255.0))).collect();
            let sums = reals(&Row { entries: &entries, offset: 0.0, square: 0.0 }, &panel);
            let all: Vec<_> = (0..panel.len()).map(|p| (p as u32, 1.5 + p as f32)).collect();
            let rows = [&all, &entries, &all, &all, &all, &all, &entries];
            let rows = rows.map(|entries| Row { entries, offset: 0.0, square: 0.0 });
            let mut products = [Stripe([0.0; WIDTH]); 7];
            reals_of_rows(&rows, &panel, &mut products);
            prop_assert_eq!(products, rows.map(|row| reals(&row, &panel)));
            let mut products = [Stripe([0.0; WIDTH]); 5];
            reals_of_rows(&rows[2..], &panel, &mut products);
            prop_assert_eq!(&products[..], &rows[2..].iter().map(|row| reals(row, &panel)).collect::<Vec<_>>());
            for (column, &sum) in sums.0.iter().enumerate() {
                let expected = entries.iter().fold(0.0, |sum: f32, (p, x)| {
                    sum + x * panel[*p as usize].0[column]
                });
                prop_assert_eq!(sum, expected);
            }
        }
    }

    /// As many entries as the panel has positions, the last of them beyond it.
    #[test]
    #[should_panic(expected = "out of bounds")]
    fn rows_longer_than_the_columns_are_not_taken_for_full() {
        let entries = [(0, 1.0_f32), (2, 1.0)];
        let row = Row {
            entries: &entries,
            offset: 0.0,
            square: 2.0,
        };
        let panel = [Stripe([1.0; WIDTH]); 2];
        reals_of_rows(
            &[row; TOGETHER],
            &panel,
            &mut [Stripe([0.0; WIDTH]); TOGETHER],
        );
    }

    /// The pixels of a row, from its groups.
    fn row_of(groups: &[(u32, [u8; 4])]) -> Vec<u8> {
        let mut row = vec![[0; 4]; 70];
        for &(position, group) in groups {
            row[position as usize] = group;
        }
        row.concat()
    }

    /// Every path that this processor can run, not only the one that it would choose.
    #[cfg(target_arch = "x86_64")]
    #[allow(unsafe_code, reason = "the functions under test")]
    fn each_x86(
        row: &Row<u8>,
        panel: &[Stripe<[i8; 4]>],
        expected: Stripe<i32>,
    ) -> Result<(), TestCaseError> {
        if is_x86_feature_detected!("avx2") {
            // SAFETY: the processor has AVX2.
            prop_assert_eq!(unsafe { x86::avx2(row, panel) }, expected);
        }
        if is_x86_feature_detected!("avx512vnni") {
            // SAFETY: the processor has AVX-512 with VNNI.
            prop_assert_eq!(unsafe { x86::vnni(row, panel) }, expected);
        }
        Ok(())
    }
}
