//! One pair of classes: the dual problem of the C-SVM, solved on working sets.
//!
//! min ½ αᵀQα − Σα subject to 0 ≤ α ≤ C and Σ αy = 0, where Qᵢⱼ = yᵢyⱼK(xᵢ, xⱼ). With the
//! gradient fᵢ = Σⱼ K(xᵢ, xⱼ)αⱼyⱼ − yᵢ, the conditions of Karush, Kuhn and Tucker hold when no
//! f of a sample whose αy may shrink is above an f of one whose αy may grow. The largest excess is
//! the violation on which libsvm stops, too.
//!
//! Working sets of a few hundred samples, half of them kept from one to the next, make the kernel
//! rows come in blocks (Wen et al. 2018, "`ThunderSVM`").

use crate::element::Element;
use crate::kernel_rows::KernelRows;
use crate::row_sums;
use crate::smo::Block;

/// Samples in a working set. Measured on MNIST, C 10, γ 0.02, all pairs, two threads:
/// see METHODOLOGY, "The kernel SVM".
pub(crate) const WORKING_SET: usize = 256;

/// Working sets after which a problem is given up as not converging.
const MOST_SETS: usize = 100_000;

/// What a pair's fit ends with, so that nobody has to take it on trust.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Certificate {
    /// ½ αᵀQα − Σα, what libsvm calls `obj`.
    pub dual_objective: f64,
    /// How far the dual objective is from the optimum at most: the primal objective
    /// ½‖w‖² + C Σ max(0, 1 − y g(x)) plus the dual one.
    pub duality_gap: f64,
    /// Largest violation of the optimality conditions, from a gradient computed anew in f64.
    pub kkt_violation: f64,
    /// Samples with α > 0.
    pub support_vectors: usize,
    /// Samples with α = C.
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

/// The problem of one pair on its way to the solution.
struct Problem<'a, 'b, E: Element> {
    kernel: &'a mut KernelRows<'b, E>,
    c: f64,
    tolerance: f64,
    signs: Vec<f64>,
    alpha: Vec<f64>,
    gradient: Vec<f64>,
    set: Vec<usize>,
    working_sets: usize,
    steps: usize,
}

/// Solves one pair from `start`, α of every sample, or from zero. `None` if `cancelled` says so.
pub(crate) fn solve<E: Element>(
    kernel: &mut KernelRows<E>,
    c: f64,
    tolerance: f64,
    start: Option<&[f64]>,
    cancelled: &dyn Fn() -> bool,
) -> Option<Solution> {
    let mut problem = Problem::new(kernel, c, tolerance, start);
    problem
        .minimise(MOST_SETS, cancelled)
        .then(|| problem.finish())
}

impl<'a, 'b, E: Element> Problem<'a, 'b, E> {
    fn new(
        kernel: &'a mut KernelRows<'b, E>,
        c: f64,
        tolerance: f64,
        start: Option<&[f64]>,
    ) -> Self {
        let (samples, firsts) = (kernel.samples(), kernel.firsts());
        let signs: Vec<f64> = (0..samples)
            .map(|i| if i < firsts { 1.0 } else { -1.0 })
            .collect();
        let mut problem = Self {
            gradient: signs.iter().map(|y| -y).collect(),
            alpha: start.map_or_else(|| vec![0.0; samples], <[f64]>::to_vec),
            kernel,
            c,
            tolerance,
            signs,
            set: Vec::new(),
            working_sets: 0,
            steps: 0,
        };
        if start.is_some() {
            problem.refresh();
        }
        problem
    }

    /// Solves working sets until the conditions hold, nothing moves any more, or there were `most`;
    /// the gradient is computed anew then. False if `cancelled` says so.
    fn minimise(&mut self, most: usize, cancelled: &dyn Fn() -> bool) -> bool {
        // The gradient as it was kept up to date decides when to look; the one computed anew
        // decides when to stop.
        while !cancelled() {
            if !self.progress(most) {
                self.refresh();
                if !self.progress(most) {
                    return true;
                }
            }
        }
        false
    }

