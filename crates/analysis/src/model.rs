//! What there is to say of one model.

use crate::answers::Answers;
use crate::fits::{Fit, FitSummary, Fits, accuracy_interval, finished, spread_over_folds};
use crate::importance::{ColumnImportance, importance};
use crate::levels::BINS;
use crate::metric::{Metric, Metrics};
use crate::probabilities::{Calibration, Diagrams, probabilities};
use crate::sample::Contributions;
use crate::status::Status;
use crate::variance::VarianceBudget;
use records::{
    Control, EpochRecord, FitRecord, Fitted, Latency, LinearRecord, Mistake, Number, PlannedModel,
    PredictionFile, RunRecord,
};
use serde::Serialize;
use serde_json::{Map, Value};
use statistics::{ConfusionMatrix, Interval, ReliabilityBin, reliability, right};

/// One row of the comparison.
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
    /// Where its predictions were read from, if they were made elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub predictions: Option<PredictionFile>,
    /// What controls found of it on a few training images.
    pub controls: Vec<Control>,
    /// What was measured, if it finished.
    #[serde(flatten)]
    pub finished: Option<Box<Finished>>,
    /// Some of it under the names that format 2 of `report.json` had.
    #[serde(flatten)]
    pub(crate) format_2: Option<Format2>,
}

/// Numbers that programs read from `report.json` by the names of its format 2.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Format2 {
    test_accuracy: f64,
    test_accuracy_interval: Interval,
    test_log_loss: Option<Number>,
    macro_f1: Option<Number>,
}

impl Format2 {
    fn new(quality: &Quality) -> Self {
        let metric = |metric| quality.metrics.get(metric).map(Number);
        Self {
            test_accuracy: quality.accuracy,
            test_accuracy_interval: quality.accuracy_interval,
            test_log_loss: metric(Metric::LogLoss),
            macro_f1: metric(Metric::MacroF1),
        }
    }
}

/// What was measured of a model that finished. In JSON all parts are one object with the model.
#[derive(Debug, Clone, Serialize)]
pub struct Finished {
    /// How good it is.
    #[serde(flatten)]
    pub quality: Quality,
    /// What it costs.
    #[serde(flatten)]
    pub cost: Cost,
    /// Its other fits.
    #[serde(flatten)]
    pub spread: Spread,
    /// How it learnt.
    #[serde(flatten)]
    pub training: Training,
    /// What pages show of its first fit, image by image.
    #[serde(skip)]
    pub shown: Shown,
    /// What comparisons need.
    #[serde(skip)]
    pub(crate) compared: Compared,
}

/// How good a model is on the images that it is judged on.
#[derive(Debug, Clone, Serialize)]
pub struct Quality {
    /// Share of the images that are right: of the main fit, or the mean over all folds.
    pub accuracy: f64,
    /// Its 95 % interval: over folds that share training images; where there are none, or these are alike, Wilson's
    /// over the images, or over groups of them.
    pub accuracy_interval: Interval,
    /// The other metrics, of all images together.
    pub metrics: Metrics,
    /// Images whose class was given the probability 0, which make the log-loss infinite.
    pub infinite_losses: usize,
    /// Predictions by their probability; empty without probabilities.
    pub reliability: Vec<ReliabilityBin>,
    /// Whether its probabilities mean what they say, if it has some.
    pub calibration: Option<Calibration>,
    /// The temperature that its probabilities were scaled by, where that was asked for.
    pub temperature: Option<f64>,
    /// The standard error of its logarithm, where it is known.
    pub temperature_error: Option<f64>,
    /// Whether it is at an end of what was searched.
    pub temperature_at_bound: bool,
    /// Images by truth (rows) and prediction (columns).
    pub confusion: ConfusionMatrix,
}

/// What a model costs.
#[derive(Debug, Clone, Serialize)]
pub struct Cost {
    /// The number of learnt values that prediction uses, where the model says.
    pub parameters: Option<usize>,
    /// The model's own training time, in seconds; of several fits the mean. `None` for predictions that
    /// were made elsewhere.
    pub fit_seconds: Option<f64>,
    /// Time to predict all images that it is judged on, in seconds, where it was taken.
    pub predict_seconds: Option<f64>,
    /// Time to predict one image alone, where it was taken.
    pub latency: Option<Latency>,
    /// Most resident memory of the process during the fit: program, data and all. `None` likewise.
    pub peak_memory_bytes: Option<usize>,
    /// The machine that times are of, where it is not the one of this run; several with semicolons between.
    pub measured_on: Option<String>,
    /// The one machine that times are of, empty where it is not known; `None` where there are several.
    #[serde(skip)]
    pub(crate) machine: Option<String>,
}

/// The fits of a model, and how they differ.
#[derive(Debug, Clone, Serialize)]
pub struct Spread {
    /// Every fit, where there are several.
    pub fits: Vec<FitSummary>,
    /// Over folds, fits of the same folds with other seeds; they tell the parts of the variance apart.
    pub other_seeds: Vec<FitSummary>,
    /// Where the spread of its accuracy comes from, where there are several fits.
    pub variance: Option<VarianceBudget>,
    /// Fits to fewer and fewer of the training images, ending with all of them, where asked for.
    pub learning_curve: Vec<FitSummary>,
}

