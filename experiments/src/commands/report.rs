//! `report`: write a report again from its records.

use crate::announce;
use crate::cli::RecordArgs;
use crate::failure::Failure;
use crate::output;
use analysis::Report;

/// Runs the command.
pub(crate) fn run(arguments: &RecordArgs) -> Result<(), Failure> {
    let (records, path) = arguments.read()?;
    let report = Report::new(records);
    let directory = arguments.records.directory();
    announce::write(&report, &directory, &arguments.records.results)?;
    output::line(format_args!("from {}", path.display()));
    output::report(&report, &directory);
    Ok(())
}
