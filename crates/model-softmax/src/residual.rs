//! From the logits of a batch to its residuals.
//!
//! The products with the weights are of one image and ten classes at a time; here it is one class
//! and sixteen images, so that maxima and sums over the classes are sums of vectors, not sums inside
//! of one: 0.8 µs for 100 images and 10 classes on an AMD EPYC (Zen 4), with what is to be moved.
#![allow(
    clippy::inline_always,
    reason = "what is not inlined into the dispatched closure is compiled without its vectors"
)]

use crate::lanes::{BLOCK, PAIR, PAIRS, Tile, zip};
use vector_exp::exp;

/// What is known of the images of a batch.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Truth<'a> {
    pub(crate) labels: &'a [u32],
    /// What each counts; empty where all count 1.
    pub(crate) weights: &'a [f32],
}

/// Samples in a vector: AVX-512 holds it in one register.
const WIDTH: usize = 16;

/// The label of an image that is not there.
const NO_LABEL: u32 = u32::MAX;

/// One value for each of 16 images.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
struct Vector([f32; WIDTH]);

impl Vector {
    #[inline(always)]
    const fn splat(value: f32) -> Self {
        Self([value; WIDTH])
    }

    #[inline(always)]
    fn zip(self, other: Self, join: impl Fn(f32, f32) -> f32) -> Self {
        Self(zip(self.0, other.0, join))
    }

    /// The lanes of `other` where the label is `class`.
    #[inline(always)]
    fn or_where(self, labels: &[u32; WIDTH], class: u32, other: Self) -> Self {
        let mut result = self;
        for ((own, other), &label) in result.0.iter_mut().zip(other.0).zip(labels) {
            *own = if label == class { other } else { *own };
        }
        result
    }

    /// Halves folded onto each other: the order of the sum is fixed.
    #[inline(always)]
    fn sum(self) -> f32 {
        let mut values = self.0;
        let mut width = WIDTH / 2;
        while width > 0 {
            for i in 0..width {
                values[i] += values[i + width];
            }
            width /= 2;
        }
        values[0]
    }
}

/// Products of a batch by class: shape (vectors of images, classes), both filled up, to whole vectors and
/// to whole blocks.
#[derive(Debug, Clone)]
pub(crate) struct ByClass {
    values: Vec<Vector>,
    classes: usize,
    images: usize,
}

impl ByClass {
    /// Zeros.
    pub(crate) fn new(classes: usize, images: usize) -> Self {
        let mut products = Self {
            values: Vec::new(),
            classes,
            images: 0,
        };
        products.resize(images);
        products
    }

    /// Makes zeros of it, unless it is for so many images already. Takes more memory only for more images
    /// than it ever had.
    pub(crate) fn resize(&mut self, images: usize) {
        if self.images != images {
            let vectors = images.div_ceil(WIDTH) * self.classes.next_multiple_of(BLOCK);
            self.values.clear();
            self.values.resize(vectors, Vector::splat(0.0));
            self.images = images;
        }
    }

    /// Sets one image's values of a block of ten classes.
    #[inline(always)]
    pub(crate) fn set(&mut self, block: usize, image: usize, values: [f32; BLOCK]) {
        let blocks = self.values.as_chunks_mut::<BLOCK>().0;
        let block = image / WIDTH * self.classes.div_ceil(BLOCK) + block;
        for (vector, value) in blocks[block].iter_mut().zip(values) {
            vector.0[image % WIDTH] = value;
        }
    }

    /// Those of a vector of images, class by class.
    #[inline(always)]
    fn of(&self, vector: usize) -> &[Vector] {
        let classes = self.classes.next_multiple_of(BLOCK);
        &self.values[vector * classes..][..classes]
    }
}

/// The residuals of a batch, and what it takes to compute them.
pub(crate) struct Residuals {
    /// Shape (classes, vectors of images), both filled up.
    values: Vec<Vector>,
    images: usize,
    /// One for each image, in whole vectors.
    labels: Vec<[u32; WIDTH]>,
    /// By how much the largest logit of each image exceeds the one of its label.
    margins: Vec<Vector>,
    /// Σ exp(z − max) of each image.
    exps: Vec<Vector>,
    /// Shape (blocks of ten classes, images).
    tiles: Vec<Tile>,
    /// Their sums over the images.
    sums: Vec<f32>,
    /// What each image counts.
    weights: Vec<Vector>,
}

impl Residuals {
    /// For batches of `images` images: either none of them has weights, or all have.
    pub(crate) fn new(classes: usize, images: usize) -> Self {
        let mut residuals = Self {
            values: Vec::new(),
            images: 0,
            labels: Vec::new(),
            margins: Vec::new(),
            exps: Vec::new(),
            tiles: Vec::new(),
            sums: vec![0.0; classes],
            weights: Vec::new(),
        };
        residuals.resize(images);
        residuals
    }

