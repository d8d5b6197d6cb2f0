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
    /// Shape (panels, vectors, 64, 8): the coefficient αy in the pair with each other class,
    /// ascending, 8 classes to a vector.
    coefficients: Vec<[[f32; LANES]; WIDTH]>,
    /// Vectors that hold all other classes.
    vectors: usize,
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
        let vectors = others.div_ceil(LANES);
        let panels = columns.len().div_ceil(WIDTH);
        let mut packed = vec![[[0.0; LANES]; WIDTH]; panels * vectors];
        for (sample, row) in coefficients.chunks_exact(others).enumerate() {
            for (other, &value) in row.iter().enumerate() {
                let block = sample / WIDTH * vectors + other / LANES;
                packed[block][sample % WIDTH][other % LANES] = value;
            }
        }
        Self {
            columns,
            coefficients: packed,
            vectors,
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
        let vectors = self.support[0].vectors;
        let stride = vectors * LANES;
        // Shape (samples, classes, stride): the sums over the support vectors of each class.
        let mut sums = vec![0.0; samples.len() * classes * stride];
        for (class, support) in self.support.iter().enumerate() {
            let coefficients = support.coefficients.chunks_exact(vectors);
            for (panel, coefficients) in support.columns.panels().zip(coefficients) {
                for (sample, sums) in samples.clone().zip(sums.chunks_exact_mut(classes * stride)) {
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
        sums.chunks_exact(classes * stride)
            .flat_map(decide)
            .collect()
    }
}

/// `sums` ← `sums` + `kernel` · `coefficients`, summed in f32 over the 64 and added in f64.
struct AddWeighted<'a> {
    kernel: &'a [f32; WIDTH],
    /// One block for each 8 sums.
    coefficients: &'a [[[f32; LANES]; WIDTH]],
    sums: &'a mut [f64],
}

impl pulp::WithSimd for AddWeighted<'_> {
    type Output = ();

    #[allow(clippy::inline_always, reason = "carries the instruction set along")]
    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let sums = self.sums.as_chunks_mut::<LANES>().0;
        for (sums, coefficients) in sums.iter_mut().zip(self.coefficients) {
            // Four sums: a single one would wait for each addition before the next.
            let [mut a, mut b, mut c, mut d] = [[0.0; LANES]; 4];
            let rows = coefficients.as_chunks::<4>().0;
            for (kernel, rows) in self.kernel.as_chunks::<4>().0.iter().zip(rows) {
                a = add_scaled(a, kernel[0], rows[0]);
                b = add_scaled(b, kernel[1], rows[1]);
                c = add_scaled(c, kernel[2], rows[2]);
                d = add_scaled(d, kernel[3], rows[3]);
            }
            let total = add_scaled(add_scaled(a, 1.0, b), 1.0, add_scaled(c, 1.0, d));
            for (sum, partial) in sums.iter_mut().zip(total) {
                *sum += f64::from(partial);
            }
        }
    }
}

/// sums + factor · values, on copies: through references the compiler must assume that they
/// overlap.
#[allow(clippy::inline_always, reason = "part of a loop of vectors")]
#[inline(always)]
fn add_scaled(mut sums: [f32; LANES], factor: f32, values: [f32; LANES]) -> [f32; LANES] {
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum += factor * value;
    }
    sums
}

impl Machine<u8> {
    /// The same machine for samples of real numbers.
    pub(crate) fn to_reals(&self) -> Machine<f32> {
        let support = self.support.iter().map(|support| Support {
            columns: support.columns.to_reals(),
            coefficients: support.coefficients.clone(),
            vectors: support.vectors,
        });
        Machine {
            function: self.function,
            support: support.collect(),
            rho: self.rho.clone(),
        }
    }
}
