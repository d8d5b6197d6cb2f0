//! The fitted machine: decision values of all pairs from one pass over the support vectors.

use crate::Features;
use crate::kernel::Function;
use crate::parts::{Apart, Numbers};
use crate::real::Real;
use crate::votes::pairs;
use inner_products::{Columns, Feature, Rows, WIDTH};
use rayon::prelude::*;
use std::ops::Range;

/// Samples decided together: each panel of support vectors serves all of them from the cache.
const TOGETHER: usize = 64;

const LANES: usize = 8;

/// The support vectors of one class, each once, with its coefficients against all other classes.
#[derive(Debug, Clone)]
pub(crate) struct Support<F: Feature, R: Real> {
    columns: Columns<F>,
    /// Shape (panels, vectors, 64, 8): the coefficient αy in the pair with each other class,
    /// ascending, 8 classes to a vector.
    coefficients: Vec<[[R; LANES]; WIDTH]>,
    /// Vectors that hold all other classes.
    vectors: usize,
}

impl<F: Feature, R: Real> Support<F, R> {
    /// # Shapes
    /// - `samples`: the support vectors
    /// - `coefficients`: (support vectors, `others`)
    pub(crate) fn new<'a>(
        features: usize,
        samples: impl Iterator<Item = &'a [F]>,
        coefficients: &[R],
        others: usize,
    ) -> Self {
        let columns = Columns::new(features, samples);
        let vectors = others.div_ceil(LANES);
        let panels = columns.len().div_ceil(WIDTH);
        let mut packed = vec![[[R::default(); LANES]; WIDTH]; panels * vectors];
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

    /// The coefficients, shape (support vectors, `others`).
    fn coefficients(&self, others: usize) -> impl Iterator<Item = R> {
        (0..self.columns.len()).flat_map(move |sample| {
            (0..others).map(move |other| {
                let block = sample / WIDTH * self.vectors + other / LANES;
                self.coefficients[block][sample % WIDTH][other % LANES]
            })
        })
    }
}

/// Decision values of all pairs of `classes` classes.
#[derive(Debug, Clone)]
pub(crate) struct Machine<F: Feature, R: Real> {
    pub(crate) function: Function,
    /// What to multiply sums of its coefficients with: a power of two, so that coefficients which
    /// are tiny or huge keep their digits.
    pub(crate) scale: f64,
    /// One per class.
    pub(crate) support: Vec<Support<F, R>>,
    /// One per pair, in the order of [`pairs`].
    pub(crate) rho: Vec<f64>,
}

impl<F: Feature, R: Real> Machine<F, R> {
    /// What the machine for samples of `features` features is made of, its features as `numbers`.
    fn apart(&self, features: usize, numbers: fn(Vec<F>) -> Numbers) -> Apart {
        let others = self.support.len() - 1;
        let support = || self.support.iter();
        let vectors = support().flat_map(|of_class| of_class.columns.to_samples(features));
        let coefficients = support().flat_map(|of_class| of_class.coefficients(others));
        Apart {
            kernel: self.function.kernel,
            counts: support().map(|of_class| of_class.columns.len()).collect(),
            vectors: numbers(vectors.collect()),
            coefficients: R::numbers(coefficients.collect()),
            scale: self.scale,
            rho: self.rho.clone(),
        }
    }

    /// The decision values of every sample, shape (samples, pairs); above 0 for the first class of
    /// a pair.
    pub(crate) fn decisions(&self, rows: &Rows<F>) -> Vec<f64> {
        let starts: Vec<usize> = (0..rows.len()).step_by(TOGETHER).collect();
        let blocks: Vec<Vec<f64>> = starts
            .into_par_iter()
            .map(|start| self.decide(rows, start..rows.len().min(start + TOGETHER)))
            .collect();
        blocks.concat()
    }

    fn decide(&self, rows: &Rows<F>, samples: Range<usize>) -> Vec<f64> {
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
                .map(|((a, b), rho)| {
                    self.scale * (sums[a * stride + b - 1] + sums[b * stride + a]) - rho
                })
                .collect()
        };
        sums.chunks_exact(classes * stride)
            .flat_map(decide)
            .collect()
    }
}

/// `sums` ← `sums` + `kernel` · `coefficients`, summed in their precision over the 64 and added in f64.
struct AddWeighted<'a, R> {
    kernel: &'a [R; WIDTH],
    /// One block for each 8 sums.
    coefficients: &'a [[[R; LANES]; WIDTH]],
    sums: &'a mut [f64],
}

impl<R: Real> pulp::WithSimd for AddWeighted<'_, R> {
    type Output = ();

    #[allow(clippy::inline_always, reason = "carries the instruction set along")]
    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let sums = self.sums.as_chunks_mut::<LANES>().0;
        for (sums, coefficients) in sums.iter_mut().zip(self.coefficients) {
            // Four sums: a single one would wait for each addition before the next.
            let [mut a, mut b, mut c, mut d] = [[R::default(); LANES]; 4];
            let rows = coefficients.as_chunks::<4>().0;
            for (kernel, rows) in self.kernel.as_chunks::<4>().0.iter().zip(rows) {
                a = add_scaled(a, kernel[0], rows[0]);
                b = add_scaled(b, kernel[1], rows[1]);
                c = add_scaled(c, kernel[2], rows[2]);
                d = add_scaled(d, kernel[3], rows[3]);
            }
            for (lane, sum) in sums.iter_mut().enumerate() {
                *sum += ((a[lane] + b[lane]) + (c[lane] + d[lane])).to_f64();
            }
        }
    }
}

/// sums + factor · values, on copies: through references the compiler must assume that they
/// overlap.
#[allow(clippy::inline_always, reason = "part of a loop of vectors")]
#[inline(always)]
fn add_scaled<R: Real>(mut sums: [R; LANES], factor: R, values: [R; LANES]) -> [R; LANES] {
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum += factor * value;
    }
    sums
}

/// A machine whatever its features are made of.
pub(crate) trait Decide: std::fmt::Debug + Send + Sync {
    /// The decision values of `samples` of `features` features, shape (samples, pairs).
    fn decide_all(&self, samples: Features, features: usize) -> Vec<f64>;

    /// What the machine for samples of `features` features is made of.
    fn taken_apart(&self, features: usize) -> Apart;
}

#[allow(
    clippy::mismatching_type_param_order,
    reason = "features are as precise as the kernel values made of them"
)]
impl<R: Real> Decide for Machine<R, R> {
    fn decide_all(&self, samples: Features, features: usize) -> Vec<f64> {
        let values = R::values(samples);
        self.decisions(&Rows::new(values.chunks_exact(features)))
    }

    fn taken_apart(&self, features: usize) -> Apart {
        self.apart(features, R::numbers)
    }
}

impl<R: Real> Decide for Machine<u8, R> {
    fn decide_all(&self, samples: Features, features: usize) -> Vec<f64> {
        match samples {
            Features::Pixels(pixels) => self.decisions(&Rows::new(pixels.chunks_exact(features))),
            Features::Reals(_) => self.to_reals().decide_all(samples, features),
        }
    }

    fn taken_apart(&self, features: usize) -> Apart {
        self.apart(features, Numbers::Bytes)
    }
}

impl<R: Real> Machine<u8, R> {
    /// The same machine for samples of real numbers.
    fn to_reals(&self) -> Machine<R, R> {
        let support = self.support.iter().map(|support| Support {
            columns: support.columns.to_reals(),
            coefficients: support.coefficients.clone(),
            vectors: support.vectors,
        });
        Machine {
            function: self.function,
            scale: self.scale,
            support: support.collect(),
            rho: self.rho.clone(),
        }
    }
}
