//! The fitted machine: decision values of all pairs from one pass over the support vectors.

use crate::kernel::Function;
use crate::numbers::Numbers;
use crate::parts::{Apart, Places};
use crate::real::{LANES, Real};
use crate::sparse::Layout;
use crate::values::Values;
use crate::votes::pairs;
use inner_products::{Columns, Feature, Panel, Rows, Sample, Stripe, WIDTH};
use rayon::prelude::*;

/// Samples decided together at most: each panel of support vectors serves all of them from the cache.
/// With 64 of them it takes 1 to 6 % longer beside programs that use the cache, too.
const TOGETHER: usize = 256;

/// Sums of one block at most, where there are hundreds of classes.
const MOST_SUMS: usize = 1 << 20;

/// Panels whose sums are added up in the precision of the kernel values; then they are added in f64.
const STRETCH: usize = 16;

/// The sums of a pair. Aligned, as [`Stripe`].
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
struct Sums<R>([R; LANES]);

/// The support vectors of one class, each once, with its coefficients against all other classes.
#[derive(Debug, Clone)]
pub(crate) struct Support<F: Feature, R: Real> {
    columns: Columns<F>,
    /// The column of each support vector. Those that are in the same pairs lie side by side, so that
    /// panels have no coefficients in many pairs: on MNIST in two of five.
    places: Vec<usize>,
    /// Where the terms of each panel begin; one more than there are panels.
    starts: Vec<usize>,
    terms: Vec<Term<R>>,
}

/// What a panel adds to the decisions of a pair.
#[derive(Debug, Clone, Copy)]
struct Term<R> {
    /// Which of the other classes, ascending.
    other: usize,
    /// The coefficients αy, not all of them 0.
    coefficients: Stripe<R>,
}

impl<F: Feature, R: Real> Support<F, R> {
    /// # Shapes
    /// - `samples`: the support vectors
    /// - `coefficients`: (support vectors, `others`)
    pub(crate) fn new(
        features: usize,
        samples: &[Sample<F>],
        coefficients: &[R],
        others: usize,
    ) -> Self {
        let row = |sample: usize| &coefficients[sample * others..][..others];
        let mut order: Vec<usize> = (0..samples.len()).collect();
        let in_pairs = |sample: usize| row(sample).iter().map(|&value| value != R::default());
        order.sort_by(|&a, &b| in_pairs(a).cmp(in_pairs(b)));
        let mut places = vec![0; samples.len()];
        for (place, &sample) in order.iter().enumerate() {
            places[sample] = place;
        }
        let (mut starts, mut terms) = (vec![0], Vec::new());
        for panel in order.chunks(WIDTH) {
            for other in 0..others {
                let mut coefficients = Stripe([R::default(); WIDTH]);
                for (coefficient, &sample) in coefficients.0.iter_mut().zip(panel) {
                    *coefficient = row(sample)[other];
                }
                if coefficients.0.iter().any(|&value| value != R::default()) {
                    terms.push(Term {
                        other,
                        coefficients,
                    });
                }
            }
            starts.push(terms.len());
        }
        Self {
            columns: Columns::new(features, order.iter().map(|&sample| samples[sample])),
            places,
            starts,
            terms,
        }
    }

    /// The panels, each with its terms.
    fn panels(&self) -> impl Iterator<Item = (Panel<'_, F>, &[Term<R>])> {
        let terms = self.starts.windows(2);
        let terms = terms.map(|ends| &self.terms[ends[0]..ends[1]]);
        self.columns.panels().zip(terms)
    }

    /// The support vectors, each with the features that are at hand and where they belong.
    fn samples(&self) -> impl Iterator<Item = impl Iterator<Item = (u32, F)>> {
        let sample = |&place: &usize| self.columns.sample(place);
        self.places.iter().map(sample)
    }

