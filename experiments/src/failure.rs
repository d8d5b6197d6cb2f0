//! Why a command ended early, and with which exit code.

use benchmarks::BenchmarkError;
use catalog::LoadError;
use job_arrays::ArrayError;
use predictions::PredictionError;
use records::{RecordError, is_of_a_full_disk};
use report::ReportError;
use runner::Fault;
use std::path::PathBuf;
use std::process::ExitCode;

/// Why a command ended early. Each prints as one line.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error(transparent)]
    Run(#[from] runner::Failure),
    #[error(transparent)]
    Jobs(#[from] ArrayError),
    #[error(transparent)]
    Load(#[from] LoadError),
    #[error(transparent)]
    Evaluation(#[from] evaluation::EvaluationError),
    #[error(transparent)]
    Kept(#[from] kept::KeptError),
    #[error(transparent)]
    Serve(#[from] serve::Unservable),
    #[error(transparent)]
    Onnx(#[from] onnx::OnnxError),
    #[error(transparent)]
    Scaffold(#[from] scaffold::ScaffoldError),
    #[error(transparent)]
    Table(#[from] tables::TableError),
    #[error(transparent)]
    Data(#[from] data::DataError),
    #[error(transparent)]
    Predictions(#[from] PredictionError),
    #[error(transparent)]
    Records(#[from] RecordError),
    #[error(transparent)]
    Report(#[from] ReportError),
    #[error("{option}: {reason}")]
    Option { option: String, reason: String },
    #[error("{}: no trial finished; the reasons are in tuning.json", models.join(", "))]
    NoTrial { models: Vec<String> },
    #[error("{trials} of the trials {} missing", if *trials == 1 { "is" } else { "are" })]
    MissingTrials { trials: usize },
    #[error("{}: refitting gave different predictions", models.join(", "))]
    Different { models: Vec<String> },
    #[error("{}: no fit finished in this run, so there is nothing to verify", path.display())]
    NothingToVerify { path: PathBuf },
    #[error(transparent)]
    Tracking(#[from] mlflow::TrackingError),
    #[error(transparent)]
    Benchmark(#[from] BenchmarkError),
    #[error("{} did not finish; the table and the report say why", models.join(", "))]
    Unfinished { models: Vec<String> },
    #[error("{}: a control failed; the report says which", models.join(", "))]
    Controls { models: Vec<String> },
    #[error("a gate failed: {}", failed.join("; "))]
    Gate { failed: Vec<String> },
    #[error("interrupted; what had finished is kept")]
    Interrupted,
}

impl Failure {
    /// Of an option, and why it cannot be as it is.
    pub(crate) fn option(option: &str, reason: impl Into<String>) -> Self {
        let (option, reason) = (option.to_owned(), reason.into());
        Self::Option { option, reason }
    }

    /// 2 for the user's mistakes and for places that cannot be read or written, 3 for a gate, 130 for Ctrl-C as shells
    /// have it, 1 for the rest, a full disk among it.
    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            _ if is_of_a_full_disk(self) => 1,
            Self::Run(failure) => code(failure.fault()),
            Self::Jobs(error) => code(error.fault()),
            Self::Report(ReportError::Render { .. })
            | Self::Benchmark(BenchmarkError::Failed { .. })
            | Self::Unfinished { .. }
            | Self::Controls { .. }
            | Self::NoTrial { .. }
            | Self::MissingTrials { .. }
            | Self::Different { .. } => 1,
            Self::Gate { .. } => 3,
            Self::Interrupted => 130,
            _ => 2,
        })
    }
}

fn code(fault: Fault) -> u8 {
    match fault {
        Fault::Request => 2,
        Fault::Program => 1,
        Fault::Interrupt => 130,
    }
}
