//! Images in batches, in both forms that a pass over a batch needs: rows for the logits, columns
//! for the gradient.
#![allow(
    clippy::inline_always,
    reason = "what is not inlined into the dispatched closure is compiled without its vectors"
)]

use crate::lanes::Lanes;
use crate::sparse::{Feature, Sparse, weighted_sum};
use std::ops::Range;

/// A range of the features of all images, X, and the batches in which they are visited.
pub(crate) struct Batches<F: Feature> {
    width: usize,
    rows: Sparse<F>,
    /// Every batch transposed, in the order of visits, with the features that its columns are. The
    /// most frequent come first: the processor predicts where a column ends from where the last
    /// one did.
    columns: Vec<(Sparse<F>, Vec<u32>)>,
    /// The order that `columns` was made for.
    order: Vec<usize>,
}

impl<F: Feature> Batches<F> {
    /// The features in `range` of `images`, each of `features` values. In no batches yet.
    pub(crate) fn new(images: &[F], features: usize, range: &Range<usize>) -> Self {
        Self {
            width: range.len(),
            rows: Sparse::collect(images, features, range),
            columns: Vec::new(),
            order: Vec::new(),
        }
    }

    /// Puts the images in `order` into batches of `size`.
    pub(crate) fn arrange(&mut self, order: &[usize], size: usize) {
        if self.order != order {
            let batches = order.chunks(size);
            self.columns = batches
                .map(|batch| self.rows.transposed(batch, self.width))
                .collect();
            self.order = order.to_vec();
        }
    }

    /// Number of features.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// The entries of one image.
    pub(crate) fn row(&self, image: usize) -> &[F::Entry] {
        self.rows.row(image)
    }

    /// XW for the images of one batch.
    ///
    /// # Shapes
    /// - `weights`: W (blocks of 16 classes, features)
    /// - `products`: (blocks, images), overwritten
    #[inline(always)]
    pub(crate) fn multiply(&self, batch: &[usize], weights: &[Lanes], products: &mut [Lanes]) {
        let blocks = weights.chunks_exact(self.width);
        for (weights, products) in blocks.zip(products.chunks_exact_mut(batch.len())) {
            for (product, &image) in products.iter_mut().zip(batch) {
                *product = weighted_sum::<F>(self.rows.row(image), weights);
            }
        }
    }

    /// W ← W + factor · `XᵀR` for the images of batch `number`, as they were arranged.
    ///
    /// # Shapes
    /// - `residuals`: R (blocks of 16 classes, images)
    /// - `weights`: W (blocks, features)
    #[inline(always)]
    pub(crate) fn add_transposed(
        &self,
        number: usize,
        residuals: &[Lanes],
        factor: f32,
        weights: &mut [Lanes],
    ) {
        let (columns, features) = &self.columns[number];
        let blocks = weights.chunks_exact_mut(self.width);
        let images = residuals.len() / blocks.len();
        for (weights, residuals) in blocks.zip(residuals.chunks_exact(images)) {
            for (column, &feature) in columns.rows().zip(features) {
                let sum = weighted_sum::<F>(column, residuals);
                weights[feature as usize].add_scaled(factor, &sum);
            }
        }
    }
}
