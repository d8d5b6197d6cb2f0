//! `export`: a report for other programs.

use crate::cli::{Contents, ExportArgs, Format};
use crate::failure::Failure;
use crate::{keeping, output};
use analysis::Report;
use records::{Records, write_file};
use report::{
    Table, epochs_table, event_files, latex, models_table, pairs_table, predictions_table,
};
use std::path::Path;

/// Runs the command.
pub(crate) fn run(arguments: &ExportArgs) -> Result<(), Failure> {
    arguments.check()?;
    let records = || Ok::<_, Failure>(arguments.record.read()?.0);
    let text = match arguments.format {
        Format::Csv => arguments.table(records()?).to_csv(),
        Format::Latex => latex(&Report::new(records()?)),
        Format::Json => Report::new(records()?).to_json(),
        Format::Parquet => {
            let bytes = arguments.table(records()?).to_parquet()?;
            return Ok(write_file(arguments.output()?, &bytes)?);
        }
        Format::Tensorboard => return event_directory(records()?, arguments.output()?),
        Format::Mlflow => {
            let uri = arguments.tracking_uri.as_deref();
            let uri = uri.ok_or_else(|| missing("--tracking-uri", "http://127.0.0.1:5000"))?;
            return tracked(&Report::new(records()?), uri);
        }
        Format::Onnx => {
            let model = arguments.model.as_deref();
            let model = model.ok_or_else(|| missing("--model", "softmax.safetensors"))?;
            let bytes = onnx::graph(&keeping::load(model)?)?;
            return Ok(write_file(arguments.output()?, &bytes)?);
        }
    };
    match &arguments.output {
        Some(file) => Ok(write_file(file, text.as_bytes())?),
        None => {
            output::text(&text);
            Ok(())
        }
    }
}

impl ExportArgs {
    /// Refuses options that the format would pass over.
    fn check(&self) -> Result<(), Failure> {
        let refuse = |option: &str, only: &str| {
            Err(Failure::option(
                option,
                format!("only with --format {only}"),
            ))
        };
        let is_table = matches!(self.format, Format::Csv | Format::Parquet);
        if self.table.is_some() && !is_table {
            return refuse("--table", "csv or parquet");
        }
        if self.model.is_some() && !matches!(self.format, Format::Onnx) {
            return refuse("--model", "onnx");
        }
        if self.output.is_some() && matches!(self.format, Format::Mlflow) {
            return refuse("--output", "other than mlflow");
        }
        Ok(())
    }

    fn table(&self, records: Records) -> Table {
        match self.table.unwrap_or(Contents::Models) {
            Contents::Models => models_table(&Report::new(records)),
            Contents::Pairs => pairs_table(&Report::new(records)),
            Contents::Epochs => epochs_table(&records),
            Contents::Predictions => predictions_table(&records),
        }
    }

    /// Where files go that are not for a terminal.
    fn output(&self) -> Result<&Path, Failure> {
        let output = self.output.as_deref();
        output.ok_or_else(|| missing("--output", "a path"))
    }
}

fn missing(option: &str, example: &str) -> Failure {
    Failure::option(
        option,
        format!("this format needs it; for example {example}"),
    )
}

/// Logs a report in a tracking server, and says what is new there.
fn tracked(report: &Report, uri: &str) -> Result<(), Failure> {
    let logged = mlflow::log(report, began(report), uri)?;
    output::line(format_args!(
        "{} models logged in {} at {uri}, {} were there",
        logged.new, logged.experiment, logged.there
    ));
    Ok(())
}

/// `DIRECTORY/MODEL/events.out.tfevents.SECONDS.RUN`, one for each model. TensorBoard takes the
/// directories for runs.
fn event_directory(records: Records, directory: &Path) -> Result<(), Failure> {
    let report = Report::new(records);
    let began = began(&report);
    for (model, bytes) in event_files(&report, began)? {
        let name = format!("events.out.tfevents.{began:.0}.{}", report.run);
        write_file(&directory.join(model).join(name), &bytes)?;
    }
    Ok(())
}

/// When the run began, in seconds since 1970; 0 if its record does not say.
fn began(report: &Report) -> f64 {
    humantime::parse_rfc3339(&report.environment.started)
        .ok()
        .and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok())
        .map_or(0.0, |since| since.as_secs_f64())
}
