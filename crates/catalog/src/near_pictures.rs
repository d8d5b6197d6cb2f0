//! Pictures of two sets that are nearly the same, found without comparing all pixels of all pairs.

use crate::picture_blocks::{BlockSums, block_sums, blocks, blocks_differ, sum};
use data::Samples;
use std::collections::HashSet;

/// Pictures to learn from that are prepared at a time: 8 MB of sums, of however many pictures. Of all pictures to be
/// judged on there are sums at once, 240 bytes each.
const SLAB: usize = 32_768;

/// Pictures whose block sums stay in a core's cache, while those of others pass by.
const TILE: usize = 512;

/// Values of two pictures between two looks at their distance.
const CHUNK: usize = 1_024;

/// A picture of `train`, one of `test`, and their root mean squared difference per value, in grey levels.
type Pair = (usize, usize, f64);

/// Each picture of `test` with one of `train` from which it differs by at most `most` grey levels (root mean square), but
/// for those that are `known`. `None` unless both are of pixels.
///
/// Only pictures of nearly the same sum are compared, block sums first, and a picture of `test` no more once it is found:
/// where all pictures are nearly the same, as those of a film, this takes no longer.
pub(crate) fn near(
    train: &Samples,
    test: &Samples,
    most: f64,
    known: &HashSet<usize>,
) -> Option<Vec<Pair>> {
    near_by_slabs(train, test, most, known, SLAB)
}

fn near_by_slabs(
    train: &Samples,
    test: &Samples,
    most: f64,
    known: &HashSet<usize>,
    slab: usize,
) -> Option<Vec<Pair>> {
    let unknown = (0..test.len()).filter(|row| !known.contains(row));
    let test = Pictures::of(test, unknown)?;
    train.pixels()?;
    let mut found = vec![None; test.order.len()];
    let middle = found.len() / 2;
    for start in (0..train.len()).step_by(slab) {
        let slab = Pictures::of(train, start..train.len().min(start + slab))?;
        let (first, second) = found.split_at_mut(middle);
        std::thread::scope(|scope| {
            scope.spawn(|| slab.find(&test, middle, most, second));
            slab.find(&test, 0, most, first);
        });
    }
    let mut pairs: Vec<Pair> = found.into_iter().flatten().collect();
    pairs.sort_by_key(|&(_, of_test, _)| of_test);
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
    fn of(samples: &'a Samples, rows: impl Iterator<Item = usize>) -> Option<Self> {
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

    /// Finds the pair of each of the `others` that has none, of those from `start` on in their order.
    fn find(&self, others: &Self, start: usize, most: f64, found: &mut [Option<Pair>]) {
        let part = start..start + found.len();
        let limit = most * most * self.width as f64;
        let reach = (limit * self.width as f64).sqrt() as u64 + 1;
        let others_order = &others.order[part.clone()];
        let others_blocks = &others.blocks[part];
        for (order, blocks) in self.order.chunks(TILE).zip(self.blocks.chunks(TILE)) {
            let (darkest, lightest) = (order[0].0, order[order.len() - 1].0);
            let first = others_order.partition_point(|&(sum, _)| sum + reach < darkest);
            let end = others_order.partition_point(|&(sum, _)| sum <= lightest + reach);
            for place in first..end {
                if found[place].is_some() {
                    continue;
                }
                let (row, of_row) = (others_order[place].1, &others_blocks[place]);
                for number in 0..order.len() {
                    if blocks_differ(&blocks[number], of_row, limit as f32) {
                        continue;
                    }
                    let other = order[number].1;
                    if let Some(squares) = squared_within(self.row(other), others.row(row), limit) {
                        let squares = squares as f64;
                        found[place] = Some((other, row, (squares / self.width as f64).sqrt()));
                        break;
                    }
                }
            }
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use data::PictureShape;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_picture_with_a_near_one_is_missed(
            a in proptest::collection::vec(0_u8..20, 10 * 45),
            b in proptest::collection::vec(0_u8..20, 6 * 45),
            most in 1.0_f64..12.0,
            slab in 1_usize..12,
            known in 0_usize..6,
        ) {
            let shape = PictureShape { rows: 5, columns: 9 };
            let samples = |pixels: &[u8]| Samples::from_pixels(shape, pixels.to_vec()).unwrap();
            let known = HashSet::from([known]);
            let found = near_by_slabs(&samples(&a), &samples(&b), most, &known, slab).unwrap();
            let (a, b): (Vec<_>, Vec<_>) = (a.chunks_exact(45).collect(), b.chunks_exact(45).collect());
            let difference = |x: &[u8], y: &[u8]| {
                (squared_within(x, y, f64::INFINITY).unwrap() as f64 / 45.0).sqrt()
            };
            for &(train, test, of) in &found {
                prop_assert_eq!(of, difference(a[train], b[test]));
                prop_assert!(of <= most);
            }
            let is_near = |&test: &usize| a.iter().any(|x| difference(x, b[test]) <= most);
            let expected = (0..b.len()).filter(|test| !known.contains(test)).filter(is_near);
            prop_assert!(found.iter().map(|of| of.1).eq(expected), "{:?}", found);
        }
    }
}
