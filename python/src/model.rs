//! Any model that keeps Plumbline's contract, by its id.

use crate::errors::of_fit;
use crate::interrupt::interruptible;
use crate::on_terms::fit_on_terms;
use crate::rows::Rows;
use crate::state::{from_dict, to_dict};
use classifier::{
    Classifier, FitContext, LinearWeights, ModelEntry, Preset, Scores, Silent, Sizes, with_threads,
};
use data::{Dataset, Samples, Targets};
use model_softmax::{SOFTMAX, SOFTMAX_LBFGS, SparseSamples, Terms, Train, Weights, sparse_logits};
use numpy::{PyArray1, PyArray2, PyArrayMethods, PyReadonlyArray1, ToPyArray};
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde_json::{Map, Value};

/// The models that the estimators stand on.
const MODELS: &[ModelEntry] = &[
    model_softmax::SOFTMAX,
    model_softmax::SOFTMAX_LBFGS,
    model_kernel_svm::VIRTUAL_SVM,
    model_trees::BOOSTED_TREES,
];

/// A fitted model.
#[pyclass(frozen, module = "plumbline._native")]
pub(crate) struct Model {
    /// As it is registered.
    id: &'static str,
    fitted: Box<dyn Classifier>,
    shape: Option<(usize, usize)>,
}

/// Fits model `id` with `parameters`, as JSON. Labels are below `classes`; without `weights` all samples count 1,
/// without an `intercept` biases stay at 0; `shape` makes pictures of rows.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "they are named in Python")]
pub(crate) fn fit(
    py: Python<'_>,
    id: &str,
    parameters: &str,
    x: Rows<'_>,
    y: PyReadonlyArray1<'_, i64>,
    weights: Option<PyReadonlyArray1<'_, f64>>,
    intercept: bool,
    classes: usize,
    shape: Option<(usize, usize)>,
    seed: u64,
    threads: usize,
) -> PyResult<Model> {
    let entry = entry(id)?;
    let recipe = recipe(entry, parameters)?;
    let labels = y.as_slice()?.iter().map(|&label| label as usize).collect();
    let names: Vec<String> = (0..classes).map(|class| class.to_string()).collect();
    let wrong = |error: data::DataError| PyValueError::new_err(error.to_string());
    let targets = Targets::new(labels, names.into()).map_err(wrong)?;
    let dense;
    let train = if let Some(samples) = x.sparse()? {
        Train::Sparse(samples, &targets)
    } else {
        dense = Dataset::with_targets(x.samples(shape)?, targets).map_err(wrong)?;
        Train::Dense(&dense)
    };
    let weights = weights
        .as_ref()
        .map(|weights| weights.as_slice())
        .transpose()?;
    let fitted = interruptible(py, |cancellation| {
        let mut silent = Silent;
        let mut context = FitContext::new(seed, threads, cancellation, &mut silent);
        let terms = Terms {
            weights,
            without_biases: !intercept,
        };
        with_threads(threads, || {
            fit_on_terms(entry.id, &*recipe, train, terms, &mut context)
        })
    })?;
    let fitted = fitted.map_err(|error| of_fit(&error))?;
    Ok(Model {
        id: entry.id,
        fitted,
        shape,
    })
}

/// The model that [`Model::state`] described, in threads of its own, as [`Model::judge`].
#[pyfunction]
pub(crate) fn restore(
    id: &str,
    parameters: &str,
    state: &Bound<'_, PyDict>,
    features: usize,
    classes: usize,
    shape: Option<(usize, usize)>,
    threads: usize,
) -> PyResult<Model> {
    let sizes = Sizes { features, classes };
    let entry = entry(id)?;
    let (recipe, state) = (recipe(entry, parameters)?, from_dict(state)?);
    let restored = with_threads(threads, || recipe.restore(state, sizes));
    let fitted = restored.map_err(|error| PyValueError::new_err(error.to_string()))?;
    Ok(Model {
        id: entry.id,
        fitted,
        shape,
    })
}

