//! Samples as NumPy holds them.

use data::{PictureShape, Samples};
use kernel_svm::Features;
use numpy::{PyReadonlyArray2, PyUntypedArrayMethods};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// A matrix in row-major order, one sample a row.
#[derive(FromPyObject)]
pub(crate) enum Matrix<'py> {
    /// 8-bit pixels.
    Bytes(PyReadonlyArray2<'py, u8>),
    /// Single precision.
    Singles(PyReadonlyArray2<'py, f32>),
}

impl Matrix<'_> {
    /// Features per sample.
    pub(crate) fn columns(&self) -> usize {
        match self {
            Self::Bytes(array) => array.shape()[1],
            Self::Singles(array) => array.shape()[1],
        }
    }

    /// The numbers, as the kernel SVM takes them.
    pub(crate) fn features(&self) -> PyResult<Features<'_>> {
        match self {
            Self::Bytes(array) => Ok(Features::Pixels(array.as_slice()?)),
            Self::Singles(array) => Ok(Features::Reals(array.as_slice()?)),
        }
    }

    /// A copy of them, as models take them: pictures if there is a shape, and rows of features if not.
    pub(crate) fn samples(&self, shape: Option<(usize, usize)>) -> PyResult<Samples> {
        let shape = shape.map(|(rows, columns)| PictureShape { rows, columns });
        let samples = match (self, shape) {
            (Self::Bytes(pixels), Some(shape)) => {
                Samples::from_pixels(shape, pixels.as_slice()?.to_vec())
            }
            (Self::Bytes(pixels), None) => {
                let shape = PictureShape {
                    rows: 1,
                    columns: self.columns(),
                };
                Samples::from_pixels(shape, pixels.as_slice()?.to_vec())
            }
            (Self::Singles(reals), shape) => {
                let rows = Samples::from_features(self.columns(), reals.as_slice()?.to_vec());
                match shape {
                    Some(shape) => rows.and_then(|rows| rows.into_pictures(shape)),
                    None => rows,
                }
            }
        };
        samples.map_err(|error| PyValueError::new_err(error.to_string()))
    }
}
