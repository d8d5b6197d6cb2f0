//! What `export` and `schema` write, read by the programs that it is for.
//!
//! They are installed from PyPI (one to two minutes, 1 GB below `target/tmp`), so these tests run
//! only when asked for: `cargo test -p experiments --test exports -- --ignored`.

mod python;
mod run;

use assert_cmd::Command;
use classifier::ModelEntry;
use model_kernel_svm::KERNEL_SVM;
use model_nearest_centroid::NEAREST_CENTROID;
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

/// The scores of a kept model without probabilities on MNIST's test images, as 32-bit numbers: no command prints them.
fn write_scores(entry: &'static ModelEntry, model: &str, out: &str) {
    let find = |name: &str| (name == entry.id).then_some(entry);
    let kept = kept::load(model.as_ref(), find, |_| None).unwrap();
    let test = catalog::mnist().unwrap().test;
    let scores = kept.classifier().scores(test.samples());
    let bytes = scores.values().iter().flat_map(|score| score.to_le_bytes());
    std::fs::write(out, bytes.collect::<Vec<u8>>()).unwrap();
}

#[test]
#[ignore = "installs from PyPI"]
fn onnx_runtime_answers_as_the_models_do() {
    let directory = tempfile::tempdir().unwrap();
    let file = |name: &str| directory.path().join(name).display().to_string();
    let run = |arguments: &[&str]| {
        let mut command = Command::cargo_bin("experiments").unwrap();
        command.args(arguments).assert().success();
    };
    for model in [
        "softmax",
        "burn-mlp",
        "nearest-centroid",
        "kernel-svm",
        "discriminant",
        "naive-bayes",
    ] {
        let out = file(&format!("{model}.safetensors"));
        run(&[
            "train",
            model,
            "--train-limit",
            "5000",
            "--quiet",
            "--out",
            &out,
        ]);
    }
    for entry in [&KERNEL_SVM, &NEAREST_CENTROID] {
        let of = |kind: &str| file(&format!("{}.{kind}", entry.id));
        write_scores(entry, &of("safetensors"), &of("scores"));
    }
    let (softmax, calibrated) = (file("softmax.safetensors"), file("calibrated.safetensors"));
    run(&["calibrate", "--model", &softmax, "--out", &calibrated]);
    // Numbers and categories, with what is missing, what is rare and what a word has that no training row had.
    let table: String = (0..400_u32)
        .map(|i| {
            let kind = ["red", "green", "", "blue"][(i * 7 % 4) as usize];
            let kind = if i % 97 == 0 { "violet" } else { kind };
            let size = if i % 11 == 0 {
                String::new()
            } else {
                (i * 37 % 100).to_string()
            };
            let class = if i * 37 % 100 > 50 || kind == "red" {
                "yes"
            } else {
                "no"
            };
            format!("{size},{kind},{}.5,{class}\n", i % 13)
        })
        .fold("size,kind,weight,class\n".to_owned(), |all, row| all + &row);
    let data = file("table.csv");
    std::fs::write(&data, table).unwrap();
    run(&[
        "train",
        "softmax-lbfgs",
        "--data",
        &data,
        "--quiet",
        "--out",
        &file("table.safetensors"),
    ]);
    let mnist = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/catalog/data/mnist");
    let program = assert_cmd::cargo::cargo_bin("experiments");
    let mut script = python::script("open_onnx.py");
    script.arg(program).arg(directory.path()).arg(mnist);
    let output = script.assert().success().get_output().clone();
    assert_eq!(String::from_utf8_lossy(&output.stdout).lines().count(), 8);
}
