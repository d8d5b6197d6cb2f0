//! The report as data: what `report.json` holds and every page is made from.

use crate::comparison::{Comparison, comparisons};
use crate::{
    DatasetRecord, Environment, EpochRecord, FitRecord, Fitted, LinearRecord, Mistake, Outcome,
    PlannedModel, RunRecord,
};
use serde::Serialize;
use serde_json::{Map, Value};
use statistics::{ConfusionMatrix, Interval, wilson};

/// Confidence of every interval in a report.
pub(crate) const CONFIDENCE: f64 = 0.95;

/// A comparison. Its JSON form has the keys that METHODOLOGY.md documents.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// Version of this form: 1.
    pub format: u32,
    /// Whether every planned model finished.
    pub complete: bool,
    /// Whether this was a quick look at a subset.
    pub quick: bool,
    /// Seed of everything random.
    pub seed: u64,
    /// The data.
    pub dataset: DatasetRecord,
    /// All planned models in order.
    pub models: Vec<ModelSummary>,
    /// Every pair of models that finished, on the same test images; the better one first.
    pub comparisons: Vec<Comparison>,
    /// The run's name, which is when it began.
    pub run: String,
    /// Machine, build and command.
    pub environment: Environment,
}

/// What became of a model of the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Trained and evaluated.
    Finished,
    /// The fit failed; see the reason.
    Failed,
    /// The user called it off.
    Cancelled,
    /// The run ended before its turn.
    Missing,
}

/// One row of the comparison. Measurements are absent unless the model finished.
#[derive(Debug, Clone, Serialize)]
pub struct ModelSummary {
    /// Name in this run.
    pub id: String,
    /// The registered model behind it.
    pub model: String,
    /// What does the arithmetic.
    pub backend: String,
    /// What became of it.
    pub status: Status,
    /// Why it failed.
    pub reason: Option<String>,
    /// Every hyper-parameter.
    pub hyperparameters: Map<String, Value>,
    /// Images trained on.
    pub train_images: usize,
    /// Number of learnt values that prediction uses.
    pub parameters: Option<usize>,
    /// Share of test images predicted right.
    pub test_accuracy: Option<f64>,
    /// Its 95 % Wilson score interval.
    pub test_accuracy_interval: Option<Interval>,
    /// Mean negative log-probability of the truth on the test images, in nats.
    pub test_log_loss: Option<f64>,
    /// Mean F1 over the classes.
    pub macro_f1: Option<f64>,
    /// Share of training images predicted right.
    pub train_accuracy: Option<f64>,
    /// The model's own training time.
    pub fit_seconds: Option<f64>,
    /// Time to predict all test images.
    pub predict_seconds: Option<f64>,
    /// Most heap memory in use at once during the fit, the data included.
    pub peak_memory_bytes: Option<usize>,
    /// What shows that the solver reached its optimum, by name.
    pub certificate: Map<String, Value>,
    /// State after each epoch.
    pub epochs: Vec<EpochRecord>,
    /// Test images by truth (rows) and prediction (columns).
    pub confusion: Option<ConfusionMatrix>,
    /// For the comparisons.
    #[serde(skip)]
    pub test_predictions: Vec<u16>,
    /// For the pictures.
    #[serde(skip)]
    pub linear: Option<LinearRecord>,
    /// For the pictures.
    #[serde(skip)]
    pub mistakes: Vec<Mistake>,
}

impl Report {
    /// Joins the plan of a run with the fits that ended.
    pub fn new(run: RunRecord, fits: Vec<FitRecord>) -> Self {
        let mut fits: Vec<Option<FitRecord>> = fits.into_iter().map(Some).collect();
        let mut take = |id: &str| {
            let of_this_id =
                |fit: &&mut Option<FitRecord>| fit.as_ref().is_some_and(|f| f.id == id);
            fits.iter_mut().rfind(of_this_id).and_then(Option::take)
        };
        let models: Vec<ModelSummary> = run
            .models
            .into_iter()
            .map(|planned| {
                let fit = take(&planned.id);
                ModelSummary::new(planned, fit.map(|fit| fit.outcome))
            })
            .collect();
        Self {
            comparisons: comparisons(&models, &run.test_labels, run.seed),
            format: run.format,
            complete: models.iter().all(|model| model.status == Status::Finished),
            quick: run.quick,
            seed: run.seed,
            dataset: run.dataset,
            models,
            run: run.run,
            environment: run.environment,
        }
    }

    /// The models that finished.
    pub(crate) fn finished(&self) -> impl Iterator<Item = &ModelSummary> {
        self.models
            .iter()
            .filter(|model| model.status == Status::Finished)
    }

    /// Whether some model saw fewer training images than there are, or fewer test images counted.
    pub(crate) fn is_subset(&self) -> bool {
        self.dataset.test < self.dataset.test_available
            || self
                .models
                .iter()
                .any(|model| model.train_images < self.dataset.train_available)
    }
}

impl ModelSummary {
    fn new(planned: PlannedModel, outcome: Option<Outcome>) -> Self {
        let summary = Self {
            id: planned.id,
            model: planned.model,
            backend: planned.backend,
            status: Status::Missing,
            reason: None,
            hyperparameters: planned.hyperparameters,
            train_images: planned.train_images,
            parameters: None,
            test_accuracy: None,
            test_accuracy_interval: None,
            test_log_loss: None,
            macro_f1: None,
            train_accuracy: None,
            fit_seconds: None,
            predict_seconds: None,
            peak_memory_bytes: None,
            certificate: Map::new(),
            epochs: Vec::new(),
            confusion: None,
            test_predictions: Vec::new(),
            linear: None,
            mistakes: Vec::new(),
        };
        match outcome {
            None => summary,
            Some(Outcome::Cancelled) => Self {
                status: Status::Cancelled,
                ..summary
            },
            Some(Outcome::Failed { reason }) => Self {
                status: Status::Failed,
                reason: Some(reason),
                ..summary
            },
            Some(Outcome::Finished(fitted)) => summary.finished(*fitted),
        }
    }

    fn finished(self, fitted: Fitted) -> Self {
        let confusion = fitted.confusion;
        Self {
            status: Status::Finished,
            parameters: Some(fitted.parameters),
            test_accuracy: Some(confusion.accuracy()),
            test_accuracy_interval: Some(wilson(
                confusion.correct(),
                confusion.total(),
                CONFIDENCE,
            )),
            test_log_loss: fitted.test_log_loss,
            macro_f1: Some(confusion.macro_f1()),
            train_accuracy: Some(fitted.train_accuracy),
            fit_seconds: Some(fitted.fit_seconds),
            predict_seconds: Some(fitted.predict_seconds),
            peak_memory_bytes: Some(fitted.peak_memory_bytes),
            certificate: fitted.certificate,
            epochs: fitted.epochs,
            confusion: Some(confusion),
            test_predictions: fitted.test_predictions,
            linear: fitted.linear,
            mistakes: fitted.mistakes,
            ..self
        }
    }
}
