//! `compare` as a user runs it: the real binary on real MNIST.

mod run;

use assert_cmd::Command;
use predicates::prelude::PredicateBooleanExt;
use run::{compare, model, page, report, timeless, written_again};
use serde_json::Value;
use std::collections::BTreeSet;

#[test]
fn the_quick_look_trains_every_default_model_and_says_that_it_is_one() {
    let results = tempfile::tempdir().unwrap();
    compare(results.path(), &["--quick"]).success();
    let report = report(results.path());
    let ids: Vec<&str> = report["models"]
        .as_array()
        .unwrap()
        .iter()
        .map(|model| model["id"].as_str().unwrap())
        .collect();
    assert_eq!(
        ids,
        [
            "softmax",
            "softmax-lbfgs",
            "burn-ndarray",
            "burn-flex",
            "burn-mlp",
            "kernel-svm",
            "linfa-svm-rbf",
            "linfa-logistic",
            "nearest-centroid"
        ]
    );
    assert_eq!(
        (&report["quick"], &report["complete"]),
        (&true.into(), &true.into())
    );
    for id in ids {
        let accuracy = model(&report, id)["accuracy"].as_f64().unwrap();
        assert!(accuracy > 0.75, "{id}: {accuracy}");
    }
    let comparisons = report["comparisons"].as_array().unwrap();
    assert_eq!(comparisons.len(), 9 * 8 / 2);
    for pair in comparisons {
        let only = |key: &str| pair[key].as_f64().unwrap();
        let ahead = only("only_first_right") - only("only_second_right");
        assert!(
            (only("difference") * 1000.0 - ahead).abs() < 1e-9 && ahead >= 0.0,
            "{pair}"
        );
        let accuracy = |key: &str| {
            let of_model = model(&report, pair[key].as_str().unwrap());
            of_model["accuracy"].as_f64().unwrap()
        };
        let difference = accuracy("first") - accuracy("second");
        assert!((only("difference") - difference).abs() < 1e-9, "{pair}");
        assert!(
            only("p") <= only("p_adjusted") && only("p_adjusted") <= 1.0,
            "{pair}"
        );
        assert_eq!(pair["different"], only("p_adjusted") < 0.05, "{pair}");
        let end = |key: &str| pair["difference_interval"][key].as_f64().unwrap();
        let excludes = end("low") > 0.0 || end("high") < 0.0;
        assert_eq!(pair["different"], excludes, "{pair}");
        assert!(only("detectable_difference") > 0.0, "{pair}");
    }
    let page = page(results.path());
    assert!(
        page.contains("nearest-centroid by") && page.contains("cannot be told apart"),
        "{page}"
    );
    assert!(
        page.contains("**Quick look**") && page.contains("**Subset**"),
        "{page}"
    );
    assert!(page.contains("2\u{a0}000 ⚠"), "{page}");
    let index = std::fs::read_to_string(results.path().join("README.md")).unwrap();
    assert!(index.contains("(quick look at a subset)"), "{index}");
}

/// The keys of a report below `path`, as METHODOLOGY.md writes them. Which hyper-parameters and
/// certificates there are is up to the models.
fn keys(value: &Value, path: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => {
            for item in items {
                keys(item, &format!("{path}[]"), found);
            }
        }
        Value::Object(_)
            if path.ends_with(".hyperparameters") || path.ends_with(".certificate") => {}
        Value::Object(parts) => {
            for (key, part) in parts {
                let key = match path {
                    "" => key.clone(),
                    _ => format!("{path}.{key}"),
                };
                keys(part, &key, found);
                found.insert(key);
            }
        }
        _ => {}
    }
}

/// Whether METHODOLOGY.md has a key: in the first column of a row, or in the row of what it is part of.
fn is_documented(key: &str) -> bool {
    let row_of = |key: &str| {
        let quoted = format!("`{key}`");
        let mut rows = include_str!("../METHODOLOGY.md").lines();
        rows.find(|row| {
            let mut columns = row
                .strip_prefix('|')
                .into_iter()
                .flat_map(|row| row.split('|'));
            columns.next().is_some_and(|keys| keys.contains(&quoted))
        })
    };
    let in_row_of_whole = || {
        let (whole, part) = key.rsplit_once('.')?;
        let row = row_of(whole.trim_end_matches("[]"))?;
        Some(row.contains(&format!("`{part}`")))
    };
    row_of(key).is_some() || in_row_of_whole() == Some(true)
}

