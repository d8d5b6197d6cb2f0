//! Runs the jobs of one task, and writes a record file for each.

use crate::claim::Pulse;
use crate::error::ArrayError;
use crate::folder::Folder;
use crate::plan::Plan;
use crate::tasks::{Job, of_task};
use crate::write::line;
use records::{Outcome, Record, TrialOutcome, check_writable, is_of_a_full_disk, write_new_file};
use runner::{Bench, Piece, Setting, Watcher};
use std::collections::HashMap;
use std::time::Duration;

/// How long a result waits for room on the disk, and how often that is tried.
const PAUSE: Duration = Duration::from_secs(5);
const TRIES: usize = 120;

/// What came of the jobs of a task.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Worked {
    /// Jobs that were run.
    pub made: usize,
    /// Those of them whose model failed.
    pub failed: usize,
    /// Jobs that had a record.
    pub there: usize,
    /// Whether it was called off before all were run.
    pub cut_short: bool,
}

/// Runs the jobs of a task that have no record yet, one after another.
///
/// # Errors
/// If there is no such task, a job is none of the plan, or a record cannot be written for ten minutes.
pub fn work(
    folder: &Folder,
    plan: &Plan,
    task: i64,
    bench: &dyn Bench,
    setting: &Setting<'_>,
    watcher: &mut dyn Watcher,
) -> Result<Worked, ArrayError> {
    let number = number(folder, plan, task)?;
    let jobs = of_task(folder, number)?;
    let mut pieces: HashMap<String, Piece<'_>> = HashMap::new();
    for piece in bench.pieces() {
        if jobs.iter().any(|job| job.key == piece.key()) {
            pieces.entry(piece.key().to_owned()).or_insert(piece);
        }
    }
    let pieces = jobs.iter().map(|job| piece_of(folder, job, &pieces));
    let pieces = pieces.collect::<Result<Vec<_>, _>>()?;
    let names: Vec<String> = pieces.iter().map(|piece| bench.in_words(piece)).collect();
    watcher.plan(&names);
    let pulse = Pulse::start(folder, number);
    let mut worked = Worked::default();
    for (index, (job, piece)) in jobs.iter().zip(pieces).enumerate() {
        if folder.record(&job.key, 1).exists() {
            worked.there += 1;
            continue;
        }
        check_place(folder, &job.key)?;
        pulse.at(&job.key);
        watcher.begin(&names[index], index, jobs.len());
        let Some(record) = bench.make(piece, watcher)? else {
            worked.cut_short = true;
            watcher.end("called off");
            break;
        };
        keep(folder, &job.key, &record, setting, watcher)?;
        worked.made += 1;
        let failed = has_failed(&record);
        worked.failed += usize::from(failed);
        watcher.end(if failed { "failed" } else { "done" });
    }
    Ok(worked)
}

/// The number of a task that exists.
fn number(folder: &Folder, plan: &Plan, task: i64) -> Result<u64, ArrayError> {
    if plan.count() == 0 {
        let path = folder.path().to_owned();
        return Err(ArrayError::NothingToDo { path });
    }
    let number = u64::try_from(task).ok();
    let number = number.filter(|number| plan.tasks.contains(number));
    number.ok_or_else(|| ArrayError::NoTask {
        path: folder.path().to_owned(),
        task,
        tasks: plan.tasks.clone(),
    })
}

fn piece_of<'a, 'b>(
    folder: &Folder,
    job: &Job,
    pieces: &'b HashMap<String, Piece<'a>>,
) -> Result<&'b Piece<'a>, ArrayError> {
    pieces.get(&job.key).ok_or_else(|| {
        let reason = format!(
            "a job of {} with the key {}, which nothing of the plan has; write the plan again with --jobs",
            job.id, job.key
        );
        ArrayError::file(&folder.jobs(), reason)
    })
}

/// That nothing is computed which cannot be kept. A disk that is full now may have room then.
fn check_place(folder: &Folder, key: &str) -> Result<(), ArrayError> {
    match check_writable(&folder.record(key, 1)) {
        Err(error) if !is_of_a_full_disk(&error) => Err(error.into()),
        _ => Ok(()),
    }
}

/// Writes a record beside those that are there. What was computed is not given up because the disk is full for a
/// moment.
fn keep(
    folder: &Folder,
    key: &str,
    record: &Record,
    setting: &Setting<'_>,
    watcher: &mut dyn Watcher,
) -> Result<(), ArrayError> {
    let mut tries = 0;
    let mut nth = 1;
    loop {
        let path = folder.record(key, nth);
        match write_new_file(&path, &line(record, &path)?) {
            Ok(true) => return Ok(()),
            // Somebody else ran the same job.
            Ok(false) => nth += 1,
            Err(error) => {
                tries += 1;
                if tries >= TRIES || setting.cancellation.check().is_err() {
                    return Err(error.into());
                }
                watcher.note(&format!("{error}; trying again"));
                std::thread::sleep(PAUSE);
            }
        }
    }
}

/// Whether a model failed.
pub(crate) fn has_failed(record: &Record) -> bool {
    match record {
        Record::Fit(fit) => !matches!(fit.outcome, Outcome::Finished(_)),
        Record::Controls(found) => found.controls.iter().any(|control| !control.passed),
        Record::Trial(trial) => matches!(trial.outcome, TrialOutcome::Failed { .. }),
        Record::Run(_) | Record::Images(_) => false,
    }
}
