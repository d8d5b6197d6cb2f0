//! The exact kernel support vector machine with all that `SVC` shows.

use crate::errors::of_machine;
use crate::interrupt::interruptible;
use crate::rows::Rows;
use classifier::with_threads;
use kernel_svm::{
    Certificate, Features, Gamma, Kernel, Numbers, Parts, Places, Settings, SupportVectorMachine,
    Watch, fit_weighted,
};
use numpy::{PyArray1, PyArray2, PyArrayMethods, PyReadonlyArray1, ToPyArray};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// A fitted machine.
#[pyclass(frozen, module = "plumbline._native")]
pub(crate) struct Machine(SupportVectorMachine);

/// Fits a machine. Labels are class numbers; weights are what C is multiplied with.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "they are named in Python")]
pub(crate) fn fit_machine(
    py: Python<'_>,
    x: Rows<'_>,
    y: PyReadonlyArray1<'_, i64>,
    weights: Option<PyReadonlyArray1<'_, f64>>,
    kernel: (String, u32, f64),
    c: f64,
    gamma: f64,
    tolerance: f64,
    memory_mb: usize,
    probability: bool,
    threads: usize,
) -> PyResult<Machine> {
    let settings = Settings {
        kernel: self::kernel(&kernel.0, kernel.1, kernel.2)?,
        c,
        gamma: Gamma::Value(gamma),
        tolerance,
        memory_mb,
        probability,
        threads,
    };
    let labels: Vec<usize> = y.as_slice()?.iter().map(|&label| label as usize).collect();
    let weights = weights
        .as_ref()
        .map(|weights| weights.as_slice())
        .transpose()?;
    let (features, columns) = (x.features()?, x.columns());
    let fitted = interruptible(py, |cancellation| {
        let watch = Watch {
            solved: &|_, _| {},
            cancelled: &|| cancellation.check().is_err(),
        };
        with_threads(threads, || {
            fit_weighted(features, columns, &labels, weights, &settings, watch)
        })
    })?;
    fitted.map(Machine).map_err(|error| of_machine(&error))
}

#[pymethods]
impl Machine {
    /// Indices of the support vectors among the training samples, class by class.
    #[getter]
    fn support<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<i32>> {
        let places = self.0.support().iter().map(|&place| place as i32);
        PyArray1::from_iter(py, places)
    }

    /// See [`certificates`].
    #[getter]
    fn certificates<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<f64>>> {
        certificates(py, self.0.certificates())
    }

    /// Decision values, shape (samples, pairs), above 0 for the first class of a pair.
    fn decide<'py>(
        &self,
        py: Python<'py>,
        x: Rows<'_>,
        threads: usize,
    ) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let (features, pairs) = (self.checked(&x)?, self.0.certificates().len());
        let values = py.detach(|| with_threads(threads, || self.0.decision_function(features)));
        values.to_pyarray(py).reshape([values.len() / pairs, pairs])
    }

    /// The class numbers with most votes.
    fn classify<'py>(
        &self,
        py: Python<'py>,
        x: Rows<'_>,
        threads: usize,
    ) -> PyResult<Bound<'py, PyArray1<i64>>> {
        let features = self.checked(&x)?;
        let labels = py.detach(|| with_threads(threads, || self.0.classify(features)));
        Ok(PyArray1::from_iter(
            py,
            labels.into_iter().map(|label| label as i64),
        ))
    }

    /// Probabilities, shape (samples, classes), if it was fitted for them.
    fn probabilities<'py>(
        &self,
        py: Python<'py>,
        x: Rows<'_>,
        threads: usize,
    ) -> PyResult<Option<Bound<'py, PyArray2<f64>>>> {
        let (features, classes) = (self.checked(&x)?, self.0.classes().len());
        let values = py.detach(|| with_threads(threads, || self.0.probabilities(features)));
        let to_rows = |values: Vec<f64>| {
            let shape = [values.len() / classes, classes];
            values.to_pyarray(py).reshape(shape)
        };
        values.map(to_rows).transpose()
    }

    /// All that the machine is made of, for [`restore_machine`].
    fn parts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let parts = self.0.parts();
        let dict = PyDict::new(py);
        let (kernel, degree, coef0) = named(parts.kernel);
        dict.set_item("features", parts.features)?;
        dict.set_item("classes", parts.classes)?;
        dict.set_item("kernel", (kernel, degree, coef0))?;
        dict.set_item("gamma", parts.gamma)?;
        dict.set_item("counts", parts.counts)?;
        dict.set_item("vectors", numbers_to_array(py, &parts.vectors))?;
        let places = parts.places.as_ref();
        let places = places.map(|rows| (rows.starts.to_pyarray(py), rows.places.to_pyarray(py)));
        dict.set_item("places", places)?;
        dict.set_item("coefficients", numbers_to_array(py, &parts.coefficients))?;
        dict.set_item("scale", parts.scale)?;
        dict.set_item("rho", parts.rho.to_pyarray(py))?;
        dict.set_item("sigmoids", parts.sigmoids)?;
        let certificates: Vec<_> = parts.certificates.iter().map(to_tuple).collect();
        dict.set_item("certificates", certificates)?;
        dict.set_item("support", parts.support)?;
        Ok(dict)
    }
}

