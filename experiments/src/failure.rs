//! Why a command ended early, and with which exit code.

use catalog::LoadError;
use classifier::ParameterError;
use data::DataError;
use report::ReportError;
use std::fmt;
use std::path::PathBuf;
use std::process::ExitCode;

/// Where in the user's words a mistake is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
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
pub(crate) enum Failure {
    #[error("{}: {reason}", path.display())]
    ReadPlan {
        path: PathBuf,
        reason: std::io::Error,
    },
    #[error("{place}: {reason}")]
    Syntax { place: Place, reason: String },
    #[error("{place}: unknown key `{key}`{}; known are {}", did_you_mean(*nearest), known.join(", "))]
    UnknownKey {
        place: Place,
        key: String,
        nearest: Option<&'static str>,
        known: &'static [&'static str],
    },
    #[error("{place}: `{key}` must be {expected}")]
    WrongType {
        place: Place,
        key: &'static str,
        expected: &'static str,
    },
    #[error("{place}: unknown model `{model}`{}; `experiments models` lists them", did_you_mean(*nearest))]
    UnknownModel {
        place: Place,
        model: String,
        nearest: Option<&'static str>,
    },
    #[error("{place}: `{model}` is not in this build; build with `--features {feature}`")]
    LeftOut {
        place: Place,
        model: String,
        feature: &'static str,
    },
    #[error("{place}: two models are called `{id}`; give one another `id`")]
    SameId { place: Place, id: String },
    #[error("{place}: `{id}` is not in the plan, which has {}", planned.join(", "))]
    NotPlanned {
        place: Place,
        id: String,
        planned: Vec<String>,
    },
    #[error("{place}: no models to compare")]
    NoModels { place: Place },
    #[error("{place}: {model}: {error}")]
    Parameter {
        place: Place,
        model: String,
        error: ParameterError,
    },
    #[error("{place}: {error}")]
    Limit { place: Place, error: DataError },
    #[error("unknown dataset `{name}`{}; known are {}, and --data-dir reads any other", did_you_mean(*nearest), known.join(", "))]
    UnknownDataset {
        name: String,
        nearest: Option<&'static str>,
        known: Vec<&'static str>,
    },
    #[error(transparent)]
    Data(#[from] DataError),
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The user named a place that cannot be written or read.
    #[error(transparent)]
    Results(ReportError),
    /// A report could not be made from good records.
    #[error(transparent)]
    Report(#[from] ReportError),
    #[error(
        "the data are not those of the run: the files of `{name}` differ from its SHA-256 sums; name its directory with --data-dir"
    )]
    OtherData { name: String },
    #[error("{}: no trial finished; the reasons are in tuning.json", models.join(", "))]
    NoTrial { models: Vec<String> },
    #[error("{}: fitted again, another model came out", models.join(", "))]
    Different { models: Vec<String> },
    #[error("{}: no fit finished in this run, so there is nothing to verify", path.display())]
    NothingToVerify { path: PathBuf },
    #[error("{}: {reason}", path.display())]
    Store { path: PathBuf, reason: String },
    #[error("tracking server {uri}: {reason}")]
    Tracking { uri: String, reason: String },
    #[error("benchmarks: {what}: {reason}")]
    Benchmark { what: String, reason: String },
    #[error("{}", unfinished(models))]
    Unfinished { models: Vec<String> },
    #[error("{}: a control failed; the report says which", models.join(", "))]
    Controls { models: Vec<String> },
    #[error("interrupted; what had finished is kept")]
    Interrupted,
}

impl Failure {
    /// 2 for the user's mistakes, 130 for Ctrl-C as shells have it, 1 for the rest.
    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Report(_)
            | Self::Benchmark { .. }
            | Self::Unfinished { .. }
            | Self::Controls { .. }
            | Self::NoTrial { .. }
            | Self::Different { .. } => 1,
            Self::Interrupted => 130,
            _ => 2,
        })
    }
}

pub(crate) fn did_you_mean(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |name| format!(" (did you mean `{name}`?)"))
}

fn unfinished(models: &[String]) -> String {
    let verb = if models.len() == 1 {
        "did not finish; its"
    } else {
        "did not finish; their"
    };
    format!(
        "{} {verb} reason is in the table and in the report",
        models.join(", ")
    )
}
