//! Fits in processes of their own, and programs of the user's as models: whatever they do costs one row.
#![cfg(target_os = "linux")]
#![allow(
    clippy::disallowed_methods,
    reason = "how long a kill takes is what is tested"
)]

mod python;
mod run;

use assert_cmd::cargo::cargo_bin;
use run::{compare, model, report, written_again};
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// A plan of nearest centroid and a shell script with the folder as `$1`, on few samples.
fn plan(directory: &Path, script: &str) -> String {
    fs::write(directory.join("program.sh"), script).unwrap();
    let plan = directory.join("plan.toml");
    let text = "train_limit = 200\n[[models]]\nmodel = \"nearest-centroid\"\n\
        [[models]]\nid = \"mine\"\ncommand = [\"sh\", \"program.sh\"]\ndepth = 3\n";
    fs::write(&plan, text).unwrap();
    plan.display().to_string()
}

/// Answers class 0 to all samples, as NumPy writes zeros of `int64`.
const ZEROS: &str = r#"
n=$(sed -n 's/.*"predict": \([0-9]*\).*/\1/p' "$1/job.json")
header="{'descr': '<i8', 'fortran_order': False, 'shape': ($n,), }"
{ printf '\223NUMPY\001\000\166\000'; printf '%-117s\n' "$header"; head -c $((8 * n)) /dev/zero; } > "$1/predictions.npy"
"#;

#[test]
fn a_program_is_compared_like_any_other_model() {
    let directory = tempfile::tempdir().unwrap();
    let script =
        format!("echo 'plumbline: fit begins'; sleep 0.2; echo 'plumbline: fit ends'{ZEROS}");
    let plan = plan(directory.path(), &script);
    let arguments = ["--config", &plan, "--set", "mine.depth=4"];
    compare(directory.path(), &arguments).success();
    let report = report(directory.path());
    let mine = model(&report, "mine");
    assert_eq!(mine["status"], "finished");
    // 980 of the 10 000 test images are zeros.
    assert_eq!(mine["accuracy"], 0.098);
    assert_eq!(mine["hyperparameters"]["depth"], 4);
    let seconds = mine["fit_seconds"].as_f64().unwrap();
    assert!((0.19..5.0).contains(&seconds), "{seconds}");
    assert!(mine["peak_memory_bytes"].as_u64().unwrap() > 100_000);
    assert!(mine["parameters"].is_null() && mine["latency"].is_null());
    assert!(
        mine["notes"][0]
            .as_str()
            .unwrap()
            .contains("between the two marks")
    );
}

#[test]
fn a_program_that_fails_is_a_row_with_what_it_said() {
    let directory = tempfile::tempdir().unwrap();
    let plan = plan(directory.path(), "echo 'ValueError: no luck' >&2; exit 7");
    compare(directory.path(), &["--config", &plan]).code(1);
    let report = report(directory.path());
    assert_eq!(model(&report, "nearest-centroid")["status"], "finished");
    let reason = &model(&report, "mine")["reason"];
    assert_eq!(
        reason,
        "the process ended with exit code 7: ValueError: no luck"
    );
}

#[test]
fn limits_of_time_and_memory_are_kills() {
    for (script, option, value, reason) in [
        (
            "sleep 100",
            "--time-limit",
            "300ms",
            "exceeded the time limit of 0.3 s",
        ),
        // tail keeps all of its input, which has no line.
        (
            "head -c 2000M /dev/zero | tail",
            "--memory-limit",
            "300",
            "exceeded the memory limit of 300 MB",
        ),
    ] {
        let directory = tempfile::tempdir().unwrap();
        let plan = plan(directory.path(), script);
        let begun = Instant::now();
        compare(directory.path(), &["--config", &plan, option, value]).code(1);
        assert!(
            begun.elapsed() < Duration::from_mins(1),
            "{:?}",
            begun.elapsed()
        );
        assert_eq!(model(&report(directory.path()), "mine")["reason"], reason);
    }
}