#[test]
fn the_report_has_the_documented_keys() {
    let models = ["--models", "softmax,nearest-centroid"];
    let on_test_images = [
        "--train-limit",
        "500",
        "--sizes",
        "100",
        "--seeds",
        "2",
        "--set",
        "softmax.shuffle=true",
        "--set",
        "softmax.epochs=2",
    ];
    let over_folds = ["--quick", "--cv", "5x2", "--set", "softmax.epochs=1"];
    let [on_test_images, over_folds] = [&on_test_images[..], &over_folds[..]].map(|arguments| {
        let results = tempfile::tempdir().unwrap();
        compare(results.path(), &[&models[..], arguments].concat()).success();
        report(results.path())
    });
    let mut found = BTreeSet::new();
    for report in [&on_test_images, &over_folds] {
        keys(report, "", &mut found);
    }
    let undocumented: Vec<&String> = found.iter().filter(|key| !is_documented(key)).collect();
    assert!(
        undocumented.is_empty(),
        "not in METHODOLOGY.md: {undocumented:?}"
    );
    // The two runs have all that there is to document.
    for key in [
        "models[].epochs[].training_loss",
        "models[].fits[].judged_images",
        "models[].learning_curve[].train_images",
        "models[].latency.p99",
        "models[].reliability[].confidence",
        "models[].accuracy_interval.low",
        "models[].variance.seed",
        "models[].controls[].passed",
        "comparisons[].metric_differences[].interval.high",
        "comparisons[].over_seeds.p_adjusted",
        "comparisons[].over_seeds.elsewhere.low",
        "comparisons[].over_seeds.outperforming.probability",
        "comparisons[].margin_interval.high",
        "comparisons[].posterior.equivalent",
        "comparisons[].five_by_two.p",
        "together.cochran_q.statistic",
    ] {
        assert!(found.contains(key), "{key} is in no report: {found:?}");
    }
    let softmax = model(&on_test_images, "softmax");
    assert_eq!(softmax["parameters"], 7850);
    assert_eq!(softmax["epochs"].as_array().unwrap().len(), 2);
    let data = &on_test_images["dataset"];
    assert_eq!(data["features"], 784);
    assert_eq!(
        (&data["train"], &data["test"]),
        (&500.into(), &10_000.into())
    );
}

#[test]
fn the_same_seed_gives_the_same_report_on_one_thread_and_on_two() {
    let arguments = |threads| {
        [
            "--models",
            "softmax,softmax-lbfgs,kernel-svm,virtual-svm,nearest-centroid,burn-flex,burn-lenet,linfa-svm-rbf",
            "--train-limit",
            "1000",
            "--set",
            "softmax.shuffle=true",
            "--set",
            "burn-lenet.augment=moved",
            "--set",
            "burn-lenet.epochs=1",
            "--seed",
            "7",
            "--threads",
            threads,
        ]
    };
    let reports = ["1", "1", "2"].map(|threads| {
        let results = tempfile::tempdir().unwrap();
        compare(results.path(), &arguments(threads)).success();
        serde_json::to_string(&timeless(results.path())).unwrap()
    });
    assert!(reports[0] == reports[1], "the same command twice");
    assert!(reports[0] == reports[2], "one thread and two");
}

#[test]
fn another_seed_gives_another_report() {
    let report = |seed| {
        let results = tempfile::tempdir().unwrap();
        let arguments = [
            "--models",
            "softmax",
            "--train-limit",
            "500",
            "--seed",
            seed,
        ];
        compare(results.path(), &arguments).success();
        timeless(results.path())["models"].take()
    };
    assert_ne!(report("1"), report("2"));
}

#[test]
fn a_model_that_fails_keeps_its_row_and_the_others_run_on() {
    let results = tempfile::tempdir().unwrap();
    let arguments = [
        "--models",
        "softmax,nearest-centroid",
        "--train-limit",
        "500",
        "--set",
        "softmax.learning_rate=1e38",
    ];
    compare(results.path(), &arguments)
        .code(1)
        .stderr(predicates::str::contains("error: softmax did not finish"));
    let report = report(results.path());
    assert_eq!(report["complete"], false);
    assert_eq!(model(&report, "softmax")["status"], "failed");
    assert_eq!(model(&report, "nearest-centroid")["status"], "finished");
    let page = page(results.path());
    assert!(
        page.contains("**Incomplete**: without softmax (failed: diverged in epoch 1"),
        "{page}"
    );
}

