//! A comparison as jobs that several processes run: the real binary, killed and repeated, without an engine.

mod array;
mod python;
mod run;

use array::{Array, assert_same_results, canonical, experiments};
use predicates::prelude::PredicateBooleanExt;
use predicates::str::contains;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Six jobs: the controls of two models, a fit with each of three seeds, and one of the model that nothing is
/// drawn for.
const DIGITS: [&str; 10] = [
    "--models",
    "softmax,nearest-centroid",
    "--train-limit",
    "400",
    "--set",
    "softmax.epochs=60",
    "--set",
    "softmax.shuffle=true",
    "--seeds",
    "3",
];

const ZOO: [&str; 8] = [
    "--data",
    concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../crates/catalog/data/tables/Zoo.csv"
    ),
    "--label",
    "type",
    "--models",
    "softmax,majority",
    "--cv",
    "2",
];

#[test]
fn what_several_processes_did_is_reported_as_if_one_had() {
    let directory = tempfile::tempdir().unwrap();
    let local = directory.path().join("local");
    run::compare(&local, &DIGITS).success();

    let array = Array::new(directory.path(), &DIGITS);
    // Nothing is known of how long fits take: each is a task. The controls are one together.
    assert_eq!(array.tasks(), (0, 4));
    kill_in_the_middle(&array, 0);
    array.status().stdout(contains("6 jobs: 0 done, 1 running"));
    array.grow_old(0);
    array
        .status()
        .stdout(contains("1 lost, 5 waiting").and(contains("lost: task 0, last seen on")));

    // Two machines at the same task, and other tasks beside them.
    let workers = [0, 0, 1, 4].map(|task| array.worker(task).spawn().unwrap());
    for mut worker in workers {
        assert!(worker.wait().unwrap().success());
    }
    array
        .merge()
        .code(1)
        .stderr(contains("2 jobs missing; to hand out again: "));
    let again = array.write(&DIGITS);
    again
        .success()
        .stdout(contains("2 jobs to do; 4 done").and(contains("tasks 5 to 6")));
    array
        .work(0)
        .code(2)
        .stderr(contains("its tasks are 5 to 6"));
    array.work(5).success();
    array
        .work(5)
        .success()
        .stdout(contains("0 jobs run").and(contains("1 done before")));
    array.work(6).success();
    array.status().stdout(contains("2 jobs: 2 done, 0 running"));
    array.merge().success();

    assert_same_results(&local, array.results(), "mnist");
    // Merged again, nothing is there twice.
    array.merge().success();
    let records = fs::read_dir(array.results().join("mnist/records")).unwrap();
    assert_eq!(records.count(), 1);
}

/// Starts a task and kills it as soon as it says that it runs.
fn kill_in_the_middle(array: &Array, task: u64) {
    let mut worker = array.worker(task).spawn().unwrap();
    let claim = array.folder().join(format!("running/{task}.json"));
    while !claim.exists() {
        assert!(worker.try_wait().unwrap().is_none(), "it ended too early");
        std::thread::sleep(Duration::from_millis(2));
    }
    worker.kill().unwrap();
    worker.wait().unwrap();
    assert_eq!(array.records().len(), 0);
}

