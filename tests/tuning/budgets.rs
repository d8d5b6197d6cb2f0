//! Every model has the same budget, in trials or in seconds, and the report says what it bought.

use super::{number, page, plan, trials, tune, tuned};
use predicates::str::contains;
use serde_json::Value;

/// What trials cost, in trials with everything.
fn cost(trials: &[Value]) -> f64 {
    trials.iter().map(|trial| number(&trial["share"])).sum()
}

fn best(report: &Value, model: usize) -> &Value {
    let index = report["models"][model]["best"].as_u64().unwrap();
    &trials(report, model)[index as usize]
}

#[test]
fn halving_and_asha_make_more_trials_that_cost_as_much() {
    for search in ["halving", "asha"] {
        let results = tempfile::tempdir().unwrap();
        let models = "softmax,kernel-svm";
        let arguments = ["--models", models, "--search", search, "--trials", "6"];
        tune(results.path(), &arguments).success();
        let report = tuned(results.path());
        for model in [0, 1] {
            let made = trials(&report, model);
            let cost = cost(made);
            assert!(made.len() > 12 && cost > 3.0 && cost < 6.0 + 1e-9, "{cost}");
            assert_eq!(report["models"][model]["resource"], "images");
            assert!(made[0]["train_images"].as_u64().unwrap() < 700);
            assert_eq!(best(&report, model)["train_images"], 2_000);
            let expected = &report["models"][model]["expected_best"];
            let last = expected.as_array().unwrap().last().unwrap();
            assert!(
                (number(&last["spent"]) - cost).abs() < 1e-9,
                "the last point is all that was spent"
            );
        }
        let page = page(results.path());
        assert!(page.contains("successive halving"), "{page}");
        assert!(page.contains("| 2\u{a0}000 images |"), "{page}");
        assert!(!page.contains("no trial with all of them"), "{page}");
    }
}

#[test]
fn epochs_may_be_what_trials_have_less_of() {
    for search in ["halving", "asha"] {
        let results = tempfile::tempdir().unwrap();
        let path = plan(
            "[[models]]\nmodel = \"softmax\"\nepochs = 27\nsearch.learning_rate = { from = 0.01, to = 1.0, scale = \"log\" }\n\
             [[models]]\nmodel = \"kernel-svm\"\nsearch.c = { from = 0.5, to = 50.0, scale = \"log\" }\n",
            results.path(),
        );
        let arguments = ["--config", &path, "--search", search, "--trials", "6"];
        let arguments = [&arguments[..], &["--resource", "epochs"]].concat();
        tune(results.path(), &arguments).success();
        let report = tuned(results.path());
        assert_eq!(report["models"][0]["resource"], "epochs");
        for trial in trials(&report, 0) {
            assert_eq!(trial["train_images"], 2_000);
            let epochs = number(&trial["share"]) * 27.0;
            assert_eq!(number(&trial["epochs"]), epochs.round());
        }
        assert_eq!(best(&report, 0)["epochs"], 27);
        assert_eq!(
            report["models"][1]["resource"], "images",
            "it has no epochs"
        );
        assert!(trials(&report, 1)[0]["train_images"].as_u64().unwrap() < 700);
        assert!(trials(&report, 1)[0]["epochs"].is_null());
        let page = page(results.path());
        assert!(
            page.contains("log scale | epochs |") && page.contains("log scale | images |"),
            "{page}"
        );
        assert!(page.contains("| 2\u{a0}000 images, 27 epochs |"), "{page}");
    }
    let results = tempfile::tempdir().unwrap();
    tune(results.path(), &["--resource", "epochs"])
        .code(2)
        .stderr(contains("--resource: only with --search halving or asha"));
}

#[test]
fn seconds_bind() {
    for threads in ["1", "2"] {
        let results = tempfile::tempdir().unwrap();
        let arguments = ["--models", "softmax,kernel-svm", "--seconds", "1"];
        let arguments = [&arguments[..], &["--threads", threads]].concat();
        tune(results.path(), &arguments).success();
        let report = tuned(results.path());
        assert_eq!(report["budget"]["seconds"], 1.0);
        for model in [0, 1] {
            let seconds = number(&report["models"][model]["seconds"]);
            // A trial is called off a moment after its time; on a busy machine moments are long. The start
            // of its process is in the budget while it runs, but is no time of the model's.
            assert!((0.8..4.0).contains(&seconds), "{seconds}");
            let finished = trials(&report, model).iter().filter(|trial| {
                let finished = trial["accuracy"].is_number();
                assert_eq!(trial["called_off"], !finished, "{trial}");
                finished
            });
            let finished: f64 = finished.map(|trial| number(&trial["fit_seconds"])).sum();
            assert!(finished <= 1.0, "{finished}");
            let expected = &report["models"][model]["expected_best"];
            let last = expected.as_array().unwrap().last().unwrap();
            assert!((number(&last["spent"]) - seconds).abs() < 1e-9);
        }
        let page = page(results.path());
        assert!(page.contains("could spend 1 second of fitting"), "{page}");
        let figure = results
            .path()
            .join("mnist/tuning/figures/expected-best.svg");
        let figure = std::fs::read_to_string(figure).unwrap();
        assert!(figure.contains("seconds of fitting"), "{figure}");
    }
}

#[test]
fn a_search_that_ends_early_does_not_claim_all_images() {
    let results = tempfile::tempdir().unwrap();
    // Its lowest rung alone takes longer.
    let arguments = ["--models", "softmax", "--search", "halving"];
    let budget = ["--trials", "2000", "--seconds", "1"];
    tune(results.path(), &[&arguments[..], &budget].concat()).success();
    let report = tuned(results.path());
    let best = best(&report, 0);
    assert!(number(&best["share"]) < 1.0, "{best}");
    let page = page(results.path());
    let images = best["train_images"].as_u64().unwrap();
    assert!(page.contains(&format!("| {images} images, ")), "{page}");
    assert!(
        page.contains("no trial with all of them finished"),
        "{page}"
    );
}
