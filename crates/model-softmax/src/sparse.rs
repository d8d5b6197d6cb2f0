//! Sparse matrices of features, and the one product that both directions of training need.
//!
//! The logits of an image are Σⱼ xⱼ wⱼ over its non-zero features; the gradient of feature j's
//! weights is Σᵢ xᵢ rᵢ over the images where it is not zero. Both are [`weighted_sum`]: of the
//! matrix's rows in one case, of its columns in the other.
#![allow(
    clippy::inline_always,
    reason = "what is not inlined into the dispatched closure is compiled without its vectors"
)]

use crate::lanes::Lanes;
use std::ops::Range;

/// Most features in a range, and most images in a batch: an index takes 24 bits.
pub(crate) const WIDEST: usize = 1 << 24;

/// Features that are looked at together.
const STRETCH: usize = 16;

/// A feature as images store it, and as an entry with its index.
pub(crate) trait Feature: Copy + Default + PartialEq + Send + Sync + 'static {
    /// A non-zero value with the index of its column, or of its row in the transposed matrix.
    type Entry: Copy + Default + Send + Sync;

    fn entry(self, index: usize) -> Self::Entry;

    /// The index of an entry.
    fn index(entry: Self::Entry) -> usize;

    /// The value of an entry in the units that the weights see.
    fn unit(entry: Self::Entry) -> f32;

    /// The same value at another index.
    fn moved(entry: Self::Entry, index: usize) -> Self::Entry;
}

/// Index and pixel share 32 bits: entries of MNIST are read four times per epoch, and half the
/// bytes are half the memory traffic.
impl Feature for u8 {
    type Entry = u32;

    #[inline(always)]
    fn entry(self, index: usize) -> u32 {
        (index as u32) << 8 | u32::from(self)
    }

    #[inline(always)]
    fn index(entry: u32) -> usize {
        (entry >> 8) as usize
    }

    #[inline(always)]
    fn unit(entry: u32) -> f32 {
        const UNIT: [f32; 256] = {
            let mut table = [0.0; 256];
            let mut pixel = 0;
            while pixel < 256 {
                table[pixel] = pixel as f32 / 255.0;
                pixel += 1;
            }
            table
        };
        UNIT[(entry & 255) as usize]
    }

    #[inline(always)]
    fn moved(entry: u32, index: usize) -> u32 {
        (index as u32) << 8 | entry & 255
    }
}

impl Feature for f32 {
    type Entry = (u32, f32);

    #[inline(always)]
    fn entry(self, index: usize) -> (u32, f32) {
        (index as u32, self)
    }

    #[inline(always)]
    fn index(entry: (u32, f32)) -> usize {
        entry.0 as usize
    }

    #[inline(always)]
    fn unit(entry: (u32, f32)) -> f32 {
        entry.1
    }

    #[inline(always)]
    fn moved(entry: (u32, f32), index: usize) -> (u32, f32) {
        (index as u32, entry.1)
    }
}

/// A matrix as the non-zero entries of its rows, one row after the other.
#[derive(Debug, Clone)]
pub(crate) struct Sparse<F: Feature> {
    /// Where each row begins; one more than there are rows.
    starts: Vec<usize>,
    entries: Vec<F::Entry>,
}

impl<F: Feature> Sparse<F> {
    /// The features in `range`, at most [`WIDEST`] wide, of `images`, each of `features` values.
    pub(crate) fn collect(images: &[F], features: usize, range: &Range<usize>) -> Self {
        assert!(range.len() <= WIDEST, "an index takes 24 bits");
        let rows = images
            .chunks_exact(features)
            .map(|image| &image[range.clone()]);
        let nonzero = |row: &[F]| row.iter().filter(|&&value| value != F::default()).count();
        let mut starts = vec![0];
        let mut end = 0;
        for row in rows.clone() {
            end += nonzero(row);
            starts.push(end);
        }
        // A stretch is written as a whole, whatever of it will be kept.
        let mut entries = vec![F::Entry::default(); end + STRETCH];
        for (row, &start) in rows.zip(&starts) {
            write_row(row, &mut entries[start..]);
        }
        entries.truncate(end);
        Self { starts, entries }
    }

    /// The rows at `indices`, in that order, transposed: those of the `columns` columns that have
    /// entries, the longest first, and which columns they are.
    pub(crate) fn transposed(&self, indices: &[usize], columns: usize) -> (Self, Vec<u32>) {
        assert!(indices.len() <= WIDEST, "an index takes 24 bits");
        let mut lengths = vec![0_usize; columns];
        for &entry in indices.iter().flat_map(|&index| self.row(index)) {
            lengths[F::index(entry)] += 1;
        }
        let mut order: Vec<u32> = (0..columns as u32)
            .filter(|&column| lengths[column as usize] > 0)
            .collect();
        order.sort_by_key(|&column| std::cmp::Reverse(lengths[column as usize]));
        let mut starts = vec![0];
        let mut next = vec![0; columns];
        let mut end = 0;
        for &column in &order {
            next[column as usize] = end;
            end += lengths[column as usize];
            starts.push(end);
        }
        let mut entries = vec![F::Entry::default(); end];
        for (row, &index) in indices.iter().enumerate() {
            for &entry in self.row(index) {
                let place = &mut next[F::index(entry)];
                entries[*place] = F::moved(entry, row);
                *place += 1;
            }
        }
        (Self { starts, entries }, order)
    }

