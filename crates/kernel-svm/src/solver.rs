//! One pair of classes: the dual problem of the C-SVM, solved on working sets.
//!
//! min ½ αᵀQα − Σα subject to 0 ≤ α ≤ C and Σ αy = 0, where Qᵢⱼ = yᵢyⱼK(xᵢ, xⱼ). With the
//! gradient fᵢ = Σⱼ K(xᵢ, xⱼ)αⱼyⱼ − yᵢ, the conditions of Karush, Kuhn and Tucker hold when no
//! f of a sample whose αy may shrink is above an f of one whose αy may grow. The largest excess is
//! the violation on which libsvm stops, too.
//!
//! Working sets of a few hundred samples, half of them kept from one to the next, make the kernel
//! rows come in blocks (Wen et al. 2018, "`ThunderSVM`"). In f64, where the hard problems end up,
//! sets grow as long as the violation does not shrink, at last to all samples: then it is libsvm's
//! method, without shrinking.
//!
//! In f32, where a problem is large and most of its samples cannot move, those that can make up a problem of
//! their own for a while, with kernel rows as short as that, and so on. Then the gradient of all is computed anew,
//! and who violates the conditions now takes part again. (Shrinking, Joachims 1999.)

use crate::aim::Aim;
use crate::certificate::Certificate;
use crate::dual::Dual;
use crate::goal::{Goal, Unsolved};
use crate::gradient;
use crate::kernel_rows::KernelRows;
use crate::newton::Free;
use crate::patience::Patience;
use crate::real::Real;
use crate::slabs::Slabs;
use crate::smo::{Block, LANES};
use crate::solution::Solution;
use crate::working_set::{WORKING_SET, WorkingSet};

/// Working sets after which a problem is given up as not converging.
const MOST_SETS: usize = 100_000;

/// Steps in a working set, per sample, at most.
const STEPS: usize = 200;

/// As [`STEPS`], in f64, where Newton's method gets on when pairs do not. 20 take a tenth longer where C is 1000 or
/// more (`examples/edges.py`); with 5, 4 000 samples that steps alone would solve take twice as long.
const STEPS_TO_NEWTON: usize = 10;

/// Steps in a working set right after Newton's method, in all: they free the samples that violate
/// the conditions most, and no more, as each that is free for nothing costs a system of equations.
const STEPS_AFTER_NEWTON: usize = 16;

/// How much more work than all so far Newton's method may take. Where C is 1000 or more, those of
/// `examples/edges.py` take 0.9 s together; with 4 they take 1.0 s, with 1 1.6 s.
const WORK_OF_NEWTON: usize = 16;

/// Working sets from one look for samples that cannot move to the next.
const LOOK: usize = 8;

/// Samples are left out for a while if no more than one of as many may move.
const SHRINK: usize = 2;

/// Samples that are too few to leave some out: the 12 000 of a pair of MNIST take as long either way.
pub(crate) const LEAST_TO_SHRINK: usize = 64 * WORKING_SET;

/// Which samples of a pair a problem is about.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Extent {
    All,
    /// The others stay where they are meanwhile.
    Some,
}

/// The problem of one pair on its way to the solution.
struct Problem<'a, 'b, R: Real> {
    kernel: &'a mut KernelRows<'b, R>,
    dual: Dual,
    aim: Aim,
    set: WorkingSet,
    patience: Patience,
    hope: bool,
    /// Whether Newton's method has just moved the free samples to their minimum.
    at_minimum: bool,
    /// By how much the last working set lowered the objective.
    fall: f64,
    working_sets: usize,
    steps: usize,
    /// Multiplications, more or less, but for those of kernel values.
    work: usize,
    extent: Extent,
    /// Whether nothing moved since the gradient was computed anew.
    is_fresh: bool,
    /// Samples from which on those that cannot move are looked for.
    least_to_shrink: usize,
    /// Working sets before samples that cannot move are looked for.
    next_look: usize,
}

