//! Fits of every registered model while other programs use the processors: one thread and two, beside no, one and two
//! busy processes, taken in turn. Each fit is a process of its own, as in every comparison. Says of each model whether
//! it keeps the limits; exit code 1 where one does not.
//!
//! `cargo bench --profile dev -p experiments --bench under_load -- [ROUNDS] [MODEL]… [BEFORE]`; BEFORE is the
//! absolute path of an earlier build of the program.

#![allow(clippy::disallowed_methods, reason = "it measures")]

use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

/// The argument with which this program is one of the busy processes.
const BUSY: &str = "--busy";

/// Rounds, unless the command line says otherwise.
const ROUNDS: usize = 5;
/// After this time no further round begins.
const LONG: Duration = Duration::from_mins(11);

/// Most busy processes.
const MOST: usize = 2;

/// Training images of the first, untimed fits. The others have so many that a fit takes about this time, where time
/// grows with their square.
const FIRST: usize = 2_000;
const SECONDS: f64 = 0.5;
const FEWEST: usize = 1_000;
const MOST_IMAGES: usize = 20_000;

/// With two threads a fit takes no more than this many times its time with one.
const TWO_OVER_ONE: f64 = 1.3;
/// Beside one busy process it takes no more than this many times its time beside none.
const BUSY_OVER_IDLE: f64 = 2.5;
/// Beside none it takes no longer than it did before; what two equal programs may differ by.
const NOW_OVER_BEFORE: f64 = 1.1;

/// Seconds of the fits of a model: by busy processes, then by threads less one.
type Seconds = [[Vec<f64>; 2]; MOST + 1];

/// What was measured of a model.
#[derive(Default)]
struct Measured {
    seconds: Seconds,
    /// With two threads beside no other process, in the program's earlier build.
    before: Vec<f64>,
}

/// Training images of each model.
type Sizes = BTreeMap<String, usize>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == BUSY) {
        loop {
            std::hint::spin_loop();
        }
    }
    let (mut rounds, mut before, mut models) = (ROUNDS, None, Vec::new());
    for argument in arguments.iter().filter(|argument| *argument != "--bench") {
        match argument.parse() {
            Ok(number) => rounds = number,
            Err(_) if argument.contains('/') => before = Some(Path::new(argument)),
            Err(_) => models.push(argument.clone()),
        }
    }
    if models.is_empty() {
        models = registered();
    }
    let directory = tempfile::tempdir().expect("a temporary directory can be made");
    let sizes = sizes(models, directory.path());
    let mut measured = BTreeMap::<String, Measured>::new();
    let began = Instant::now();
    let mut done = 0;
    while done < rounds && (done == 0 || began.elapsed() < LONG) {
        measure(&sizes, before, directory.path(), &mut measured);
        done += 1;
    }
    println!("medians of {done} fits of each kind, in turn");
    print_times(&measured, &sizes);
    println!();
    print_verdicts(&measured)
}

fn registered() -> Vec<String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_experiments"));
    let output = command.arg("models").output().expect("it starts");
    let text = String::from_utf8(output.stdout).expect("it writes UTF-8");
    let heads = text.lines().filter(|line| {
        let begins = line.starts_with(|c: char| c.is_ascii_lowercase());
        begins && line.ends_with(')')
    });
    let ids: Vec<String> = heads
        .filter_map(|line| Some(line.split_once(" (")?.0.to_owned()))
        .collect();
    assert!(ids.len() > 1, "{text}");
    ids
}

/// How many training images each model gets, by the time that a first fit takes.
fn sizes(models: Vec<String>, results: &Path) -> Sizes {
    let first: Sizes = models.into_iter().map(|model| (model, FIRST)).collect();
    let program = Path::new(env!("CARGO_BIN_EXE_experiments"));
    let seconds = fits(program, &first, 1, results);
    let size = |model: &String| {
        let seconds = *seconds.get(model).expect("every model can be fitted");
        let images = FIRST as f64 * (SECONDS / seconds).sqrt();
        (images as usize / 500 * 500).clamp(FEWEST, MOST_IMAGES)
    };
    first
        .keys()
        .map(|model| (model.clone(), size(model)))
        .collect()
}

