//! Sparse matrices of features in groups of four neighbours, and the products that need them.
//!
//! Strokes are wider than a pixel: of the 196 groups of an MNIST image 54 have a pixel that is not
//! black, of the 784 pixels 150. A group costs one index and one vector of residuals for four
//! products, so that it is cheaper than the two or three pixels in it would be one by one.
#![allow(
    clippy::inline_always,
    reason = "what is not inlined into the dispatched closure is compiled without its vectors"
)]

use crate::lanes::Lanes;

/// Neighbouring features that share an index.
pub(crate) const GROUP: usize = 4;

/// Features that are looked at together.
const STRETCH: usize = 16;

/// A feature as images store it.
pub(crate) trait Feature: Copy + Default + PartialEq + Send + Sync + 'static {
    /// The value in the units that the weights see.
    fn unit(self) -> f32;
}

impl Feature for u8 {
    #[inline(always)]
    fn unit(self) -> f32 {
        const UNIT: [f32; 256] = {
            let mut table = [0.0; 256];
            let mut pixel = 0;
            while pixel < 256 {
                table[pixel] = pixel as f32 / 255.0;
                pixel += 1;
            }
            table
        };
        UNIT[usize::from(self)]
    }
}

impl Feature for f32 {
    #[inline(always)]
    fn unit(self) -> f32 {
        self
    }
}

/// Four neighbouring features, not all of them zero, with the number of their group, or of their row
/// in the transposed matrix.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Entry<F> {
    index: u32,
    values: [F; GROUP],
}

impl<F: Feature> Entry<F> {
    /// As a `usize`.
    #[inline(always)]
    pub(crate) fn index(&self) -> usize {
        self.index as usize
    }

    /// In the units that the weights see.
    #[inline(always)]
    pub(crate) fn units(&self) -> [f32; GROUP] {
        self.values.map(F::unit)
    }
}

/// A matrix as the groups of its rows that are not zero, one row after the other.
#[derive(Debug, Clone)]
pub(crate) struct Sparse<F: Feature> {
    /// Where each row begins; one more than there are rows.
    starts: Vec<usize>,
    entries: Vec<Entry<F>>,
}

impl<F: Feature> Sparse<F> {
    /// The groups of `rows`, each of `width` features. A last group is filled up with zeros.
    pub(crate) fn collect<'a>(rows: impl ExactSizeIterator<Item = &'a [F]>, width: usize) -> Self {
        assert!(u32::try_from(width).is_ok(), "an index takes 32 bits");
        // A stretch is written as a whole, whatever of it will be kept.
        let most = rows.len() * width.div_ceil(GROUP) + STRETCH / GROUP;
        let mut entries = vec![Entry::default(); most];
        let mut starts = Vec::with_capacity(rows.len() + 1);
        let mut end = 0;
        starts.push(end);
        for row in rows {
            end += write_row(row, &mut entries[end..]);
            starts.push(end);
        }
        entries.truncate(end);
        Self { starts, entries }
    }

    /// Transposed: those of the `columns` columns of groups that have entries, the longest first, and
    /// which columns they are. The processor predicts where a column ends from where the last one did.
    pub(crate) fn transposed(&self, columns: usize) -> (Sparse<f32>, Vec<u32>) {
        let rows = self.starts.len() - 1;
        assert!(u32::try_from(rows).is_ok(), "an index takes 32 bits");
        let mut lengths = vec![0_usize; columns];
        for entry in &self.entries {
            lengths[entry.index()] += 1;
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
        let mut entries = vec![Entry::default(); end];
        for (index, row) in (0..).zip(self.rows()) {
            for entry in row {
                let place = &mut next[entry.index()];
                let values = entry.units();
                entries[*place] = Entry { index, values };
                *place += 1;
            }
        }
        (Sparse { starts, entries }, order)
    }

    /// The entries of every row.
    #[inline(always)]
    pub(crate) fn rows(&self) -> impl Iterator<Item = &[Entry<F>]> {
        let pairs = self.starts.array_windows();
        pairs.map(|&[start, end]| &self.entries[start..end])
    }
}

#[inline(always)]
fn is_there<F: Feature>(group: [F; GROUP]) -> bool {
    group != [F::default(); GROUP]
}

/// What is left of a row after its last whole group, as a group.
fn filled_up<F: Feature>(rest: &[F]) -> [F; GROUP] {
    std::array::from_fn(|i| rest.get(i).copied().unwrap_or_default())
}

