//! All pairs of classes, several at a time, within the memory budget.

use crate::classes::{Classes, Unfit};
use crate::kept_rows::KeptRows;
use crate::kernel::Function;
use crate::kernel_rows::KernelRows;
use crate::pair_values::{Kept, PairOfSamples};
use crate::real::Real;
use crate::slabs::Slabs;
use crate::solution::Solution;
use crate::solver::solve;
use crate::votes::pairs;
use crate::working_set::WORKING_SET;
use crate::{Error, Settings, Watch};
use inner_products::{Columns, Feature, Rows, Sample, Stripe};
use std::ops::Range;

/// The part of the memory for kernel rows that pairs share. On MNIST a twentieth of 2 GiB is as fast
/// as a tenth, with 100 MB less in use, and a tenth faster than nothing.
const SHARED: usize = 20;

/// Of the memory for kernel rows, one in as many parts is for whole rows, which are as long as those of the
/// largest pair. In f32 rows of the samples that may still move take as much; in f64 working sets grow, and so do
/// copies of rows, restricted to them.
const COPIES: usize = 2;

/// Bytes of whole rows that are kept in f32, if they suffice for several working sets. The first touch of more
/// memory takes longer than to compute the rows again (50 000 samples of 50 features, AMD EPYC).
const ENOUGH: usize = 256 << 20;

/// Training samples, sorted by class, in both forms that kernel rows need.
pub(crate) struct Sorted<'a, F: Feature> {
    pub(crate) features: usize,
    samples: &'a [Sample<'a, F>],
    pub(crate) classes: Classes,
    rows: Rows<F>,
    columns: Vec<Columns<F>>,
}

/// How the memory and the threads are divided.
#[derive(Clone, Copy)]
struct Share {
    /// Bytes for the rows that pairs share.
    shared: usize,
    /// Bytes for what is kept of one pair, beside kernel rows.
    products: usize,
    /// Kernel rows of one pair.
    capacity: usize,
    /// Pairs solved at a time.
    workers: usize,
    /// Threads for each of them.
    threads: usize,
}

impl Share {
    /// No more rows than are of use for one problem after the other.
    fn limited<R: Real>(self, classes: &Classes) -> Self {
        let row = size_of::<R>() * classes.largest_pair();
        let enough = (ENOUGH / row).max(4 * WORKING_SET);
        let most = if R::DOUBLE { usize::MAX } else { enough };
        Self {
            capacity: self.capacity.min(most),
            ..self
        }
    }
}