/// Solves one pair from `start`, α of every sample, or from zero.
///
/// # Errors
/// Any [`Unsolved`]: [`Cancelled`](Unsolved::Cancelled) if `cancelled` says so, and
/// [`Imprecise`](Unsolved::Imprecise) in f32, or if kernel values can be shifted.
pub(crate) fn solve<R: Real>(
    kernel: &mut KernelRows<R>,
    goal: Goal,
    start: Option<&[f64]>,
    cancelled: &dyn Fn() -> bool,
) -> Result<Solution, Unsolved> {
    let mut problem = Problem::new(kernel, goal, start);
    problem.minimise(MOST_SETS, cancelled)?;
    let solution = problem.finish();
    let violation = solution.certificate.kkt_violation;
    if violation <= goal.tolerance {
        return Ok(solution);
    }
    if !R::DOUBLE || goal.may_shift {
        return Err(Unsolved::Imprecise);
    }
    Err(Unsolved::NotConverged {
        violation,
        working_sets: solution.certificate.working_sets,
    })
}

impl<'a, 'b, R: Real> Problem<'a, 'b, R> {
    fn new(kernel: &'a mut KernelRows<'b, R>, goal: Goal, start: Option<&[f64]>) -> Self {
        let samples = kernel.samples();
        let size = WORKING_SET.min(kernel.capacity()).min(samples);
        // The rows of a set, restricted to it, take no more room than those of all samples.
        let rows = kernel.capacity().min(goal.rows_of_set);
        let room = (rows as f64 * samples as f64).sqrt() as usize;
        let (most, diagonal) = if R::DOUBLE {
            (samples.min(room), 0..samples)
        } else {
            (size, 0..0)
        };
        let diagonal = diagonal.map(|sample| kernel.diagonal(sample).to_f64());
        let largest = diagonal.fold(0.0, f64::max);
        let error = if R::DOUBLE {
            f64::EPSILON * largest
        } else {
            goal.rounding
        };
        let alpha = start.map_or_else(|| vec![0.0; samples], <[f64]>::to_vec);
        let mut problem = Self {
            dual: Dual::new(kernel.firsts(), goal.costs(samples), alpha, largest),
            kernel,
            aim: Aim::new(goal.tolerance, R::DOUBLE, error).or_shifted(goal.may_shift),
            set: WorkingSet::default(),
            patience: Patience::new(size, most),
            hope: true,
            at_minimum: false,
            fall: 0.0,
            working_sets: 0,
            steps: 0,
            work: 0,
            extent: Extent::All,
            is_fresh: false,
            least_to_shrink: goal.least_to_shrink,
            next_look: LOOK,
        };
        if start.is_some() {
            problem.refresh();
        }
        problem
    }

    /// Computes the gradient anew.
    fn refresh(&mut self) {
        gradient::refresh(self.kernel, &mut self.dual);
        self.is_fresh = true;
    }

    /// Solves working sets until the conditions hold, nothing moves any more, there is no hope, or
    /// there were `most`; the gradient is computed anew then, if it is that of all samples.
    fn minimise(&mut self, most: usize, cancelled: &dyn Fn() -> bool) -> Result<(), Unsolved> {
        // The gradient as it was kept up to date decides when to look; the one computed anew
        // decides when to stop.
        while !cancelled() {
            if !self.progress(most, cancelled)? {
                if self.extent == Extent::Some || self.is_fresh {
                    return Ok(());
                }
                self.refresh();
                if !self.progress(most, cancelled)? {
                    return Ok(());
                }
            }
        }
        Err(Unsolved::Cancelled)
    }

    /// Solves a working set, or several of only the samples that may still move, unless the conditions hold, there
    /// is no hope or there were `most`. Says whether anything moved.
    ///
    /// # Errors
    /// [`Unsolved::Imprecise`] as soon as α is so large that rounding of the kernel decides.
    fn progress(&mut self, most: usize, cancelled: &dyn Fn() -> bool) -> Result<bool, Unsolved> {
        if self.aim.is_out_of_reach(&self.dual) {
            return Err(Unsolved::Imprecise);
        }
        let violation = self.dual.violation();
        let reached = if self.extent == Extent::Some {
            violation <= self.aim.violation(&self.dual)
        } else {
            self.aim
                .is_reached(violation, &self.dual, self.work, self.fall)
        };
        let over = reached || violation == f64::INFINITY;
        if over || !self.hope || self.working_sets >= most {
            return Ok(false);
        }
        if let Some(active) = self.active() {
            return self.solve_part(&active, most, cancelled);
        }
        let before = self.work;
        let moved = self.advance(violation);
        let rounding = self.aim.rounding(&self.dual);
        self.hope = self.patience.hopes(violation, rounding, self.work - before);
        Ok(moved)
    }

