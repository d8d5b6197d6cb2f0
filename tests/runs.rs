//! `history`, `diff`, `verify`, `export` and `schema`: what becomes of runs that were recorded.

mod run;

use assert_cmd::Command;
use predicates::prelude::PredicateBooleanExt;
use predicates::str::contains;
use run::{compare, page, report};
use std::path::{Path, PathBuf};

fn experiments(arguments: &[&str], results: &Path) -> assert_cmd::assert::Assert {
    let mut command = Command::cargo_bin("experiments").unwrap();
    command
        .args(arguments)
        .arg("--results")
        .arg(results)
        .assert()
}

fn names(results: &Path) -> Vec<String> {
    let records = std::fs::read_dir(results.join("mnist/records")).unwrap();
    let mut names: Vec<String> = records
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_owned())
        .map(|name| name.into_string().unwrap())
        .collect();
    names.sort();
    names
}

const FEW: [&str; 6] = [
    "--models",
    "softmax,nearest-centroid",
    "--train-limit",
    "500",
    "--set",
    "softmax.epochs=2",
];

#[test]
fn two_runs_are_listed_and_compared() {
    let results = tempfile::tempdir().unwrap();
    compare(results.path(), &FEW).success();
    let changed = [&FEW[..], &["--set", "softmax.learning_rate=0.001"]].concat();
    compare(results.path(), &changed).success();
    let names = names(results.path());
    experiments(&["history"], results.path()).success().stdout(
        contains(names[0].clone())
            .and(contains(names[1].clone()))
            // For each record, and at the end of each of two models, of which the second run finds one in the store.
            .and(contains("looked at 5 times in these runs")),
    );
    experiments(&["diff", &names[0], &names[1]], results.path())
        .success()
        .stdout(
            contains("softmax: learning_rate")
                .and(contains("0.001"))
                .and(contains("the same predictions"))
                .and(contains("the first run is better than the second by")),
        );
    experiments(&["diff", &names[0], "never"], results.path())
        .code(2)
        .stderr(contains("no run `never`; `history` lists them"));
}

#[test]
fn a_baseline_and_a_margin_are_kept_for_later_reports() {
    let results = tempfile::tempdir().unwrap();
    let asked = ["--baseline", "nearest-centroid", "--margin", "40"];
    compare(results.path(), &[&FEW[..], &asked].concat()).success();
    experiments(&["report"], results.path()).success().stdout(
        contains("Models are compared with nearest-centroid alone.")
            .and(contains("which is less than 40.00: they are equivalent")),
    );
    let changed = [&FEW[..], &["--set", "softmax.learning_rate=0.05"]].concat();
    compare(results.path(), &changed).success();
    let names = names(results.path());
    experiments(&["diff", &names[0], &names[1]], results.path())
        .success()
        .stdout(contains("equivalent"));
    for (option, value, said) in [
        ("--baseline", "nope", "baseline: `nope` is not in the plan"),
        ("--margin", "0", "a number of points above 0"),
    ] {
        compare(results.path(), &[&FEW[..], &[option, value]].concat())
            .code(2)
            .stderr(contains(said));
    }
}

#[test]
fn a_dry_run_says_what_could_be_shown_and_writes_nothing() {
    let results = tempfile::tempdir().unwrap();
    compare(
        results.path(),
        &[&FEW[..], &["--dry-run", "--seeds", "5"]].concat(),
    )
    .success()
    .stdout(
        contains("2 models on 10\u{a0}000 test images: one pair, tested at 0.05.")
            .and(contains(
                "if they differ on 5 % of the images; 0.50 points take about",
            ))
            .and(contains("Over 5 seeds, on these images")),
    );
    assert!(results.path().read_dir().unwrap().next().is_none());
}

#[test]
fn a_model_that_failed_in_one_of_two_runs_says_so() {
    let results = tempfile::tempdir().unwrap();
    compare(results.path(), &FEW).success();
    let diverging = [&FEW[..], &["--set", "softmax.learning_rate=1e38"]].concat();
    compare(results.path(), &diverging).code(1);
    let names = names(results.path());
    experiments(&["diff", &names[0], &names[1]], results.path())
        .success()
        .stdout(
            contains("failed: diverged in epoch 1")
                .and(contains("in the second run"))
                .and(contains("not judged on the same images").not()),
        );
}

#[test]
fn a_run_is_verified_and_a_forged_one_is_found_out() {
    let results = tempfile::tempdir().unwrap();
    compare(results.path(), &FEW).success();
    experiments(&["verify"], results.path()).success().stdout(
        contains("bit-identical")
            .count(2)
            .and(contains("2 of 2 fits")),
    );

    let name = &names(results.path())[0];
    let path = results.path().join(format!("mnist/records/{name}.jsonl"));
    let honest = std::fs::read_to_string(&path).unwrap();
    // The record of a model that was trained with another learning rate than it says.
    std::fs::write(
        &path,
        honest.replace("\"learning_rate\":0.1", "\"learning_rate\":1e-6"),
    )
    .unwrap();
    experiments(&["verify"], results.path())
        .code(1)
        .stdout(contains("different"))
        .stderr(contains("softmax: refitting gave different predictions"));
}

#[test]
fn a_run_in_which_nothing_finished_is_not_called_verified() {
    let results = tempfile::tempdir().unwrap();
    let arguments = [
        "--models",
        "softmax",
        "--quick",
        "--set",
        "softmax.learning_rate=1e38",
    ];
    compare(results.path(), &arguments).code(1);
    experiments(&["verify"], results.path())
        .code(2)
        .stderr(contains("no fit finished in this run"));
}