#[pymethods]
impl Model {
    /// Class scores, shape (samples, classes).
    fn scores<'py>(
        &self,
        py: Python<'py>,
        x: Rows<'_>,
        threads: usize,
    ) -> PyResult<Bound<'py, PyArray2<f32>>> {
        let scores = match x.sparse()? {
            Some(samples) => self.sparse_scores(py, samples, threads)?,
            None => self.judge(py, &x, threads, |samples| self.fitted.scores(samples))?,
        };
        to_array(py, &scores)
    }

    /// Logarithms of the class probabilities, shape (samples, classes), if the model has them.
    fn log_probabilities<'py>(
        &self,
        py: Python<'py>,
        x: Rows<'_>,
        threads: usize,
    ) -> PyResult<Option<Bound<'py, PyArray2<f32>>>> {
        if let Some(samples) = x.sparse()? {
            let scores = self.sparse_scores(py, samples, threads)?;
            let (mut logs, classes) = (scores.values().to_vec(), scores.classes());
            model_softmax::log_softmax(&mut logs, classes);
            return to_array(py, &Scores::new(logs, classes)).map(Some);
        }
        let logs = self.judge(py, &x, threads, |samples| {
            self.fitted.log_probabilities(samples)
        })?;
        logs.map(|logs| to_array(py, &logs)).transpose()
    }

    /// W, flat, shape (features, classes), and b of a linear model.
    #[expect(clippy::type_complexity, reason = "two arrays")]
    fn linear_weights<'py>(
        &self,
        py: Python<'py>,
    ) -> Option<(Bound<'py, PyArray1<f32>>, Bound<'py, PyArray1<f32>>)> {
        let linear = self.fitted.linear_weights()?;
        Some((linear.weights.to_pyarray(py), linear.biases.to_pyarray(py)))
    }

    /// What shows that the solver reached the optimum.
    fn certificate<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        for (name, value) in self.fitted.certificate() {
            dict.set_item(name, value)?;
        }
        Ok(dict)
    }

    /// Its arrays, for [`restore`].
    fn state<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let state = self.fitted.state();
        let state = state.map_err(|error| PyRuntimeError::new_err(error.to_string()))?;
        to_dict(py, &state)
    }
}

impl Model {
    /// What `work` makes of the samples, in threads of its own: those of a process that was forked
    /// are not there any more.
    fn judge<T: Send>(
        &self,
        py: Python<'_>,
        x: &Rows<'_>,
        threads: usize,
        work: impl FnOnce(&Samples) -> T + Send,
    ) -> PyResult<T> {
        let samples = x.samples(self.shape)?;
        Ok(py.detach(|| with_threads(threads, || work(&samples))))
    }

    /// The logits of samples without their zeros, of a softmax regression.
    ///
    /// # Errors
    /// `ValueError` for another model.
    fn sparse_scores(
        &self,
        py: Python<'_>,
        samples: SparseSamples<'_>,
        threads: usize,
    ) -> PyResult<Scores> {
        let is_softmax = [SOFTMAX.id, SOFTMAX_LBFGS.id].contains(&self.id);
        let linear = self.fitted.linear_weights().filter(|_| is_softmax);
        let LinearWeights { weights, biases } = linear.ok_or_else(|| {
            let id = self.id;
            PyValueError::new_err(format!("{id} takes no sparse samples: make them dense"))
        })?;
        let (w, b) = (weights, biases);
        let weights = Weights { w, b };
        Ok(py.detach(|| with_threads(threads, || sparse_logits(samples, &weights))))
    }
}

fn entry(id: &str) -> PyResult<&'static ModelEntry> {
    let found = MODELS.iter().find(|entry| entry.id == id);
    found.ok_or_else(|| PyValueError::new_err(format!("there is no model {id}")))
}

fn recipe(entry: &ModelEntry, parameters: &str) -> PyResult<Box<dyn Preset>> {
    let values: Map<String, Value> = serde_json::from_str(parameters)
        .map_err(|error| PyValueError::new_err(format!("parameters of {}: {error}", entry.id)))?;
    let recipe = (entry.preset)().with(&values);
    recipe.map_err(|error| PyValueError::new_err(error.to_string()))
}

fn to_array<'py>(py: Python<'py>, scores: &Scores) -> PyResult<Bound<'py, PyArray2<f32>>> {
    let shape = [scores.len(), scores.classes()];
    scores.values().to_pyarray(py).reshape(shape)
}
