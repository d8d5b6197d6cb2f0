//! The logits of many images, on their non-zero features and many classes at once.

#![allow(
    clippy::inline_always,
    reason = "what is not inlined into the dispatched closure is compiled without its vectors"
)]

use crate::Weights;
use crate::lanes::{LANES, Lanes};
use crate::sparse::{Feature, GROUP, Sparse, weighted_sum};
use classifier::Scores;
use datasets::Images;
use rayon::prelude::*;

/// Images per task.
const BLOCK: usize = 128;

/// Images below which W is not padded as a whole.
const FEW: usize = 8;

/// XW + b for every image, blocks of images in parallel.
///
/// # Panics
/// If the images do not have as many features as W has rows.
pub(crate) fn logits(images: &Images, weights: &Weights<f32>) -> Scores {
    assert_eq!(images.features(), weights.features(), "features per image");
    let values = match images.pixels() {
        Some(pixels) => logits_of(pixels, weights),
        None => logits_of(&images.to_f32(), weights),
    };
    Scores::new(values, weights.classes())
}

fn logits_of<F: Feature>(images: &[F], weights: &Weights<f32>) -> Vec<f32> {
    let (features, classes) = (weights.features(), weights.classes());
    let blocks = classes.div_ceil(LANES);
    let rows: Vec<&[f32]> = weights.w.chunks_exact(classes).collect();
    let bias: Vec<Lanes> = (0..blocks).map(|block| pad(&weights.b, block)).collect();
    let dispatch = |images: &[F], padded: &[Lanes]| {
        pulp::Arch::new().dispatch(Logits::<F> {
            images: &Sparse::collect(images.chunks_exact(features), features),
            rows: &rows,
            padded,
            bias: &bias,
            classes,
        })
    };
    // For a few images, padding all of W would take longer than padding what they meet.
    if images.len() < FEW * features {
        return dispatch(images, &[]);
    }
    let filled = rows.len().next_multiple_of(GROUP) - rows.len();
    let padded: Vec<Lanes> = (0..blocks)
        .flat_map(|block| {
            let rows = rows.iter().map(move |row| pad(row, block));
            rows.chain(std::iter::repeat_n(Lanes::splat(0.0), filled))
        })
        .collect();
    let logits: Vec<Vec<f32>> = images
        .par_chunks(BLOCK * features)
        .map(|images| dispatch(images, &padded))
        .collect();
    logits.concat()
}

/// The classes of one block, zeros where there are none.
#[inline(always)]
fn pad(row: &[f32], block: usize) -> Lanes {
    let mut lanes = Lanes::splat(0.0);
    let part = &row[block * LANES..row.len().min((block + 1) * LANES)];
    lanes.0[..part.len()].copy_from_slice(part);
    lanes
}

/// The logits of some images, as a closure that is compiled once per instruction set.
struct Logits<'a, F: Feature> {
    images: &'a Sparse<F>,
    /// W.
    rows: &'a [&'a [f32]],
    /// W in shape (blocks of 16 classes, features in whole groups, 16), or nothing.
    padded: &'a [Lanes],
    bias: &'a [Lanes],
    classes: usize,
}

impl<F: Feature> pulp::WithSimd for Logits<'_, F> {
    type Output = Vec<f32>;

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) -> Vec<f32> {
        let features = self.rows.len().next_multiple_of(GROUP);
        let mut logits = Vec::new();
        for entries in self.images.rows() {
            for (block, bias) in self.bias.iter().enumerate() {
                let mut z = if self.padded.is_empty() {
                    // Beyond the last feature there are zeros.
                    let row = |feature| self.rows.get(feature).copied();
                    weighted_sum(entries, |feature| {
                        row(feature).map_or(Lanes::splat(0.0), |row| pad(row, block))
                    })
                } else {
                    let weights = &self.padded[block * features..][..features];
                    weighted_sum(entries, |feature| weights[feature])
                };
                z.add(bias);
                let left = (self.classes - block * LANES).min(LANES);
                logits.extend_from_slice(&z.0[..left]);
            }
        }
        logits
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
        for (features, classes, images) in [(9, 3, 300), (40, 17, 5), (1, 2, 2)] {
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
}