#[test]
fn two_records_of_one_job_that_differ_are_both_reported() {
    let directory = tempfile::tempdir().unwrap();
    let array = Array::new(directory.path(), &ZOO);
    let (first, last) = array.tasks();
    for task in first..=last {
        array.work(task as i64).success();
    }
    array.merge().success();
    let is_fit = |path: &&std::path::PathBuf| {
        fs::read_to_string(path)
            .unwrap()
            .contains(r#""record":"fit","id":"majority""#)
    };
    let records = array.records();
    let record = records.iter().find(is_fit).unwrap();
    let text = fs::read_to_string(record).unwrap();
    let second = record.with_file_name(format!(
        "{}-2.jsonl",
        record.file_stem().unwrap().to_str().unwrap()
    ));

    // Another time is no other result.
    let mut value: serde_json::Value = serde_json::from_str(&text).unwrap();
    value["outcome"]["fit_seconds"] = 123.0.into();
    value["machine"] = "elsewhere".into();
    fs::write(&second, value.to_string()).unwrap();
    array.merge().success();

    value["outcome"]["parameters"] = 99.into();
    fs::write(&second, value.to_string()).unwrap();
    let said = contains("two records of one job differ in parameters")
        .and(contains(record.to_str().unwrap()))
        .and(contains(second.to_str().unwrap()))
        .and(contains("(machine: elsewhere)"));
    array.merge().code(1).stderr(said);

    // What is no record is said, and its job is missing.
    fs::remove_file(&second).unwrap();
    fs::write(record, &text[..text.len() / 2]).unwrap();
    let said = contains("not a record").and(contains("1 job missing"));
    array.merge().code(1).stderr(said);
}

/// The fits of a comparison that were taken from the store.
fn cached(results: &Path) -> usize {
    let compared = run::compare(results, &ZOO).success();
    let output = compared.get_output();
    let said = [&output.stdout, &output.stderr].map(|said| String::from_utf8_lossy(said));
    said.concat().matches("(cached)").count()
}

#[test]
fn what_was_merged_is_in_the_store_and_no_store_ends_a_merge() {
    let directory = tempfile::tempdir().unwrap();
    let array = Array::new(directory.path(), &ZOO);
    let (first, last) = array.tasks();
    for task in first..=last {
        array.work(task as i64).success();
    }
    // Workers open none, and the merge begins one in place of what is none.
    let store = array.results().join("fits.sqlite");
    for file in ["fits.sqlite-wal", "fits.sqlite-shm"] {
        let _ = fs::remove_file(array.results().join(file));
    }
    fs::write(&store, "no database").unwrap();
    let said = contains("fits.sqlite cannot be used (file is not a database)");
    array.merge().success().stderr(said);
    fs::remove_file(&store).unwrap();
    array.merge().success();
    // A record that is gone from the folder is in the store: nothing is missing.
    let fits = || {
        let records = array.records().into_iter();
        let is_fit = |path: &std::path::PathBuf| {
            let text = fs::read_to_string(path).unwrap();
            text.starts_with(r#"{"record":"fit""#)
        };
        records.filter(is_fit).collect::<Vec<_>>()
    };
    let whole = canonical(array.results(), "Zoo");
    let (gone, text) = (fits().remove(0), fs::read_to_string(&fits()[0]).unwrap());
    fs::remove_file(&gone).unwrap();
    let said = contains("1 job without a record here, taken from the store");
    array.merge().success().stderr(said);
    // Nobody looked once more.
    let looks = |text: &str| text.replace(r#""looks":1"#, r#""looks":0"#);
    assert_eq!(looks(&canonical(array.results(), "Zoo")), looks(&whole));
    fs::write(&gone, text).unwrap();
    fs::remove_dir_all(array.results().join("Zoo")).unwrap();
    // Two models in two folds.
    assert_eq!(cached(array.results()), 4);

    // What is in doubt is dropped: a fit of which a second record says something else.
    let records = array.records();
    let of_majority = |path: &&std::path::PathBuf| {
        let text = fs::read_to_string(path).unwrap();
        text.contains(r#""record":"fit","id":"majority""#)
    };
    let record = records.iter().find(of_majority).unwrap();
    let name = record.file_stem().unwrap().to_str().unwrap();
    let mut value: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(record).unwrap()).unwrap();
    value["outcome"]["parameters"] = 99.into();
    let second = record.with_file_name(format!("{name}-2.jsonl"));
    fs::write(second, value.to_string()).unwrap();
    array.merge().code(1);
    assert_eq!(cached(array.results()), 3);
}

#[test]
fn a_model_that_fails_elsewhere_has_its_row() {
    let directory = tempfile::tempdir().unwrap();
    let diverging = [&ZOO[..], &["--set", "softmax.learning_rate=1e38"]].concat();
    let array = Array::new(directory.path(), &diverging);
    let (first, last) = array.tasks();
    for task in first..=last {
        array.work(task as i64).success();
    }
    array
        .status()
        .stdout(contains("failed: softmax: diverged in epoch"));
    array
        .merge()
        .code(1)
        .stderr(contains("softmax did not finish"));
    let page = fs::read_to_string(array.results().join("Zoo/README.md")).unwrap();
    assert!(page.contains("diverged in epoch"), "{page}");

    // As on one machine, what failed is fitted again; with --refit everything is.
    let again = array.write(&diverging).success();
    again.stdout(contains("1 job to do, 1 of them again; 5 done"));
    let refit = [&diverging[..], &["--refit"]].concat();
    // Where the numbers of the tasks cannot be read, nothing is written, and no record is removed.
    let plan = array.folder().join("plan.json");
    let written = fs::read(&plan).unwrap();
    fs::write(&plan, "{}").unwrap();
    let refused = array.write(&refit).code(2);
    refused.stderr(contains("plan.json: not a plan of jobs"));
    assert_eq!(array.records().len(), 5);
    fs::write(&plan, written).unwrap();
    let again = array.write(&refit).success();
    again.stdout(contains("6 jobs to do, 5 of them again; 0 done"));
    assert!(array.records().is_empty());
    // What the store has is not what was asked for.
    let missing = contains("6 jobs missing").and(contains("taken from the store").not());
    array.merge().code(1).stderr(missing);
}

#[test]
fn a_worker_refuses_what_is_not_the_plan() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("zoo.csv");
    fs::copy(ZOO[1], &data).unwrap();
    let mut arguments = ZOO;
    arguments[1] = data.to_str().unwrap();
    let array = Array::new(directory.path(), &arguments);
    let plan = array.folder().join("plan.json");
    let planned = fs::read_to_string(&plan).unwrap();

    let changed = |from: &str, to: &str, said: &str| {
        assert!(planned.contains(from), "{planned}");
        fs::write(&plan, planned.replacen(from, to, 1)).unwrap();
        array.work(0).code(2).stderr(contains(said.to_owned()));
        fs::write(&plan, &planned).unwrap();
    };
    changed(
        r#""epochs": 20"#,
        r#""epochs": 21"#,
        "softmax: not as planned: `recipe.parameters.epochs` is 20 in the plan, and 21 here",
    );
    changed(
        r#""compiler": ""#,
        r#""compiler": "0."#,
        "run the same program everywhere",
    );
    changed(r#""format": 1"#, r#""format": 9"#, "a plan of format 9");
    array.work(99).code(2).stderr(contains("no task 99 in"));
    array.work(-1).code(2).stderr(contains("no task -1 in"));

    let csv = fs::read_to_string(&data).unwrap();
    fs::write(&data, csv.replacen("mammal", "bird", 1)).unwrap();
    array
        .work(0)
        .code(2)
        .stderr(contains("SHA-256 sums differ"));
    assert!(array.records().is_empty());

    let nowhere = directory.path().join("nowhere");
    experiments(&["status", nowhere.to_str().unwrap()])
        .code(2)
        .stderr(contains("no plan of jobs here"));
}

#[test]
fn an_engine_says_which_task() {
    let directory = tempfile::tempdir().unwrap();
    let array = Array::new(directory.path(), &ZOO);
    let (first, last) = array.tasks();
    let worker = |variable: &str, value: &str, more: &[&str]| {
        let mut command = array.bare_worker();
        command.env(variable, value).args(more);
        let output = command.stdin(Stdio::null()).output().unwrap();
        String::from_utf8(output.stderr).unwrap() + &String::from_utf8(output.stdout).unwrap()
    };
    for variable in [
        "SLURM_ARRAY_TASK_ID",
        "JOB_COMPLETION_INDEX",
        "PBS_ARRAY_INDEX",
        "SGE_TASK_ID",
        "AWS_BATCH_JOB_ARRAY_INDEX",
        "HQ_TASK_ID",
    ] {
        let said = worker(variable, &last.to_string(), &[]);
        assert!(said.contains(&format!("task {last}: ")), "{said}");
    }
    // Grid Engine counts from 1, and says `undefined` where there is no array.
    let said = worker("SGE_TASK_ID", "1", &["--offset", "-1"]);
    assert!(said.contains(&format!("task {first}: ")), "{said}");
    let said = worker("SGE_TASK_ID", "undefined", &[]);
    assert!(said.contains("--index: which task?"), "{said}");
    let said = worker("HQ_TASK_ID", "one", &[]);
    assert!(
        said.contains("HQ_TASK_ID: `one` is not the number"),
        "{said}"
    );
}

#[test]
fn a_manifest_for_kubernetes_has_every_task() {
    let directory = tempfile::tempdir().unwrap();
    let zoo = Path::new(ZOO[1]).canonicalize().unwrap();
    let mut arguments = ZOO;
    arguments[1] = zoo.to_str().unwrap();
    let array = Array::new(directory.path(), &arguments);
    let submit = |mount: &str| {
        let folder = array.folder().to_str().unwrap().to_owned();
        let asked = ["--image", "registry/plumbline:1", "--claim", "shared"];
        let mut arguments = vec!["submit", "kubernetes", &folder, "--mount", mount];
        arguments.extend(asked);
        experiments(&arguments)
    };
    submit("/elsewhere")
        .code(2)
        .stderr(contains("not below /elsewhere"));
    submit("/").success();
    let text = fs::read(array.folder().join("kubernetes.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_slice(&text).unwrap();
    let (first, last) = array.tasks();
    assert_eq!(manifest["spec"]["completions"], last - first + 1);
    assert_eq!(manifest["spec"]["completionMode"], "Indexed");
    let container = &manifest["spec"]["template"]["spec"]["containers"][0];
    assert_eq!(container["command"][1], "worker");
    assert_eq!(container["image"], "registry/plumbline:1");
}

#[test]
#[ignore = "installs from PyPI"]
fn kubernetes_takes_the_manifest() {
    let directory = tempfile::tempdir().unwrap();
    let array = Array::new(directory.path(), &DIGITS);
    let folder = array.folder().to_str().unwrap();
    let asked = ["submit", "kubernetes", folder, "--mount", "/"];
    let more = ["--image", "registry/plumbline:1", "--claim", "shared"];
    let needs = ["--memory", "500", "--throttle", "2"];
    experiments(&[&asked[..], &more, &needs].concat()).success();
    let mut check = python::script("check_manifest.py");
    check
        .arg("1.37")
        .arg(array.folder().join("kubernetes.json"));
    check.assert().success();
}

#[test]
fn without_slurm_it_says_so() {
    let directory = tempfile::tempdir().unwrap();
    let array = Array::new(directory.path(), &ZOO);
    let mut command = Command::new(assert_cmd::cargo::cargo_bin("experiments"));
    command.args(["submit", "slurm"]).arg(array.folder());
    let output = command.env("PATH", "").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("scontrol: "), "{said}");
    let script = fs::read_to_string(array.folder().join("slurm.sh")).unwrap();
    assert!(script.contains("#SBATCH --cpus-per-task="), "{script}");
}

#[test]
#[ignore = "installs from PyPI"]
fn hyperqueue_runs_the_tasks() {
    let directory = tempfile::tempdir().unwrap();
    let local = directory.path().join("local");
    run::compare(&local, &ZOO).success();
    let array = Array::new(directory.path(), &ZOO);
    let worker = array.bare_worker();
    let (first, last) = array.tasks();
    let mut queue = python::script("hyperqueue_tasks.py");
    queue.args([first, last].map(|task| task.to_string()));
    queue.arg(worker.get_program()).args(worker.get_args());
    queue.assert().success();
    array.merge().success();
    assert_same_results(&local, array.results(), "Zoo");
}

/// The line of the README, with the tasks and the program that are here.
#[test]
#[ignore = "needs GNU parallel"]
fn gnu_parallel_runs_the_tasks() {
    let directory = tempfile::tempdir().unwrap();
    let local = directory.path().join("local");
    run::compare(&local, &ZOO).success();
    let array = Array::new(directory.path(), &ZOO);
    let (first, last) = array.tasks();
    let readme = include_str!("../README.md");
    let line = readme.lines().find(|line| line.contains("| parallel "));
    let line = line.and_then(|line| line.split('`').nth(1)).unwrap();
    let program = assert_cmd::cargo::cargo_bin("experiments");
    let line = line
        .replace("\\|", "|")
        .replace("seq 0 99", &format!("seq {first} {last}"))
        .replace("experiments", program.to_str().unwrap())
        .replace("shared/jobs", array.folder().to_str().unwrap());
    assert!(line.contains("--index {}"), "{line}");
    let mut shell = assert_cmd::Command::new("sh");
    shell.args(["-c", &line]).assert().success();
    array.merge().success();
    assert_same_results(&local, array.results(), "Zoo");
}
