//! What one pair of classes is to be solved to, and why it was not.

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
    /// Samples from which on those that cannot move are left out for a while, in f32.
    pub(crate) least_to_shrink: usize,
    /// Rows whose memory is enough for a working set in f64, however many more may be kept.
    pub(crate) rows_of_set: usize,
    /// Whether kernel values can be shifted, see [`shifted`](crate::shifted), if their rounding decides in f64.
    pub(crate) may_shift: bool,
}

impl Goal<'_> {
    /// The upper bound of α for each of as many `samples`.
    pub(crate) fn costs(&self, samples: usize) -> Vec<f64> {
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
    /// f32 is not precise enough for it, or f64 for kernel values that are not shifted.
    Imprecise,
    /// Nothing helped.
    NotConverged { violation: f64, working_sets: usize },
}
