//! Joins the records of a folder into one record file, as if one machine had run all jobs.

use crate::agree::differences;
use crate::error::ArrayError;
use crate::folder::Folder;
use records::{
    Control, ControlRecord, FitRecord, Outcome, Record, RunRecord, WholeLog, file_of_run,
    read_record,
};
use runner::{Build, Comparison, Piece};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What was joined, and what there was to say of it.
#[derive(Debug)]
pub struct Merged {
    /// The record file.
    pub path: PathBuf,
    /// Pieces of the comparison that have a record.
    pub joined: usize,
    /// Pieces that have none, in words.
    pub missing: Vec<String>,
    /// Files that are no record, or disagree with another, each with the reason.
    pub doubtful: Vec<String>,
}

/// Joins the records of a folder into a record file below `results`, one after another: no more than one fit is
/// in memory. Merged again, it takes the place of the file of the last time.
///
/// # Errors
/// If records cannot be read or written.
pub fn merge(
    folder: &Folder,
    comparison: &Comparison,
    mut run: RunRecord,
    build: &Build,
    results: &Path,
) -> Result<Merged, ArrayError> {
    let path = file_of_run(&comparison.directory(results), &mut run)?;
    let mut log = WholeLog::create(&path, &run)?;
    let mut merged = Merged {
        path,
        joined: 0,
        missing: Vec::new(),
        doubtful: Vec::new(),
    };
    let mut wrong = BTreeSet::new();
    for piece in comparison.pieces(build) {
        let Some(record) = merged.one(folder, &run, &piece)? else {
            merged.missing.push(piece.in_words(&run));
            continue;
        };
        merged.joined += 1;
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
    log.finish()?;
    Ok(merged)
}

impl Merged {
    /// The record of a piece. If there are several that say the same it is the first; else the piece has failed,
    /// for that reason.
    fn one(
        &mut self,
        folder: &Folder,
        run: &RunRecord,
        piece: &Piece<'_>,
    ) -> Result<Option<Record>, ArrayError> {
        let mut found: Option<(PathBuf, Record)> = None;
        for nth in 1.. {
            let path = folder.record(piece.key(), nth);
            let record = match read_record(&path, run, piece.id(), piece.cell()) {
                Ok(Some(record)) => record,
                Ok(None) => break,
                Err(error @ records::RecordError::Io { .. }) => return Err(error.into()),
                Err(error) => {
                    self.doubtful
                        .push(format!("{error}; delete it, and its job is missing"));
                    continue;
                }
            };
            if let Err(reason) = has_key(&record, piece.key()) {
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
                self.doubtful
                    .push(format!("{}: {reason}", piece.in_words(run)));
                return Ok(Some(failed(one, reason)));
            }
        }
        Ok(found.map(|(_, record)| record))
    }
}

/// A record says itself what it is of; controls do not.
fn has_key(record: &Record, key: &str) -> Result<(), String> {
    match record {
        Record::Fit(fit) if fit.key != key => Err(format!(
            "the record of another fit, whose key is {}; delete it, and its job is missing",
            fit.key
        )),
        _ => Ok(()),
    }
}

fn disagreement(paths: [&PathBuf; 2], records: [&Record; 2], differing: &[String]) -> String {
    let machine = |record: &Record| match record {
        Record::Fit(fit) => fit.machine.as_deref().unwrap_or("unknown").to_owned(),
        _ => "unknown".to_owned(),
    };
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
        other => other,
    }
}
