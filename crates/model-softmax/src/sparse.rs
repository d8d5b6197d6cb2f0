//! Sparse matrices of features in groups of four neighbours.
//!
//! Strokes are wider than a pixel: of the 196 groups of an MNIST image 56 have a pixel that is not
//! black, of the 784 pixels 150 (the mean over the training images). A group costs one index for four features, so that it is cheaper than
//! the two or three pixels in it would be one by one. Indices stand apart from the features, for one
//! byte is enough where a row has at most 256 groups: all of MNIST is read twice per epoch, and what
//! takes less memory is read faster.
#![allow(
    clippy::inline_always,
    reason = "what is not inlined into the dispatched closure is compiled without its vectors"
)]

use crate::features::Feature;
use crate::huge_pages::on_huge_pages;
use crate::lanes::GROUP;
use std::ops::Range;

/// One row of so many is looked at, to estimate how much memory all rows need.
const ROWS_PER_LOOK: usize = 32;

/// How much more memory than the estimate is reserved. Where even that is not enough, more is
/// reserved later, and what is there is copied.
const MARGIN: f64 = 1.02;

/// Features that are looked at together.
const STRETCH: usize = 16;

/// Groups in a stretch.
const GROUPS: usize = STRETCH / GROUP;

/// Groups that are summed up side by side: in a single sum each addition would wait for the last.
pub(crate) const TOGETHER: usize = 2;

/// The number of a group as it is stored.
pub(crate) trait Index: Copy + Default + Send + Sync + 'static {
    /// How many numbers there are.
    const COUNT: usize;

    fn new(number: usize) -> Self;

    fn number(self) -> usize;
}

impl Index for u8 {
    const COUNT: usize = 1 << Self::BITS;

    #[inline(always)]
    fn new(number: usize) -> Self {
        number as Self
    }

    #[inline(always)]
    fn number(self) -> usize {
        self.into()
    }
}

impl Index for u32 {
    const COUNT: usize = Self::MAX as usize;

    #[inline(always)]
    fn new(number: usize) -> Self {
        number as Self
    }

    #[inline(always)]
    fn number(self) -> usize {
        self as usize
    }
}

/// A matrix as the groups of its rows that are not zero, one row after the other, each filled up
/// with zeros to an even number of groups.
#[derive(Debug, Clone)]
pub(crate) struct Sparse<F, I> {
    /// Where each row begins; one more than there are rows.
    starts: Vec<usize>,
    /// The number of each group in its row.
    indices: Vec<I>,
    values: Vec<[F; GROUP]>,
}

/// Some rows of a matrix.
#[derive(Clone, Copy)]
pub(crate) struct Rows<'a, F, I> {
    starts: &'a [usize],
    indices: &'a [I],
    values: &'a [[F; GROUP]],
}

/// The groups of one row.
pub(crate) struct Row<'a, F, I> {
    pub(crate) indices: &'a [[I; TOGETHER]],
    pub(crate) values: &'a [[[F; GROUP]; TOGETHER]],
}

impl<F: Feature, I: Index> Sparse<F, I> {
    /// Without rows, and with room for as many `groups`.
    pub(crate) fn with_capacity(groups: usize) -> Self {
        Self {
            starts: vec![0],
            indices: on_huge_pages(groups),
            values: on_huge_pages(groups),
        }
    }

