//! Reads record files, and checks them.

use crate::wire::{Line, TrialLine};
use crate::{
    Cell, FORMAT, Fitted, Outcome, Record, RecordError, Records, RunRecord, TrialRecord, check,
    is_file_name, open_own_file, read_own_file,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

/// The oldest format that is read.
const OLDEST: u32 = 2;

/// The most bytes that all fits of a file may take in memory. What is packed is a thousand times
/// smaller at best, so that a file of a few megabytes could take all there is.
const MOST_BYTES: usize = 8 << 30;

/// The records of a run, checked. A last line that was cut off by a crash is passed over.
///
/// # Errors
/// [`RecordError::Line`] with the line and what is wrong there; [`RecordError::NoRun`];
/// [`RecordError::OtherFormat`].
pub fn read_records(path: &Path) -> Result<Records, RecordError> {
    let file = open_own_file(path).map_err(RecordError::io(path))?;
    let mut lines = BufReader::new(file);
    let mut reader = Reader {
        path,
        line: 0,
        records: None,
        bytes: 0,
    };
    let mut line = Vec::new();
    loop {
        line.clear();
        let length = lines.read_until(b'\n', &mut line);
        if length.map_err(RecordError::io(path))? == 0 {
            break;
        }
        reader.line += 1;
        reader.take(&line)?;
    }
    reader.records.ok_or_else(|| RecordError::NoRun {
        path: path.to_owned(),
    })
}

struct Reader<'a> {
    path: &'a Path,
    line: usize,
    /// From the first line on.
    records: Option<Records>,
    /// What the fits take in memory.
    bytes: usize,
}

#[derive(Deserialize)]
struct Format {
    format: u32,
}

impl Reader<'_> {
    fn take(&mut self, line: &[u8]) -> Result<(), RecordError> {
        let format = serde_json::from_slice(line);
        if let (1, Ok(Format { format })) = (self.line, format)
            && !(OLDEST..=FORMAT).contains(&format)
        {
            return Err(RecordError::OtherFormat {
                path: self.path.to_owned(),
                format,
            });
        }
        match serde_json::from_slice(line) {
            Ok(record) => self.add(record),
            // Cut off.
            Err(_) if !line.ends_with(b"\n") => Ok(()),
            Err(_) if line.trim_ascii().is_empty() => Err(self.wrong("an empty line".to_owned())),
            Err(error) => Err(self.wrong(no_record(&error))),
        }
    }

    fn add(&mut self, line: Line) -> Result<(), RecordError> {
        let Some(records) = &mut self.records else {
            self.records = Some(self.begin(line)?);
            return Ok(());
        };
        match unpack(line, &records.run) {
            Ok(Record::Run(_)) => return Err(self.wrong("a second run in one file".to_owned())),
            Ok(Record::Fit(fit)) => {
                if let Outcome::Finished(fitted) = &fit.outcome {
                    self.bytes += size(fitted);
                }
                records.fits.push(*fit);
            }
            Ok(Record::Controls(found)) => records.controls.push(found),
            Ok(Record::Images(images)) => records.images = Some(images),
            Ok(Record::Trial(_)) => return Err(self.wrong("a trial of a search".to_owned())),
            Err(reason) => return Err(self.wrong(reason)),
        }
        if self.bytes > MOST_BYTES {
            let most = MOST_BYTES >> 30;
            return Err(self.wrong(format!("the fits take more than {most} GiB of memory")));
        }
        Ok(())
    }

    fn begin(&self, line: Line) -> Result<Records, RecordError> {
        let Line::Run(run) = line else {
            return Err(RecordError::NoRun {
                path: self.path.to_owned(),
            });
        };
        let unpacked = || -> Result<RunRecord, String> {
            check::data_set(&run.dataset)?;
            let run = run.unpack()?;
            check::run(&run)?;
            Ok(run)
        };
        Ok(Records {
            run: unpacked().map_err(|reason| self.wrong(reason))?,
            fits: Vec::new(),
            controls: Vec::new(),
            images: None,
        })
    }

    fn wrong(&self, reason: String) -> RecordError {
        RecordError::Line {
            path: self.path.to_owned(),
            line: self.line,
            reason,
        }
    }
}

/// A record of a run, checked.
fn unpack(line: Line, run: &RunRecord) -> Result<Record, String> {
    Ok(match line {
        Line::Run(run) => Record::Run(Box::new(run.unpack()?)),
        Line::Fit(fit) => {
            let fit = fit.unpack(run)?;
            check::fit(run, &fit)?;
            Record::Fit(Box::new(fit))
        }
        Line::Controls(found) => {
            check::controls(run, &found)?;
            Record::Controls(found)
        }
        Line::Images(images) => {
            let images = images.unpack(run)?;
            check::images(run, &images)?;
            Record::Images(images)
        }
    })
}

