//! Images in batches, whose columns of features give the logits and the gradient.
#![allow(
    clippy::inline_always,
    reason = "what is not inlined into the dispatched closure is compiled without its vectors"
)]

use crate::dense::{Dense, weighted_sums};
use crate::lanes::Lanes;
use crate::sparse::{Feature, GROUP, Sparse, gather, scatter};
use std::ops::Range;

/// Images from which the share of non-zero features is estimated.
const SAMPLE: usize = 1_000;

/// Share of non-zero features from which a matrix is kept dense: hardly a group of four is zero then.
const DENSE: f64 = 0.5;

/// A range of the features of all images, X, and the batches in which they are visited.
pub(crate) struct Batches<'a, F: Feature> {
    images: &'a [F],
    /// Of each image.
    features: usize,
    range: Range<usize>,
    matrix: Matrix,
    /// The order that the columns were made for.
    order: Vec<usize>,
}

/// In the order of visits, the columns of every batch of X.
enum Matrix {
    /// With the groups of features that they are.
    Sparse(Vec<(Sparse<f32>, Vec<u32>)>),
    /// With X itself.
    Dense(Dense, Vec<Dense>),
}

impl<'a, F: Feature> Batches<'a, F> {
    /// The features in `range` of `images`, each of `features` values. In no batches yet.
    pub(crate) fn new(images: &'a [F], features: usize, range: &Range<usize>) -> Self {
        let rows = images
            .chunks_exact(features)
            .map(|image| &image[range.clone()]);
        let (mut nonzero, mut seen) = (0, 0);
        for row in rows.clone().take(SAMPLE) {
            nonzero += row.iter().filter(|&&value| value != F::default()).count();
            seen += row.len();
        }
        let matrix = if nonzero as f64 >= DENSE * seen as f64 {
            let values = rows.flatten().map(|&value| value.unit());
            Matrix::Dense(Dense::new(values.collect(), range.len()), Vec::new())
        } else {
            Matrix::Sparse(Vec::new())
        };
        Self {
            images,
            features,
            range: range.clone(),
            matrix,
            order: Vec::new(),
        }
    }

    /// Puts the images in `order` into batches of `size`.
    pub(crate) fn arrange(&mut self, order: &[usize], size: usize) {
        if self.order == order {
            return;
        }
        let batches = order.chunks(size);
        let (width, groups) = (self.width(), self.padded() / GROUP);
        let (images, features, range) = (self.images, self.features, self.range.clone());
        let row = |&image: &usize| &images[image * features..][range.clone()];
        match &mut self.matrix {
            Matrix::Sparse(columns) => {
                let of_batch = |batch: &[usize]| {
                    Sparse::collect(batch.iter().map(row), width).transposed(groups)
                };
                *columns = batches.map(of_batch).collect();
            }
            Matrix::Dense(rows, columns) => {
                *columns = batches.map(|batch| rows.transposed(batch)).collect();
            }
        }
        self.order = order.to_vec();
    }

    /// Number of features.
    pub(crate) fn width(&self) -> usize {
        self.range.len()
    }

    /// Rows of W that the products need: whole groups of features.
    pub(crate) fn padded(&self) -> usize {
        self.width().next_multiple_of(GROUP)
    }

    /// The features of one image that are not zero, ascending.
    pub(crate) fn row(&self, image: usize) -> Vec<(usize, f64)> {
        let row = &self.images[image * self.features..][self.range.clone()];
        let values = row.iter().map(|value| f64::from(value.unit()));
        values
            .enumerate()
            .filter(|&(_, value)| value != 0.0)
            .collect()
    }

