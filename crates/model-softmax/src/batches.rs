//! Images in batches, in both forms that a pass over a batch needs: rows for the logits, columns
//! for the gradient.
#![allow(
    clippy::inline_always,
    reason = "what is not inlined into the dispatched closure is compiled without its vectors"
)]

use crate::dense::{Dense, weighted_sums};
use crate::lanes::Lanes;
use crate::sparse::{Feature, Sparse, weighted_sum};
use std::ops::Range;

/// Images from which the share of non-zero features is estimated.
const SAMPLE: usize = 1_000;

/// Share of non-zero features from which a matrix is kept dense. A sparse entry takes twice the
/// instructions of a dense one.
const DENSE: f64 = 0.5;

/// A range of the features of all images, X, and the batches in which they are visited.
pub(crate) struct Batches<F: Feature> {
    width: usize,
    matrix: Matrix<F>,
    /// The order that the columns were made for.
    order: Vec<usize>,
}

/// X and, in the order of visits, every batch of it transposed.
enum Matrix<F: Feature> {
    /// With the features that the columns of each batch are. The most frequent come first: the
    /// processor predicts where a column ends from where the last one did.
    Sparse(Sparse<F>, Vec<(Sparse<F>, Vec<u32>)>),
    Dense(Dense, Vec<Dense>),
}

impl<F: Feature> Batches<F> {
    /// The features in `range` of `images`, each of `features` values. In no batches yet.
    pub(crate) fn new(images: &[F], features: usize, range: &Range<usize>) -> Self {
        let rows = images
            .chunks_exact(features)
            .map(|image| &image[range.clone()]);
        let (mut nonzero, mut seen) = (0, 0);
        for row in rows.clone().take(SAMPLE) {
            nonzero += row.iter().filter(|&&value| value != F::default()).count();
            seen += row.len();
        }
        let matrix = if nonzero as f64 >= DENSE * seen as f64 {
            let values = rows.flatten().map(|&value| F::unit(value.entry(0)));
            Matrix::Dense(Dense::new(values.collect(), range.len()), Vec::new())
        } else {
            Matrix::Sparse(Sparse::collect(images, features, range), Vec::new())
        };
        Self {
            width: range.len(),
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
        match &mut self.matrix {
            Matrix::Sparse(rows, columns) => {
                *columns = batches
                    .map(|batch| rows.transposed(batch, self.width))
                    .collect();
            }
            Matrix::Dense(rows, columns) => {
                *columns = batches.map(|batch| rows.transposed(batch)).collect();
            }
        }
        self.order = order.to_vec();
    }

    /// Number of features.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// The features of one image that are not zero, ascending.
    pub(crate) fn row(&self, image: usize) -> Vec<(usize, f64)> {
        match &self.matrix {
            Matrix::Sparse(rows, _) => {
                let entries = rows.row(image).iter();
                entries
                    .map(|&entry| (F::index(entry), f64::from(F::unit(entry))))
                    .collect()
            }
            Matrix::Dense(rows, _) => {
                let values = rows.row(image).iter().map(|&value| f64::from(value));
                values
                    .enumerate()
                    .filter(|&(_, value)| value != 0.0)
                    .collect()
            }
        }
    }

    /// XW for the images of one batch, given to `take` with block of 16 classes and place in the
    /// batch.
    ///
    /// # Shapes
    /// - `weights`: W (blocks, features)
    #[inline(always)]
    pub(crate) fn multiply(
        &self,
        batch: &[usize],
        weights: &[Lanes],
        mut take: impl FnMut(usize, usize, &Lanes),
    ) {
        for (block, weights) in weights.chunks_exact(self.width).enumerate() {
            match &self.matrix {
                Matrix::Sparse(rows, _) => {
                    for (place, &image) in batch.iter().enumerate() {
                        let sum = weighted_sum::<F>(rows.row(image), |index| weights[index]);
                        take(block, place, &sum);
                    }
                }
                Matrix::Dense(rows, _) => {
                    let row = |place: usize| rows.row(batch[place]);
                    weighted_sums(batch.len(), row, weights, |place, sum| {
                        take(block, place, &sum);
                    });
                }
            }
        }
    }

    /// `W ← W + factor · XᵀR` for the images of batch `number`, as they were arranged.
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
        let blocks = weights.chunks_exact_mut(self.width);
        let images = residuals.len() / blocks.len();
        for (weights, residuals) in blocks.zip(residuals.chunks_exact(images)) {
            match &self.matrix {
                Matrix::Sparse(_, columns) => {
                    let (columns, features) = &columns[number];
                    for (column, &feature) in columns.rows().zip(features) {
                        let sum = weighted_sum::<F>(column, |index| residuals[index]);
                        weights[feature as usize].add_scaled(factor, &sum);
                    }
                }
                Matrix::Dense(_, columns) => {
                    let column = |feature: usize| columns[number].row(feature);
                    weighted_sums(self.width, column, residuals, |feature, sum| {
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
        dense.multiply(&order, &lanes(features), |_, place, sum| a[place] = *sum);
        sparse.multiply(&order, &lanes(features + 20), |_, place, sum| {
            b[place] = *sum;
        });
        let close =
            |a: &[Lanes], b: &[Lanes]| a.iter().zip(b).all(|(a, b)| (a.0[0] - b.0[0]).abs() < 1e-4);
        assert!(close(&a, &b), "{a:?} {b:?}");
        let (mut g, mut h) = (lanes(features), lanes(features + 20));
        dense.add_transposed(0, &a, 0.5, &mut g);
        sparse.add_transposed(0, &b, 0.5, &mut h);
        assert!(close(&g, &h), "{g:?} {h:?}");
        assert_eq!(dense.row(4), sparse.row(4));
    }
}
