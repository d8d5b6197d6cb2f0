//! Limited-memory BFGS with a preconditioner (Nocedal and Wright 2006, "Numerical Optimization",
//! algorithm 7.4).

use crate::vectors::{add_scaled, dot};
use std::collections::VecDeque;

/// Steps whose curvature is remembered.
const MEMORY: usize = 20;

/// Relative rounding error of a value whose terms are computed in f32.
const ROUNDING: f64 = 1e-7;

/// Where a minimisation stands.
#[derive(Debug, Clone)]
pub(crate) struct Iterate {
    pub(crate) x: Vec<f64>,
    pub(crate) value: f64,
    pub(crate) gradient: Vec<f64>,
    /// Evaluations of the objective so far.
    pub(crate) evaluations: usize,
}

impl Iterate {
    /// max |∂/∂x|
    pub(crate) fn gradient_norm(&self) -> f64 {
        self.gradient.iter().fold(0.0, |max, g| g.abs().max(max))
    }
}

/// A step and the change of the gradient along it.
struct Pair {
    step: Vec<f64>,
    change: Vec<f64>,
    /// The preconditioner times the change.
    preconditioned: Vec<f64>,
    /// 1 / (step · change)
    rho: f64,
    /// What the preconditioner lacks along the step.
    scale: f64,
}

/// A minimisation on its way.
pub(crate) struct Lbfgs<Objective, Precondition> {
    objective: Objective,
    precondition: Precondition,
    pairs: VecDeque<Pair>,
    pub(crate) at: Iterate,
    /// The preconditioner times the gradient. It is linear, so that whatever else it is to be
    /// multiplied with is a sum of such products: one each iteration is enough.
    preconditioned: Vec<f64>,
}

