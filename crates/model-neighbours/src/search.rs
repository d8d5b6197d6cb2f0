//! The k nearest training samples of every sample, from all distances.

use crate::candidates::{Candidates, Neighbour};
use crate::kind::Kind;
use inner_products::{Columns, Feature, Panel, Rows, WIDTH};
use rayon::prelude::*;

/// Most samples searched for together: each panel of training samples serves all of them from the cache.
const TOGETHER: usize = 256;

/// Training samples in panels.
pub(crate) struct Index<F: Kind> {
    features: usize,
    columns: Columns<F>,
    /// The largest ‖x‖².
    largest: F::Product,
}

impl<F: Kind> Index<F> {
    /// # Shapes
    /// - `train`: (training samples, `features`)
    pub(crate) fn new(features: usize, train: &[F]) -> Self {
        let columns = Columns::new(features, train.chunks_exact(features));
        let squares = columns.panels().flat_map(|panel| panel.squares.0);
        let largest = squares.fold(F::Product::default(), |a, b| if b > a { b } else { a });
        Self {
            features,
            columns,
            largest,
        }
    }

    /// What `answer` makes of the `k` nearest of `train` to each of `samples`, nearest first, one answer after
    /// the other. Of training samples at the same distance, the first are nearer.
    ///
    /// # Shapes
    /// - `samples`: (samples, features)
    /// - `train`: what the index was made of
    pub(crate) fn nearest(
        &self,
        samples: &[F],
        train: &[F],
        k: usize,
        answer: impl Fn(&[Neighbour]) -> Vec<f32> + Sync,
    ) -> Vec<f32> {
        let count = samples.len() / self.features;
        // A few samples are shared out, too.
        let shares = 4 * rayon::current_num_threads();
        let together = count.div_ceil(shares).clamp(1, TOGETHER);
        let blocks = samples.par_chunks(together * self.features);
        let answers = blocks.flat_map_iter(|block| {
            let samples = block.chunks_exact(self.features);
            let found = self.candidates(block, k).into_iter().zip(samples);
            let nearest = found.map(|(found, sample)| self.settle(found, sample, train, k));
            nearest
                .flat_map(|nearest| answer(&nearest))
                .collect::<Vec<f32>>()
        });
        answers.collect()
    }

    /// For each of a few samples, the training samples that may be among its `k` nearest.
    fn candidates(&self, block: &[F], k: usize) -> Vec<Candidates<F>> {
        let rows = Rows::new(block.chunks_exact(self.features));
        let slack = |row| F::slack(self.features, rows.row(row).square, self.largest);
        let mut candidates: Vec<Candidates<F>> = (0..rows.len())
            .map(|row| Candidates::new(k, slack(row)))
            .collect();
        for (panel, first) in self.columns.panels().zip((0..).step_by(WIDTH)) {
            let filled = (self.columns.len() - first).min(WIDTH);
            for (row, candidates) in candidates.iter_mut().enumerate() {
                let Some(distances) = distances(&rows, row, panel, candidates.limit()) else {
                    continue;
                };
                for (&distance, sample) in distances[..filled].iter().zip(first..) {
                    if distance <= candidates.limit() {
                        candidates.add(distance, sample as u32);
                    }
                }
            }
        }
        candidates
    }

    /// The `k` nearest of the candidates, measured exactly.
    fn settle(&self, found: Candidates<F>, sample: &[F], train: &[F], k: usize) -> Vec<Neighbour> {
        let measured = found.take().into_iter().map(|(computed, index)| {
            let other = &train[index as usize * self.features..][..self.features];
            Neighbour {
                square: F::exact(computed, sample, other),
                sample: index,
            }
        });
        let mut nearest: Vec<Neighbour> = measured.collect();
        // Stable: samples are in the order of their indices.
        nearest.sort_by(|a, b| a.square.total_cmp(&b.square));
        nearest.truncate(k);
        nearest
    }
}

/// The squared distances of a row to the columns of a panel, if one is within the limit.
fn distances<F: Kind>(
    rows: &Rows<F>,
    row: usize,
    panel: Panel<F>,
    limit: F::Product,
) -> Option<[F::Product; WIDTH]> {
    let row = rows.row(row);
    pulp::Arch::new().dispatch(Within::<F> {
        square: row.square,
        squares: &panel.squares.0,
        products: panel.dot(&row).0,
        limit,
    })
}

