//! A folder of jobs, the binary that works on it, and reports without times.
#![allow(dead_code, reason = "each test file uses what it needs")]

use assert_cmd::assert::Assert;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// A comparison that is written as jobs.
pub(crate) struct Array {
    folder: PathBuf,
    results: PathBuf,
}

/// Runs the binary.
pub(crate) fn experiments(arguments: &[&str]) -> Assert {
    let mut command = assert_cmd::Command::cargo_bin("experiments").unwrap();
    command.args(arguments).assert()
}

impl Array {
    /// Writes the jobs of a comparison below a directory.
    pub(crate) fn new(directory: &Path, arguments: &[&str]) -> Self {
        let array = Self {
            folder: directory.join("jobs"),
            results: directory.join("results"),
        };
        array.write(arguments).success();
        array
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn results(&self) -> &Path {
        &self.results
    }

    /// Writes what is left to do.
    pub(crate) fn write(&self, arguments: &[&str]) -> Assert {
        let folder = self.folder.to_str().unwrap();
        run_with(
            &self.results,
            &[&["compare", "--jobs", folder], arguments].concat(),
        )
    }

    /// The numbers of the first task and the last.
    pub(crate) fn tasks(&self) -> (u64, u64) {
        let plan: Value =
            serde_json::from_slice(&fs::read(self.folder.join("plan.json")).unwrap()).unwrap();
        let of = |end: &str| plan["tasks"][end].as_u64().unwrap();
        (of("start"), of("end") - 1)
    }

    /// A worker that is told no task, on any engine.
    pub(crate) fn bare_worker(&self) -> Command {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin("experiments"));
        command.arg("worker").arg(&self.folder);
        command
    }

    pub(crate) fn worker(&self, task: u64) -> Command {
        let mut command = self.bare_worker();
        command.arg("--index").arg(task.to_string());
        command
    }

    pub(crate) fn work(&self, task: i64) -> Assert {
        let mut command = assert_cmd::Command::from_std(self.bare_worker());
        command.arg(format!("--index={task}")).assert()
    }

    pub(crate) fn status(&self) -> Assert {
        experiments(&["status", self.folder.to_str().unwrap()]).success()
    }

    pub(crate) fn merge(&self) -> Assert {
        run_with(&self.results, &["merge", self.folder.to_str().unwrap()])
    }

    /// Every record of a job.
    pub(crate) fn records(&self) -> Vec<PathBuf> {
        let shards = fs::read_dir(self.folder.join("records"))
            .into_iter()
            .flatten();
        let files = shards.flat_map(|shard| fs::read_dir(shard.unwrap().path()).unwrap());
        let paths = files.map(|file| file.unwrap().path());
        let hidden = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().starts_with('.');
        paths.filter(|path| !hidden(path)).collect()
    }

    /// Makes what a task said of itself two minutes old.
    pub(crate) fn grow_old(&self, task: u64) {
        let path = self.folder.join(format!("running/{task}.json"));
        let file = fs::File::options().write(true).open(path).unwrap();
        let then = file.metadata().unwrap().modified().unwrap();
        file.set_modified(then - Duration::from_mins(2)).unwrap();
    }
}

fn run_with(results: &Path, arguments: &[&str]) -> Assert {
    let mut command = assert_cmd::Command::cargo_bin("experiments").unwrap();
    command
        .args(arguments)
        .arg("--results")
        .arg(results)
        .assert()
}

/// The records of the only run of two results are the same, and so are reports made from them.
pub(crate) fn assert_same_results(here: &Path, there: &Path, dataset: &str) {
    assert_eq!(canonical(here, dataset), canonical(there, dataset));
    for file in ["README.md", "index.html", "report.json"] {
        let [here, there] = [here, there].map(|of| timeless_report(of, dataset, file));
        assert!(here == there, "{file} differs");
    }
}

/// The records of the only run, without what any two runs differ in: times, memory, and how it was asked for.
pub(crate) fn canonical(results: &Path, dataset: &str) -> String {
    let records = results.join(dataset).join("records");
    let mut files = fs::read_dir(records).unwrap();
    let path = files.next().unwrap().unwrap().path();
    assert!(files.next().is_none(), "one run");
    let text = fs::read_to_string(path).unwrap();
    text.lines()
        .map(|line| canonical_line(line) + "\n")
        .collect()
}

fn canonical_line(line: &str) -> String {
    let mut line: Value = serde_json::from_str(line).unwrap();
    if line["record"] == "run" {
        line["run"] = json!("2026-01-02T03-04-05Z");
        line["environment"]["started"] = json!("2026-01-02T03:04:05Z");
        line["environment"]["command"] = json!("compare");
    }
    if line["outcome"]["outcome"] == "finished" {
        let outcome = &mut line["outcome"];
        for key in ["fit_seconds", "predict_seconds"] {
            assert!(outcome[key].is_number(), "{key}");
            outcome[key] = json!(1.0);
        }
        outcome["peak_memory_bytes"] = json!(1);
        outcome["latency"] = json!({"p50": 1.0, "p99": 1.0, "images": 1});
    }
    line.to_string()
}

/// A file of the report that is written from the canonical records.
fn timeless_report(results: &Path, dataset: &str, file: &str) -> Vec<u8> {
    let directory = tempfile::tempdir().unwrap();
    let records = directory.path().join(dataset).join("records");
    fs::create_dir_all(&records).unwrap();
    fs::write(records.join("run.jsonl"), canonical(results, dataset)).unwrap();
    run_with(directory.path(), &["report", "--dataset", dataset]).success();
    fs::read(directory.path().join(dataset).join(file)).unwrap()
}
