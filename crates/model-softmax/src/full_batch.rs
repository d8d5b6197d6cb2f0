//! The ℓ2-regularised loss of a whole training set, its gradient, and a model of its curvature.

use crate::batches::Batches;
use crate::curvature::Curvature;
use crate::features::Feature;
use crate::matrix::Labelled;
use crate::residual::{ByClass, Residuals};
use crate::tiles::Tiles;
use classifier::{Cancellation, Cancelled};
use rayon::prelude::*;
use std::ops::Range;

/// Parts of the training set whose gradients are summed in f32, each by one thread; the sums are
/// added in f64. As many for any number of threads, so that the bits are the same.
const PARTS: usize = 32;

/// Bytes that the sums of all parts take at most: for so many weights that they would take more there are fewer parts, of
/// which each adds up more samples, down to so few.
const SUMS: usize = 32 << 20;
const FEWEST_PARTS: usize = 4;

/// Samples in a batch: their residuals stay in the L1 cache.
const BATCH: usize = 256;

/// Whole batches that a thread has at a time where there is no room for all images, in images.
const AT_ONCE: usize = 16 * BATCH;

/// Steps after which images that were looked at are given back, where they lie in a file: of chunks of so many, and of
/// single images, each of which brings its neighbours with it.
const CHUNKS_KEPT: usize = 16;
const ROWS_KEPT: usize = 500;

/// (1/m) Σ weighted cross-entropy + (λ/2)‖W‖²; the biases are not regularised.
pub(crate) struct FullBatch<'a, F: Feature> {
    /// All images in batches, where there is room for them.
    data: Batches<'a, F>,
    /// Images that a thread has in batches at a time, where there is no room for all.
    at_once: Option<usize>,
    train: Labelled<'a, F>,
    /// What each image counts, where not all count 1; all together as many as there are images.
    weights: Option<&'a [f32]>,
    images: Vec<usize>,
    lambda: f64,
    /// Whether the biases stay as they are.
    without_biases: bool,
}

impl<'a, F: Feature> FullBatch<'a, F> {
    /// Of `train`.
    pub(crate) fn new(train: Labelled<'a, F>, weights: Option<&'a [f32]>, lambda: f64) -> Self {
        let images: Vec<usize> = (0..train.samples.len()).collect();
        let window = train.samples.window(BATCH);
        let range = 0..train.samples.features();
        let mut data = Batches::new(train, &range, weights, BATCH, window);
        let at_once = (images.len() > window).then_some(AT_ONCE);
        if at_once.is_none() {
            data.arrange(&images);
        }
        Self {
            data,
            at_once,
            train,
            weights,
            images,
            lambda,
            without_biases: false,
        }
    }

    /// The same as a function of W alone: the slopes of the biases are 0.
    pub(crate) fn without_biases(self) -> Self {
        Self {
            without_biases: true,
            ..self
        }
    }

    /// The objective at `x`, W (features, classes) row by row and then b, whose gradient goes to
    /// `gradient`.
    pub(crate) fn evaluate(&self, x: &[f64], gradient: &mut [f64]) -> f64 {
        let classes = self.train.classes();
        let (w, b) = x.split_at(self.data.width() * classes);
        let weights = Tiles::new(w, classes, |value| value as f32);
        let bias: Vec<f32> = b.iter().map(|&value| value as f32).collect();
        let batches = self.images.len().div_ceil(BATCH);
        let share = batches.div_ceil(parts(self.data.width(), classes));
        let parts: Vec<Sums> = (0..batches.div_ceil(share))
            .into_par_iter()
            .map(|part| {
                self.sums(
                    part * share..batches.min((part + 1) * share),
                    &weights,
                    &bias,
                )
            })
            .collect();
        gradient.fill(0.0);
        let (w_gradient, b_gradient) = gradient.split_at_mut(w.len());
        for part in &parts {
            let add = |slope: &mut f64, sum| *slope += f64::from(sum);
            part.weights.visit(w_gradient, classes, add);
            for (slope, &sum) in b_gradient.iter_mut().zip(&part.bias) {
                *slope += f64::from(sum);
            }
        }
        if self.without_biases {
            b_gradient.fill(0.0);
        }
        let m = self.images.len() as f64;
        for slope in gradient.iter_mut() {
            *slope /= m;
        }
        let mut norm = 0.0;
        for (slope, w) in gradient.iter_mut().zip(w) {
            *slope += self.lambda * w;
            norm += w * w;
        }
        let loss: f64 = parts.iter().map(|part| part.loss).sum();
        loss / m + 0.5 * self.lambda * norm
    }

