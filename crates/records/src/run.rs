//! What was about to run, on what, and where.

use crate::{Cell, SliceRecord, Split, Thumbnail};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Version of the record files that are written.
pub const FORMAT: u32 = 4;

/// What was about to run, on what, and where: the first line of a record file.
#[derive(Debug, Clone, PartialEq)]
pub struct RunRecord {
    /// Name of the run: when it began, in UTC.
    pub run: String,
    /// The data.
    pub dataset: DatasetRecord,
    /// Whether this was a quick look at a subset.
    pub quick: bool,
    /// Seed of everything random, and of the first fit of each model.
    pub seed: u64,
    /// What models are judged on, and how often they are fitted.
    pub protocol: Protocol,
    /// What the comparison is to answer, in the words of its plan.
    pub question: Option<String>,
    /// What its author makes of it, in the words of the plan.
    pub analysis: Option<String>,
    /// The model that all others are compared with, in place of every pair.
    pub baseline: Option<String>,
    /// The largest difference in accuracy that does not matter, in points.
    pub margin: Option<f64>,
    /// The models in the order of the report, whether or not they got their turn.
    pub models: Vec<PlannedModel>,
    /// The machine, the build and the command.
    pub environment: Environment,
    /// The options that it was run with, as a plan has them; none in old records.
    pub options: Map<String, Value>,
    /// What was done to each column of a table, as learnt from the training rows of the first fit;
    /// empty for other data.
    pub columns: Vec<ColumnRecord>,
    /// What was recognised in the files of the data, and what was left out, in words.
    pub notes: Vec<String>,
    /// What in the data makes the comparison doubtful, in sentences.
    pub doubts: Vec<String>,
    /// How often the labels of the images that models are judged on were looked at before any fit:
    /// for this record.
    pub looks: usize,
    /// The class of each image that models are judged on.
    pub labels: Vec<u16>,
    /// For cross-validation, the fold of each image, a list for each repetition.
    pub folds: Vec<FoldOf>,
    /// A number for each image that models are judged on, the same for those that belong together; empty
    /// where each is one of its own.
    pub groups: Vec<u32>,
    /// The groups that the judged rows are looked at in, one by one, where that was asked for.
    pub slices: Option<SliceRecord>,
}

/// The fold of each image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoldOf(pub Vec<u16>);

/// What models are judged on, and how often they are fitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Protocol {
    /// The images that count.
    pub judged_on: JudgedOn,
    /// Fits of each model whose result depends on the seed.
    pub seeds: u16,
    /// Training images held out to scale probabilities on.
    pub calibration: Option<usize>,
}

impl Default for Protocol {
    fn default() -> Self {
        Self {
            judged_on: JudgedOn::Test,
            seeds: 1,
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
    Validation {
        /// As many.
        images: usize,
    },
    /// Each training image, by models that were not trained on it.
    Folds(Folds),
}

/// How cross-validation divides the images.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Folds {
    /// How often the images are divided anew.
    pub repeats: u8,
    /// Into so many folds.
    pub folds: u16,
}

impl Folds {
    /// The fits of a model with one seed: one for each fold of each repetition.
    pub fn fits(self) -> usize {
        usize::from(self.repeats) * usize::from(self.folds)
    }
}

impl Protocol {
    /// The folds of cross-validation.
    pub fn folds(self) -> Option<Folds> {
        match self.judged_on {
            JudgedOn::Folds(folds) => Some(folds),
            JudgedOn::Test | JudgedOn::Validation { .. } => None,
        }
    }

    /// What each model is fitted for, at the least: everything once, or each fold once.
    pub fn splits(self) -> Vec<Split> {
        let Some(Folds { repeats, folds }) = self.folds() else {
            return vec![Split::Whole];
        };
        let of = |repeat| (0..folds).map(move |fold| Split::Fold { repeat, fold });
        (0..repeats).flat_map(of).collect()
    }
}

/// What became of a column of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnRecord {
    /// What it is called.
    pub name: String,
    /// What it holds: "numbers".
    pub holds: String,
    /// Training rows where it is missing.
    pub missing: usize,
    /// What was done to it, in words.
    pub done: String,
    /// The features that it became, by name.
    pub features: Vec<String>,
}

/// What the samples of a data set are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SampleKind {
    /// Pictures of one grey level per pixel.
    #[default]
    Pictures,
    /// Pictures of red, green and blue.
    Colours,
    /// Rows of features that are no picture.
    Rows,
}

/// The data that a run used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatasetRecord {
    /// Short name, which names its directory.
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
    /// What the samples are; pictures in old records.
    #[serde(default)]
    pub samples: SampleKind,
    /// Dimension of the input space; 0 where it is not known, for models that are all predictions made
    /// elsewhere. Of a table, that of the first fit: others may have more or fewer features, for each
    /// prepares its own training rows.
    pub features: usize,
    /// Height of a picture, 1 for rows; 0 where it is not known.
    pub rows: usize,
    /// Width of a picture, the number of features of rows; 0 where it is not known.
    pub columns: usize,
    /// Number of classes.
    pub classes: usize,
    /// What the classes are called.
    pub class_names: Vec<String>,
    /// SHA-256 of training images, training labels, test images and test labels; empty for what was
    /// not there.
    pub sha256: [String; 4],
}