#[test]
fn a_report_is_rendered_again_from_its_records_alone() {
    let results = tempfile::tempdir().unwrap();
    let arguments = [
        "--models",
        "softmax,nearest-centroid",
        "--train-limit",
        "500",
    ];
    compare(results.path(), &arguments).success();
    let files = [
        "mnist/README.md",
        "mnist/report.json",
        "mnist/figures/accuracy.svg",
        "README.md",
    ];
    let read = || files.map(|file| std::fs::read(results.path().join(file)).unwrap());
    let first = read();
    for file in files {
        std::fs::remove_file(results.path().join(file)).unwrap();
    }
    let mut command = Command::cargo_bin("experiments").unwrap();
    command
        .arg("report")
        .arg("--results")
        .arg(results.path())
        .assert()
        .success();
    assert!(first == read(), "rendered again, other bytes");
}

#[test]
fn a_second_run_keeps_the_records_of_the_first() {
    let results = tempfile::tempdir().unwrap();
    for seed in ["1", "2"] {
        compare(
            results.path(),
            &["--models", "nearest-centroid", "--seed", seed],
        )
        .success();
    }
    assert_eq!(
        std::fs::read_dir(results.path().join("mnist/records"))
            .unwrap()
            .count(),
        2
    );
    assert_eq!(report(results.path())["seed"], 2);
}

#[test]
fn whoever_replaces_a_larger_comparison_is_told() {
    let results = tempfile::tempdir().unwrap();
    let two = [
        "--models",
        "nearest-centroid,softmax",
        "--train-limit",
        "200",
    ];
    let note = predicates::str::contains("this page replaces one with softmax; `report --run");
    compare(results.path(), &two)
        .success()
        .stderr(note.clone().not());
    let one = ["--models", "nearest-centroid", "--train-limit", "200"];
    compare(results.path(), &one).success().stderr(note);
}

#[test]
fn a_plan_file_decides_what_runs() {
    let results = tempfile::tempdir().unwrap();
    let plan = results.path().join("plan.toml");
    let text = "seed = 3\ntrain_limit = 400\n[[models]]\nmodel = \"softmax\"\nid = \"slow\"\n\
                learning_rate = 0.01\nepochs = 2\n[[models]]\nmodel = \"softmax\"\nepochs = 2\n";
    std::fs::write(&plan, text).unwrap();
    compare(results.path(), &["--config", plan.to_str().unwrap()]).success();
    let report = report(results.path());
    assert_eq!(report["seed"], 3);
    assert_eq!(
        model(&report, "slow")["hyperparameters"]["learning_rate"],
        0.01
    );
    assert_eq!(model(&report, "softmax")["train_images"], 400);
    assert!(
        results
            .path()
            .join("mnist/figures/weights-slow.png")
            .is_file()
    );
}

#[cfg(unix)]
#[test]
fn an_interrupt_keeps_what_has_finished() {
    use std::io::{BufRead, BufReader};
    use std::process::{Command, Stdio};

    let results = tempfile::tempdir().unwrap();
    let mut child = Command::new(assert_cmd::cargo::cargo_bin("experiments"))
        .args([
            "compare",
            "--models",
            "nearest-centroid,linfa-logistic,softmax",
            "--results",
        ])
        .arg(results.path())
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap())
        .lines()
        .map(Result::unwrap);
    lines
        .find(|line| line.contains("linfa-logistic: fitting"))
        .expect("the second model begins");
    let pid = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &pid])
            .status()
            .unwrap()
            .success()
    );
    let rest: Vec<String> = lines.collect();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{rest:?}");
    assert_eq!(
        rest.last().unwrap(),
        "error: interrupted; what had finished is kept"
    );

    written_again(results.path());
    let report = report(results.path());
    assert_eq!(model(&report, "nearest-centroid")["status"], "finished");
    assert_eq!(model(&report, "linfa-logistic")["status"], "cancelled");
    assert_eq!(model(&report, "softmax")["status"], "missing");
    assert!(page(results.path()).contains("**Incomplete**"));
}

#[test]
fn the_lab_ends_in_a_comparison() {
    let results = tempfile::tempdir().unwrap();
    let mut command = Command::cargo_bin("experiments").unwrap();
    command
        .args(["lab", "--quick", "--without-python", "--language", "fr"])
        .arg("--results")
        .arg(results.path())
        .assert()
        .success()
        .stdout(predicates::str::contains("92,24 % de justes"));
    let report = report(results.path());
    let models: Vec<&str> = report["models"]
        .as_array()
        .unwrap()
        .iter()
        .map(|model| model["id"].as_str().unwrap())
        .collect();
    assert_eq!(
        models,
        ["softmax", "burn-ndarray", "burn-mlp", "kernel-svm"]
    );
    assert!(results.path().join("plan.toml").is_file());
}
