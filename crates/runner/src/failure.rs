//! Why a comparison or a search did not happen, or ended early.

use catalog::LoadError;
use classifier::{ParameterError, did_you_mean};
use data::DataError;
use records::RecordError;
use std::fmt;
use std::path::PathBuf;

/// Where in the user's words a mistake is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A plan file and a line in it, from 1.
    Plan(PathBuf, usize),
    /// The command line.
    Option(String),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plan(path, line) => write!(f, "{}, line {line}", path.display()),
            Self::Option(option) => write!(f, "{option}"),
        }
    }
}

/// Why a command ended early. Each prints as one line.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// A plan cannot be read.
    #[error("{}: {reason}", path.display())]
    ReadPlan {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: std::io::Error,
    },
    /// Something is not written as it must be.
    #[error("{place}: {reason}")]
    Syntax {
        /// Where.
        place: Place,
        /// What is wrong, and what would be right.
        reason: String,
    },
    /// A plan has a key that does not exist.
    #[error("{place}: unknown key `{key}`{}; known are {}", did_you_mean(nearest.as_deref()), known.join(", "))]
    UnknownKey {
        /// Where.
        place: Place,
        /// The key.
        key: String,
        /// The nearest that exists.
        nearest: Option<String>,
        /// All that exist.
        known: Vec<String>,
    },
    /// A value is of the wrong type or out of range.
    #[error("{place}: `{key}` must be {expected}")]
    WrongType {
        /// Where.
        place: Place,
        /// The key.
        key: String,
        /// What would be right.
        expected: String,
    },
    /// A model is not registered.
    #[error("{place}: unknown model `{model}`{}; `experiments models` lists them", did_you_mean(nearest.as_deref()))]
    UnknownModel {
        /// Where.
        place: Place,
        /// Its name.
        model: String,
        /// The nearest that exists.
        nearest: Option<String>,
    },
    /// A model is left out of this build.
    #[error("{place}: `{model}` is not in this build; build with `--features {feature}`")]
    LeftOut {
        /// Where.
        place: Place,
        /// Its name.
        model: String,
        /// The feature that brings it.
        feature: &'static str,
    },
    /// Two models have one name.
    #[error(
        "{place}: two models are called `{id}`; give one another `id` (letter case does not count)"
    )]
    SameId {
        /// Where.
        place: Place,
        /// The name.
        id: String,
    },
    /// A registered model is not in the plan.
    #[error("{place}: `{id}` is not in the plan, which has {}", planned.join(", "))]
    NotPlanned {
        /// Where.
        place: Place,
        /// The model.
        id: String,
        /// What the plan has.
        planned: Vec<String>,
    },
    /// There is nothing to compare.
    #[error("{place}: no models to compare")]
    NoModels {
        /// Where.
        place: Place,
    },
    /// A parameter of a model is wrong.
    #[error("{place}: {model}: {error}")]
    Parameter {
        /// Where.
        place: Place,
        /// The model.
        model: String,
        /// What is wrong.
        error: ParameterError,
    },
    /// The data cannot be divided as asked for.
    #[error("{place}: {error}")]
    Division {
        /// Who asked.
        place: Place,
        /// What the data say.
        error: DataError,
    },
    /// The data cannot be used.
    #[error(transparent)]
    Data(#[from] DataError),
    /// Data are not known by name.
    #[error("unknown dataset `{name}`{}; known are {}, and --data reads any other", did_you_mean(*nearest), known.join(", "))]
    UnknownDataset {
        /// The name.
        name: String,
        /// The nearest that is known.
        nearest: Option<&'static str>,
        /// All that are known.
        known: Vec<&'static str>,
    },
    /// A path is none, but the name of known data.
    #[error("{0}: there is no such file or directory; the data set of this name is --dataset {0}")]
    NamedData(String),
    /// The data cannot be loaded.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// Records cannot be written or read.
    #[error(transparent)]
    Records(#[from] RecordError),
    /// A record is of another data set.
    #[error(
        "the files of `{name}` are not those of the run: their SHA-256 sums differ; put back those of the run, or say where they are (--data-dir, or --data for files of your own)"
    )]
    OtherData {
        /// The data set.
        name: String,
    },
    /// A model cannot be kept in a file.
    #[error(transparent)]
    Kept(#[from] kept::KeptError),
    /// A model that was to be trained into a file is not there.
    #[error("{model} was not kept: {reason}")]
    Unkept {
        /// The model.
        model: String,
        /// Why.
        reason: String,
    },
    /// A job could not be run, whatever its model.
    #[error("{what}: {reason}")]
    Job {
        /// What was tried.
        what: String,
        /// What the system said.
        reason: String,
    },
    /// The user called it off.
    #[error("interrupted; what had finished is kept")]
    Interrupted,
}

/// Whose mistake a failure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// What was asked for cannot be had.
    Request,
    /// The program's, or the machine's.
    Program,
    /// Nobody's: the user called it off.
    Interrupt,
}

impl Failure {
    /// Whose mistake it is.
    pub fn fault(&self) -> Fault {
        match self {
            Self::Interrupted => Fault::Interrupt,
            Self::Job { .. } => Fault::Program,
            _ => Fault::Request,
        }
    }

    pub(crate) fn job(what: impl Into<String>, reason: &dyn fmt::Display) -> Self {
        Self::Job {
            what: what.into(),
            reason: reason.to_string(),
        }
    }
}
