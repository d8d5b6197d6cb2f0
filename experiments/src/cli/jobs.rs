//! Options of jobs for other machines.

use super::values::some_time;
use clap::{Args, Subcommand, ValueEnum, ValueHint};
use runner::whole;
use std::path::PathBuf;
use std::time::Duration;

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

/// Fits on other machines, in place of this one.
#[derive(Debug, Args)]
pub(crate) struct ElsewhereArgs {
    /// Fit nothing: write what is left to do into this folder, as jobs for other machines. The next time it
    /// writes only jobs that have no record yet. [default with --on: `jobs`, beside the report]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) jobs: Option<PathBuf>,
    /// Hand the jobs to this engine, wait until all have ended, and join what they found. Ctrl-C takes them back.
    #[arg(long, value_name = "ENGINE")]
    pub(crate) on: Option<WaitedFor>,
    #[command(flatten)]
    pub(crate) tasks: TaskArgs,
    #[command(flatten)]
    pub(crate) slurm: SlurmArgs,
}

/// An engine that can be waited for.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum WaitedFor {
    /// Slurm, by job arrays.
    Slurm,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Engine {
    /// Write slurm.sh into the folder, and submit it as one array or several.
    Slurm {
        #[command(flatten)]
        folder: SeenByAll,
        #[command(flatten)]
        tasks: TaskArgs,
        #[command(flatten)]
        slurm: SlurmArgs,
    },
    /// Write kubernetes.json into the folder, the manifest of an Indexed Job.
    Kubernetes {
        #[command(flatten)]
        folder: SeenByAll,
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

#[derive(Debug, Args)]
pub(crate) struct SeenByAll {
    /// The folder of the jobs; all machines must see it by this path.
    #[arg(value_hint = ValueHint::DirPath)]
    pub(crate) dir: PathBuf,
}

/// Tasks for any engine.
#[derive(Debug, Args)]
pub(crate) struct TaskArgs {
    /// Memory of a task on another machine. [default: twice what earlier fits took]
    #[arg(long, value_name = "MB", value_parser = whole::<u64>(1, u64::MAX))]
    pub(crate) memory: Option<u64>,
    /// The most tasks at a time on other machines. [default: as many as the engine starts]
    #[arg(long, value_name = "N", value_parser = whole::<u64>(1, u64::MAX))]
    pub(crate) throttle: Option<u64>,
}

/// Tasks for Slurm alone.
#[derive(Debug, Args)]
pub(crate) struct SlurmArgs {
    /// Slurm's partition. [default: Slurm's]
    #[arg(long, value_name = "NAME")]
    pub(crate) partition: Option<String>,
    /// Time limit of a task of Slurm. [default: twice what earlier fits took]
    #[arg(long, value_name = "TIME", value_parser = some_time)]
    pub(crate) time: Option<Duration>,
}
