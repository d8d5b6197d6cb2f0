//! Seeds, cross-validation, validation splits, limits, and fits that are not computed twice.

mod run;

use predicates::prelude::PredicateBooleanExt;
use predicates::str::contains;
use run::{compare, model, page, report, timeless};
use serde_json::Value;
use std::path::Path;

const FEW: [&str; 4] = ["--train-limit", "500", "--set", "softmax.epochs=2"];

fn fits<'a>(report: &'a Value, id: &str) -> &'a [Value] {
    model(report, id)["fits"].as_array().unwrap()
}

#[test]
fn only_models_that_depend_on_the_seed_are_fitted_with_several() {
    let results = tempfile::tempdir().unwrap();
    let models = "softmax,nearest-centroid,burn-mlp";
    let shuffle = [
        "--set",
        "softmax.shuffle=true",
        "--set",
        "burn-mlp.epochs=1",
    ];
    let arguments = [&["--models", models, "--seeds", "3"], &FEW[..], &shuffle].concat();
    compare(results.path(), &arguments).success();
    let report = report(results.path());
    let seeds: Vec<u64> = fits(&report, "softmax")
        .iter()
        .map(|fit| fit["cell"]["seed"].as_u64().unwrap())
        .collect();
    assert_eq!(seeds, [1, 2, 3]);
    assert_eq!(fits(&report, "burn-mlp").len(), 3);
    assert_eq!(fits(&report, "nearest-centroid").len(), 0);
    let accuracy = |fit: &Value| fit["accuracy"].as_f64().unwrap();
    let softmax = fits(&report, "softmax");
    assert_eq!(
        model(&report, "softmax")["accuracy"],
        softmax[0]["accuracy"],
        "the table is of the first seed"
    );
    assert!(
        softmax[1..]
            .iter()
            .any(|fit| accuracy(fit) != accuracy(&softmax[0])),
        "other seeds give other models"
    );
    let variance = &model(&report, "softmax")["variance"];
    let images = (0.25_f64 / 10_000.0).sqrt();
    assert!(variance["judged_images"].as_f64().unwrap() < images);
    assert!(variance["seed"].as_f64().unwrap() > 0.0);
    assert!(model(&report, "nearest-centroid")["variance"].is_null());
    assert!(page(results.path()).contains("## Several fits"));
}

#[test]
fn a_plan_carries_its_question_and_its_analysis() {
    let results = tempfile::tempdir().unwrap();
    let plan = results.path().join("plan.toml");
    let text = "question = \"Is a mean enough?\"\nanalysis = \"\"\"\nIt is **not**.\n\"\"\"\n\
                [[models]]\nmodel = \"nearest-centroid\"\n";
    std::fs::write(&plan, text).unwrap();
    compare(results.path(), &["--config", plan.to_str().unwrap()]).success();
    let page = page(results.path());
    let (question, analysis) = (
        page.find("*Is a mean enough?*"),
        page.find("It is **not**."),
    );
    assert!(question.unwrap() < analysis.unwrap(), "{page}");
}

#[test]
fn cross_validation_judges_every_training_image_once_and_leaves_the_test_images_alone() {
    let results = tempfile::tempdir().unwrap();
    let arguments = [
        "--models",
        "softmax,nearest-centroid",
        "--quick",
        "--cv",
        "4",
    ];
    compare(results.path(), &arguments).success();
    let report = report(results.path());
    assert!(report["protocol"]["judged_on"]["folds"].is_object());
    assert_eq!(report["test_looks"], 0);
    let centroid = model(&report, "nearest-centroid");
    let judged: u64 = centroid["confusion"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|row| row.as_array().unwrap())
        .map(|count| count.as_u64().unwrap())
        .sum();
    assert_eq!(judged, 2_000);
    assert_eq!(fits(&report, "nearest-centroid").len(), 4);
    let pair = &report["comparisons"][0];
    assert_eq!(pair["freedom"], 3.0);
    assert!(pair["posterior"]["equivalent"].is_number());
    let page = page(results.path());
    assert!(page.contains("4 folds, the same for every model"), "{page}");
    assert!(page.contains("| test labels | not looked at |"), "{page}");
}

#[test]
fn five_times_two_folds_bring_the_f_test() {
    let results = tempfile::tempdir().unwrap();
    let models = "softmax,nearest-centroid";
    let arguments = [
        "--models",
        models,
        "--quick",
        "--cv",
        "5x2",
        "--set",
        "softmax.epochs=1",
    ];
    compare(results.path(), &arguments).success();
    let pair = &report(results.path())["comparisons"][0];
    assert!(pair["five_by_two"]["p"].is_number(), "{pair}");
}