/// Writes the groups of one row that are not zero, sixteen features at a time: most stretches of an
/// MNIST image are black from end to end. Returns how many there are.
fn write_row<F: Feature>(row: &[F], entries: &mut [Entry<F>]) -> usize {
    let (stretches, rest) = row.as_chunks::<STRETCH>();
    let mut end = 0;
    let mut index = 0;
    for stretch in stretches {
        if *stretch != [F::default(); STRETCH] {
            // Written without a branch per group: where strokes end cannot be predicted.
            let found = &mut entries[end..end + STRETCH / GROUP];
            let mut count = 0;
            for (place, &values) in (index..).zip(stretch.as_chunks::<GROUP>().0) {
                found[count] = Entry {
                    index: place,
                    values,
                };
                count += usize::from(is_there(values));
            }
            end += count;
        }
        index += (STRETCH / GROUP) as u32;
    }
    for (index, group) in (index..).zip(rest.chunks(GROUP)) {
        let values = filled_up(group);
        if is_there(values) {
            entries[end] = Entry { index, values };
            end += 1;
        }
    }
    end
}

/// Σ value · factor(feature) over a row's `entries`, in four interleaved sums: a single one would
/// wait for each addition before the next.
#[inline(always)]
pub(crate) fn weighted_sum<F: Feature>(
    entries: &[Entry<F>],
    factor: impl Fn(usize) -> Lanes,
) -> Lanes {
    let mut sums = [Lanes::splat(0.0); GROUP];
    for entry in entries {
        let first = entry.index() * GROUP;
        for ((sum, x), feature) in sums.iter_mut().zip(entry.units()).zip(first..) {
            sum.add_scaled(x, &factor(feature));
        }
    }
    let [mut a, b, mut c, d] = sums;
    a.add(&b);
    c.add(&d);
    a.add(&c);
    a
}

/// Adds a column's share to the product with the weights of its four features: one vector of `sums`
/// for each row.
#[inline(always)]
pub(crate) fn scatter(column: &[Entry<f32>], weights: &[Lanes; GROUP], sums: &mut [Lanes]) {
    // Copied: in registers, where `sums` cannot overlap them.
    let weights = *weights;
    for entry in column {
        let sum = &mut sums[entry.index()];
        let mut z = *sum;
        for (&x, w) in entry.values.iter().zip(&weights) {
            z.add_scaled(x, w);
        }
        *sum = z;
    }
}

/// Σ value · factor over a column's rows, for each of its four features.
#[inline(always)]
pub(crate) fn gather(column: &[Entry<f32>], factors: &[Lanes]) -> [Lanes; GROUP] {
    let mut sums = [Lanes::splat(0.0); GROUP];
    for entry in column {
        let factor = factors[entry.index()];
        for (sum, x) in sums.iter_mut().zip(entry.units()) {
            sum.add_scaled(x, &factor);
        }
    }
    sums
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
            let groups = range.len().div_ceil(GROUP);
            let reals: Vec<f32> = images.iter().map(|&p| f32::from(p) / 255.0).collect();
            let rows = images.chunks_exact(37).map(|image| &image[range.clone()]);
            let matrix = Sparse::collect(rows, range.len());
            let rows = reals.chunks_exact(37).map(|image| &image[range.clone()]);
            let of_reals = Sparse::collect(rows, range.len());
            let (columns, which) = matrix.transposed(groups);
            let lengths: Vec<usize> = columns.rows().map(<[_]>::len).collect();
            prop_assert!(lengths.is_sorted_by(|a, b| a >= b) && !lengths.contains(&0));
            // Rows as they are in full, filled up to whole groups.
            let mut found = vec![0.0; images.len() / 37 * groups * GROUP];
            for (image, (row, real_row)) in matrix.rows().zip(of_reals.rows()).enumerate() {
                prop_assert_eq!(row.len(), real_row.len());
                for (entry, real) in row.iter().zip(real_row) {
                    prop_assert_eq!(entry.units(), real.units());
                    prop_assert_eq!(entry.index(), real.index());
                    let place = (image * groups + entry.index()) * GROUP;
                    found[place..place + GROUP].copy_from_slice(&entry.units());
                }
            }
            for (image, row) in found.chunks_exact(groups * GROUP).enumerate() {
                prop_assert_eq!(&row[..34], &reals[image * 37 + 3..image * 37 + 37]);
                prop_assert!(row[34..] == [0.0; 2]);
            }
            for (&group, column) in which.iter().zip(columns.rows()) {
                for entry in column {
                    let place = (entry.index() * groups + group as usize) * GROUP;
                    prop_assert_eq!(&found[place..place + GROUP], &entry.units());
                    found[place..place + GROUP].fill(0.0);
                }
            }
            prop_assert!(found.iter().all(|&left| left == 0.0));
        }
    }
}
