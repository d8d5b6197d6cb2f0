//! `tune`: parameters searched on training images, as a user runs it.

mod array;
#[path = "tuning/budgets.rs"]
mod budgets;
#[path = "tuning/jobs.rs"]
mod jobs;
#[path = "tuning/plans.rs"]
mod plans;
mod run;

use assert_cmd::Command;
use predicates::prelude::PredicateBooleanExt;
use predicates::str::contains;
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

/// What was found on MNIST.
fn tuned(results: &Path) -> Value {
    let text = std::fs::read(results.join("mnist/tuning/tuning.json")).unwrap();
    serde_json::from_slice(&text).unwrap()
}

/// The page on MNIST.
fn page(results: &Path) -> String {
    std::fs::read_to_string(results.join("mnist/tuning/README.md")).unwrap()
}

/// The trials of a model.
fn trials(report: &Value, model: usize) -> &[Value] {
    report["models"][model]["trials"].as_array().unwrap()
}

/// What all trials of each model were and came to, without their times.
fn timeless(results: &Path) -> Vec<Value> {
    let mut report = tuned(results);
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

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value}"))
}

#[test]
fn the_search_is_the_same_on_one_thread_and_on_two() {
    let epochs = ["--resource", "epochs"];
    for (search, resource) in [
        ("random", &[][..]),
        ("tpe", &[]),
        ("halving", &[]),
        ("halving", &epochs),
        ("asha", &[]),
        ("asha", &epochs),
    ] {
        let made = ["1", "2"].map(|threads| {
            let results = tempfile::tempdir().unwrap();
            let arguments = ["--models", "softmax", "--search", search, "--trials", "12"];
            let arguments = [&arguments[..], resource, &["--threads", threads]].concat();
            tune(results.path(), &arguments).success();
            timeless(results.path())
        });
        assert_eq!(made[0], made[1], "{search} {resource:?}");
    }
}

#[test]
fn cross_validation_gives_the_mean_over_the_folds() {
    let results = tempfile::tempdir().unwrap();
    let models = "softmax,nearest-centroid";
    let arguments = ["--models", models, "--trials", "3", "--cv", "3"];
    tune(results.path(), &arguments).success();
    let report = tuned(results.path());
    let folds = &report["judged_on"]["folds"];
    assert_eq!((&folds["repeats"], &folds["folds"]), (&1.into(), &3.into()));
    assert_eq!(
        report["judged_images"], 2_000,
        "every image of the quick look"
    );
    for trial in trials(&report, 0) {
        let folds = trial["folds"].as_array().unwrap();
        assert_eq!(folds.len(), 3);
        let mean = folds.iter().map(number).sum::<f64>() / 3.0;
        assert!((number(&trial["accuracy"]) - mean).abs() < 1e-12);
        assert!(folds.iter().any(|fold| fold != &folds[0]));
    }
    let page = page(results.path());
    assert!(page.contains("the mean of 3 folds"), "{page}");
    assert!(page.contains("Nadeau and Bengio"), "{page}");
    tune(results.path(), &["--cv", "3", "--validation", "500"])
        .code(2)
        .stderr(contains("cannot be used with"));
}

#[test]
fn a_trial_that_was_made_is_not_made_again() {
    let results = tempfile::tempdir().unwrap();
    let arguments = ["--models", "softmax", "--trials", "4"];
    tune(results.path(), &arguments)
        .success()
        .stderr(contains("cached").not());
    let first = tuned(results.path())["models"].take();
    tune(results.path(), &arguments)
        .success()
        .stderr(contains("(4 of them cached)"));
    assert_eq!(
        first,
        tuned(results.path())["models"].take(),
        "times and all"
    );
    let refit = [&arguments[..], &["--refit"]].concat();
    tune(results.path(), &refit)
        .success()
        .stderr(contains("cached").not());
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
    let report = tuned(results.path());
    let [good, failed] = trials(&report, 0) else {
        panic!("{report}");
    };
    assert!(failed["reason"].as_str().unwrap().contains("diverged"));
    assert_eq!(failed["called_off"], false);
    let expected = report["models"][0]["expected_best"].as_array().unwrap();
    let half = number(&good["accuracy"]) / 2.0;
    assert!((number(&expected[0]["accuracy"]) - half).abs() < 1e-12);
    let page = page(results.path());
    assert!(
        page.contains("## Failed trials") && page.contains("diverged"),
        "{page}"
    );

    let all_fail = plan(
        "[[models]]\nmodel = \"softmax\"\nsearch.learning_rate = [1e38]\n",
        results.path(),
    );
    tune(results.path(), &["--config", &all_fail])
        .code(1)
        .stderr(contains("softmax: no trial finished"));
}

#[test]
fn a_memory_limit_is_of_each_trial_and_leaves_them_at_the_same_time() {
    let results = tempfile::tempdir().unwrap();
    let arguments = ["--models", "softmax", "--trials", "2", "--threads", "2"];
    tune(results.path(), &arguments).success();
    assert_eq!(tuned(results.path())["at_once"], 2);
    let limited = [&arguments[..], &["--memory-limit", "4000"]].concat();
    tune(results.path(), &limited).success();
    assert_eq!(tuned(results.path())["at_once"], 2);
}

#[test]
fn quiet_prints_nothing() {
    let results = tempfile::tempdir().unwrap();
    let arguments = ["--models", "softmax", "--trials", "2"];
    tune(results.path(), &[&arguments[..], &["--quiet"]].concat())
        .success()
        .stdout("")
        .stderr("");
    tune(results.path(), &arguments)
        .success()
        .stdout(contains("on the test samples"))
        .stderr(contains("[1/1] softmax: 1 of 2 trials, best "));
}

#[cfg(unix)]
#[test]
fn a_search_that_was_interrupted_goes_on_where_it_stopped() {
    let results = tempfile::tempdir().unwrap();
    let set = "softmax.shuffle=false";
    let path = plan(
        "[[models]]\nmodel = \"softmax\"\nepochs = 400\nsearch.learning_rate = { from = 0.01, to = 0.5 }\n",
        results.path(),
    );
    let arguments = ["--config", &path, "--set", set, "--trials", "6"];
    let arguments = [&arguments[..], &["--threads", "1"]].concat();
    let directory = results.path().to_str().unwrap();
    let tuning = [
        &["tune", "--quick"],
        &arguments[..],
        &["--results", directory],
    ]
    .concat();
    let stopped = run::signalled_at("1 of 6 trials", "-INT", &tuning);
    assert_eq!(stopped.code(), Some(130));
    assert!(!results.path().join("mnist/tuning").exists());

    let output = tune(results.path(), &arguments)
        .success()
        .stderr(contains("of them cached"));
    let text = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
    assert!(
        !text.contains("6 of them"),
        "it was not interrupted: {text}"
    );
    let resumed = timeless(results.path());
    let undisturbed = tempfile::tempdir().unwrap();
    tune(undisturbed.path(), &arguments).success();
    assert_eq!(resumed, timeless(undisturbed.path()));
}
