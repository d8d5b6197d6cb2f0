//! What the runner writes down: one line for the run, one for each fit.

use crate::encoding;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A line of a record file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "lowercase")]
pub enum Record {
    /// The first line: what is about to run.
    Run(Box<RunRecord>),
    /// One fit that ended, well or not.
    Fit(Box<FitRecord>),
    /// What the controls of a model found.
    Controls(ControlRecord),
    /// At the end: the images that some model got wrong.
    Images(ImagesRecord),
}

/// Images that some model got wrong, for whoever wants to see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImagesRecord {
    /// Their indices among the images that are judged, ascending.
    pub indices: Vec<u32>,
    /// Grey levels, image by image, row by row.
    #[serde(with = "encoding::bytes")]
    pub pixels: Vec<u8>,
}

/// What the controls of a model found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControlRecord {
    /// The model's name in this run.
    pub id: String,
    /// One after another.
    pub controls: Vec<Control>,
}

/// A check that any model must pass that is compared honestly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Control {
    /// What was done: "shuffled labels".
    pub name: String,
    /// Whether the model passed.
    pub passed: bool,
    /// What came of it.
    pub detail: String,
}

/// What was about to run, on what, and where.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    /// Version of this format: 2.
    pub format: u32,
    /// Name of the run: when it began, in UTC.
    pub run: String,
    /// The data.
    pub dataset: DatasetRecord,
    /// Whether this was a quick look at a subset.
    pub quick: bool,
    /// Seed of everything random, and the first of `seeds`.
    pub seed: u64,
    /// What models are judged on, and how often they are fitted.
    #[serde(default)]
    pub protocol: Protocol,
    /// What the comparison is to answer, in the words of its plan.
    #[serde(default)]
    pub question: Option<String>,
    /// What its author makes of it, in the words of the plan.
    #[serde(default)]
    pub analysis: Option<String>,
    /// The models in the order of the report, whether or not they got their turn.
    pub models: Vec<PlannedModel>,
    /// The machine, the build and the command.
    pub environment: Environment,
    /// How often the labels of the images that models are judged on were looked at before any fit:
    /// for this record.
    #[serde(default)]
    pub looks: usize,
    /// The class of each image that models are judged on.
    #[serde(with = "encoding::classes")]
    pub labels: Vec<u16>,
    /// For cross-validation, the fold of each image, a list for each repetition.
    #[serde(default)]
    pub folds: Vec<FoldOf>,
}

/// The fold of each image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FoldOf(#[serde(with = "encoding::classes")] pub Vec<u16>);

/// What models are judged on, and how often they are fitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Protocol {
    /// The images that count.
    pub judged_on: JudgedOn,
    /// Fits of each model whose result depends on the seed.
    pub seeds: usize,
    /// Folds of cross-validation; 0 without.
    pub folds: usize,
    /// Repetitions of cross-validation, each with folds of its own; 0 without.
    pub repeats: usize,
    /// Training images held out to scale probabilities on.
    #[serde(default)]
    pub calibration: Option<usize>,
}

impl Default for Protocol {
    fn default() -> Self {
        Self {
            judged_on: JudgedOn::Test,
            seeds: 1,
            folds: 0,
            repeats: 0,
            calibration: None,
        }
    }
}

/// The images that models are judged on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum JudgedOn {
    /// The data set's test images.
    Test,
    /// Training images that were held out of all training.
    Validation,
    /// Each training image, by models that were not trained on it.
    Folds,
}

impl JudgedOn {
    /// The images in words.
    pub(crate) fn images(self) -> &'static str {
        match self {
            Self::Test => "test images",
            Self::Validation => "validation images",
            Self::Folds => "held-out images",
        }
    }
}

/// The data that a run used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatasetRecord {
    /// Short name.
    pub name: String,
    /// Name for people.
    pub title: String,
    /// Images trained on, unless a model's own limit says otherwise.
    pub train: usize,
    /// Training images there are.
    pub train_available: usize,
    /// Images that models are judged on.
    pub test: usize,
    /// As many as there are of these.
    pub test_available: usize,
    /// Dimension of the input space.
    pub features: usize,
    /// Height of an image.
    pub rows: usize,
    /// Width of an image.
    pub columns: usize,
    /// Number of classes.
    pub classes: usize,
    /// What the classes are called.
    pub class_names: Vec<String>,
    /// SHA-256 of training images, training labels, test images and test labels.
    pub sha256: [String; 4],
}

/// A model of the plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlannedModel {
    /// Its name in this run.
    pub id: String,
    /// The registered model behind it.
    pub model: String,
    /// What does the arithmetic.
    pub backend: String,
    /// Every hyper-parameter.
    pub hyperparameters: Map<String, Value>,
    /// Images it trains on.
    pub train_images: usize,
    /// The most images it may train on, where it was limited.
    #[serde(default)]
    pub train_limit: Option<usize>,
    /// How often it is fitted: with several seeds, or once for each fold.
    pub fits: usize,
}

