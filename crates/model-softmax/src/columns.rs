//! A range of the features: the non-zero values of every image, and the rows of W that they meet.
#![allow(
    clippy::inline_always,
    reason = "what is not inlined into the dispatched closure is compiled without its vectors"
)]

use crate::lanes::{LANES, Lanes};
use datasets::Images;
use std::ops::Range;

/// Widest range, so that a position in it fits 16 bits.
pub(crate) const WIDEST: usize = 1 << 16;

/// The non-zero features in a range, image after image (compressed sparse rows), and W's rows.
pub(crate) struct Columns {
    range: Range<usize>,
    /// Where each image's entries begin; one more than there are images.
    starts: Vec<usize>,
    positions: Vec<u16>,
    values: Values,
    /// Shape (blocks of 16 classes, features of the range, 16).
    weights: Vec<Lanes>,
    /// Same shape; zero between batches. Steps added to the weights one image at a time would
    /// drown: most are below the rounding of a weight.
    gradient: Vec<Lanes>,
}

/// Pixels stay bytes: the entries of MNIST are read twice per epoch, and 3 bytes each take half
/// the memory traffic of 6.
enum Values {
    Pixels(Vec<u8>),
    Floats(Vec<f32>),
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

impl Columns {
    /// Collects the non-zero features of `images` in `range`, with zero weights for `classes`.
    pub(crate) fn collect(images: &Images, range: Range<usize>, classes: usize) -> Self {
        assert!(range.len() <= WIDEST, "positions fit 16 bits");
        let blocks = classes.div_ceil(LANES);
        let weights = vec![Lanes::splat(0.0); blocks * range.len()];
        let mut starts = vec![0];
        let mut positions = Vec::new();
        let features = images.features();
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
            range,
            starts,
            positions,
            values,
            gradient: weights.clone(),
            weights,
        }
    }

    /// Adds this range's share of the logits of the images at `batch`.
    ///
    /// # Shapes
    /// - `logits`: (images of the batch, blocks)
    #[inline(always)]
    pub(crate) fn logits(&self, batch: &[usize], logits: &mut [Lanes]) {
        match &self.values {
            Values::Pixels(values) => self.logits_of(values, batch, logits),
            Values::Floats(values) => self.logits_of(values, batch, logits),
        }
    }

    /// W ← W − xᵀr for the rows of this range.
    ///
    /// # Shapes
    /// - `steps`: r (images of the batch, blocks), the residuals times η/m
    #[inline(always)]
    pub(crate) fn descend(&mut self, batch: &[usize], steps: &[Lanes]) {
        let Self {
            starts,
            positions,
            values,
            gradient,
            range,
            ..
        } = self;
        let rows = Rows {
            starts,
            positions,
            width: range.len(),
        };
        match values {
            Values::Pixels(values) => rows.add_products(values, batch, steps, gradient),
            Values::Floats(values) => rows.add_products(values, batch, steps, gradient),
        }
        for (w, g) in self.weights.iter_mut().zip(&mut self.gradient) {
            w.add_scaled(-1.0, g);
            *g = Lanes::splat(0.0);
        }
    }

    /// Writes this range's rows of W into the whole matrix (features, classes).
    pub(crate) fn write(&self, w: &mut [f32], classes: usize) {
        let width = self.range.len();
        for (position, row) in w
            .chunks_exact_mut(classes)
            .skip(self.range.start)
            .take(width)
            .enumerate()
        {
            for (block, part) in row.chunks_mut(LANES).enumerate() {
                part.copy_from_slice(&self.weights[block * width + position].0[..part.len()]);
            }
        }
    }

    #[inline(always)]
    fn logits_of<V: Feature>(&self, values: &[V], batch: &[usize], logits: &mut [Lanes]) {
        let width = self.range.len();
        let blocks = logits.len() / batch.len();
        for (&image, logits) in batch.iter().zip(logits.chunks_exact_mut(blocks)) {
            let entries = self.starts[image]..self.starts[image + 1];
            let positions = &self.positions[entries.clone()];
            let values = &values[entries];
            for (logit, weights) in logits.iter_mut().zip(self.weights.chunks_exact(width)) {
                *logit = weighted_sum(positions, values, weights);
            }
        }
    }
}

/// The entries alone, while the gradient changes.
struct Rows<'a> {
    starts: &'a [usize],
    positions: &'a [u16],
    width: usize,
}

impl Rows<'_> {
    #[inline(always)]
    fn add_products<V: Feature>(
        &self,
        values: &[V],
        batch: &[usize],
        steps: &[Lanes],
        gradient: &mut [Lanes],
    ) {
        let blocks = steps.len() / batch.len();
        for (&image, steps) in batch.iter().zip(steps.chunks_exact(blocks)) {
            let entries = self.starts[image]..self.starts[image + 1];
            let positions = &self.positions[entries.clone()];
            let values = &values[entries];
            for (step, gradient) in steps.iter().zip(gradient.chunks_exact_mut(self.width)) {
                for (&position, &value) in positions.iter().zip(values) {
                    gradient[usize::from(position)].add_scaled(value.unit(), step);
                }
            }
        }
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