/// A model of the plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlannedModel {
    /// Its name in this run, which names files.
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
    /// Where its predictions were read from, if they were made elsewhere. Nothing is known of such a
    /// model's training: `train_images` is what its folds suggest, 0 without folds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub predictions: Option<PredictionFile>,
}

/// What stands in place of a registered model where a program of the user's is behind it.
pub const COMMAND: &str = "command";

impl PlannedModel {
    /// Whether a registered model is behind it, which can be fitted again from the record alone.
    pub fn is_registered(&self) -> bool {
        self.predictions.is_none() && self.model != COMMAND
    }
}

/// A file of predictions that were made elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PredictionFile {
    /// Its path, as it was given.
    pub file: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
}

/// Where, when and with what a run was made: what may explain that two runs differ. Commit, versions and
/// build are of Plumbline.
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
    /// Profile of the program: "dev profile".
    pub build: String,
    /// What models were fitted on; `None` where none was fitted.
    #[serde(flatten)]
    pub machine: Option<Machine>,
}

/// A machine, and how much of it a fit could use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
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
    pub fn machine(&self) -> Option<String> {
        let Machine {
            cpu, cpus, threads, ..
        } = self.machine.as_ref()?;
        Some(format!(
            "{cpu}, {threads} of {cpus} processors, {}",
            self.build
        ))
    }

    /// Threads that each fit could use, where models were fitted.
    pub fn threads(&self) -> Option<usize> {
        self.machine.as_ref().map(|machine| machine.threads)
    }
}

impl DatasetRecord {
    /// Grey levels that show a sample; rows are not shown.
    pub fn shown(&self) -> usize {
        let [width, height] = self.shown_size();
        width * height
    }

    /// Pixels across and down of a sample as it is shown: large pictures are made smaller.
    pub fn shown_size(&self) -> [usize; 2] {
        match self.samples {
            SampleKind::Pictures | SampleKind::Colours => {
                Thumbnail::size([self.columns, self.rows])
            }
            SampleKind::Rows => [0, 0],
        }
    }

    /// Weights that show what a linear model has for one class: those of each feature, and of pictures that are shown
    /// smaller, those of each pixel that is shown; `None` where each fit has its own features.
    pub fn shown_weights(&self) -> Option<usize> {
        match self.samples {
            SampleKind::Pictures => Some(self.shown()),
            SampleKind::Colours => Some(self.features),
            SampleKind::Rows => None,
        }
    }

    /// What one sample is called, and what several are.
    pub fn words(&self) -> [&'static str; 2] {
        match self.samples {
            SampleKind::Pictures | SampleKind::Colours => ["image", "images"],
            SampleKind::Rows => ["row", "rows"],
        }
    }
}

impl RunRecord {
    /// The plan of a model.
    pub fn planned(&self, id: &str) -> Option<&PlannedModel> {
        self.models.iter().find(|model| model.id == id)
    }

    /// The images that a fit is judged on: index and class.
    pub fn judged(&self, cell: Cell) -> Vec<(usize, usize)> {
        let labels = self.labels.iter().map(|&label| usize::from(label));
        let images = labels.enumerate();
        let of_fold = |repeat: u8, fold: u16| {
            let folds = self.folds.get(usize::from(repeat))?;
            Some(folds.0.iter().map(move |&of| of == fold))
        };
        match cell.split {
            Split::Whole => images.collect(),
            Split::Fold { repeat, fold } => images
                .zip(of_fold(repeat, fold).into_iter().flatten())
                .filter_map(|(image, is_judged)| is_judged.then_some(image))
                .collect(),
        }
    }

    /// The classes of the images that a fit is judged on.
    pub fn labels_of(&self, cell: Cell) -> Vec<usize> {
        let judged = self.judged(cell).into_iter();
        judged.map(|(_, label)| label).collect()
    }

    /// The group of each image that a fit is judged on; `None` where each image is one of its own.
    pub fn groups_of(&self, cell: Cell) -> Option<Vec<usize>> {
        let group = |(image, _): (usize, usize)| self.groups[image] as usize;
        let images = self.judged(cell).into_iter();
        (!self.groups.is_empty()).then(|| images.map(group).collect())
    }

    /// The groups of all images, where groups matter: folds hold whole groups, and are what is compared.
    pub fn groups(&self) -> Option<Vec<usize>> {
        self.all_groups()
            .filter(|_| self.protocol.folds().is_none())
    }

    /// The groups of all images, over folds, too: for what is said of images and not of folds.
    pub fn all_groups(&self) -> Option<Vec<usize>> {
        let groups = self.groups.iter().map(|&group| group as usize);
        (!self.groups.is_empty()).then(|| groups.collect())
    }

    /// Whether each image that a fit is judged on is predicted right.
    pub fn right(&self, cell: Cell, predictions: &[u16]) -> Vec<bool> {
        let labels = self.labels_of(cell).into_iter();
        let pairs = labels.zip(predictions);
        pairs
            .map(|(truth, &predicted)| truth == usize::from(predicted))
            .collect()
    }
}

/// The share of images that are right; 0 without images.
pub fn share(right: &[bool]) -> f64 {
    let count = right.iter().filter(|right| **right).count();
    count as f64 / right.len().max(1) as f64
}
