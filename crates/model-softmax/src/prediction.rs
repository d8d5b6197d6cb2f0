//! The logits of many images, on their non-zero features and many classes at once.

use crate::Weights;
use crate::features::Feature;
use crate::lanes::{BLOCK, GROUP, Tile};
use crate::matrix::{Matrix, SparseSamples, Visitor, visit};
use crate::products::multiply;
use crate::sparse::{Index, Sparse};
use crate::tiles::Tiles;
use classifier::Scores;
use data::Samples;
use rayon::prelude::*;
use std::borrow::Borrow;

/// Samples per task.
const BATCH: usize = 128;

/// Samples below which W is not put into tiles as a whole.
const FEW: usize = 8;

/// XW + b for every image, blocks of images in parallel.
///
/// # Panics
/// If the images do not have as many features as W has rows.
pub(crate) fn logits(images: &Samples, weights: &Weights<f32>) -> Scores {
    images.assert_features(weights.features());
    Scores::new(visit(images, weights), weights.classes())
}

/// The same for samples without their zeros, bit by bit.
///
/// # Panics
/// If the samples do not have as many features as W has rows.
pub fn sparse_logits(samples: SparseSamples<'_>, weights: &Weights<f32>) -> Scores {
    assert_eq!(
        samples.features(),
        weights.features(),
        "features of the samples, and those that the model learnt from"
    );
    Scores::new(samples.visit(weights), weights.classes())
}

impl Visitor for &Weights<f32> {
    type Output = Vec<f32>;

    fn visit<F: Feature>(self, images: Matrix<'_, F>) -> Vec<f32> {
        if self.features().div_ceil(GROUP) <= u8::COUNT {
            logits_by::<F, u8>(images, self)
        } else {
            logits_by::<F, u32>(images, self)
        }
    }
}

fn logits_by<F: Feature, I: Index>(images: Matrix<'_, F>, weights: &Weights<f32>) -> Vec<f32> {
    // For a few images, all of W in tiles would take longer than the tiles that they meet.
    if images.len() < FEW {
        let tile = |block, group| weights.tile(block, group);
        return logits_in_tiles::<F, I, _>(&images.collect(0..images.len()), &weights.b, tile);
    }
    let tiles = Tiles::new(&weights.w, weights.classes(), |w| w);
    let tile = |block, group| &tiles.block(block)[group];
    let logits: Vec<Vec<f32>> = (0..images.len().div_ceil(BATCH))
        .into_par_iter()
        .map(|batch| {
            let batch = batch * BATCH..images.len().min((batch + 1) * BATCH);
            logits_in_tiles::<F, I, _>(&images.collect(batch), &weights.b, tile)
        })
        .collect();
    logits.concat()
}

/// `tile` gives weights by block of ten classes and group of features.
fn logits_in_tiles<F: Feature, I: Index, T: Borrow<Tile>>(
    images: &Sparse<F, I>,
    bias: &[f32],
    tile: impl Fn(usize, usize) -> T,
) -> Vec<f32> {
    let mut logits = vec![0.0; images.len() * bias.len()];
    for (block, block_bias) in bias.chunks(BLOCK).enumerate() {
        multiply(
            images.rows(0..images.len()),
            |group| tile(block, group),
            |image, sums| {
                let row = &mut logits[image * bias.len()..][block * BLOCK..];
                for ((z, sum), bias) in row.iter_mut().zip(sums).zip(block_bias) {
                    *z = sum + bias;
                }
            },
        );
    }
    logits
}

impl Weights<f32> {
    /// Those of a block of ten classes for a group of features; zeros where there are none.
    fn tile(&self, block: usize, group: usize) -> Tile {
        let classes = self.classes();
        let rows = self.w.chunks_exact(classes).skip(group * GROUP);
        let mut tile = Tile::ZERO;
        for (feature, row) in rows.take(GROUP).enumerate() {
            for (class, &w) in row.iter().skip(block * BLOCK).take(BLOCK).enumerate() {
                *tile.at_mut(class, feature) = w;
            }
        }
        tile
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logits as formula;
    use classifier::generator;
    use rand::RngExt;

    #[test]
    fn they_are_those_of_the_formula() {
        let mut random = generator(5, 0);
        for (features, classes, images) in [(9, 3, 300), (40, 17, 5), (1, 2, 2)] {
            let mut numbers = |count: usize| -> Vec<f32> {
                (0..count).map(|_| random.random_range(-1.0..1.0)).collect()
            };
            let weights = Weights {
                w: numbers(features * classes),
                b: numbers(classes),
            };
            let images = Samples::from_features(features, numbers(features * images)).unwrap();
            let fast = logits(&images, &weights);
            let alone = logits(&images.slice(1..2), &weights);
            assert_eq!(alone.values(), &fast.values()[classes..2 * classes]);
            for (a, b) in fast
                .values()
                .iter()
                .zip(formula(&images.to_f32(), &weights))
            {
                assert!((a - b).abs() <= 1e-4 * b.abs().max(1.0), "{a} and {b}");
            }
        }
    }

    #[test]
    #[should_panic(expected = "samples of 100 features for a model that learnt from 784")]
    fn samples_of_another_width_are_refused() {
        let samples = Samples::from_features(100, vec![0.5; 784 * 100]).unwrap();
        logits(&samples, &Weights::zeros(784, 10));
    }
}
