//! Pictures of two sets that are nearly the same, found without comparing all pixels of all pairs.

use crate::picture_blocks::{BlockSums, block_sums, blocks, blocks_differ, sum};
use data::Samples;
use std::ops::Range;

/// Pictures to learn from that are prepared at a time: 8 MB of sums, of however many pictures. Of all pictures to be
/// judged on there are sums at once, 240 bytes each.
const SLAB: usize = 32_768;

/// Pictures whose block sums stay in a core's cache, while those of others pass by.
const TILE: usize = 512;

/// Values of two pictures between two looks at their distance.
const CHUNK: usize = 1_024;

/// Pairs (of `train`, of `test`) whose root mean squared difference per value is at most `most` grey
/// levels, exact copies left out, with that difference. `None` unless both are of pixels.
///
/// Only pictures of nearly the same sum are compared, block sums first.
pub(crate) fn near(train: &Samples, test: &Samples, most: f64) -> Option<Vec<(usize, usize, f64)>> {
    near_by_slabs(train, test, most, SLAB)
}

fn near_by_slabs(
    train: &Samples,
    test: &Samples,
    most: f64,
    slab: usize,
) -> Option<Vec<(usize, usize, f64)>> {
    let test = Pictures::of(test, 0..test.len())?;
    train.pixels()?;
    let middle = test.order.len() / 2;
    let mut pairs = Vec::new();
    for start in (0..train.len()).step_by(slab) {
        let slab = Pictures::of(train, start..train.len().min(start + slab))?;
        let (first, second) = std::thread::scope(|scope| {
            let second = scope.spawn(|| slab.near(&test, middle..test.order.len(), most));
            let first = slab.near(&test, 0..middle, most);
            (first, second.join().expect("comparing does not panic"))
        });
        pairs.extend(first.into_iter().chain(second));
    }
    pairs.sort_by_key(|&(of_train, of_test, _)| (of_test, of_train));
    Some(pairs)
}

/// Some of the pictures of a set, by the sum of their values.
struct Pictures<'a> {
    pixels: &'a [u8],
    width: usize,
    /// The pictures with their sums, the darkest first.
    order: Vec<(u64, usize)>,
    /// Of each in that order the sum of each block, divided by the root of its size.
    blocks: Vec<BlockSums>,
}

impl<'a> Pictures<'a> {
    fn of(samples: &'a Samples, rows: Range<usize>) -> Option<Self> {
        let (pixels, width) = (samples.pixels()?, samples.features());
        let shape = samples.shown_shape();
        let blocks = blocks(shape.rows, shape.columns, width / shape.features());
        let row = |row: usize| &pixels[row * width..(row + 1) * width];
        let mut order: Vec<(u64, usize)> = rows.map(|number| (sum(row(number)), number)).collect();
        order.sort_unstable();
        let sums = order
            .iter()
            .map(|&(_, number)| block_sums(row(number), &blocks));
        Some(Self {
            pixels,
            width,
            blocks: sums.collect(),
            order,
        })
    }

    fn row(&self, row: usize) -> &[u8] {
        &self.pixels[row * self.width..(row + 1) * self.width]
    }

    /// The pairs of these and of a part of the `others` in their order.
    fn near(&self, others: &Self, part: Range<usize>, most: f64) -> Vec<(usize, usize, f64)> {
        let limit = most * most * self.width as f64;
        let reach = (limit * self.width as f64).sqrt() as u64 + 1;
        let others_order = &others.order[part.clone()];
        let others_blocks = &others.blocks[part];
        let mut pairs = Vec::new();
        for (order, blocks) in self.order.chunks(TILE).zip(self.blocks.chunks(TILE)) {
            let (darkest, lightest) = (order[0].0, order[order.len() - 1].0);
            let first = others_order.partition_point(|&(sum, _)| sum + reach < darkest);
            let end = others_order.partition_point(|&(sum, _)| sum <= lightest + reach);
            for (&(_, row), of_row) in others_order[first..end]
                .iter()
                .zip(&others_blocks[first..end])
            {
                for number in 0..order.len() {
                    if blocks_differ(&blocks[number], of_row, limit as f32) {
                        continue;
                    }
                    let other = order[number].1;
                    let squares = squared_within(self.row(other), others.row(row), limit);
                    if let Some(squares) = squares.filter(|&squares| squares > 0) {
                        pairs.push((other, row, (squares as f64 / self.width as f64).sqrt()));
                    }
                }
            }
        }
        pairs
    }
}

/// The squared distance of two pictures if it is at most so much: of large ones that differ, few values are looked at.
fn squared_within(a: &[u8], b: &[u8], most: f64) -> Option<u64> {
    let mut all = 0;
    for (a, b) in a.chunks(CHUNK).zip(b.chunks(CHUNK)) {
        let squares = a.iter().zip(b);
        let squares = squares.map(|(a, b)| u32::from(a.abs_diff(*b)).pow(2));
        all += squares.map(u64::from).sum::<u64>();
        if all as f64 > most {
            return None;
        }
    }
    Some(all)
}

/// Whether the squared distance of two pictures is at most so much.
pub(crate) fn is_within(a: &[u8], b: &[u8], most: f64) -> bool {
    squared_within(a, b, most).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use data::PictureShape;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_near_pair_is_missed(
            a in proptest::collection::vec(0_u8..20, 10 * 45),
            b in proptest::collection::vec(0_u8..20, 6 * 45),
            most in 1.0_f64..12.0,
            slab in 1_usize..12,
        ) {
            let shape = PictureShape { rows: 5, columns: 9 };
            let samples = |pixels: &[u8]| Samples::from_pixels(shape, pixels.to_vec()).unwrap();
            let found = near_by_slabs(&samples(&a), &samples(&b), most, slab).unwrap();
            let mut expected = 0;
            for x in a.chunks_exact(45) {
                for y in b.chunks_exact(45) {
                    let squares = squared_within(x, y, f64::INFINITY).unwrap();
                    let difference = (squares as f64 / 45.0).sqrt();
                    expected += usize::from(difference > 0.0 && difference <= most);
                }
            }
            prop_assert_eq!(found.len(), expected);
        }
    }
}
