//! What says how near to the optimum a pair of classes was solved.

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
    /// Kernel rows computed, of all samples or of those that could still move.
    pub kernel_rows: usize,
}
