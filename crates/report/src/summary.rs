//! The report as data: what `report.json` holds and every page is made from.

use crate::comparison::{Comparison, Together, comparisons};
use crate::markdown::one_line;
use crate::metrics::{self, Fit, FitSummary, Judged, Metrics};
use crate::resampled::Resampled;
use crate::{
    Control, DatasetRecord, Environment, EpochRecord, FitRecord, Fitted, ImagesRecord, JudgedOn,
    Latency, LinearRecord, Mistake, PlannedModel, Protocol, Records, ReportError, RunRecord,
    VarianceBudget,
};
use serde::Serialize;
use serde_json::{Map, Value};
use statistics::{ConfusionMatrix, Interval};
use std::collections::HashMap;

/// Confidence of every interval in a report.
pub(crate) const CONFIDENCE: f64 = 0.95;

/// A comparison. Its JSON form has the keys that METHODOLOGY.md documents.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// Version of this form: 2.
    pub format: u32,
    /// Whether every planned model finished.
    pub complete: bool,
    /// Whether this was a quick look at a subset.
    pub quick: bool,
    /// What the comparison is to answer, in the words of its plan.
    pub question: Option<String>,
    /// What its author makes of it, in the words of the plan.
    pub analysis: Option<String>,
    /// Seed of everything random.
    pub seed: u64,
    /// What models are judged on, and how often they are fitted.
    pub protocol: Protocol,
    /// How often the labels of the test images were looked at.
    pub test_looks: usize,
    /// The data.
    pub dataset: DatasetRecord,
    /// All planned models in order.
    pub models: Vec<ModelSummary>,
    /// Every pair of models that finished, on the same images; the better one first.
    pub comparisons: Vec<Comparison>,
    /// All models that finished at once.
    pub together: Option<Together>,
    /// The run's name, which is when it began.
    pub run: String,
    /// Machine, build and command.
    pub environment: Environment,
    /// The classes of the images that are judged, for the pages.
    #[serde(skip)]
    pub(crate) labels: Vec<u16>,
    /// The images that some model got wrong, for the pages.
    #[serde(skip)]
    pub(crate) images: Option<ImagesRecord>,
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
    /// Share of the images it is judged on that are right: of the fit with the first seed, or the
    /// mean over all folds.
    pub test_accuracy: Option<f64>,
    /// Its 95 % interval: Wilson's over the images, or over folds that share training images.
    pub test_accuracy_interval: Option<Interval>,
    /// Mean negative log-probability of the truth on the test images, in nats.
    pub test_log_loss: Option<f64>,
    /// Mean F1 over the classes.
    pub macro_f1: Option<f64>,
    /// Everything else that its predictions say.
    pub metrics: Option<Metrics>,
    /// The temperature that its probabilities were scaled by, where that was asked for.
    pub temperature: Option<f64>,
    /// Every fit, where there are several.
    pub fits: Vec<FitSummary>,
    /// Over folds, fits of the same folds with other seeds; they tell the parts of the variance apart.
    pub other_seeds: Vec<FitSummary>,
    /// Where the spread of its accuracy comes from, where there are several fits.
    pub variance: Option<VarianceBudget>,
    /// Fits to fewer and fewer of the training images, ending with all of them, where asked for.
    pub learning_curve: Vec<FitSummary>,
    /// What controls found of it on a few training images.
    pub controls: Vec<Control>,
    /// Share of training images predicted right.
    pub train_accuracy: Option<f64>,
    /// The machine that times are of, where it is not the one of this run.
    pub measured_on: Option<String>,
    /// The model's own training time; of several fits the mean.
    pub fit_seconds: Option<f64>,
    /// Time to predict all test images.
    pub predict_seconds: Option<f64>,
    /// Time to predict one image alone.
    pub latency: Option<Latency>,
    /// Most heap memory in use at once during the fit, the data included.
    pub peak_memory_bytes: Option<usize>,
    /// What shows that the solver reached its optimum, by name.
    pub certificate: Map<String, Value>,
    /// State after each epoch.
    pub epochs: Vec<EpochRecord>,
    /// Test images by truth (rows) and prediction (columns).
    pub confusion: Option<ConfusionMatrix>,
    /// For the comparisons: whether each image is right, of each fit that counts.
    #[serde(skip)]
    pub(crate) right: Vec<Vec<bool>>,
    /// For the comparison by other metrics, of the first fit. Not over folds.
    #[serde(skip)]
    pub(crate) resampled: Option<Resampled>,
    /// For the pages: what each image was taken for, by the first fit.
    #[serde(skip)]
    pub(crate) predictions: Vec<u16>,
    /// For the pages: the probability of these answers.
    #[serde(skip)]
    pub(crate) confidence: Option<Vec<f32>>,
    /// For the pictures.
    #[serde(skip)]
    pub linear: Option<LinearRecord>,
    /// For the pictures.
    #[serde(skip)]
    pub mistakes: Vec<Mistake>,
}