/// How a model learnt: of the first fit, but for the accuracy.
#[derive(Debug, Clone, Serialize)]
pub struct Training {
    /// Share of training images predicted right; of several fits the mean. `None` where no fit predicted
    /// them.
    pub train_accuracy: Option<f64>,
    /// What shows that the solver reached its optimum, by name.
    pub certificate: Map<String, Value>,
    /// State after each epoch.
    pub epochs: Vec<EpochRecord>,
    /// What each column of a table is worth to it, the most important first; empty where that was not tried.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub importance: Vec<ColumnImportance>,
    /// What a reader must know of these figures.
    pub notes: Vec<String>,
}

/// What pages show of a model's first fit, image by image.
#[derive(Debug, Clone)]
pub struct Shown {
    /// What each image was taken for.
    pub predictions: Vec<u16>,
    /// The probability of these answers.
    pub confidence: Option<Vec<f32>>,
    /// Weights, where it is linear.
    pub linear: Option<LinearRecord>,
    /// The images that it got wrong with most confidence.
    pub mistakes: Vec<Mistake>,
    /// What its probabilities show, over all fits that count; `None` without probabilities.
    pub diagrams: Option<Diagrams>,
}

#[derive(Debug, Clone)]
pub(crate) struct Compared {
    /// Whether each image is right, of each fit that counts.
    pub(crate) right: Vec<Vec<bool>>,
    /// Of the first fit. Not over folds.
    pub(crate) contributions: Option<Contributions>,
}

impl ModelSummary {
    /// From the records of a model's fits, and what controls found of it.
    pub(crate) fn new(
        run: &RunRecord,
        planned: &PlannedModel,
        records: Vec<FitRecord>,
        controls: Vec<Control>,
    ) -> Self {
        let ended = finished(records, run, planned.fits);
        let (status, reason, finished) = match ended {
            Ok(fits) => {
                let finished = Finished::new(run, planned.train_images, fits);
                (Status::Finished, None, Some(Box::new(finished)))
            }
            Err((status, reason)) => (status, reason, None),
        };
        let planned = planned.clone();
        Self {
            id: planned.id,
            model: planned.model,
            backend: planned.backend,
            status,
            reason,
            hyperparameters: planned.hyperparameters,
            train_images: planned.train_images,
            predictions: planned.predictions,
            controls,
            format_2: finished.as_ref().map(|of| Format2::new(&of.quality)),
            finished,
        }
    }

    /// Share of the images that are right, if it finished.
    pub fn accuracy(&self) -> Option<f64> {
        self.finished.as_ref().map(|of| of.quality.accuracy)
    }

    /// A metric, if it finished and has it.
    pub fn metric(&self, metric: Metric) -> Option<f64> {
        self.finished.as_ref()?.quality.metrics.get(metric)
    }

    /// Whether a control found something wrong.
    pub fn failed_control(&self) -> bool {
        self.controls.iter().any(|control| !control.passed)
    }
}

/// The models that finished, those with most images right first; of equals the one that fits faster, if
/// all were fitted on one machine, then as planned.
pub(crate) fn ranked(models: &[ModelSummary]) -> Vec<(&ModelSummary, &Finished)> {
    let mut ranked: Vec<(&ModelSummary, &Finished)> = models
        .iter()
        .filter_map(|model| Some((model, model.finished.as_deref()?)))
        .collect();
    let machines =
        |pair: &[(&ModelSummary, &Finished)]| pair[0].1.cost.machine == pair[1].1.cost.machine;
    let on_one_machine = ranked.windows(2).all(machines);
    ranked.sort_by(|(_, a), (_, b)| {
        let better = b.quality.accuracy.total_cmp(&a.quality.accuracy);
        let seconds = |of: &Finished| match of.cost.fit_seconds {
            Some(seconds) if on_one_machine => seconds,
            _ => f64::INFINITY,
        };
        better.then(seconds(a).total_cmp(&seconds(b)))
    });
    ranked
}

