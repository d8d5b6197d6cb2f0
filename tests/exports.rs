//! What `export` and `schema` write, read by the programs that it is for.
//!
//! They are installed from PyPI (one to two minutes, 1 GB below `target/tmp`), so these tests run
//! only when asked for: `cargo test -p experiments --test exports -- --ignored`.

mod python;
mod run;

use assert_cmd::Command;
use run::{compare, model, report};
use std::path::Path;

/// Exports a small run, in which one model diverges, and has the script open it.
fn opened_by(script: &str) {
    let results = tempfile::tempdir().unwrap();
    let arguments = [
        "--models",
        "softmax,nearest-centroid,burn-mlp,burn-flex",
        "--train-limit",
        "500",
        "--set",
        "softmax.epochs=3",
        "--set",
        "burn-mlp.epochs=2",
        "--set",
        "burn-flex.learning_rate=1e38",
    ];
    compare(results.path(), &arguments).code(1);
    assert_eq!(
        model(&report(results.path()), "burn-flex")["status"],
        "failed"
    );
    read_by(script, results.path());
}

/// Has the script read what is in `results`.
fn read_by(script: &str, results: &Path) {
    let program = assert_cmd::cargo::cargo_bin("experiments");
    python::script(script)
        .arg(program)
        .arg(results)
        .assert()
        .success();
}

#[test]
#[ignore = "installs from PyPI"]
fn pandas_opens_the_tables() {
    opened_by("open_tables.py");
}

#[test]
#[ignore = "installs from PyPI"]
fn tensorboard_serves_the_event_files() {
    opened_by("open_events.py");
}

#[test]
#[ignore = "installs from PyPI"]
fn an_mlflow_server_takes_each_run_once() {
    opened_by("open_tracking.py");
}

#[test]
#[ignore = "installs from PyPI"]
fn the_schema_knows_right_plans_from_wrong_ones() {
    let results = tempfile::tempdir().unwrap();
    let mut tune = Command::cargo_bin("experiments").unwrap();
    tune.args(["tune", "--quick", "--models", "softmax", "--trials", "2"])
        .arg("--results")
        .arg(results.path());
    tune.assert().success();
    read_by("check_plans.py", results.path());
}
