//! What came of a comparison or a search: written, printed, and whether all is well.

use crate::failure::Failure;
use crate::interrupt::unbroken;
use crate::output;
use analysis::Report;
use records::TuningRecord;
use report::{Pages, search_table, write_index, write_tuning};
use runner::Tuning;
use std::path::Path;

/// Writes a report, prints it, and says whether all is well.
pub(crate) fn comparison(
    report: &Report,
    directory: &Path,
    results: &Path,
    quiet: bool,
) -> Result<(), Failure> {
    let replaced = report::replaced(directory, report);
    write(report, directory, results)?;
    if !quiet {
        if let Some(note) = replaced {
            output::tell(note);
        }
        output::report(report, directory);
    }
    verdict(report)
}

/// Writes a report, and the list of all of them.
pub(crate) fn write(report: &Report, directory: &Path, results: &Path) -> Result<(), Failure> {
    let pages = Pages::of(report, directory)?;
    unbroken(|| Ok(pages.write().and_then(|()| write_index(results))?))
}

/// Success only if every model finished and passed its controls.
fn verdict(report: &Report) -> Result<(), Failure> {
    let models = report.unfinished();
    let finished = models.is_empty().then_some(());
    finished.ok_or(Failure::Unfinished { models })?;
    let models = report.with_failed_controls();
    let is_well = models.is_empty();
    is_well.then_some(()).ok_or(Failure::Controls { models })
}

/// Writes what came of a search, prints it, and says whether all is well.
pub(crate) fn search(
    tuning: &Tuning<'_>,
    mut tuned: TuningRecord,
    results: &Path,
    quiet: bool,
) -> Result<(), Failure> {
    let directory = tuning.directory(results);
    tuned.plan = directory.join("plan.toml").display().to_string();
    unbroken(|| write_tuning(&directory, &tuned, &tuning.chosen(&tuned)))?;
    if !quiet {
        output::table(&search_table(&tuned));
        let page = directory.join("README.md");
        output::line(format_args!("report: {}", page.display()));
        let quick = if tuned.quick { " --quick" } else { "" };
        output::line(format_args!(
            "on the test samples: compare --config {}{quick}",
            tuned.plan
        ));
    }
    failures(&tuned)
}

/// Success only if every model has a trial that finished.
fn failures(report: &TuningRecord) -> Result<(), Failure> {
    let models = report.without_best();
    let is_well = models.is_empty();
    is_well.then_some(()).ok_or(Failure::NoTrial { models })
}
