//! All pairs of classes, several at a time, within the memory budget.

use crate::class_rows::ClassRows;
use crate::element::Element;
use crate::kernel::Function;
use crate::kernel_rows::KernelRows;
use crate::machine::pairs;
use crate::samples::{Columns, Rows};
use crate::solver::{Solution, WORKING_SET, solve};
use crate::{Error, Settings, Watch};
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// The part of the memory for kernel rows that pairs share.
const SHARED: usize = 8;

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

impl<'a, E: Element> Sorted<'a, E> {
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

    pub(crate) fn range(&self, class: usize) -> Range<usize> {
        self.ranges[class].clone()
    }

    fn kernel_rows<'b>(
        &'b self,
        function: Function,
        shared: &'b ClassRows,
        (a, b): (usize, usize),
        bytes: usize,
        threads: usize,
    ) -> KernelRows<'b, E> {
        let ranges = [self.range(a), self.range(b)];
        let samples = ranges[0].len() + ranges[1].len();
        let columns = [&self.columns[a], &self.columns[b]];
        let capacity = (bytes / (4 * samples)).max(2);
        let rows = &self.rows;
        KernelRows::new(function, rows, columns, ranges, shared, capacity, threads)
    }

    /// Bytes for kernel rows in a budget, and how many pairs may be solved at a time: each needs
    /// room for a working set.
    ///
    /// The size of a working set depends on the budget alone, so that the result does not depend
    /// on the number of threads.
    fn share(&self, settings: &Settings) -> Result<(usize, usize), Error> {
        const MIB: usize = 1 << 20;
        let fixed = self.rows.bytes() + self.columns.iter().map(Columns::bytes).sum::<usize>();
        let largest = pairs(self.classes.len())
            .map(|(a, b)| self.range(a).len() + self.range(b).len())
            .max()
            .unwrap_or(0);
        let row = 4 * largest;
        if settings.memory_mb * MIB < fixed + 2 * row {
            return Err(Error::Memory {
                given: settings.memory_mb,
                needed: (fixed + 2 * row).div_ceil(MIB),
            });
        }
        let bytes = settings.memory_mb * MIB - fixed;
        let pairs = self.classes.len() * (self.classes.len() - 1) / 2;
        let most = ((bytes - bytes / SHARED) / (WORKING_SET * row)).clamp(1, pairs);
        Ok((bytes, settings.threads.clamp(1, most)))
    }

    /// Solves every pair of classes.
    pub(crate) fn solve(
        &self,
        function: Function,
        settings: &Settings,
        watch: Watch,
    ) -> Result<Vec<Solution>, Error> {
        let (bytes, workers) = self.share(settings)?;
        let mut work: Vec<(usize, (usize, usize))> = pairs(self.classes.len()).enumerate().collect();
        let total = work.len();
        // Large problems first: the last to finish is then a small one.
        work.sort_by_key(|&(index, (a, b))| {
            (std::cmp::Reverse(self.range(a).len() + self.range(b).len()), index)
        });
        let shared = ClassRows::new(self.order.len(), bytes / SHARED);
        let bytes = bytes - bytes / SHARED;
        let next = AtomicUsize::new(0);
        let failed = AtomicBool::new(false);
        let stop = || failed.load(Ordering::Relaxed) || (watch.cancelled)();
        let solutions: Mutex<Vec<(usize, Solution)>> = Mutex::new(Vec::with_capacity(total));
        let worker = || -> Result<(), Error> {
            while let Some(&(index, pair)) = work.get(next.fetch_add(1, Ordering::Relaxed)) {
                let threads = (settings.threads / workers).max(1);
                let mut kernel = self.kernel_rows(function, &shared, pair, bytes / workers, threads);
                let solution = solve(&mut kernel, settings.c, settings.tolerance, None, &stop)
                    .ok_or(Error::Cancelled)?;
                self.converged(pair, &solution, settings.tolerance)?;
                let mut solutions = solutions.lock().expect("no worker panics");
                solutions.push((index, solution));
                (watch.solved)(solutions.len(), total);
            }
            Ok(())
        };
        let guarded = || worker().inspect_err(|_| failed.store(true, Ordering::Relaxed));
        std::thread::scope(|scope| {
            let others: Vec<_> = (1..workers).map(|_| scope.spawn(guarded)).collect();
            let mut results = vec![guarded()];
            results.extend(others.into_iter().map(|other| {
                other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            }));
            // The reason, not the workers that stopped because of it.
            let errors = results.into_iter().filter_map(Result::err);
            errors.min_by_key(|error| *error == Error::Cancelled).map_or(Ok(()), Err)
        })?;
        let mut solutions = solutions.into_inner().expect("no worker panics");
        solutions.sort_by_key(|&(index, _)| index);
        Ok(solutions.into_iter().map(|(_, solution)| solution).collect())
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
