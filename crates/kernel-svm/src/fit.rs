//! All pairs of classes, several at a time, within the memory budget.

use crate::aim::{AIM, ROUNDING_SHARE};
use crate::classes::{Classes, Unfit};
use crate::goal::{Goal, Unsolved};
use crate::kept_rows::KeptRows;
use crate::kernel::Function;
use crate::kernel_rows::{KernelRows, KernelValues};
use crate::pair_values::{Kept, PairOfSamples};
use crate::precision::Precision;
use crate::real::Real;
use crate::shifted::{Shift, Shifted};
use crate::slabs::Slabs;
use crate::solution::Solution;
use crate::solver::{LEAST_TO_SHRINK, solve};
use crate::threads;
use crate::votes::pairs;
use crate::working_set::WORKING_SET;
use crate::{Error, Settings, Watch};
use inner_products::{Columns, Feature, Rows, Sample, Stripe};
use std::ops::Range;

/// The part of the memory for kernel rows that pairs share. On MNIST a twentieth of 2 GiB is as fast
/// as a tenth, with 100 MB less in use, and a tenth faster than nothing.
const SHARED: usize = 20;

/// Of the memory for kernel rows, one in as many parts is for whole rows, which are as long as those of the
/// largest pair, where there are parts of rows, too: in f32 those of the samples that may still move, if a pair is
/// large enough to leave the others out; in f64 copies of rows, restricted to working sets, which grow.
const COPIES: usize = 2;

/// Pairs solved at a time in f64, at most. The memory that each would have then is what working sets may grow to.
const AT_ONCE: usize = 4;

/// Bytes of whole rows that are kept in f32 for each group of features of a sample that is not zero, if they suffice
/// for several working sets. The first touch of more memory takes longer than to compute the rows again (256 MiB
/// for 50 000 samples of 50 features, AMD EPYC), and that takes as much longer as a sample has more features.
const ENOUGH: usize = (256 << 20) / 50;

/// Training samples, sorted by class, in both forms that kernel rows need.
pub(crate) struct Sorted<'a, F: Feature> {
    pub(crate) features: usize,
    samples: &'a [Sample<'a, F>],
    pub(crate) classes: Classes,
    rows: Rows<F>,
    columns: Vec<Columns<F>>,
    /// Samples of a pair from which on those that cannot move are left out for a while.
    least_to_shrink: usize,
}

