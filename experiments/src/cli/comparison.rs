//! Options of what compares: runs, searches and judgements.

use super::data::AnyDataArgs;
use super::jobs::ElsewhereArgs;
use super::values::{one_of, some_time};
use analysis::Gate;
use clap::{Args, ValueHint};
use predictions::NamedFile;
use runner::{CrossValidation, Margin, Resource, whole};
use search::Method;
use serde::Serialize;
use std::num::NonZeroU16;
use std::path::PathBuf;
use std::time::Duration;

/// Options whose names are keys of a plan, which they replace.
#[derive(Debug, Args, Serialize)]
pub(crate) struct PlanFlags {
    /// Seed of everything random. [default: the plan's, else 1]
    #[arg(long, value_name = "N", value_parser = whole::<u64>(0, i64::MAX as u64))]
    pub(crate) seed: Option<u64>,
    /// Train every model on N samples only, drawn in proportion to the classes. Every table says so.
    #[arg(long, value_name = "N", value_parser = whole::<u64>(1, u64::MAX))]
    pub(crate) train_limit: Option<u64>,
    /// Judge on N training samples that are held out, drawn in proportion to the classes, in place of
    /// the test samples.
    #[arg(long, value_name = "N", conflicts_with = "cv", value_parser = whole::<u64>(1, u64::MAX))]
    pub(crate) validation: Option<u64>,
    /// Cross-validate on the training samples, in place of judging on the test samples: K folds, or
    /// `RxK` for R repetitions. Folds are stratified and the same for every model.
    #[arg(long, value_name = "K|RxK")]
    pub(crate) cv: Option<CrossValidation>,
}

/// The same for comparisons alone.
#[derive(Debug, Args, Serialize)]
pub(crate) struct ComparisonFlags {
    /// Fit each stochastic model with N seeds, the given one and those after it, and report the spread.
    #[arg(long, value_name = "N", value_parser = whole::<u16>(1, 65_535))]
    pub(crate) seeds: Option<u16>,
    /// Hold out N training samples, and calibrate each model's probabilities on them (temperature
    /// scaling).
    #[arg(long, value_name = "N", conflicts_with = "cv", value_parser = whole::<u64>(1, u64::MAX))]
    pub(crate) calibrate: Option<u64>,
    /// Also fit every model to these numbers of training samples, for its learning curve.
    #[arg(long, value_name = "N,N", value_delimiter = ',', conflicts_with = "cv", value_parser = whole::<u64>(1, u64::MAX))]
    pub(crate) sizes: Option<Vec<u64>>,
    /// Compare every model with this one only, not every pair. This can show smaller differences.
    #[arg(long, value_name = "MODEL")]
    pub(crate) baseline: Option<String>,
    /// The largest difference in accuracy that does not matter, in points, such as 0.3. Each pair is then
    /// better, equivalent, not worse, worse or undecided.
    #[arg(long, value_name = "POINTS")]
    pub(crate) margin: Option<Margin>,
    /// Judge every model on groups of rows, too, by the values of this column of a table.
    #[arg(long, value_name = "COLUMN")]
    pub(crate) slice: Option<String>,
}

/// What a comparison and a search have in common.
#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    pub(crate) data: AnyDataArgs,
    /// Run this plan in place of the default one.
    #[arg(long, value_name = "FILE.toml", value_hint = ValueHint::FilePath)]
    pub(crate) config: Option<PathBuf>,
    /// Only these models of the plan, or any registered ones, separated by commas.
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    pub(crate) models: Option<Vec<String>>,
    /// Change a parameter: `softmax.learning_rate=0.5`. May be repeated. Besides its own
    /// parameters, every model has `train_limit`.
    #[arg(long, value_name = "MODEL.PARAMETER=VALUE")]
    pub(crate) set: Vec<String>,
    #[command(flatten)]
    pub(crate) plan: PlanFlags,
    /// Check in a few seconds that everything works: 2 000 training and 1 000 other images.
    /// Everything written says so.
    #[arg(long, conflicts_with = "train_limit")]
    pub(crate) quick: bool,
    /// Threads of each fit; of `tune`, trials at a time, each on one thread. [default: all processors]
    #[arg(long, value_name = "N", value_parser = whole::<u16>(1, 1024))]
    pub(crate) threads: Option<u16>,
    /// Stop a fit after this time, such as 90s or 5m. The model keeps its row, with the reason.
    #[arg(long, value_name = "TIME", value_parser = some_time)]
    pub(crate) time_limit: Option<Duration>,
    /// Stop a fit whose process takes more memory than this: resident memory, as the operating system
    /// counts it, program and data included. The model keeps its row, with the reason.
    #[arg(long, value_name = "MB", value_parser = whole::<u32>(1, u32::MAX.into()))]
    pub(crate) memory_limit: Option<u32>,
    /// Fit again what an earlier run has fitted in the same way.
    #[arg(long)]
    pub(crate) refit: bool,
    /// Print nothing but errors.
    #[arg(long, short)]
    pub(crate) quiet: bool,
    /// Where reports go. [default: results, or results/quick with --quick]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) results: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct CompareArgs {
    #[command(flatten)]
    pub(crate) run: RunArgs,
    /// Fit nothing: say which differences this comparison can detect, and how many images or seeds other
    /// differences need.
    #[arg(long, conflicts_with_all = ["jobs", "on"])]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) elsewhere: ElsewhereArgs,
    #[command(flatten)]
    pub(crate) flags: ComparisonFlags,
    /// Keep the main fit of each model in a file, with a card, below RESULTS/DATASET/models.
    #[arg(long, conflicts_with_all = ["cv", "jobs", "on"])]
    pub(crate) keep: bool,
    /// Predictions for the test samples that were made elsewhere, to stand beside the models; as in
    /// `judge`, ids are the numbers of the samples, from 0. May be repeated.
    #[arg(long, value_name = "[NAME=]FILE", value_hint = ValueHint::FilePath)]
    pub(crate) with: Vec<NamedFile>,
}

