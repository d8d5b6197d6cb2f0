//! The one place that reads and writes files: records line by line, pages all at once.

use crate::{
    ControlRecord, FitRecord, ImagesRecord, Record, Report, ReportError, RunRecord, figures,
    figures::Figure, html, markdown,
};
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

/// An open record file. Each record is on the disk before the next fit begins.
#[derive(Debug)]
pub struct RecordLog {
    path: PathBuf,
    file: File,
}

impl RecordLog {
    /// Begins `DIRECTORY/records/RUN.jsonl` with the run's record. Older runs are left alone; if
    /// one has this name, `run` gets a number, there and in the record.
    ///
    /// # Errors
    /// [`ReportError::Io`] if the directory cannot be made or written to.
    pub fn create(directory: &Path, run: &mut RunRecord) -> Result<Self, ReportError> {
        let records = directory.join("records");
        fs::create_dir_all(&records).map_err(ReportError::io(&records))?;
        let first = run.run.clone();
        for number in 2.. {
            let path = records.join(format!("{}.jsonl", run.run));
            match File::create_new(&path) {
                Ok(file) => {
                    let mut log = Self { path, file };
                    log.append(&Record::Run(Box::new(run.clone())))?;
                    return Ok(log);
                }
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                    run.run = format!("{first}-{number}");
                }
                Err(error) => return Err(ReportError::io(&path)(error)),
            }
        }
        unreachable!("some number is free");
    }

    /// Appends a record and waits until it is on the disk.
    ///
    /// # Errors
    /// [`ReportError::Io`].
    pub fn append(&mut self, record: &Record) -> Result<(), ReportError> {
        let mut line = serde_json::to_string(record)
            .map_err(|error| ReportError::render(self.path.display().to_string(), &error))?;
        line.push('\n');
        self.file
            .write_all(line.as_bytes())
            .and_then(|()| self.file.sync_data())
            .map_err(ReportError::io(&self.path))
    }

    /// Where the records are.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// All that was recorded of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Records {
    /// What was about to run.
    pub run: RunRecord,
    /// The fits that ended, in order.
    pub fits: Vec<FitRecord>,
    /// What controls found.
    pub controls: Vec<ControlRecord>,
    /// The images that some model got wrong, if the run came to its end.
    pub images: Option<ImagesRecord>,
}

/// The records of a run. A last line that was cut off by a crash is passed over.
///
/// # Errors
/// [`ReportError::Record`] with the line that is no record; [`ReportError::NoRun`].
pub fn read_records(path: &Path) -> Result<Records, ReportError> {
    let text = fs::read_to_string(path).map_err(ReportError::io(path))?;
    let mut run = None;
    let mut fits = Vec::new();
    let mut controls = Vec::new();
    let mut images = None;
    for (index, line) in text.split_inclusive('\n').enumerate() {
        match serde_json::from_str(line) {
            Ok(Record::Run(record)) => run = Some(*record),
            Ok(Record::Fit(record)) => fits.push(*record),
            Ok(Record::Controls(record)) => controls.push(record),
            Ok(Record::Images(record)) => images = Some(record),
            Err(_) if !line.ends_with('\n') => {}
            Err(_) if line.contains("\"format\":1,") => {
                return Err(ReportError::OldFormat {
                    path: path.to_owned(),
                });
            }
            Err(error) => {
                return Err(ReportError::Record {
                    path: path.to_owned(),
                    line: index + 1,
                    reason: error.to_string(),
                });
            }
        }
    }
    let run = run.ok_or_else(|| ReportError::NoRun {
        path: path.to_owned(),
    })?;
    Ok(Records {
        run,
        fits,
        controls,
        images,
    })
}

/// The record file of the newest run below a report's directory.
///
/// # Errors
/// [`ReportError::NoRecords`] if there is none.
///
/// # Panics
/// Never: there is a newest of some.
pub fn newest_run(directory: &Path) -> Result<PathBuf, ReportError> {
    Ok(runs(directory)?.pop().expect("there is a run"))
}

/// The record files below a report's directory, the oldest first.
///
/// # Errors
/// [`ReportError::NoRecords`] if there is none.
pub fn runs(directory: &Path) -> Result<Vec<PathBuf>, ReportError> {
    let none = || ReportError::NoRecords {
        directory: directory.to_owned(),
    };
    let entries = fs::read_dir(directory.join("records")).map_err(|_| none())?;
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "jsonl")
        })
        .collect();
    paths.sort_by_key(|path| path.file_stem().map(ToOwned::to_owned));
    if paths.is_empty() {
        return Err(none());
    }
    Ok(paths)
}

/// Writes `README.md`, `index.html`, `report.json` and the figures of a report into `directory`,
/// each figure with its data beside it. Then figures of models that are not in the report any more
/// are removed.
///
/// # Errors
/// [`ReportError`] naming the file.
pub fn write_report(directory: &Path, report: &Report) -> Result<(), ReportError> {
    let figures_directory = directory.join("figures");
    fs::create_dir_all(&figures_directory).map_err(ReportError::io(&figures_directory))?;
    let figures = figures::draw(report)?;
    for figure in &figures {
        figure.write(&figures_directory)?;
    }
    write_file(&directory.join("report.json"), report.to_json()?.as_bytes())?;
    // Where it is if the results are in their usual place.
    let methodology = Some("../../METHODOLOGY.md").filter(|path| directory.join(path).is_file());
    let page = markdown::page(report, &figures, methodology)?;
    write_file(&directory.join("README.md"), page.as_bytes())?;
    write_file(
        &directory.join("index.html"),
        html::page(report, &figures)?.as_bytes(),
    )?;
    remove_stale(&figures_directory, &figures)
}

/// Removes pictures and data of other figures than these, and nothing else that is there.
fn remove_stale(directory: &Path, figures: &[Figure]) -> Result<(), ReportError> {
    for entry in fs::read_dir(directory).map_err(ReportError::io(directory))? {
        let entry = entry.map_err(ReportError::io(directory))?;
        let (path, name) = (entry.path(), entry.file_name());
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        let is_written =
            |extension: &OsStr| ["svg", "png", "csv"].iter().any(|of| extension == *of);
        let is_of = |figure: &Figure| name == *figure.name || name == *figure.data_name();
        if is_file && path.extension().is_some_and(is_written) && !figures.iter().any(is_of) {
            fs::remove_file(&path).map_err(ReportError::io(&path))?;
        }
    }
    Ok(())
}

/// Writes a file in one step, so that a reader never sees half of it, and makes its directory.
///
/// # Errors
/// [`ReportError::Io`].
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<(), ReportError> {
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory).map_err(ReportError::io(directory))?;
    }
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    fs::write(&part, bytes).map_err(ReportError::io(&part))?;
    fs::rename(&part, path).map_err(ReportError::io(path))
}

#[cfg(test)]
mod tests;
