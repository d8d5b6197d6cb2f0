//! Writes the files of a report.

use crate::error::ReportError;
use crate::figure::Figure;
use crate::lock::alone_in;
use crate::{figures, html, markdown};
use analysis::Report;
use records::write_file;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;

/// Writes `README.md`, `index.html`, `report.json` and the figures of a report into `directory`,
/// each figure with its data beside it. Then figures of models that are not in the report any more
/// are removed. Of several processes one writes at a time, so that all files are of one report.
///
/// # Errors
/// [`ReportError`] naming the file.
pub fn write_report(directory: &Path, report: &Report) -> Result<(), ReportError> {
    let figures = figures::draw(report)?;
    // Where it is if the results are in their usual place.
    let methodology = Some("../../METHODOLOGY.md").filter(|path| directory.join(path).is_file());
    let markdown = markdown::page(report, &figures, methodology)?;
    let html = html::page(report, &figures)?;
    let json = report.to_json();
    alone_in(directory, || {
        let figures_directory = directory.join("figures");
        fs::create_dir_all(&figures_directory).map_err(ReportError::io(&figures_directory))?;
        for figure in &figures {
            figure.write(&figures_directory)?;
        }
        for (name, text) in [
            ("report.json", json),
            ("README.md", markdown),
            ("index.html", html),
        ] {
            write_file(&directory.join(name), text.as_bytes())?;
        }
        remove_stale(&figures_directory, &figures)
    })
}

/// Removes pictures and data of other figures than these, and nothing else that is there.
fn remove_stale(directory: &Path, figures: &[Figure]) -> Result<(), ReportError> {
    for entry in fs::read_dir(directory).map_err(ReportError::io(directory))? {
        let entry = entry.map_err(ReportError::io(directory))?;
        let (path, name) = (entry.path(), entry.file_name());
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        let is_written =
            |extension: &OsStr| ["svg", "png", "csv"].iter().any(|of| extension == *of);
        let is_of = |figure: &Figure| {
            let files = [&figure.name, &figure.data_name(), &figure.narrow_name()];
            files.into_iter().any(|file| name == **file)
        };
        if is_file && path.extension().is_some_and(is_written) && !figures.iter().any(is_of) {
            fs::remove_file(&path).map_err(ReportError::io(&path))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
