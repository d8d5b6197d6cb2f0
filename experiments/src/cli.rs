//! The command line.

mod comparison;
mod data;
mod jobs;
mod kept;
mod runs;
mod values;

pub(crate) use comparison::*;
pub(crate) use data::*;
pub(crate) use jobs::*;
pub(crate) use kept::*;
pub(crate) use runs::*;

use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;
use runner::whole;
use std::num::NonZeroU8;
use std::path::PathBuf;

/// Compares classifiers honestly: every model under one protocol, on all of the data.
#[derive(Debug, Parser)]
#[command(
    name = "experiments",
    version,
    max_term_width = 100,
    arg_required_else_help = true
)]
#[command(
    after_help = "Exit codes: 0 all done; 1 a model or the program failed; 2 a wrong \
    option or plan, or a file that cannot be read or written; 3 a gate of judge failed; 130 interrupted."
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
    /// Run one task of the jobs that --jobs wrote; an engine starts this on each machine.
    ///
    /// Runs those jobs that have no record yet, and writes one record file for each. Ends with exit code 2 if
    /// program, data or parameters are not those of the plan.
    Worker(WorkerArgs),
    /// Say how many jobs are done, running, failed, lost and waiting.
    Status {
        /// The folder of the jobs.
        #[arg(value_hint = ValueHint::DirPath)]
        dir: PathBuf,
    },
    /// Start the tasks of jobs with an engine: Slurm or Kubernetes.
    Submit {
        #[command(subcommand)]
        engine: Engine,
    },
    /// Join the records of jobs, and write the report, as if one machine had run them all.
    Merge(MergeArgs),
    /// Train one model on all training samples, and keep it in a file.
    ///
    /// A model card in Markdown, beside the file, says what the model is and how good it was.
    Train(TrainArgs),
    /// Predict with a kept model: pictures, or the samples of files.
    Predict(PredictArgs),
    /// Answer over HTTP with kept models: a page to draw on or to fill in, and a JSON API.
    ///
    /// Prints its address. Ctrl-C or SIGTERM ends it, once all questions are answered. OpenAPI is at
    /// /openapi.json, Prometheus at /metrics.
    Serve(ServeArgs),
    /// Calibrate the probabilities of a kept model, and learn sets of classes, into a new file.
    ///
    /// Learns from training samples that the model was not fitted to (`train --train-limit` leaves some), or
    /// from --on a file of other rows. Says log-loss and calibration error before and after, on the test samples.
    Calibrate(CalibrateArgs),
    /// Judge a kept model on the test samples of a data set, and say whether it is as good as it was.
    Evaluate(EvaluateArgs),
    /// Judge predictions that were made elsewhere, as `compare` judges.
    ///
    /// Reads CSV, TSV (also gzipped), Parquet, NPY and NPZ; README.md says which columns. Writes the
    /// report below RESULTS/NAME, where report, diff and export find it. Ends with exit code 3 if a gate
    /// of --fail-if fails.
    Judge(JudgeArgs),
    /// Write a report again from its records, without training.
    Report(RecordArgs),
    /// Search the parameters of each model on held-out training images, with the same budget for each.
    ///
    /// The tables `search` of the plan's models say what is searched; the default plan has four. Trials
    /// run at the same time, each on one thread. They are the same for any number of threads, unless --seconds
    /// ends them. Writes README.md, tuning.json and plan.toml below RESULTS/DATASET/tuning. The test images
    /// are not used. To judge the result on them, give that plan to `compare --config`.
    Tune(TuneArgs),
    /// List the recorded runs, or show each model over them.
    History(HistoryArgs),
    /// Compare two recorded runs: settings, parameters, and accuracy with its significance.
    ///
    /// Each model is compared by McNemar's exact test with Tango's interval, over folds by the corrected
    /// resampled t test, at 0.05 divided by the number of models.
    Diff(DiffArgs),
    /// Fit a part of a recorded run again, and say whether the result is the same.
    ///
    /// Each fit is bit-identical, statistically equal (with a margin: the difference in accuracy is shown to be
    /// below it), not shown to be better or worse, or different. If one is different, the exit code is 1.
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
    /// The crate compiles and passes the conformance suite. Until you change it, its model is nearest centroid.
    /// `compare --models NAME` knows it as soon as the program is built again.
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
    /// Each step has its question, what it is in NumPy, and the answer, computed. It ends in a comparison of four
    /// models: the network by hand, the same network in Burn, one with a hidden layer, and a support vector machine.
    /// If Python has scikit-learn, two of its classifiers are compared, too. crates/lab/LAB.md explains the steps.
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
        /// A file or a directory, as for `compare --data`, or the name of a known data set.
        #[arg(value_hint = ValueHint::AnyPath)]
        path: PathBuf,
        /// Seed of the rows that are set aside for the test.
        #[arg(long, value_name = "N", value_parser = whole::<u64>(0, i64::MAX as u64))]
        seed: Option<u64>,
        /// Write a contact sheet of pictures here, ten of each class.
        #[arg(long, value_name = "FILE.png", value_hint = ValueHint::FilePath)]
        png: Option<PathBuf>,
        #[command(flatten)]
        reading: Box<ReadingArgs>,
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
        #[arg(long, value_name = "N", value_parser = whole::<u32>(1, u32::MAX.into()))]
        images: u32,
        /// Seed of the deformations.
        #[arg(long, value_name = "N", default_value_t = 1, value_parser = whole::<u64>(0, i64::MAX as u64))]
        seed: u64,
        /// The directory of the four files.
        #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
        out: PathBuf,
    },
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
    #[arg(long, value_name = "N", default_value = "7", value_parser = whole::<NonZeroU8>(1, 255))]
    pub(crate) rounds: NonZeroU8,
    /// Measure our models only; no Python is needed.
    #[arg(long)]
    pub(crate) without_peers: bool,
    /// A quick look at our models on a subset.
    #[arg(long)]
    pub(crate) quick: bool,
    /// Only read this table, once: what is measured beside pandas.
    #[arg(long, hide = true)]
    pub(crate) read: Option<PathBuf>,
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

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
