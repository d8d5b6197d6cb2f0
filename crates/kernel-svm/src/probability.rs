//! Probabilities from decision values: a sigmoid per pair of classes, and their coupling.

use crate::classes::Unfit;
use crate::fit::Sorted;
use crate::join::join;
use crate::kernel::Function;
use crate::machine::Machine;
use crate::real::Real;
use crate::solution::Solution;
use crate::votes::pairs;
use inner_products::{Feature, Sample};

/// Parts into which a pair's samples are divided, each decided by a machine fitted to the others.
const FOLDS: usize = 5;

/// P(first class | decision value f) = 1 / (1 + exp(a f + b)).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Sigmoid {
    pub(crate) a: f64,
    pub(crate) b: f64,
}

impl Sigmoid {
    pub(crate) fn probability(self, decision: f64) -> f64 {
        let z = self.a * decision + self.b;
        if z >= 0.0 {
            (-z).exp() / (1.0 + (-z).exp())
        } else {
            1.0 / (1.0 + z.exp())
        }
    }

    /// The maximum likelihood sigmoid with Platt's regularised targets, by Newton's method with
    /// backtracking (Lin, Lin and Weng 2007, "A note on Platt's probabilistic outputs").
    pub(crate) fn fit(decisions: &[f64], first: &[bool]) -> Self {
        let positives = first.iter().filter(|&&first| first).count() as f64;
        let negatives = first.len() as f64 - positives;
        let (high, low) = (
            (positives + 1.0) / (positives + 2.0),
            1.0 / (negatives + 2.0),
        );
        let points: Vec<(f64, f64)> = decisions
            .iter()
            .zip(first)
            .map(|(&decision, &first)| (decision, if first { high } else { low }))
            .collect();
        let mut sigmoid = Self {
            a: 0.0,
            b: ((negatives + 1.0) / (positives + 1.0)).ln(),
        };
        for _ in 0..100 {
            let Some(next) = sigmoid.newton_step(&points) else {
                break;
            };
            sigmoid = next;
        }
        sigmoid
    }

    /// −Σ log-likelihood of `points`: decision values, each with the probability wanted for it.
    fn loss(self, points: &[(f64, f64)]) -> f64 {
        let term = |&(decision, target): &(f64, f64)| {
            let z = self.a * decision + self.b;
            if z >= 0.0 {
                target * z + (-z).exp().ln_1p()
            } else {
                (target - 1.0) * z + z.exp().ln_1p()
            }
        };
        points.iter().map(term).sum()
    }

    /// Where a step of Newton's method leads, halved until the loss of `points` falls; `None` at the
    /// optimum, or where rounding hides the rest of the way.
    fn newton_step(self, points: &[(f64, f64)]) -> Option<Self> {
        const SIGMA: f64 = 1e-12;
        let (mut h11, mut h22, mut h21, mut g1, mut g2) = (SIGMA, SIGMA, 0.0, 0.0, 0.0);
        for &(decision, target) in points {
            let p = self.probability(decision);
            let (d1, d2) = (target - p, p * (1.0 - p));
            h11 += decision * decision * d2;
            h22 += d2;
            h21 += decision * d2;
            g1 += decision * d1;
            g2 += d1;
        }
        if g1.abs() < 1e-5 && g2.abs() < 1e-5 {
            return None;
        }
        let determinant = h11 * h22 - h21 * h21;
        let da = -(h22 * g1 - h21 * g2) / determinant;
        let db = -(h11 * g2 - h21 * g1) / determinant;
        let (slope, value) = (g1 * da + g2 * db, self.loss(points));
        let mut step = 1.0;
        while step >= 1e-10 {
            let next = Self {
                a: self.a + step * da,
                b: self.b + step * db,
            };
            if next.loss(points) < value + 1e-4 * step * slope {
                return Some(next);
            }
            step /= 2.0;
        }
        None
    }
}

/// Fits the sigmoid of every pair to decision values of samples that the machine was not fitted to.
/// `solve` solves a part of the samples, of two classes.
pub(crate) fn sigmoids<F: Feature, R: Real>(
    sorted: &Sorted<F>,
    function: Function,
    solve: impl Fn(&Sorted<F>) -> Result<Vec<Solution>, Unfit>,
) -> Result<Vec<Sigmoid>, Unfit> {
    let of_pair = |(a, b)| {
        let samples = [a, b].map(|class| -> Vec<Sample<F>> {
            let places = sorted.classes.range(class);
            places.map(|place| sorted.sample(place)).collect()
        });
        let (mut decisions, mut first) = (Vec::new(), Vec::new());
        for fold in 0..FOLDS {
            let [firsts, seconds] = samples.each_ref().map(|class| Fold::new(class, fold));
            let weights =
                [a, b].map(|class| Some(Fold::new(sorted.classes.weights(class)?, fold).rest));
            let weights = weights.into_iter().collect::<Option<Vec<_>>>();
            first.extend(firsts.held.iter().map(|_| true));
            first.extend(seconds.held.iter().map(|_| false));
            let held = [firsts.held, seconds.held].concat();
            // A class with a single sample leaves nothing to tell apart: as libsvm, the decision is
            // for the class that is left.
            let side = match (firsts.rest.is_empty(), seconds.rest.is_empty()) {
                (false, false) => None,
                (false, true) => Some(1.0),
                (true, false) => Some(-1.0),
                (true, true) => Some(0.0),
            };
            if let Some(side) = side {
                decisions.extend(held.iter().map(|_| side));
                continue;
            }
            let labels = [vec![0; firsts.rest.len()], vec![1; seconds.rest.len()]].concat();
            let rest = [firsts.rest, seconds.rest].concat();
            let part = Sorted::new(
                &rest,
                sorted.features,
                &labels,
                weights.map(|classes| classes.concat()).as_deref(),
                1,
            )?;
            let (machine, _): (Machine<F, R>, _) = join(&part, function, &solve(&part)?);
            decisions.extend(machine.decisions(&held));
        }
        Ok(Sigmoid::fit(&decisions, &first))
    };
    pairs(sorted.classes.labels.len()).map(of_pair).collect()
}

