//! Records as they stand in a file: arrays packed, and what older formats wrote.

use crate::format_2::{OldCell, OldProtocol};
use crate::packed::Packed;
use crate::{
    Cell, ColumnRecord, ControlRecord, DatasetRecord, Environment, EpochRecord, FORMAT, FitRecord,
    FoldOf, ImagesRecord, Importance, Latency, LinearRecord, Mistake, PlannedModel, Protocol,
    RunRecord, SliceRecord, TrialRecord, check,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use serde_json::{Map, Value};

/// The most values of an array that is read without its run: from a store, or from a process.
const MOST: usize = 1 << 30;

/// A line of a file that is read.
#[derive(Deserialize)]
#[serde(tag = "record", rename_all = "lowercase")]
pub(crate) enum Line {
    Run(Box<RunLine>),
    Fit(Box<FitLine>),
    Controls(ControlRecord),
    Images(ImagesLine),
}

/// The line of a file of a trial.
#[derive(Deserialize)]
#[serde(tag = "record", rename_all = "lowercase")]
pub(crate) enum TrialLine {
    Trial(TrialRecord),
}

impl Line {
    /// The record of a fit, or where there is no cell that of controls, as one of the model `id`.
    pub(crate) fn of(self, id: &str, cell: Option<Cell>) -> Result<Self, String> {
        match (self, cell) {
            (Self::Fit(mut fit), Some(cell)) => {
                id.clone_into(&mut fit.id);
                fit.cell = AnyCell::Today(cell);
                Ok(Self::Fit(fit))
            }
            (Self::Controls(mut found), None) => {
                id.clone_into(&mut found.id);
                Ok(Self::Controls(found))
            }
            (_, Some(_)) => Err("not the record of a fit".to_owned()),
            (_, None) => Err("not the record of controls".to_owned()),
        }
    }
}

/// The first line: see [`RunRecord`].
#[derive(Serialize, Deserialize)]
pub(crate) struct RunLine {
    pub(crate) format: u32,
    run: String,
    pub(crate) dataset: DatasetRecord,
    quick: bool,
    seed: u64,
    protocol: AnyProtocol,
    question: Option<String>,
    analysis: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    baseline: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    margin: Option<f64>,
    models: Vec<PlannedModel>,
    environment: Environment,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    options: Map<String, Value>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    columns: Vec<ColumnRecord>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    doubts: Vec<String>,
    #[serde(default)]
    looks: usize,
    labels: Packed,
    #[serde(default)]
    folds: Vec<Packed>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    groups: Option<Packed>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    slices: Option<Slices>,
}

/// A [`SliceRecord`].
#[derive(Serialize, Deserialize)]
struct Slices {
    column: String,
    names: Vec<String>,
    of: Packed,
}

#[derive(Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "no protocol: `judged_on` or another of its fields is wrong"
)]
enum AnyProtocol {
    Today(Protocol),
    #[serde(skip_serializing)]
    Format2(OldProtocol),
}

impl From<RunRecord> for RunLine {
    fn from(run: RunRecord) -> Self {
        Self {
            format: FORMAT,
            labels: Packed::classes(&run.labels),
            folds: run.folds.iter().map(|f| Packed::classes(&f.0)).collect(),
            groups: (!run.groups.is_empty()).then(|| Packed::numbers(&run.groups)),
            slices: run.slices.map(|slices| Slices {
                of: Packed::classes(&slices.of),
                column: slices.column,
                names: slices.names,
            }),
            run: run.run,
            dataset: run.dataset,
            quick: run.quick,
            seed: run.seed,
            protocol: AnyProtocol::Today(run.protocol),
            question: run.question,
            analysis: run.analysis,
            baseline: run.baseline,
            margin: run.margin,
            models: run.models,
            environment: run.environment,
            options: run.options,
            columns: run.columns,
            notes: run.notes,
            doubts: run.doubts,
            looks: run.looks,
        }
    }
}