impl Status {
    /// The word for it in `report.json`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Finished => "finished",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Missing => "missing",
        }
    }

    /// What became of the model, for people, on one line.
    pub(crate) fn in_words(self, reason: Option<&str>) -> String {
        let reason = reason.map(one_line);
        match self {
            Self::Finished => "finished".to_owned(),
            Self::Failed => format!("failed: {}", reason.as_deref().unwrap_or("no reason given")),
            Self::Cancelled => "cancelled".to_owned(),
            Self::Missing => reason.unwrap_or_else(|| "did not get its turn".to_owned()),
        }
    }
}

impl Report {
    /// Joins the plan of a run with the fits that ended.
    pub fn new(records: Records) -> Self {
        let Records {
            run,
            fits,
            mut controls,
            images,
        } = records;
        let mut of_model: HashMap<String, Vec<FitRecord>> = HashMap::new();
        for fit in fits {
            of_model.entry(fit.id.clone()).or_default().push(fit);
        }
        let mut looks = run.looks;
        let models: Vec<ModelSummary> = run
            .models
            .iter()
            .map(|planned| {
                let records = of_model.remove(&planned.id).unwrap_or_default();
                looks += records.iter().map(|record| record.looks).sum::<usize>();
                let of_this = controls.iter_mut().rfind(|record| record.id == planned.id);
                let controls = of_this.map(|record| std::mem::take(&mut record.controls));
                ModelSummary::new(&run, planned, records, controls.unwrap_or_default())
            })
            .collect();
        let comparisons = comparisons(&models, &run);
        Self {
            together: Together::new(&models, &comparisons, run.protocol),
            comparisons,
            format: run.format,
            complete: models.iter().all(|model| model.status == Status::Finished),
            quick: run.quick,
            question: run.question,
            analysis: run.analysis,
            seed: run.seed,
            protocol: run.protocol,
            test_looks: if run.protocol.judged_on == JudgedOn::Test {
                looks
            } else {
                0
            },
            dataset: run.dataset,
            models,
            run: run.run,
            environment: run.environment,
            labels: run.labels,
            images,
        }
    }

    /// The contents of `report.json`.
    ///
    /// # Errors
    /// [`ReportError::Render`].
    pub fn to_json(&self) -> Result<String, ReportError> {
        let mut json = serde_json::to_string_pretty(self)
            .map_err(|error| ReportError::render("report.json", &error))?;
        json.push('\n');
        Ok(json)
    }