/// The program makes a temporary file, and starts two others in sessions of their own, one of them through a process
/// that ends at once.
#[test]
fn nothing_of_a_program_outlives_its_limit() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path().display().to_string();
    let script = format!(
        "mktemp > {at}/file; echo \"$1\" >> {at}/file; setsid sleep 1000 & echo $! > {at}/pids; \
         setsid sh -c 'sleep 1000 & echo $! >> {at}/pids'; sleep 100"
    );
    let plan = plan(directory.path(), &script);
    let limit = ["--config", &plan, "--time-limit", "300ms"];
    compare(directory.path(), &limit).code(1);
    let said = |file: &str| fs::read_to_string(directory.path().join(file)).unwrap();
    for file in said("file").lines() {
        assert!(!Path::new(file).exists(), "{file}");
    }
    assert_eq!(said("pids").lines().count(), 2);
    said("pids").lines().for_each(wait_for_end);
}

/// A reason for each program that does what it likes.
#[test]
fn a_program_that_plays_tricks_is_a_row() {
    for (script, limit, expected) in [
        (
            "mkfifo \"$1/predictions.npy\"",
            "1m",
            "predictions.npy: no regular file",
        ),
        (
            "echo 'plumbline: fit begins'; echo 'plumbline: fit ends'; sleep 100",
            "300ms",
            "exceeded the time limit of 0.3 s",
        ),
        (
            "printf 'caf\\351\\n'; sleep 0.1; echo x; printf '\\033[31mno\\n' >&2; sleep 100 & exit 3",
            "1m",
            "the process ended with exit code 3: [31mno",
        ),
    ] {
        let directory = tempfile::tempdir().unwrap();
        let plan = plan(directory.path(), script);
        compare(
            directory.path(),
            &["--config", &plan, "--time-limit", limit],
        )
        .code(1);
        assert_eq!(model(&report(directory.path()), "mine")["reason"], expected);
    }
}

/// The program is named by a path that is the plan's.
#[test]
fn a_search_writes_a_plan_that_finds_the_program_and_verify_leaves_it_out() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("mine.sh"), ZEROS).unwrap();
    let text = "dataset = \"glass\"\nvalidation = 20\n\n[[models]]\nid = \"mine\"\ncommand = [\"sh\", \"mine.sh\"]\n\
                depth = 3\nsearch.depth = [1, 2]\n\n[[models]]\nmodel = \"majority\"\n";
    let plan = directory.path().join("plan.toml");
    fs::write(&plan, text).unwrap();
    let results = directory.path().join("results");
    let run = |arguments: &[&str], config: Option<&Path>| {
        let mut command = Command::new(cargo_bin("experiments"));
        command.args(arguments).arg("--results").arg(&results);
        if let Some(config) = config {
            command.arg("--config").arg(config);
        }
        let output = command.current_dir("/").output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{arguments:?}: {said}");
        said
    };
    run(&["tune", "--models", "mine"], Some(&plan));
    run(&["compare"], Some(&results.join("glass/tuning/plan.toml")));
    run(&["compare"], Some(&plan));
    let said = run(&["verify", "--dataset", "glass"], None);
    assert!(
        said.contains("note: mine is a program, and is not fitted again"),
        "{said}"
    );
}

/// It answers, and leaves another behind that holds its output; what that takes counts.
#[test]
fn a_program_has_ended_when_its_own_process_has() {
    let directory = tempfile::tempdir().unwrap();
    let leave = "sleep 1000 &\nhead -c 200M /dev/zero | tail > /dev/null";
    let plan = plan(directory.path(), &format!("{leave}\n{ZEROS}"));
    compare(directory.path(), &["--config", &plan]).code(0);
    let report = report(directory.path());
    assert_eq!(model(&report, "mine")["status"], "finished");
    let memory = model(&report, "mine")["peak_memory_bytes"]
        .as_f64()
        .unwrap();
    assert!(memory > 150e6, "{memory}");
}

