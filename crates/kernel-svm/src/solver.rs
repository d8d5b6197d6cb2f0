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

use crate::kernel_rows::KernelRows;
use crate::newton::Free;
use crate::patience::Patience;
use crate::real::Real;
use crate::row_sums;
use crate::smo::{Block, LANES};

/// Samples in a working set. Measured on MNIST, C 10, γ 0.02, all pairs, two threads:
/// see PERFORMANCE, "The kernel SVM".
pub(crate) const WORKING_SET: usize = 256;

/// Working sets after which a problem is given up as not converging.
const MOST_SETS: usize = 100_000;

/// Steps in a working set, per sample, at most.
const STEPS: usize = 200;

/// As [`STEPS`], in f64, where Newton's method gets on when pairs do not.
const STEPS_TO_NEWTON: usize = 20;

/// Steps in a working set right after Newton's method, in all: they free the samples that violate
/// the conditions most, and no more, as each that is free for nothing costs a system of equations.
const STEPS_AFTER_NEWTON: usize = 16;

/// The part of the tolerance that f64 aims at, if it takes no more than the work of reaching the
/// tolerance again, and this much for every sample.
const AIM: f64 = 0.1;
const WORK_PER_SAMPLE: usize = 1_000;

/// The part of the tolerance that rounding of kernel values may make of the violation.
const ROUNDING_SHARE: f64 = 0.25;

/// What to solve a pair to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Goal<'a> {
    pub(crate) c: f64,
    /// What C is multiplied with, for each sample of the first class and of the second; 1 if there is
    /// nothing.
    pub(crate) weights: Option<[&'a [f64]; 2]>,
    /// Largest violation of the conditions.
    pub(crate) tolerance: f64,
    /// By how much a kernel value is off in f32, see [`precision`](crate::precision).
    pub(crate) rounding: f64,
}

impl Goal<'_> {
    /// The upper bound of α for each of as many `samples`.
    fn costs(&self, samples: usize) -> Vec<f64> {
        match self.weights {
            None => vec![self.c; samples],
            Some(classes) => classes
                .into_iter()
                .flatten()
                .map(|weight| self.c * weight)
                .collect(),
        }
    }
}

/// Why a pair was not solved.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Unsolved {
    /// The caller called it off.
    Cancelled,
    /// f32 is not precise enough for it.
    Imprecise,
    /// Nothing helped.
    NotConverged { violation: f64, working_sets: usize },
}

/// What a pair's fit ends with, so that nobody has to take it on trust.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Certificate {
    /// ½ αᵀQα − Σα, what libsvm calls `obj`.
    pub dual_objective: f64,
    /// How far the dual objective is from the optimum at most: the primal objective
    /// ½‖w‖² + Σ C max(0, 1 − y g(x)) plus the dual one, with C times the weight of each sample.
    pub duality_gap: f64,
    /// Largest violation of the optimality conditions, from a gradient computed anew in f64.
    pub kkt_violation: f64,
    /// Samples with α > 0.
    pub support_vectors: usize,
    /// Samples with α = C, times their weight.
    pub bounded_support_vectors: usize,
    /// Working sets solved.
    pub working_sets: usize,
    /// Pairs of samples moved, in all working sets together.
    pub steps: usize,
    /// Kernel rows computed.
    pub kernel_rows: usize,
}

/// The optimum of one pair.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Solution {
    /// αy of every sample of the first class, then of the second.
    pub(crate) coefficients: Vec<f64>,
    /// The decision is Σ αy K − ρ, for the first class above 0.
    pub(crate) rho: f64,
    pub(crate) certificate: Certificate,
}

impl Solution {
    /// α of every sample.
    pub(crate) fn alpha(&self) -> Vec<f64> {
        self.coefficients.iter().map(|y| y.abs()).collect()
    }
}