impl Finished {
    fn new(run: &RunRecord, train_images: usize, fits: Fits) -> Self {
        let Fits {
            main,
            other_seeds,
            smaller,
        } = fits;
        let answers = Answers::new(run, &main);
        let machine = run.environment.machine();
        let has_folds = run.protocol.folds().is_some();
        // Over folds other seeds are of the same folds; without, they are fits like the first.
        let (fits, other_seeds) = if has_folds {
            (main, other_seeds)
        } else {
            (main.into_iter().chain(other_seeds).collect(), Vec::new())
        };
        let summary = |fit: &Fit| FitSummary::new(run, fit, train_images);
        let summaries: Vec<FitSummary> = fits.iter().map(summary).collect();
        let contributions = Contributions::new(&answers, run.dataset.classes);
        let right = fits.iter().map(|fit| fit.right(run)).collect();
        let cost = Cost::new(&fits, machine.as_deref());
        let train_accuracy = mean(&fits, |fit| fit.fitted.train_accuracy);
        let quality = Quality::new(run, &answers, &contributions, &summaries);
        let (calibration, diagrams) = probabilities(run, &answers, &quality.reliability).unzip();
        let importance = importance(run, &fits);
        let first = *fits.into_iter().next().expect("it has fits").fitted;
        Self {
            quality: Quality {
                calibration,
                temperature: first.temperature,
                temperature_error: first.temperature_error,
                temperature_at_bound: first.temperature_at_bound,
                ..quality
            },
            cost,
            training: Training {
                train_accuracy,
                certificate: first.certificate.clone(),
                epochs: first.epochs.clone(),
                importance,
                notes: first.notes.clone(),
            },
            shown: Shown::new(first, run.dataset.classes, diagrams),
            compared: Compared {
                right,
                contributions: (!has_folds).then_some(contributions),
            },
            spread: Spread::new(
                run,
                summaries,
                other_seeds.iter().map(summary).collect(),
                smaller.iter().map(summary).collect(),
            ),
        }
    }
}

impl Finished {
    /// Whether the share of images that are right is the same in all folds, so that they do not say how certain it is.
    pub fn has_equal_folds(&self) -> bool {
        let fits = &self.spread.fits;
        let folds = fits.iter().all(|fit| fit.cell.split.fold().is_some());
        fits.len() > 1 && folds && spread_over_folds(fits).is_none()
    }
}

/// The mean of a number over the fits that have it.
fn mean(fits: &[Fit], of: fn(&Fit) -> Option<f64>) -> Option<f64> {
    let known: Vec<f64> = fits.iter().filter_map(of).collect();
    (!known.is_empty()).then(|| statistics::mean(known.iter().copied()))
}

impl Quality {
    fn new(
        run: &RunRecord,
        answers: &Answers,
        contributions: &Contributions,
        fits: &[FitSummary],
    ) -> Self {
        let confusion = answers.confusion(run.dataset.classes);
        let metrics = Metrics::new(contributions);
        let accuracy = match run.protocol.folds() {
            None => confusion.accuracy(),
            Some(_) => fits.iter().map(|fit| fit.accuracy).sum::<f64>() / fits.len() as f64,
        };
        let right = right(&answers.labels, &answers.predictions);
        let logs = answers.log_probabilities.as_deref();
        let reliability = logs.map(|logs| reliability(logs, &answers.labels, BINS));
        Self {
            accuracy,
            accuracy_interval: accuracy_interval(run, &right, fits),
            metrics,
            infinite_losses: contributions.infinite_losses(),
            reliability: reliability.unwrap_or_default(),
            calibration: None,
            temperature: None,
            temperature_error: None,
            temperature_at_bound: false,
            confusion,
        }
    }
}

impl Cost {
    /// Whether the times of both were taken on the same machine.
    pub fn is_comparable(&self, other: &Self) -> bool {
        self.machine.is_some() && self.machine == other.machine
    }

    /// `machine` is the one of the run.
    fn new(fits: &[Fit], machine: Option<&str>) -> Self {
        let first = &fits[0].fitted;
        let here = machine.unwrap_or_default();
        let mut machines: Vec<&str> = Vec::new();
        for one in fits
            .iter()
            .map(|fit| fit.machine.as_deref().unwrap_or(here))
        {
            if !machines.contains(&one) {
                machines.push(one);
            }
        }
        let elsewhere = (machines != [here]).then(|| machines.join("; "));
        let peaks = fits.iter().map(|fit| fit.fitted.peak_memory_bytes);
        Self {
            parameters: first.parameters,
            fit_seconds: mean(fits, |fit| fit.fitted.fit_seconds),
            predict_seconds: mean(fits, |fit| fit.fitted.predict_seconds),
            latency: first.latency,
            peak_memory_bytes: peaks.flatten().max(),
            measured_on: elsewhere,
            machine: match machines[..] {
                [one] => Some(one.to_owned()),
                _ => None,
            },
        }
    }
}

impl Spread {
    fn new(
        run: &RunRecord,
        fits: Vec<FitSummary>,
        other_seeds: Vec<FitSummary>,
        mut smaller: Vec<FitSummary>,
    ) -> Self {
        if !smaller.is_empty() {
            smaller.extend(fits.first().cloned());
        }
        let images = run.groups.is_empty().then_some(run.dataset.test);
        Self {
            variance: VarianceBudget::new(&fits, &other_seeds, run.protocol, images),
            fits: if fits.len() > 1 { fits } else { Vec::new() },
            other_seeds,
            learning_curve: smaller,
        }
    }
}

impl Shown {
    fn new(first: Fitted, classes: usize, diagrams: Option<Diagrams>) -> Self {
        Self {
            confidence: first.confidence(classes),
            predictions: first.predictions,
            linear: first.linear,
            mistakes: first.mistakes,
            diagrams,
        }
    }
}
