//! The parameters of a recipe as linfa takes them.

use crate::Kernel;

/// What every pair's solver is told.
#[derive(Clone, Copy)]
pub(crate) struct SolverSettings {
    pub(crate) kernel: Kernel,
    pub(crate) c: f32,
    pub(crate) gamma: f32,
    pub(crate) tolerance: f32,
}

impl SolverSettings {
    /// 1/γ: linfa divides the squared distance where others multiply it.
    pub(crate) fn width(self) -> f32 {
        1.0 / self.gamma
    }
}
