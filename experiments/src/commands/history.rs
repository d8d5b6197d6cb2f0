//! `history` and `diff`: the runs that were recorded, and what changed between two of them.

use crate::cli::{DiffArgs, HistoryArgs};
use crate::failure::Failure;
use crate::output;
use analysis::{Report, diff};
use records::{read_records, run_file, runs, write_file};
use report::{RunsTable, changed_accuracies, changed_settings, history_page};
use runner::Margin;

/// Runs `history`.
pub(crate) fn history(arguments: &HistoryArgs) -> Result<(), Failure> {
    let mut table = RunsTable::default();
    let mut damaged = Vec::new();
    let mut looks = 0;
    let mut reports = Vec::new();
    for path in runs(&arguments.records.directory())? {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let records = match read_records(&path) {
            Ok(records) => records,
            // One damaged file must not hide the others.
            Err(error) => {
                damaged.push(error);
                continue;
            }
        };
        let report = Report::new(records);
        looks += report.test_looks;
        table.add(&name, &report);
        if arguments.page.is_some() {
            reports.push(report);
        }
    }
    if let (Some(file), false) = (&arguments.page, reports.is_empty()) {
        write_file(file, history_page(&reports)?.as_bytes())?;
    }
    output::table(table.table());
    damaged.into_iter().for_each(output::line);
    output::line(format_args!(
        "The labels of the test images were looked at {looks} times in these runs."
    ));
    Ok(())
}

/// Runs `diff`.
pub(crate) fn difference(arguments: &DiffArgs) -> Result<(), Failure> {
    let directory = arguments.records.directory();
    let read = |run: &str| read_records(&run_file(&directory, run)?);
    let (first, second) = (read(&arguments.first)?, read(&arguments.second)?);
    let recorded = first.run.margin.and_then(Margin::new);
    let margin = arguments.margin.or(recorded).map(Margin::share);
    let found = diff(&first, &second, margin);
    output::line(format_args!(
        "first: {}, second: {}",
        arguments.first, arguments.second
    ));
    match changed_settings(&found) {
        Some(settings) => output::table(&settings),
        None => output::line("no setting differs"),
    }
    output::table(&changed_accuracies(&found, margin));
    for (models, run) in [
        (&found.only_first, &arguments.first),
        (&found.only_second, &arguments.second),
    ] {
        if !models.is_empty() {
            output::line(format_args!("only in {run}: {}", models.join(", ")));
        }
    }
    Ok(())
}