    /// The coefficients, shape (support vectors, `others`).
    fn coefficients(&self, others: usize) -> impl Iterator<Item = R> {
        self.places.iter().flat_map(move |&place| {
            let mut row = vec![R::default(); others];
            let terms = self.starts[place / WIDTH]..self.starts[place / WIDTH + 1];
            for term in &self.terms[terms] {
                row[term.other] = term.coefficients.0[place % WIDTH];
            }
            row
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
        let (vectors, places) = self.vectors(features);
        let coefficients = support().flat_map(|of_class| of_class.coefficients(others));
        Apart {
            kernel: self.function.kernel,
            counts: support().map(|of_class| of_class.columns.len()).collect(),
            vectors: numbers(vectors),
            places,
            coefficients: R::numbers(coefficients.collect()),
            scale: self.scale,
            rho: self.rho.clone(),
        }
    }

    /// The features of the support vectors: of each those that are not 0, with their places, if there are
    /// panels that hold no others, and if not all `features`.
    fn vectors(&self, features: usize) -> (Vec<F>, Option<Places>) {
        let samples = self.support.iter().flat_map(Support::samples);
        let mut vectors = Vec::new();
        if self.support.iter().all(|support| support.columns.is_full()) {
            for sample in samples {
                vectors.extend(sample.map(|(_, value)| value).take(features));
            }
            return (vectors, None);
        }
        let (mut starts, mut places) = (vec![0], Vec::new());
        for sample in samples {
            for (place, value) in sample.filter(|&(_, value)| value != F::default()) {
                places.push(place);
                vectors.push(value);
            }
            starts.push(vectors.len());
        }
        (vectors, Some(Places { starts, places }))
    }

    /// The decision values of every sample, shape (samples, pairs); above 0 for the first class of
    /// a pair.
    pub(crate) fn decisions(&self, samples: &[Sample<F>]) -> Vec<f64> {
        // Blocks for all threads, if they are small. No sum depends on its block.
        let share = samples.len().div_ceil(4 * rayon::current_num_threads());
        let sums_per_sample = 2 * self.rho.len();
        let most = (MOST_SUMS / sums_per_sample).clamp(1, TOGETHER);
        let blocks = samples.par_chunks(share.clamp(1, most));
        let decide = |block: &[Sample<F>]| self.decide(&Rows::new(block.iter().copied()));
        blocks.map(decide).collect::<Vec<_>>().concat()
    }

    fn decide(&self, rows: &Rows<F>) -> Vec<f64> {
        let others = self.support.len() - 1;
        let by_class: Vec<Vec<f64>> = self
            .support
            .iter()
            .map(|support| self.sums(support, rows, others))
            .collect();
        let decide = |row: usize| {
            let pairs = pairs(self.support.len()).zip(&self.rho);
            let by_class = &by_class;
            pairs.map(move |((a, b), rho)| {
                let (first, second) = (row * others + b - 1, row * others + a);
                self.scale * (by_class[a][first] + by_class[b][second]) - rho
            })
        };
        (0..rows.len()).flat_map(decide).collect()
    }

    /// Σ K · coefficient over the support vectors of one class, shape (rows, `others`).
    fn sums(&self, support: &Support<F, R>, rows: &Rows<F>, others: usize) -> Vec<f64> {
        let mut sums = vec![0.0; rows.len() * others];
        let mut partial = vec![Sums([R::default(); LANES]); sums.len()];
        let panels: Vec<_> = support.panels().collect();
        for panels in panels.chunks(STRETCH) {
            partial.fill(Sums([R::default(); LANES]));
            for &(panel, terms) in panels {
                for (row, sums) in partial.chunks_exact_mut(others).enumerate() {
                    let row = rows.row(row);
                    pulp::Arch::new().dispatch(AddTerms::<F, R> {
                        function: self.function,
                        square: row.square,
                        products: &panel.dot(&row),
                        squares: panel.squares,
                        terms,
                        sums,
                    });
                }
            }
            for (sum, partial) in sums.iter_mut().zip(&partial) {
                *sum += partial.0.iter().map(|lane| lane.to_f64()).sum::<f64>();
            }
        }
        sums
    }
}

/// `sums` ← `sums` + K · coefficient, for each other class.
struct AddTerms<'a, F: Feature, R> {
    function: Function,
    square: F::Product,
    products: &'a Stripe<F::Product>,
    squares: &'a Stripe<F::Product>,
    terms: &'a [Term<R>],
    sums: &'a mut [Sums<R>],
}

impl<F: Feature, R: Real> pulp::WithSimd for AddTerms<'_, F, R> {
    type Output = ();

    #[allow(clippy::inline_always, reason = "carries the instruction set along")]
    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, simd: S) {
        let mut kernel = Stripe([R::default(); WIDTH]);
        self.function
            .inlined::<F, R>(self.square, self.products, self.squares, &mut kernel.0);
        for term in self.terms {
            let sums = &mut self.sums[term.other].0;
            R::add_products(simd, &kernel.0, &term.coefficients.0, sums);
        }
    }
}

/// A machine whatever its features are made of.
pub(crate) trait Decide: std::fmt::Debug + Send + Sync {
    /// The decision values of samples that have `values` in this layout, shape (samples, pairs).
    fn decide_all(&self, values: Values, layout: Layout) -> Vec<f64>;

    /// What the machine for samples of `features` features is made of.
    fn taken_apart(&self, features: usize) -> Apart;
}

#[allow(
    clippy::mismatching_type_param_order,
    reason = "features are as precise as the kernel values made of them"
)]
impl<R: Real> Decide for Machine<R, R> {
    fn decide_all(&self, values: Values, layout: Layout) -> Vec<f64> {
        self.decisions(&layout.samples(&R::values(values)))
    }

    fn taken_apart(&self, features: usize) -> Apart {
        self.apart(features, R::numbers)
    }
}

impl<R: Real> Decide for Machine<u8, R> {
    fn decide_all(&self, values: Values, layout: Layout) -> Vec<f64> {
        match values {
            Values::Pixels(pixels) => self.decisions(&layout.samples(pixels)),
            Values::Reals(_) => self.to_reals().decide_all(values, layout),
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
            places: support.places.clone(),
            starts: support.starts.clone(),
            terms: support.terms.clone(),
        });
        Machine {
            function: self.function,
            scale: self.scale,
            support: support.collect(),
            rho: self.rho.clone(),
        }
    }
}