    /// What models are judged on, in words: "test images".
    pub fn judged_images(&self) -> &'static str {
        self.protocol.judged_on.images()
    }

    /// Where a model stands in the report; figures take its colour from there.
    pub(crate) fn place(&self, id: &str) -> usize {
        let place = self.models.iter().position(|model| model.id == id);
        place.expect("a model of this report")
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
    fn new(
        run: &RunRecord,
        planned: &PlannedModel,
        records: Vec<FitRecord>,
        controls: Vec<Control>,
    ) -> Self {
        let planned_fits = planned.fits;
        let planned = planned.clone();
        let summary = Self {
            id: planned.id,
            model: planned.model,
            backend: planned.backend,
            status: Status::Finished,
            reason: None,
            hyperparameters: planned.hyperparameters,
            train_images: planned.train_images,
            parameters: None,
            test_accuracy: None,
            test_accuracy_interval: None,
            test_log_loss: None,
            macro_f1: None,
            metrics: None,
            temperature: None,
            fits: Vec::new(),
            other_seeds: Vec::new(),
            variance: None,
            learning_curve: Vec::new(),
            controls,
            train_accuracy: None,
            measured_on: None,
            fit_seconds: None,
            predict_seconds: None,
            latency: None,
            peak_memory_bytes: None,
            certificate: Map::new(),
            epochs: Vec::new(),
            confusion: None,
            right: Vec::new(),
            resampled: None,
            predictions: Vec::new(),
            confidence: None,
            linear: None,
            mistakes: Vec::new(),
        };
        match metrics::finished(records, planned_fits) {
            Ok(fits) => summary.finished(run, fits),
            Err((status, reason)) => Self {
                status,
                reason,
                ..summary
            },
        }
    }

    fn finished(self, run: &RunRecord, fits: Vec<Fit>) -> Self {
        let [fits, other_seeds, smaller] = by_purpose(run, fits);
        let summary = |fit: &Fit| FitSummary::new(run, fit, self.train_images);
        let other_seeds: Vec<FitSummary> = other_seeds.iter().map(summary).collect();
        let mut curve: Vec<FitSummary> = smaller.iter().map(summary).collect();
        if !curve.is_empty() {
            curve.extend(fits.first().map(summary));
        }
        let judged = Judged::new(run, &fits);
        let confusion = judged.confusion(run.dataset.classes);
        let metrics = judged.metrics(&confusion);
        let summaries: Vec<FitSummary> = fits.iter().map(summary).collect();
        let mean = |of: fn(&Fit) -> f64| fits.iter().map(of).sum::<f64>() / fits.len() as f64;
        let accuracy = match run.protocol.folds {
            0 => confusion.accuracy(),
            _ => summaries.iter().map(|fit| fit.accuracy).sum::<f64>() / summaries.len() as f64,
        };
        let here = run.environment.machine();
        let elsewhere = fits.iter().find(|fit| fit.machine != here);
        let peak = fits.iter().map(|fit| fit.fitted.peak_memory_bytes).max();
        let summary = Self {
            test_accuracy: Some(accuracy),
            test_accuracy_interval: Some(metrics::accuracy_interval(
                run.protocol,
                &confusion,
                &summaries,
            )),
            test_log_loss: metrics.log_loss,
            macro_f1: Some(metrics.macro_f1),
            train_accuracy: Some(mean(|fit| fit.fitted.train_accuracy)),
            measured_on: elsewhere.map(|fit| fit.machine.clone()),
            fit_seconds: Some(mean(|fit| fit.fitted.fit_seconds)),
            predict_seconds: Some(mean(|fit| fit.fitted.predict_seconds)),
            peak_memory_bytes: peak,
            variance: VarianceBudget::new(&summaries, &other_seeds, run.protocol, run.dataset.test),
            other_seeds,
            learning_curve: curve,
            right: fits.iter().map(|fit| fit.right(run)).collect(),
            resampled: (run.protocol.folds == 0)
                .then(|| Resampled::new(&judged, run.dataset.classes)),
            metrics: Some(metrics),
            confusion: Some(confusion),
            fits: if fits.len() > 1 {
                summaries
            } else {
                Vec::new()
            },
            ..self
        };
        let first = *fits.into_iter().next().expect("it has fits").fitted;
        summary.with_first(first, run.dataset.classes)
    }

    /// With what there can be only one of, which is of the first fit.
    fn with_first(self, first: Fitted, classes: usize) -> Self {
        Self {
            confidence: first.confidence(classes),
            parameters: Some(first.parameters),
            certificate: first.certificate,
            temperature: first.temperature,
            latency: Some(first.latency),
            epochs: first.epochs,
            predictions: first.predictions,
            linear: first.linear,
            mistakes: first.mistakes,
            ..self
        }
    }
}

/// The fits that tables and tests are of, those of the same folds with other seeds, and those to fewer
/// images.
fn by_purpose(run: &RunRecord, fits: Vec<Fit>) -> [Vec<Fit>; 3] {
    let (smaller, fits): (Vec<Fit>, Vec<Fit>) = fits
        .into_iter()
        .partition(|fit| fit.cell.train_images.is_some());
    // Tables and tests over folds are of one seed for each repetition.
    let is_other_seed = |fit: &Fit| {
        let first = run.seed.wrapping_add(fit.cell.repeat as u64);
        run.protocol.folds > 0 && fit.cell.seed != first
    };
    let (other_seeds, fits) = fits.into_iter().partition(is_other_seed);
    [fits, other_seeds, smaller]
}
