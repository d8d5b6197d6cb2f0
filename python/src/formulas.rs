//! The lab's formulas in f64, as `model-softmax` has them, for students who check their own.

use model_softmax::Weights;
use numpy::{PyArray1, PyArray2, PyArrayMethods, PyReadonlyArray1, PyReadonlyArray2, ToPyArray};
use pyo3::prelude::*;

/// Softmax of each row of the logits.
#[pyfunction]
pub(crate) fn softmax<'py>(
    py: Python<'py>,
    z: PyReadonlyArray2<'py, f64>,
) -> PyResult<Bound<'py, PyArray2<f64>>> {
    let shape = [z.as_array().nrows(), z.as_array().ncols()];
    let mut values = z.as_slice()?.to_vec();
    model_softmax::softmax(&mut values, shape[1]);
    values.to_pyarray(py).reshape(shape)
}

/// Mean cross-entropy of logits, in nats.
#[pyfunction]
pub(crate) fn cross_entropy(
    z: PyReadonlyArray2<'_, f64>,
    labels: PyReadonlyArray1<'_, i64>,
) -> PyResult<f64> {
    Ok(model_softmax::cross_entropy(
        z.as_slice()?,
        &indices(&labels)?,
    ))
}

/// ∂L/∂W, shape (features, classes), and ∂L/∂b of the mean cross-entropy at W and b.
#[pyfunction]
#[expect(clippy::type_complexity, reason = "two arrays")]
pub(crate) fn gradient<'py>(
    py: Python<'py>,
    x: PyReadonlyArray2<'py, f64>,
    labels: PyReadonlyArray1<'py, i64>,
    w: PyReadonlyArray2<'py, f64>,
    b: PyReadonlyArray1<'py, f64>,
) -> PyResult<(Bound<'py, PyArray2<f64>>, Bound<'py, PyArray1<f64>>)> {
    let shape = [w.as_array().nrows(), w.as_array().ncols()];
    let weights = Weights {
        w: w.as_slice()?.to_vec(),
        b: b.as_slice()?.to_vec(),
    };
    let x = x.as_slice()?;
    let probabilities = model_softmax::forward(x, &weights);
    let gradient = model_softmax::gradient(x, &probabilities, &indices(&labels)?);
    let slopes = gradient.w.to_pyarray(py).reshape(shape)?;
    Ok((slopes, gradient.b.to_pyarray(py)))
}

fn indices(labels: &PyReadonlyArray1<'_, i64>) -> PyResult<Vec<usize>> {
    Ok(labels
        .as_slice()?
        .iter()
        .map(|&label| label as usize)
        .collect())
}