    /// The groups of all `rows`, each of `width` features.
    pub(crate) fn collect<'a>(rows: impl ExactSizeIterator<Item = &'a [F]>, width: usize) -> Self {
        let mut matrix = Self::with_capacity(rows.len() * most(width));
        for row in rows {
            matrix.push(row);
        }
        matrix
    }

    /// Without rows, in the memory that it has.
    pub(crate) fn clear(&mut self) {
        self.starts.truncate(1);
        self.indices.clear();
        self.values.clear();
    }

    /// Number of rows.
    pub(crate) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Appends the groups of a row that are not zero.
    ///
    /// # Panics
    /// If there are more than an index can tell apart.
    pub(crate) fn push(&mut self, row: &[F]) {
        assert!(row.len().div_ceil(GROUP) <= I::COUNT, "too wide a row");
        let start = self.values.len();
        self.resize(start + most(row.len()));
        let end = start + write_row(row, &mut self.indices[start..], &mut self.values[start..]);
        self.resize(end);
        self.resize(end.next_multiple_of(TOGETHER));
        self.starts.push(self.values.len());
    }

    /// Appends the groups of a row of `width` features, of which those that are not `stored` with their places,
    /// ascending, are zero.
    ///
    /// # Panics
    /// If there are more groups than an index can tell apart.
    pub(crate) fn push_stored(&mut self, stored: impl Iterator<Item = (usize, F)>, width: usize) {
        assert!(width.div_ceil(GROUP) <= I::COUNT, "too wide a row");
        let mut last = None;
        for (place, value) in stored.filter(|&(_, value)| value != F::default()) {
            let group = place / GROUP;
            if last != Some(group) {
                last = Some(group);
                self.indices.push(I::new(group));
                self.values.push([F::default(); GROUP]);
            }
            let values = self.values.last_mut().expect("a group was pushed");
            values[place % GROUP] = value;
        }
        self.resize(self.values.len().next_multiple_of(TOGETHER));
        self.starts.push(self.values.len());
    }

    /// Appends the transposed `rows`: those of their columns of groups that have any. Appends to `which`
    /// the numbers of these columns. What is in `places`, one for each column, is overwritten.
    ///
    /// # Panics
    /// If there are more rows than an index can tell apart.
    pub(crate) fn push_transposed(
        &mut self,
        rows: Rows<'_, F, I>,
        places: &mut [usize],
        which: &mut Vec<u32>,
    ) {
        assert!(rows.len() <= I::COUNT, "too many rows");
        places.fill(0);
        for row in 0..rows.len() {
            for index in rows.groups(row).0 {
                places[index.number()] += 1;
            }
        }
        let mut end = self.values.len();
        let lengths = places.iter_mut().enumerate();
        for (column, place) in lengths.filter(|(_, length)| **length > 0) {
            let length = std::mem::replace(place, end);
            which.push(column as u32);
            end += length.next_multiple_of(TOGETHER);
            self.starts.push(end);
        }
        self.resize(end);
        for row in 0..rows.len() {
            let (indices, values) = rows.groups(row);
            for (index, &values) in indices.iter().zip(values) {
                let place = &mut places[index.number()];
                self.indices[*place] = I::new(row);
                self.values[*place] = values;
                *place += 1;
            }
        }
    }

    /// The rows in `range`.
    pub(crate) fn rows(&self, range: Range<usize>) -> Rows<'_, F, I> {
        Rows {
            starts: &self.starts[range.start..=range.end],
            indices: &self.indices,
            values: &self.values,
        }
    }

    fn resize(&mut self, groups: usize) {
        self.indices.resize(groups, I::default());
        self.values.resize(groups, [F::default(); GROUP]);
    }
}

impl<'a, F: Feature, I: Index> Rows<'a, F, I> {
    /// Number of rows.
    pub(crate) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    #[inline(always)]
    pub(crate) fn iter(&self) -> impl Iterator<Item = Row<'a, F, I>> {
        let (indices, values) = (self.indices, self.values);
        let pairs = self.starts.array_windows();
        pairs.map(move |&[start, end]| Row {
            indices: indices[start..end].as_chunks().0,
            values: values[start..end].as_chunks().0,
        })
    }

    /// The groups of a row without those that fill it up: their numbers and their features.
    pub(crate) fn groups(&self, row: usize) -> (&'a [I], &'a [[F; GROUP]]) {
        let range = self.starts[row]..self.starts[row + 1];
        let values = &self.values[range.clone()];
        let is_filled_up = values.last().is_some_and(|&group| !is_there(group));
        let count = values.len() - usize::from(is_filled_up);
        (&self.indices[range][..count], &values[..count])
    }
}

/// About as many groups as `rows` of `width` features have: a little more than every 32nd row suggests.
pub(crate) fn room<'a, F: Feature>(
    rows: impl ExactSizeIterator<Item = &'a [F]>,
    width: usize,
) -> usize {
    let count = rows.len();
    let sample = rows.step_by(ROWS_PER_LOOK);
    let sampled = sample.len();
    let groups = sample.map(|row| {
        let (groups, rest) = row.as_chunks();
        let count = groups.iter().filter(|&&group| is_there(group)).count();
        (count + usize::from(!rest.is_empty())).next_multiple_of(TOGETHER)
    });
    let mean = groups.sum::<usize>() as f64 / sampled.max(1) as f64;
    // A row is written with all that it could have.
    (mean * count as f64 * MARGIN) as usize + most(width)
}