/// The problem of one pair on its way to the solution.
struct Problem<'a, 'b, R: Real> {
    kernel: &'a mut KernelRows<'b, R>,
    goal: Goal<'a>,
    /// Upper bound of α, C times the weight of the sample.
    costs: Vec<f64>,
    /// The largest kernel value, in f64.
    largest: f64,
    signs: Vec<f64>,
    alpha: Vec<f64>,
    gradient: Vec<f64>,
    set: Vec<usize>,
    /// Whether there were as many violators as the set may hold.
    full: bool,
    patience: Patience,
    hope: bool,
    /// Whether Newton's method has just moved the free samples to their minimum.
    at_minimum: bool,
    /// The work when the tolerance was first met.
    met: Option<usize>,
    working_sets: usize,
    steps: usize,
    /// Multiplications, more or less, but for those of kernel values.
    work: usize,
}

/// Solves one pair from `start`, α of every sample, or from zero.
///
/// # Errors
/// Any [`Unsolved`]: [`Cancelled`](Unsolved::Cancelled) if `cancelled` says so, and
/// [`Imprecise`](Unsolved::Imprecise) in f32 only.
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
    if !R::DOUBLE {
        return Err(Unsolved::Imprecise);
    }
    Err(Unsolved::NotConverged {
        violation,
        working_sets: solution.certificate.working_sets,
    })
}

impl<'a, 'b, R: Real> Problem<'a, 'b, R> {
    fn new(kernel: &'a mut KernelRows<'b, R>, goal: Goal<'a>, start: Option<&[f64]>) -> Self {
        let (samples, firsts) = (kernel.samples(), kernel.firsts());
        let signs: Vec<f64> = (0..samples)
            .map(|i| if i < firsts { 1.0 } else { -1.0 })
            .collect();
        let size = WORKING_SET.min(kernel.capacity()).min(samples);
        // The rows of a set, restricted to it, take no more room than those of all samples.
        let room = (kernel.capacity() as f64 * samples as f64).sqrt() as usize;
        let (most, diagonal) = if R::DOUBLE {
            (samples.min(room), 0..samples)
        } else {
            (size, 0..0)
        };
        let diagonal = diagonal.map(|sample| kernel.diagonal(sample).to_f64());
        let largest = diagonal.fold(0.0, f64::max);
        let mut problem = Self {
            gradient: signs.iter().map(|y| -y).collect(),
            alpha: start.map_or_else(|| vec![0.0; samples], <[f64]>::to_vec),
            kernel,
            goal,
            costs: goal.costs(samples),
            largest,
            signs,
            set: Vec::new(),
            full: false,
            patience: Patience::new(size, most),
            hope: true,
            at_minimum: false,
            met: None,
            working_sets: 0,
            steps: 0,
            work: 0,
        };
        if start.is_some() {
            problem.refresh();
        }
        problem
    }

    /// Solves working sets until the conditions hold, nothing moves any more, there is no hope, or
    /// there were `most`; the gradient is computed anew then.
    fn minimise(&mut self, most: usize, cancelled: &dyn Fn() -> bool) -> Result<(), Unsolved> {
        // The gradient as it was kept up to date decides when to look; the one computed anew
        // decides when to stop.
        while !cancelled() {
            if !self.progress(most)? {
                self.refresh();
                if !self.progress(most)? {
                    return Ok(());
                }
            }
        }
        Err(Unsolved::Cancelled)
    }

    /// Solves a working set, unless the conditions hold, there is no hope or there were `most`. Says
    /// whether anything moved.
    ///
    /// # Errors
    /// [`Unsolved::Imprecise`] as soon as α is so large that rounding of the kernel decides.
    fn progress(&mut self, most: usize) -> Result<bool, Unsolved> {
        if !R::DOUBLE && self.rounding(self.goal.rounding) > ROUNDING_SHARE * self.goal.tolerance {
            return Err(Unsolved::Imprecise);
        }
        let violation = self.violation();
        let over = self.near_enough(violation) || violation == f64::INFINITY;
        if over || !self.hope || self.working_sets >= most {
            return Ok(false);
        }
        let before = self.work;
        let moved = self.advance(violation);
        self.hope = self.patience.hopes(violation, self.work - before);
        Ok(moved)
    }

