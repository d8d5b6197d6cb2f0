//! The native half of the Python package: arrays in, arrays out. Everything that Python people see is
//! in `plumbline/`.

mod errors;
mod formulas;
mod interrupt;
mod matrix;
mod model;
mod on_terms;
mod precomputed;
mod rows;
mod state;
mod svm;

use pyo3::prelude::*;

/// What `plumbline` is built on. Nothing in it needs the interpreter's lock: what is fitted never changes, and
/// what a fit works on is its own.
#[pymodule(gil_used = false)]
mod _native {
    #[pymodule_export]
    use crate::formulas::{cross_entropy, gradient, softmax};
    #[pymodule_export]
    use crate::model::{Model, fit, restore};
    #[pymodule_export]
    use crate::precomputed::fit_precomputed;
    #[pymodule_export]
    use crate::svm::{Machine, fit_machine, restore_machine};
}