impl RunLine {
    /// In memory, with arrays as long as the data set says.
    pub(crate) fn unpack(self) -> Result<RunRecord, String> {
        let images = self.dataset.test;
        let fold_of = |packed: &Packed| packed.to_classes(images).map(FoldOf);
        let folds: Result<_, String> = self.folds.iter().map(fold_of).collect();
        Ok(RunRecord {
            labels: self.labels.to_classes(images).map_err(of("labels"))?,
            folds: folds.map_err(of("folds"))?,
            groups: match &self.groups {
                Some(groups) => groups.to_numbers(images).map_err(of("groups"))?,
                None => Vec::new(),
            },
            slices: self
                .slices
                .map(|slices| slices.unpack(images))
                .transpose()?,
            protocol: match self.protocol {
                AnyProtocol::Today(protocol) => protocol,
                AnyProtocol::Format2(old) => old.upgrade(self.dataset.test_available),
            },
            run: self.run,
            dataset: self.dataset,
            quick: self.quick,
            seed: self.seed,
            question: self.question,
            analysis: self.analysis,
            baseline: self.baseline,
            margin: self.margin,
            models: self.models,
            environment: self.environment,
            options: self.options,
            columns: self.columns,
            notes: self.notes,
            doubts: self.doubts,
            looks: self.looks,
        })
    }
}

impl Slices {
    fn unpack(self, rows: usize) -> Result<SliceRecord, String> {
        Ok(SliceRecord {
            of: self.of.to_classes(rows).map_err(of("slices"))?,
            column: self.column,
            names: self.names,
        })
    }
}

impl Serialize for RunRecord {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        RunLine::from(self.clone()).serialize(to)
    }
}

/// A fit: see [`FitRecord`].
#[derive(Deserialize)]
pub(crate) struct FitLine {
    pub(crate) id: String,
    cell: AnyCell,
    #[serde(default)]
    key: String,
    #[serde(default)]
    machine: Option<String>,
    #[serde(default)]
    looks: usize,
    outcome: Outcome,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "no cell: `split`, `role` or `seed` is wrong")]
enum AnyCell {
    Today(Cell),
    Format2(OldCell),
}

#[derive(Deserialize)]
#[serde(tag = "outcome", rename_all = "lowercase")]
enum Outcome {
    Finished(Box<Fitted>),
    Failed { reason: String },
    Cancelled,
}

impl FitLine {
    /// In memory, with arrays as long as the run says.
    pub(crate) fn unpack(self, run: &RunRecord) -> Result<FitRecord, String> {
        let cell = match self.cell {
            AnyCell::Today(cell) => cell,
            AnyCell::Format2(old) => old.upgrade(run),
        };
        check::cell(run, &self.id, cell)?;
        Ok(FitRecord {
            outcome: match self.outcome {
                Outcome::Finished(fitted) => {
                    let sizes = Sizes::of(run, cell);
                    crate::Outcome::Finished(Box::new(fitted.unpack(&sizes)?))
                }
                Outcome::Failed { reason } => crate::Outcome::Failed { reason },
                Outcome::Cancelled => crate::Outcome::Cancelled,
            },
            id: self.id,
            cell,
            key: self.key,
            machine: self.machine,
            looks: self.looks,
        })
    }
}

/// What was measured of a fit: see [`crate::Fitted`].
#[derive(Serialize, Deserialize)]
pub(crate) struct Fitted {
    parameters: Option<usize>,
    fit_seconds: Option<f64>,
    predict_seconds: Option<f64>,
    latency: Option<Latency>,
    peak_memory_bytes: Option<usize>,
    train_accuracy: Option<f64>,
    predictions: Packed,
    #[serde(default)]
    log_probabilities: Option<Packed>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    temperature_error: Option<f64>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    temperature_at_bound: bool,
    looks: usize,
    #[serde(default)]
    certificate: Map<String, Value>,
    epochs: Vec<EpochRecord>,
    linear: Option<Linear>,
    mistakes: Vec<Taken>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    importance: Vec<Importance>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct Linear {
    weights: Packed,
    biases: Packed,
}

/// A [`Mistake`].
#[derive(Serialize, Deserialize)]
struct Taken {
    image: usize,
    truth: usize,
    predicted: usize,
    probability: Option<f64>,
    pixels: Packed,
}

/// The most values that the arrays of a fit may have.
struct Sizes {
    predictions: usize,
    log_probabilities: usize,
    weights: usize,
    biases: usize,
    pixels: usize,
}

impl Sizes {
    fn of(run: &RunRecord, cell: Cell) -> Self {
        let (images, data) = (run.judged(cell).len(), &run.dataset);
        Self {
            predictions: images,
            log_probabilities: images.saturating_mul(data.classes),
            weights: data
                .shown_weights()
                .map_or(MOST, |weights| weights.saturating_mul(data.classes)),
            biases: data.classes,
            pixels: data.shown(),
        }
    }
}

impl From<crate::Fitted> for Fitted {
    fn from(fitted: crate::Fitted) -> Self {
        let linear = fitted.linear.map(|linear| Linear {
            weights: Packed::floats(&linear.weights),
            biases: Packed::floats(&linear.biases),
        });
        let taken = |mistake: Mistake| Taken {
            image: mistake.image,
            truth: mistake.truth,
            predicted: mistake.predicted,
            probability: mistake.probability,
            pixels: Packed::bytes(&mistake.pixels),
        };
        Self {
            parameters: fitted.parameters,
            fit_seconds: fitted.fit_seconds,
            predict_seconds: fitted.predict_seconds,
            latency: fitted.latency,
            peak_memory_bytes: fitted.peak_memory_bytes,
            train_accuracy: fitted.train_accuracy,
            predictions: Packed::classes(&fitted.predictions),
            log_probabilities: fitted.log_probabilities.as_deref().map(Packed::floats),
            temperature: fitted.temperature,
            temperature_error: fitted.temperature_error,
            temperature_at_bound: fitted.temperature_at_bound,
            looks: fitted.looks,
            certificate: fitted.certificate,
            epochs: fitted.epochs,
            linear,
            mistakes: fitted.mistakes.into_iter().map(taken).collect(),
            importance: fitted.importance,
            notes: fitted.notes,
        }
    }
}

impl Serialize for crate::Fitted {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        Fitted::from(self.clone()).serialize(to)
    }
}

