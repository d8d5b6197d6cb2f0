//! Pictures of two sets that are nearly the same, found without comparing all pixels of all pairs.

use data::Samples;
use std::ops::Range;

/// Blocks along a side, whose sums bound the distance.
const BLOCKS: usize = 7;

/// Pairs (of `train`, of `test`) whose root mean squared difference per value is at most `most` grey
/// levels, exact copies left out, with that difference. `None` unless both are of pixels.
///
/// Of two pictures of n values, (Σa − Σb)² / n ≤ ‖a − b‖², whole or block by block (Cauchy–Schwarz).
/// So only pictures of nearly the same sum are compared, block sums first.
pub(crate) fn near(train: &Samples, test: &Samples, most: f64) -> Option<Vec<(usize, usize, f64)>> {
    let [train, test] = [Pictures::of(train)?, Pictures::of(test)?];
    let limit = most * most * train.width as f64;
    let reach = (limit * train.width as f64).sqrt();
    let mut order: Vec<usize> = (0..train.sums.len()).collect();
    order.sort_by_key(|&row| train.sums[row]);
    // Side by side in memory, as they are looked at.
    let blocks: Vec<f32> = order
        .iter()
        .flat_map(|&row| train.blocks_of(row))
        .copied()
        .collect();
    let mut pairs = Vec::new();
    for (row, &sum) in test.sums.iter().enumerate() {
        let sum = sum as f64;
        let first = order.partition_point(|&other| (train.sums[other] as f64) < sum - reach);
        let end = order.partition_point(|&other| train.sums[other] as f64 <= sum + reach);
        let of_row = test.blocks_of(row);
        let window = &blocks[first * of_row.len()..end * of_row.len()];
        for (&other, of_other) in order[first..end]
            .iter()
            .zip(window.chunks_exact(of_row.len()))
        {
            if blocks_differ(of_other, of_row, limit) {
                continue;
            }
            let squares = squared(train.row(other), test.row(row));
            if squares > 0 && squares as f64 <= limit {
                pairs.push((other, row, (squares as f64 / train.width as f64).sqrt()));
            }
        }
    }
    Some(pairs)
}

/// Pictures with the sums of their values, of all and of blocks.
struct Pictures<'a> {
    pixels: &'a [u8],
    width: usize,
    sums: Vec<u64>,
    /// Blocks of a picture.
    blocks: usize,
    /// Of each block its sum, divided by the root of its size.
    block_sums: Vec<f32>,
}

impl<'a> Pictures<'a> {
    fn of(samples: &'a Samples) -> Option<Self> {
        let (pixels, width) = (samples.pixels()?, samples.features());
        let shape = samples.shown_shape();
        let blocks = blocks(shape.rows, shape.columns, width / shape.features());
        let sum = |values: &[u8]| values.iter().map(|&value| u64::from(value)).sum::<u64>();
        let (mut sums, mut block_sums) = (Vec::new(), Vec::new());
        for picture in pixels.chunks_exact(width) {
            sums.push(sum(picture));
            for block in &blocks {
                let size: usize = block.iter().map(ExactSizeIterator::len).sum();
                let total: u64 = block.iter().map(|range| sum(&picture[range.clone()])).sum();
                block_sums.push((total as f64 / (size as f64).sqrt()) as f32);
            }
        }
        Some(Self {
            pixels,
            width,
            sums,
            blocks: blocks.len(),
            block_sums,
        })
    }

    fn row(&self, row: usize) -> &[u8] {
        &self.pixels[row * self.width..(row + 1) * self.width]
    }

    fn blocks_of(&self, row: usize) -> &[f32] {
        &self.block_sums[row * self.blocks..(row + 1) * self.blocks]
    }
}

/// Whether the blocks alone show that two pictures are further apart.
fn blocks_differ(a: &[f32], b: &[f32], limit: f64) -> bool {
    let mut bound = 0.0_f32;
    // What `f32` rounds is far below a thousandth.
    let limit = limit as f32 * 1.001;
    for (a, b) in a.chunks(BLOCKS).zip(b.chunks(BLOCKS)) {
        bound += a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f32>();
        if bound > limit {
            return true;
        }
    }
    false
}

/// The ranges of values of each of up to `BLOCKS` × `BLOCKS` rectangles.
fn blocks(rows: usize, columns: usize, values: usize) -> Vec<Vec<Range<usize>>> {
    let parts = |length: usize| {
        let count = BLOCKS.min(length);
        (0..count).map(move |part| part * length / count..(part + 1) * length / count)
    };
    let of = |down: Range<usize>, across: &Range<usize>| {
        let line = |row: usize| {
            (row * columns + across.start) * values..(row * columns + across.end) * values
        };
        down.map(line).collect()
    };
    let across: Vec<Range<usize>> = parts(columns).collect();
    parts(rows)
        .flat_map(|down| across.iter().map(move |across| of(down.clone(), across)))
        .collect()
}

fn squared(a: &[u8], b: &[u8]) -> u64 {
    let squares = a
        .iter()
        .zip(b)
        .map(|(a, b)| u32::from(a.abs_diff(*b)).pow(2));
    squares.map(u64::from).sum()
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
        ) {
            let shape = PictureShape { rows: 5, columns: 9 };
            let samples = |pixels: &[u8]| Samples::from_pixels(shape, pixels.to_vec()).unwrap();
            let found = near(&samples(&a), &samples(&b), most).unwrap();
            let mut expected = 0;
            for x in a.chunks_exact(45) {
                for y in b.chunks_exact(45) {
                    let difference = (squared(x, y) as f64 / 45.0).sqrt();
                    expected += usize::from(difference > 0.0 && difference <= most);
                }
            }
            prop_assert_eq!(found.len(), expected);
        }
    }
}
