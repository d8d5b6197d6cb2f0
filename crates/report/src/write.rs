//! Writes the files of a report.

use crate::error::ReportError;
use crate::figure::Figure;
use crate::lock::{alone_in, read};
use crate::{figures, html, markdown};
use analysis::Report;
use records::{NARROW, write_own_file};
use std::path::Path;
use std::{fs, io};

/// Writes `README.md`, `index.html`, `report.json` and the figures of a report into `directory`,
/// as [`Pages::write`] does.
///
/// # Errors
/// [`ReportError`] naming the file.
pub fn write_report(directory: &Path, report: &Report) -> Result<(), ReportError> {
    Pages::of(report, directory)?.write()
}

/// All files of a report, made and not yet written: to make them takes long, to write them does not.
pub struct Pages<'a> {
    directory: &'a Path,
    figures: Vec<Figure>,
    files: [(&'static str, String); 3],
}

impl<'a> Pages<'a> {
    /// Makes those of a report that belongs into `directory`.
    ///
    /// # Errors
    /// [`ReportError`] naming the file.
    pub fn of(report: &Report, directory: &'a Path) -> Result<Self, ReportError> {
        let figures = figures::draw(report)?;
        // Where it is if the results are in their usual place.
        let methodology =
            Some("../../METHODOLOGY.md").filter(|path| directory.join(path).is_file());
        let markdown = markdown::page(report, &figures, methodology)?;
        let html = html::page(report, &figures)?;
        let files = [
            ("report.json", report.to_json()),
            ("README.md", markdown),
            ("index.html", html),
        ];
        Ok(Self {
            directory,
            figures,
            files,
        })
    }

    /// Writes them, each figure with its data beside it. Then figures of the report before that are not in
    /// this one are removed. Of several processes one writes at a time, so that all files are of one report.
    ///
    /// # Errors
    /// [`ReportError`] naming the file.
    pub fn write(&self) -> Result<(), ReportError> {
        let Self {
            directory,
            figures,
            files,
        } = self;
        alone_in(directory, || {
            let before = read(&directory.join("README.md")).unwrap_or_default();
            let before = String::from_utf8_lossy(&before);
            let figures_directory = directory.join("figures");
            if figures_directory.is_symlink() {
                let link = io::Error::other(
                    "a symbolic link, where the report keeps figures of its own; remove it",
                );
                return Err(ReportError::io(&figures_directory)(link));
            }
            fs::create_dir_all(&figures_directory).map_err(ReportError::io(&figures_directory))?;
            for figure in figures {
                figure.write(&figures_directory)?;
            }
            for (name, text) in files {
                write_own_file(&directory.join(name), text.as_bytes())?;
            }
            remove_stale(&figures_directory, &before, figures)
        })
    }
}

/// Removes pictures and data that the page `before` shows, and none of these figures has.
fn remove_stale(directory: &Path, before: &str, figures: &[Figure]) -> Result<(), ReportError> {
    for entry in fs::read_dir(directory).map_err(ReportError::io(directory))? {
        let entry = entry.map_err(ReportError::io(directory))?;
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        let is_of = |figure: &Figure| {
            [&figure.name, &figure.data_name(), &figure.narrow_name()].contains(&&name)
        };
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        if is_file && is_shown(&name, before) && !figures.iter().any(is_of) {
            let path = entry.path();
            fs::remove_file(&path).map_err(ReportError::io(&path))?;
        }
    }
    Ok(())
}

/// Whether a page shows the figure that a picture, a drawing for phones or a table of data is of.
fn is_shown(name: &str, page: &str) -> bool {
    let Some((stem, "svg" | "png" | "csv")) = name.rsplit_once('.') else {
        return false;
    };
    let stem = stem.strip_suffix(NARROW).unwrap_or(stem);
    ["svg", "png"]
        .iter()
        .any(|ending| page.contains(&format!("figures/{stem}.{ending}")))
}

#[cfg(test)]
mod tests;
