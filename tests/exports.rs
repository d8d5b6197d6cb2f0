//! What `export` writes, opened with the programs that it is for.
//!
//! They are installed from PyPI (one to two minutes, 1 GB below `target/tmp`), so these tests run
//! only when asked for: `cargo test -p experiments --test exports -- --ignored`.

mod python;
mod run;

use run::compare;

/// Exports a small run and has the script open it.
fn opened_by(script: &str) {
    let results = tempfile::tempdir().unwrap();
    let arguments = [
        "--models",
        "softmax,nearest-centroid,burn-mlp",
        "--train-limit",
        "500",
        "--set",
        "softmax.epochs=3",
        "--set",
        "burn-mlp.epochs=2",
    ];
    compare(results.path(), &arguments).success();
    let program = assert_cmd::cargo::cargo_bin("experiments");
    python::script(script)
        .arg(program)
        .arg(results.path())
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