    /// Solves a working set, unless the conditions hold or there were `most`. Says whether anything
    /// moved.
    fn progress(&mut self, most: usize) -> bool {
        let violation = self.violation();
        let over = violation <= self.tolerance || violation == f64::INFINITY;
        !over && self.working_sets < most && self.advance(violation)
    }

    /// Whether αy of sample `i` may grow.
    fn up(&self, i: usize) -> bool {
        if self.signs[i] > 0.0 {
            self.alpha[i] < self.c
        } else {
            self.alpha[i] > 0.0
        }
    }

    /// Whether αy of sample `i` may shrink.
    fn low(&self, i: usize) -> bool {
        if self.signs[i] > 0.0 {
            self.alpha[i] > 0.0
        } else {
            self.alpha[i] < self.c
        }
    }

    /// The smallest gradient of those that may grow, the largest of those that may shrink.
    fn extremes(&self) -> (f64, f64) {
        let (mut smallest, mut largest) = (f64::INFINITY, f64::NEG_INFINITY);
        for i in 0..self.alpha.len() {
            if self.up(i) {
                smallest = smallest.min(self.gradient[i]);
            }
            if self.low(i) {
                largest = largest.max(self.gradient[i]);
            }
        }
        (smallest, largest)
    }

    /// The excess of the largest over the smallest of them; ∞ where kernel values are beyond the
    /// numbers there are.
    fn violation(&self) -> f64 {
        if !self.gradient.iter().all(|f| f.is_finite()) {
            return f64::INFINITY;
        }
        let (smallest, largest) = self.extremes();
        largest - smallest
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
        self.kernel.fetch(&self.set);
        let gather = |values: &[f64]| -> Vec<f64> { self.set.iter().map(|&i| values[i]).collect() };
        let before = gather(&self.alpha);
        let kernel = &*self.kernel;
        let mut block = Block::new(
            |position| kernel.get(self.set[position]),
            &self.set,
            &gather(&self.signs),
            &before,
            &gather(&self.gradient),
            self.c,
        );
        let tolerance = (0.1 * violation).max(0.5 * self.tolerance);
        self.steps += block.solve(tolerance as f32);
        self.working_sets += 1;
        let mut moved = Vec::new();
        for ((&i, &alpha), &before) in self.set.iter().zip(block.alpha()).zip(&before) {
            if alpha != before {
                moved.push((i, (alpha - before) * self.signs[i]));
                self.alpha[i] = alpha;
            }
        }
        row_sums::add(&self.kernel.scaled(&moved), &mut self.gradient);
        !moved.is_empty()
    }

    /// The newer half of the last working set, and the worst violators from both ends.
    fn select(&mut self) {
        let size = WORKING_SET
            .min(self.kernel.capacity())
            .min(self.alpha.len());
        let (smallest, largest) = self.extremes();
        let mut chosen = vec![false; self.alpha.len()];
        let older = if self.set.len() >= size {
            size / 2
        } else {
            self.set.len()
        };
        self.set.drain(..older);
        for &i in &self.set {
            chosen[i] = true;
        }
        let slack = 0.5 * self.tolerance;
        let wanted = size - self.set.len();
        let gradient = &self.gradient;
        let growing = (0..gradient.len())
            .filter(|&i| !chosen[i] && self.up(i) && gradient[i] < largest - slack);
        let growing = leading(growing, wanted / 2, |i| gradient[i]);
        for &i in &growing {
            chosen[i] = true;
        }
        let shrinking = (0..gradient.len())
            .filter(|&i| !chosen[i] && self.low(i) && gradient[i] > smallest + slack);
        let shrinking = leading(shrinking, wanted - wanted / 2, |i| -gradient[i]);
        self.set.extend(growing);
        self.set.extend(shrinking);
    }