    /// The violation that working sets are made for: less than the tolerance only where rounding
    /// leaves room for it.
    fn aim(&self) -> f64 {
        let aim = AIM * self.goal.tolerance;
        if R::DOUBLE && self.rounding(f64::EPSILON * self.largest) < ROUNDING_SHARE * aim {
            aim
        } else {
            self.goal.tolerance
        }
    }

    /// Whether this is the end: in f64, where α may be so large that the tolerance leaves much of the
    /// objective open, only when the aim is reached or took as much work again.
    fn near_enough(&mut self, violation: f64) -> bool {
        if violation > self.goal.tolerance {
            return false;
        }
        let met = *self.met.get_or_insert(self.work);
        violation <= self.aim() || self.work > 2 * met + WORK_PER_SAMPLE * self.alpha.len()
    }

    /// What the rounding of kernel values, each off by `error`, makes of a gradient: as of a random
    /// walk, the root of the sum of squares.
    fn rounding(&self, error: f64) -> f64 {
        let squares: f64 = self.alpha.iter().map(|alpha| alpha * alpha).sum();
        error * squares.sqrt()
    }

    /// Whether αy of sample `i` may grow.
    fn up(&self, i: usize) -> bool {
        if self.signs[i] > 0.0 {
            self.alpha[i] < self.costs[i]
        } else {
            self.alpha[i] > 0.0
        }
    }

    /// Whether αy of sample `i` may shrink.
    fn low(&self, i: usize) -> bool {
        if self.signs[i] > 0.0 {
            self.alpha[i] > 0.0
        } else {
            self.alpha[i] < self.costs[i]
        }
    }

    /// The smallest gradient of those that may grow, the largest of those that may shrink.
    fn extremes(&self) -> (f64, f64) {
        let (mut smallest, mut largest) = (f64::INFINITY, f64::NEG_INFINITY);
        // Few gradients are beyond all before them: what is rare is asked first, here and where sets
        // are selected. It saves 1 to 2 % of a fit of MNIST.
        for (i, &gradient) in self.gradient.iter().enumerate() {
            if gradient < smallest && self.up(i) {
                smallest = gradient;
            }
            if gradient > largest && self.low(i) {
                largest = gradient;
            }
        }
        (smallest, largest)
    }

