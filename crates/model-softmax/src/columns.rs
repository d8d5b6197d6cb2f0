//! A range of the features: the non-zero values of every image, and the rows of W that they meet.

#![allow(
    clippy::inline_always,
    reason = "what is not inlined into the dispatched closure is compiled without its vectors"
)]

use crate::entries::Entries;
use crate::lanes::{LANES, Lanes};
use datasets::Images;
use std::ops::Range;

/// The data and the weights of a range of the features.
pub(crate) struct Columns {
    range: Range<usize>,
    entries: Entries,
    /// Shape (blocks of 16 classes, features of the range, 16).
    weights: Vec<Lanes>,
    /// Same shape; zero between batches. Steps added to the weights one image at a time would
    /// drown: most are below the rounding of a weight.
    gradient: Vec<Lanes>,
}

impl Columns {
    /// Collects the non-zero features of `images` in `range`, with zero weights for `classes`.
    pub(crate) fn collect(images: &Images, range: Range<usize>, classes: usize) -> Self {
        let weights = vec![Lanes::splat(0.0); classes.div_ceil(LANES) * range.len()];
        Self {
            entries: Entries::collect(images, range.clone()),
            range,
            gradient: weights.clone(),
            weights,
        }
    }

    /// This range's share of the logits of the images at `batch`.
    ///
    /// # Shapes
    /// - `logits`: (images of the batch, blocks), overwritten
    #[inline(always)]
    pub(crate) fn logits(&self, batch: &[usize], logits: &mut [Lanes]) {
        self.entries.multiply(batch, &self.weights, logits);
    }

    /// W ← W − Xᵀr for the rows of this range.
    ///
    /// # Shapes
    /// - `steps`: r (images of the batch, blocks), the residuals times η/m
    #[inline(always)]
    pub(crate) fn descend(&mut self, batch: &[usize], steps: &[Lanes]) {
        self.entries
            .add_transposed(batch, steps, &mut self.gradient);
        for (w, g) in self.weights.iter_mut().zip(&mut self.gradient) {
            w.add_scaled(-1.0, g);
            *g = Lanes::splat(0.0);
        }
    }

    /// Writes this range's rows of W into the whole matrix (features, classes).
    pub(crate) fn write(&self, w: &mut [f32], classes: usize) {
        let width = self.range.len();
        let rows = w
            .chunks_exact_mut(classes)
            .skip(self.range.start)
            .take(width);
        for (position, row) in rows.enumerate() {
            for (block, part) in row.chunks_mut(LANES).enumerate() {
                part.copy_from_slice(&self.weights[block * width + position].0[..part.len()]);
            }
        }
    }
}
