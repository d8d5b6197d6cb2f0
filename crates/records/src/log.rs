//! A record file that grows while a run goes on.

use crate::{Record, RecordError, RunRecord, check};
use std::fs::{self, File};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

/// An open record file. Each record is on the disk before the next fit begins.
#[derive(Debug)]
pub struct RecordLog {
    path: PathBuf,
    file: File,
    run: RunRecord,
}

impl RecordLog {
    /// Begins `DIRECTORY/records/RUN.jsonl` with the run's record. Older runs are left alone; if
    /// one has this name, `run` gets a number, there and in the record.
    ///
    /// # Errors
    /// [`RecordError::Io`] if the directory cannot be made or written to; [`RecordError::Run`] if no
    /// reader would take the record of the run.
    pub fn create(directory: &Path, run: &mut RunRecord) -> Result<Self, RecordError> {
        check::run(run).map_err(|reason| RecordError::Run { reason })?;
        let records = directory.join("records");
        fs::create_dir_all(&records).map_err(RecordError::io(&records))?;
        let first = run.run.clone();
        for number in 2.. {
            let path = records.join(format!("{}.jsonl", run.run));
            match open_new(&path) {
                Ok(file) => {
                    let run = run.clone();
                    let first = Record::Run(Box::new(run.clone()));
                    let mut log = Self { path, file, run };
                    log.append(&first)?;
                    return Ok(log);
                }
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                    run.run = format!("{first}-{number}");
                }
                Err(error) => return Err(RecordError::io(&path)(error)),
            }
        }
        unreachable!("some number is free");
    }

    /// Appends a record and waits until it is on the disk. A fit that no reader would take is
    /// written as one that failed: see [`RunRecord::checked`].
    ///
    /// # Errors
    /// [`RecordError::Io`].
    pub fn append(&mut self, record: &Record) -> Result<(), RecordError> {
        let line = line_of(&self.run, record, &self.path)?;
        self.file
            .write_all(line.as_bytes())
            .and_then(|()| self.file.sync_data())
            .map_err(RecordError::io(&self.path))
    }

    /// Puts the file back where it was removed while the run went on: what was measured is not lost with it.
    ///
    /// # Errors
    /// [`RecordError::Io`].
    pub fn restore(&mut self) -> Result<(), RecordError> {
        if self.path.exists() {
            return Ok(());
        }
        let mut again = || {
            let mut content = Vec::new();
            self.file.rewind()?;
            self.file.read_to_end(&mut content)?;
            fs::create_dir_all(self.path.parent().unwrap_or(Path::new("")))?;
            self.file = open_new(&self.path)?;
            self.file.write_all(&content)?;
            self.file.sync_data()
        };
        again().map_err(RecordError::io(&self.path))
    }

    /// Where the records are.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// A new file, which can be read, too.
fn open_new(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.read(true).write(true).create_new(true).open(path)
}

/// A record as a line of the file of a run.
pub(crate) fn line_of(
    run: &RunRecord,
    record: &Record,
    path: &Path,
) -> Result<String, RecordError> {
    let line = match record {
        Record::Fit(fit) if run.check(fit).is_err() => {
            let failed = run.checked(fit.as_ref().clone());
            serde_json::to_string(&Record::Fit(Box::new(failed)))
        }
        record => serde_json::to_string(record),
    };
    let mut line = line.map_err(|error| RecordError::io(path)(error.into()))?;
    line.push('\n');
    Ok(line)
}
