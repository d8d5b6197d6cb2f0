//! `report`: write a report again from its records.

use crate::cli::ReportArgs;
use crate::commands::history::record_file;
use crate::failure::Failure;
use crate::table;
use report::{Report, newest_run, read_records, write_index, write_report};

/// Runs the command.
pub(crate) fn run(arguments: &ReportArgs) -> Result<(), Failure> {
    let directory = arguments.results.join(&arguments.dataset);
    let path = match &arguments.run {
        Some(run) => record_file(&directory, run),
        None => newest_run(&directory).map_err(Failure::Results)?,
    };
    let report = Report::new(read_records(&path).map_err(Failure::Results)?);
    write_report(&directory, &report).map_err(Failure::Results)?;
    write_index(&arguments.results).map_err(Failure::Results)?;
    println!("{}", table::comparison(&report));
    println!("from {}", path.display());
    println!("report: {}", directory.join("README.md").display());
    Ok(())
}
