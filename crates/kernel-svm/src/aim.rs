//! How near to the optimum is near enough.
//!
//! A violation within the tolerance may leave much of the objective open: with a large C, or where many samples
//! could still move by a little and nothing curves the objective on their way. Then the fit aims at less.

use crate::dual::Dual;

/// The part of the tolerance that a fit aims at beyond it, if it takes no more than the work of reaching the
/// tolerance again, and this much for every sample.
pub(crate) const AIM: f64 = 0.1;
const WORK_PER_SAMPLE: usize = 1_000;

/// The part of the tolerance that rounding of kernel values may make of the violation.
pub(crate) const ROUNDING_SHARE: f64 = 0.25;

/// How much of the objective the last working set may have brought at the end in f32. On MNIST it brings 10⁻⁶ at
/// most; where one set brought a tenth, libsvm was 3.6 · 10⁻⁵ better at the same tolerance.
const LAST_SHARE: f64 = 1e-5;

/// What to aim at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Aim {
    tolerance: f64,
    /// Whether kernel values are f64.
    double: bool,
    /// By how much a kernel value is off.
    error: f64,
    /// Whether there is something more precise to turn to.
    turns: bool,
    /// Whether to go beyond the tolerance.
    beyond: bool,
    /// The work when the tolerance was first met.
    met: Option<usize>,
}

impl Aim {
    /// With kernel values that are off by `error`.
    pub(crate) fn new(tolerance: f64, double: bool, error: f64) -> Self {
        Self {
            tolerance,
            double,
            error,
            turns: !double,
            beyond: double,
            met: None,
        }
    }

    /// The same, if kernel values `may_shift`.
    pub(crate) fn or_shifted(self, may_shift: bool) -> Self {
        Self {
            turns: self.turns || may_shift,
            ..self
        }
    }

    /// Whether there is something more precise to turn to, and α so large that rounding of the kernel decides.
    pub(crate) fn is_out_of_reach(&self, dual: &Dual) -> bool {
        self.turns && dual.rounding(self.error) > ROUNDING_SHARE * self.tolerance
    }

    /// What rounding of kernel values makes of gradients in f64, where nothing more precise is left.
    pub(crate) fn rounding(&self, dual: &Dual) -> f64 {
        if self.double {
            dual.rounding(self.error)
        } else {
            0.0
        }
    }

    /// The violation that working sets are made for: less than the tolerance only where rounding
    /// leaves room for it.
    pub(crate) fn violation(&self, dual: &Dual) -> f64 {
        let aim = AIM * self.tolerance;
        if self.beyond && dual.rounding(self.error) < ROUNDING_SHARE * aim {
            aim
        } else {
            self.tolerance
        }
    }

    /// Whether a `violation` within the tolerance is the end, after as much `work` and a working set by which the
    /// objective fell by `fall`: when the aim is reached or took as much work again; in f32 also when that set
    /// brought little.
    pub(crate) fn is_reached(
        &mut self,
        violation: f64,
        dual: &Dual,
        work: usize,
        fall: f64,
    ) -> bool {
        if violation > self.tolerance {
            return false;
        }
        let met = *self.met.get_or_insert(work);
        self.beyond = self.double || fall > LAST_SHARE * dual.objectives(0.0).dual.abs();
        !self.beyond
            || violation <= self.violation(dual)
            || work > 2 * met + WORK_PER_SAMPLE * dual.alpha.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two samples with α = 1 and a kernel of 0: the objective is −2.
    fn dual() -> Dual {
        Dual::new(1, vec![1.0; 2], vec![1.0; 2], 0.0)
    }

    #[test]
    fn the_last_set_says_whether_the_tolerance_is_enough() {
        let mut aim = Aim::new(1e-3, false, 1e-9);
        assert!(!aim.is_reached(2e-3, &dual(), 100, 0.0));
        assert_eq!(aim.violation(&dual()), 1e-3);
        assert!(aim.is_reached(9e-4, &dual(), 100, 1e-6));
        assert!(!aim.is_reached(9e-4, &dual(), 100, 1e-2));
        assert_eq!(aim.violation(&dual()), 1e-4);
        assert!(aim.is_reached(9e-5, &dual(), 100, 1e-2), "the aim");
        assert!(aim.is_reached(9e-4, &dual(), 9_000, 1e-2), "the work");
    }

    #[test]
    fn rounding_sets_a_limit() {
        let mut aim = Aim::new(1e-3, false, 1e-4);
        assert!(!aim.is_out_of_reach(&dual()));
        assert!(aim.is_reached(9e-4, &dual(), 100, 1e-2));
        assert!(Aim::new(1e-3, false, 1e-3).is_out_of_reach(&dual()));
        let double = Aim::new(1e-3, true, 1e-3);
        assert!(!double.is_out_of_reach(&dual()));
        assert!(double.or_shifted(true).is_out_of_reach(&dual()));
    }

    #[test]
    fn in_f64_the_aim_is_always_beyond_the_tolerance() {
        let mut aim = Aim::new(1e-3, true, 1e-16);
        assert_eq!(aim.violation(&dual()), 1e-4);
        assert!(!aim.is_reached(9e-4, &dual(), 100, 0.0));
        assert!(aim.is_reached(9e-5, &dual(), 100, 0.0));
    }
}