    /// The sums over some batches.
    fn sums(&self, batches: Range<usize>, weights: &Tiles, bias: &[f32]) -> Sums {
        let mut sums = Sums {
            loss: 0.0,
            weights: Tiles::zeros(self.data.width(), self.train.classes()),
            bias: vec![0.0; bias.len()],
        };
        let Some(at_once) = self.at_once else {
            self.accumulate(&self.data, batches, weights, bias, &mut sums);
            return sums;
        };
        let range = 0..self.data.width();
        let mut data = Batches::new(self.train, &range, self.weights, BATCH, at_once);
        let images = batches.start * BATCH..self.images.len().min(batches.end * BATCH);
        for (number, images) in self.images[images].chunks(at_once).enumerate() {
            data.arrange(images);
            self.accumulate(&data, 0..data.len(), weights, bias, &mut sums);
            self.release(number, CHUNKS_KEPT);
        }
        sums
    }

    /// Adds to the sums what some of the batches of `data` give.
    fn accumulate(
        &self,
        data: &Batches<'_, F>,
        batches: Range<usize>,
        weights: &Tiles,
        bias: &[f32],
        sums: &mut Sums,
    ) {
        let mut residuals = Residuals::new(self.train.classes(), 0);
        let mut products = ByClass::new(self.train.classes(), 0);
        for number in batches {
            let truth = data.truth(number);
            residuals.resize(truth.labels.len());
            data.multiply(number, weights, &mut products);
            sums.loss += residuals.softmax(bias, [&products], truth, 1.0);
            for (total, sum) in sums.bias.iter_mut().zip(residuals.sums()) {
                *total += sum;
            }
            let tiles = residuals.tiles();
            data.add_transposed(number, tiles, 1.0, &mut sums.weights);
        }
    }

    /// A model of the Hessian, the same for every class: p(1 − p) Σᵢ xᵢxᵢᵀ / m + λI with p = 1/k,
    /// as it is for equal classes at zero weights, over a `sample` of the images with a 1 appended
    /// for the biases; and `ridge` on the diagonal for features that the sample rarely has.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub(crate) fn curvature(
        &self,
        sample: usize,
        ridge: f64,
        cancellation: &Cancellation,
    ) -> Result<Curvature, Cancelled> {
        let width = self.data.width();
        let step = self.images.len().div_ceil(sample);
        let rows = self.images.iter().step_by(step).enumerate();
        let rows = rows.map(|(number, &image)| {
            self.release(number, ROWS_KEPT);
            let mut row = self.data.row(image);
            if !self.without_biases {
                row.push((width, 1.0));
            }
            row
        });
        let p = 1.0 / self.train.classes() as f64;
        let scale = p * (1.0 - p) / rows.len() as f64;
        Curvature::new(rows, width + 1, scale, self.lambda + ridge, cancellation)
    }

    /// Gives images that were looked at back every so many steps, where there is no room for all.
    fn release(&self, step: usize, every: usize) {
        if self.at_once.is_some() && step % every == every - 1 {
            self.train.samples.release();
        }
    }
}

/// Parts for so many features and classes.
fn parts(features: usize, classes: usize) -> usize {
    (SUMS / Tiles::bytes(features, classes)).clamp(FEWEST_PARTS, PARTS)
}

/// What one thread sums up.
struct Sums {
    loss: f64,
    weights: Tiles,
    bias: Vec<f32>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matrix::of_pixels;
    use classifier_conformance::digits;

    #[test]
    fn images_without_room_in_memory_give_the_same_bits() {
        let [data, _] = digits();
        // Two batches for each part.
        let rows: Vec<usize> = (0..data.len() * 9).map(|i| i % data.len()).collect();
        let data = data.select(&rows);
        let x: Vec<f64> = (0..7850).map(|i| f64::from(i % 7) * 0.01).collect();
        let evaluate = |at_once| {
            let mut all = FullBatch::new(of_pixels(&data), None, 0.05);
            all.at_once = at_once;
            let mut gradient = vec![0.0; x.len()];
            (all.evaluate(&x, &mut gradient), gradient)
        };
        let all = evaluate(None);
        assert_eq!(evaluate(Some(BATCH)), all);
        assert_eq!(evaluate(Some(2 * BATCH)), all);
    }

    #[test]
    fn more_weights_have_fewer_parts() {
        assert_eq!(parts(784, 10), PARTS);
        assert_eq!(parts(130_000, 2), 6);
        assert_eq!(parts(130_000, 200), FEWEST_PARTS);
    }
}