    /// For batches of so many images from now on. Takes more memory only for more images than there ever
    /// were.
    pub(crate) fn resize(&mut self, images: usize) {
        fn refill<T: Clone>(vector: &mut Vec<T>, length: usize, value: T) {
            vector.clear();
            vector.resize(length, value);
        }
        if self.images != images {
            let (vectors, classes) = (images.div_ceil(WIDTH), self.sums.len());
            let values = classes.next_multiple_of(BLOCK) * vectors;
            refill(&mut self.values, values, Vector::splat(0.0));
            refill(&mut self.labels, vectors, [NO_LABEL; WIDTH]);
            refill(&mut self.margins, vectors, Vector::splat(0.0));
            refill(&mut self.exps, vectors, Vector::splat(1.0));
            refill(&mut self.weights, vectors, Vector::splat(1.0));
            let tiles = classes.div_ceil(BLOCK) * images;
            refill(&mut self.tiles, tiles, Tile::ZERO);
            self.images = images;
        }
    }

    /// The residuals image by image, shape (blocks of ten classes, images).
    pub(crate) fn tiles(&self) -> &[Tile] {
        &self.tiles
    }

    /// Their sums over the images, one per class.
    pub(crate) fn sums(&self) -> &[f32] {
        &self.sums
    }

    /// Computes the residuals (ŷ − y) times `scale`, and times the images' weights, of logits that are
    /// the sums of `bias` and the `parts`. Returns the sum of the images' losses, weighted alike.
    pub(crate) fn softmax<const PARTS: usize>(
        &mut self,
        bias: &[f32],
        parts: [&ByClass; PARTS],
        truth: Truth<'_>,
        scale: f32,
    ) -> f64 {
        let Truth { labels, weights } = truth;
        self.labels.as_flattened_mut()[..labels.len()].copy_from_slice(labels);
        for (vector, weights) in self.weights.iter_mut().zip(weights.chunks(WIDTH)) {
            vector.0[..weights.len()].copy_from_slice(weights);
        }
        pulp::Arch::new().dispatch(SoftmaxOfBatch {
            bias,
            parts,
            residuals: self,
            scale,
            is_weighted: !weights.is_empty(),
        })
    }
}

/// A softmax as a closure that is compiled once per instruction set. `inline(always)` all the way down
/// carries the instruction set along.
struct SoftmaxOfBatch<'a, const PARTS: usize> {
    bias: &'a [f32],
    parts: [&'a ByClass; PARTS],
    residuals: &'a mut Residuals,
    scale: f32,
    is_weighted: bool,
}

impl<const PARTS: usize> pulp::WithSimd for SoftmaxOfBatch<'_, PARTS> {
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) -> f64 {
        let Residuals {
            values,
            images,
            labels,
            margins,
            exps,
            tiles,
            sums,
            weights,
        } = self.residuals;
        let (classes, vectors) = (sums.len(), labels.len());
        for (vector, labels) in labels.iter().enumerate() {
            let values = &mut values[..classes * vectors];
            let parts = self.parts.map(|part| part.of(vector));
            let rows = values.chunks_exact_mut(vectors).zip(self.bias);
            for (class, (row, &bias)) in rows.enumerate() {
                row[vector] = parts.iter().fold(Vector::splat(bias), |z, part| {
                    z.zip(part[class], |a, b| a + b)
                });
            }
            let scale = weights[vector].zip(Vector::splat(self.scale), |w, s| w * s);
            (margins[vector], exps[vector]) = softmax_of(values, vectors, vector, labels, scale);
        }
        for (sum, row) in sums.iter_mut().zip(values.chunks_exact(vectors)) {
            let mut total = Vector::splat(0.0);
            for &vector in row {
                total = total.zip(vector, |a, b| a + b);
            }
            *sum = total.sum();
        }
        let rows = values.chunks_exact(BLOCK * vectors);
        for (rows, tiles) in rows.zip(tiles.chunks_exact_mut(*images)) {
            write(rows, vectors, tiles);
        }
        if self.is_weighted {
            weighted_loss(margins, exps, weights)
        } else {
            loss(margins, exps)
        }
    }
}

/// Writes ten classes image by image.
///
/// # Shapes
/// - `rows`: (10, vectors)
#[inline(always)]
fn write(rows: &[Vector], vectors: usize, tiles: &mut [Tile]) {
    for (vector, tiles) in tiles.chunks_mut(WIDTH).enumerate() {
        for pair in 0..PAIRS {
            let first = pair * PAIR * vectors + vector;
            let (a, b) = (rows[first], rows[first + vectors]);
            for (image, tile) in tiles.iter_mut().enumerate() {
                tile.set_pair(pair, [a.0[image], b.0[image]]);
            }
        }
    }
}

