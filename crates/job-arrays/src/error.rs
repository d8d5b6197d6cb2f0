//! What can go wrong with jobs on other machines.

use records::RecordError;
use runner::Fault;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Why jobs could not be written, run or joined. Each prints as one line.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ArrayError {
    /// What runs comparisons failed.
    #[error(transparent)]
    Run(#[from] runner::Failure),
    /// Records cannot be read or written.
    #[error(transparent)]
    Records(#[from] RecordError),
    /// A file of the folder cannot be read or written.
    #[error("{}: {reason}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said, or what is wrong there.
        reason: String,
    },
    /// There is no plan.
    #[error("{}: no plan of jobs here; `compare --jobs {}` or `tune` writes one", path.display(), path.display())]
    NoPlan {
        /// The folder.
        path: PathBuf,
    },
    /// The plan is not the one that was handed out.
    #[error("{}: another plan was written there meanwhile, so nothing was joined; give each comparison a folder of its own, with --jobs", path.display())]
    Replaced {
        /// The folder.
        path: PathBuf,
    },
    /// The folder was written by another version.
    #[error("{}: a plan of format {found}, and this program reads {}; write the jobs into another folder", path.display(), crate::folder::FORMAT)]
    OtherFormat {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: u64,
    },
    /// Program or parameters are not those of the plan.
    #[error(
        "{model}: not as planned: `{what}` is {planned} in the plan, and {here} here; {advice}"
    )]
    NotAsPlanned {
        /// The model.
        model: String,
        /// What differs, by its path in the key.
        what: String,
        /// As it was planned.
        planned: String,
        /// As it is.
        here: String,
        /// What to do.
        advice: &'static str,
    },
    /// A task does not exist.
    #[error("no task {task} in {}: its tasks are {} to {}", path.display(), tasks.start, tasks.end - 1)]
    NoTask {
        /// The folder.
        path: PathBuf,
        /// The task.
        task: i64,
        /// Those that exist.
        tasks: Range<u64>,
    },
    /// Nobody says which task is to be run.
    #[error("--index: which task? None of {variables} is set")]
    NoIndex {
        /// Where engines say so.
        variables: String,
    },
    /// An engine does not say which task is to be run.
    #[error("{name}: `{value}` is not the number of a task")]
    WrongIndex {
        /// The variable.
        name: &'static str,
        /// Its value.
        value: String,
    },
    /// Two engines say different tasks.
    #[error("--index: which task? {first}, and {second}")]
    TwoIndices {
        /// One variable and its value.
        first: String,
        /// The other.
        second: String,
    },
    /// There is nothing to hand out.
    #[error("{}: no job is left to do", path.display())]
    NothingToDo {
        /// The folder.
        path: PathBuf,
    },
    /// An option cannot stand in a script.
    #[error("{option}: `{value}` has a character that cannot stand there")]
    Unprintable {
        /// The option.
        option: &'static str,
        /// Its value.
        value: String,
    },
    /// An engine refused.
    #[error("{program}: {reason}")]
    Engine {
        /// The program that was called.
        program: &'static str,
        /// What it said.
        reason: String,
    },
}

impl ArrayError {
    /// Whose mistake it is.
    pub fn fault(&self) -> Fault {
        match self {
            Self::Run(failure) => failure.fault(),
            Self::Engine { .. } => Fault::Program,
            _ => Fault::Request,
        }
    }

    #[allow(clippy::needless_pass_by_value, reason = "errors come by value")]
    pub(crate) fn file(path: &Path, reason: impl std::fmt::Display) -> Self {
        Self::File {
            path: path.to_owned(),
            reason: records::one_line(&reason.to_string()),
        }
    }
}