struct Within<'a, F: Feature> {
    square: F::Product,
    squares: &'a [F::Product; WIDTH],
    products: [F::Product; WIDTH],
    limit: F::Product,
}

impl<F: Kind> pulp::WithSimd for Within<'_, F> {
    type Output = Option<[F::Product; WIDTH]>;

    #[allow(clippy::inline_always, reason = "carries the instruction set along")]
    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) -> Self::Output {
        let mut distances = self.products;
        let mut within = 0_u32;
        for (value, &square) in distances.iter_mut().zip(self.squares) {
            *value = F::distance(self.square, square, *value);
            within += u32::from(*value <= self.limit);
        }
        (within > 0).then_some(distances)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that look random, below `below`.
    fn noise(count: usize, below: u32) -> Vec<u32> {
        let mut state = 12_345_u32;
        let next = |_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) % below
        };
        (0..count).map(next).collect()
    }

    /// Indices and squared distances of all training samples, sorted.
    fn plainly(sample: &[f64], train: &[f64]) -> Vec<(f64, usize)> {
        let square = |other: &[f64]| -> f64 {
            let pairs = sample.iter().zip(other);
            pairs.map(|(a, b)| (a - b).powi(2)).sum()
        };
        let all = train.chunks_exact(sample.len()).map(square);
        let mut all: Vec<(f64, usize)> = all.zip(0..).collect();
        all.sort_by(|a, b| a.0.total_cmp(&b.0));
        all
    }

    fn check<F: Kind>(features: usize, train: &[F], samples: &[F], number: impl Fn(F) -> f64) {
        let numbers = |values: &[F]| values.iter().map(|&x| number(x)).collect::<Vec<f64>>();
        let index = Index::new(features, train);
        let (count, plain_train) = (train.len() / features, numbers(train));
        for k in [1, 2, 7, 64, count] {
            let flat = |nearest: &[Neighbour]| {
                assert_eq!(nearest.len(), k);
                let squares = nearest.iter().map(|n| (n.square, n.sample as usize));
                let sample_of = |(square, sample): (f64, usize)| {
                    assert!(square.is_finite(), "{square}");
                    sample as f32
                };
                squares.map(sample_of).collect()
            };
            let found = index.nearest(samples, train, k, flat);
            for (found, sample) in found.chunks_exact(k).zip(samples.chunks_exact(features)) {
                let expected = plainly(&numbers(sample), &plain_train);
                let expected = expected[..k].iter().map(|&(_, index)| index as f32);
                assert_eq!(found, expected.collect::<Vec<f32>>());
            }
        }
    }

    #[test]
    fn pixels_are_searched_exactly() {
        for (features, below) in [(1, 256), (3, 2), (17, 256), (50, 5)] {
            let pixel = |value: u32| if below == 2 { 255 * value } else { value } as u8;
            let values: Vec<u8> = noise(230 * features, below)
                .into_iter()
                .map(pixel)
                .collect();
            let (train, samples) = values.split_at(200 * features);
            check(features, train, samples, f64::from);
        }
    }

    /// Far from the origin and for numbers near the ends of f32, where its products are worth little.
    #[test]
    fn reals_are_searched_exactly_wherever_they_are() {
        for (scale, shift) in [
            (1.0, 0.0),
            (0.01, 1000.0),
            (1e-25, 0.0),
            (1e35, 1e37),
            (1e-42, 0.0),
        ] {
            for (features, below) in [(1, 50), (6, 3), (33, 10_000)] {
                let real = |value: u32| value as f32 / 7.0 * scale + shift;
                let values = noise(230 * features, below).into_iter().map(real);
                let values: Vec<f32> = values.collect();
                let (train, samples) = values.split_at(200 * features);
                check(features, train, samples, f64::from);
            }
        }
    }

    /// Each training sample is nearer than all before it, and each stays a candidate for a while.
    #[test]
    fn candidates_that_are_no_longer_in_question_go() {
        let train: Vec<u8> = (0..=255).rev().collect();
        check(1, &train, &[0, 128, 255], f64::from);
    }
}
