//! Options of jobs for other machines.

use clap::{Args, Subcommand, ValueHint};
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
