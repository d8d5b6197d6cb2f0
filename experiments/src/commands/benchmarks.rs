//! `benchmarks`: ours and the Python peers on the same work, side by side, in one run.

mod idx;
mod page;
mod process;
mod subjects;

use crate::build::BUILD;
use crate::cli::BenchmarksArgs;
use crate::failure::Failure;
use crate::output;
use crate::registry::REGISTRY;
use crate::request::command_line;

use catalog::Splits;
use classifier::{Classifier, FitContext, with_threads};
use data::Dataset;
use page::{Latency, Page, Subject};
use process::{Measured, Peers, failed};
use runner::{Stopwatch, describe, processors};
use subjects::{SIZES, TASKS, Task};

/// A subject that takes longer than this is measured once.
const LONG: f64 = 60.0;

/// Single images whose prediction is timed.
const SINGLES: usize = 1_000;

const QUICK_TRAIN: usize = 2_000;

/// Runs the command.
pub(crate) fn run(arguments: &BenchmarksArgs) -> Result<(), Failure> {
    let threads = processors();
    let data = catalog::mnist()?;
    let path = arguments.results.join("benchmarks.md");
    // Before anything is measured: an unwritable directory must not cost half an hour.
    std::fs::create_dir_all(&arguments.results)
        .and_then(|()| {
            std::fs::OpenOptions::new()
                .create(true)
                .append(true)
                .open(&path)
                .map(drop)
        })
        .map_err(|error| failed(&path.display().to_string(), &error))?;
    let peers = if arguments.quick || arguments.without_peers {
        None
    } else {
        Some(Peers::prepare(&data)?)
    };
    let environment = describe(command_line(), &data.origin, threads, &BUILD, REGISTRY);
    let rounds = usize::from(arguments.rounds.get());
    let tasks = TASKS
        .iter()
        // A build may have been made without Burn.
        .filter(|task| REGISTRY.find(task.ours).is_some())
        .map(|task| {
            Ok((
                task,
                contest(task, peers.as_ref(), rounds, arguments, threads)?,
            ))
        })
        .collect::<Result<_, Failure>>()?;
    let page = Page {
        environment,
        rounds,
        quick: arguments.quick,
        tasks,
        growth: if arguments.quick {
            Vec::new()
        } else {
            growth(&data)?
        },
        latencies: latencies(&data, arguments.quick, threads)?,
    };
    records::write_file(&path, page.render().as_bytes())?;
    report::write_index(&arguments.results)?;
    output::line(format_args!("benchmarks: {}", path.display()));
    Ok(())
}

/// Measures ours and the peers of one task in turn, round after round.
fn contest(
    task: &Task,
    peers: Option<&Peers>,
    rounds: usize,
    arguments: &BenchmarksArgs,
    threads: usize,
) -> Result<Vec<Subject>, Failure> {
    let mut compare = vec!["--models".to_owned(), task.ours.to_owned()];
    if arguments.quick {
        compare.extend(["--train-limit".to_owned(), QUICK_TRAIN.to_string()]);
    }
    let mut subjects = vec![Subject {
        name: format!("**{}** (ours)", task.ours),
        rounds: Vec::new(),
    }];
    let peer_list = peers.map_or(&[][..], |_| task.peers);
    subjects.extend(peer_list.iter().map(|(_, name)| Subject {
        name: (*name).to_owned(),
        rounds: Vec::new(),
    }));
    for round in 0..rounds {
        for (place, subject) in subjects.iter_mut().enumerate() {
            let enough = |first: &Measured| first.fit_seconds > LONG;
            if subject.rounds.first().is_some_and(enough) {
                continue;
            }
            let measured = match (place, peers) {
                (1.., Some(peers)) => peers.measure(task.peers[place - 1].0, threads)?,
                _ => process::ours(&compare)?,
            };
            output::tell(format_args!(
                "{}, round {}: {} {:.2} s",
                task.title,
                round + 1,
                subject.name,
                measured.fit_seconds
            ));
            subject.rounds.push(measured);
        }
    }
    Ok(subjects)
}

/// The kernel SVM on more and more images.
fn growth(data: &Splits) -> Result<Vec<(usize, Measured)>, Failure> {
    let available = data.train.len();
    let directory = std::env::temp_dir().join(format!("plumbline-copies-{}", std::process::id()));
    let measured = SIZES.iter().map(|&size| {
        let mut compare = vec!["--models".to_owned(), "kernel-svm".to_owned()];
        if size <= available {
            compare.extend(["--train-limit".to_owned(), size.to_string()]);
        } else {
            std::fs::create_dir_all(&directory)
                .map_err(|error| failed(&directory.display().to_string(), &error))?;
            idx::write_with_copies(&directory, data, size / available - 1)?;
            compare.extend(["--data-dir".to_owned(), directory.display().to_string()]);
        }
        let measured = process::ours(&compare)?;
        output::tell(format_args!(
            "kernel-svm on {size} images: {:.2} s",
            measured.fit_seconds
        ));
        Ok((size, measured))
    });
    let measured = measured.collect();
    // What is left behind in the temporary directory is no reason to fail.
    let _ = std::fs::remove_dir_all(&directory);
    measured
}

/// How long one image takes, and one of many, for our model of every task.
fn latencies(data: &Splits, quick: bool, threads: usize) -> Result<Vec<Latency>, Failure> {
    let few: Vec<usize> = (0..QUICK_TRAIN).collect();
    let train = if quick {
        data.train.select(&few)
    } else {
        data.train.clone()
    };
    let of_models = TASKS.iter().map(|task| {
        let id = task.ours;
        let Some(entry) = REGISTRY.find(id) else {
            return Ok(None);
        };
        output::tell(format_args!("latency of {id}"));
        let recipe = (entry.preset)();
        let fitted = with_threads(threads, || {
            recipe.fit(&train, &mut FitContext::quiet(1, threads))
        });
        let model = fitted.map_err(|error| failed(id, &error))?;
        Ok(Some(with_threads(threads, || {
            latency(id, model.as_ref(), data.test.look())
        })))
    });
    of_models.filter_map(Result::transpose).collect()
}

fn latency(id: &'static str, model: &dyn Classifier, test: &Dataset) -> Latency {
    let time = |images: &data::Samples| {
        let watch = Stopwatch::start();
        let scores = model.scores(images);
        assert_eq!(scores.len(), images.len());
        watch.elapsed().as_secs_f64() * 1e6
    };
    let singles = SINGLES.min(test.len());
    let single = (0..singles).map(|image| time(&test.samples().slice(image..image + 1)));
    let single = records::Latency::of(single.collect());
    let together = time(test.samples()).min(time(test.samples()));
    Latency {
        model: id,
        single: [single.p50, single.p99],
        together: together / test.len() as f64,
    }
}