#[test]
fn a_validation_split_stands_in_for_the_test_images() {
    let results = tempfile::tempdir().unwrap();
    let arguments = [&["--models", "softmax", "--validation", "3000"], &FEW[..]].concat();
    compare(results.path(), &arguments)
        .success()
        .stdout(contains("of the 3\u{a0}000 validation images right"));
    let report = report(results.path());
    assert!(report["protocol"]["judged_on"]["validation"].is_object());
    assert_eq!(report["dataset"]["test"], 3_000);
    assert_eq!(report["dataset"]["train_available"], 57_000);
    assert_eq!(report["test_looks"], 0);
}

#[test]
fn looks_at_the_test_labels_are_counted() {
    let results = tempfile::tempdir().unwrap();
    let arguments = [&["--models", "softmax,nearest-centroid"], &FEW[..]].concat();
    compare(results.path(), &arguments).success();
    // For the record, and at the end of each model.
    assert_eq!(report(results.path())["test_looks"], 3);
    let page = page(results.path());
    assert!(page.contains("| test labels | looked at 3 times"), "{page}");
    assert!(page.contains("The best of 2 models may owe"), "{page}");
}

#[test]
fn what_was_fitted_before_is_not_fitted_again() {
    let results = tempfile::tempdir().unwrap();
    let again = "(cached)";
    let arguments = [&["--models", "softmax,nearest-centroid"], &FEW[..]].concat();
    compare(results.path(), &arguments)
        .success()
        .stderr(contains(again).not());
    let first = report(results.path());
    compare(results.path(), &arguments)
        .success()
        .stderr(contains(again).count(2));
    let second = report(results.path());
    assert_eq!(first["models"], second["models"], "times and all");

    let changed = [&arguments[..], &["--set", "softmax.learning_rate=0.2"]].concat();
    let output = compare(results.path(), &changed).success();
    let lines = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
    let line = |model: &str| {
        let of_model = |line: &&str| line.contains(model) && line.contains("fitted in");
        lines.lines().find(of_model).unwrap().to_owned()
    };
    assert!(!line("softmax").contains(again), "{lines}");
    assert!(line("nearest-centroid").contains(again), "{lines}");

    let forced = [&arguments[..], &["--refit"]].concat();
    compare(results.path(), &forced)
        .success()
        .stderr(contains(again).not());
}

#[cfg(unix)]
#[test]
fn a_run_that_was_stopped_goes_on_where_it_stopped_to_the_same_report() {
    let models = ["--models", "softmax,linfa-logistic,nearest-centroid"];
    let arguments = [&models[..], &FEW[..]].concat();
    let text = |results: &Path| {
        let mut report = timeless(results);
        // The run that was stopped looked, too.
        report.as_object_mut().unwrap().remove("test_looks");
        serde_json::to_string(&report).unwrap()
    };
    let undisturbed = tempfile::tempdir().unwrap();
    compare(undisturbed.path(), &arguments).success();
    for signal in ["-KILL", "-INT"] {
        let resumed = tempfile::tempdir().unwrap();
        let directory = resumed.path().to_str().unwrap();
        let stopped = [&["compare"], &arguments[..], &["--results", directory]].concat();
        run::signalled_at("linfa-logistic: fitting", signal, &stopped);
        compare(resumed.path(), &arguments)
            .success()
            .stderr(contains("(cached)"));
        assert!(text(resumed.path()) == text(undisturbed.path()), "{signal}");
    }
}

#[test]
fn a_model_beyond_its_limits_keeps_its_row_with_the_reason() {
    for (limit, value, samples, reason) in [
        (
            "--time-limit",
            "200ms",
            "5000",
            "exceeded the time limit of 0.2 s",
        ),
        (
            "--memory-limit",
            "200",
            "20000",
            "exceeded the memory limit of 200 MB",
        ),
    ] {
        let results = tempfile::tempdir().unwrap();
        let models = "linfa-logistic,nearest-centroid";
        let arguments = ["--models", models, "--train-limit", samples, limit, value];
        compare(results.path(), &arguments)
            .code(1)
            .stderr(contains("did not finish"));
        let report = report(results.path());
        assert_eq!(report["complete"], false);
        let row = model(&report, "linfa-logistic");
        assert_eq!(
            (&row["status"], &row["reason"]),
            (&"failed".into(), &reason.into())
        );
        assert_eq!(model(&report, "nearest-centroid")["status"], "finished");
    }
}

