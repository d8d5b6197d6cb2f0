//! Searches whose trials other machines make.

use super::{plan, timeless, tune, tuned};
use crate::array::experiments;
use assert_cmd::Command;
use predicates::prelude::PredicateBooleanExt;
use predicates::str::contains;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// A softmax whose rate is searched, and one that takes no second of its values.
const SPACES: &str = r#"
[[models]]
model = "softmax"
epochs = 2
search = { learning_rate = { from = 0.05, to = 0.5, scale = "log" }, batch_size = [50, 100] }

[[models]]
model = "nearest-centroid"
"#;

fn grid(directory: &Path) -> [String; 6] {
    let plan = plan(SPACES, directory);
    ["--config", &plan, "--search", "grid", "--trials", "6"].map(str::to_owned)
}

/// Writes what is left to do of a search.
fn hand_out(results: &Path, jobs: &Path, arguments: &[&str]) -> assert_cmd::assert::Assert {
    let jobs = ["--jobs", jobs.to_str().unwrap()];
    tune(results, &[&jobs[..], arguments].concat())
}

fn merge(results: &Path, jobs: &Path) -> assert_cmd::assert::Assert {
    let mut command = Command::cargo_bin("experiments").unwrap();
    command.arg("merge").arg(jobs);
    command.arg("--results").arg(results).assert()
}

fn tasks(jobs: &Path) -> std::ops::Range<u64> {
    let plan: Value = serde_json::from_slice(&fs::read(jobs.join("plan.json")).unwrap()).unwrap();
    let of = |end: &str| plan["tasks"][end].as_u64().unwrap();
    of("start")..of("end")
}

fn work(jobs: &Path, task: u64) {
    let index = format!("--index={task}");
    experiments(&["worker", jobs.to_str().unwrap(), &index]).success();
}

/// The record of a trial of `softmax`.
fn a_record(jobs: &Path) -> PathBuf {
    let shards = fs::read_dir(jobs.join("records")).unwrap();
    let mut files = shards.flat_map(|shard| fs::read_dir(shard.unwrap().path()).unwrap());
    let of_softmax = |path: &PathBuf| fs::read_to_string(path).unwrap().contains("softmax");
    files
        .find_map(|file| Some(file.unwrap().path()).filter(of_softmax))
        .unwrap()
}

#[test]
fn trials_of_several_machines_are_reported_as_if_one_had_made_them() {
    let directory = tempfile::tempdir().unwrap();
    let arguments = grid(directory.path());
    let arguments = arguments.each_ref().map(String::as_str);
    let [local, elsewhere, jobs] =
        ["local", "elsewhere", "jobs"].map(|at| directory.path().join(at));
    tune(&local, &arguments).success();
    // 3 × 2 points, and the one trial of a model without anything to search.
    hand_out(&elsewhere, &jobs, &arguments)
        .success()
        .stdout(contains("7 jobs to do; 0 done"));
    for task in tasks(&jobs) {
        work(&jobs, task);
    }
    let status = experiments(&["status", jobs.to_str().unwrap()]).success();
    status.stdout(contains("7 jobs: 7 done"));
    let merged = merge(&elsewhere, &jobs).success();
    merged.stdout(contains("nearest-centroid").and(contains("on the test samples: compare")));
    assert_eq!(timeless(&local), timeless(&elsewhere));
    let [here, there] = [&local, &elsewhere].map(|results| {
        let text = fs::read_to_string(results.join("mnist/tuning/plan.toml")).unwrap();
        text.lines().skip(1).collect::<Vec<_>>().join("\n")
    });
    assert_eq!(here, there);

    // A record that is gone is taken from the store, into which the first merge put it.
    fs::remove_file(a_record(&jobs)).unwrap();
    let merged = merge(&elsewhere, &jobs).success();
    merged.stderr(contains(
        "1 job without a record here, taken from the store",
    ));
    assert_eq!(timeless(&local), timeless(&elsewhere));
    // Without the store it is a trial that is missing, and the only one that is handed out again.
    fs::remove_file(elsewhere.join("fits.sqlite")).unwrap();
    let merged = merge(&elsewhere, &jobs).code(1);
    merged.stderr(
        contains("1 job missing; to hand out again: ").and(contains("1 of the trials is missing")),
    );
    let of_record = tuned(&elsewhere).to_string();
    assert!(of_record.contains("missing: no machine has made it"));
    // That merge put the others into a new store.
    fs::remove_file(elsewhere.join("fits.sqlite")).unwrap();
    let again = hand_out(&elsewhere, &jobs, &arguments).success();
    again.stdout(contains("1 job to do; 6 done").and(contains("tasks 7 to 7")));
    work(&jobs, 7);
    merge(&elsewhere, &jobs).success();
    assert_eq!(timeless(&local), timeless(&elsewhere));
    // With all of them in the store, nothing is left to do.
    let others = directory.path().join("others");
    let all = hand_out(&elsewhere, &others, &arguments).success();
    all.stdout(contains("0 jobs to do; 7 done"));

    // A record that cannot be one is said, and its trial is missing.
    let record = a_record(&jobs);
    let text = fs::read_to_string(&record).unwrap();
    fs::write(
        &record,
        text.replace("\"accuracies\":[0.", "\"accuracies\":[7."),
    )
    .unwrap();
    let merged = merge(&elsewhere, &jobs).code(1);
    merged.stderr(contains("an accuracy is not a share").and(contains(record.to_str().unwrap())));
}