#[test]
fn results_that_are_removed_meanwhile_are_written_again() {
    let directory = tempfile::tempdir().unwrap();
    let remove = format!("rm -r {}/mnist", directory.path().display());
    let plan = plan(directory.path(), &format!("{remove} 2> /dev/null\n{ZEROS}"));
    compare(directory.path(), &["--config", &plan]).code(0);
    let report = report(directory.path());
    for id in ["nearest-centroid", "mine"] {
        assert_eq!(model(&report, id)["status"], "finished");
    }
}

/// A program that ends well, and leaves another behind.
#[test]
fn nothing_of_a_program_outlives_its_end() {
    let directory = tempfile::tempdir().unwrap();
    let pid = directory.path().join("pid");
    let leave = format!(
        "setsid sleep 1000 > /dev/null 2>&1 & echo $! > {}",
        pid.display()
    );
    let plan = plan(directory.path(), &format!("{leave}\n{ZEROS}"));
    compare(directory.path(), &["--config", &plan]).code(0);
    wait_for_end(fs::read_to_string(pid).unwrap().trim());
}

/// Waits until a process is gone, but not for long.
fn wait_for_end(process: &str) {
    let stat = format!("/proc/{process}/stat");
    let is_gone = || fs::read_to_string(&stat).map_or(true, |stat| stat.contains(") Z "));
    for _ in 0..100 {
        if is_gone() {
            return;
        }
        sleep(Duration::from_millis(10));
    }
    panic!("{process} is still there");
}