/// Without its run: each array may be as long as any.
impl<'de> Deserialize<'de> for crate::Fitted {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let any = Sizes {
            predictions: MOST,
            log_probabilities: MOST,
            weights: MOST,
            biases: MOST,
            pixels: MOST,
        };
        let fitted = Fitted::deserialize(from)?;
        fitted.unpack(&any).map_err(D::Error::custom)
    }
}

impl Fitted {
    fn unpack(self, most: &Sizes) -> Result<crate::Fitted, String> {
        let logs = self.log_probabilities.as_ref();
        let logs = logs.map(|logs| logs.to_floats(most.log_probabilities));
        let linear = self.linear.map(|linear| linear.unpack(most));
        let mistakes = self.mistakes.into_iter();
        let mistakes: Result<_, String> = mistakes.map(|taken| taken.unpack(most)).collect();
        Ok(crate::Fitted {
            parameters: self.parameters,
            fit_seconds: self.fit_seconds,
            predict_seconds: self.predict_seconds,
            latency: self.latency,
            peak_memory_bytes: self.peak_memory_bytes,
            train_accuracy: self.train_accuracy,
            predictions: self
                .predictions
                .to_classes(most.predictions)
                .map_err(of("predictions"))?,
            log_probabilities: logs.transpose().map_err(of("log-probabilities"))?,
            temperature: self.temperature,
            temperature_error: self.temperature_error,
            temperature_at_bound: self.temperature_at_bound,
            looks: self.looks,
            certificate: self.certificate,
            epochs: self.epochs,
            linear: linear.transpose()?,
            mistakes: mistakes?,
            importance: self.importance,
            notes: self.notes,
        })
    }
}

impl Linear {
    fn unpack(&self, most: &Sizes) -> Result<LinearRecord, String> {
        Ok(LinearRecord {
            weights: self
                .weights
                .to_floats(most.weights)
                .map_err(of("weights"))?,
            biases: self.biases.to_floats(most.biases).map_err(of("biases"))?,
        })
    }
}

impl Taken {
    fn unpack(self, most: &Sizes) -> Result<Mistake, String> {
        Ok(Mistake {
            pixels: self.pixels.to_bytes(most.pixels).map_err(of("pixels"))?,
            image: self.image,
            truth: self.truth,
            predicted: self.predicted,
            probability: self.probability,
        })
    }
}

/// Images: see [`ImagesRecord`].
#[derive(Deserialize)]
pub(crate) struct ImagesLine {
    indices: Vec<u32>,
    pixels: Packed,
}

impl ImagesLine {
    /// In memory, with as many pixels as the run says.
    pub(crate) fn unpack(self, run: &RunRecord) -> Result<ImagesRecord, String> {
        // No more images than are judged: indices are told apart later.
        let images = self.indices.len().min(run.dataset.test);
        let pixels = images.saturating_mul(run.dataset.shown());
        Ok(ImagesRecord {
            pixels: self.pixels.to_bytes(pixels).map_err(of("pixels"))?,
            indices: self.indices,
        })
    }
}

fn of(what: &str) -> impl FnOnce(String) -> String {
    move |reason| format!("{what}: {reason}")
}
