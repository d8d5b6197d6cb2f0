//! Probabilities of many rows, by blocks of rows, so that the nodes of a tree are met again while they are near.

use classifier::Scores;
use data::Samples;
use rayon::prelude::*;

/// Rows that go through one tree before the next.
const ROWS: usize = 64;

/// What `write` makes of each block of rows, of so many features each: in `f64` of shape (rows,
/// `classes`), 0 at first.
pub(crate) fn by_blocks(
    samples: &Samples,
    [features, classes]: [usize; 2],
    write: impl Fn(std::slice::ChunksExact<'_, f32>, &mut [f64]) + Sync,
) -> Scores {
    samples.assert_features(features);
    let (values, width) = (samples.to_f32(), features);
    let mut scores = vec![0.0_f32; samples.len() * classes];
    let blocks = scores.par_chunks_mut(ROWS * classes);
    blocks
        .zip(values.par_chunks(ROWS * width))
        .for_each(|(scores, rows)| {
            let mut exact = vec![0.0; scores.len()];
            write(rows.chunks_exact(width), &mut exact);
            for (score, exact) in scores.iter_mut().zip(exact) {
                *score = exact as f32;
            }
        });
    Scores::new(scores, classes)
}
