//! From the logits of a batch to its residuals.
//!
//! The products with the weights are of one image and a vector of classes at a time; here it is one
//! class and a vector of images, so that maxima and sums over the classes are sums of vectors, not
//! sums inside of one. On one thread of an AMD EPYC (Zen 4) that takes a third of the time.
#![allow(
    clippy::inline_always,
    reason = "what is not inlined into the dispatched closure is compiled without its vectors"
)]

use crate::lanes::{LANES, Lanes};
use vector_exp::exp;

/// A batch by class: shape (classes, images).
#[derive(Debug, Clone)]
pub(crate) struct ByClass {
    values: Vec<f32>,
    images: usize,
}

impl ByClass {
    /// Zeros.
    pub(crate) fn new(classes: usize, images: usize) -> Self {
        Self {
            values: vec![0.0; classes * images],
            images,
        }
    }

    /// As [`new`](Self::new), unless it has that shape.
    pub(crate) fn resize(&mut self, classes: usize, images: usize) {
        if (self.values.len(), self.images) != (classes * images, images) {
            *self = Self::new(classes, images);
        }
    }

    /// Takes values image by image.
    ///
    /// # Shapes
    /// - `lanes`: (blocks of 16 classes, images)
    #[inline(always)]
    pub(crate) fn write(&mut self, lanes: &[Lanes]) {
        for (block, lanes) in lanes.chunks_exact(self.images).enumerate() {
            for (image, lanes) in lanes.iter().enumerate() {
                self.set(block, image, lanes);
            }
        }
    }

    /// Sets one image's values of a block of 16 classes. Spelt out lane by lane: a loop up to the last
    /// class becomes a scatter, which takes several times as long.
    #[inline(always)]
    fn set(&mut self, block: usize, image: usize, lanes: &Lanes) {
        let first = block * LANES * self.images + image;
        for lane in 0..LANES {
            if let Some(value) = self.values.get_mut(first + lane * self.images) {
                *value = lanes.0[lane];
            }
        }
    }

    /// One image's values of a block of 16 classes; zeros where there is no class.
    #[inline(always)]
    fn get(&self, block: usize, image: usize) -> Lanes {
        let first = block * LANES * self.images + image;
        let value = |lane: usize| self.values.get(first + lane * self.images);
        Lanes(std::array::from_fn(|lane| {
            value(lane).copied().unwrap_or(0.0)
        }))
    }

    fn rows(&self) -> impl Iterator<Item = &[f32]> {
        self.values.chunks_exact(self.images)
    }

    #[inline(always)]
    fn rows_mut(&mut self) -> impl Iterator<Item = &mut [f32]> {
        self.values.chunks_exact_mut(self.images)
    }
}

/// Space for the softmax of a batch.
pub(crate) struct Residuals {
    values: ByClass,
    maxima: Vec<f32>,
    sums: Vec<f32>,
}

impl Residuals {
    /// For batches of `images` images.
    pub(crate) fn new(classes: usize, images: usize) -> Self {
        Self {
            values: ByClass::new(classes, images),
            maxima: vec![0.0; images],
            sums: vec![0.0; images],
        }
    }

    pub(crate) fn images(&self) -> usize {
        self.values.images
    }

    /// Begins with the biases as logits.
    #[inline(always)]
    pub(crate) fn begin(&mut self, bias: &[f32]) {
        for (row, &b) in self.values.rows_mut().zip(bias) {
            row.fill(b);
        }
    }

    /// Adds a share of the logits.
    #[inline(always)]
    pub(crate) fn add(&mut self, partial: &ByClass) {
        for (z, partial) in self.values.values.iter_mut().zip(&partial.values) {
            *z += partial;
        }
    }

