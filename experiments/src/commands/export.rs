//! `export`: a report for other programs.

use crate::cli::{ExportArgs, Format};
use crate::commands::history::record_file;
use crate::failure::Failure;
use report::{Report, csv, latex, newest_run, read_records, write_file};

/// Runs the command.
pub(crate) fn run(arguments: &ExportArgs) -> Result<(), Failure> {
    let directory = arguments.results.join(&arguments.dataset);
    let path = match &arguments.run {
        Some(run) => record_file(&directory, run),
        None => newest_run(&directory).map_err(Failure::Results)?,
    };
    let report = Report::new(read_records(&path).map_err(Failure::Results)?);
    let text = match arguments.format {
        Format::Csv => csv(&report),
        Format::Latex => latex(&report),
        Format::Json => report.to_json()?,
    };
    match &arguments.output {
        Some(file) => write_file(file, text.as_bytes()).map_err(Failure::Results),
        None => {
            print!("{text}");
            Ok(())
        }
    }
}
