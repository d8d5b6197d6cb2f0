//! The fitted machine: decision values of all pairs from one pass over the support vectors.

use crate::element::{Element, WIDTH};
use crate::kernel::Function;
use crate::samples::{Columns, Rows};
use rayon::prelude::*;
use std::ops::Range;

/// Samples decided together: each panel of support vectors serves all of them from the cache.
const TOGETHER: usize = 64;

const LANES: usize = 8;

/// The support vectors of one class, each once, with its coefficients against all other classes.
#[derive(Debug, Clone)]
pub(crate) struct Support<E: Element> {
    columns: Columns<E>,
    /// Shape (panels, 64, stride): the coefficient αy in the pair with each other class, ascending.
    coefficients: Vec<f32>,
    /// The number of other classes, rounded up to whole vectors.
    stride: usize,
}

impl<E: Element> Support<E> {
    /// # Shapes
    /// - `samples`: the support vectors
    /// - `coefficients`: (support vectors, `others`)
    pub(crate) fn new<'a>(
        features: usize,
        samples: impl Iterator<Item = &'a [E]>,
        coefficients: &[f32],
        others: usize,
    ) -> Self {
        let columns = Columns::new(features, samples);
        let stride = others.next_multiple_of(LANES);
        let mut padded = vec![0.0; columns.len().next_multiple_of(WIDTH) * stride];
        let rows = padded.chunks_exact_mut(stride);
        for (padded, row) in rows.zip(coefficients.chunks_exact(others)) {
            padded[..others].copy_from_slice(row);
        }
        Self {
            columns,
            coefficients: padded,
            stride,
        }
    }
}

/// Decision values of all pairs of `classes` classes.
#[derive(Debug, Clone)]
pub(crate) struct Machine<E: Element> {
    pub(crate) function: Function,
    /// One per class.
    pub(crate) support: Vec<Support<E>>,
    /// One per pair, in the order of [`pairs`].
    pub(crate) rho: Vec<f64>,
}

/// All pairs (a, b) with a < b < `classes`, a by a.
pub(crate) fn pairs(classes: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..classes).flat_map(move |a| (a + 1..classes).map(move |b| (a, b)))
}

impl<E: Element> Machine<E> {
    /// The decision values of every sample, shape (samples, pairs); above 0 for the first class of
    /// a pair.
    pub(crate) fn decisions(&self, rows: &Rows<E>) -> Vec<f64> {
        let starts: Vec<usize> = (0..rows.len()).step_by(TOGETHER).collect();
        let blocks: Vec<Vec<f64>> = starts
            .into_par_iter()
            .map(|start| self.decide(rows, start..rows.len().min(start + TOGETHER)))
            .collect();
        blocks.concat()
    }

    fn decide(&self, rows: &Rows<E>, samples: Range<usize>) -> Vec<f64> {
        let classes = self.support.len();
        let stride = self.support[0].stride;
        // Shape (samples, classes, stride): the sums over the support vectors of each class.
        let mut sums = vec![0.0; samples.len() * classes * stride];
        for (class, support) in self.support.iter().enumerate() {
            let coefficients = support.coefficients.chunks_exact(WIDTH * stride);
            for (panel, coefficients) in support.columns.panels().zip(coefficients) {
                for (sample, sums) in samples
                    .clone()
                    .zip(sums.chunks_exact_mut(classes * stride))
                {
                    pulp::Arch::new().dispatch(AddWeighted {
                        kernel: &self.function.values(rows, sample, panel),
                        coefficients,
                        sums: &mut sums[class * stride..][..stride],
                    });
                }
            }
        }
        let decide = |sums: &[f64]| -> Vec<f64> {
            pairs(classes)
                .zip(&self.rho)
                .map(|((a, b), rho)| sums[a * stride + b - 1] + sums[b * stride + a] - rho)
                .collect()
        };
        sums.chunks_exact(classes * stride).flat_map(decide).collect()
    }
}

/// `sums` ← `sums` + `kernel` · `coefficients`, summed in f32 over the 64 and added in f64.
struct AddWeighted<'a> {
    kernel: &'a [f32; WIDTH],
    coefficients: &'a [f32],
    sums: &'a mut [f64],
}

impl pulp::WithSimd for AddWeighted<'_> {
    type Output = ();

    #[allow(clippy::inline_always, reason = "carries the instruction set along")]
    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let stride = self.sums.len();
        for (vector, sums) in self.sums.as_chunks_mut::<LANES>().0.iter_mut().enumerate() {
            // Four sums: a single one would wait for each addition before the next.
            let mut partial = [[0.0_f32; LANES]; 4];
            let rows = self.coefficients.chunks_exact(4 * stride);
            for (kernel, rows) in self.kernel.as_chunks::<4>().0.iter().zip(rows) {
                for i in 0..4 {
                    let row = &rows[i * stride + vector * LANES..][..LANES];
                    for lane in 0..LANES {
                        partial[i][lane] += kernel[i] * row[lane];
                    }
                }
            }
            let [a, b, c, d] = partial;
            for lane in 0..LANES {
                sums[lane] += f64::from((a[lane] + b[lane]) + (c[lane] + d[lane]));
            }
        }
    }
}

impl Machine<u8> {
    /// The same machine for samples of real numbers.
    pub(crate) fn to_reals(&self) -> Machine<f32> {
        let support = self.support.iter().map(|support| Support {
            columns: support.columns.to_reals(),
            coefficients: support.coefficients.clone(),
            stride: support.stride,
        });
        Machine {
            function: self.function,
            support: support.collect(),
            rho: self.rho.clone(),
        }
    }
}
