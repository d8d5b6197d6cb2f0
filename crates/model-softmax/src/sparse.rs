//! Sparse matrices of features in groups of four neighbours, and the product that needs them.
//!
//! Strokes are wider than a pixel: of the 196 groups of an MNIST image 54 have a pixel that is not
//! black, of the 784 pixels 150. A group costs one index for four features, so that it is cheaper than
//! the two or three pixels in it would be one by one.
#![allow(
    clippy::inline_always,
    reason = "what is not inlined into the dispatched closure is compiled without its vectors"
)]

use crate::lanes::GROUP;

/// Features that are looked at together.
const STRETCH: usize = 16;

/// Groups that are summed up side by side: in a single sum each addition would wait for the last.
pub(crate) const TOGETHER: usize = 2;

/// A feature as images store it.
pub(crate) trait Feature: Copy + Default + PartialEq + Send + Sync + 'static {
    /// What 1 stands for in the units that the weights see.
    const UNIT: f32;

    fn number(self) -> f32;
}

impl Feature for u8 {
    const UNIT: f32 = 1.0 / 255.0;

    #[inline(always)]
    fn number(self) -> f32 {
        f32::from(self)
    }
}

impl Feature for f32 {
    const UNIT: f32 = 1.0;

    #[inline(always)]
    fn number(self) -> f32 {
        self
    }
}

/// Four neighbouring features with the number of their group, or of their row in the transposed
/// matrix.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Entry<F> {
    index: u32,
    pub(crate) values: [F; GROUP],
}

impl<F> Entry<F> {
    /// As a `usize`.
    #[inline(always)]
    pub(crate) fn index(&self) -> usize {
        self.index as usize
    }
}

/// A matrix as the groups of its rows that are not zero, one row after the other, each filled up
/// with zeros to an even number of groups.
#[derive(Debug, Clone)]
pub(crate) struct Sparse<F: Feature> {
    /// Where each row begins; one more than there are rows.
    starts: Vec<usize>,
    entries: Vec<Entry<F>>,
}

/// The groups of one row.
pub(crate) type Row<F> = [[Entry<F>; TOGETHER]];

impl<F: Feature> Sparse<F> {
    /// The groups of `rows`, each of `width` features.
    pub(crate) fn collect<'a>(rows: impl ExactSizeIterator<Item = &'a [F]>, width: usize) -> Self {
        assert!(u32::try_from(width).is_ok(), "an index takes 32 bits");
        // A stretch is written as a whole, whatever of it will be kept.
        let most = width.div_ceil(GROUP).next_multiple_of(TOGETHER);
        let mut entries = vec![Entry::default(); rows.len() * most + STRETCH / GROUP];
        let mut starts = Vec::with_capacity(rows.len() + 1);
        let mut end = 0;
        starts.push(end);
        for row in rows {
            end += write_row(row, &mut entries[end..]);
            let filled = end.next_multiple_of(TOGETHER);
            entries[end..filled].fill(Entry::default());
            end = filled;
            starts.push(end);
        }
        entries.truncate(end);
        entries.shrink_to_fit();
        Self { starts, entries }
    }

    /// Transposed: those of the `columns` columns of groups that have entries, and which they are.
    pub(crate) fn transposed(&self, columns: usize) -> (Self, Vec<u32>) {
        assert!(u32::try_from(self.len()).is_ok(), "an index takes 32 bits");
        let is_there = |entry: &&Entry<F>| is_there(entry.values);
        let mut lengths = vec![0_usize; columns];
        for entry in self.entries.iter().filter(is_there) {
            lengths[entry.index()] += 1;
        }
        let mut starts = vec![0];
        let mut which = Vec::new();
        let mut next = vec![0; columns];
        let mut end = 0;
        for (column, &length) in lengths
            .iter()
            .enumerate()
            .filter(|&(_, &length)| length > 0)
        {
            next[column] = end;
            which.push(column as u32);
            end += length.next_multiple_of(TOGETHER);
            starts.push(end);
        }
        let mut entries = vec![Entry::default(); end];
        for (index, row) in (0..).zip(self.starts.array_windows()) {
            let &[start, end] = row;
            for entry in self.entries[start..end].iter().filter(is_there) {
                let place = &mut next[entry.index()];
                entries[*place] = Entry { index, ..*entry };
                *place += 1;
            }
        }
        (Self { starts, entries }, which)
    }

    /// Number of rows.
    pub(crate) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    #[inline(always)]
    pub(crate) fn rows(&self) -> impl Iterator<Item = &Row<F>> {
        let pairs = self.starts.array_windows();
        pairs.map(|&[start, end]| self.entries[start..end].as_chunks().0)
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const WIDTH: usize = 37;

    /// Images of 37 features, most of them zero.
    fn images() -> impl Strategy<Value = Vec<u8>> {
        let feature = prop_oneof![3 => Just(0), 1 => any::<u8>()];
        (1_usize..6)
            .prop_flat_map(move |images| prop::collection::vec(feature.clone(), WIDTH * images))
    }

    /// Adds what a matrix holds to a dense one of `width` groups, transposed if `place` says so.
    fn fill(matrix: &Sparse<u8>, dense: &mut [u8], place: impl Fn(usize, usize) -> usize) {
        for (number, row) in matrix.rows().enumerate() {
            for entry in row.as_flattened() {
                let place = place(number, entry.index()) * GROUP;
                for (sum, value) in dense[place..].iter_mut().zip(entry.values) {
                    *sum += value;
                }
            }
        }
    }

    proptest! {
        #[test]
        fn rows_and_columns_hold_every_feature_once(images in images()) {
            let range = 3..WIDTH;
            let groups = range.len().div_ceil(GROUP);
            let rows = images.chunks_exact(WIDTH).map(|image| &image[range.clone()]);
            let mut dense = Vec::new();
            for row in rows.clone() {
                dense.extend(row);
                dense.resize(dense.len().next_multiple_of(groups * GROUP), 0);
            }
            let matrix = Sparse::collect(rows, range.len());
            let mut found = vec![0; dense.len()];
            fill(&matrix, &mut found, |image, group| image * groups + group);
            prop_assert_eq!(&found, &dense);

            let (columns, which) = matrix.transposed(groups);
            prop_assert_eq!(columns.len(), which.len());
            prop_assert!(which.is_sorted());
            let mut found = vec![0; dense.len()];
            fill(&columns, &mut found, |column, image| image * groups + which[column] as usize);
            prop_assert_eq!(&found, &dense);
        }

        #[test]
        fn reals_are_kept_as_pixels_are(images in images()) {
            let reals: Vec<f32> = images.iter().map(|&pixel| f32::from(pixel)).collect();
            let of_pixels = Sparse::collect(images.chunks_exact(WIDTH), WIDTH);
            let of_reals = Sparse::collect(reals.chunks_exact(WIDTH), WIDTH);
            for (pixels, reals) in of_pixels.rows().zip(of_reals.rows()) {
                prop_assert_eq!(pixels.len(), reals.len());
                for (a, b) in pixels.as_flattened().iter().zip(reals.as_flattened()) {
                    prop_assert_eq!(a.index(), b.index());
                    prop_assert_eq!(a.values.map(f32::from), b.values);
                }
            }
        }
    }
}
