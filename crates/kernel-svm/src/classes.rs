//! Samples by class, and all pairs of classes, several at a time.

use crate::goal::{Goal, Unsolved};
use crate::real::Real;
use crate::slabs::Slabs;
use crate::solution::Solution;
use crate::threads;
use crate::votes::pairs;
use crate::{Error, Settings, Watch};
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Which samples are of which class.
pub(crate) struct Classes {
    /// The labels that occur, ascending.
    pub(crate) labels: Vec<usize>,
    /// The samples by class, each class in the order given.
    pub(crate) order: Vec<usize>,
    /// Where each class lies in `order`.
    ranges: Vec<Range<usize>>,
    /// What C is multiplied with for each sample of `order`.
    weights: Option<Vec<f64>>,
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

impl Classes {
    /// # Errors
    /// [`Error::OneClass`].
    pub(crate) fn new(labels: &[usize], weights: Option<&[f64]>) -> Result<Self, Error> {
        let mut order: Vec<usize> = (0..labels.len()).collect();
        order.sort_by_key(|&i| labels[i]);
        let mut occurring: Vec<usize> = order.iter().map(|&i| labels[i]).collect();
        occurring.dedup();
        if let [class] = occurring[..] {
            return Err(Error::OneClass { class });
        }
        let range = |&class: &usize| {
            let start = order.partition_point(|&i| labels[i] < class);
            start..order.partition_point(|&i| labels[i] <= class)
        };
        Ok(Self {
            ranges: occurring.iter().map(range).collect(),
            weights: weights.map(|weights| order.iter().map(|&i| weights[i]).collect()),
            labels: occurring,
            order,
        })
    }

    /// Where the samples of a class, by its place among those that occur, lie in the order.
    pub(crate) fn range(&self, class: usize) -> Range<usize> {
        self.ranges[class].clone()
    }

    /// Where all classes lie in the order.
    pub(crate) fn ranges(&self) -> &[Range<usize>] {
        &self.ranges
    }

    /// The weights of the samples of a class.
    pub(crate) fn weights(&self, class: usize) -> Option<&[f64]> {
        Some(&self.weights.as_ref()?[self.range(class)])
    }

    /// The largest that C is multiplied with.
    pub(crate) fn largest_weight(&self) -> f64 {
        let weights = self.weights.as_deref().unwrap_or(&[1.0]);
        weights.iter().copied().fold(0.0, f64::max)
    }

    /// What to solve a pair to, with this C and kernel values that are off by `rounding` in f32, of all its samples
    /// at once.
    pub(crate) fn goal(
        &self,
        (a, b): (usize, usize),
        c: f64,
        settings: &Settings,
        rounding: f64,
    ) -> Goal<'_> {
        Goal {
            c,
            weights: self.weights(a).zip(self.weights(b)).map(|(a, b)| [a, b]),
            tolerance: settings.tolerance,
            rounding,
            least_to_shrink: usize::MAX,
            rows_of_set: usize::MAX,
            may_shift: false,
        }
    }

    pub(crate) fn pair_size(&self, (a, b): (usize, usize)) -> usize {
        self.ranges[a].len() + self.ranges[b].len()
    }

    pub(crate) fn largest_pair(&self) -> usize {
        let sizes = pairs(self.labels.len()).map(|pair| self.pair_size(pair));
        sizes.max().unwrap_or(0)
    }

    /// What `work` returns for every pair, in the order of [`pairs`]. It is given memory for `capacity` rows of
    /// any pair, and a function that says whether to stop.
    pub(crate) fn each_pair<T: Send, R: Real>(
        &self,
        workers: usize,
        capacity: usize,
        watch: Watch,
        work: impl Fn((usize, usize), &mut Slabs<R>, &dyn Fn() -> bool) -> Result<T, Unfit> + Sync,
    ) -> Result<Vec<T>, Unfit> {
        let mut queue: Vec<(usize, (usize, usize))> =
            pairs(self.labels.len()).enumerate().collect();
        let total = queue.len();
        // Large problems first: the last to finish is then a small one.
        queue.sort_by_key(|&(index, pair)| (std::cmp::Reverse(self.pair_size(pair)), index));
        let next = AtomicUsize::new(0);
        let failed = AtomicBool::new(false);
        let stop = || failed.load(Ordering::Relaxed) || (watch.cancelled)();
        let done = Mutex::new(Vec::with_capacity(total));
        let worker = || -> Result<(), Unfit> {
            let largest = self.largest_pair();
            let mut slots = Slabs::new(largest, capacity.min(largest));
            while let Some(&(index, pair)) = queue.get(next.fetch_add(1, Ordering::Relaxed)) {
                let result = work(pair, &mut slots, &stop)?;
                let mut done = done.lock().expect("no worker panics");
                done.push((index, result));
                (watch.solved)(done.len(), total);
            }
            Ok(())
        };
        run(workers, || {
            worker().inspect_err(|_| failed.store(true, Ordering::Relaxed))
        })?;
        let mut done = done.into_inner().expect("no worker panics");
        done.sort_by_key(|&(index, _)| index);
        Ok(done.into_iter().map(|(_, result)| result).collect())
    }

    /// What each sample's αy is in the pair with each other class, ascending: of every class, shape (samples,
    /// classes − 1).
    pub(crate) fn coefficients(&self, solutions: &[Solution]) -> Vec<Vec<f64>> {
        let classes = self.labels.len();
        let others = classes - 1;
        let mut coefficients: Vec<Vec<f64>> = (0..classes)
            .map(|class| vec![0.0; self.range(class).len() * others])
            .collect();
        for ((a, b), solution) in pairs(classes).zip(solutions) {
            let (first, second) = solution.coefficients.split_at(self.range(a).len());
            for (class, lane, values) in [(a, b - 1, first), (b, a, second)] {
                let rows = coefficients[class].chunks_exact_mut(others);
                for (row, &value) in rows.zip(values) {
                    row[lane] = value;
                }
            }
        }
        coefficients
    }

    /// Why there is no machine, from why a pair was not solved.
    pub(crate) fn unfit(&self, (a, b): (usize, usize), reason: Unsolved) -> Unfit {
        match reason {
            Unsolved::Imprecise => Unfit::Imprecise,
            Unsolved::Cancelled => Unfit::Failed(Error::Cancelled),
            Unsolved::NotConverged {
                violation,
                working_sets,
            } => Unfit::Failed(Error::NotConverged {
                first: self.labels[a],
                second: self.labels[b],
                violation,
                working_sets,
            }),
        }
    }
}

/// Runs as many `workers`, this thread among them. Of several errors it returns the reason, not the
/// cancellation of those that stopped because of it.
fn run(workers: usize, worker: impl Fn() -> Result<(), Unfit> + Sync) -> Result<(), Unfit> {
    let results = threads::together(workers - 1, worker);
    let errors = results.into_iter().filter_map(Result::err);
    errors
        .min_by_key(|error| matches!(error, Unfit::Failed(Error::Cancelled)))
        .map_or(Ok(()), Err)
}
