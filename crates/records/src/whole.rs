//! A record file that is written in one step, from records that are there already.

use crate::log::line_of;
use crate::part::{beside, sweep_parts_of};
use crate::write::directory_of;
use crate::{Record, RecordError, RunRecord, check, open_own_file};
use std::fs;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// A record file that appears, whole, when [`finish`](Self::finish) is called.
#[derive(Debug)]
pub struct WholeLog {
    path: PathBuf,
    part: BufWriter<NamedTempFile>,
    run: RunRecord,
}

impl WholeLog {
    /// Begins what will take the place of `path`.
    ///
    /// # Errors
    /// [`RecordError::Io`] if its directory cannot be written to; [`RecordError::Run`] if no reader would
    /// take the record of the run.
    pub fn create(path: &Path, run: &RunRecord) -> Result<Self, RecordError> {
        check::run(run).map_err(|reason| RecordError::Run { reason })?;
        let begin = || {
            let directory = directory_of(path);
            fs::create_dir_all(directory)?;
            sweep_parts_of(path, directory);
            beside(path, directory)
        };
        let mut log = Self {
            path: path.to_owned(),
            part: BufWriter::with_capacity(1 << 20, begin().map_err(RecordError::io(path))?),
            run: run.clone(),
        };
        log.append(&Record::Run(Box::new(run.clone())))?;
        Ok(log)
    }

    /// Adds a record. A fit that no reader would take is written as one that failed, as
    /// [`RecordLog`](crate::RecordLog) does.
    ///
    /// # Errors
    /// [`RecordError::Io`].
    pub fn append(&mut self, record: &Record) -> Result<(), RecordError> {
        let line = line_of(&self.run, record, &self.path)?;
        let written = self.part.write_all(line.as_bytes());
        written.map_err(RecordError::io(&self.path))
    }

    /// Puts the file where it belongs, once all of it is on the disk.
    ///
    /// # Errors
    /// [`RecordError::Io`]; then no part of a file is left.
    pub fn finish(self) -> Result<(), RecordError> {
        let finish = |part: BufWriter<NamedTempFile>| -> io::Result<()> {
            let part = part.into_inner().map_err(io::IntoInnerError::into_error)?;
            part.as_file().sync_all()?;
            part.persist(&self.path)?;
            Ok(())
        };
        finish(self.part).map_err(RecordError::io(&self.path))
    }
}

/// The file below `DIRECTORY/records` for a run that may have been written before: the one that begins with
/// its record, else one that is not there yet. `run` gets a number if another run has its name.
///
/// # Errors
/// [`RecordError::Io`].
pub fn file_of_run(directory: &Path, run: &mut RunRecord) -> Result<PathBuf, RecordError> {
    let first = run.run.clone();
    for number in 2.. {
        let path = directory.join("records").join(format!("{}.jsonl", run.run));
        let mut begins = Vec::new();
        match open_own_file(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(path),
            Err(error) => return Err(RecordError::io(&path)(error)),
            Ok(file) => BufReader::new(file)
                .read_until(b'\n', &mut begins)
                .map_err(RecordError::io(&path))?,
        };
        let record = Record::Run(Box::new(run.clone()));
        if begins == line_of(run, &record, &path)?.as_bytes() {
            return Ok(path);
        }
        run.run = format!("{first}-{number}");
    }
    unreachable!("some number is free");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::run;
    use crate::read_records;

    #[test]
    fn a_file_is_there_when_it_is_whole() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("records/run.jsonl");
        let run = run(&["softmax"], &[0, 1]);
        let log = WholeLog::create(&path, &run).unwrap();
        assert!(!path.exists());
        log.finish().unwrap();
        assert_eq!(read_records(&path).unwrap().run, run);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn a_run_keeps_its_file_and_another_gets_a_number() {
        let directory = tempfile::tempdir().unwrap();
        let mut first = run(&["softmax"], &[0, 1]);
        let mut second = run(&["softmax"], &[1, 1]);
        let write = |run: &mut RunRecord| {
            let path = file_of_run(directory.path(), run).unwrap();
            WholeLog::create(&path, run).unwrap().finish().unwrap();
            path
        };
        let [a, b] = [write(&mut first), write(&mut second)];
        assert!(a != b && second.run.ends_with("-2"), "{}", b.display());
        let mut again = run(&["softmax"], &[0, 1]);
        assert_eq!(write(&mut again), a);
    }
}
