//! How long it takes to write jobs, to write records and to merge them, how much memory, and what goes to the disk: for
//! so many fits, in thousands, in a directory. And how long 1 000 nodes would be busy with the tasks, by a simulated queue.
//!
//! ```sh
//! cargo run -p job-arrays --example scale -- 100 target/scale
//! ```
//!
//! Once it writes, called again it merges what is there. Fits are not run: their records are drawn at random, 50 rows
//! of 10 classes each. The store knows a fit of each model, which took from 0.1 to 59 s.

use catalog::Splits;
use data::{Dataset, Samples};
use job_arrays::{Folder, Job, Plan, merge, write};
use model_softmax::SOFTMAX;
use records::examples::fitted;
use records::{FitRecord, Outcome, Record, read_records, write_new_file};
use runner::{
    Archive, Build, Comparison, InProcess, JobMethod, Options, Place, Registry, Setting, Stopwatch,
    Task,
};
use serde_json::{Map, json};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::error::Error;
use std::fs;
use std::path::Path;

const MODELS: &[classifier::ModelEntry] = &[SOFTMAX];
/// Processes that write records at the same time.
const WRITERS: usize = 8;
const ROWS: usize = 500;
const CLASSES: usize = 10;
/// What ran the fits.
const NODE: &str = "a node";
/// Nodes of the simulated queue.
const NODES: usize = 1_000;

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, thousands, directory] = &arguments[..] else {
        return Err("expected the number of fits in thousands, and a directory".into());
    };
    let comparison = comparison(thousands.parse()?)?;
    let folder = Folder::new(&Path::new(directory).join("jobs"));
    let results = Path::new(directory).join("results");

    if folder.path().join("plan.json").exists() {
        return join(&folder, &comparison, &results);
    }
    know_some(&comparison, &results)?;
    let begun = begin();
    let jobs = hand_out(&folder, &comparison, &results)?;
    end(&begun, jobs.len(), "jobs written");
    queue(&lengths(&jobs));

    let begun = begin();
    std::thread::scope(|scope| {
        let parts = jobs.chunks(jobs.len().div_ceil(WRITERS));
        let threads: Vec<_> = parts
            .map(|part| scope.spawn(|| part.iter().try_for_each(|job| record(&folder, job))))
            .collect();
        let ended = threads
            .into_iter()
            .map(|thread| thread.join().expect("no panic"));
        ended.collect::<Result<(), _>>()
    })?;
    end(&begun, jobs.len(), "records written");
    Ok(())
}

/// Writes the jobs, and reads what was written.
fn hand_out(
    folder: &Folder,
    comparison: &Comparison,
    results: &Path,
) -> Result<Vec<Job>, Box<dyn Error + Send + Sync>> {
    let registry = Registry::new(MODELS);
    let executor = InProcess::new(registry);
    let build = Build::default();
    let setting = Setting {
        // Else there is no store, and nobody knows how long a fit takes.
        build: Some(&build),
        ..Setting::new(&executor, registry)
    };
    write(folder, comparison, &setting, results)?;
    let jobs = fs::read_to_string(folder.path().join("jobs.jsonl"))?;
    let jobs = jobs.lines().map(serde_json::from_str);
    Ok(jobs.collect::<Result<_, _>>()?)
}

/// Puts the first fit of each model into the store, so that the time of the others is known.
fn know_some(comparison: &Comparison, results: &Path) -> Result<(), Box<dyn Error + Send + Sync>> {
    let mut archive = Archive::open(results, "earlier");
    for (model, piece) in comparison.first_fits(&Build::default()).enumerate() {
        let Some(cell) = piece.cell() else {
            continue;
        };
        let mut fitted = fitted(&[0; ROWS / 10]);
        fitted.fit_seconds = Some(0.1 + (model * 37 % 100) as f64 * 0.595);
        let record = Record::Fit(Box::new(FitRecord {
            id: piece.id().to_owned(),
            cell,
            key: piece.key().to_owned(),
            machine: Some(NODE.to_owned()),
            looks: 1,
            outcome: Outcome::Finished(Box::new(fitted)),
        }));
        archive.keep(&piece, &record);
    }
    archive
        .finish()
        .map_or(Ok(()), |trouble| Err(trouble.into()))
}

/// The seconds that each task is expected to last, by its number.
fn lengths(jobs: &[Job]) -> BTreeMap<u64, f64> {
    let mut tasks = BTreeMap::new();
    for job in jobs {
        *tasks.entry(job.task).or_default() += job.seconds.unwrap_or(0.0);
    }
    tasks
}

/// Says how long nodes would be busy that take one task after another, each as long as is expected.
fn queue(tasks: &BTreeMap<u64, f64>) {
    let milliseconds = |seconds: &f64| (seconds * 1e3).round() as u64;
    let mut nodes: BinaryHeap<Reverse<u64>> = (0..NODES).map(|_| Reverse(0)).collect();
    let mut last = 0;
    for task in tasks.values() {
        let Reverse(free) = nodes.pop().expect("there are nodes");
        last = last.max(free + milliseconds(task));
        nodes.push(Reverse(free + milliseconds(task)));
    }
    let shortest = tasks.values().copied().fold(f64::INFINITY, f64::min);
    let all: f64 = tasks.values().sum();
    println!(
        "{} tasks, the shortest of {shortest:.1} s; {NODES} nodes are busy for {:.1} s, no order of them for less than {:.1} s",
        tasks.len(),
        last as f64 / 1e3,
        all / NODES as f64,
    );
}

