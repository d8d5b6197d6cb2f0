//! A convolution and its pooling as products of matrices.
//!
//! Burn's own convolutions on processors take more than twice as long, most of it not in products (PERFORMANCE,
//! "The convolutional network"). Here each place of a filter is a row, the patch that the filter sees; a
//! product with all filters is the convolution. There is a product for each corner of the pooled 2 × 2, so
//! that pooling is the largest of four matrices, value by value.

use burn::nn::conv::Conv2d;
use burn::tensor::activation::relu;
use burn::tensor::{Int, Tensor, TensorData};

/// Values of every channel at every pixel of some samples.
pub(crate) struct Maps {
    /// Shape (samples × rows × columns, channels).
    pub(crate) values: Tensor<2>,
    pub(crate) samples: usize,
    pub(crate) rows: usize,
    pub(crate) columns: usize,
}

/// The larger of two, value by value: a + max(0, b − a), whose gradient costs a third of that of a choice by a
/// mask.
fn larger(a: Tensor<2>, b: Tensor<2>) -> Tensor<2> {
    a.clone() + relu(b - a)
}

impl Maps {
    /// The convolution, the largest of each 2 × 2, and ReLU.
    pub(crate) fn through(self, layer: &Conv2d) -> Self {
        let weights = layer.weight.val();
        let [filters, channels, side, _] = weights.dims();
        let weights = weights.permute([2, 3, 1, 0]);
        let weights = weights.reshape([side * side * channels, filters]);
        let biases = layer.bias.as_ref().expect("it has biases").val();
        let pooled = [self.rows, self.columns].map(|length| (length + 1 - side) / 2);
        let [a, b, c, d] = [[0, 0], [0, 1], [1, 0], [1, 1]].map(|corner| {
            let patches = self.patches(corner, pooled, side);
            patches.matmul(weights.clone())
        });
        let largest = larger(larger(a, b), larger(c, d));
        Self {
            values: relu(largest + biases.unsqueeze()),
            samples: self.samples,
            rows: pooled[0],
            columns: pooled[1],
        }
    }

    /// What a filter sees at one corner of each 2 × 2.
    ///
    /// # Shapes
    /// - result: (samples × pooled places, side × side × channels)
    fn patches(&self, corner: [usize; 2], pooled: [usize; 2], side: usize) -> Tensor<2> {
        let pixels = self.rows * self.columns;
        let seen = self.seen(corner, pooled, side);
        let [_, channels] = self.values.dims();
        let shape = [self.samples * pooled[0] * pooled[1], side * side * channels];
        if channels == 1 {
            // Single values are picked faster within a sample; channels are, as rows, in one piece.
            let samples = self.values.clone().reshape([self.samples, pixels]);
            return samples.select(1, self.indices(seen)).reshape(shape);
        }
        let first = (0..self.samples).map(|sample| sample * pixels);
        let rows = first.flat_map(|first| seen.iter().map(move |pixel| first + pixel));
        let picked = self.values.clone().select(0, self.indices(rows.collect()));
        picked.reshape(shape)
    }

    /// The pixels of a sample that the filter sees, place by place.
    fn seen(&self, corner: [usize; 2], pooled: [usize; 2], side: usize) -> Vec<usize> {
        let places = (0..pooled[0]).flat_map(|row| (0..pooled[1]).map(move |column| (row, column)));
        let pixels = places.flat_map(|(row, column)| {
            let (row, column) = (2 * row + corner[0], 2 * column + corner[1]);
            let first = row * self.columns + column;
            (0..side).flat_map(move |down| {
                (0..side).map(move |right| first + down * self.columns + right)
            })
        });
        pixels.collect()
    }

    fn indices(&self, indices: Vec<usize>) -> Tensor<1, Int> {
        let length = indices.len();
        let indices: Vec<i64> = indices.into_iter().map(|index| index as i64).collect();
        let device = self.values.device().inner();
        Tensor::from_data(TensorData::new(indices, [length]), &device)
    }
}
