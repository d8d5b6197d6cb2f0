//! The ℓ2-regularised loss of a whole training set, its gradient, and a model of its curvature.
#![allow(
    clippy::inline_always,
    reason = "what is not inlined into the dispatched closure is compiled without its vectors"
)]

use crate::batches::Batches;
use crate::curvature::Curvature;
use crate::lanes::{LANES, Lanes};
use crate::residual::{ByClass, Residuals};
use crate::sparse::Feature;
use classifier::{Cancellation, Cancelled};
use rayon::prelude::*;

/// Parts of the training set whose gradients are summed in f32, each by one thread; the sums are
/// added in f64. As many for any number of threads, so that the bits are the same.
const PARTS: usize = 32;

/// Images in a batch: their residuals stay in the L1 cache.
const BATCH: usize = 256;

/// (1/m) Σ cross-entropy + (λ/2)‖W‖²; the biases are not regularised.
pub(crate) struct FullBatch<'a, F: Feature> {
    data: Batches<'a, F>,
    labels: &'a [usize],
    images: Vec<usize>,
    classes: usize,
    lambda: f64,
}

impl<'a, F: Feature> FullBatch<'a, F> {
    pub(crate) fn new(
        images: &'a [F],
        features: usize,
        labels: &'a [usize],
        classes: usize,
        lambda: f64,
    ) -> Self {
        let order: Vec<usize> = (0..labels.len()).collect();
        let mut data = Batches::new(images, features, &(0..features));
        data.arrange(&order, BATCH);
        Self {
            data,
            labels,
            images: order,
            classes,
            lambda,
        }
    }

    /// The objective at `x`, W (features, classes) row by row and then b, whose gradient goes to
    /// `gradient`.
    pub(crate) fn evaluate(&self, x: &[f64], gradient: &mut [f64]) -> f64 {
        let (w, b) = x.split_at(self.data.width() * self.classes);
        let weights = self.to_lanes(w);
        let bias: Vec<f32> = b.iter().map(|&value| value as f32).collect();
        let batches = self.images.len().div_ceil(BATCH);
        let share = batches.div_ceil(PARTS);
        let parts: Vec<Sums> = (0..batches.div_ceil(share))
            .into_par_iter()
            .map(|part| {
                let mut sums = Sums {
                    loss: 0.0,
                    weights: vec![Lanes::splat(0.0); weights.len()],
                    bias: vec![0.0; bias.len()],
                };
                pulp::Arch::new().dispatch(Accumulate {
                    problem: self,
                    batches: part * share..batches.min((part + 1) * share),
                    weights: &weights,
                    bias: &bias,
                    sums: &mut sums,
                });
                sums
            })
            .collect();
        gradient.fill(0.0);
        let (w_gradient, b_gradient) = gradient.split_at_mut(w.len());
        for part in &parts {
            self.add_lanes(&part.weights, w_gradient);
            for (slope, &sum) in b_gradient.iter_mut().zip(&part.bias) {
                *slope += f64::from(sum);
            }
        }
        let m = self.labels.len() as f64;
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

    /// Rows of `classes` values as lanes, shape (blocks, padded features, 16).
    fn to_lanes(&self, rows: &[f64]) -> Vec<Lanes> {
        let count = self.data.padded();
        let mut lanes = vec![Lanes::splat(0.0); self.classes.div_ceil(LANES) * count];
        for (place, row) in rows.chunks_exact(self.classes).enumerate() {
            for (class, &value) in row.iter().enumerate() {
                lanes[class / LANES * count + place].0[class % LANES] = value as f32;
            }
        }
        lanes
    }

    /// Adds lanes of shape (blocks, padded features, 16) to rows of `classes` values.
    fn add_lanes(&self, lanes: &[Lanes], rows: &mut [f64]) {
        let count = self.data.padded();
        for (place, row) in rows.chunks_exact_mut(self.classes).enumerate() {
            for (class, sum) in row.iter_mut().enumerate() {
                *sum += f64::from(lanes[class / LANES * count + place].0[class % LANES]);
            }
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
        let rows = self.images.iter().step_by(step).map(|&image| {
            let mut row = self.data.row(image);
            row.push((width, 1.0));
            row
        });
        let p = 1.0 / self.classes as f64;
        let scale = p * (1.0 - p) / rows.len() as f64;
        Curvature::new(rows, width + 1, scale, self.lambda + ridge, cancellation)
    }
}

/// What one thread sums up.
struct Sums {
    loss: f64,
    weights: Vec<Lanes>,
    bias: Vec<f32>,
}

/// The sums over some batches, as a closure that is compiled once per instruction set.
struct Accumulate<'a, 'b, F: Feature> {
    problem: &'a FullBatch<'b, F>,
    batches: std::ops::Range<usize>,
    weights: &'a [Lanes],
    bias: &'a [f32],
    sums: &'a mut Sums,
}

impl<F: Feature> pulp::WithSimd for Accumulate<'_, '_, F> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let problem = self.problem;
        let mut softmax = Residuals::new(problem.classes, 0);
        let mut products = ByClass::new(problem.classes, 0);
        let mut lanes = Vec::new();
        let images = problem.images.chunks(BATCH).enumerate();
        for (number, batch) in images.skip(self.batches.start).take(self.batches.len()) {
            if softmax.images() != batch.len() {
                softmax = Residuals::new(problem.classes, batch.len());
                products = ByClass::new(problem.classes, batch.len());
                let blocks = problem.classes.div_ceil(LANES);
                lanes.resize(blocks * batch.len(), Lanes::splat(0.0));
            }
            let data = &problem.data;
            data.multiply(number, batch, self.weights, &mut lanes);
            products.write(&lanes);
            softmax.begin(self.bias);
            softmax.add(&products);
            let labels = batch.iter().map(|&image| problem.labels[image]);
            self.sums.loss += softmax.softmax(labels, 1.0);
            softmax.add_sums(1.0, &mut self.sums.bias);
            softmax.write(&mut lanes);
            data.add_transposed(number, &lanes, 1.0, &mut self.sums.weights);
        }
    }
}
