//! Errors as Python raises them: `ValueError` for the user's mistakes, `RuntimeError` for what else went wrong.

use classifier::FitError;
use kernel_svm::Error;
use pyo3::PyErr;
use pyo3::exceptions::{PyRuntimeError, PyValueError};

/// That of a fit of any model.
pub(crate) fn of_fit(error: &FitError) -> PyErr {
    let said = error.to_string();
    match error {
        FitError::Data(_) | FitError::Parameter(_) | FitError::Declined { .. } => {
            PyValueError::new_err(said)
        }
        _ => PyRuntimeError::new_err(said),
    }
}

/// That of a kernel SVM.
pub(crate) fn of_machine(error: &Error) -> PyErr {
    let said = match error {
        Error::Memory { given, needed } => format!(
            "cache_size = {given}: the samples and two kernel rows of the largest pair of classes take {needed} MiB"
        ),
        other => other.to_string(),
    };
    match error {
        Error::NotConverged { .. } | Error::Cancelled => PyRuntimeError::new_err(said),
        _ => PyValueError::new_err(said),
    }
}