    /// The samples that may still move, if it is time to look for them and most may not.
    fn active(&mut self) -> Option<Vec<usize>> {
        let samples = self.dual.alpha.len();
        if R::DOUBLE || samples < self.least_to_shrink || self.working_sets < self.next_look {
            return None;
        }
        self.next_look = self.working_sets + LOOK;
        let active = self.dual.active();
        (SHRINK * active.len() <= samples).then_some(active)
    }

    /// Solves the problem of `active` samples alone, with kernel rows as short as that, and brings the gradient of
    /// all up to date. Says whether anything moved.
    fn solve_part(
        &mut self,
        active: &[usize],
        most: usize,
        cancelled: &dyn Fn() -> bool,
    ) -> Result<bool, Unsolved> {
        let Some(part) = self.kernel.part(active) else {
            self.next_look = usize::MAX;
            return Ok(true);
        };
        let mut slots = Slabs::new(active.len(), part.capacity);
        let mut kernel = KernelRows::of_part(part, self.kernel.threads(), &mut slots);
        let size = WORKING_SET.min(kernel.capacity()).min(active.len());
        let mut part = Problem {
            dual: self.dual.part(active),
            kernel: &mut kernel,
            aim: self.aim,
            set: WorkingSet::default(),
            patience: Patience::new(size, size),
            extent: Extent::Some,
            next_look: self.working_sets + LOOK,
            ..*self
        };
        part.minimise(most, cancelled)?;
        (self.working_sets, self.steps, self.work) = (part.working_sets, part.steps, part.work);
        let (fall, alpha) = (part.fall, part.dual.alpha);
        let computed = kernel.computed();
        drop(kernel);
        self.kernel.count(computed);
        let moved = self.set_alpha(active, alpha);
        let support = self.dual.alpha.iter().filter(|&&alpha| alpha > 0.0).count();
        if self.extent == Extent::Some || 2 * moved.len() < support {
            self.update(&moved);
        } else {
            self.refresh();
        }
        self.fall = fall;
        self.set.clear();
        self.next_look = self.working_sets + LOOK;
        Ok(!moved.is_empty())
    }

    /// Sets α of some samples. Returns which changed, and by how much αy did.
    fn set_alpha(&mut self, samples: &[usize], alpha: Vec<f64>) -> Vec<(usize, f64)> {
        let mut moved = Vec::new();
        for (&i, alpha) in samples.iter().zip(alpha) {
            let before = self.dual.alpha[i];
            if alpha != before {
                moved.push((i, (alpha - before) * self.dual.signs[i]));
                self.dual.alpha[i] = alpha;
            }
        }
        moved
    }

    /// Solves the next working set, and if nothing in it moves one of violators alone. Says
    /// whether anything moved.
    fn advance(&mut self, violation: f64) -> bool {
        self.select();
        self.optimise(violation) || {
            self.set.clear();
            self.select();
            self.optimise(violation)
        }
    }

    fn select(&mut self) {
        let slack = 0.5 * self.aim.violation(&self.dual);
        self.set.select(&self.dual, self.patience.size(), slack);
    }

    /// Solves the working set, and moves the free samples by Newton's method if pairs do not suffice. Says whether
    /// anything moved.
    fn optimise(&mut self, violation: f64) -> bool {
        let tolerance = (0.1 * violation).max(0.5 * self.aim.violation(&self.dual));
        let set = self.set.samples().len();
        // Rounding may keep a pair just above the tolerance for ever.
        let most = match (R::DOUBLE, self.at_minimum) {
            (false, _) => STEPS * set,
            (true, false) => STEPS_TO_NEWTON * set,
            (true, true) => STEPS_AFTER_NEWTON,
        };
        let (steps, alpha) = self.step(tolerance, most);
        self.steps += steps;
        self.working_sets += 1;
        let samples = self.set.samples().to_vec();
        let moved = self.set_alpha(&samples, alpha);
        self.fall = self.update(&moved);
        self.work += steps * set;
        self.at_minimum = R::DOUBLE && steps == most && self.newton();
        !moved.is_empty()
    }