/// How the memory and the threads are divided.
#[derive(Clone, Copy)]
struct Share {
    /// Bytes for the rows that pairs share.
    shared: usize,
    /// Bytes of one pair for what is beside kernel rows: products that are kept, or the columns of those samples that
    /// may still move.
    beside: usize,
    /// Samples of a pair from which on those that cannot move are left out.
    least_to_shrink: usize,
    /// Kernel rows of one pair.
    capacity: usize,
    /// Of these, as many as there are whatever the number of threads.
    rows_of_set: usize,
    /// Pairs solved at a time.
    workers: usize,
    /// Threads for each of them.
    threads: usize,
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
            threads::join(rows, columns)
        } else {
            (rows(), columns())
        };
        Ok(Self {
            features,
            samples,
            classes,
            rows,
            columns,
            least_to_shrink: LEAST_TO_SHRINK,
        })
    }

    /// The sample at a place in the order.
    pub(crate) fn sample(&self, place: usize) -> Sample<'a, F> {
        self.samples[self.classes.order[place]]
    }

    /// Divides the budget; of what one pair gets, kernel rows are one of `parts`, and no samples are left out if the
    /// others are for products. Rows need room for a working set, whose size depends on the budget alone, as does
    /// whether samples are left out, so that the result does not depend on the number of threads.
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
        let set = parts * WORKING_SET * row;
        let selected = self
            .selectable()
            .filter(|selected| !R::DOUBLE && parts == 1 && selected + COPIES * set <= rest);
        let (least_to_shrink, copies) = match selected {
            Some(_) => (self.least_to_shrink, COPIES),
            None => (usize::MAX, if R::DOUBLE { COPIES } else { 1 }),
        };
        let selected = selected.unwrap_or(0);
        let most = rest / (copies * set + selected);
        let most = most.clamp(1, pairs(self.classes.labels.len()).count());
        let most = if R::DOUBLE { most.min(AT_ONCE) } else { most };
        let workers = settings.threads.clamp(1, most);
        let rows = |workers: usize| (rest / workers - selected) / parts / (copies * row);
        let own = rest / workers - selected;
        Ok(Share {
            shared,
            beside: selected + own - own / parts,
            least_to_shrink,
            capacity: rows(workers).max(2),
            rows_of_set: rows(most).max(2),
            workers,
            threads: settings.threads.max(1).div_ceil(workers),
        })
    }

    /// Bytes of the columns of the largest pair whose samples that may still move can be a problem of their own, if
    /// there is one. They are half of all or fewer, those of them that may move later half of these, and so on:
    /// together no more than all.
    fn selectable(&self) -> Option<usize> {
        let columns = |(a, b): (usize, usize)| [&self.columns[a], &self.columns[b]];
        pairs(self.classes.labels.len())
            .filter(|&pair| self.classes.pair_size(pair) >= self.least_to_shrink)
            .map(columns)
            .filter(|pair| pair.iter().all(|columns| columns.is_full()))
            .map(|pair| pair.iter().map(|columns| columns.bytes()).sum())
            .max()
    }

    /// No more rows in f32 than are of use for one problem after the other.
    fn limited<R: Real>(&self, share: Share) -> Share {
        let row = size_of::<R>() * self.classes.largest_pair();
        let enough = ENOUGH.saturating_mul(self.rows.groups()) / self.rows.len() / row;
        let enough = enough.max(4 * WORKING_SET);
        let most = if R::DOUBLE { usize::MAX } else { enough };
        Share {
            capacity: share.capacity.min(most),
            ..share
        }
    }

    /// Solves every pair of classes, with kernel values of this `precision`.
    pub(crate) fn solve<R: Real>(
        &self,
        function: Function,
        precision: Precision,
        settings: &Settings,
        watch: Watch,
    ) -> Result<Vec<Solution>, Unfit> {
        let share = self.limited::<R>(self.share::<R>(settings, 1)?);
        let own_class = KeptRows::<R>::new(self.classes.order.len(), share.shared);
        let may_shift = self.may_shift::<R>(precision, settings.c, settings);
        let kept = Kept {
            own_class: &own_class,
            products: None,
        };
        self.classes
            .each_pair(share.workers, share.capacity, watch, |pair, slots, stop| {
                let goal = Goal {
                    least_to_shrink: share.least_to_shrink,
                    rows_of_set: share.rows_of_set,
                    may_shift,
                    ..self
                        .classes
                        .goal(pair, settings.c, settings, precision.rounding)
                };
                let mut kernel = self.kernel_rows(function, None, kept, pair, share, slots);
                let mut solved = solve(&mut kernel, goal, None, stop);
                drop(kernel);
                if may_shift && solved == Err(Unsolved::Imprecise) {
                    let own_class = KeptRows::<R>::new(self.classes.order.len(), 0);
                    let kept = Kept {
                        own_class: &own_class,
                        ..kept
                    };
                    let shift = self.shift(function, kept, pair);
                    let mut kernel =
                        self.kernel_rows(function, Some(&shift), kept, pair, share, slots);
                    let goal = Goal {
                        may_shift: false,
                        ..goal
                    };
                    solved = solve(&mut kernel, goal, None, stop).map(|of| shift.undo(of));
                }
                solved.map_err(|reason| self.classes.unfit(pair, reason))
            })
    }

    /// Solves every pair of classes for every γ of `functions`, each with the precision of its values,
    /// and every C of `costs`, ascending. Solutions are C by C within γ by γ within pair by pair.
    ///
    /// Inner products serve every γ, kernel rows every C, and each problem starts from the solution
    /// of a neighbour.
    pub(crate) fn solve_grid<R: Real>(
        &self,
        functions: &[(Function, Precision)],
        costs: &[f64],
        settings: &Settings,
        watch: Watch,
    ) -> Result<Vec<Vec<Solution>>, Unfit> {
        // Half for kernel rows, half for products with the columns of either class.
        let share = self.limited::<R>(self.share::<R>(settings, 2)?);
        self.classes
            .each_pair(share.workers, share.capacity, watch, |pair, slots, stop| {
                // Kernel values differ from γ to γ: none of them are shared.
                let own_class = KeptRows::<R>::new(self.classes.order.len(), 0);
                let products = [(); 2].map(|()| {
                    KeptRows::<Stripe<F::Product>>::new(
                        self.classes.pair_size(pair),
                        share.beside / 2,
                    )
                });
                let kept = Kept {
                    own_class: &own_class,
                    products: Some(&products),
                };
                let mut solutions: Vec<Solution> =
                    Vec::with_capacity(functions.len() * costs.len());
                for &(function, precision) in functions {
                    let largest = costs.last().copied().unwrap_or(0.0);
                    let is_shifted = self.may_shift::<R>(precision, largest, settings);
                    let shift = is_shifted.then(|| self.shift(function, kept, pair));
                    let mut kernel =
                        self.kernel_rows(function, shift.as_ref(), kept, pair, share, slots);
                    for (place, &c) in costs.iter().enumerate() {
                        let goal = Goal {
                            rows_of_set: share.rows_of_set,
                            ..self.classes.goal(pair, c, settings, precision.rounding)
                        };
                        // The same C at the last γ; the smaller C at this one, feasible here, too.
                        let back = if place > 0 { 1 } else { costs.len() };
                        let neighbour = solutions.len().checked_sub(back).map(|at| &solutions[at]);
                        let start = neighbour.map(Solution::alpha);
                        let solution = solve(&mut kernel, goal, start.as_deref(), stop)
                            .map_err(|reason| self.classes.unfit(pair, reason))?;
                        solutions.push(match &shift {
                            None => solution,
                            Some(shift) => shift.undo(solution),
                        });
                    }
                }
                Ok(solutions)
            })
    }

    /// Whether the rounding of kernel values near 1 may decide with this C. Never in f32, which is left for f64 then.
    fn may_shift<R: Real>(&self, precision: Precision, c: f64, settings: &Settings) -> bool {
        R::DOUBLE && precision.is_near_one && {
            let largest = c * self.classes.largest_weight();
            f64::EPSILON * largest > ROUNDING_SHARE * AIM * settings.tolerance
        }
    }

    fn shift<R: Real>(&self, function: Function, kept: Kept<F, R>, pair: (usize, usize)) -> Shift {
        let products = self.values(Shift::PRODUCTS, kept, pair);
        Shift::new(function.gamma, &products)
    }

    fn values<'b, R: Real>(
        &'b self,
        function: Function,
        kept: Kept<'b, F, R>,
        (a, b): (usize, usize),
    ) -> PairOfSamples<'b, F, R> {
        PairOfSamples {
            function,
            rows: &self.rows,
            ranges: [self.classes.range(a), self.classes.range(b)],
            columns: [&self.columns[a], &self.columns[b]],
            kept,
        }
    }

    fn kernel_rows<'b, R: Real>(
        &'b self,
        function: Function,
        shift: Option<&'b Shift>,
        kept: Kept<'b, F, R>,
        pair: (usize, usize),
        share: Share,
        slots: &'b mut Slabs<R>,
    ) -> KernelRows<'b, R> {
        let values: Box<dyn KernelValues<R> + 'b> = match shift {
            None => Box::new(self.values(function, kept, pair)),
            Some(shift) => Box::new(Shifted {
                products: Box::new(self.values(Shift::PRODUCTS, kept, pair)),
                shift,
            }),
        };
        KernelRows::new(values, share.capacity, share.threads, slots)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Kernel;
    use crate::{Features, SupportVectorMachine};

    const SILENT: Watch = Watch {
        solved: &|_, _| {},
        cancelled: &|| false,
    };

    /// Numbers from 0.5 to 1, without a pattern.
    fn numbers(count: usize) -> Vec<f32> {
        let mut state = 1_u32;
        let number = |_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            0.5 + (state >> 8) as f32 / (1 << 25) as f32
        };
        (0..count).map(number).collect()
    }

    /// What `work` makes of `samples` samples of `features` features each, of `classes` classes.
    fn with_sorted<T>(
        [samples, features, classes]: [usize; 3],
        work: impl FnOnce(&mut Sorted<f32>, &[f32]) -> T,
    ) -> T {
        let mut x = numbers(samples * (features + 1));
        // By the first feature, with noise.
        let noise = x.split_off(samples * features);
        let label = |(x, noise): (&[f32], f32)| {
            let place = 1.5 * x[0] + 0.5 * noise - 1.0;
            (place * classes as f32) as usize
        };
        let labels: Vec<usize> = x.chunks_exact(features).zip(noise).map(label).collect();
        let samples: Vec<Sample<f32>> = x.chunks_exact(features).map(Into::into).collect();
        let mut sorted = Sorted::new(&samples, features, &labels, None, 1).unwrap();
        work(&mut sorted, &x)
    }

    fn settings(memory_mb: usize) -> Settings {
        Settings {
            c: 0.1,
            tolerance: 1e-6,
            memory_mb,
            ..Settings::default()
        }
    }

    fn precision(rounding: f64) -> Precision {
        Precision {
            single: true,
            rounding,
            is_near_one: false,
        }
    }

    #[test]
    fn neither_threads_nor_samples_left_out_decide_what_the_machine_is() {
        let function = Function {
            kernel: Kernel::Rbf,
            gamma: 15.0,
        };
        let precision = precision(1e-8);
        for classes in [2, 3] {
            with_sorted([1_500 * classes, 8, classes], |sorted, x| {
                let mut solved = |least_to_shrink, threads| {
                    sorted.least_to_shrink = least_to_shrink;
                    let settings = Settings {
                        threads,
                        ..settings(2_048)
                    };
                    let solutions = sorted.solve::<f32>(function, precision, &settings, SILENT);
                    let solutions = solutions.unwrap();
                    let machine =
                        SupportVectorMachine::assemble::<f32, f32>(sorted, function, &solutions);
                    (solutions, machine.decision_function(Features::Reals(x)))
                };
                let [all, some] = [usize::MAX, 0].map(|least| {
                    let (solutions, decisions) = solved(least, 1);
                    assert_eq!(solved(least, 2).1, decisions, "{least}");
                    solutions
                });
                for (all, some) in all.iter().zip(&some) {
                    assert_ne!(all.certificate, some.certificate, "samples were left out");
                    for (a, b) in all.coefficients.iter().zip(&some.coefficients) {
                        assert!((a - b).abs() <= 1e-5, "{a} is not {b}");
                    }
                }
            });
        }
    }

    /// Of labels that are noise and a large C, whose working sets grow as far as they may.
    #[test]
    fn where_memory_is_short_threads_do_not_decide_in_f64_either() {
        let function = Function {
            kernel: Kernel::Rbf,
            gamma: 1.0,
        };
        let precision = precision(0.0);
        with_sorted([1_200, 3, 3], |sorted, _| {
            let solved = |threads| {
                let settings = Settings {
                    c: 1e4,
                    threads,
                    tolerance: 1e-3,
                    ..settings(12)
                };
                let solutions = sorted.solve::<f64>(function, precision, &settings, SILENT);
                solutions.map_err(|unfit| format!("{unfit:?}"))
            };
            let one = solved(1);
            for threads in [2, 3] {
                match (&one, solved(threads)) {
                    (Ok(one), Ok(more)) => {
                        for (a, b) in one.iter().zip(&more) {
                            assert_eq!(a.coefficients, b.coefficients, "{threads} threads");
                        }
                    }
                    (one, more) => {
                        assert_eq!(one.as_ref().err(), more.err().as_ref(), "{threads} threads");
                    }
                }
            }
        });
    }

    #[test]
    fn rows_their_parts_and_copies_of_columns_fill_the_memory_and_no_more() {
        with_sorted([3_000, 400, 2], |sorted, _| {
            let fixed: usize = sorted.columns.iter().map(Columns::bytes).sum();
            let fixed = sorted.rows.bytes() + fixed;
            let mut rest = |least_to_shrink, memory_mb, is_double| {
                sorted.least_to_shrink = least_to_shrink;
                let share = if is_double {
                    sorted.share::<f64>(&settings(memory_mb), 1)
                } else {
                    sorted.share::<f32>(&settings(memory_mb), 1)
                };
                let share = share.unwrap();
                let are_parts = is_double || share.least_to_shrink < usize::MAX;
                let row = (if is_double { 8 } else { 4 }) * 3_000;
                let rows = if are_parts { COPIES } else { 1 } * share.capacity * row;
                let rest = (memory_mb << 20) - fixed - share.shared;
                let left = rest.checked_sub(share.beside + rows);
                let left = left.expect("no more than there is");
                assert!(left < COPIES * row, "{left} bytes are left");
                (share.least_to_shrink, share.beside > 0)
            };
            assert_eq!(rest(LEAST_TO_SHRINK, 40, false), (usize::MAX, false));
            assert_eq!(rest(0, 40, false), (0, true));
            assert_eq!(rest(0, 40, true), (usize::MAX, false));
            // The copies and two working sets do not fit.
            assert_eq!(rest(0, 22, false), (usize::MAX, false));
            // What half of the samples take, and a half of these, and so on, is no more than was put aside.
            let half = |part: usize| {
                let columns = sorted.columns.iter();
                let some = columns.map(|of| of.select(&(0..of.len() / part).collect::<Vec<_>>()));
                some.map(|some| some.bytes()).sum::<usize>()
            };
            let halves: usize = [2, 4, 8].into_iter().map(half).sum();
            assert!(halves <= sorted.selectable().unwrap(), "{halves} bytes");
        });
    }

    #[test]
    fn more_rows_are_kept_where_they_take_longer_to_compute() {
        let enough = |features| {
            with_sorted([200, features, 2], |sorted, _| {
                let share = sorted.share::<f32>(&settings(usize::MAX), 1).unwrap();
                sorted.limited::<f32>(share).capacity * 4 * 200
            })
        };
        assert_eq!(enough(50) >> 20, 255);
        assert_eq!(enough(500) >> 20, 2_559);
    }
}
