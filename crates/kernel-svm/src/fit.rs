//! All pairs of classes, several at a time, within the memory budget.

use crate::kept_rows::KeptRows;
use crate::kernel::Function;
use crate::kernel_rows::{Kept, KernelRows, TwoClasses};
use crate::real::Real;
use crate::solver::{Goal, Solution, Unsolved, WORKING_SET, solve};
use crate::votes::pairs;
use crate::{Error, Settings, Watch};
use inner_products::{Columns, Feature, Rows, WIDTH};
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// The part of the memory for kernel rows that pairs share. On MNIST a twentieth of 2 GiB is as fast
/// as a tenth, with 100 MB less in use, and a tenth faster than nothing.
const SHARED: usize = 20;

/// Training samples, sorted by class, in both forms that kernel rows need.
pub(crate) struct Sorted<'a, F: Feature> {
    pub(crate) features: usize,
    values: &'a [F],
    /// The classes that occur, ascending.
    pub(crate) classes: Vec<usize>,
    /// Where each class lies in `order`.
    ranges: Vec<Range<usize>>,
    /// The samples by class, each class in the order given.
    pub(crate) order: Vec<usize>,
    /// What C is multiplied with for each of them.
    weights: Option<Vec<f64>>,
    rows: Rows<F>,
    columns: Vec<Columns<F>>,
}

/// Why there is no machine yet.
#[derive(Debug)]
pub(crate) enum Unfit {
    /// f32 is not precise enough: f64 may be.
    Imprecise,
    Failed(Error),
}

impl From<Error> for Unfit {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// How the memory and the threads are divided.
#[derive(Clone, Copy)]
struct Share {
    /// Bytes for the rows that pairs share.
    shared: usize,
    /// Bytes for the kernel rows of one pair.
    rows: usize,
    /// Pairs solved at a time.
    workers: usize,
    /// Threads for each of them.
    threads: usize,
}

impl<'a, F: Feature> Sorted<'a, F> {
    /// # Errors
    /// [`Error::OneClass`].
    pub(crate) fn new(
        values: &'a [F],
        features: usize,
        labels: &[usize],
        weights: Option<&[f64]>,
    ) -> Result<Self, Error> {
        let mut order: Vec<usize> = (0..labels.len()).collect();
        order.sort_by_key(|&i| labels[i]);
        let mut classes: Vec<usize> = order.iter().map(|&i| labels[i]).collect();
        classes.dedup();
        if let [class] = classes[..] {
            return Err(Error::OneClass { class });
        }
        let ranges: Vec<Range<usize>> = classes
            .iter()
            .map(|&class| {
                order.partition_point(|&i| labels[i] < class)
                    ..order.partition_point(|&i| labels[i] <= class)
            })
            .collect();
        let sample = |&i: &usize| &values[i * features..(i + 1) * features];
        let columns = ranges
            .iter()
            .map(|range| Columns::new(features, order[range.clone()].iter().map(sample)))
            .collect();
        Ok(Self {
            rows: Rows::new(order.iter().map(sample)),
            weights: weights.map(|weights| order.iter().map(|&i| weights[i]).collect()),
            features,
            values,
            classes,
            ranges,
            order,
            columns,
        })
    }

    /// The sample at a place in the order.
    pub(crate) fn sample(&self, place: usize) -> &'a [F] {
        let start = self.order[place] * self.features;
        &self.values[start..start + self.features]
    }

    /// Where the samples of a class, by its place among those that occur, lie in the order.
    pub(crate) fn range(&self, class: usize) -> Range<usize> {
        self.ranges[class].clone()
    }

    /// The weights of the samples of a class.
    pub(crate) fn weights(&self, class: usize) -> Option<&[f64]> {
        Some(&self.weights.as_ref()?[self.range(class)])
    }