#[derive(Debug, Args)]
pub(crate) struct JudgeArgs {
    /// Predictions: of one model each, or with a column `model` of several.
    #[arg(required = true, value_name = "[NAME=]FILE", value_hint = ValueHint::FilePath)]
    pub(crate) files: Vec<NamedFile>,
    /// The class of each sample, with its id where the samples have ids.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) truth: PathBuf,
    /// The column of ids, in all files. [default: id]
    #[arg(long, value_name = "COLUMN")]
    pub(crate) id: Option<String>,
    /// The column of classes in the truth. [default: label, class, target, y or truth]
    #[arg(long, value_name = "COLUMN")]
    pub(crate) label: Option<String>,
    /// The name of the report's directory. [default: that of the truth]
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Seed of the test sets that are drawn for intervals.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = whole::<u64>(0, i64::MAX as u64))]
    pub(crate) seed: u64,
    /// Compare every model with this one only, in place of every pair.
    #[arg(long, value_name = "MODEL")]
    pub(crate) baseline: Option<String>,
    /// The largest difference in accuracy that does not matter, in points, such as 0.3.
    #[arg(long, value_name = "POINTS")]
    pub(crate) margin: Option<Margin>,
    /// Judge every model on groups of rows, too, by the values of this column of the truth.
    #[arg(long, value_name = "COLUMN")]
    pub(crate) slice: Option<String>,
    /// End with exit code 3 if B is shown to be worse than A (`B worse than A`), or is not shown to be
    /// better (`B not better than A`), or is not shown to be less than 0.5 points worse (`B worse than A by
    /// 0.5`). May be repeated.
    #[arg(long, value_name = "GATE")]
    pub(crate) fail_if: Vec<Gate>,
    /// Print nothing but errors.
    #[arg(long, short)]
    pub(crate) quiet: bool,
    /// Where reports go.
    #[arg(long, value_name = "DIR", default_value = "results", value_hint = ValueHint::DirPath)]
    pub(crate) results: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct TuneArgs {
    #[command(flatten)]
    pub(crate) run: RunArgs,
    #[command(flatten)]
    pub(crate) elsewhere: ElsewhereArgs,
    /// How values are chosen.
    #[arg(long, default_value = Method::Random.name(), value_parser = one_of(Method::ALL, Method::name, Method::summary))]
    pub(crate) search: Method,
    /// Trials of each model. Halving and ASHA make more trials with fewer images or epochs. Together they
    /// cost the same.
    #[arg(long, value_name = "N", default_value = "20", value_parser = whole::<NonZeroU16>(1, 65_535))]
    pub(crate) trials: NonZeroU16,
    /// What halving and ASHA limit in their first trials. [default: images]
    ///
    /// With epochs, a model without a parameter `epochs` gets fewer images; the report says which.
    #[arg(long, value_parser = one_of(Resource::ALL, Resource::name, Resource::summary))]
    pub(crate) resource: Option<Resource>,
    /// Stop after as many seconds of fitting for each model, all its trials together; random, TPE and ASHA
    /// then have no other limit. A trial that would go beyond is called off.
    #[arg(long, value_name = "S", value_parser = whole::<u32>(1, u32::MAX.into()))]
    pub(crate) seconds: Option<u32>,
}