impl<'a, F: Feature> Sorted<'a, F> {
    /// # Errors
    /// [`Error::OneClass`].
    pub(crate) fn new(
        samples: &'a [Sample<'a, F>],
        features: usize,
        labels: &[usize],
        weights: Option<&[f64]>,
        threads: usize,
    ) -> Result<Self, Error> {
        let classes = Classes::new(labels, weights)?;
        let sample = |&i: &usize| samples[i];
        let of_class = |range: &Range<usize>| {
            Columns::new(features, classes.order[range.clone()].iter().map(sample))
        };
        let rows = || Rows::new(classes.order.iter().map(sample));
        let columns = || classes.ranges().iter().map(of_class).collect();
        let (rows, columns) = if threads > 1 {
            rayon::join(rows, columns)
        } else {
            (rows(), columns())
        };
        Ok(Self {
            features,
            samples,
            classes,
            rows,
            columns,
        })
    }

    /// The sample at a place in the order.
    pub(crate) fn sample(&self, place: usize) -> Sample<'a, F> {
        self.samples[self.classes.order[place]]
    }

    /// Divides the budget; of what one pair gets, kernel rows are one of `parts`. They need room
    /// for a working set, whose size depends on the budget alone, so that the result does not
    /// depend on the number of threads.
    fn share<R: Real>(&self, settings: &Settings, parts: usize) -> Result<Share, Error> {
        const MIB: usize = 1 << 20;
        let fixed = self.rows.bytes() + self.columns.iter().map(Columns::bytes).sum::<usize>();
        let row = size_of::<R>() * self.classes.largest_pair();
        let needed = fixed + (2 * row).div_ceil(SHARED - 1) * SHARED;
        let given = settings.memory_mb.saturating_mul(MIB);
        if given < needed {
            return Err(Error::Memory {
                given: settings.memory_mb,
                needed: needed.div_ceil(MIB),
            });
        }
        let is_shared = self.classes.labels.len() > 2;
        let shared = (given - fixed) / SHARED * usize::from(is_shared);
        let rest = given - fixed - shared;
        let most = (rest / (parts * COPIES * WORKING_SET * row))
            .clamp(1, pairs(self.classes.labels.len()).count());
        let workers = settings.threads.clamp(1, most);
        Ok(Share {
            shared,
            products: (rest / workers) - (rest / workers / parts),
            capacity: (rest / workers / parts / (COPIES * row)).max(2),
            workers,
            threads: (settings.threads / workers).max(1),
        })
    }

    /// Solves every pair of classes, with kernel values that are off by `rounding` in f32.
    pub(crate) fn solve<R: Real>(
        &self,
        function: Function,
        rounding: f64,
        settings: &Settings,
        watch: Watch,
    ) -> Result<Vec<Solution>, Unfit> {
        let share = self.share::<R>(settings, 1)?.limited::<R>(&self.classes);
        let own_class = KeptRows::<R>::new(self.classes.order.len(), share.shared);
        let kept = Kept {
            own_class: &own_class,
            products: None,
        };
        self.classes
            .each_pair(share.workers, share.capacity, watch, |pair, slots, stop| {
                let goal = self.classes.goal(pair, settings.c, settings, rounding);
                let mut kernel = self.kernel_rows(function, kept, pair, share, slots);
                solve(&mut kernel, goal, None, stop)
                    .map_err(|reason| self.classes.unfit(pair, reason))
            })
    }

    /// Solves every pair of classes for every γ of `functions`, each with the rounding of its values,
    /// and every C of `costs`, ascending. Solutions are C by C within γ by γ within pair by pair.
    ///
    /// Inner products serve every γ, kernel rows every C, and each problem starts from the solution
    /// of a neighbour.
    pub(crate) fn solve_grid<R: Real>(
        &self,
        functions: &[(Function, f64)],
        costs: &[f64],
        settings: &Settings,
        watch: Watch,
    ) -> Result<Vec<Vec<Solution>>, Unfit> {
        // Half for kernel rows, half for products with the columns of either class.
        let share = self.share::<R>(settings, 2)?;
        self.classes
            .each_pair(share.workers, share.capacity, watch, |pair, slots, stop| {
                // Kernel values differ from γ to γ: none of them are shared.
                let own_class = KeptRows::<R>::new(self.classes.order.len(), 0);
                let products = [(); 2].map(|()| {
                    KeptRows::<Stripe<F::Product>>::new(
                        self.classes.pair_size(pair),
                        share.products / 2,
                    )
                });
                let kept = Kept {
                    own_class: &own_class,
                    products: Some(&products),
                };
                let mut solutions: Vec<Solution> =
                    Vec::with_capacity(functions.len() * costs.len());
                for &(function, rounding) in functions {
                    let mut kernel = self.kernel_rows(function, kept, pair, share, slots);
                    for (place, &c) in costs.iter().enumerate() {
                        let goal = self.classes.goal(pair, c, settings, rounding);
                        // The same C at the last γ; the smaller C at this one, feasible here, too.
                        let back = if place > 0 { 1 } else { costs.len() };
                        let neighbour = solutions.len().checked_sub(back).map(|at| &solutions[at]);
                        let start = neighbour.map(Solution::alpha);
                        let solution = solve(&mut kernel, goal, start.as_deref(), stop)
                            .map_err(|reason| self.classes.unfit(pair, reason))?;
                        solutions.push(solution);
                    }
                }
                Ok(solutions)
            })
    }

    fn kernel_rows<'b, R: Real>(
        &'b self,
        function: Function,
        kept: Kept<'b, F, R>,
        (a, b): (usize, usize),
        share: Share,
        slots: &'b mut Slabs<R>,
    ) -> KernelRows<'b, R> {
        let values = PairOfSamples {
            function,
            rows: &self.rows,
            ranges: [self.classes.range(a), self.classes.range(b)],
            columns: [&self.columns[a], &self.columns[b]],
            kept,
        };
        KernelRows::new(Box::new(values), share.capacity, share.threads, slots)
    }
}
