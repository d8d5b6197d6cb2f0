//! Samples in batches, whose rows give the logits and whose columns of features the gradient.

use crate::lanes::{GROUP, Tile};
use crate::products::{add_products, multiply};
use crate::residual::ByClass;
use crate::sparse::{Feature, Index, Rows, Sparse, room};
use crate::tiles::Tiles;
use std::ops::Range;

/// A range of the features of all images, X, and the batches in which they are visited.
pub(crate) struct Batches<'a, F> {
    images: &'a [F],
    /// Of each image.
    features: usize,
    range: Range<usize>,
    labels: &'a [usize],
    /// The order that they are arranged in.
    order: Vec<usize>,
    arranged: Arranged<F>,
    /// Samples in a batch; the last may have fewer.
    size: usize,
    /// The labels in that order.
    arranged_labels: Vec<u32>,
}

/// With indices that take no more bytes than they need.
enum Arranged<F> {
    No,
    Bytes(Matrices<F, u8>),
    Words(Matrices<F, u32>),
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
    /// The features in `range` of `images`, each of `features` values and with one of the `labels`. In
    /// no batches yet.
    pub(crate) fn new(
        images: &'a [F],
        features: usize,
        range: &Range<usize>,
        labels: &'a [usize],
    ) -> Self {
        Self {
            images,
            features,
            range: range.clone(),
            labels,
            order: Vec::new(),
            arranged: Arranged::No,
            size: 1,
            arranged_labels: Vec::new(),
        }
    }

    /// Puts the images in `order` into batches of `size`.
    pub(crate) fn arrange(&mut self, order: &[usize], size: usize) {
        if self.order == order {
            return;
        }
        let row = |image: usize| &self.images[image * self.features..][self.range.clone()];
        let groups = self.range.len().div_ceil(GROUP);
        if matches!(self.arranged, Arranged::No) {
            let room = room(order.iter().map(|&image| row(image)), self.range.len());
            self.arranged = if groups.max(size) <= u8::COUNT {
                Arranged::Bytes(Matrices::new(order.len(), size, groups, room))
            } else {
                Arranged::Words(Matrices::new(order.len(), size, groups, room))
            };
        }
        match &mut self.arranged {
            Arranged::Bytes(matrices) => matrices.arrange(order, row),
            Arranged::Words(matrices) => matrices.arrange(order, row),
            Arranged::No => unreachable!("it was just changed"),
        }
        self.order.clear();
        self.order.extend_from_slice(order);
        self.size = size;
        self.arranged_labels.clear();
        let labels = order.iter().map(|&image| self.labels[image] as u32);
        self.arranged_labels.extend(labels);
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

    /// Those of the images of batch `number`.
    pub(crate) fn labels(&self, number: usize) -> &[u32] {
        let labels = &self.arranged_labels[number * self.size..];
        &labels[..labels.len().min(self.size)]
    }

    /// XW for the images of batch `number`.
    pub(crate) fn multiply(&self, number: usize, weights: &Tiles, products: &mut ByClass) {
        match &self.arranged {
            Arranged::Bytes(matrices) => matrices.multiply(number, weights, products),
            Arranged::Words(matrices) => matrices.multiply(number, weights, products),
            Arranged::No => {}
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
        match &self.arranged {
            Arranged::Bytes(matrices) => matrices.add(number, residuals, factor, weights),
            Arranged::Words(matrices) => matrices.add(number, residuals, factor, weights),
            Arranged::No => {}
        }
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

    /// Takes the images in `order` in place of what is here.
    fn arrange<'a>(&mut self, order: &[usize], row: impl Fn(usize) -> &'a [F]) {
        self.rows.clear();
        self.columns.clear();
        self.groups.clear();
        self.firsts.clear();
        self.firsts.push(0);
        for batch in order.chunks(self.size) {
            let first = self.rows.len();
            for &image in batch {
                self.rows.push(row(image));
            }
            let rows = self.rows.rows(first..self.rows.len());
            self.columns
                .push_transposed(rows, &mut self.places, &mut self.groups);
            self.firsts.push(self.columns.len());
        }
    }

    /// The images of batch `number`.
    fn batch(&self, number: usize) -> Rows<'_, F, I> {
        let start = number * self.size;
        self.rows
            .rows(start..self.rows.len().min(start + self.size))
    }

    fn multiply(&self, number: usize, weights: &Tiles, products: &mut ByClass) {
        let batch = self.batch(number);
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