/// A comparison of a program that is quick on the few samples of controls, and then does not end.
fn endless(directory: &Path) -> Child {
    let sleep = "grep -q '\"train\": 300' \"$1/job.json\" && sleep 1000";
    let plan = plan(directory, &format!("{sleep}\n{ZEROS}"));
    let text = fs::read_to_string(&plan).unwrap();
    fs::write(
        &plan,
        text.replace("train_limit = 200", "train_limit = 300"),
    )
    .unwrap();
    Command::new(cargo_bin("experiments"))
        .args(["compare", "--config", &plan, "--results"])
        .arg(directory)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// The process that fits and the program that it started, once that does not end.
fn fitting(parent: &Child, results: &Path) -> [u32; 2] {
    let records = results.join("mnist/records");
    let is_checked = || {
        let files = fs::read_dir(&records).into_iter().flatten().flatten();
        let mut texts = files.filter_map(|file| fs::read_to_string(file.path()).ok());
        texts.any(|text| text.contains(r#""record":"controls","id":"mine""#))
    };
    for _ in 0..600 {
        if let (true, [cell]) = (is_checked(), &children(parent.id())[..])
            && let [program] = children(*cell)[..]
        {
            return [*cell, program];
        }
        sleep(Duration::from_millis(100));
    }
    panic!("no process fits");
}

fn children(parent: u32) -> Vec<u32> {
    let threads = fs::read_dir(format!("/proc/{parent}/task"))
        .into_iter()
        .flatten();
    let lists = threads
        .flatten()
        .filter_map(|task| fs::read_to_string(task.path().join("children")).ok());
    let ids = lists.collect::<Vec<_>>().join(" ");
    ids.split_whitespace()
        .filter_map(|id| id.parse().ok())
        .collect()
}

fn signal(process: u32, name: &str) {
    let sent = Command::new("kill")
        .args([&format!("-{name}"), &process.to_string()])
        .status();
    assert!(sent.unwrap().success());
}

fn is_gone(process: u32) -> bool {
    for _ in 0..100 {
        let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
        if status.is_empty() || status.contains("State:\tZ") {
            return true;
        }
        sleep(Duration::from_millis(20));
    }
    false
}

#[test]
fn a_fit_that_is_killed_is_a_row() {
    let results = tempfile::tempdir().unwrap();
    let mut parent = endless(results.path());
    let [cell, program] = fitting(&parent, results.path());
    signal(cell, "KILL");
    assert_eq!(parent.wait().unwrap().code(), Some(1));
    assert!(is_gone(program), "what it started goes with it");
    let report = report(results.path());
    assert_eq!(model(&report, "nearest-centroid")["status"], "finished");
    let reason = model(&report, "mine")["reason"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(reason.starts_with("killed (SIGKILL)"), "{reason}");
}

#[test]
fn a_fit_dies_with_its_parent() {
    let results = tempfile::tempdir().unwrap();
    let mut parent = endless(results.path());
    let both = fitting(&parent, results.path());
    parent.kill().unwrap();
    parent.wait().unwrap();
    assert!(both.into_iter().all(is_gone), "they go on without it");
}

#[test]
fn an_interrupt_ends_everything_within_a_second() {
    let results = tempfile::tempdir().unwrap();
    let mut parent = endless(results.path());
    let both = fitting(&parent, results.path());
    let begun = Instant::now();
    signal(parent.id(), "INT");
    assert!(both.into_iter().all(is_gone));
    let ended = begun.elapsed();
    assert_eq!(parent.wait().unwrap().code(), Some(130));
    assert!(ended < Duration::from_secs(1), "{ended:?}");
    written_again(results.path());
    let report = report(results.path());
    assert_eq!(model(&report, "nearest-centroid")["status"], "finished");
    assert_eq!(model(&report, "mine")["status"], "cancelled");
}

/// Whoever should read what is printed does not: to print takes for ever.
#[test]
fn an_interrupt_does_not_wait_for_what_cannot_be_called_off() {
    let results = tempfile::tempdir().unwrap();
    let (reader, mut writer) = std::io::pipe().unwrap();
    // As much as a pipe holds.
    writer.write_all(&vec![b' '; 1 << 16]).unwrap();
    let mut parent = Command::new(cargo_bin("experiments"))
        .args(["compare", "--quick", "--models", "majority", "--results"])
        .arg(results.path())
        .stdout(writer)
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let written = || results.path().join("mnist/index.html").exists();
    while !written() {
        assert!(parent.try_wait().unwrap().is_none());
        sleep(Duration::from_millis(20));
    }
    let begun = Instant::now();
    signal(parent.id(), "INT");
    assert_eq!(parent.wait().unwrap().code(), Some(130));
    // A second, and room for a machine that others use.
    assert!(begun.elapsed() < Duration::from_secs(5));
    drop(reader);
}

#[test]
fn an_allocation_that_no_machine_has_is_a_row() {
    let results = tempfile::tempdir().unwrap();
    let arguments = [
        "--models",
        "softmax,nearest-centroid",
        "--quick",
        "--set",
        "softmax.batch_size=1000000000000000",
    ];
    // Whether the model takes it for one large batch or dies of it, the other has its row.
    drop(compare(results.path(), &arguments));
    assert_eq!(
        model(&report(results.path()), "nearest-centroid")["status"],
        "finished"
    );
}

#[test]
#[ignore = "installs NumPy"]
fn the_example_in_numpy_is_softmax_regression() {
    let results = tempfile::tempdir().unwrap();
    let plan = concat!(env!("CARGO_MANIFEST_DIR"), "/programs/plan.toml");
    let directory = python::interpreter().parent().unwrap();
    let path = format!("{}:{}", directory.display(), std::env::var("PATH").unwrap());
    assert_cmd::Command::cargo_bin("experiments")
        .unwrap()
        .env("PATH", path)
        .args(["compare", "--config", plan, "--quick", "--results"])
        .arg(results.path())
        .assert()
        .success();
    let report = report(results.path());
    let accuracy = |id| model(&report, id)["accuracy"].as_f64().unwrap();
    // Both start at 0 and visit the samples in the order given: only rounding differs.
    assert!((accuracy("softmax") - accuracy("numpy-softmax")).abs() < 0.003);
    let loss = |id| model(&report, id)["metrics"]["log_loss"].as_f64().unwrap();
    assert!((loss("softmax") - loss("numpy-softmax")).abs() < 1e-3);
}
