//! Waits for the arrays that Slurm was given, and says how far their jobs are.

use crate::engine::call;
use crate::error::ArrayError;
use crate::folder::Folder;
use crate::plan::Plan;
use crate::slurm::{Submitted, take_back};
use crate::tasks::each_job;
use classifier::Cancellation;
use runner::{Event, Failure, Watcher};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

/// How often the folder is looked into, and Slurm is asked.
const LOOK: Duration = Duration::from_secs(2);
/// How often somebody may call it off.
const MOMENT: Duration = Duration::from_millis(100);
/// Looks after which a controller that does not answer is given up: half an hour.
const MOST_UNANSWERED: usize = 900;
/// Looks for records after the last task has ended: file systems of several machines show new files late, by up to
/// a minute.
const LATE: usize = 30;

/// Why tasks wait that will run; any other reason may need somebody.
const USUAL: [&str; 6] = [
    "None",
    "Priority",
    "Resources",
    "Dependency",
    "JobArrayTaskLimit",
    // A task that was requeued.
    "BeginTime",
];

/// Waits until Slurm has none of the arrays any more: then every job has a record, or is lost. Called off, it takes
/// the arrays back.
///
/// # Errors
/// If the folder cannot be read or has another plan in the end, Slurm does not answer for half an hour, or somebody
/// calls it off.
pub fn follow(
    folder: &Folder,
    plan: &Plan,
    submitted: &Submitted,
    cancellation: &Cancellation,
    watcher: &mut dyn Watcher,
) -> Result<(), ArrayError> {
    let mut waiting = records(folder)?;
    let total = waiting.len();
    watcher.begin(&submitted.in_words(), 0, 1);
    let mut queue = Queue::default();
    let mut late = 0;
    while late < LATE {
        waiting.retain(|record| cancellation.check().is_err() || !record.exists());
        watcher.event(&Event::Step {
            done: total - waiting.len(),
            total,
            unit: "jobs".to_owned(),
        });
        if !queue.has(&submitted.arrays, watcher)? {
            if waiting.is_empty() {
                break;
            }
            late += 1;
        }
        if waits(cancellation).is_err() {
            return Err(call_off(submitted, watcher));
        }
    }
    watcher.end(&format!(
        "{} of {total} jobs have ended",
        total - waiting.len()
    ));
    if Plan::read(folder)?.is_written_as(plan) {
        return Ok(());
    }
    let path = folder.path().to_owned();
    Err(ArrayError::Replaced { path })
}

fn call_off(submitted: &Submitted, watcher: &mut dyn Watcher) -> ArrayError {
    watcher.end(&match take_back(&submitted.arrays) {
        Ok(()) => "called off; Slurm has taken its tasks back".to_owned(),
        Err(error) => format!(
            "called off, but its tasks are not ({error}); run: scancel {}",
            submitted.arrays.join(" ")
        ),
    });
    Failure::Interrupted.into()
}

/// The records that jobs will have.
fn records(folder: &Folder) -> Result<Vec<PathBuf>, ArrayError> {
    let mut paths = Vec::new();
    each_job(folder, |job| {
        paths.push(folder.record(&job.key, 1));
        Ok(())
    })?;
    Ok(paths)
}

/// What Slurm says of arrays, again and again.
#[derive(Default)]
struct Queue {
    /// Looks in a row that it did not answer.
    unanswered: usize,
    /// Unusual reasons for which tasks wait, as far as they were told.
    told: BTreeSet<String>,
}

impl Queue {
    /// Whether it has a task of these arrays that waits or runs. A controller that starts again answers later; the
    /// tasks run on meanwhile.
    fn has(&mut self, arrays: &[String], watcher: &mut dyn Watcher) -> Result<bool, ArrayError> {
        let mut command = Command::new("squeue");
        // Whatever a user is used to see.
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("SQUEUE_") {
                command.env_remove(name);
            }
        }
        command.args(["--all", "--noheader", "--format=%T %r"]);
        command.arg(format!("--jobs={}", arrays.join(",")));
        match call("squeue", &mut command) {
            Ok(said) => {
                self.unanswered = 0;
                for reason in unusual(&said) {
                    if self.told.insert(reason.to_owned()) {
                        watcher.note(&format!("Slurm lets tasks wait: {reason}"));
                    }
                }
                Ok(!said.trim().is_empty())
            }
            // What ended a while ago it does not know any more.
            Err(ArrayError::Engine { reason, .. }) if reason.contains("Invalid job id") => {
                Ok(false)
            }
            Err(error) => {
                self.unanswered += 1;
                if self.unanswered == 1 {
                    watcher.note(&format!("{error}; asking again"));
                }
                if self.unanswered == MOST_UNANSWERED {
                    return Err(error);
                }
                Ok(true)
            }
        }
    }
}

/// Reasons for which tasks wait that are not usual, of lines with a state and a reason.
fn unusual(said: &str) -> impl Iterator<Item = &str> {
    let waiting = said
        .lines()
        .filter_map(|line| line.trim().strip_prefix("PENDING "));
    waiting
        .map(str::trim)
        .filter(|reason| !USUAL.contains(reason))
}

/// Waits for the next look, unless somebody calls it off.
fn waits(cancellation: &Cancellation) -> Result<(), classifier::Cancelled> {
    for _ in 0..LOOK.as_millis() / MOMENT.as_millis() {
        cancellation.check()?;
        std::thread::sleep(MOMENT);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unusual_reasons_are_told_and_usual_ones_are_not() {
        let said = "RUNNING None\nPENDING Priority\nPENDING Resources\n PENDING AssocGrpCpuLimit\n\
                    PENDING launch failed requeued held\nCOMPLETING None\n";
        let found: Vec<&str> = unusual(said).collect();
        assert_eq!(found, ["AssocGrpCpuLimit", "launch failed requeued held"]);
        assert_eq!(unusual("").count(), 0);
    }
}