    fn goal(&self, (a, b): (usize, usize), c: f64, tolerance: f64, rounding: f64) -> Goal<'_> {
        Goal {
            c,
            weights: self.weights(a).zip(self.weights(b)).map(|(a, b)| [a, b]),
            tolerance,
            rounding,
        }
    }

    fn pair_size(&self, (a, b): (usize, usize)) -> usize {
        self.ranges[a].len() + self.ranges[b].len()
    }

    fn largest_pair(&self) -> usize {
        let sizes = pairs(self.classes.len()).map(|pair| self.pair_size(pair));
        sizes.max().unwrap_or(0)
    }

    /// Divides the budget; of what one pair gets, kernel rows are one of `parts`. They need room
    /// for a working set, whose size depends on the budget alone, so that the result does not
    /// depend on the number of threads.
    fn share<R: Real>(&self, settings: &Settings, parts: usize) -> Result<Share, Error> {
        const MIB: usize = 1 << 20;
        let fixed = self.rows.bytes() + self.columns.iter().map(Columns::bytes).sum::<usize>();
        let row = size_of::<R>() * self.largest_pair();
        let needed = fixed + (2 * row).div_ceil(SHARED - 1) * SHARED;
        let given = settings.memory_mb.saturating_mul(MIB);
        if given < needed {
            return Err(Error::Memory {
                given: settings.memory_mb,
                needed: needed.div_ceil(MIB),
            });
        }
        let shared = (given - fixed) / SHARED;
        let rest = given - fixed - shared;
        let most = (rest / (parts * WORKING_SET * row)).clamp(1, pairs(self.classes.len()).count());
        let workers = settings.threads.clamp(1, most);
        Ok(Share {
            shared,
            rows: rest / workers / parts,
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
        let share = self.share::<R>(settings, 1)?;
        let own_class = KeptRows::<R>::new(self.order.len(), share.shared);
        let kept = Kept {
            own_class: &own_class,
            products: None,
        };
        self.each_pair(share, watch, |pair, spare, stop| {
            let goal = self.goal(pair, settings.c, settings.tolerance, rounding);
            let mut kernel = self.kernel_rows(function, kept, pair, share, spare);
            solve(&mut kernel, goal, None, stop).map_err(|reason| self.unfit(pair, reason))
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
        self.each_pair(share, watch, |pair, spare, stop| {
            // Kernel values differ from γ to γ: none of them are shared.
            let own_class = KeptRows::<R>::new(self.order.len(), 0);
            let products = [(); 2].map(|()| {
                KeptRows::<[F::Product; WIDTH]>::new(self.pair_size(pair), share.rows / 2)
            });
            let kept = Kept {
                own_class: &own_class,
                products: Some(&products),
            };
            let mut solutions: Vec<Solution> = Vec::with_capacity(functions.len() * costs.len());
            for &(function, rounding) in functions {
                let mut kernel = self.kernel_rows(function, kept, pair, share, spare);
                for (place, &c) in costs.iter().enumerate() {
                    let goal = self.goal(pair, c, settings.tolerance, rounding);
                    // The same C at the last γ; the smaller C at this one, feasible here, too.
                    let back = if place > 0 { 1 } else { costs.len() };
                    let neighbour = solutions.len().checked_sub(back).map(|at| &solutions[at]);
                    let start = neighbour.map(Solution::alpha);
                    let solution = solve(&mut kernel, goal, start.as_deref(), stop)
                        .map_err(|reason| self.unfit(pair, reason))?;
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
        spare: &'b mut Vec<Vec<R>>,
    ) -> KernelRows<'b, F, R> {
        let classes = TwoClasses {
            rows: &self.rows,
            ranges: [self.range(a), self.range(b)],
            columns: [&self.columns[a], &self.columns[b]],
        };
        // Spare rows are as long as those of the largest pair. In f64 working sets grow, and copies of
        // rows, restricted to them, may take as much.
        let copies = if R::DOUBLE { 2 } else { 1 };
        let row = copies * size_of::<R>() * self.largest_pair();
        let capacity = (share.rows / row).max(2);
        KernelRows::new(function, classes, kept, capacity, share.threads, spare)
    }

    /// What `work` returns for every pair, in the order of [`pairs`]. It is given rows whose memory it
    /// may use, and a function that says whether to stop.
    fn each_pair<T: Send, R: Real>(
        &self,
        share: Share,
        watch: Watch,
        work: impl Fn((usize, usize), &mut Vec<Vec<R>>, &dyn Fn() -> bool) -> Result<T, Unfit> + Sync,
    ) -> Result<Vec<T>, Unfit> {
        let mut queue: Vec<(usize, (usize, usize))> =
            pairs(self.classes.len()).enumerate().collect();
        let total = queue.len();
        // Large problems first: the last to finish is then a small one.
        queue.sort_by_key(|&(index, pair)| (std::cmp::Reverse(self.pair_size(pair)), index));
        let next = AtomicUsize::new(0);
        let failed = AtomicBool::new(false);
        let stop = || failed.load(Ordering::Relaxed) || (watch.cancelled)();
        let done = Mutex::new(Vec::with_capacity(total));
        let worker = || -> Result<(), Unfit> {
            let mut spare = Vec::new();
            while let Some(&(index, pair)) = queue.get(next.fetch_add(1, Ordering::Relaxed)) {
                let result = work(pair, &mut spare, &stop)?;
                let mut done = done.lock().expect("no worker panics");
                done.push((index, result));
                (watch.solved)(done.len(), total);
            }
            Ok(())
        };
        run(share.workers, || {
            worker().inspect_err(|_| failed.store(true, Ordering::Relaxed))
        })?;
        let mut done = done.into_inner().expect("no worker panics");
        done.sort_by_key(|&(index, _)| index);
        Ok(done.into_iter().map(|(_, result)| result).collect())
    }

    fn unfit(&self, (a, b): (usize, usize), reason: Unsolved) -> Unfit {
        match reason {
            Unsolved::Imprecise => Unfit::Imprecise,
            Unsolved::Cancelled => Unfit::Failed(Error::Cancelled),
            Unsolved::NotConverged {
                violation,
                working_sets,
            } => Unfit::Failed(Error::NotConverged {
                first: self.classes[a],
                second: self.classes[b],
                violation,
                working_sets,
            }),
        }
    }
}

/// Runs as many `workers`, this thread among them. Of several errors it returns the reason, not the
/// cancellation of those that stopped because of it.
fn run(workers: usize, worker: impl Fn() -> Result<(), Unfit> + Sync) -> Result<(), Unfit> {
    let results = std::thread::scope(|scope| {
        let others: Vec<_> = (1..workers).map(|_| scope.spawn(&worker)).collect();
        let mut results = vec![worker()];
        for other in others {
            let joined = other.join();
            results.push(joined.unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        results
    });
    let errors = results.into_iter().filter_map(Result::err);
    errors
        .min_by_key(|error| matches!(error, Unfit::Failed(Error::Cancelled)))
        .map_or(Ok(()), Err)
}
