//! What is searched, and what becomes of it: plans in, plans out.

use super::run::{compare, model, report};
use super::{plan, timeless, trials, tune, tuned};
use assert_cmd::Command;
use catalog::FILES;
use predicates::str::contains;
use serde_json::Value;
use std::path::Path;

#[test]
fn each_model_has_the_same_budget_and_the_outcome_is_a_plan_for_compare() {
    let results = tempfile::tempdir().unwrap();
    let models = "softmax,kernel-svm";
    tune(results.path(), &["--models", models, "--trials", "6"]).success();
    let made = timeless(results.path());
    assert!(
        made.iter()
            .all(|trials| trials.as_array().unwrap().len() == 6)
    );
    let page = super::page(results.path());
    assert!(page.contains("Each model could spend 6 trials"), "{page}");
    let figure = results
        .path()
        .join("mnist/tuning/figures/expected-best.svg");
    assert!(figure.is_file());

    let chosen = results.path().join("mnist/tuning/plan.toml");
    let arguments = ["--config", chosen.to_str().unwrap(), "--quick"];
    compare(results.path(), &arguments).success();
    let accuracy = |trial: &&Value| trial["accuracy"].as_f64().unwrap();
    let reversed = made[0].as_array().unwrap().iter().rev();
    let best = reversed.max_by(|a, b| accuracy(a).total_cmp(&accuracy(b)));
    let report = report(results.path());
    let used = &model(&report, "softmax")["hyperparameters"];
    for (name, value) in best.unwrap()["values"].as_object().unwrap() {
        assert_eq!(&used[name], value, "{name}");
    }
}

/// 60 training and 20 test images of 2 × 3 pixels in two classes, in MNIST's naming.
fn stripes(directory: &Path) {
    let file = |name: &str, magic: u32, sizes: &[u32], body: Vec<u8>| {
        let mut bytes = magic.to_be_bytes().to_vec();
        bytes.extend(sizes.iter().flat_map(|size| size.to_be_bytes()));
        bytes.extend(body);
        std::fs::write(directory.join(name), bytes).unwrap();
    };
    std::fs::create_dir_all(directory).unwrap();
    for (part, count) in [(0, 60_u8), (2, 20)] {
        let pixels = (0..count).flat_map(|i| [i % 2 * 150 + i; 6]).collect();
        file(FILES[part], 0x803, &[count.into(), 2, 3], pixels);
        let labels = (0..count).map(|i| i % 2).collect();
        file(FILES[part + 1], 0x801, &[count.into()], labels);
    }
}

#[test]
fn the_plan_that_is_written_is_of_the_same_data_and_settings() {
    let directory = tempfile::tempdir().unwrap();
    stripes(&directory.path().join("data/stripes"));
    let plans = directory.path().join("plans");
    std::fs::create_dir(&plans).unwrap();
    let path = plan(
        "data_dir = \"../data/stripes\"\nseed = 7\ntrain_limit = 30\n[[models]]\nmodel = \"softmax\"\nepochs = 3\n\
         search.learning_rate = [0.1, 0.2]\n[[models]]\nmodel = \"nearest-centroid\"\ntrain_limit = 20\n",
        &plans,
    );
    let results = directory.path().join("results");
    let experiments = |arguments: &[&str]| {
        let mut command = Command::cargo_bin("experiments").unwrap();
        // Not where the plan is, nor where it will be.
        command.current_dir(directory.path()).args(arguments);
        command.args(["--results", "results"]).assert().success();
    };
    let options = ["--validation", "20", "--trials", "2", "--search", "grid"];
    experiments(&[&["tune", "--config", &path], &options[..]].concat());
    let chosen = results.join("stripes/tuning/plan.toml");
    let text = std::fs::read_to_string(&chosen).unwrap();
    assert!(
        text.contains("seed = 7") && !text.contains("dataset"),
        "{text}"
    );

    experiments(&["compare", "--config", chosen.to_str().unwrap()]);
    let report = std::fs::read(results.join("stripes/report.json")).unwrap();
    let report: Value = serde_json::from_slice(&report).unwrap();
    let sum = |file: &str| report["dataset"][file].clone();
    assert_eq!(
        (sum("train_available"), sum("test")),
        (60.into(), 20.into())
    );
    let softmax = model(&report, "softmax");
    assert_eq!(softmax["train_images"], 30);
    assert_eq!(softmax["hyperparameters"]["epochs"], 3);
    assert_eq!(model(&report, "nearest-centroid")["train_images"], 20);

    // Named on the command line, by a relative path.
    let models = ["--models", "softmax", "--data-dir", "data/stripes"];
    // With so few images a seed may shuffle labels into an order that can be learnt: a failed control.
    let named = ["--dataset", "bars", "--train-limit", "25", "--seed", "7"];
    experiments(&[&["tune"], &models[..], &named, &options[..4]].concat());
    let chosen = results.join("bars/tuning/plan.toml");
    experiments(&["compare", "--config", chosen.to_str().unwrap()]);
    let report = std::fs::read(results.join("bars/report.json")).unwrap();
    let report: Value = serde_json::from_slice(&report).unwrap();
    assert_eq!(report["dataset"]["train_available"], 60);
    assert_eq!(model(&report, "softmax")["train_images"], 25);
}