impl<Objective, Precondition> Lbfgs<Objective, Precondition>
where
    Objective: Fn(&[f64], &mut [f64]) -> f64,
    Precondition: Fn(&mut [f64]),
{
    /// Begins at `x`. `objective` returns its value and fills in the gradient; `precondition`
    /// multiplies a vector with an approximation of the inverse Hessian.
    pub(crate) fn new(x: Vec<f64>, objective: Objective, precondition: Precondition) -> Self {
        let mut gradient = vec![0.0; x.len()];
        let value = objective(&x, &mut gradient);
        let mut preconditioned = gradient.clone();
        precondition(&mut preconditioned);
        Self {
            preconditioned,
            objective,
            precondition,
            pairs: VecDeque::with_capacity(MEMORY),
            at: Iterate {
                x,
                value,
                gradient,
                evaluations: 1,
            },
        }
    }

    /// One iteration. Says whether it made progress: without, rounding hides the rest of the way.
    pub(crate) fn advance(&mut self) -> bool {
        let direction = self.direction();
        let slope = dot(&direction, &self.at.gradient);
        if slope.is_nan() || slope >= 0.0 {
            return false;
        }
        let mut length = 1.0;
        let mut gradient = vec![0.0; direction.len()];
        // 2⁻³⁰ of a step that BFGS thinks right is no step.
        for _ in 0..30 {
            let x: Vec<f64> = self
                .at
                .x
                .iter()
                .zip(&direction)
                .map(|(x, d)| x + length * d)
                .collect();
            let value = (self.objective)(&x, &mut gradient);
            self.at.evaluations += 1;
            if self.descends(value, dot(&direction, &gradient), length, slope) {
                self.accept(x, value, gradient);
                return true;
            }
            length /= 2.0;
        }
        false
    }

    /// Whether a step of `length` along a `slope` led far enough down, to `value` and `new_slope`.
    ///
    /// Armijo's condition; near the minimum, where rounding hides differences of the value, its
    /// approximation by slopes (Hager and Zhang 2005, "A new conjugate gradient method", T2).
    fn descends(&self, value: f64, new_slope: f64, length: f64, slope: f64) -> bool {
        const DELTA: f64 = 1e-4;
        let hidden = value <= self.at.value + ROUNDING * self.at.value.abs();
        value <= self.at.value + DELTA * length * slope
            || hidden && new_slope <= (2.0 * DELTA - 1.0) * slope
    }

    /// −H g, with the approximation H of the inverse Hessian.
    fn direction(&self) -> Vec<f64> {
        let negative = |values: &[f64]| -> Vec<f64> { values.iter().map(|value| -value).collect() };
        let mut q = negative(&self.at.gradient);
        let mut direction = negative(&self.preconditioned);
        let mut alphas = Vec::with_capacity(self.pairs.len());
        for pair in self.pairs.iter().rev() {
            let alpha = pair.rho * dot(&pair.step, &q);
            add_scaled(&mut q, -alpha, &pair.change);
            add_scaled(&mut direction, -alpha, &pair.preconditioned);
            alphas.push(alpha);
        }
        let scale = self.pairs.back().map_or(1.0, |last| last.scale);
        for value in &mut direction {
            *value *= scale;
        }
        for (pair, alpha) in self.pairs.iter().zip(alphas.into_iter().rev()) {
            let beta = pair.rho * dot(&pair.change, &direction);
            add_scaled(&mut direction, alpha - beta, &pair.step);
        }
        direction
    }

    fn accept(&mut self, x: Vec<f64>, value: f64, gradient: Vec<f64>) {
        let difference =
            |a: &[f64], b: &[f64]| -> Vec<f64> { a.iter().zip(b).map(|(a, b)| a - b).collect() };
        let step = difference(&x, &self.at.x);
        let change = difference(&gradient, &self.at.gradient);
        let mut preconditioned = gradient.clone();
        (self.precondition)(&mut preconditioned);
        let curvature = dot(&step, &change);
        // Convex objectives curve upwards; where rounding hides it, there is nothing to learn.
        if curvature > 1e-12 * dot(&step, &step).sqrt() * dot(&change, &change).sqrt() {
            if self.pairs.len() == MEMORY {
                self.pairs.pop_front();
            }
            let of_change = difference(&preconditioned, &self.preconditioned);
            self.pairs.push_back(Pair {
                rho: 1.0 / curvature,
                scale: curvature / dot(&change, &of_change),
                step,
                change,
                preconditioned: of_change,
            });
        }
        self.preconditioned = preconditioned;
        self.at = Iterate {
            x,
            value,
            gradient,
            evaluations: self.at.evaluations,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of Boyd and Vandenberghe 2004, "Convex Optimization", equation 9.20.
    #[test]
    fn it_finds_the_minimum_of_a_sum_of_exponentials() {
        let sum = |x: &[f64], gradient: &mut [f64]| {
            let a = (x[0] + 3.0 * x[1] - 0.1).exp();
            let b = (x[0] - 3.0 * x[1] - 0.1).exp();
            let c = (-x[0] - 0.1).exp();
            gradient[0] = a + b - c;
            gradient[1] = 3.0 * (a - b);
            a + b + c
        };
        let mut search = Lbfgs::new(vec![-1.2, 1.0], sum, |_: &mut [f64]| {});
        while search.at.gradient_norm() > 1e-9 && search.advance() {}
        let exact = -0.5 * 2.0_f64.ln();
        assert!((search.at.x[0] - exact).abs() < 1e-8, "{:?}", search.at);
        assert!(search.at.x[1].abs() < 1e-8);
        assert!(search.at.evaluations < 30, "{}", search.at.evaluations);
    }

    #[test]
    fn a_good_preconditioner_saves_iterations() {
        // Curvatures from 1 to 10⁶.
        let curvatures: Vec<f64> = (0..60)
            .map(|i| 10.0_f64.powf(f64::from(i) / 10.0))
            .collect();
        let bowl = |x: &[f64], gradient: &mut [f64]| {
            let terms = x.iter().zip(&curvatures).zip(gradient);
            terms.fold(0.0, |sum, ((x, c), g)| {
                *g = c * (x - 1.0);
                sum + 0.5 * c * (x - 1.0) * (x - 1.0)
            })
        };
        let evaluations = |precondition: &dyn Fn(&mut [f64])| {
            let mut search = Lbfgs::new(vec![0.0; 60], bowl, precondition);
            while search.at.gradient_norm() > 1e-6 && search.advance() {}
            assert!(search.at.gradient_norm() <= 1e-6);
            search.at.evaluations
        };
        let without = evaluations(&|_| {});
        let with = evaluations(&|q| q.iter_mut().zip(&curvatures).for_each(|(q, c)| *q /= c));
        assert!(
            with < 5 && without > 4 * with,
            "{with} with, {without} without"
        );
    }
}