#[test]
fn folds_with_several_seeds_tell_the_variance_over_seeds() {
    let results = tempfile::tempdir().unwrap();
    let models = [
        "--models",
        "burn-mlp,nearest-centroid",
        "--set",
        "burn-mlp.epochs=2",
    ];
    let arguments = [&models[..], &["--quick", "--cv", "3", "--seeds", "2"]].concat();
    compare(results.path(), &arguments).success();
    let report = report(results.path());
    let network = model(&report, "burn-mlp");
    let count = |key: &str| network[key].as_array().unwrap().len();
    assert_eq!((count("fits"), count("other_seeds")), (3, 3));
    for part in ["judged_images", "seed"] {
        assert!(network["variance"][part].is_number(), "{part}");
    }
    let centroids = model(&report, "nearest-centroid");
    assert!(
        centroids["variance"]["seed"].is_null(),
        "it depends on none"
    );
}

#[test]
fn a_stored_fit_is_held_to_the_limits_of_today() {
    let results = tempfile::tempdir().unwrap();
    let arguments = [&["--models", "softmax"], &FEW[..]].concat();
    compare(results.path(), &arguments).success();
    let limited = [&arguments[..], &["--time-limit", "1ns"]].concat();
    compare(results.path(), &limited).code(1);
    let report = report(results.path());
    let reason = model(&report, "softmax")["reason"].as_str().unwrap();
    assert!(reason.contains("exceeded the time limit"), "{reason}");
}

#[test]
fn quiet_prints_nothing_but_errors() {
    let results = tempfile::tempdir().unwrap();
    let arguments = [&["--models", "softmax", "--quiet"], &FEW[..]].concat();
    compare(results.path(), &arguments)
        .success()
        .stdout("")
        .stderr("");
    let failing = [&arguments[..], &["--time-limit", "1ns"]].concat();
    let failing = [&failing[..], &["--refit"]].concat();
    let output = compare(results.path(), &failing).code(1);
    let errors = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
    assert_eq!(errors.lines().count(), 1, "{errors}");
}

#[test]
fn a_learning_curve_ends_with_all_images() {
    let results = tempfile::tempdir().unwrap();
    let arguments = [
        &["--models", "softmax,nearest-centroid", "--sizes", "100,300"],
        &FEW[..],
    ]
    .concat();
    compare(results.path(), &arguments).success();
    let report = report(results.path());
    let curve = model(&report, "nearest-centroid")["learning_curve"]
        .as_array()
        .unwrap();
    let sizes: Vec<u64> = curve
        .iter()
        .map(|fit| fit["train_images"].as_u64().unwrap())
        .collect();
    assert_eq!(sizes, [100, 300, 500]);
    assert_eq!(
        curve[2]["accuracy"],
        model(&report, "nearest-centroid")["accuracy"]
    );
    assert!(page(results.path()).contains("src=\"figures/learning-by-images.svg\""));
    compare(results.path(), &["--sizes", "3"])
        .code(2)
        .stderr(contains("sizes: a subset of 3 of 60000 samples"));
}

#[test]
fn calibration_brings_confidence_closer_to_accuracy() {
    let fit = |arguments: &[&str]| {
        let results = tempfile::tempdir().unwrap();
        let all = [
            &["--models", "softmax,nearest-centroid", "--quick"],
            arguments,
        ]
        .concat();
        compare(results.path(), &all).success();
        report(results.path())
    };
    let scaled = fit(&["--calibrate", "2000"]);
    let softmax = model(&scaled, "softmax");
    let temperature = softmax["temperature"].as_f64().unwrap();
    assert!(
        (0.2..5.0).contains(&temperature) && temperature != 1.0,
        "{temperature}"
    );
    assert!(model(&scaled, "nearest-centroid")["temperature"].is_null());
    assert_eq!(scaled["dataset"]["train_available"], 58_000);
    // Softmax after 20 epochs of 2 000 images is less sure than it may be.
    let error = softmax["metrics"]["expected_calibration_error"]
        .as_f64()
        .unwrap();
    let plain = fit(&[]);
    let before = model(&plain, "softmax")["metrics"]["expected_calibration_error"].as_f64();
    assert!(error < before.unwrap(), "{error} against {before:?}");
}
