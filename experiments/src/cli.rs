//! The command line.

use analysis::Gate;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;
use predictions::NamedFile;
use runner::{CrossValidation, Margin, PictureSize, Resource, Share};
use search::Method;
use serde::Serialize;
use std::net::SocketAddr;
use std::num::{NonZeroU8, NonZeroU16};
use std::path::PathBuf;
use std::time::Duration;

/// Compares classifiers honestly: every model under one protocol, on all of the data.
#[derive(Debug, Parser)]
#[command(
    name = "experiments",
    version,
    max_term_width = 100,
    arg_required_else_help = true
)]
#[command(
    after_help = "Exit codes: 0 all done; 1 a model or the program failed; 2 a mistake in \
    what was asked for, or a file that cannot be read or written; 3 a gate of judge failed; 130 interrupted."
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Train and evaluate every model of a plan, and write the comparison.
    ///
    /// Writes README.md, index.html, report.json, records/ and figures/ below RESULTS/DATASET. Without
    /// options this is the full default comparison: all of MNIST, every model of the default plan.
    Compare(CompareArgs),
    /// Run one task of the jobs that `compare --jobs` wrote: what an engine starts on each machine.
    ///
    /// Runs those jobs that have no record yet, and writes one record file for each. Ends with exit code 2 if
    /// program, data or parameters are not those of the plan.
    Worker(WorkerArgs),
    /// Say how far jobs are: done, running, failed, lost, waiting.
    Status {
        /// The folder of the jobs.
        #[arg(value_hint = ValueHint::DirPath)]
        dir: PathBuf,
    },
    /// Hand jobs to an engine.
    Submit {
        #[command(subcommand)]
        engine: Engine,
    },
    /// Join the records of jobs, and write the comparison, as if one machine had run them all.
    Merge(MergeArgs),
    /// Train one model on all training samples, and keep it in a file.
    ///
    /// Beside the file goes a card in Markdown that says what the model is and how good it was.
    Train(TrainArgs),
    /// Ask a kept model about pictures, or about the samples of files.
    Predict(PredictArgs),
    /// Answer over HTTP with kept models: a page to draw on or to fill in, and a JSON API.
    ///
    /// Prints its address. Ends on Ctrl-C or SIGTERM when all that was asked is answered. OpenAPI is at
    /// /openapi.json, Prometheus at /metrics.
    Serve(ServeArgs),
    /// Make the probabilities of a kept model mean what they say, and learn sets of classes, into a new file.
    ///
    /// Learns from training samples that the model was not fitted to (`train --train-limit` leaves some), or
    /// from --on a file of other rows. Says log-loss and calibration error before and after, on the test samples.
    Calibrate(CalibrateArgs),
    /// Judge a kept model on the test samples of a data set, and say whether it is as good as it was.
    Evaluate(EvaluateArgs),
    /// Put predictions that were made elsewhere under the verdict of `compare`.
    ///
    /// Reads CSV, TSV (also gzipped), Parquet, NPY and NPZ; README.md says which columns. Writes the
    /// report below RESULTS/NAME, where report, diff and export find it. Ends with exit code 3 if a gate
    /// of --fail-if fails.
    Judge(JudgeArgs),
    /// Write a report again from its records, without training.
    Report(RecordArgs),
    /// Search the parameters of each model on held-out training images, with the same budget for each.
    ///
    /// What is searched is in the tables `search` of the plan's models; the default plan has four. Trials
    /// run at the same time, each on one thread, and are the same for any number of threads, unless --seconds
    /// ends them. Writes README.md, tuning.json and plan.toml below RESULTS/DATASET/tuning. The test images
    /// are not touched; `compare --config` with that plan judges the outcome on them.
    Tune(TuneArgs),
    /// List the runs that were recorded, or show how models did over them.
    History(HistoryArgs),
    /// Compare two recorded runs: settings, parameters, and accuracy with its significance.
    ///
    /// Each model is compared by McNemar's exact test with Tango's interval, over folds by the corrected
    /// resampled t test, at 0.05 divided by the number of models.
    Diff(DiffArgs),
    /// Fit some cells of a recorded run again, and see whether the same comes out.
    ///
    /// Each is bit-identical, statistically equal (other predictions, but with a margin the difference in
    /// accuracy is shown to be below it), not shown to be better or worse, or different, which ends with exit
    /// code 1.
    Verify(VerifyArgs),
    /// Print a report for other programs.
    Export(ExportArgs),
    /// Print the JSON Schema of plans, for completion in editors.
    Schema,
    /// List every registered model with its parameters and their defaults.
    Models {
        /// Only these models.
        ids: Vec<String>,
    },
    /// Write the crate of a new model into these sources, and register it.
    ///
    /// It is complete and conforms, as nearest centroid until you change it; `compare --models NAME` knows it as
    /// soon as the program is built again.
    NewModel {
        /// Its name: lower-case words joined by hyphens, such as my-model.
        name: String,
    },
    /// List the data sets known by name: where each is, and how large.
    Datasets {
        #[command(subcommand)]
        command: Option<DatasetsCommand>,
    },
    /// Run the lab, the exercise that this program grew from: a first neural network by hand, step by step.
    ///
    /// Each step has its question, what it is in NumPy, and the answer, computed. It ends in a comparison of the
    /// network by hand, the same in Burn, one with a hidden layer and a support vector machine, and of scikit-learn's
    /// classifiers for both, if Python has them. crates/lab/LAB.md explains the steps.
    Lab(LabArgs),
    /// Show the first images with their labels, here and as a PNG contact sheet.
    Show(ShowArgs),
    /// Measure our models and their Python peers on the same work, and write benchmarks.md.
    ///
    /// The peers (NumPy, PyTorch, scikit-learn, scikit-learn-intelex) are installed on first use,
    /// in pinned versions and in a virtual environment of their own below the cache directory. It
    /// needs python3 with venv, and takes about half an hour on two cores.
    Benchmarks(BenchmarksArgs),
    /// Print a script that completes commands and options in a shell.
    Completions {
        /// The shell.
        shell: Shell,
    },
    /// Run one job: what the commands above start for each fit.
    #[command(hide = true)]
    Cell,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DatasetsCommand {
    /// Look through your own data before you believe a comparison: sizes, columns, classes, missing
    /// values, rows that stand twice or in training and test, columns that tell the label.
    Inspect {
        /// A file or a directory, as for `compare --data`.
        #[arg(value_hint = ValueHint::AnyPath)]
        path: PathBuf,
        /// Seed of the rows that are set aside for the test.
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(..=i64::MAX as u64))]
        seed: Option<u64>,
        #[command(flatten)]
        reading: ReadingArgs,
    },
    /// Write pictures or features and their labels, for training and test, as one NPZ file, whose arrays have
    /// the names that Keras uses.
    Export {
        /// The name of a data set, such as mnist.
        #[arg(value_name = "NAME")]
        dataset: String,
        /// The file.
        #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
        out: PathBuf,
    },
    /// Write as many training digits as you want: those of MNIST, deformed at random, beside MNIST's test images.
    ///
    /// The first 60 000 are MNIST's own. `compare --data DIR` reads them where they lie; each takes 784 bytes there.
    EndlessDigits {
        /// Training images.
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
        images: u32,
        /// Seed of the deformations.
        #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(..=i64::MAX as u64))]
        seed: u64,
        /// The directory of the four files.
        #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
        out: PathBuf,
    },
}

