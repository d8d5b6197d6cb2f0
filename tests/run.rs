//! A comparison run by the real binary, and what it wrote.
#![allow(dead_code, reason = "each test file uses what it needs")]

use assert_cmd::Command;
use serde_json::Value;
use std::path::Path;
use std::process::ExitStatus;

/// Runs `compare` with these arguments and results in this directory.
pub(crate) fn compare(results: &Path, arguments: &[&str]) -> assert_cmd::assert::Assert {
    let mut command = Command::cargo_bin("experiments").unwrap();
    command
        .arg("compare")
        .args(arguments)
        .arg("--results")
        .arg(results)
        .assert()
}

/// The report on MNIST.
pub(crate) fn report(results: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(results.join("mnist/report.json")).unwrap()).unwrap()
}

/// The page on MNIST.
pub(crate) fn page(results: &Path) -> String {
    std::fs::read_to_string(results.join("mnist/README.md")).unwrap()
}

/// The entry of a model in a report.
pub(crate) fn model<'a>(report: &'a Value, id: &str) -> &'a Value {
    let models = report["models"].as_array().unwrap();
    models
        .iter()
        .find(|model| model["id"] == id)
        .unwrap_or_else(|| panic!("no {id}"))
}

/// The report without what may differ from run to run: times, memory and environment.
pub(crate) fn timeless(results: &Path) -> Value {
    let mut report = report(results);
    report["environment"].take();
    report["run"].take();
    for model in report["models"].as_array_mut().unwrap() {
        for key in ["fit_seconds", "predict_seconds", "peak_memory_bytes"] {
            assert!(model[key].is_number(), "{key} of {}", model["id"]);
            model[key].take();
        }
        assert!(model["latency"]["p50"].is_number());
        model["latency"].take();
        for several in ["fits", "learning_curve"] {
            for fit in model[several].as_array_mut().unwrap() {
                fit["fit_seconds"].take();
            }
        }
    }
    report
}

/// Runs the binary until its messages contain a line, sends a signal, and waits for its end.
#[cfg(unix)]
pub(crate) fn signalled_at(line: &str, signal: &str, arguments: &[&str]) -> ExitStatus {
    use std::io::{BufRead, BufReader};
    use std::process::{Command, Stdio};

    let mut child = Command::new(assert_cmd::cargo::cargo_bin("experiments"))
        .args(arguments)
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    lines
        .find(|said| said.as_ref().unwrap().contains(line))
        .unwrap_or_else(|| panic!("nothing contains {line}"))
        .unwrap();
    let process = child.id().to_string();
    let sent = Command::new("kill").args([signal, &process]).status();
    assert!(sent.unwrap().success());
    child.wait().unwrap()
}

/// Writes the report of the newest run: an interrupt may have ended the run before it could.
pub(crate) fn written_again(results: &Path) {
    let mut command = Command::cargo_bin("experiments").unwrap();
    let command = command.args(["report", "--results"]).arg(results);
    command.assert().success();
}