fn join(
    folder: &Folder,
    comparison: &Comparison,
    results: &Path,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    let run = read_records(&folder.path().join("run.jsonl"))?.run;
    let begun = begin();
    let plan = Plan::read(folder)?;
    let (path, merged) = merge(folder, &plan, comparison, run, &Build::default(), results)?;
    assert!(merged.missing.is_empty() && merged.doubtful.is_empty());
    end(&begun, merged.joined, "records merged");
    let bytes = fs::metadata(&path)?.len() as f64;
    println!(
        "{:.1} KB of the record file for each",
        bytes / merged.joined.max(1) as f64 / 1e3
    );
    Ok(())
}

/// 100 folds ten times over for each model: 1 000 fits.
fn comparison(models: u32) -> Result<Comparison, Box<dyn Error + Send + Sync>> {
    let names: Vec<String> = (0..CLASSES).map(|class| class.to_string()).collect();
    let side = || {
        let values = (0..2 * ROWS).map(|value| value as f32).collect();
        let labels = (0..ROWS).map(|row| row % CLASSES).collect();
        Dataset::new(
            Samples::from_features(2, values)?,
            labels,
            names.clone().into(),
        )
    };
    let data = Splits::new(
        "scale",
        "Scale",
        "none",
        [side()?, side()?],
        Default::default(),
    )?;
    let learner = |model: u32| {
        let rate = json!(f64::from(model + 1) / 1000.0);
        let method = JobMethod::Registered {
            model: SOFTMAX.id.to_owned(),
            parameters: Map::from_iter([("learning_rate".to_owned(), rate)]),
        };
        let place = Place::Option("scale".to_owned());
        method.learner(
            &format!("model-{model}"),
            None,
            Registry::new(MODELS),
            &place,
        )
    };
    let learners = (0..models).map(learner).collect::<Result<_, _>>()?;
    let options: Options = serde_json::from_value(json!({"cv": "100x10"}))?;
    Ok(Comparison::new(data, learners, options)?)
}

/// Writes what a job might have given.
fn record(folder: &Folder, job: &Job) -> Result<(), Box<dyn Error + Send + Sync>> {
    let record = match job.job {
        Task::Fit(cell) | Task::Trial(cell) => {
            let mut state = u64::from_str_radix(&job.key[..15], 16)?;
            let mut next = || {
                state = state
                    .wrapping_mul(6364136223846793005)
                    .wrapping_add(1442695040888963407);
                (state >> 40) as f32 / (1 << 24) as f32
            };
            let rows = ROWS / 10;
            let predictions: Vec<u16> = (0..rows).map(|_| (next() * 10.0) as u16).collect();
            let mut fitted = fitted(&predictions);
            let logs = (0..rows * CLASSES).map(|_| -next());
            fitted.log_probabilities = Some(logs.collect());
            Record::Fit(Box::new(FitRecord {
                id: job.id.clone(),
                cell,
                key: job.key.clone(),
                machine: Some(NODE.to_owned()),
                looks: 1,
                outcome: Outcome::Finished(Box::new(fitted)),
            }))
        }
        Task::Controls => Record::Controls(records::ControlRecord {
            id: job.id.clone(),
            controls: Vec::new(),
        }),
    };
    let shard = folder.path().join("records").join(&job.key[..2]);
    let path = shard.join(format!("{}.jsonl", job.key));
    write_new_file(&path, &serde_json::to_vec(&record)?)?;
    Ok(())
}

/// When something began, and how many bytes had gone to the disk by then.
struct Begun {
    watch: Stopwatch,
    written: u64,
}

fn begin() -> Begun {
    // The high-water mark of memory begins anew (proc_pid_clear_refs(5)).
    let _ = fs::write("/proc/self/clear_refs", "5");
    Begun {
        watch: Stopwatch::start(),
        written: of_process("io", "write_bytes:").unwrap_or(0),
    }
}

/// What Linux counts of this process; `None` elsewhere.
fn of_process(file: &str, name: &str) -> Option<u64> {
    let counts = fs::read_to_string(Path::new("/proc/self").join(file)).ok()?;
    let count = counts.lines().find_map(|line| line.strip_prefix(name))?;
    count.trim().trim_end_matches(" kB").parse().ok()
}

/// Says what was done with so many things, how long it took, and what it took for each.
fn end(begun: &Begun, count: usize, what: &str) {
    let seconds = begun.watch.elapsed().as_secs_f64();
    let peak = of_process("status", "VmHWM:").map_or(0.0, |kilobytes| kilobytes as f64 * 1.024e-3);
    let written = of_process("io", "write_bytes:").unwrap_or(0) - begun.written;
    let each = written as f64 / count.max(1) as f64 / 1e3;
    println!(
        "{count} {what}: {seconds:.1} s, peak {peak:.0} MB, {each:.1} KB to the disk for each"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tasks_last_half_a_minute_by_the_first_fit_of_each_model() {
        let directory = tempfile::tempdir().unwrap();
        let (folder, results) = (
            Folder::new(&directory.path().join("jobs")),
            directory.path(),
        );
        let comparison = comparison(2).unwrap();
        know_some(&comparison, results).unwrap();
        let jobs = hand_out(&folder, &comparison, results).unwrap();
        // Of each model, controls and all fits but the one that is known.
        assert_eq!(jobs.len(), 2 * 1_000);
        assert!(jobs.iter().all(|job| job.seconds.is_some()));
        let shortest = lengths(&jobs).into_values().reduce(f64::min).unwrap();
        assert!(shortest >= 30.0, "{shortest} s");
    }
}