/// The one record of a file, as that of the model `id` of a run, and of its fit `cell` if it is of a fit:
/// two models that do the same have one record. `None` if there is no such file.
///
/// # Errors
/// [`RecordError::Io`]; [`RecordError::Line`] if it is no record, or cannot be one of this run.
pub fn read_record(
    path: &Path,
    run: &RunRecord,
    id: &str,
    cell: Option<Cell>,
) -> Result<Option<Record>, RecordError> {
    one_of_a_file(path, |line| unpack(Line::of(line, id, cell)?, run))
}

/// The one record of a file, as that of a trial over so many folds of the model `id`. `None` if there is no such
/// file.
///
/// # Errors
/// [`RecordError::Io`]; [`RecordError::Line`] if it is no record of such a trial.
pub fn read_trial(path: &Path, id: &str, folds: usize) -> Result<Option<TrialRecord>, RecordError> {
    one_of_a_file(path, |line: TrialLine| {
        let TrialLine::Trial(mut record) = line;
        id.clone_into(&mut record.id);
        record.check(folds)?;
        Ok(record)
    })
}

/// What is wrong with the line of a file, whose number is said elsewhere.
fn no_record(error: &serde_json::Error) -> String {
    let reason = error.to_string();
    format!(
        "not a record ({})",
        reason.replace(" at line 1 column ", " in column ")
    )
}

/// The line of a file that has but one, made into a record; `None` if there is no such file.
fn one_of_a_file<L: DeserializeOwned, T>(
    path: &Path,
    unpack: impl FnOnce(L) -> Result<T, String>,
) -> Result<Option<T>, RecordError> {
    let bytes = match read_own_file(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(RecordError::io(path)(error)),
    };
    let line = serde_json::from_slice(&bytes).map_err(|error| no_record(&error));
    line.and_then(unpack)
        .map(Some)
        .map_err(|reason| RecordError::Line {
            path: path.to_owned(),
            line: 1,
            reason,
        })
}

/// What a fit takes in memory, in bytes.
fn size(fitted: &Fitted) -> usize {
    let logs = fitted.log_probabilities.as_ref().map_or(0, Vec::len);
    let weights = fitted
        .linear
        .as_ref()
        .map_or(0, |linear| linear.weights.len());
    let pixels = fitted.mistakes.iter().map(|mistake| mistake.pixels.len());
    2 * fitted.predictions.len() + 4 * (logs + weights) + pixels.sum::<usize>()
}

/// The record file of the newest run below a report's directory.
///
/// # Errors
/// [`RecordError::NoRecords`] if there is none.
///
/// # Panics
/// Never: there is a newest of some.
pub fn newest_run(directory: &Path) -> Result<PathBuf, RecordError> {
    Ok(runs(directory)?.pop().expect("there is a run"))
}

/// The record files below a report's directory, the oldest first.
///
/// # Errors
/// [`RecordError::NoRecords`] if there is none.
pub fn runs(directory: &Path) -> Result<Vec<PathBuf>, RecordError> {
    let paths = record_files(directory);
    if paths.is_empty() {
        return Err(RecordError::NoRecords {
            directory: directory.to_owned(),
            beside: with_records_beside(directory),
        });
    }
    Ok(paths)
}

/// The file of a run, by name.
///
/// # Errors
/// [`RecordError::UnknownRun`].
pub fn run_file(directory: &Path, run: &str) -> Result<PathBuf, RecordError> {
    let path = directory.join("records").join(format!("{run}.jsonl"));
    if is_file_name(run) && path.is_file() {
        return Ok(path);
    }
    Err(RecordError::UnknownRun {
        directory: directory.to_owned(),
        run: run.to_owned(),
    })
}

fn record_files(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory.join("records"));
    let mut paths: Vec<PathBuf> = entries
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|is| is == "jsonl"))
        // A pipe would be waited for, and an empty file is of a run whose first line was not written.
        .filter(|path| fs::metadata(path).is_ok_and(|found| found.is_file() && found.len() > 0))
        .collect();
    paths.sort_by_key(|path| path.file_stem().map(ToOwned::to_owned));
    paths
}

/// The names of the directories beside this one that have records.
fn with_records_beside(directory: &Path) -> Vec<String> {
    let beside = directory.parent().map(fs::read_dir);
    let entries = beside.into_iter().flatten().flatten().flatten();
    let mut names: Vec<String> = entries
        .filter(|entry| !record_files(&entry.path()).is_empty())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort();
    names
}

#[cfg(test)]
mod tests;
