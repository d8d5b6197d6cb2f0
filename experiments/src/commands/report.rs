//! `report`: write a report again from its records.

use crate::cli::RecordArgs;
use crate::failure::Failure;
use crate::output;
use analysis::Report;
use report::{write_index, write_report};

/// Runs the command.
pub(crate) fn run(arguments: &RecordArgs) -> Result<(), Failure> {
    let (records, path) = arguments.read()?;
    let report = Report::new(records);
    let directory = arguments.records.directory();
    write_report(&directory, &report)?;
    write_index(&arguments.records.results)?;
    output::line(format_args!("from {}", path.display()));
    output::report(&report, &directory);
    Ok(())
}