    /// The entries of one row.
    #[inline(always)]
    pub(crate) fn row(&self, index: usize) -> &[F::Entry] {
        &self.entries[self.starts[index]..self.starts[index + 1]]
    }

    /// The entries of every row.
    #[inline(always)]
    pub(crate) fn rows(&self) -> impl Iterator<Item = &[F::Entry]> {
        let pairs = self.starts.array_windows();
        pairs.map(|&[start, end]| &self.entries[start..end])
    }
}

/// Writes the non-zero features of one row, sixteen at a time: most stretches of an MNIST image are
/// black from end to end.
fn write_row<F: Feature>(row: &[F], entries: &mut [F::Entry]) {
    let (stretches, rest) = row.as_chunks::<STRETCH>();
    let mut end = 0;
    for (stretch, features) in stretches.iter().enumerate() {
        if *features == [F::default(); STRETCH] {
            continue;
        }
        // Written without a branch per feature: where strokes end cannot be predicted.
        let found = &mut entries[end..end + STRETCH];
        let mut count = 0;
        for (place, &feature) in features.iter().enumerate() {
            found[count] = feature.entry(stretch * STRETCH + place);
            count += usize::from(feature != F::default());
        }
        end += count;
    }
    let start = row.len() - rest.len();
    for (place, &feature) in rest.iter().enumerate() {
        if feature != F::default() {
            entries[end] = feature.entry(start + place);
            end += 1;
        }
    }
}

/// Σ value · factor(index) over `entries`, in four interleaved sums: a single one would wait for
/// each addition before the next.
#[inline(always)]
pub(crate) fn weighted_sum<F: Feature>(
    entries: &[F::Entry],
    factor: impl Fn(usize) -> Lanes,
) -> Lanes {
    let [mut a, mut b, mut c, mut d] = [Lanes::splat(0.0); 4];
    let (fours, rest) = entries.as_chunks::<4>();
    for four in fours {
        a.add_scaled(F::unit(four[0]), &factor(F::index(four[0])));
        b.add_scaled(F::unit(four[1]), &factor(F::index(four[1])));
        c.add_scaled(F::unit(four[2]), &factor(F::index(four[2])));
        d.add_scaled(F::unit(four[3]), &factor(F::index(four[3])));
    }
    for &entry in rest {
        a.add_scaled(F::unit(entry), &factor(F::index(entry)));
    }
    a.add(&b);
    c.add(&d);
    a.add(&c);
    a
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Images of 37 features, most of them zero.
    fn images() -> impl Strategy<Value = Vec<u8>> {
        let feature = prop_oneof![3 => Just(0), 1 => any::<u8>()];
        (1_usize..6)
            .prop_flat_map(move |images| prop::collection::vec(feature.clone(), 37 * images))
    }

    proptest! {
        #[test]
        fn rows_and_columns_hold_every_feature_once(images in images()) {
            let range = 3..37;
            let matrix = Sparse::collect(&images, 37, &range);
            let reals: Vec<f32> = images.iter().map(|&p| f32::from(p) / 255.0).collect();
            let of_reals = Sparse::collect(&reals, 37, &range);
            let backwards: Vec<usize> = (0..images.len() / 37).rev().collect();
            let (columns, features) = matrix.transposed(&backwards, range.len());
            let lengths: Vec<usize> = columns.rows().map(<[u32]>::len).collect();
            prop_assert!(lengths.is_sorted_by(|a, b| a >= b) && !lengths.contains(&0));
            let mut found = vec![0.0; reals.len()];
            for (image, (row, real_row)) in matrix.rows().zip(of_reals.rows()).enumerate() {
                for (&entry, &real) in row.iter().zip(real_row) {
                    found[image * 37 + 3 + u8::index(entry)] = u8::unit(entry);
                    prop_assert_eq!(u8::unit(entry), f32::unit(real));
                    prop_assert_eq!(u8::index(entry), f32::index(real));
                }
                prop_assert_eq!(row.len(), real_row.len());
            }
            for (&feature, column) in features.iter().zip(columns.rows()) {
                for &entry in column {
                    let place = backwards[u8::index(entry)] * 37 + 3 + feature as usize;
                    prop_assert_eq!(found[place], u8::unit(entry));
                    found[place] = 0.0;
                }
            }
            prop_assert!(found.iter().all(|&left| left == 0.0));
            let outside = reals.chunks_exact(37).flat_map(|image| &image[range.clone()]);
            let nonzero = outside.filter(|&&value| value != 0.0).count();
            prop_assert_eq!(nonzero, matrix.rows().map(<[u32]>::len).sum::<usize>());
        }
    }
}