/// Most groups that a row of `width` features could have; a stretch is written as a whole.
fn most(width: usize) -> usize {
    width.div_ceil(GROUP).next_multiple_of(TOGETHER) + GROUPS
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
fn write_row<F: Feature, I: Index>(
    row: &[F],
    indices: &mut [I],
    values: &mut [[F; GROUP]],
) -> usize {
    let (stretches, rest) = row.as_chunks::<STRETCH>();
    let mut end = 0;
    let mut number = 0;
    for stretch in stretches {
        if *stretch != [F::default(); STRETCH] {
            // Written without a branch per group: where strokes end cannot be predicted.
            let indices = &mut indices[end..end + GROUPS];
            let values = &mut values[end..end + GROUPS];
            let mut count = 0;
            for (number, &group) in (number..).zip(stretch.as_chunks::<GROUP>().0) {
                indices[count] = I::new(number);
                values[count] = group;
                count += usize::from(is_there(group));
            }
            end += count;
        }
        number += GROUPS;
    }
    for (number, group) in (number..).zip(rest.chunks(GROUP)) {
        let group = filled_up(group);
        if is_there(group) {
            (indices[end], values[end]) = (I::new(number), group);
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

    /// Samples of 37 features, most of them zero.
    fn images() -> impl Strategy<Value = Vec<u8>> {
        let feature = prop_oneof![3 => Just(0), 1 => any::<u8>()];
        (1_usize..6)
            .prop_flat_map(move |images| prop::collection::vec(feature.clone(), WIDTH * images))
    }

    /// Adds what a matrix holds to a dense one of `width` groups, transposed if `place` says so.
    fn fill<I: Index>(
        matrix: &Sparse<u8, I>,
        dense: &mut [u8],
        place: impl Fn(usize, usize) -> usize,
    ) {
        for number in 0..matrix.len() {
            let (indices, values) = matrix.rows(0..matrix.len()).groups(number);
            for (index, values) in indices.iter().zip(values) {
                let place = place(number, index.number()) * GROUP;
                for (sum, value) in dense[place..].iter_mut().zip(values) {
                    *sum += value;
                }
            }
        }
    }

    fn check<I: Index>(images: &[u8], range: Range<usize>) -> Result<(), TestCaseError> {
        let groups = range.len().div_ceil(GROUP);
        let rows = images
            .chunks_exact(WIDTH)
            .map(|image| &image[range.clone()]);
        let mut dense = Vec::new();
        for row in rows.clone() {
            dense.extend(row);
            dense.resize(dense.len().next_multiple_of(groups * GROUP), 0);
        }
        let matrix: Sparse<u8, I> = Sparse::collect(rows, range.len());
        let mut found = vec![0; dense.len()];
        fill(&matrix, &mut found, |image, group| image * groups + group);
        prop_assert_eq!(&found, &dense);

        let (mut columns, mut which) = (Sparse::with_capacity(0), Vec::new());
        let mut places = vec![1; groups];
        columns.push_transposed(matrix.rows(0..matrix.len()), &mut places, &mut which);
        prop_assert_eq!(columns.len(), which.len());
        prop_assert!(which.is_sorted());
        let mut found = vec![0; dense.len()];
        let place = |column: usize, image| image * groups + which[column] as usize;
        fill::<I>(&columns, &mut found, place);
        prop_assert_eq!(&found, &dense);
        Ok(())
    }

    proptest! {
        #[test]
        fn rows_and_columns_hold_every_feature_once(images in images()) {
            check::<u8>(&images, 3..WIDTH)?;
            check::<u32>(&images, 3..WIDTH)?;
        }

        #[test]
        fn there_is_room_for_rows_that_are_alike(image in prop::collection::vec(0_u8..3, WIDTH)) {
            let rows = vec![&image[..]; 100];
            let room = room(rows.iter().copied(), WIDTH);
            let matrix: Sparse<u8, u8> = Sparse::collect(rows.into_iter(), WIDTH);
            let needed = matrix.values.len() + most(WIDTH);
            prop_assert!((needed..needed + 100 * TOGETHER + 50).contains(&room), "{} for {}", room, needed);
        }

        #[test]
        fn reals_are_kept_as_pixels_are(images in images()) {
            let reals: Vec<f32> = images.iter().map(|&pixel| f32::from(pixel)).collect();
            let pixels: Sparse<u8, u8> = Sparse::collect(images.chunks_exact(WIDTH), WIDTH);
            let of_reals: Sparse<f32, u8> = Sparse::collect(reals.chunks_exact(WIDTH), WIDTH);
            prop_assert_eq!(pixels.starts, of_reals.starts);
            prop_assert_eq!(pixels.indices, of_reals.indices);
            let as_reals: Vec<_> = pixels.values.iter().map(|group| group.map(f32::from)).collect();
            prop_assert_eq!(as_reals, of_reals.values);
        }
    }
}