/// One round: every model beside no, one and two busy processes, with one thread and with two.
fn measure(
    sizes: &Sizes,
    before: Option<&Path>,
    results: &Path,
    measured: &mut BTreeMap<String, Measured>,
) {
    let program = Path::new(env!("CARGO_BIN_EXE_experiments"));
    for busy in 0..=MOST {
        let _others: Vec<Busy> = (0..busy).map(|_| Busy::start()).collect();
        for threads in [1, 2] {
            for (model, fit) in fits(program, sizes, threads, results) {
                let of_model = measured.entry(model).or_default();
                of_model.seconds[busy][threads - 1].push(fit);
            }
        }
        if let Some(before) = before.filter(|_| busy == 0) {
            // The earlier program may not have all of them.
            for (model, &size) in sizes {
                let one = Sizes::from([(model.clone(), size)]);
                for (model, fit) in fits(before, &one, 2, &results.join("before")) {
                    measured.entry(model).or_default().before.push(fit);
                }
            }
        }
    }
}

/// The seconds that each model takes to fit, of those that can be fitted. Few images are judged: only the fit counts.
fn fits(program: &Path, sizes: &Sizes, threads: usize, results: &Path) -> BTreeMap<String, f64> {
    let _ = std::fs::remove_dir_all(results.join("mnist"));
    let names: Vec<&str> = sizes.keys().map(String::as_str).collect();
    let mut command = Command::new(program);
    command.args(["compare", "--refit", "--quiet", "--validation", "500"]);
    command.args(["--models", &names.join(",")]);
    for (model, images) in sizes {
        command.args(["--set", &format!("{model}.train_limit={images}")]);
    }
    command.args(["--threads", &threads.to_string(), "--results"]);
    let status = command.arg(results).stderr(Stdio::null()).status();
    status.expect("it starts");
    let Ok(report) = std::fs::read(results.join("mnist/report.json")) else {
        return BTreeMap::new();
    };
    let report: Value = serde_json::from_slice(&report).expect("it is JSON");
    let models = report["models"].as_array().expect("it lists models").iter();
    models
        .filter_map(|model| {
            let id = model["id"].as_str()?.to_owned();
            Some((id, model["fit_seconds"].as_f64()?))
        })
        .collect()
}

fn print_times(measured: &BTreeMap<String, Measured>, sizes: &Sizes) {
    println!(
        "| model | images | busy processes | 1 thread, s | 2 threads, s | ratio | 2 threads against idle |"
    );
    println!("|---|--:|--:|--:|--:|--:|--:|");
    for (model, Measured { seconds, .. }) in measured {
        let medians = medians(seconds);
        let idle = medians[0][1];
        for (busy, [one, two]) in medians.into_iter().enumerate() {
            let (ratio, against_idle) = (two / one, two / idle);
            let images = sizes[model];
            println!(
                "| {model} | {images} | {busy} | {one:.3} | {two:.3} | {ratio:.2} | {against_idle:.2} |"
            );
        }
    }
}

/// A line per model: the worst of what each limit is about.
fn print_verdicts(measured: &BTreeMap<String, Measured>) -> ExitCode {
    println!(
        "| model | 2 threads / 1, at most {TWO_OVER_ONE} | beside one / idle, at most {BUSY_OVER_IDLE} \
         | idle now / before, at most {NOW_OVER_BEFORE} | verdict |"
    );
    println!("|---|--:|--:|--:|---|");
    let mut broken = 0;
    for (model, Measured { seconds, before }) in measured {
        let medians = medians(seconds);
        let two_over_one = medians.map(|[one, two]| two / one);
        let two_over_one = two_over_one.into_iter().fold(0.0, f64::max);
        let busy_over_idle = (medians[1][0] / medians[0][0]).max(medians[1][1] / medians[0][1]);
        let now_over_before = (!before.is_empty()).then(|| medians[0][1] / median(before));
        let kept = two_over_one <= TWO_OVER_ONE
            && busy_over_idle <= BUSY_OVER_IDLE
            && now_over_before.is_none_or(|ratio| ratio <= NOW_OVER_BEFORE);
        broken += usize::from(!kept);
        let verdict = if kept { "kept" } else { "BROKEN" };
        let now_over_before =
            now_over_before.map_or_else(|| "–".to_owned(), |ratio| format!("{ratio:.2}"));
        println!(
            "| {model} | {two_over_one:.2} | {busy_over_idle:.2} | {now_over_before} | {verdict} |"
        );
    }
    println!("{broken} of {} models break a limit", measured.len());
    ExitCode::from(u8::from(broken > 0))
}

fn medians(seconds: &Seconds) -> [[f64; 2]; MOST + 1] {
    seconds
        .each_ref()
        .map(|of_threads| of_threads.each_ref().map(|values| median(values)))
}

fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
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
