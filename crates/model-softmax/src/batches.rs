//! Images in batches, whose rows give the logits and whose columns of features the gradient.

use crate::lanes::{GROUP, Tile};
use crate::products::{add_products, multiply};
use crate::residual::ByClass;
use crate::sparse::{Feature, Sparse};
use crate::tiles::Tiles;
use std::ops::Range;

/// A range of the features of all images, X, and the batches in which they are visited.
pub(crate) struct Batches<'a, F: Feature> {
    images: &'a [F],
    /// Of each image.
    features: usize,
    range: Range<usize>,
    arranged: Vec<Batch<F>>,
    /// The order that they were arranged for.
    order: Vec<usize>,
}

/// A range of the features of some images.
struct Batch<F: Feature> {
    rows: Sparse<F>,
    columns: Sparse<F>,
    /// The group of features that each column is.
    groups: Vec<u32>,
}

impl<'a, F: Feature> Batches<'a, F> {
    /// The features in `range` of `images`, each of `features` values. In no batches yet.
    pub(crate) fn new(images: &'a [F], features: usize, range: &Range<usize>) -> Self {
        Self {
            images,
            features,
            range: range.clone(),
            arranged: Vec::new(),
            order: Vec::new(),
        }
    }

    /// Puts the images in `order` into batches of `size`.
    pub(crate) fn arrange(&mut self, order: &[usize], size: usize) {
        if self.order == order {
            return;
        }
        let row = |&image: &usize| &self.images[image * self.features..][self.range.clone()];
        let batches = order.chunks(size).map(|batch| {
            let rows = Sparse::collect(batch.iter().map(row), self.range.len());
            let (columns, groups) = rows.transposed(self.width().div_ceil(GROUP));
            Batch {
                rows,
                columns,
                groups,
            }
        });
        self.arranged = batches.collect();
        self.order = order.to_vec();
    }

    /// Number of features.
    pub(crate) fn width(&self) -> usize {
        self.range.len()
    }

    /// The features of one image that are not zero, ascending.
    pub(crate) fn row(&self, image: usize) -> Vec<(usize, f64)> {
        let row = &self.images[image * self.features..][self.range.clone()];
        let unit = f64::from(F::UNIT);
        let values = row.iter().map(|value| f64::from(value.number()) * unit);
        values
            .enumerate()
            .filter(|&(_, value)| value != 0.0)
            .collect()
    }

    /// XW for the images of batch `number`.
    pub(crate) fn multiply(&self, number: usize, weights: &Tiles, products: &mut ByClass) {
        for (block, weights) in weights.blocks().enumerate() {
            let take = |image, sums| products.set(block, image, sums);
            multiply(&self.arranged[number].rows, |group| &weights[group], take);
        }
    }

    /// `W ← W + factor · XᵀR` for the images of batch `number`.
    ///
    /// # Shapes
    /// - `residuals`: R (blocks of 10 classes, images)
    pub(crate) fn add_transposed(
        &self,
        number: usize,
        residuals: &[Tile],
        factor: f32,
        weights: &mut Tiles,
    ) {
        let batch = &self.arranged[number];
        let blocks = residuals.chunks_exact(batch.rows.len());
        for (weights, residuals) in weights.blocks_mut().zip(blocks) {
            add_products(&batch.columns, residuals, factor, &batch.groups, weights);
        }
    }
}
