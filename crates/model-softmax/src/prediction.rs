//! The logits of many images, on their non-zero features and many classes at once.

#![allow(
    clippy::inline_always,
    reason = "what is not inlined into the dispatched closure is compiled without its vectors"
)]

use crate::Weights;
use crate::entries::{Entries, WIDEST};
use crate::lanes::{LANES, Lanes};
use classifier::Scores;
use datasets::Images;
use rayon::prelude::*;
use std::ops::Range;

/// Images per task.
const BLOCK: usize = 128;

/// XW + b for every image, blocks of images in parallel.
///
/// # Panics
/// If the images do not have as many features as W has rows.
pub(crate) fn logits(images: &Images, weights: &Weights<f32>) -> Scores {
    assert_eq!(images.features(), weights.features(), "features per image");
    let padded = Padded::new(weights);
    let blocks: Vec<Vec<f32>> = (0..images.len().div_ceil(BLOCK))
        .into_par_iter()
        .map(|block| {
            let images = images.slice(block * BLOCK..images.len().min((block + 1) * BLOCK));
            padded.logits(&images)
        })
        .collect();
    Scores::new(blocks.concat(), weights.classes())
}

/// W in ranges of features, each of shape (blocks of 16 classes, features of the range, 16).
struct Padded {
    ranges: Vec<(Range<usize>, Vec<Lanes>)>,
    bias: Vec<Lanes>,
    classes: usize,
}

impl Padded {
    fn new(weights: &Weights<f32>) -> Self {
        let (features, classes) = (weights.features(), weights.classes());
        let pad = |row: &[f32], block: usize| {
            let mut lanes = Lanes::splat(0.0);
            let part = &row[block * LANES..row.len().min((block + 1) * LANES)];
            lanes.0[..part.len()].copy_from_slice(part);
            lanes
        };
        let blocks = 0..classes.div_ceil(LANES);
        let ranges = (0..features).step_by(WIDEST).map(|start| {
            let range = start..features.min(start + WIDEST);
            let rows = &weights.w[range.start * classes..range.end * classes];
            let padded = blocks
                .clone()
                .flat_map(|block| rows.chunks_exact(classes).map(move |row| pad(row, block)));
            (range, padded.collect())
        });
        Self {
            ranges: ranges.collect(),
            bias: blocks.clone().map(|block| pad(&weights.b, block)).collect(),
            classes,
        }
    }

    fn logits(&self, images: &Images) -> Vec<f32> {
        let batch: Vec<usize> = (0..images.len()).collect();
        let mut sums: Vec<Lanes> = batch.iter().flat_map(|_| &self.bias).copied().collect();
        let mut products = vec![Lanes::splat(0.0); sums.len()];
        for (range, weights) in &self.ranges {
            let entries = Entries::collect(images, range.clone());
            let (batch, products) = (batch.as_slice(), products.as_mut_slice());
            pulp::Arch::new().dispatch(Multiply {
                entries: &entries,
                batch,
                weights,
                products,
            });
            for (sum, product) in sums.iter_mut().zip(products) {
                sum.add(product);
            }
        }
        let rows = sums.chunks_exact(self.bias.len());
        rows.flat_map(|row| row.iter().flat_map(|lanes| lanes.0).take(self.classes))
            .collect()
    }
}

/// [`Entries::multiply`] as a closure that is compiled once per instruction set.
struct Multiply<'a> {
    entries: &'a Entries,
    batch: &'a [usize],
    weights: &'a [Lanes],
    products: &'a mut [Lanes],
}

impl pulp::WithSimd for Multiply<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        self.entries
            .multiply(self.batch, self.weights, self.products);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logits as formula;
    use classifier::generator;
    use datasets::ImageShape;
    use rand::RngExt;

    #[test]
    fn they_are_those_of_the_formula() {
        let mut random = generator(5, 0);
        for (features, classes, images) in [(9, 3, 300), (40, 17, 5), (WIDEST + 3, 2, 2)] {
            let mut numbers = |count: usize| -> Vec<f32> {
                (0..count).map(|_| random.random_range(-1.0..1.0)).collect()
            };
            let weights = Weights {
                w: numbers(features * classes),
                b: numbers(classes),
            };
            let shape = ImageShape {
                rows: 1,
                columns: features,
            };
            let images = Images::from_features(shape, numbers(features * images)).unwrap();
            let fast = logits(&images, &weights);
            for (a, b) in fast
                .values()
                .iter()
                .zip(formula(&images.to_f32(), &weights))
            {
                assert!((a - b).abs() <= 1e-4 * b.abs().max(1.0), "{a} and {b}");
            }
        }
    }
}
