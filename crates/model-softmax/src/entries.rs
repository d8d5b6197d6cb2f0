//! The non-zero features of every image, image after image: compressed sparse rows.

#![allow(
    clippy::inline_always,
    reason = "what is not inlined into the dispatched closure is compiled without its vectors"
)]

use crate::lanes::Lanes;
use datasets::Images;
use std::ops::Range;

/// Widest range of features, so that a position in it fits 16 bits.
pub(crate) const WIDEST: usize = 1 << 16;

/// The non-zero features in a range of them.
pub(crate) struct Entries {
    /// Number of features in the range.
    width: usize,
    /// Where each image's entries begin; one more than there are images.
    starts: Vec<usize>,
    positions: Vec<u16>,
    values: Values,
}

/// Pixels stay bytes: the entries of MNIST are read twice per epoch, and 3 bytes each take half
/// the memory traffic of 6.
enum Values {
    Pixels(Vec<u8>),
    Floats(Vec<f32>),
}

impl Entries {
    /// Collects the non-zero features of `images` in `range`, at most [`WIDEST`] wide.
    pub(crate) fn collect(images: &Images, range: Range<usize>) -> Self {
        assert!(range.len() <= WIDEST, "positions fit 16 bits");
        let (features, width) = (images.features(), range.len());
        let mut starts = vec![0];
        let mut positions = Vec::new();
        let values = match images.pixels() {
            Some(pixels) => {
                let rows = pixels
                    .chunks_exact(features)
                    .map(|image| &image[range.clone()]);
                Values::Pixels(nonzero(rows, &mut starts, &mut positions))
            }
            None => {
                let all = images.to_f32();
                let rows = all
                    .chunks_exact(features)
                    .map(|image| &image[range.clone()]);
                Values::Floats(nonzero(rows, &mut starts, &mut positions))
            }
        };
        Self {
            width,
            starts,
            positions,
            values,
        }
    }

    /// XW for the images at `batch`.
    ///
    /// # Shapes
    /// - `weights`: W (blocks, features of the range)
    /// - `products`: (images of the batch, blocks), overwritten
    #[inline(always)]
    pub(crate) fn multiply(&self, batch: &[usize], weights: &[Lanes], products: &mut [Lanes]) {
        match &self.values {
            Values::Pixels(values) => self.multiply_as(values, batch, weights, products),
            Values::Floats(values) => self.multiply_as(values, batch, weights, products),
        }
    }

    /// `G ← G + XᵀR` for the images at `batch`.
    ///
    /// # Shapes
    /// - `residuals`: R (images of the batch, blocks)
    /// - `gradient`: G (blocks, features of the range)
    #[inline(always)]
    pub(crate) fn add_transposed(
        &self,
        batch: &[usize],
        residuals: &[Lanes],
        gradient: &mut [Lanes],
    ) {
        match &self.values {
            Values::Pixels(values) => self.add_transposed_as(values, batch, residuals, gradient),
            Values::Floats(values) => self.add_transposed_as(values, batch, residuals, gradient),
        }
    }

    #[inline(always)]
    fn multiply_as<V: Feature>(
        &self,
        values: &[V],
        batch: &[usize],
        weights: &[Lanes],
        products: &mut [Lanes],
    ) {
        let blocks = weights.len() / self.width;
        for (&image, products) in batch.iter().zip(products.chunks_exact_mut(blocks)) {
            let entries = self.starts[image]..self.starts[image + 1];
            let positions = &self.positions[entries.clone()];
            let values = &values[entries];
            for (product, weights) in products.iter_mut().zip(weights.chunks_exact(self.width)) {
                *product = weighted_sum(positions, values, weights);
            }
        }
    }

    #[inline(always)]
    fn add_transposed_as<V: Feature>(
        &self,
        values: &[V],
        batch: &[usize],
        residuals: &[Lanes],
        gradient: &mut [Lanes],
    ) {
        let blocks = gradient.len() / self.width;
        for (&image, residuals) in batch.iter().zip(residuals.chunks_exact(blocks)) {
            let entries = self.starts[image]..self.starts[image + 1];
            let positions = &self.positions[entries.clone()];
            let values = &values[entries];
            for (residual, gradient) in residuals.iter().zip(gradient.chunks_exact_mut(self.width))
            {
                for (&position, &value) in positions.iter().zip(values) {
                    gradient[usize::from(position)].add_scaled(value.unit(), residual);
                }
            }
        }
    }
}

/// A feature as it is stored.
trait Feature: Copy + Default + PartialEq {
    fn unit(self) -> f32;
}

impl Feature for u8 {
    #[inline(always)]
    fn unit(self) -> f32 {
        const UNIT: [f32; 256] = {
            let mut table = [0.0; 256];
            let mut pixel = 0;
            while pixel < 256 {
                table[pixel] = pixel as f32 / 255.0;
                pixel += 1;
            }
            table
        };
        UNIT[usize::from(self)]
    }
}

impl Feature for f32 {
    #[inline(always)]
    fn unit(self) -> f32 {
        self
    }
}

/// Σ xⱼ wⱼ over an image's entries, in four interleaved sums: a single one would wait for each
/// addition before the next.
#[inline(always)]
fn weighted_sum<V: Feature>(positions: &[u16], values: &[V], weights: &[Lanes]) -> Lanes {
    let mut sums = [Lanes::splat(0.0); 4];
    let (fours, rest) = positions.as_chunks::<4>();
    let (value_fours, value_rest) = values.as_chunks::<4>();
    for (positions, values) in fours.iter().zip(value_fours) {
        for i in 0..4 {
            sums[i].add_scaled(values[i].unit(), &weights[usize::from(positions[i])]);
        }
    }
    for (&position, &value) in rest.iter().zip(value_rest) {
        sums[0].add_scaled(value.unit(), &weights[usize::from(position)]);
    }
    let [mut a, b, mut c, d] = sums;
    a.add(&b);
    c.add(&d);
    a.add(&c);
    a
}

fn nonzero<'a, V: Feature + 'a>(
    rows: impl Iterator<Item = &'a [V]>,
    starts: &mut Vec<usize>,
    positions: &mut Vec<u16>,
) -> Vec<V> {
    let zero = V::default();
    let mut values = Vec::new();
    for row in rows {
        // Eight at a time: most stretches of an MNIST image are black from end to end.
        for (chunk, features) in row.chunks(8).enumerate() {
            if features.iter().all(|&feature| feature == zero) {
                continue;
            }
            for (i, &feature) in features.iter().enumerate() {
                if feature != zero {
                    positions.push((chunk * 8 + i) as u16);
                    values.push(feature);
                }
            }
        }
        starts.push(values.len());
    }
    values
}