    /// XW for the images of batch `number`, which are `batch`.
    ///
    /// # Shapes
    /// - `weights`: W (blocks of 16 classes, padded features)
    /// - `sums`: (blocks of 16 classes, images), overwritten
    #[inline(always)]
    pub(crate) fn multiply(
        &self,
        number: usize,
        batch: &[usize],
        weights: &[Lanes],
        sums: &mut [Lanes],
    ) {
        let blocks = weights.chunks_exact(self.padded());
        for (weights, sums) in blocks.zip(sums.chunks_exact_mut(batch.len())) {
            match &self.matrix {
                Matrix::Sparse(columns) => {
                    sums.fill(Lanes::splat(0.0));
                    let (columns, groups) = &columns[number];
                    let (weights, _) = weights.as_chunks::<GROUP>();
                    for (column, &group) in columns.rows().zip(groups) {
                        scatter(column, &weights[group as usize], sums);
                    }
                }
                Matrix::Dense(rows, _) => {
                    let row = |place: usize| rows.row(batch[place]);
                    weighted_sums(batch.len(), row, weights, |place, sum| sums[place] = sum);
                }
            }
        }
    }

    /// `W ← W + factor · XᵀR` for the images of batch `number`, as they were arranged.
    ///
    /// # Shapes
    /// - `residuals`: R (blocks of 16 classes, images)
    /// - `weights`: W (blocks of 16 classes, padded features)
    #[inline(always)]
    pub(crate) fn add_transposed(
        &self,
        number: usize,
        residuals: &[Lanes],
        factor: f32,
        weights: &mut [Lanes],
    ) {
        let blocks = weights.chunks_exact_mut(self.padded());
        let images = residuals.len() / blocks.len();
        for (weights, residuals) in blocks.zip(residuals.chunks_exact(images)) {
            match &self.matrix {
                Matrix::Sparse(columns) => {
                    let (columns, groups) = &columns[number];
                    let (weights, _) = weights.as_chunks_mut::<GROUP>();
                    for (column, &group) in columns.rows().zip(groups) {
                        let sums = gather(column, residuals);
                        for (w, sum) in weights[group as usize].iter_mut().zip(&sums) {
                            w.add_scaled(factor, sum);
                        }
                    }
                }
                Matrix::Dense(_, columns) => {
                    let column = |feature: usize| columns[number].row(feature);
                    weighted_sums(self.width(), column, residuals, |feature, sum| {
                        weights[feature].add_scaled(factor, &sum);
                    });
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same images, once with so many zeros appended that they are kept sparse.
    #[test]
    fn dense_and_sparse_give_the_same_products() {
        let (images, features) = (9, 13);
        let value = |place: usize| ((place * place) as f32).sin() + 2.0;
        let dense: Vec<f32> = (0..images * features).map(value).collect();
        let wide: Vec<f32> = dense
            .chunks_exact(features)
            .flat_map(|image| [image, &[0.0; 20]].concat())
            .collect();
        let mut dense = Batches::new(&dense, features, &(0..features));
        let mut sparse = Batches::new(&wide, features + 20, &(0..features + 20));
        assert!(matches!(dense.matrix, Matrix::Dense(..)));
        assert!(matches!(sparse.matrix, Matrix::Sparse(..)));
        let order: Vec<usize> = (0..images).rev().collect();
        let lanes = |count: usize| -> Vec<Lanes> {
            (0..count).map(|i| Lanes::splat((i as f32).cos())).collect()
        };
        dense.arrange(&order, images);
        sparse.arrange(&order, images);
        let (mut a, mut b) = (lanes(images), lanes(images));
        dense.multiply(0, &order, &lanes(dense.padded()), &mut a);
        sparse.multiply(0, &order, &lanes(sparse.padded()), &mut b);
        let close =
            |a: &[Lanes], b: &[Lanes]| a.iter().zip(b).all(|(a, b)| (a.0[0] - b.0[0]).abs() < 1e-4);
        assert!(close(&a, &b), "{a:?} {b:?}");
        let (mut g, mut h) = (lanes(dense.padded()), lanes(sparse.padded()));
        dense.add_transposed(0, &a, 0.5, &mut g);
        sparse.add_transposed(0, &b, 0.5, &mut h);
        assert!(close(&g, &h), "{g:?} {h:?}");
        assert_eq!(dense.row(4), sparse.row(4));
    }
}