impl Machine {
    /// The samples, if they are as wide as those that it was fitted to.
    fn checked<'a>(&self, x: &'a Rows<'_>) -> PyResult<Features<'a>> {
        let (fitted, found) = (self.0.features(), x.columns());
        if fitted != found {
            let said = format!("{found} features: this machine was fitted to {fitted}");
            return Err(PyValueError::new_err(said));
        }
        x.features()
    }
}

/// The machine that [`Machine::parts`] described; it decides bit by bit as the first one did. In threads of its
/// own: those of a process that was forked are not there any more.
#[pyfunction]
pub(crate) fn restore_machine(parts: &Bound<'_, PyDict>, threads: usize) -> PyResult<Machine> {
    let item = |name: &str| {
        let found = parts.get_item(name)?;
        found.ok_or_else(|| PyValueError::new_err(format!("a machine without {name}")))
    };
    let (kernel, degree, coef0): (String, u32, f64) = item("kernel")?.extract()?;
    let certificates: Vec<Proof> = item("certificates")?.extract()?;
    let rho: PyReadonlyArray1<'_, f64> = item("rho")?.extract()?;
    // Machines that were kept before there were sparse ones have none.
    let places = parts.get_item("places")?.filter(|places| !places.is_none());
    let parts = Parts {
        features: item("features")?.extract()?,
        classes: item("classes")?.extract()?,
        kernel: self::kernel(&kernel, degree, coef0)?,
        gamma: item("gamma")?.extract()?,
        counts: item("counts")?.extract()?,
        vectors: array_to_numbers(&item("vectors")?)?,
        places: places.map(|places| rows_of(&places)).transpose()?,
        coefficients: array_to_numbers(&item("coefficients")?)?,
        scale: item("scale")?.extract()?,
        rho: rho.as_slice()?.to_vec(),
        sigmoids: item("sigmoids")?.extract()?,
        certificates: certificates.into_iter().map(from_tuple).collect(),
        support: item("support")?.extract()?,
    };
    let machine = with_threads(threads, || SupportVectorMachine::from_parts(parts));
    machine.map(Machine).map_err(|error| of_machine(&error))
}

/// One row per pair: dual objective, duality gap, violation, steps.
pub(crate) fn certificates<'py>(
    py: Python<'py>,
    pairs: &[Certificate],
) -> PyResult<Bound<'py, PyArray2<f64>>> {
    let row = |pair: &Certificate| {
        let steps = pair.steps as f64;
        vec![
            pair.dual_objective,
            pair.duality_gap,
            pair.kkt_violation,
            steps,
        ]
    };
    Ok(PyArray2::from_vec2(
        py,
        &pairs.iter().map(row).collect::<Vec<_>>(),
    )?)
}

/// A certificate in a form that Python pickles.
type Proof = (f64, f64, f64, usize, usize, usize, usize, usize);

fn to_tuple(certificate: &Certificate) -> Proof {
    (
        certificate.dual_objective,
        certificate.duality_gap,
        certificate.kkt_violation,
        certificate.support_vectors,
        certificate.bounded_support_vectors,
        certificate.working_sets,
        certificate.steps,
        certificate.kernel_rows,
    )
}

fn from_tuple(proof: Proof) -> Certificate {
    Certificate {
        dual_objective: proof.0,
        duality_gap: proof.1,
        kkt_violation: proof.2,
        support_vectors: proof.3,
        bounded_support_vectors: proof.4,
        working_sets: proof.5,
        steps: proof.6,
        kernel_rows: proof.7,
    }
}

fn kernel(name: &str, degree: u32, coef0: f64) -> PyResult<Kernel> {
    match name {
        "rbf" => Ok(Kernel::Rbf),
        "poly" => Ok(Kernel::Polynomial { degree, coef0 }),
        "linear" => Ok(Kernel::Linear),
        _ => Err(PyValueError::new_err(format!(
            "kernel = {name:?}: expected rbf, poly or linear"
        ))),
    }
}

fn named(kernel: Kernel) -> (&'static str, u32, f64) {
    match kernel {
        Kernel::Rbf => ("rbf", 0, 0.0),
        Kernel::Polynomial { degree, coef0 } => ("poly", degree, coef0),
        Kernel::Linear => ("linear", 0, 0.0),
    }
}

fn numbers_to_array<'py>(py: Python<'py>, numbers: &Numbers) -> Bound<'py, PyAny> {
    match numbers {
        Numbers::Bytes(values) => values.to_pyarray(py).into_any(),
        Numbers::Single(values) => values.to_pyarray(py).into_any(),
        Numbers::Double(values) => values.to_pyarray(py).into_any(),
    }
}

fn array_to_numbers(object: &Bound<'_, PyAny>) -> PyResult<Numbers> {
    if let Ok(array) = object.extract::<PyReadonlyArray1<'_, u8>>() {
        return Ok(Numbers::Bytes(array.as_slice()?.to_vec()));
    }
    if let Ok(array) = object.extract::<PyReadonlyArray1<'_, f32>>() {
        return Ok(Numbers::Single(array.as_slice()?.to_vec()));
    }
    let array: PyReadonlyArray1<'_, f64> = object.extract()?;
    Ok(Numbers::Double(array.as_slice()?.to_vec()))
}

fn rows_of(object: &Bound<'_, PyAny>) -> PyResult<Places> {
    let (starts, places): (PyReadonlyArray1<'_, usize>, PyReadonlyArray1<'_, u32>) =
        object.extract()?;
    Ok(Places {
        starts: starts.as_slice()?.to_vec(),
        places: places.as_slice()?.to_vec(),
    })
}