    /// Computes the gradient anew, in f64.
    fn refresh(&mut self) {
        for (gradient, y) in self.gradient.iter_mut().zip(&self.signs) {
            *gradient = -y;
        }
        let support: Vec<usize> = (0..self.alpha.len())
            .filter(|&i| self.alpha[i] > 0.0)
            .collect();
        for part in support.chunks(self.kernel.capacity().min(WORKING_SET)) {
            self.kernel.fetch(part);
            let terms: Vec<(usize, f64)> = part
                .iter()
                .map(|&j| (j, self.alpha[j] * self.signs[j]))
                .collect();
            row_sums::add_exactly(&self.kernel.scaled(&terms), &mut self.gradient);
        }
    }

    fn finish(self) -> Solution {
        let (smallest, largest) = self.extremes();
        let free = |i: &usize| self.alpha[*i] > 0.0 && self.alpha[*i] < self.c;
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
        for ((&alpha, &y), &f) in self.alpha.iter().zip(&self.signs).zip(&self.gradient) {
            let output = f + y;
            quadratic += 0.5 * alpha * y * output;
            dual += alpha * (0.5 * y * output - 1.0);
            hinge += (1.0 - y * (output - rho)).max(0.0);
        }
        let certificate = Certificate {
            dual_objective: dual,
            duality_gap: quadratic + self.c * hinge + dual,
            kkt_violation: self.violation().max(0.0),
            support_vectors: self.alpha.iter().filter(|&&alpha| alpha > 0.0).count(),
            bounded_support_vectors: self.alpha.iter().filter(|&&alpha| alpha == self.c).count(),
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
    use crate::kernel_rows::{Kept, TwoClasses};
    use crate::samples::{Columns, Rows};

    const FEATURES: usize = 5;
    const FIRSTS: usize = 60;
    const C: f64 = 3.0;
    const GAMMA: f64 = 0.8;

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
    fn with_kernel<T>(
        samples: &[Vec<u8>],
        capacity: usize,
        work: impl FnOnce(&mut KernelRows<u8>) -> T,
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
        let classes = TwoClasses {
            rows: &rows,
            ranges: [0..FIRSTS, FIRSTS..samples.len()],
            columns: [a, b],
        };
        let mut spare = Vec::new();
        work(&mut KernelRows::new(
            function, classes, kept, capacity, 1, &mut spare,
        ))
    }

    #[test]
    fn a_fit_that_is_given_up_is_certified_from_a_gradient_computed_anew() {
        let samples = samples();
        let ended = |start: Option<&[f64]>, most| {
            with_kernel(&samples, 8, |kernel| {
                let mut problem = Problem::new(kernel, C, 1e-4, start);
                assert!(problem.minimise(most, &|| false));
                problem.finish()
            })
        };
        let early = ended(None, 5);
        assert_eq!(early.certificate.working_sets, 5);
        assert!(early.certificate.kkt_violation > 0.1, "{early:?}");
        let alpha: Vec<f64> = early.coefficients.iter().map(|y| y.abs()).collect();
        let anew = ended(Some(&alpha), 0).certificate;
        assert_eq!(early.certificate.kkt_violation, anew.kkt_violation);
        assert_eq!(early.certificate.duality_gap, anew.duality_gap);
    }

    /// The optimality conditions in f64, from the samples and the coefficients alone.
    #[test]
    fn the_certificate_is_true() {
        let (samples, firsts, c) = (samples(), FIRSTS, C);
        let solution = with_kernel(&samples, 1_000, |kernel| {
            solve(kernel, c, 1e-4, None, &|| false).unwrap()
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
            (violation - certificate.kkt_violation).abs() < 2e-6,
            "{violation} {certificate:?}"
        );
        assert!(violation <= 1e-4 + 2e-6);
        let dual = 0.5 * norm - sum;
        assert!((dual - certificate.dual_objective).abs() < 1e-6 * dual.abs());
        let gap = 0.5 * norm + c * hinge + dual;
        assert!(
            (gap - certificate.duality_gap).abs() < 1e-5,
            "{gap} {certificate:?}"
        );
        assert!((0.0..0.02).contains(&gap), "{gap}");
        assert!(certificate.bounded_support_vectors > 0);
        assert!(certificate.bounded_support_vectors < certificate.support_vectors);
    }
}