/// The softmax of vector number `vector` of every class, less the truth and times `scale`. Returns the margins and the sums of the
/// exponentials.
///
/// # Shapes
/// - `values`: (classes, vectors)
#[inline(always)]
fn softmax_of(
    values: &mut [Vector],
    vectors: usize,
    vector: usize,
    labels: &[u32; WIDTH],
    scale: Vector,
) -> (Vector, Vector) {
    let classes = values.len() / vectors;
    let mut max = Vector::splat(f32::NEG_INFINITY);
    let mut of_label = Vector::splat(0.0);
    for class in 0..classes {
        let z = values[class * vectors + vector];
        max = max.zip(z, |max, z| if z > max { z } else { max });
        of_label = of_label.or_where(labels, class as u32, z);
    }
    let mut sum = Vector::splat(0.0);
    for class in 0..classes {
        let z = &mut values[class * vectors + vector];
        *z = z.zip(max, |z, max| exp(z - max));
        sum = sum.zip(*z, |a, b| a + b);
    }
    let there = scale.or_where(labels, NO_LABEL, Vector::splat(0.0));
    let factor = there.zip(sum, |scale, sum| scale / sum);
    for class in 0..classes {
        let y = &mut values[class * vectors + vector];
        let scaled = y.zip(factor, |y, factor| y * factor);
        let less = scaled.zip(there, |y, scale| y - scale);
        *y = scaled.or_where(labels, class as u32, less);
    }
    let margin = max.zip(of_label, |max, z| max - z);
    (
        margin.or_where(labels, NO_LABEL, Vector::splat(0.0)),
        sum.or_where(labels, NO_LABEL, Vector::splat(1.0)),
    )
}

/// Σ (margin + ln Σ exp(z − max)), the logarithms of products: they are few.
#[inline(always)]
fn loss(margins: &[Vector], exps: &[Vector]) -> f64 {
    let (mut sums, mut logs, mut product) = ([0.0; WIDTH], 0.0, 1.0);
    for (margins, exps) in margins.iter().zip(exps) {
        let mut products = exps.0.map(f64::from);
        for (sum, margin) in sums.iter_mut().zip(margins.0) {
            *sum += f64::from(margin);
        }
        let mut width = WIDTH / 2;
        while width > 0 {
            for i in 0..width {
                products[i] *= products[i + width];
            }
            width /= 2;
        }
        // Each factor is at most the number of classes, whose 16th power fits twice.
        product *= products[0];
        if product > 1e150 {
            logs += product.ln();
            product = 1.0;
        }
    }
    sums.iter().sum::<f64>() + logs + product.ln()
}

/// Σ w (margin + ln Σ exp(z − max)), with the weight of each image.
fn weighted_loss(margins: &[Vector], exps: &[Vector], weights: &[Vector]) -> f64 {
    let vectors = margins.iter().zip(exps).zip(weights);
    let images = vectors.flat_map(|((margins, exps), weights)| {
        let images = margins.0.into_iter().zip(exps.0);
        images.zip(weights.0)
    });
    images.fold(0.0, |sum, ((margin, exp), weight)| {
        sum + f64::from(weight) * (f64::from(margin) + f64::from(exp).ln())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lanes::GROUP;
    use crate::{cross_entropy, softmax};

    #[test]
    fn they_are_those_of_the_formulas() {
        for (classes, images) in [(2, 5), (10, 37), (17, 100), (33, 1)] {
            let logit = |class: usize, image: usize| ((class * 7 + image * 3) as f32).sin() * 20.0;
            let labels: Vec<usize> = (0..images).map(|image| image * 5 % classes).collect();
            let narrow: Vec<u32> = labels.iter().map(|&label| label as u32).collect();
            let bias: Vec<f32> = (0..classes).map(|class| class as f32 / 8.0).collect();
            let blocks = classes.div_ceil(BLOCK);
            let mut partial = ByClass::new(classes, images);
            for (block, image) in (0..blocks).flat_map(|b| (0..images).map(move |i| (b, i))) {
                let of_lane = |lane| logit(block * BLOCK + lane, image) / 2.0;
                partial.set(block, image, std::array::from_fn(of_lane));
            }
            let mut residuals = Residuals::new(classes, images);
            let parts = [&partial; 2];
            let truth = Truth {
                labels: &narrow,
                weights: &[],
            };
            let loss = residuals.softmax(&bias, parts, truth, 0.25);

            let mut y: Vec<f64> = (0..images)
                .flat_map(|image| (0..classes).map(move |class| (class, image)))
                .map(|(class, image)| f64::from(logit(class, image) + bias[class]))
                .collect();
            let expected = cross_entropy(&y, &labels) * images as f64;
            assert!(
                (loss - expected).abs() < 1e-5 * expected,
                "{loss}, {expected}"
            );
            softmax(&mut y, classes);
            let mut total = vec![0.0; classes];
            for (image, (y, &label)) in y.chunks_exact_mut(classes).zip(&labels).enumerate() {
                y[label] -= 1.0;
                for (class, y) in y.iter().enumerate() {
                    let tile = &residuals.tiles()[class / BLOCK * images + image];
                    for feature in 0..GROUP {
                        let found = f64::from(tile.at(class % BLOCK, feature));
                        assert!((found - 0.25 * y).abs() < 1e-6, "{found}, {y}");
                    }
                    total[class] += 0.25 * y;
                }
            }
            for (sum, total) in residuals.sums().iter().zip(total) {
                assert!((f64::from(*sum) - total).abs() < 1e-5);
            }
        }
    }
}
