//! Options of kept models.

use super::data::AnyDataArgs;
use super::values::{one_of, some_time};
use clap::{Args, ValueEnum, ValueHint};
use kept::CalibrationMethod;
use runner::{Share, whole};
use std::net::SocketAddr;
use std::num::NonZeroU16;
use std::path::PathBuf;
use std::time::Duration;

#[derive(Debug, Args)]
pub(crate) struct TrainArgs {
    /// The model; `models` lists them.
    pub(crate) model: String,
    /// Keep it in this file.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) out: PathBuf,
    #[command(flatten)]
    pub(crate) data: AnyDataArgs,
    /// Change a parameter: `epochs=5`. May be repeated.
    #[arg(long, value_name = "PARAMETER=VALUE")]
    pub(crate) set: Vec<String>,
    /// Seed of everything random.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = whole::<u64>(0, i64::MAX as u64))]
    pub(crate) seed: u64,
    /// Train on N samples only, drawn in proportion to the classes.
    #[arg(long, value_name = "N", value_parser = whole::<u64>(1, u64::MAX))]
    pub(crate) train_limit: Option<u64>,
    /// Threads. [default: all processors]
    #[arg(long, value_name = "N", value_parser = whole::<u16>(1, 1024))]
    pub(crate) threads: Option<u16>,
    /// Print nothing but errors.
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Args)]
pub(crate) struct PredictArgs {
    /// The file of a kept model.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) model: PathBuf,
    /// Pictures (PNG, JPEG, PGM, PPM, BMP) and directories of them, files or directories of samples, or - for
    /// standard input. Of data with a training and a test part, the test samples.
    #[arg(required = true, value_name = "INPUT", value_hint = ValueHint::AnyPath)]
    pub(crate) inputs: Vec<PathBuf>,
    /// Draw into this folder what each part of the input added to its answer, as PNG (pixels) or SVG (columns).
    /// Weight × input for linear models, for others what the score loses without the part.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) explain: Option<PathBuf>,
    /// Also print a set of classes that contains the true class as often as this, such as 0.9. `calibrate`
    /// must have learnt sets.
    #[arg(long, value_name = "LEVEL")]
    pub(crate) sets: Option<Share>,
    /// The number of the first feature in rows of svmlight, 0 or 1, where it cannot be told.
    #[arg(long, value_name = "N", value_parser = whole::<u32>(0, 1))]
    pub(crate) counted_from: Option<u32>,
    /// How answers are written.
    #[arg(long, value_enum, default_value = "table")]
    pub(crate) format: AnswerFormat,
    /// Into this file. [default: standard output]
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// The files of kept models; all take the same pictures, columns or features.
    #[arg(required = true, value_name = "MODEL", value_hint = ValueHint::FilePath)]
    pub(crate) models: Vec<PathBuf>,
    /// Address and port; port 0 is any that is free. Beyond 127.0.0.1, all who reach it may ask.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080")]
    pub(crate) listen: SocketAddr,
    /// Refuse with 408 or 503 what takes longer.
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = some_time)]
    pub(crate) time_limit: Duration,
    /// Refuse with 429 while N questions wait.
    #[arg(long, value_name = "N", default_value = "256", value_parser = whole::<NonZeroU16>(1, 65_535))]
    pub(crate) waiting: NonZeroU16,
}

/// How answers are written.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum AnswerFormat {
    /// The class and its probability, between tabs.
    Table,
    /// The class, and the probability of every class.
    Csv,
    /// The same as objects of JSON, a line each.
    Jsonl,
}

#[derive(Debug, Args)]
pub(crate) struct CalibrateArgs {
    /// The file of a kept model.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) model: PathBuf,
    #[command(flatten)]
    pub(crate) data: AnyDataArgs,
    /// Learn from the rows of this file, in the format of --data, which the model has not seen.
    #[arg(long, value_name = "FILE", requires = "data", value_hint = ValueHint::FilePath)]
    pub(crate) on: Option<PathBuf>,
    /// The calibration method.
    #[arg(long, default_value = CalibrationMethod::Temperature.name(), value_parser = one_of(CalibrationMethod::ALL, CalibrationMethod::name, CalibrationMethod::summary))]
    pub(crate) method: CalibrationMethod,
    /// Keep the model with what was learnt in this file.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) out: PathBuf,
}
