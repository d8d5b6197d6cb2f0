//! Joins the records of a folder, as if one machine had run all jobs: those of a comparison into one record file,
//! those of a search into its record.

use crate::agree::differences;
use crate::error::ArrayError;
use crate::folder::Folder;
use crate::plan::Plan;
use records::{
    Control, ControlRecord, FitRecord, Outcome, Record, RecordError, RunRecord, TrialOutcome,
    TrialRecord, TuningRecord, WholeLog, file_of_run, read_record, read_trial,
};
use runner::{Archive, Bench, Build, Comparison, Piece, TrialsAhead};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};

/// What there was to say of the records that were joined.
#[derive(Debug, Default)]
pub struct Merged {
    /// Pieces that have a record.
    pub joined: usize,
    /// Of these, those whose record the folder does not have, and the store has.
    pub stored: usize,
    /// Pieces that have none, in words.
    pub missing: Vec<String>,
    /// Files that are no record, or disagree with another, each with the reason.
    pub doubtful: Vec<String>,
    /// Why they are not all in the store.
    pub unkept: Option<String>,
}

/// Joins the records of a comparison into a record file below `results`, one after another: no more than one fit
/// is in memory. Gives the file. Merged again, it takes the place of the file of the last time. Fits that finished are
/// put into the store of `results`, so that later runs there find them; what has no record is looked for there, unless
/// the plan wants all done again.
///
/// # Errors
/// If records cannot be read or written.
pub fn merge(
    folder: &Folder,
    plan: &Plan,
    comparison: &Comparison,
    mut run: RunRecord,
    build: &Build,
    results: &Path,
) -> Result<(PathBuf, Merged), ArrayError> {
    let path = file_of_run(&comparison.directory(results), &mut run)?;
    let mut log = WholeLog::create(&path, &run)?;
    let mut places = Places::new(folder, plan, results, &run.run);
    let mut merged = Merged::default();
    let mut wrong = BTreeSet::new();
    for piece in comparison.pieces(build) {
        let read = |path: &Path| read_record(path, &run, piece.id(), piece.cell());
        let is_sound = |record: &Record| match record {
            Record::Fit(fit) => run.check(fit).is_ok(),
            _ => true,
        };
        let words = || piece.in_words(&run);
        let Some(record) = merged.one_kept(&mut places, &piece, words, read, is_sound)? else {
            continue;
        };
        if let Record::Fit(fit) = &record {
            wrong.extend(run.wrong(fit));
        }
        // Controls that could not run have a record, which says nothing.
        if !matches!(&record, Record::Controls(found) if found.controls.is_empty()) {
            log.append(&record)?;
        }
    }
    for fit in comparison.given() {
        wrong.extend(run.wrong(fit));
        log.append(&Record::Fit(Box::new(fit.clone())))?;
    }
    if let Some(images) = comparison.images(wrong.into_iter().collect()) {
        log.append(&Record::Images(images))?;
    }
    // Whoever finds the file may delete the folder.
    merged.unkept = places.archive.finish();
    log.finish()?;
    Ok((path, merged))
}

/// Joins the records of the trials of a search. A trial that has none has failed, for that reason. Trials that finished
/// are put into the store of `results`, so that later searches there find them.
///
/// # Errors
/// If records cannot be read.
pub fn merge_search(
    folder: &Folder,
    plan: &Plan,
    trials: &TrialsAhead<'_>,
    results: &Path,
) -> Result<(TuningRecord, Merged), ArrayError> {
    let mut places = Places::new(folder, plan, results, trials.run());
    let mut merged = Merged::default();
    let (mut found, mut seen) = (HashMap::new(), HashSet::new());
    for piece in trials.pieces() {
        // Two trials with the same values are one job.
        if !seen.insert(piece.key().to_owned()) {
            continue;
        }
        let read = |path: &Path| {
            let record = read_trial(path, piece.id(), trials.folds())?;
            Ok(record.map(Record::Trial))
        };
        let is_sound = |record: &Record| match record {
            Record::Trial(trial) => trial.check(trials.folds()).is_ok(),
            _ => true,
        };
        let words = || trials.in_words(&piece);
        let record = merged.one_kept(&mut places, &piece, words, read, is_sound)?;
        if let Some(Record::Trial(record)) = record {
            found.insert(piece.key().to_owned(), record);
        }
    }
    merged.unkept = places.archive.finish();
    let record = trials.join(|piece| found.get(piece.key()).cloned());
    Ok((record, merged))
}

/// Where the record of a piece is looked for.
struct Places<'a> {
    folder: &'a Folder,
    plan: &'a Plan,
    archive: Archive,
}

