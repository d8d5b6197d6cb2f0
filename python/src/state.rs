//! The arrays of a fitted model, as Python pickles them.

use classifier::{Array, State, Values};
use numpy::{PyArrayDyn, PyArrayMethods, PyUntypedArrayMethods, ToPyArray};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// The arrays by name.
pub(crate) fn to_dict<'py>(py: Python<'py>, state: &State) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    for (name, array) in state.arrays() {
        let shape = array.shape().to_vec();
        let values = match array.values() {
            Values::F32(values) => values.to_pyarray(py).reshape(shape)?.into_any(),
            Values::F64(values) => values.to_pyarray(py).reshape(shape)?.into_any(),
            Values::U8(values) => values.to_pyarray(py).reshape(shape)?.into_any(),
            Values::I64(values) => values.to_pyarray(py).reshape(shape)?.into_any(),
        };
        dict.set_item(name, values)?;
    }
    Ok(dict)
}

/// The state that [`to_dict`] wrote.
///
/// # Errors
/// `ValueError` where something is not an array of one of its types.
pub(crate) fn from_dict(dict: &Bound<'_, PyDict>) -> PyResult<State> {
    let mut state = State::default();
    for (name, array) in dict {
        let name: String = name.extract()?;
        let array = to_array(&array).ok_or_else(|| {
            PyValueError::new_err(format!(
                "{name}: expected an array of numbers in row-major order"
            ))
        })?;
        let shape = array.shape().to_vec();
        state = match array.values() {
            Values::F32(values) => state.with(&name, &shape, values.clone()),
            Values::F64(values) => state.with(&name, &shape, values.clone()),
            Values::U8(values) => state.with(&name, &shape, values.clone()),
            Values::I64(values) => state.with(&name, &shape, values.clone()),
        };
    }
    Ok(state)
}

fn to_array(object: &Bound<'_, PyAny>) -> Option<Array> {
    fn of<T: numpy::Element + Clone>(
        object: &Bound<'_, PyAny>,
        wrap: fn(Vec<T>) -> Values,
    ) -> Option<Array> {
        let array = object.cast::<PyArrayDyn<T>>().ok()?;
        let values = array.readonly().as_slice().ok()?.to_vec();
        Array::new(array.shape().to_vec(), wrap(values))
    }
    of(object, Values::F32)
        .or_else(|| of(object, Values::F64))
        .or_else(|| of(object, Values::U8))
        .or_else(|| of(object, Values::I64))
}
