//! Samples in batches, whose rows give the logits and whose columns of features the gradient.

use crate::curvature::NonZeros;
use crate::features::Feature;
use crate::lanes::{GROUP, Tile};
use crate::matrix::{Labelled, Matrix};
use crate::products::{add_products, multiply};
use crate::residual::{ByClass, Truth};
use crate::sparse::{Index, Rows, Sparse};
use crate::tiles::Tiles;
use std::ops::Range;

/// A range of the features of all images, X, and the batches in which they are visited.
pub(crate) struct Batches<'a, F> {
    source: Source<'a, F>,
    labels: &'a [usize],
    /// What each image counts, where not all count 1.
    weights: Option<&'a [f32]>,
    /// Samples in a batch; the last may have fewer.
    size: usize,
    /// The order that they are arranged in; none at first.
    order: Vec<usize>,
    /// The labels in that order.
    arranged_labels: Vec<u32>,
    /// The weights in that order; empty where all count 1.
    arranged_weights: Vec<f32>,
    /// The features in that order.
    matrices: Box<dyn Arranged<F>>,
}

/// A range of the features of all images, as they come.
struct Source<'a, F> {
    samples: Matrix<'a, F>,
    range: Range<usize>,
}

/// The features in batches.
trait Arranged<F>: Send + Sync {
    /// Takes the images in `order` in place of what is here.
    fn arrange(&mut self, source: &Source<'_, F>, order: &[usize]);

    fn multiply(&self, number: usize, weights: &Tiles, products: &mut ByClass);

    fn add(&self, number: usize, residuals: &[Tile], factor: f32, weights: &mut Tiles);
}

/// X, and of each batch the transpose.
struct Matrices<F, I> {
    /// Samples in a batch; the last may have fewer.
    size: usize,
    rows: Sparse<F, I>,
    columns: Sparse<F, I>,
    /// The group of features that each column is.
    groups: Vec<u32>,
    /// The first column of each batch, and where the last one ends.
    firsts: Vec<usize>,
    /// Of each column of the batch that is transposed.
    places: Vec<usize>,
}

impl<'a, F: Feature> Batches<'a, F> {
    /// For the features in `range` of the images of `train`, each with one of the `weights`, in batches of `size`, and
    /// about `at_once` of them at a time. There are no batches until they are [arranged](Self::arrange).
    pub(crate) fn new(
        train: Labelled<'a, F>,
        range: &Range<usize>,
        weights: Option<&'a [f32]>,
        size: usize,
        at_once: usize,
    ) -> Self {
        let (samples, labels) = (train.samples, train.targets.labels());
        let source = Source {
            samples,
            range: range.clone(),
        };
        let groups = range.len().div_ceil(GROUP);
        let at_once = at_once.min(labels.len());
        let room = samples.room(at_once, range);
        // With indices that take no more bytes than they need.
        let matrices: Box<dyn Arranged<F>> = if groups.max(size) <= u8::COUNT {
            Box::new(Matrices::<F, u8>::new(at_once, size, groups, room))
        } else {
            Box::new(Matrices::<F, u32>::new(at_once, size, groups, room))
        };
        Self {
            source,
            labels,
            weights,
            size,
            order: Vec::new(),
            arranged_labels: Vec::new(),
            arranged_weights: Vec::new(),
            matrices,
        }
    }

    /// Puts the images in `order` into batches.
    pub(crate) fn arrange(&mut self, order: &[usize]) {
        if self.order == order {
            return;
        }
        self.matrices.arrange(&self.source, order);
        self.order.clear();
        self.order.extend_from_slice(order);
        self.arranged_labels.clear();
        let labels = order.iter().map(|&image| self.labels[image] as u32);
        self.arranged_labels.extend(labels);
        if let Some(weights) = self.weights {
            self.arranged_weights.clear();
            let weights = order.iter().map(|&image| weights[image]);
            self.arranged_weights.extend(weights);
        }
    }

    /// Number of features.
    pub(crate) fn width(&self) -> usize {
        self.source.range.len()
    }

    /// Number of batches.
    pub(crate) fn len(&self) -> usize {
        self.order.len().div_ceil(self.size)
    }

    /// The features of one image that are not zero, ascending.
    pub(crate) fn row(&self, image: usize) -> NonZeros {
        self.source.samples.nonzeros(image, &self.source.range)
    }

    /// Of the images of batch `number`.
    pub(crate) fn truth(&self, number: usize) -> Truth<'_> {
        let start = number * self.size;
        let batch = start..self.order.len().min(start + self.size);
        let weights = &self.arranged_weights;
        Truth {
            labels: &self.arranged_labels[batch.clone()],
            weights: if weights.is_empty() {
                weights
            } else {
                &weights[batch]
            },
        }
    }

    /// XW for the images of batch `number`.
    ///
    /// # Panics
    /// If there is no such batch.
    pub(crate) fn multiply(&self, number: usize, weights: &Tiles, products: &mut ByClass) {
        self.matrices.multiply(number, weights, products);
    }

    /// `W ← W + factor · XᵀR` for the images of batch `number`.
    ///
    /// # Shapes
    /// - `residuals`: R (blocks of 10 classes, images)
    ///
    /// # Panics
    /// If there is no such batch.
    pub(crate) fn add_transposed(
        &self,
        number: usize,
        residuals: &[Tile],
        factor: f32,
        weights: &mut Tiles,
    ) {
        self.matrices.add(number, residuals, factor, weights);
    }
}

impl<F: Feature, I: Index> Matrices<F, I> {
    /// Without images, and with room for so many of them, which have `room` groups altogether.
    fn new(images: usize, size: usize, groups: usize, room: usize) -> Self {
        Self {
            size,
            rows: Sparse::with_capacity(room),
            // Each column may have to be filled up.
            columns: Sparse::with_capacity(room + images.div_ceil(size) * groups),
            groups: Vec::new(),
            firsts: Vec::new(),
            places: vec![0; groups],
        }
    }

    /// The images of batch `number`.
    fn batch(&self, number: usize) -> Rows<'_, F, I> {
        let start = number * self.size;
        self.rows
            .rows(start..self.rows.len().min(start + self.size))
    }
}

impl<F: Feature, I: Index> Arranged<F> for Matrices<F, I> {
    fn arrange(&mut self, source: &Source<'_, F>, order: &[usize]) {
        self.rows.clear();
        self.columns.clear();
        self.groups.clear();
        self.firsts.clear();
        self.firsts.push(0);
        for batch in order.chunks(self.size) {
            let first = self.rows.len();
            for &image in batch {
                source.samples.push(image, &source.range, &mut self.rows);
            }
            let rows = self.rows.rows(first..self.rows.len());
            self.columns
                .push_transposed(rows, &mut self.places, &mut self.groups);
            self.firsts.push(self.columns.len());
        }
    }

    fn multiply(&self, number: usize, weights: &Tiles, products: &mut ByClass) {
        let batch = self.batch(number);
        products.resize(batch.len());
        for (block, weights) in weights.blocks().enumerate() {
            let take = |image, sums| products.set(block, image, sums);
            multiply(batch, |group| &weights[group], take);
        }
    }

    fn add(&self, number: usize, residuals: &[Tile], factor: f32, weights: &mut Tiles) {
        let range = self.firsts[number]..self.firsts[number + 1];
        let (columns, groups) = (self.columns.rows(range.clone()), &self.groups[range]);
        let blocks = residuals.chunks_exact(self.batch(number).len());
        for (weights, residuals) in weights.blocks_mut().zip(blocks) {
            add_products(columns, residuals, factor, groups, weights);
        }
    }
}
