//! Sums of the blocks of a picture, which bound the distance of two: of two pictures of n values,
//! (Σa − Σb)² / n ≤ ‖a − b‖², whole or block by block (Cauchy–Schwarz).

use std::ops::Range;

/// Blocks along a side, whose sums bound the distance.
pub(crate) const BLOCKS: usize = 7;

/// Block sums, a line of blocks after another, each filled up to a vector. The lines in the middle stand first: most
/// pictures are alike at their edges.
pub(crate) type BlockSums = [[f32; BLOCKS + 1]; BLOCKS];
const LINES: [usize; BLOCKS] = [5, 3, 1, 0, 2, 4, 6];

pub(crate) fn sum(values: &[u8]) -> u64 {
    values.iter().map(|&value| u64::from(value)).sum()
}

pub(crate) fn block_sums(picture: &[u8], blocks: &[Vec<Range<usize>>]) -> BlockSums {
    let mut sums = BlockSums::default();
    for (number, block) in blocks.iter().enumerate() {
        let size: usize = block.iter().map(ExactSizeIterator::len).sum();
        let total: u64 = block.iter().map(|range| sum(&picture[range.clone()])).sum();
        sums[LINES[number / BLOCKS]][number % BLOCKS] =
            (total as f64 / (size as f64).sqrt()) as f32;
    }
    sums
}

/// Whether the blocks alone show that two pictures are further apart.
#[allow(
    clippy::needless_range_loop,
    reason = "iterators stay calls in a first build, and this is most of the time of looking through a set"
)]
#[inline]
pub(crate) fn blocks_differ(a: &BlockSums, b: &BlockSums, limit: f32) -> bool {
    let mut squares = [0.0_f32; BLOCKS + 1];
    for line in 0..BLOCKS {
        for block in 0..=BLOCKS {
            let difference = a[line][block] - b[line][block];
            squares[block] += difference * difference;
        }
        let [a, b, c, d, e, f, g, h] = squares;
        // What `f32` rounds is far below a thousandth.
        if (a + b) + (c + d) + ((e + f) + (g + h)) > limit * 1.001 {
            return true;
        }
    }
    false
}

/// The ranges of values of each of up to `BLOCKS` × `BLOCKS` rectangles.
pub(crate) fn blocks(rows: usize, columns: usize, values: usize) -> Vec<Vec<Range<usize>>> {
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