    /// The excess of the largest over the smallest of them, or what rounding makes of gradients, if
    /// that is more: the spacing of f64 at the largest, and at the terms of a compensated sum; ∞ where gradients are beyond the numbers there are.
    fn violation(&self) -> f64 {
        if !self.gradient.iter().all(|f| f.is_finite()) {
            return f64::INFINITY;
        }
        let larger = |most: f64, f: &f64| if f.abs() > most { f.abs() } else { most };
        let most = self.gradient.iter().fold(0.0, larger);
        let (smallest, largest) = self.extremes();
        let mut rounding = f64::EPSILON * most;
        if R::DOUBLE {
            let terms = self.largest * self.alpha.iter().sum::<f64>();
            rounding = rounding.max(f64::EPSILON.powi(2) * terms);
        }
        (largest - smallest).max(rounding)
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

    /// Solves the working set. Says whether anything moved.
    fn optimise(&mut self, violation: f64) -> bool {
        let tolerance = (0.1 * violation).max(0.5 * self.aim());
        let (kernel, set) = (&mut *self.kernel, &*self.set);
        // Of a larger set few rows are needed; they come one by one.
        if set.len() <= WORKING_SET.min(kernel.capacity()) {
            kernel.fetch(set);
        }
        let gather = |values: &[f64]| -> Vec<f64> { set.iter().map(|&i| values[i]).collect() };
        let before = gather(&self.alpha);
        let mut block = Block::new(
            set.iter().map(|&i| kernel.diagonal(i)).collect(),
            gather(&self.signs),
            before.clone(),
            &gather(&self.gradient),
            gather(&self.costs),
        );
        // Rounding may keep a pair just above the tolerance for ever.
        let most = match (R::DOUBLE, self.at_minimum) {
            (false, _) => STEPS * set.len(),
            (true, false) => STEPS_TO_NEWTON * set.len(),
            (true, true) => STEPS_AFTER_NEWTON,
        };
        let steps = block.solve(tolerance, most, &mut |position| {
            kernel.fetch(&[set[position]]);
            let row = kernel.get(set[position]);
            let mut values: Vec<R> = set.iter().map(|&i| row[i]).collect();
            values.resize(set.len().next_multiple_of(LANES), R::default());
            values
        });
        self.steps += steps;
        self.working_sets += 1;
        let mut moved = Vec::new();
        for ((&i, &alpha), &before) in set.iter().zip(block.alpha()).zip(&before) {
            if alpha != before {
                moved.push((i, (alpha - before) * self.signs[i]));
                self.alpha[i] = alpha;
            }
        }
        drop(block);
        self.update(&moved);
        self.work += steps * self.set.len() + moved.len() * self.alpha.len();
        self.at_minimum = R::DOUBLE && steps == most && self.newton();
        !moved.is_empty()
    }

    /// Moves all free samples at once, with about as much work as went into pairs so far. Says
    /// whether they are at their minimum.
    fn newton(&mut self) -> bool {
        let free: Vec<usize> = (0..self.alpha.len())
            .filter(|&i| self.up(i) && self.low(i))
            .collect();
        if free.len() > self.kernel.capacity() {
            return false;
        }
        self.kernel.fetch(&free);
        let row = |&i: &usize| {
            let row = self.kernel.get(i);
            free.iter().map(|&j| row[j].to_f64()).collect()
        };
        let bounds = |&i: &usize| {
            if self.signs[i] > 0.0 {
                (0.0, self.costs[i])
            } else {
                (-self.costs[i], 0.0)
            }
        };
        let mut problem = Free {
            kernel: free.iter().map(row).collect(),
            gradient: free.iter().map(|&i| self.gradient[i]).collect(),
            values: free
                .iter()
                .map(|&i| self.alpha[i] * self.signs[i])
                .collect(),
            bounds: free.iter().map(bounds).collect(),
            work: 0,
        };
        let done = problem.minimise(self.work);
        self.work += problem.work;
        let mut moved = Vec::new();
        for (&i, &value) in free.iter().zip(&problem.values) {
            moved.push((i, value - self.alpha[i] * self.signs[i]));
            self.alpha[i] = value * self.signs[i];
        }
        self.work += moved.len() * self.alpha.len();
        self.update(&moved);
        done
    }

    /// Calls `add` with the kernel rows of samples, each with its factor, as many at a time as there
    /// is room for, and the gradient.
    fn for_rows(
        &mut self,
        terms: &[(usize, f64)],
        mut add: impl FnMut(&[(f64, &[R])], &mut [f64]),
    ) {
        for part in terms.chunks(self.kernel.capacity().min(WORKING_SET)) {
            let samples: Vec<usize> = part.iter().map(|&(sample, _)| sample).collect();
            self.kernel.fetch(&samples);
            add(&self.kernel.scaled(part), &mut self.gradient);
        }
    }

    /// All samples, if a set may hold them; else the newer half of the last set, if that was full, and the worst violators from both ends.
    fn select(&mut self) {
        let size = self.patience.size();
        if size == self.alpha.len() {
            self.set = (0..size).collect();
            return;
        }
        let (smallest, largest) = self.extremes();
        let mut chosen = vec![false; self.alpha.len()];
        let older = if self.full {
            self.set.len().saturating_sub(size - size / 2)
        } else {
            self.set.len()
        };
        self.set.drain(..older);
        for &i in &self.set {
            chosen[i] = true;
        }
        let slack = 0.5 * self.aim();
        let wanted = size - self.set.len();
        let gradient = &self.gradient;
        let growing = (0..gradient.len())
            .filter(|&i| gradient[i] < largest - slack && !chosen[i] && self.up(i));
        let growing = leading(growing, wanted / 2, |i| gradient[i]);
        for &i in &growing {
            chosen[i] = true;
        }
        let shrinking = (0..gradient.len())
            .filter(|&i| gradient[i] > smallest + slack && !chosen[i] && self.low(i));
        let shrinking = leading(shrinking, wanted - wanted / 2, |i| -gradient[i]);
        self.set.extend(growing);
        self.set.extend(shrinking);
        self.full = self.set.len() == size;
    }

    /// Computes the gradient anew, in f64.
    fn refresh(&mut self) {
        for (gradient, y) in self.gradient.iter_mut().zip(&self.signs) {
            *gradient = -y;
        }
        let support: Vec<(usize, f64)> = (0..self.alpha.len())
            .filter(|&i| self.alpha[i] > 0.0)
            .map(|i| (i, self.alpha[i] * self.signs[i]))
            .collect();
        if R::DOUBLE {
            self.update(&support);
        } else {
            self.for_rows(&support, row_sums::add_exactly);
        }
    }

    /// Adds to the gradient what changes of αy make of it. In f64 they may be so large that plain
    /// sums of them would leave nothing of y.
    fn update(&mut self, changes: &[(usize, f64)]) {
        if !R::DOUBLE {
            self.for_rows(changes, row_sums::add);
            return;
        }
        let mut lost = vec![0.0; self.gradient.len()];
        self.for_rows(changes, |terms, gradient| {
            row_sums::add_compensated(terms, gradient, &mut lost);
        });
        for (gradient, lost) in self.gradient.iter_mut().zip(lost) {
            *gradient += lost;
        }
    }

    fn finish(self) -> Solution {
        let (smallest, largest) = self.extremes();
        let free = |i: &usize| self.alpha[*i] > 0.0 && self.alpha[*i] < self.costs[*i];
        let (count, sum) = (0..self.alpha.len())
            .filter(free)
            .fold((0_usize, 0.0), |(count, sum), i| {
                (count + 1, sum + self.gradient[i])
            });
        let rho = if count > 0 {
            sum / count as f64
        } else {
            f64::midpoint(smallest, largest)
        };
        let (mut dual, mut quadratic, mut hinge) = (0.0, 0.0, 0.0);
        let mut bounded = 0;
        for (i, &alpha) in self.alpha.iter().enumerate() {
            let (y, cost) = (self.signs[i], self.costs[i]);
            let output = self.gradient[i] + y;
            quadratic += 0.5 * alpha * y * output;
            dual += alpha * (0.5 * y * output - 1.0);
            hinge += cost * (1.0 - y * (output - rho)).max(0.0);
            bounded += usize::from(alpha == cost);
        }
        let certificate = Certificate {
            dual_objective: dual,
            duality_gap: quadratic + hinge + dual,
            kkt_violation: self.violation().max(0.0),
            support_vectors: self.alpha.iter().filter(|&&alpha| alpha > 0.0).count(),
            bounded_support_vectors: bounded,
            working_sets: self.working_sets,
            steps: self.steps,
            kernel_rows: self.kernel.computed(),
        };
        Solution {
            coefficients: self
                .alpha
                .iter()
                .zip(&self.signs)
                .map(|(alpha, y)| alpha * y)
                .collect(),
            rho,
            certificate,
        }
    }
}

/// The `count` candidates with the smallest keys, in the order of their keys; equal keys by index.
fn leading(
    candidates: impl Iterator<Item = usize>,
    count: usize,
    key: impl Fn(usize) -> f64,
) -> Vec<usize> {
    let mut candidates: Vec<usize> = candidates.collect();
    let order = |a: &usize, b: &usize| key(*a).total_cmp(&key(*b)).then(a.cmp(b));
    if candidates.len() > count {
        if count > 0 {
            candidates.select_nth_unstable_by(count - 1, order);
        }
        candidates.truncate(count);
    }
    candidates.sort_unstable_by(order);
    candidates
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
        let (values, mut spare) = (Box::new(values), Vec::new());
        work(&mut KernelRows::new(values, capacity, 1, &mut spare))
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
