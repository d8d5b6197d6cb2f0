//! `tune`: parameters searched on held-out training images, as a user runs it.

mod run;

use assert_cmd::Command;
use predicates::str::contains;
use run::{compare, model, report};
use serde_json::Value;
use std::path::Path;

fn tune(results: &Path, arguments: &[&str]) -> assert_cmd::assert::Assert {
    let mut command = Command::cargo_bin("experiments").unwrap();
    command
        .args(["tune", "--quick"])
        .args(arguments)
        .arg("--results")
        .arg(results)
        .assert()
}

/// The trials of each model, without their times.
fn trials(results: &Path) -> Vec<Value> {
    let text = std::fs::read(results.join("mnist/tuning/tuning.json")).unwrap();
    let mut report: Value = serde_json::from_slice(&text).unwrap();
    let models = report["models"].as_array_mut().unwrap();
    for model in &mut *models {
        for trial in model["trials"].as_array_mut().unwrap() {
            assert!(trial["fit_seconds"].take().as_f64().unwrap() > 0.0);
        }
    }
    models.iter().map(|model| model["trials"].clone()).collect()
}

fn plan(text: &str, directory: &Path) -> String {
    let path = directory.join("plan.toml");
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn each_model_has_the_same_budget_and_the_outcome_is_a_plan_for_compare() {
    let results = tempfile::tempdir().unwrap();
    let models = "softmax,kernel-svm";
    tune(results.path(), &["--models", models, "--trials", "6"]).success();
    let made = trials(results.path());
    assert!(
        made.iter()
            .all(|trials| trials.as_array().unwrap().len() == 6)
    );
    let page = std::fs::read_to_string(results.path().join("mnist/tuning/README.md")).unwrap();
    assert!(page.contains("Each model could spend 6 trials"), "{page}");
    assert!(
        results
            .path()
            .join("mnist/tuning/figures/expected-best.svg")
            .is_file()
    );

    let chosen = results.path().join("mnist/tuning/plan.toml");
    let arguments = ["--config", chosen.to_str().unwrap(), "--quick"];
    compare(results.path(), &arguments).success();
    let best = made[0]
        .as_array()
        .unwrap()
        .iter()
        .rev()
        .max_by(|a, b| {
            a["accuracy"]
                .as_f64()
                .unwrap()
                .total_cmp(&b["accuracy"].as_f64().unwrap())
        })
        .unwrap();
    let report = report(results.path());
    let used = &model(&report, "softmax")["hyperparameters"];
    for (name, value) in best["values"].as_object().unwrap() {
        assert_eq!(&used[name], value, "{name}");
    }
}

#[test]
fn the_search_is_the_same_on_one_thread_and_on_two() {
    for search in ["random", "tpe", "halving"] {
        let made = ["1", "2"].map(|threads| {
            let results = tempfile::tempdir().unwrap();
            let arguments = ["--models", "softmax", "--search", search, "--trials", "12"];
            let arguments = [&arguments[..], &["--threads", threads]].concat();
            tune(results.path(), &arguments).success();
            trials(results.path())
        });
        assert_eq!(made[0], made[1], "{search}");
    }
}

#[test]
fn a_trial_that_was_made_is_not_made_again() {
    let results = tempfile::tempdir().unwrap();
    let arguments = ["--models", "softmax", "--trials", "4"];
    tune(results.path(), &arguments).success();
    let path = results.path().join("mnist/tuning/tuning.json");
    let models = || {
        let text = std::fs::read(&path).unwrap();
        serde_json::from_slice::<Value>(&text).unwrap()["models"].take()
    };
    let first = models();
    tune(results.path(), &arguments).success();
    assert_eq!(first, models(), "times and all");
}

#[test]
fn a_trial_that_fails_counts_and_the_others_go_on() {
    let results = tempfile::tempdir().unwrap();
    let path = plan(
        "[[models]]\nmodel = \"softmax\"\nepochs = 2\nsearch.learning_rate = [0.1, 1e38]\n",
        results.path(),
    );
    let arguments = ["--config", &path, "--search", "grid", "--trials", "2"];
    tune(results.path(), &arguments).success();
    let made = trials(results.path());
    assert!(made[0][0]["accuracy"].is_number());
    assert!(made[0][1]["reason"].as_str().unwrap().contains("diverged"));
}

#[test]
fn mistakes_in_a_search_are_named() {
    let results = tempfile::tempdir().unwrap();
    let table = "[[models]]\nmodel = \"softmax\"\n";
    for (search, message) in [
        (
            "search.learning_rat = [0.1]",
            "unknown parameter `learning_rat` (did you mean `learning_rate`?)",
        ),
        (
            "search.learning_rate = 0.1",
            "line 3: `search` must be a table of parameters",
        ),
        (
            "search.learning_rate = []",
            "search.learning_rate: expected a list of at least one value",
        ),
        (
            "search.learning_rate = { from = 0, to = 1.0, scale = \"log\" }",
            "search.learning_rate: expected a range above 0",
        ),
        (
            "search.learning_rate = { from = 0.1, till = 1.0 }",
            "unknown key `till`",
        ),
        (
            "search.epochs = [1, 2, 3]",
            "a grid of softmax's parameters has 3 points",
        ),
    ] {
        let path = plan(&format!("{table}{search}\n"), results.path());
        let arguments = ["--config", &path, "--search", "grid", "--trials", "2"];
        tune(results.path(), &arguments)
            .code(2)
            .stderr(contains(message));
    }
}
