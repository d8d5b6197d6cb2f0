//! Fits of every model while other programs use the processors: one thread and two, beside no, one and two busy
//! processes, taken in turn. Each fit is a process of its own, as in every comparison.
//!
//! `cargo bench --profile dev -p experiments --bench under_load -- [ROUNDS] [MODEL]…`

use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command};

/// The argument with which this program is one of the busy processes.
const BUSY: &str = "--busy";

/// Rounds unless the command line says otherwise.
const ROUNDS: usize = 3;

/// Most busy processes.
const MOST: usize = 2;

/// Training images: the slowest model takes seconds with them.
const IMAGES: &str = "4000";

/// Seconds of the fits of a model: by busy processes, then by threads less one.
type Seconds = [[Vec<f64>; 2]; MOST + 1];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == BUSY) {
        loop {
            std::hint::spin_loop();
        }
    }
    let arguments = arguments.iter().filter(|argument| *argument != "--bench");
    let (rounds, models): (Vec<&String>, Vec<&String>) =
        arguments.partition(|argument| argument.parse::<usize>().is_ok());
    let rounds = rounds
        .first()
        .map_or(ROUNDS, |text| text.parse().expect("a number"));
    let directory = tempfile::tempdir().expect("a temporary directory can be made");
    let mut seconds = BTreeMap::<String, Seconds>::new();
    for _ in 0..rounds {
        for busy in 0..=MOST {
            let _others: Vec<Busy> = (0..busy).map(|_| Busy::start()).collect();
            for threads in [1, 2] {
                for (model, fit) in fits(&models, threads, directory.path()) {
                    seconds.entry(model).or_default()[busy][threads - 1].push(fit);
                }
            }
        }
    }
    print(seconds, rounds);
}

/// The seconds that each model takes to fit: those that were named, or all that a comparison takes.
fn fits(models: &[&String], threads: usize, results: &Path) -> Vec<(String, f64)> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_experiments"));
    command.args(["compare", "--refit", "--quiet", "--train-limit", IMAGES]);
    command
        .args(["--threads", &threads.to_string(), "--results"])
        .arg(results);
    if !models.is_empty() {
        let names: Vec<&str> = models.iter().map(|name| name.as_str()).collect();
        command.args(["--models", &names.join(",")]);
    }
    assert!(command.status().expect("it starts").success());
    let report = std::fs::read(results.join("mnist/report.json")).expect("it is written");
    let report: Value = serde_json::from_slice(&report).expect("it is JSON");
    let models = report["models"].as_array().expect("it lists models").iter();
    models
        .filter_map(|model| {
            let id = model["id"].as_str()?.to_owned();
            Some((id, model["fit_seconds"].as_f64()?))
        })
        .collect()
}

fn print(seconds: BTreeMap<String, Seconds>, rounds: usize) {
    println!("medians of {rounds} fits of {IMAGES} images, in turn");
    println!(
        "| model | busy processes | 1 thread, s | 2 threads, s | ratio | 2 threads against idle |"
    );
    println!("|---|--:|--:|--:|--:|--:|");
    for (model, seconds) in seconds {
        let medians = seconds.map(|of_threads| of_threads.map(median));
        let idle = medians[0][1];
        for (busy, [one, two]) in medians.into_iter().enumerate() {
            let (ratio, against_idle) = (two / one, two / idle);
            println!("| {model} | {busy} | {one:.3} | {two:.3} | {ratio:.2} | {against_idle:.2} |");
        }
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let (low, high) = (values[(values.len() - 1) / 2], values[values.len() / 2]);
    f64::midpoint(low, high)
}

/// A process that uses a processor until it is dropped.
struct Busy(Child);

impl Busy {
    fn start() -> Self {
        let this = std::env::current_exe().expect("this program has a path");
        let child = Command::new(this).arg(BUSY).spawn();
        Self(child.expect("it starts"))
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.kill().expect("it has not ended by itself");
        self.0.wait().expect("it is our child");
    }
}