    /// Takes as many steps of two samples in the working set as `tolerance` needs, `most` of them at most. Returns
    /// how many, and α of the set.
    fn step(&mut self, tolerance: f64, most: usize) -> (usize, Vec<f64>) {
        let (kernel, dual, set) = (&mut *self.kernel, &self.dual, self.set.samples());
        // Of a larger set few rows are needed; they come one by one.
        if set.len() <= WORKING_SET.min(kernel.capacity()) {
            kernel.fetch(set);
        }
        let gather = |values: &[f64]| -> Vec<f64> { set.iter().map(|&i| values[i]).collect() };
        let mut block = Block::new(
            set.iter().map(|&i| kernel.diagonal(i)).collect(),
            gather(&dual.signs),
            gather(&dual.alpha),
            &gather(&dual.gradient),
            gather(&dual.costs),
        );
        let steps = block.solve(tolerance, most, &mut |position| {
            kernel.fetch(&[set[position]]);
            let row = kernel.get(set[position]);
            let mut values: Vec<R> = set.iter().map(|&i| row[i]).collect();
            values.resize(set.len().next_multiple_of(LANES), R::default());
            values
        });
        (steps, block.into_alpha())
    }

    /// Brings the gradient up to date after changes of αy. Returns by how much the objective fell: it is quadratic,
    /// and between two points it changes by the mean of their slopes.
    fn update(&mut self, moved: &[(usize, f64)]) -> f64 {
        let slope =
            |dual: &Dual| -> f64 { moved.iter().map(|&(i, by)| by * dual.gradient[i]).sum() };
        let before = slope(&self.dual);
        gradient::update(self.kernel, &mut self.dual.gradient, moved);
        self.is_fresh &= moved.is_empty();
        self.work += moved.len() * self.dual.alpha.len();
        -0.5 * (before + slope(&self.dual))
    }

    /// Moves all free samples at once. Says whether they are at their minimum.
    fn newton(&mut self) -> bool {
        let dual = &mut self.dual;
        let free = dual.free();
        if free.len() > self.kernel.capacity() {
            return false;
        }
        self.kernel.fetch(&free);
        let row = |&i: &usize| {
            let row = self.kernel.get(i);
            free.iter().map(|&j| row[j].to_f64()).collect()
        };
        let mut problem = Free {
            kernel: free.iter().map(row).collect(),
            gradient: free.iter().map(|&i| dual.gradient[i]).collect(),
            values: free.iter().map(|&i| dual.coefficient(i)).collect(),
            bounds: free.iter().map(|&i| dual.bounds(i)).collect(),
            work: 0,
        };
        let done = problem.minimise(WORK_OF_NEWTON * self.work);
        self.work += problem.work;
        let mut moved = Vec::new();
        for (&i, &value) in free.iter().zip(&problem.values) {
            moved.push((i, value - dual.coefficient(i)));
            dual.alpha[i] = value * dual.signs[i];
        }
        self.update(&moved);
        done
    }