#[test]
fn what_an_earlier_search_found_is_not_handed_out() {
    let directory = tempfile::tempdir().unwrap();
    let arguments = grid(directory.path());
    let arguments = arguments.each_ref().map(String::as_str);
    let [results, jobs] = ["results", "jobs"].map(|at| directory.path().join(at));
    tune(&results, &arguments).success();
    let of_one_machine = timeless(&results);
    let written = hand_out(&results, &jobs, &arguments).success();
    written.stdout(contains("0 jobs to do; 7 done").and(contains("no task: ")));
    merge(&results, &jobs).success();
    assert_eq!(of_one_machine, timeless(&results));
    // Where its trials were made, nobody knows: on no other machine.
    assert!(tuned(&results).get("machines").is_none());

    // What its trials took tells how long others take.
    let more = [&arguments[..4], &["--trials", "12"]].concat();
    let others = directory.path().join("others");
    let written = hand_out(&results, &others, &more).success();
    written.stdout(
        contains("no earlier fit")
            .not()
            .and(contains("8 jobs to do")),
    );

    // What was read from a file is not trusted because it parsed.
    let path = jobs.join("plan.json");
    let text = fs::read_to_string(&path).unwrap();
    for (from, to, said) in [
        (
            "\"trials\": 6",
            "\"trials\": 1000000000000",
            "search.trials: 1000000000000 is not from 1 to 65535",
        ),
        (
            "\"low\": 0.05",
            "\"low\": 5.0",
            "learning_rate: expected a range",
        ),
    ] {
        assert!(text.contains(from), "{text}");
        fs::write(&path, text.replace(from, to)).unwrap();
        merge(&results, &jobs).code(2).stderr(contains(said));
    }
}

#[test]
fn searches_that_learn_are_not_handed_out() {
    let directory = tempfile::tempdir().unwrap();
    let [results, jobs] = ["results", "jobs"].map(|at| directory.path().join(at));
    let refused = |arguments: &[&str], said: &str| {
        let arguments = [&["--models", "softmax"], arguments].concat();
        hand_out(&results, &jobs, &arguments)
            .code(2)
            .stderr(contains(said));
    };
    refused(
        &["--search", "tpe"],
        "--search: what tpe tries next depends on the trials before",
    );
    refused(
        &["--search", "asha"],
        "jobs for other machines take random or grid",
    );
    refused(
        &["--seconds", "5"],
        "--seconds: nobody counts the seconds of several machines together",
    );
    refused(&["--partition", "cpu"], "--partition: only with --on");
    assert!(!jobs.exists());
}