/// Options whose names are keys of a plan, which they replace.
#[derive(Debug, Args, Serialize)]
pub(crate) struct PlanFlags {
    /// Seed of everything random. [default: the plan's, else 1]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(..=i64::MAX as u64))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) seed: Option<u64>,
    /// Train every model on N samples only, drawn in proportion to the classes. Every table says so.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) train_limit: Option<u64>,
    /// Judge on N training samples that are held out, drawn in proportion to the classes, in place of
    /// the test samples.
    #[arg(long, value_name = "N", conflicts_with = "cv", value_parser = clap::value_parser!(u64).range(1..))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) validation: Option<u64>,
    /// Cross-validate on the training samples, in place of judging on the test samples: K folds, or
    /// `RxK` for R repetitions. Folds are stratified and the same for every model.
    #[arg(long, value_name = "K|RxK")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cv: Option<CrossValidation>,
}

/// The same for comparisons alone.
#[derive(Debug, Args, Serialize)]
pub(crate) struct ComparisonFlags {
    /// Fit each stochastic model with N seeds, the given one and those after it, and report the spread.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) seeds: Option<u16>,
    /// Hold out N training samples, and calibrate each model's probabilities on them (temperature
    /// scaling).
    #[arg(long, value_name = "N", conflicts_with = "cv", value_parser = clap::value_parser!(u64).range(1..))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) calibrate: Option<u64>,
    /// Fit every model to so many training samples, too, for its learning curve.
    #[arg(long, value_name = "N,N", value_delimiter = ',', conflicts_with = "cv", value_parser = clap::value_parser!(u64).range(1..))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sizes: Option<Vec<u64>>,
    /// Compare every model with this one only, in place of every pair: smaller differences are shown.
    #[arg(long, value_name = "MODEL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) baseline: Option<String>,
    /// The largest difference in accuracy that does not matter, in points, such as 0.3. Each pair is then
    /// better, equivalent, not worse, worse or undecided.
    #[arg(long, value_name = "POINTS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) margin: Option<Margin>,
    /// Judge every model on groups of rows, too, by the values of this column of a table.
    #[arg(long, value_name = "COLUMN")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) slice: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct DataArgs {
    /// Data set by name; `datasets` lists them. [default: the plan's, else mnist]
    #[arg(long, value_name = "NAME")]
    pub(crate) dataset: Option<String>,
    /// Read the four files from this directory: any data set in MNIST's file naming, gzipped or
    /// plain. With --dataset, they must be that data set's.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) data_dir: Option<PathBuf>,
    /// Download from this address in place of the known ones.
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url)]
    pub(crate) mirror: Option<String>,
}

