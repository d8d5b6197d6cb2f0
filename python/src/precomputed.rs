//! The machine of kernel values that Python computed.

use crate::errors::of_machine;
use crate::interrupt::interruptible;
use crate::svm::certificates;
use kernel_svm::{Settings, Watch};
use numpy::{PyReadonlyArray1, PyReadonlyArray2, ToPyArray};
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// Fits a machine to kernel values of all samples with each other. Gives what it is made of: `support`,
/// `coefficients`, flat, shape (support vectors, classes − 1), `rho` and `certificates`.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "they are named in Python")]
pub(crate) fn fit_precomputed<'py>(
    py: Python<'py>,
    kernel: PyReadonlyArray2<'py, f64>,
    y: PyReadonlyArray1<'py, i64>,
    weights: Option<PyReadonlyArray1<'py, f64>>,
    c: f64,
    tolerance: f64,
    memory_mb: usize,
    threads: usize,
) -> PyResult<Bound<'py, PyDict>> {
    let settings = Settings {
        c,
        tolerance,
        memory_mb,
        threads,
        ..Settings::default()
    };
    let labels: Vec<usize> = y.as_slice()?.iter().map(|&label| label as usize).collect();
    let weights = weights
        .as_ref()
        .map(|weights| weights.as_slice())
        .transpose()?;
    let matrix = kernel.as_slice()?;
    let fitted = interruptible(py, |cancellation| {
        let watch = Watch {
            solved: &|_, _| {},
            cancelled: &|| cancellation.check().is_err(),
        };
        kernel_svm::fit_precomputed(matrix, &labels, weights, &settings, watch)
    })?;
    let machine = fitted.map_err(|error| of_machine(&error))?;
    let dict = PyDict::new(py);
    let support: Vec<i32> = machine.support.iter().map(|&place| place as i32).collect();
    dict.set_item("support", support.to_pyarray(py))?;
    dict.set_item("coefficients", machine.coefficients.to_pyarray(py))?;
    dict.set_item("rho", machine.rho.to_pyarray(py))?;
    dict.set_item("certificates", certificates(py, &machine.certificates)?)?;
    Ok(dict)
}
