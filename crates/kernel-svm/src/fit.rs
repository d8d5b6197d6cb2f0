//! All pairs of classes, several at a time, within the memory budget.

use crate::element::{Element, WIDTH};
use crate::kept_rows::KeptRows;
use crate::kernel::Function;
use crate::kernel_rows::{Kept, KernelRows, TwoClasses};
use crate::machine::pairs;
use crate::samples::{Columns, Rows};
use crate::solver::{Solution, WORKING_SET, solve};
use crate::{Error, Settings, Watch};
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// The part of the memory for kernel rows that pairs share. On MNIST a twentieth of 2 GiB is as fast
/// as a tenth, with 100 MB less in use, and a tenth faster than nothing.
const SHARED: usize = 20;

/// Training samples, sorted by class, in both forms that kernel rows need.
pub(crate) struct Sorted<'a, E: Element> {
    pub(crate) features: usize,
    values: &'a [E],
    /// The classes that occur, ascending.
    pub(crate) classes: Vec<usize>,
    /// Where each class lies in `order`.
    ranges: Vec<Range<usize>>,
    /// The samples by class, each class in the order given.
    pub(crate) order: Vec<usize>,
    rows: Rows<E>,
    columns: Vec<Columns<E>>,
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

impl<'a, E: Element> Sorted<'a, E> {
    /// # Errors
    /// [`Error::OneClass`].
    pub(crate) fn new(values: &'a [E], features: usize, labels: &[usize]) -> Result<Self, Error> {
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
            features,
            values,
            classes,
            ranges,
            order,
            columns,
        })
    }

    /// The sample at a place in the order.
    pub(crate) fn sample(&self, place: usize) -> &'a [E] {
        let start = self.order[place] * self.features;
        &self.values[start..start + self.features]
    }

    /// Where the samples of a class, by its place among those that occur, lie in the order.
    pub(crate) fn range(&self, class: usize) -> Range<usize> {
        self.ranges[class].clone()
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
    fn share(&self, settings: &Settings, parts: usize) -> Result<Share, Error> {
        const MIB: usize = 1 << 20;
        let fixed = self.rows.bytes() + self.columns.iter().map(Columns::bytes).sum::<usize>();
        let row = size_of::<f32>() * self.largest_pair();
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

    /// Solves every pair of classes.
    pub(crate) fn solve(
        &self,
        function: Function,
        settings: &Settings,
        watch: Watch,
    ) -> Result<Vec<Solution>, Error> {
        let share = self.share(settings, 1)?;
        let own_class = KeptRows::new(self.order.len(), share.shared);
        let kept = Kept {
            own_class: &own_class,
            products: None,
        };
        self.each_pair(share, watch, |pair, spare, stop| {
            let mut kernel = self.kernel_rows(function, kept, pair, share, spare);
            let solution = solve(&mut kernel, settings.c, settings.tolerance, None, stop)
                .ok_or(Error::Cancelled)?;
            self.converged(pair, &solution, settings.tolerance)?;
            Ok(solution)
        })
    }

    /// Solves every pair of classes for every γ of `functions` and every C of `costs`, ascending.
    /// Solutions are C by C within γ by γ within pair by pair.
    ///
    /// Inner products serve every γ, kernel rows every C, and each problem starts from the solution
    /// of a neighbour.
    pub(crate) fn solve_grid(
        &self,
        functions: &[Function],
        costs: &[f64],
        settings: &Settings,
        watch: Watch,
    ) -> Result<Vec<Vec<Solution>>, Error> {
        // Half for kernel rows, half for products with the columns of either class.
        let share = self.share(settings, 2)?;
        self.each_pair(share, watch, |pair, spare, stop| {
            // Kernel values differ from γ to γ: none of them are shared.
            let own_class = KeptRows::new(self.order.len(), 0);
            let products = [(); 2].map(|()| {
                KeptRows::<[E::Product; WIDTH]>::new(self.pair_size(pair), share.rows / 2)
            });
            let kept = Kept {
                own_class: &own_class,
                products: Some(&products),
            };
            let mut solutions: Vec<Solution> = Vec::with_capacity(functions.len() * costs.len());
            for &function in functions {
                let mut kernel = self.kernel_rows(function, kept, pair, share, spare);
                for (place, &c) in costs.iter().enumerate() {
                    // The same C at the last γ; the smaller C at this one, feasible here, too.
                    let neighbour = if place > 0 {
                        solutions.last()
                    } else {
                        solutions
                            .len()
                            .checked_sub(costs.len())
                            .map(|at| &solutions[at])
                    };
                    let start: Option<Vec<f64>> = neighbour
                        .map(|solution| solution.coefficients.iter().map(|y| y.abs()).collect());
                    let tolerance = settings.tolerance;
                    let solution = solve(&mut kernel, c, tolerance, start.as_deref(), stop)
                        .ok_or(Error::Cancelled)?;
                    self.converged(pair, &solution, tolerance)?;
                    solutions.push(solution);
                }
            }
            Ok(solutions)
        })
    }

    fn kernel_rows<'b>(
        &'b self,
        function: Function,
        kept: Kept<'b, E>,
        (a, b): (usize, usize),
        share: Share,
        spare: &'b mut Vec<Vec<f32>>,
    ) -> KernelRows<'b, E> {
        let classes = TwoClasses {
            rows: &self.rows,
            ranges: [self.range(a), self.range(b)],
            columns: [&self.columns[a], &self.columns[b]],
        };
        // Spare rows are as long as those of the largest pair.
        let capacity = (share.rows / (size_of::<f32>() * self.largest_pair())).max(2);
        KernelRows::new(function, classes, kept, capacity, share.threads, spare)
    }

    /// What `work` returns for every pair, in the order of [`pairs`]. It is given rows whose memory it
    /// may use, and a function that says whether to stop.
    fn each_pair<T: Send>(
        &self,
        share: Share,
        watch: Watch,
        work: impl Fn((usize, usize), &mut Vec<Vec<f32>>, &dyn Fn() -> bool) -> Result<T, Error> + Sync,
    ) -> Result<Vec<T>, Error> {
        let mut queue: Vec<(usize, (usize, usize))> =
            pairs(self.classes.len()).enumerate().collect();
        let total = queue.len();
        // Large problems first: the last to finish is then a small one.
        queue.sort_by_key(|&(index, pair)| (std::cmp::Reverse(self.pair_size(pair)), index));
        let next = AtomicUsize::new(0);
        let failed = AtomicBool::new(false);
        let stop = || failed.load(Ordering::Relaxed) || (watch.cancelled)();
        let done = Mutex::new(Vec::with_capacity(total));
        let worker = || -> Result<(), Error> {
            let mut spare = Vec::new();
            while let Some(&(index, pair)) = queue.get(next.fetch_add(1, Ordering::Relaxed)) {
                let result = work(pair, &mut spare, &stop)?;
                let mut done = done.lock().expect("no worker panics");
                done.push((index, result));
                (watch.solved)(done.len(), total);
            }
            Ok(())
        };
        let guarded = || worker().inspect_err(|_| failed.store(true, Ordering::Relaxed));
        std::thread::scope(|scope| {
            let others: Vec<_> = (1..share.workers).map(|_| scope.spawn(guarded)).collect();
            let mut results = vec![guarded()];
            results.extend(others.into_iter().map(|other| {
                other
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            }));
            // The reason, not the workers that stopped because of it.
            let errors = results.into_iter().filter_map(Result::err);
            errors
                .min_by_key(|error| *error == Error::Cancelled)
                .map_or(Ok(()), Err)
        })?;
        let mut done = done.into_inner().expect("no worker panics");
        done.sort_by_key(|&(index, _)| index);
        Ok(done.into_iter().map(|(_, result)| result).collect())
    }

    fn converged(
        &self,
        (a, b): (usize, usize),
        solution: &Solution,
        tolerance: f64,
    ) -> Result<(), Error> {
        if solution.certificate.kkt_violation <= tolerance {
            return Ok(());
        }
        Err(Error::NotConverged {
            first: self.classes[a],
            second: self.classes[b],
            violation: solution.certificate.kkt_violation,
            working_sets: solution.certificate.working_sets,
        })
    }
}
