//! Options that name recorded runs, and what is made of them.

use clap::{Args, ValueEnum, ValueHint};
use runner::{Margin, whole};
use std::num::NonZeroU16;
use std::path::PathBuf;

/// Where recorded runs are.
#[derive(Debug, Args)]
pub(crate) struct RecordsArgs {
    /// Where reports are.
    #[arg(long, value_name = "DIR", default_value = "results", value_hint = ValueHint::DirPath)]
    pub(crate) results: PathBuf,
    /// The runs' data set.
    #[arg(long, value_name = "NAME", default_value = "mnist")]
    pub(crate) dataset: String,
}

#[derive(Debug, Args)]
pub(crate) struct HistoryArgs {
    #[command(flatten)]
    pub(crate) records: RecordsArgs,
    /// Write a page into this file, too: each model over the runs that were judged as the newest was.
    #[arg(long, value_name = "FILE.html", value_hint = ValueHint::FilePath)]
    pub(crate) page: Option<PathBuf>,
}

/// One recorded run.
#[derive(Debug, Args)]
pub(crate) struct RecordArgs {
    #[command(flatten)]
    pub(crate) records: RecordsArgs,
    /// A run below records/ by name; `history` lists them. [default: the newest]
    #[arg(long)]
    pub(crate) run: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct DiffArgs {
    /// A run by name; `history` lists them.
    pub(crate) first: String,
    /// Another.
    pub(crate) second: String,
    /// The largest difference in accuracy that does not matter, in points. [default: that of the first run]
    #[arg(long, value_name = "POINTS")]
    pub(crate) margin: Option<Margin>,
    #[command(flatten)]
    pub(crate) records: RecordsArgs,
}

#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    #[command(flatten)]
    pub(crate) record: RecordArgs,
    /// How many fits, drawn at random.
    #[arg(long, value_name = "N", default_value = "3", value_parser = whole::<NonZeroU16>(1, 65_535))]
    pub(crate) cells: NonZeroU16,
    /// The largest difference in accuracy that does not matter, in points. [default: the run's]
    #[arg(long, value_name = "POINTS")]
    pub(crate) margin: Option<Margin>,
    /// Seed of the draw.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Where the run's data are, if not known by name.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) data_dir: Option<PathBuf>,
    /// Where a run's own data are now, if they are no longer where they were.
    #[arg(long, value_name = "PATH", conflicts_with = "data_dir", value_hint = ValueHint::AnyPath)]
    pub(crate) data: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    #[command(flatten)]
    pub(crate) record: RecordArgs,
    /// What to write.
    #[arg(long, value_enum)]
    pub(crate) format: Format,
    /// Which table, as CSV or Parquet. [default: models]
    #[arg(long, value_enum)]
    pub(crate) table: Option<Contents>,
    /// The file of a kept model, for onnx: a linear model, a multi-layer perceptron or kernel-svm.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) model: Option<PathBuf>,
    /// Into this file, or for TensorBoard this directory. [default: standard output, for text]
    #[arg(long, short, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(crate) output: Option<PathBuf>,
    /// The MLflow tracking server.
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url, env = "MLFLOW_TRACKING_URI")]
    pub(crate) tracking_uri: Option<String>,
}

/// What a report can be exported as.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Format {
    /// A table with the names of report.json.
    Csv,
    /// The contents of report.json.
    Json,
    /// A table for LaTeX with booktabs.
    Latex,
    /// A table as Apache Parquet; needs --output.
    Parquet,
    /// Event files, a directory for each model; needs --output.
    Tensorboard,
    /// Runs in an MLflow tracking server, one for each model; needs --tracking-uri.
    Mlflow,
    /// A kept model with the preparation of its columns, for ONNX Runtime; needs --model and --output.
    Onnx,
}

/// The rows of an exported table.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Contents {
    /// One for each model.
    Models,
    /// One for each pair of models that was compared.
    Pairs,
    /// One for each epoch of every fit.
    Epochs,
    /// One for each image and fit, with the probability of every class.
    Predictions,
}