/// Data known by name, or of the user's own.
#[derive(Debug, Args)]
pub(crate) struct AnyDataArgs {
    #[command(flatten)]
    pub(crate) known: DataArgs,
    #[command(flatten)]
    pub(crate) own: OwnDataArgs,
}

/// Data of the user's own.
#[derive(Debug, Args)]
pub(crate) struct OwnDataArgs {
    /// Compare on your own data: a table (CSV, TSV, ARFF, Parquet), arrays (NPY, NPZ), rows of svmlight,
    /// or a directory with one directory of pictures per class, of arrays or of IDX files. With
    /// --dataset, that is its name in the reports.
    #[arg(long, value_name = "PATH", conflicts_with = "data_dir", value_hint = ValueHint::AnyPath)]
    pub(crate) data: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) reading: ReadingArgs,
}

/// How data of the user's own are read.
#[derive(Debug, Args)]
pub(crate) struct ReadingArgs {
    /// A second file or directory to test on.
    #[arg(long, value_name = "PATH", conflicts_with = "test_share", value_hint = ValueHint::AnyPath)]
    pub(crate) test: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) flags: ReadingFlags,
}

/// The keys of a plan among them.
#[derive(Debug, Args, Serialize)]
pub(crate) struct ReadingFlags {
    /// Without one, set this share of the rows aside for the test, stratified, drawn by the seed. [default: 0.2]
    #[arg(long, value_name = "SHARE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) test_share: Option<Share>,
    /// The column of the classes. [default: the one called class, label, target or y]
    #[arg(long, value_name = "COLUMN")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) label: Option<String>,
    /// Columns that are not used.
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ignore: Option<Vec<String>>,
    /// A column whose equal values mark rows that belong together: no split divides them.
    #[arg(long, value_name = "COLUMN")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) group: Option<String>,
    /// Columns of numbers that are names of categories.
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) categories: Option<Vec<String>>,
    /// Words that stand for a missing value, besides the usual ones.
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) missing: Option<Vec<String>>,
    /// Give all pictures this size, as in 28x28.
    #[arg(long, value_name = "ROWSxCOLUMNS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) resize: Option<PictureSize>,
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
    /// See that everything works in a few seconds: 2 000 training and 1 000 other images.
    /// Everything written says so.
    #[arg(long, conflicts_with = "train_limit")]
    pub(crate) quick: bool,
    /// Threads: of each fit, or trials at a time, each on one. [default: all processors]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,
    /// Stop a fit after this time, such as 90s or 5m. The model keeps its row, with the reason.
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration)]
    pub(crate) time_limit: Option<Duration>,
    /// Stop a fit whose process takes more memory than this: resident memory, as the operating system
    /// counts it, program and data included. The model keeps its row, with the reason.
    #[arg(long, value_name = "MB", value_parser = clap::value_parser!(u32).range(1..))]
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
    /// Fit nothing: say which differences such a comparison can show, and how many images or seeds others
    /// take.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Fit nothing: write what is left to do into this folder, as jobs for other machines. Written again, it has
    /// only what has no record yet.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["keep", "dry_run"], value_hint = ValueHint::DirPath)]
    pub(crate) jobs: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) flags: ComparisonFlags,
    /// Keep the main fit of each model in a file, with a card, below RESULTS/DATASET/models.
    #[arg(long, conflicts_with = "cv")]
    pub(crate) keep: bool,
    /// Predictions for the test samples that were made elsewhere, to stand beside the models; as in
    /// `judge`, ids are the numbers of the samples, from 0. May be repeated.
    #[arg(long, value_name = "[NAME=]FILE", value_hint = ValueHint::FilePath)]
    pub(crate) with: Vec<NamedFile>,
}