/// What there is of the samples of a class, divided.
struct Fold<T> {
    /// One in [`FOLDS`].
    held: Vec<T>,
    rest: Vec<T>,
}

impl<T: Copy> Fold<T> {
    fn new(samples: &[T], fold: usize) -> Self {
        let of_fold = |rank: usize| rank % FOLDS == fold;
        let pick = |wanted: bool| {
            let ranked = samples.iter().enumerate();
            let picked = ranked.filter(|(rank, _)| of_fold(*rank) == wanted);
            picked.map(|(_, &sample)| sample).collect()
        };
        Self {
            held: pick(true),
            rest: pick(false),
        }
    }
}

/// The probabilities of `classes` classes that agree best with the pairwise ones, P(a | a or b) for
/// every pair (Wu, Lin and Weng 2004, "Probability estimates for multi-class classification by
/// pairwise coupling", the second approach).
pub(crate) fn couple(pairwise: &[f64], classes: usize) -> Vec<f64> {
    // r[i][j] = P(i | i or j)
    let mut r = vec![0.0; classes * classes];
    for ((a, b), &p) in pairs(classes).zip(pairwise) {
        let p = p.clamp(1e-7, 1.0 - 1e-7);
        r[a * classes + b] = p;
        r[b * classes + a] = 1.0 - p;
    }
    let mut q = vec![0.0; classes * classes];
    for i in 0..classes {
        for j in (0..classes).filter(|&j| j != i) {
            q[i * classes + i] += r[j * classes + i] * r[j * classes + i];
            q[i * classes + j] = -r[j * classes + i] * r[i * classes + j];
        }
    }
    let mut p = vec![1.0 / classes as f64; classes];
    for _ in 0..classes.max(100) {
        let qp: Vec<f64> = q
            .chunks_exact(classes)
            .map(|row| row.iter().zip(&p).map(|(q, p)| q * p).sum())
            .collect();
        let pqp: f64 = p.iter().zip(&qp).map(|(p, qp)| p * qp).sum();
        let error = qp.iter().map(|qp| (qp - pqp).abs()).fold(0.0, f64::max);
        if error < 0.005 / classes as f64 {
            break;
        }
        let (mut qp, mut pqp) = (qp, pqp);
        for t in 0..classes {
            let row = &q[t * classes..][..classes];
            let step = (pqp - qp[t]) / row[t];
            p[t] += step;
            pqp = (pqp + step * (step * row[t] + 2.0 * qp[t])) / (1.0 + step).powi(2);
            for (qp, q) in qp.iter_mut().zip(row) {
                *qp = (*qp + step * q) / (1.0 + step);
            }
            for p in &mut p {
                *p /= 1.0 + step;
            }
        }
    }
    p
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SciPy's optimum for the same data: tests/recorded.py.
    #[test]
    fn the_sigmoid_is_of_maximum_likelihood() {
        let even = |i: usize| i.is_multiple_of(2);
        let decisions: Vec<f64> = (0..60)
            .map(|i| (i as f64 * 1.7).sin() * 2.0 + if even(i) { 0.6 } else { -0.4 })
            .collect();
        let first: Vec<bool> = (0..60).map(even).collect();
        let sigmoid = Sigmoid::fit(&decisions, &first);
        let mut lines = include_str!("../tests/recorded.txt").lines();
        let recorded = lines.find_map(|line| line.strip_prefix("sigmoid "));
        let numbers = recorded.expect("it is recorded").split(' ');
        let numbers: Vec<f64> = numbers.map(|number| number.parse().unwrap()).collect();
        assert!((sigmoid.a - numbers[0]).abs() < 1e-6, "{sigmoid:?}");
        assert!((sigmoid.b - numbers[1]).abs() < 1e-6, "{sigmoid:?}");
        assert!(sigmoid.probability(3.0) > sigmoid.probability(-3.0));
    }

    #[test]
    fn coupling_finds_probabilities_that_explain_every_pair() {
        let p = [0.5, 0.3, 0.15, 0.05];
        let pairwise: Vec<f64> = pairs(4).map(|(a, b)| p[a] / (p[a] + p[b])).collect();
        for (coupled, p) in couple(&pairwise, 4).iter().zip(p) {
            assert!((coupled - p).abs() < 0.01, "{coupled} for {p}");
        }
        let two = couple(&[0.8], 2);
        assert!((two[0] - 0.8).abs() < 0.01 && (two[0] + two[1] - 1.0).abs() < 1e-12);
    }
}
