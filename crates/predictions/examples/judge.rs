//! `judge` from Rust: `cargo run -p predictions --example judge -- DIRECTORY TRUTH FILE…` writes a report
//! below the directory and prints the verdict.

use analysis::Report;
use predictions::{NamedFile, Question, Truth, TruthColumns, judged, read_models};
use records::Environment;
use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [directory, truth, files @ ..] = &arguments[..] else {
        return Err("DIRECTORY TRUTH FILE… are needed".into());
    };
    let files: Result<Vec<NamedFile>, String> = files.iter().map(|file| file.parse()).collect();
    let truth = Truth::read(Path::new(truth), TruthColumns::default())?;
    let models = read_models(&truth, &files?)?;
    let question = Question {
        name: "example",
        seed: 1,
        baseline: None,
        margin: None,
    };
    let environment = Environment {
        command: arguments.join(" "),
        started: "example".to_owned(),
        data_origin: "files".to_owned(),
        commit: String::new(),
        versions: Vec::new(),
        build: String::new(),
        machine: None,
    };
    let records = judged(truth, models, question, environment)?.record(Path::new(directory))?;
    let report = Report::new(records);
    report::write_report(Path::new(directory), &report)?;
    for sentence in report::verdict(&report) {
        writeln(&sentence)?;
    }
    Ok(())
}

fn writeln(line: &str) -> std::io::Result<()> {
    use std::io::Write;
    writeln!(std::io::stdout(), "{line}")
}