#[test]
fn a_quick_look_leaves_the_plan_as_large_as_it_was() {
    let results = tempfile::tempdir().unwrap();
    let path = plan(
        "train_limit = 30000\n[[models]]\nmodel = \"nearest-centroid\"\n",
        results.path(),
    );
    tune(results.path(), &["--config", &path]).success();
    assert_eq!(trials(&tuned(results.path()), 0)[0]["train_images"], 2_000);
    let chosen = results.path().join("mnist/tuning/plan.toml");
    let text = std::fs::read_to_string(chosen).unwrap();
    assert!(text.contains("train_limit = 30000"), "{text}");
}

#[test]
fn mistakes_in_a_search_are_named_before_anything_is_fitted() {
    let results = tempfile::tempdir().unwrap();
    let table = "[[models]]\nmodel = \"softmax\"\n";
    for (search, message) in [
        (
            "search.learning_rat = [0.1]",
            "plan.toml, line 3: softmax: unknown parameter `learning_rat` (did you mean `learning_rate`?)",
        ),
        (
            "search.learning_rate = 0.1",
            "line 3: `search` must be a table of parameters",
        ),
        (
            "search.learning_rate = []",
            "line 3: softmax: search.learning_rate: expected a list of at least one value",
        ),
        (
            "search.epochs = { from = 5, to = 1 }",
            "line 3: softmax: search.epochs: expected a range whose `from` is not above its `to`",
        ),
        (
            "search.learning_rate = { from = 0.1, till = 1.0 }",
            "unknown key `till`",
        ),
        (
            "search.epochs = [1, 2, 3]",
            "the smallest grid of softmax's parameters has 3 points",
        ),
        // The good end first: only the other is wrong.
        (
            "shuffle = true\nsearch.learning_rate = { from = -0.1, to = 1.0 }",
            "plan.toml, line 4: softmax: learning_rate = -0.1: expected a number above 0",
        ),
        (
            "[models.search]\nbatch_size = [20]\nepochs = [3, 0]",
            "plan.toml, line 5: softmax: epochs = 0: expected a whole number of at least 1",
        ),
        (
            "search.epochs = { from = 1.5, to = 3 }",
            "line 3: softmax: epochs = 1.5: invalid type: number `1.5`, expected a whole number, not negative",
        ),
        (
            "search.shuffle = [true, \"yes\"]",
            "line 3: softmax: shuffle = \"yes\": invalid type: string \"yes\", expected a boolean",
        ),
    ] {
        let path = plan(&format!("{table}{search}\n"), results.path());
        let arguments = ["--config", &path, "--search", "grid", "--trials", "2"];
        tune(results.path(), &arguments)
            .code(2)
            .stderr(contains(message));
        assert!(!results.path().join("fits.sqlite").exists(), "{search}");
    }
}

#[test]
fn every_key_of_tuning_json_is_documented() {
    let results = tempfile::tempdir().unwrap();
    tune(results.path(), &["--models", "softmax", "--trials", "2"]).success();
    let report = tuned(results.path());
    let methodology = include_str!("../../METHODOLOGY.md");
    let (_, section) = methodology.split_once("## `tuning.json`").unwrap();
    assert!(section.contains(&format!("`format` is {}", report["format"])));
    let documented = |prefix: &str, value: &Value| {
        for key in value.as_object().unwrap().keys() {
            let name = format!("`{prefix}{key}`");
            assert!(section.contains(&name), "{name} is not in METHODOLOGY.md");
        }
    };
    let model = &report["models"][0];
    documented("", &report);
    documented("models[].", model);
    documented("models[].trials[].", &model["trials"][0]);
    documented("models[].expected_best[].", &model["expected_best"][0]);
}