    fn finish(self) -> Solution {
        let dual = &self.dual;
        let rho = dual.rho();
        let objectives = dual.objectives(rho);
        let alpha = || dual.alpha.iter().zip(&dual.costs);
        let certificate = Certificate {
            dual_objective: objectives.dual,
            duality_gap: objectives.gap,
            kkt_violation: dual.violation().max(0.0),
            support_vectors: alpha().filter(|&(&alpha, _)| alpha > 0.0).count(),
            bounded_support_vectors: alpha().filter(|(alpha, cost)| alpha == cost).count(),
            working_sets: self.working_sets,
            steps: self.steps,
            kernel_rows: self.kernel.computed(),
        };
        let samples = 0..dual.alpha.len();
        Solution {
            coefficients: samples.map(|i| dual.coefficient(i)).collect(),
            rho,
            certificate,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kept_rows::KeptRows;
    use crate::kernel::{Function, Kernel};
    use crate::pair_values::{Kept, PairOfSamples};
    use inner_products::{Columns, Rows};

    const FEATURES: usize = 5;
    const FIRSTS: usize = 60;
    const C: f64 = 3.0;
    const GAMMA: f64 = 0.8;
    const GOAL: Goal<'static> = Goal {
        c: C,
        weights: None,
        tolerance: 1e-4,
        rounding: 0.0,
        least_to_shrink: LEAST_TO_SHRINK,
        rows_of_set: usize::MAX,
        may_shift: false,
    };

    /// Of two classes that overlap.
    fn samples() -> Vec<Vec<u8>> {
        let pixel = |i: usize, j: usize| (i * i * 31 + i * j * 13 + j * 7) % 90;
        let shift = |i: usize| if i < FIRSTS { 40 } else { 0 };
        (0..140)
            .map(|i| {
                let pixels = (0..FEATURES).map(|j| pixel(i, j) + shift(i));
                pixels.map(|pixel| pixel as u8).collect()
            })
            .collect()
    }

    /// What `work` makes of the kernel of `samples`, of which it may keep `capacity` rows.
    fn with_kernel<R: Real, T>(
        samples: &[Vec<u8>],
        capacity: usize,
        work: impl FnOnce(&mut KernelRows<R>) -> T,
    ) -> T {
        let (first, second) = samples.split_at(FIRSTS);
        let rows = Rows::new(samples.iter().map(Vec::as_slice));
        let columns = [first, second].map(|x| Columns::new(FEATURES, x.iter().map(Vec::as_slice)));
        let own_class = KeptRows::new(samples.len(), 1 << 20);
        let kept = Kept {
            own_class: &own_class,
            products: None,
        };
        let function = Function {
            kernel: Kernel::Rbf,
            gamma: GAMMA,
        };
        let [a, b] = &columns;
        let values = PairOfSamples {
            function,
            rows: &rows,
            ranges: [0..FIRSTS, FIRSTS..samples.len()],
            columns: [a, b],
            kept,
        };
        let mut slots = Slabs::new(samples.len(), capacity);
        work(&mut KernelRows::new(
            Box::new(values),
            capacity,
            1,
            &mut slots,
        ))
    }

    #[test]
    fn a_fit_that_is_given_up_is_certified_from_a_gradient_computed_anew() {
        let samples = samples();
        let ended = |start: Option<&[f64]>, most| {
            with_kernel::<f32, _>(&samples, 8, |kernel| {
                let mut problem = Problem::new(kernel, GOAL, start);
                problem.minimise(most, &|| false).unwrap();
                problem.finish()
            })
        };
        let early = ended(None, 5);
        assert_eq!(early.certificate.working_sets, 5);
        assert!(early.certificate.kkt_violation > 0.1, "{early:?}");
        let anew = ended(Some(&early.alpha()), 0).certificate;
        assert_eq!(early.certificate.kkt_violation, anew.kkt_violation);
        assert_eq!(early.certificate.duality_gap, anew.duality_gap);
    }

    #[test]
    fn a_problem_of_some_samples_leads_to_the_same_solution() {
        let samples = samples();
        let objective = |solution: Solution| solution.certificate.dual_objective;
        let whole = with_kernel::<f32, _>(&samples, 100, |kernel| {
            solve(kernel, GOAL, None, &|| false).unwrap()
        });
        let by_part = with_kernel::<f32, _>(&samples, 8, |kernel| {
            let mut problem = Problem::new(kernel, GOAL, None);
            problem.minimise(5, &|| false).unwrap();
            let before = problem.dual.alpha.clone();
            let some: Vec<usize> = (0..samples.len()).filter(|i| i % 5 > 0).collect();
            assert!(problem.solve_part(&some, MOST_SETS, &|| false).unwrap());
            assert!(problem.dual.part(&some).violation() <= GOAL.tolerance + 1e-5);
            for i in (0..samples.len()).step_by(5) {
                assert_eq!(problem.dual.alpha[i], before[i]);
            }
            let kept = problem.dual.gradient.clone();
            problem.refresh();
            for (kept, anew) in kept.iter().zip(&problem.dual.gradient) {
                assert!((kept - anew).abs() < 1e-5, "{kept} is not {anew}");
            }
            problem.minimise(MOST_SETS, &|| false).unwrap();
            problem.finish()
        });
        assert!(by_part.certificate.kkt_violation <= GOAL.tolerance);
        let (whole, by_part) = (objective(whole), objective(by_part));
        assert!(
            (by_part - whole).abs() < 1e-6 * whole.abs(),
            "{by_part}, {whole}"
        );
    }

    #[test]
    fn a_tolerance_that_leaves_much_of_the_objective_is_not_the_end() {
        let samples = samples();
        let objective = |tolerance| {
            // With so small a C most α are C, and which of the larger class are makes little of a violation.
            let goal = Goal {
                c: 1e-3,
                tolerance,
                ..GOAL
            };
            with_kernel::<f32, _>(&samples, 100, |kernel| {
                let solution = solve(kernel, goal, None, &|| false).unwrap();
                solution.certificate.dual_objective
            })
        };
        // The first working set after which the violation is below 10⁻² is 4 · 10⁻⁴ above the optimum.
        let optimum = objective(1e-6);
        let above = (objective(1e-2) - optimum) / optimum.abs();
        assert!((0.0..1e-5).contains(&above), "{above:e}");
    }

    /// The optimality conditions in f64, from the samples and the coefficients alone.
    #[test]
    fn the_certificate_is_true() {
        check_certificate::<f32>(2e-6);
        check_certificate::<f64>(1e-12);
    }

    fn check_certificate<R: Real>(precision: f64) {
        let (samples, firsts, c) = (samples(), FIRSTS, C);
        let solution = with_kernel::<R, _>(&samples, 1_000, |kernel| {
            solve(kernel, GOAL, None, &|| false).unwrap()
        });
        let k = |x: &[u8], z: &[u8]| -> f64 {
            let squares = x.iter().zip(z).map(|(&a, &b)| {
                let difference = (f64::from(a) - f64::from(b)) / 255.0;
                difference * difference
            });
            (-GAMMA * squares.sum::<f64>()).exp()
        };
        let coefficients = &solution.coefficients;
        let output = |x: &[u8]| -> f64 {
            coefficients
                .iter()
                .zip(&samples)
                .map(|(y, z)| y * k(x, z))
                .sum()
        };
        let (mut smallest, mut largest) = (f64::INFINITY, f64::NEG_INFINITY);
        let (mut norm, mut sum, mut hinge) = (0.0, 0.0, 0.0);
        for (i, x) in samples.iter().enumerate() {
            let y = if i < firsts { 1.0 } else { -1.0 };
            let (alpha, g) = (coefficients[i] * y, output(x));
            assert!((0.0..=c).contains(&alpha));
            let (grows, shrinks) = (
                coefficients[i] < y.max(0.0) * c,
                coefficients[i] > y.min(0.0) * c,
            );
            if grows {
                smallest = smallest.min(g - y);
            }
            if shrinks {
                largest = largest.max(g - y);
            }
            norm += coefficients[i] * g;
            sum += alpha;
            hinge += (1.0 - y * (g - solution.rho)).max(0.0);
        }
        assert!(coefficients.iter().sum::<f64>().abs() < 1e-9);
        let certificate = solution.certificate;
        let violation = largest - smallest;
        assert!(
            (violation - certificate.kkt_violation).abs() < precision,
            "{violation} {certificate:?}"
        );
        assert!(violation <= 1e-4 + precision);
        let dual = 0.5 * norm - sum;
        assert!((dual - certificate.dual_objective).abs() < precision * dual.abs());
        let gap = 0.5 * norm + c * hinge + dual;
        assert!(
            (gap - certificate.duality_gap).abs() < 1e3 * precision,
            "{gap} {certificate:?}"
        );
        assert!((0.0..0.02).contains(&gap), "{gap}");
        assert!(certificate.bounded_support_vectors > 0);
        assert!(certificate.bounded_support_vectors < certificate.support_vectors);
    }
}