/// The folder of jobs, and the data that they are about.
#[derive(Debug, Args)]
pub(crate) struct FolderArgs {
    /// The folder of the jobs.
    #[arg(value_hint = ValueHint::DirPath)]
    pub(crate) dir: PathBuf,
    /// Where the data of the plan are on this machine. [default: where they were]
    #[arg(long, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(crate) data: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct WorkerArgs {
    #[command(flatten)]
    pub(crate) folder: FolderArgs,
    /// The task. [default: what Slurm, Kubernetes, PBS, Grid Engine, AWS Batch or `HyperQueue` says]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub(crate) index: Option<i64>,
    /// Add this to the number of the task.
    #[arg(
        long,
        value_name = "N",
        default_value_t = 0,
        allow_negative_numbers = true
    )]
    pub(crate) offset: i64,
}

#[derive(Debug, Args)]
pub(crate) struct MergeArgs {
    #[command(flatten)]
    pub(crate) folder: FolderArgs,
    /// Print nothing but errors.
    #[arg(long, short)]
    pub(crate) quiet: bool,
    /// Where reports go. [default: results, or results/quick with --quick]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) results: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Engine {
    /// Write slurm.sh into the folder, and submit it as one array or several.
    Slurm {
        #[command(flatten)]
        tasks: TaskArgs,
        /// Slurm's partition. [default: Slurm's]
        #[arg(long, value_name = "NAME")]
        partition: Option<String>,
        /// Time limit of a task. [default: twice what earlier fits tell]
        #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration)]
        time: Option<Duration>,
    },
    /// Write kubernetes.json into the folder, the manifest of an Indexed Job.
    Kubernetes {
        #[command(flatten)]
        tasks: TaskArgs,
        /// The image, which has this program as `experiments`.
        #[arg(long)]
        image: String,
        /// The persistent volume claim that the folder, and data of your own, are on.
        #[arg(long, value_name = "NAME")]
        claim: String,
        /// Where that volume is, here and in the containers.
        #[arg(long, value_name = "PATH")]
        mount: PathBuf,
    },
}

/// Tasks for any engine.
#[derive(Debug, Args)]
pub(crate) struct TaskArgs {
    /// The folder of the jobs; all machines must see it by this path.
    #[arg(value_hint = ValueHint::DirPath)]
    pub(crate) dir: PathBuf,
    /// Memory of a task. [default: twice what earlier fits tell]
    #[arg(long, value_name = "MB", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) memory: Option<u64>,
    /// The most tasks at a time. [default: as many as the engine starts]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) throttle: Option<u64>,
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
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(..=i64::MAX as u64))]
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
    /// better (`B not better than A`), or not to be worse by as many points (`B worse than A by 0.5`). May
    /// be repeated.
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
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(..=i64::MAX as u64))]
    pub(crate) seed: u64,
    /// Train on N samples only, drawn in proportion to the classes.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) train_limit: Option<u64>,
    /// Threads. [default: all processors]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
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
    /// Pictures (PNG, JPEG, PGM, PPM, BMP), files or directories of samples, or - for standard input. Of data
    /// with a training and a test part, the test samples.
    #[arg(required = true, value_name = "INPUT", value_hint = ValueHint::AnyPath)]
    pub(crate) inputs: Vec<PathBuf>,
    /// Draw what spoke for each answer into this folder: the pixels of a picture (PNG), the columns of a row
    /// (SVG). Weight × input for linear models, for others what the score loses without each part.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) explain: Option<PathBuf>,
    /// Beside each answer the set of classes that holds the true one as often as this, such as 0.9, where
    /// `calibrate` has learnt sets.
    #[arg(long, value_name = "LEVEL")]
    pub(crate) sets: Option<Share>,
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
    /// The address and port; port 0 is any that is free. Beyond 127.0.0.1, whoever reaches it may ask.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080")]
    pub(crate) listen: SocketAddr,
    /// Refuse with 408 or 503 what takes longer.
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = humantime::parse_duration)]
    pub(crate) time_limit: Duration,
    /// Refuse with 429 while N questions wait.
    #[arg(long, value_name = "N", default_value = "256")]
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
    /// How.
    #[arg(long, value_enum, default_value = "temperature")]
    pub(crate) method: Calibrated,
    /// Keep the model with what was learnt in this file.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) out: PathBuf,
}

