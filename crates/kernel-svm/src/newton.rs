//! Newton's method on the samples between their bounds, where single pairs get on slowly.
//!
//! Where a kernel matrix is nearly singular and C is large, the objective is a long narrow valley,
//! and steps of two samples zigzag through it. The minimum over all free samples at once is one
//! system of equations away: K Δ + λ = −f with Σ Δ = 0, for Δ the change of αy. A step that meets a
//! bound ends there, its sample stays there, and the others go on without it (an active set
//! method: Nocedal and Wright 2006, "Numerical Optimization", section 16.5).

use crate::cholesky::Cholesky;

/// Multiplications of a step, for every two that move: two systems of equations, the gradient, and the factor
/// of those that are left.
const WORK_OF_A_STEP: usize = 4;

/// The free samples of a problem.
pub(crate) struct Free {
    /// K of all of them with all.
    pub(crate) kernel: Vec<Vec<f64>>,
    /// Kαy − y.
    pub(crate) gradient: Vec<f64>,
    /// αy, and its bounds.
    pub(crate) values: Vec<f64>,
    pub(crate) bounds: Vec<(f64, f64)>,
    /// Multiplications, more or less.
    pub(crate) work: usize,
}

impl Free {
    /// Moves the values to the minimum of the objective between the bounds, or as near as `most`
    /// multiplications lead. Those that end at a bound are on it to the bit. Says whether they are at
    /// the minimum.
    pub(crate) fn minimise(&mut self, most: usize) -> bool {
        let mut moving: Vec<usize> = (0..self.values.len()).collect();
        self.work += moving.len().pow(3) / 6;
        if self.work > most {
            return false;
        }
        let mut factor = Cholesky::new(self.kernel.clone());
        while moving.len() > 1 {
            self.work += WORK_OF_A_STEP * moving.len().pow(2);
            if self.work > most {
                return false;
            }
            let step = self.newton_step(&moving, &factor);
            let (share, blocked) = self.reach(&moving, &step);
            let step: Vec<f64> = step.iter().map(|step| share * step).collect();
            let gradient = self.gradient_after(&moving, &step);
            // The objective is quadratic: between two points it changes by the mean of their slopes.
            let changes = moving.iter().zip(&step);
            let change: f64 = changes
                .map(|(&i, step)| 0.5 * step * (self.gradient[i] + gradient[i]))
                .sum();
            let falls = change < 0.0;
            if !falls {
                return true;
            }
            self.gradient = gradient;
            for (&i, &step) in moving.iter().zip(&step) {
                let (least, most) = self.bounds[i];
                self.values[i] = (self.values[i] + step).clamp(least, most);
            }
            let Some((place, bound)) = blocked else {
                return true;
            };
            factor.remove(place);
            self.values[moving.remove(place)] = bound;
        }
        true
    }

    fn gradient_after(&self, moving: &[usize], step: &[f64]) -> Vec<f64> {
        let mut gradient = self.gradient.clone();
        for (&i, &step) in moving.iter().zip(step) {
            for (gradient, &k) in gradient.iter_mut().zip(&self.kernel[i]) {
                *gradient += step * k;
            }
        }
        gradient
    }

    /// Δ of those that move, of whose kernel matrix `factor` is.
    fn newton_step(&self, moving: &[usize], factor: &Cholesky) -> Vec<f64> {
        let gradient = || moving.iter().map(|&i| self.gradient[i]);
        // The gradient is large where all are shifted alike; that is λ's part.
        let mean = gradient().sum::<f64>() / moving.len() as f64;
        let slopes = gradient().map(|f| f - mean).collect();
        let [u, v] = factor.solve([slopes, vec![1.0; moving.len()]]);
        let lambda = u.iter().sum::<f64>() / v.iter().sum::<f64>();
        u.iter().zip(v).map(|(u, v)| lambda * v - u).collect()
    }

    /// The part of `step`, at most 1, that keeps all within their bounds, and who meets which bound
    /// there, by place among those that move.
    fn reach(&self, moving: &[usize], step: &[f64]) -> (f64, Option<(usize, f64)>) {
        let (mut share, mut blocked) = (1.0, None);
        for (place, (&i, &step)) in moving.iter().zip(step).enumerate() {
            let bound = if step < 0.0 {
                self.bounds[i].0
            } else {
                self.bounds[i].1
            };
            let room = (bound - self.values[i]) / step;
            if room < share {
                (share, blocked) = (room, Some((place, bound)));
            }
        }
        (share, blocked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kernel(samples: usize) -> Vec<Vec<f64>> {
        let distance = |i: usize, j: usize| (i as f64 - j as f64) / samples as f64;
        let value = |i, j| (-0.5 * distance(i, j).powi(2)).exp();
        let row = |i| (0..samples).map(|j| value(i, j)).collect();
        (0..samples).map(row).collect()
    }

    /// Samples in a row, of both classes in turn, at the start of a fit.
    fn free(samples: usize, c: f64) -> Free {
        let sign = |i: usize| if i.is_multiple_of(3) { 1.0 } else { -1.0 };
        Free {
            kernel: kernel(samples),
            gradient: (0..samples).map(|i| -sign(i)).collect(),
            values: vec![0.0; samples],
            bounds: (0..samples).map(|_| (-c, c)).collect(),
            work: 0,
        }
    }

    #[test]
    fn without_bounds_all_gradients_become_equal() {
        let mut free = free(6, 1e12);
        assert!(free.minimise(1_000_000));
        let (least, most) = free
            .gradient
            .iter()
            .fold((1e9_f64, -1e9_f64), |(a, b), &f| (a.min(f), b.max(f)));
        assert!(most - least < 1e-3, "{:?}", free.gradient);
        assert!(free.values.iter().sum::<f64>().abs() < 1e-6 * free.values[0].abs());
    }

    #[test]
    fn bounds_are_met_to_the_bit_and_never_passed() {
        let mut free = free(30, 3.0);
        assert!(free.minimise(1_000_000));
        assert!(free.values.iter().all(|value| value.abs() <= 3.0));
        let met = free
            .values
            .iter()
            .filter(|value| value.abs() == 3.0)
            .count();
        assert!(met > 5, "{:?}", free.values);
        assert!(free.values.iter().sum::<f64>().abs() < 1e-9);
    }
}
