//! Samples: arrays, or compressed rows, in which zeros take no memory.

use crate::errors::of_machine;
use crate::matrix::Matrix;
use data::Samples;
use kernel_svm::{Features, Sparse};
use model_softmax::{SparseSamples, SparseValues};
use numpy::PyReadonlyArray1;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// Rows of samples.
#[derive(FromPyObject)]
pub(crate) enum Rows<'py> {
    /// With all features.
    Dense(Matrix<'py>),
    /// Starts, places, 8-bit pixels; features per sample.
    Bytes(Starts<'py>, Places<'py>, PyReadonlyArray1<'py, u8>, usize),
    /// The same of numbers in single precision.
    Singles(Starts<'py>, Places<'py>, PyReadonlyArray1<'py, f32>, usize),
}

type Starts<'py> = PyReadonlyArray1<'py, usize>;
type Places<'py> = PyReadonlyArray1<'py, u32>;

impl Rows<'_> {
    /// Features per sample.
    pub(crate) fn columns(&self) -> usize {
        match self {
            Self::Dense(matrix) => matrix.columns(),
            Self::Bytes(.., columns) | Self::Singles(.., columns) => *columns,
        }
    }

    /// A copy of rows with all features, as models take them: see [`Matrix::samples`].
    ///
    /// # Errors
    /// `ValueError` for others.
    pub(crate) fn samples(&self, shape: Option<(usize, usize)>) -> PyResult<Samples> {
        match self {
            Self::Dense(matrix) => matrix.samples(shape),
            _ => Err(PyValueError::new_err("sparse samples: make them dense")),
        }
    }

    /// The numbers without zeros, as a softmax regression takes them; nothing where all are here.
    ///
    /// # Errors
    /// `ValueError` for what are no rows.
    pub(crate) fn sparse(&self) -> PyResult<Option<SparseSamples<'_>>> {
        let (starts, places, values, columns) = match self {
            Self::Dense(_) => return Ok(None),
            Self::Bytes(starts, places, values, columns) => {
                let values = SparseValues::Pixels(values.as_slice()?);
                (starts, places, values, columns)
            }
            Self::Singles(starts, places, values, columns) => {
                let values = SparseValues::Reals(values.as_slice()?);
                (starts, places, values, columns)
            }
        };
        let (starts, places) = (starts.as_slice()?, places.as_slice()?);
        let samples = SparseSamples::new(*columns, starts, places, values);
        let samples = samples.map_err(|error| PyValueError::new_err(error.to_string()))?;
        Ok(Some(samples))
    }

    /// The numbers, as the kernel SVM takes them.
    pub(crate) fn features(&self) -> PyResult<Features<'_>> {
        match self {
            Self::Dense(matrix) => matrix.features(),
            Self::Bytes(starts, places, values, columns) => {
                let (starts, places) = (starts.as_slice()?, places.as_slice()?);
                let sparse = Sparse::new(*columns, starts, places, values.as_slice()?);
                Ok(Features::SparsePixels(
                    sparse.map_err(|error| of_machine(&error))?,
                ))
            }
            Self::Singles(starts, places, values, columns) => {
                let (starts, places) = (starts.as_slice()?, places.as_slice()?);
                let sparse = Sparse::new(*columns, starts, places, values.as_slice()?);
                Ok(Features::SparseReals(
                    sparse.map_err(|error| of_machine(&error))?,
                ))
            }
        }
    }
}