/// How probabilities are calibrated.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Calibrated {
    /// One number that log-probabilities are divided by: enough for most networks.
    Temperature,
    /// A logistic regression for each class, normalised; also of scores alone.
    Platt,
    /// A step function for each class, normalised: for thousands of rows.
    Isotonic,
}

#[derive(Debug, Args)]
pub(crate) struct EvaluateArgs {
    /// The file of a kept model.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) model: PathBuf,
    #[command(flatten)]
    pub(crate) data: AnyDataArgs,
}

#[derive(Debug, Args)]
pub(crate) struct BenchmarksArgs {
    /// Where benchmarks.md goes.
    #[arg(long, value_name = "DIR", default_value = "results", value_hint = ValueHint::DirPath)]
    pub(crate) results: PathBuf,
    /// How often everything that takes less than a minute is measured: a shared machine changes its pace
    /// from one minute to the next.
    #[arg(long, value_name = "N", default_value = "7")]
    pub(crate) rounds: NonZeroU8,
    /// Measure our models only; no Python is needed.
    #[arg(long)]
    pub(crate) without_peers: bool,
    /// A quick look at our models on a subset.
    #[arg(long)]
    pub(crate) quick: bool,
}

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
    #[arg(long, value_name = "N", default_value = "3")]
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

#[derive(Debug, Args)]
pub(crate) struct TuneArgs {
    #[command(flatten)]
    pub(crate) run: RunArgs,
    /// How values are chosen.
    #[arg(long, default_value = Method::Random.name(), value_parser = one_of(Method::ALL, Method::name, Method::summary))]
    pub(crate) search: Method,
    /// Trials of each model. Halving and ASHA make more, each with fewer images or epochs, that cost as
    /// much together.
    #[arg(long, value_name = "N", default_value = "20")]
    pub(crate) trials: NonZeroU16,
    /// What halving and ASHA give most trials less of. [default: images]
    ///
    /// With epochs, a model without a parameter `epochs` gets fewer images; the report says which.
    #[arg(long, value_parser = one_of(Resource::ALL, Resource::name, Resource::summary))]
    pub(crate) resource: Option<Resource>,
    /// Stop after as many seconds of fitting for each model, all its trials together; random, TPE and ASHA
    /// then know no other limit. A trial that would go beyond is called off.
    #[arg(long, value_name = "S", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) seconds: Option<u32>,
}

/// Takes one of a few values by name, and describes each in the help.
fn one_of<T: Copy + Send + Sync + 'static, const N: usize>(
    all: [T; N],
    name: fn(T) -> &'static str,
    summary: fn(T) -> &'static str,
) -> impl TypedValueParser<Value = T> {
    let values = all.map(|value| PossibleValue::new(name(value)).help(summary(value)));
    PossibleValuesParser::new(values).map(move |text| {
        let found = all.into_iter().find(|&value| name(value) == text);
        found.expect("it is one of the possible values")
    })
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

#[derive(Debug, Args)]
pub(crate) struct LabArgs {
    /// Ask and answer in this language.
    #[arg(long, value_enum, default_value = "en")]
    pub(crate) language: LabLanguage,
    /// Compare on a few thousand images only: a smoke test.
    #[arg(long)]
    pub(crate) quick: bool,
    /// Leave scikit-learn out, even if Python has it.
    #[arg(long)]
    pub(crate) without_python: bool,
    /// Write the programs, the plan and the comparison below this directory.
    #[arg(long, value_name = "DIR", default_value = "target/lab", value_hint = ValueHint::DirPath)]
    pub(crate) results: PathBuf,
}

/// The languages of the lab.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum LabLanguage {
    /// English.
    En,
    /// French.
    Fr,
}

#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    #[command(flatten)]
    pub(crate) data: DataArgs,
    /// How many images.
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(crate) count: u16,
    /// Take them from the test images.
    #[arg(long)]
    pub(crate) test: bool,
    /// Write the contact sheet here. [default: results/DATASET/first-images.png]
    #[arg(long, value_name = "FILE.png", value_hint = ValueHint::FilePath)]
    pub(crate) png: Option<PathBuf>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
