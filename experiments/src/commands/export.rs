//! `export`: a report for other programs.

use crate::cli::{ExportArgs, Format};
use crate::failure::Failure;
use report::{Report, csv, latex, write_file};

/// Runs the command.
pub(crate) fn run(arguments: &ExportArgs) -> Result<(), Failure> {
    let (records, _) = arguments.record.read()?;
    let report = Report::new(records);
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
