//! Waits for the arrays that Slurm was given, and says how far their jobs are.

use crate::error::ArrayError;
use crate::folder::Folder;
use crate::slurm::{Submitted, call};
use crate::tasks::each_job;
use classifier::Cancellation;
use runner::{Event, Failure, Watcher};
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

/// How often the folder is looked into, and Slurm is asked.
const LOOK: Duration = Duration::from_secs(2);
/// How often somebody may call it off.
const MOMENT: Duration = Duration::from_millis(100);

/// Waits until Slurm has none of the arrays any more: then every job has a record, or is lost. Called off, it takes
/// the arrays back.
///
/// # Errors
/// If the folder cannot be read, or somebody calls it off.
pub fn follow(
    folder: &Folder,
    submitted: &Submitted,
    cancellation: &Cancellation,
    watcher: &mut dyn Watcher,
) -> Result<(), ArrayError> {
    let mut waiting = records(folder)?;
    let total = waiting.len();
    watcher.begin(&submitted.in_words(), 0, 1);
    let mut silent = false;
    loop {
        waiting.retain(|record| !record.exists());
        watcher.event(&Event::Step {
            done: total - waiting.len(),
            total,
            unit: "jobs".to_owned(),
        });
        match is_queued(&submitted.arrays) {
            Ok(true) => silent = false,
            Ok(false) => break,
            // A controller that starts again answers later; the tasks run on meanwhile.
            Err(error) if !silent => {
                watcher.note(&format!("{error}; asking again"));
                silent = true;
            }
            Err(_) => {}
        }
        if waits(cancellation).is_err() {
            let taken = call("scancel", Command::new("scancel").args(&submitted.arrays));
            watcher.end(match taken {
                Ok(_) => "called off; Slurm has taken its tasks back",
                Err(_) => "called off; Slurm does not answer: scancel takes its tasks back",
            });
            return Err(Failure::Interrupted.into());
        }
    }
    waiting.retain(|record| !record.exists());
    watcher.end(&format!(
        "{} of {total} jobs have ended",
        total - waiting.len()
    ));
    Ok(())
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

/// Whether Slurm has a task of these arrays that waits or runs.
fn is_queued(arrays: &[String]) -> Result<bool, ArrayError> {
    let mut command = Command::new("squeue");
    command.arg("--noheader").arg("--format=%A");
    command.arg(format!("--jobs={}", arrays.join(",")));
    match call("squeue", &mut command) {
        Ok(said) => Ok(!said.trim().is_empty()),
        // What ended a while ago it does not know any more.
        Err(ArrayError::Engine { reason, .. }) if reason.contains("Invalid job id") => Ok(false),
        Err(error) => Err(error),
    }
}

/// Waits for the next look, unless somebody calls it off.
fn waits(cancellation: &Cancellation) -> Result<(), classifier::Cancelled> {
    for _ in 0..LOOK.as_millis() / MOMENT.as_millis() {
        cancellation.check()?;
        std::thread::sleep(MOMENT);
    }
    Ok(())
}