#[test]
fn folds_and_validation_splits_are_verified_too() {
    for protocol in [["--cv", "3"], ["--validation", "1000"]] {
        let results = tempfile::tempdir().unwrap();
        let arguments = [&["--models", "nearest-centroid", "--quick"], &protocol[..]].concat();
        compare(results.path(), &arguments).success();
        experiments(&["verify", "--cells", "2"], results.path())
            .success()
            .stdout(contains("bit-identical"));
    }
}

#[test]
fn a_report_is_exported_for_other_programs() {
    let results = tempfile::tempdir().unwrap();
    compare(results.path(), &FEW).success();
    let text = |format: &str| {
        let output = experiments(&["export", "--format", format], results.path()).success();
        String::from_utf8(output.get_output().stdout.clone()).unwrap()
    };
    let csv = text("csv");
    let lines: Vec<Vec<&str>> = csv.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(lines.len(), 3);
    let column = lines[0]
        .iter()
        .position(|name| *name == "accuracy")
        .unwrap();
    let accuracy: f64 = lines[1][column].parse().unwrap();
    assert_eq!(report(results.path())["models"][0]["accuracy"], accuracy);
    let json: serde_json::Value = serde_json::from_str(&text("json")).unwrap();
    assert_eq!(json, report(results.path()));
    assert!(text("latex").contains("\\toprule"));
    let file = results.path().join("table.tex");
    experiments(
        &[
            "export",
            "--format",
            "latex",
            "--output",
            file.to_str().unwrap(),
        ],
        results.path(),
    )
    .success()
    .stdout("");
    assert_eq!(std::fs::read_to_string(file).unwrap(), text("latex"));
}

#[test]
fn an_export_says_what_it_cannot_do() {
    let results = tempfile::tempdir().unwrap();
    compare(results.path(), &FEW).success();
    let refused = |arguments: &[&str], reason: &str| {
        let arguments = [&["export", "--format"], arguments].concat();
        experiments(&arguments, results.path())
            .code(2)
            .stderr(contains(reason.to_owned()));
    };
    refused(&["parquet"], "--output: this format needs it");
    refused(&["tensorboard"], "--output: this format needs it");
    refused(&["mlflow"], "--tracking-uri: this format needs it");
    refused(
        &["json", "--table", "epochs"],
        "--table: only with --format csv or parquet",
    );
    // Nobody listens there.
    let nobody = "http://127.0.0.1:9";
    refused(&["mlflow", "--tracking-uri", nobody], nobody);
}

#[test]
fn a_figure_has_its_data_beside_it() {
    let results = tempfile::tempdir().unwrap();
    compare(results.path(), &FEW).success();
    let figures = std::fs::read_dir(results.path().join("mnist/figures")).unwrap();
    let files: Vec<PathBuf> = figures.map(|entry| entry.unwrap().path()).collect();
    // The drawing for a phone is of the same data.
    let is_narrow = |file: &PathBuf| file.to_str().unwrap().contains("-narrow.");
    let pictures = files
        .iter()
        .filter(|file| file.extension().unwrap() != "csv" && !is_narrow(file));
    for picture in pictures {
        let csv = std::fs::read_to_string(picture.with_extension("csv")).unwrap();
        assert!(csv.lines().count() > 1, "{}", picture.display());
    }
    let curves = results.path().join("mnist/figures/accuracy.csv");
    let last = report(results.path())["models"][0]["epochs"][1]["judged_accuracy"].to_string();
    assert!(std::fs::read_to_string(curves).unwrap().contains(&last));
}

/// The one plan that the README shows.
#[test]
fn the_plan_of_the_readme_runs() {
    let readme = include_str!("../README.md");
    let (_, rest) = readme.split_once("```toml\n").unwrap();
    let (plan, _) = rest.split_once("```").unwrap();
    let results = tempfile::tempdir().unwrap();
    let path = results.path().join("plan.toml");
    std::fs::write(&path, plan).unwrap();
    let arguments = ["--quick", "--config", path.to_str().unwrap()];
    compare(results.path(), &arguments).success();
    let report = report(results.path());
    assert_eq!(report["models"][1]["id"], "larger-step");
    assert_eq!(report["protocol"]["judged_on"]["folds"]["folds"], 5);
}

#[test]
fn the_published_schema_is_the_one_of_this_build() {
    let mut command = Command::cargo_bin("experiments").unwrap();
    let output = command.arg("schema").assert().success();
    let printed = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    let published = include_str!("../experiments/plans/plan.schema.json");
    assert!(
        printed == published,
        "write it again: cargo run -p experiments -- schema > experiments/plans/plan.schema.json"
    );
}

#[test]
fn controls_are_in_the_page() {
    let results = tempfile::tempdir().unwrap();
    compare(results.path(), &FEW).success();
    let page = page(results.path());
    assert!(
        page.contains("## Controls") && page.contains("✓ the same bits"),
        "{page}"
    );
    for model in report(results.path())["models"].as_array().unwrap() {
        let controls = model["controls"].as_array().unwrap();
        assert_eq!(controls.len(), 4);
        assert!(
            controls.iter().all(|control| control["passed"] == true),
            "{controls:?}"
        );
    }
}