impl<'a> Places<'a> {
    fn new(folder: &'a Folder, plan: &'a Plan, results: &Path, run: &str) -> Self {
        folder.sweep();
        Self {
            folder,
            plan,
            archive: Archive::open(results, run),
        }
    }

    /// What the store has of a piece, unless all was to be done again.
    fn stored(&mut self, piece: &Piece<'_>) -> Option<Record> {
        let limits = self.plan.limits();
        (!self.plan.refit)
            .then(|| self.archive.known(piece, limits))
            .flatten()
    }
}

impl Merged {
    /// The record of a piece, which is put into the store unless something about it is doubtful; one that is not in the
    /// folder is taken from the store, if it is sound there.
    fn one_kept(
        &mut self,
        places: &mut Places<'_>,
        piece: &Piece<'_>,
        words: impl Fn() -> String,
        read: impl Fn(&Path) -> Result<Option<Record>, RecordError>,
        is_sound: impl Fn(&Record) -> bool,
    ) -> Result<Option<Record>, ArrayError> {
        let doubts = self.doubtful.len();
        let mut record = self.one(places.folder, piece.key(), &words, read)?;
        match &record {
            _ if self.doubtful.len() > doubts => places.archive.forget(piece),
            Some(record) => places.archive.keep(piece, record),
            None => {
                record = places.stored(piece).filter(is_sound);
                self.stored += usize::from(record.is_some());
            }
        }
        match &record {
            Some(_) => self.joined += 1,
            None => self.missing.push(words()),
        }
        Ok(record)
    }

    /// The record of a piece under its key. If there are several that say the same it is the first; else the piece
    /// has failed, for that reason.
    fn one(
        &mut self,
        folder: &Folder,
        key: &str,
        words: impl Fn() -> String,
        read: impl Fn(&Path) -> Result<Option<Record>, RecordError>,
    ) -> Result<Option<Record>, ArrayError> {
        let mut found: Option<(PathBuf, Record)> = None;
        for nth in 1.. {
            let path = folder.record(key, nth);
            let record = match read(&path) {
                Ok(Some(record)) => record,
                Ok(None) => break,
                Err(error @ RecordError::Io { .. }) => return Err(error.into()),
                Err(error) => {
                    self.doubtful
                        .push(format!("{error}; delete it, and its job is missing"));
                    continue;
                }
            };
            if let Err(reason) = has_key(&record, key) {
                self.doubtful.push(format!("{}: {reason}", path.display()));
                continue;
            }
            let Some((first, one)) = &found else {
                found = Some((path, record));
                continue;
            };
            let differing = differences(one, &record);
            if !differing.is_empty() {
                let reason = disagreement([first, &path], [one, &record], &differing);
                self.doubtful.push(format!("{}: {reason}", words()));
                return Ok(Some(failed(one, reason)));
            }
        }
        Ok(found.map(|(_, record)| record))
    }
}

/// A record says itself what it is of; controls do not.
fn has_key(record: &Record, key: &str) -> Result<(), String> {
    let own = match record {
        Record::Fit(fit) => &fit.key,
        Record::Trial(trial) => &trial.key,
        _ => return Ok(()),
    };
    if own == key {
        return Ok(());
    }
    Err(format!(
        "the record of another job, whose key is {own}; delete it, and its job is missing"
    ))
}

fn disagreement(paths: [&PathBuf; 2], records: [&Record; 2], differing: &[String]) -> String {
    let machine = |record: &Record| match record {
        Record::Fit(fit) => fit.machine.clone(),
        Record::Trial(trial) => trial.machine.clone(),
        _ => None,
    };
    let machine = |record: &Record| machine(record).unwrap_or_else(|| "unknown".to_owned());
    format!(
        "two records of one job differ in {}: {} (machine: {}) and {} (machine: {})",
        differing.join(", "),
        paths[0].display(),
        machine(records[0]),
        paths[1].display(),
        machine(records[1]),
    )
}

/// The same piece without a result.
fn failed(record: &Record, reason: String) -> Record {
    match record.clone() {
        Record::Fit(fit) => Record::Fit(Box::new(FitRecord {
            outcome: Outcome::Failed { reason },
            ..*fit
        })),
        Record::Controls(found) => Record::Controls(ControlRecord {
            id: found.id,
            controls: vec![Control {
                name: "one outcome".to_owned(),
                passed: false,
                detail: reason,
            }],
        }),
        Record::Trial(trial) => Record::Trial(TrialRecord {
            outcome: TrialOutcome::Failed {
                reason,
                seconds: 0.0,
            },
            ..trial
        }),
        other @ (Record::Run(_) | Record::Images(_)) => other,
    }
}