/// Where, when and with what a run was made: what may explain that two runs differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environment {
    /// The command line.
    pub command: String,
    /// When the run began, RFC 3339.
    pub started: String,
    /// Where the data came from.
    pub data_origin: String,
    /// Commit of the source, with `-dirty` if it was changed since; empty where unknown.
    pub commit: String,
    /// Versions of Plumbline, the compiler and the libraries that models use.
    pub versions: Vec<(String, String)>,
    /// Profile and optimisation of the program: "dev profile, opt-level 3".
    pub build: String,
    /// Operating system and architecture.
    pub system: String,
    /// Processor.
    pub cpu: String,
    /// Processors there are.
    pub cpus: usize,
    /// Threads that each fit could use.
    pub threads: usize,
}

impl Environment {
    /// What times depend on, in words.
    pub fn machine(&self) -> String {
        format!(
            "{}, {} of {} processors, {}",
            self.cpu, self.threads, self.cpus, self.build
        )
    }
}

/// Which of a model's fits: one cell of the comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Cell {
    /// Repetition of cross-validation, from 0; 0 without.
    #[serde(default)]
    pub repeat: usize,
    /// The fold that is judged and not trained on, from 0; 0 without.
    #[serde(default)]
    pub fold: usize,
    /// Training images, where it is for the learning curve; otherwise all.
    #[serde(default)]
    pub train_images: Option<usize>,
    /// The seed of the fit.
    pub seed: u64,
}

/// One fit that ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FitRecord {
    /// The model's name in this run.
    pub id: String,
    /// Which of its fits.
    pub cell: Cell,
    /// The key under which the fit is stored: a hash of all that its result depends on.
    #[serde(default)]
    pub key: String,
    /// The machine that it ran on, as [`Environment::machine`] has it: times are of there.
    pub machine: String,
    /// How often it made anyone look at the labels of the images it was judged on.
    #[serde(default)]
    pub looks: usize,
    /// How it ended.
    pub outcome: Outcome,
}

/// How a fit ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "lowercase")]
pub enum Outcome {
    /// With a model.
    Finished(Box<Fitted>),
    /// Without.
    Failed {
        /// Why.
        reason: String,
    },
    /// The user called it off.
    Cancelled,
}

/// What was measured of a fit and of the model it gave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fitted {
    /// Learnt values that prediction uses.
    pub parameters: usize,
    /// The model's own time; evaluation and reporting are not in it.
    pub fit_seconds: f64,
    /// Time to predict the test images, the median of several times.
    pub predict_seconds: f64,
    /// Time to predict one image alone.
    pub latency: Latency,
    /// Most heap memory in use at once during the fit, the data included.
    pub peak_memory_bytes: usize,
    /// Share of the training images it predicts right.
    pub train_accuracy: f64,
    /// Predicted class of each image that it is judged on.
    #[serde(with = "encoding::classes")]
    pub predictions: Vec<u16>,
    /// Natural logarithms of the class probabilities of these images, shape (images, classes), where
    /// the model has probabilities.
    #[serde(default, with = "encoding::optional_floats")]
    pub log_probabilities: Option<Vec<f32>>,
    /// The temperature that these probabilities were scaled by, where that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// How often the labels of these images were looked at.
    pub looks: usize,
    /// What shows that the solver reached its optimum, by name.
    #[serde(default)]
    pub certificate: Map<String, Value>,
    /// One entry per epoch, where the model has epochs.
    pub epochs: Vec<EpochRecord>,
    /// Weights, where the model is linear.
    pub linear: Option<LinearRecord>,
    /// The images that it got wrong with most confidence.
    pub mistakes: Vec<Mistake>,
}

impl Fitted {
    /// The probability of the answer to each image, where there are probabilities.
    pub(crate) fn confidence(&self, classes: usize) -> Option<Vec<f32>> {
        let logs = self.log_probabilities.as_ref()?;
        let largest = |row: &[f32]| row.iter().copied().fold(f32::NEG_INFINITY, f32::max).exp();
        Some(logs.chunks_exact(classes).map(largest).collect())
    }
}

/// Times to predict single images, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Latency {
    /// The median.
    pub p50: f64,
    /// What 99 in 100 do not exceed.
    pub p99: f64,
    /// Images that were timed.
    pub images: usize,
}

/// The state after one pass over the training images.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct EpochRecord {
    /// Its number, from 1.
    pub epoch: usize,
    /// Mean loss over its batches.
    pub training_loss: f64,
    /// Share of the training images that are right.
    pub train_accuracy: f64,
    /// Share of the images that it is judged on that are right.
    pub test_accuracy: f64,
}

/// Weights W (features, classes) and biases b (classes) of scores xW + b.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LinearRecord {
    /// W in row-major order.
    #[serde(with = "encoding::floats")]
    pub weights: Vec<f32>,
    /// b.
    #[serde(with = "encoding::floats")]
    pub biases: Vec<f32>,
}

/// An image that was taken for something else.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mistake {
    /// Its index among the images that the fit is judged on.
    pub image: usize,
    /// What it is.
    pub truth: usize,
    /// What it was taken for.
    pub predicted: usize,
    /// Probability of the prediction, where the model has probabilities.
    pub probability: Option<f64>,
    /// Grey levels, row by row.
    #[serde(with = "encoding::bytes")]
    pub pixels: Vec<u8>,
}