    /// Turns logits into residuals (ŷ − y) times `scale`. Returns the sum of the images' losses.
    #[inline(always)]
    pub(crate) fn softmax(
        &mut self,
        labels: impl Iterator<Item = usize> + Clone,
        scale: f32,
    ) -> f64 {
        let images = self.values.images;
        self.maxima.fill(f32::NEG_INFINITY);
        for row in self.values.rows() {
            for (max, &z) in self.maxima.iter_mut().zip(row) {
                *max = if z > *max { z } else { *max };
            }
        }
        let values = &self.values.values;
        let of_labels = labels.clone().enumerate().zip(&self.maxima);
        let margins = of_labels.map(|((image, label), max)| max - values[label * images + image]);
        let mut loss: f64 = margins.map(f64::from).sum();
        self.sums.fill(0.0);
        for row in self.values.rows_mut() {
            for ((z, &max), sum) in row.iter_mut().zip(&self.maxima).zip(&mut self.sums) {
                *z = exp(*z - max);
                *sum += *z;
            }
        }
        loss += log_of_product(&self.sums);
        for sum in &mut self.sums {
            *sum = scale / *sum;
        }
        for row in self.values.rows_mut() {
            for (y, &factor) in row.iter_mut().zip(&self.sums) {
                *y *= factor;
            }
        }
        for (image, label) in labels.enumerate() {
            self.values.values[label * images + image] -= scale;
        }
        loss
    }

    /// Adds `factor` times the residuals' sums over the images to `sums`, one per class.
    #[inline(always)]
    pub(crate) fn add_sums(&self, factor: f32, sums: &mut [f32]) {
        for (sum, row) in sums.iter_mut().zip(self.values.rows()) {
            *sum += factor * total(row);
        }
    }

    /// Writes the residuals image by image.
    ///
    /// # Shapes
    /// - `residuals`: (blocks of 16 classes, images), overwritten
    #[inline(always)]
    pub(crate) fn write(&self, residuals: &mut [Lanes]) {
        let blocks = residuals.chunks_exact_mut(self.values.images);
        for (block, residuals) in blocks.enumerate() {
            for (image, lanes) in residuals.iter_mut().enumerate() {
                *lanes = self.values.get(block, image);
            }
        }
    }
}

/// Σ ln x for x from 1 to the number of classes: few logarithms, of products.
#[inline(always)]
fn log_of_product(values: &[f32]) -> f64 {
    let (mut logs, mut product) = (0.0, 1.0);
    for &value in values {
        product *= f64::from(value);
        if product > 1e280 {
            logs += product.ln();
            product = 1.0;
        }
    }
    logs + product.ln()
}

/// Σ x in sixteen interleaved sums.
#[inline(always)]
fn total(values: &[f32]) -> f32 {
    let mut sums = Lanes::splat(0.0);
    let (rows, rest) = values.as_chunks::<LANES>();
    for row in rows {
        sums.add(&Lanes(*row));
    }
    rest.iter().fold(sums.sum(), |sum, value| sum + value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{cross_entropy, softmax};

    #[test]
    fn they_are_those_of_the_formulas() {
        for (classes, images) in [(2, 5), (10, 37), (17, 100), (33, 1)] {
            let logit = |class: usize, image: usize| ((class * 7 + image * 3) as f32).sin() * 20.0;
            let labels: Vec<usize> = (0..images).map(|image| image * 5 % classes).collect();
            let bias: Vec<f32> = (0..classes).map(|class| class as f32 / 8.0).collect();
            let blocks = classes.div_ceil(LANES);
            let mut partial = ByClass::new(classes, images);
            for (block, image) in (0..blocks).flat_map(|b| (0..images).map(move |i| (b, i))) {
                let lanes = std::array::from_fn(|lane| logit(block * LANES + lane, image));
                partial.set(block, image, &Lanes(lanes));
            }
            let mut residuals = Residuals::new(classes, images);
            residuals.begin(&bias);
            residuals.add(&partial);
            let loss = residuals.softmax(labels.iter().copied(), 0.25);
            let mut rows = vec![Lanes::splat(f32::NAN); blocks * images];
            residuals.write(&mut rows);
            let mut sums = vec![1.0; classes];
            residuals.add_sums(2.0, &mut sums);

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
                    let found = rows[class / LANES * images + image].0[class % LANES];
                    assert!((f64::from(found) - 0.25 * y).abs() < 1e-6, "{found}, {y}");
                    total[class] += 0.25 * y;
                }
                let beyond =
                    &rows[(blocks - 1) * images + image].0[classes - (blocks - 1) * LANES..];
                assert!(
                    beyond.iter().all(|&lane| lane == 0.0),
                    "lanes without a class"
                );
            }
            for (sum, total) in sums.iter().zip(total) {
                assert!((f64::from(*sum) - 1.0 - 2.0 * total).abs() < 1e-5);
            }
        }
    }
}
