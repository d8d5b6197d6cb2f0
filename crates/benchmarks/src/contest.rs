//! The measurements, in turn: what every task takes, how it grows, and how long one image waits.

use crate::error::BenchmarkError;
use crate::idx;
use crate::page::{Latency, Page, Subject, contestants};
use crate::process::{self, Measured, Peers};
use crate::quiet::Noise;
use crate::reading;
use crate::subjects::{PUBLISHED, SIZES, TASKS, Task};
use catalog::Splits;
use classifier::{Classifier, FitContext, with_threads};
use data::Dataset;
use records::Environment;
use report::write_error_against_time;
use runner::{Registry, Stopwatch};
use std::path::{Path, PathBuf};

/// A subject that takes longer than this is measured once.
const LONG: f64 = 60.0;

/// Single images whose prediction is timed.
const SINGLES: usize = 1_000;

const QUICK_TRAIN: usize = 2_000;

/// What is asked for.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// Our models. The running program compares them: each measurement is a process of it.
    pub registry: Registry,
    /// The images.
    pub data: &'a Splits,
    /// The machine, as the page names it.
    pub environment: &'a Environment,
    /// Where benchmarks.md goes.
    pub results: &'a Path,
    /// How often everything that takes less than a minute is measured.
    pub rounds: u8,
    /// Whether the Python peers take part; they are installed on first use.
    pub peers: bool,
    /// A quick look at our models on a subset, without peers.
    pub quick: bool,
    /// Hears of every step.
    pub tell: &'a dyn Fn(&str),
}

/// Measures, and writes benchmarks.md. Returns its path.
///
/// # Errors
/// What could not be read, written, installed or run, the first of it.
pub fn measure(request: &Request<'_>) -> Result<PathBuf, BenchmarkError> {
    let path = request.results.join("benchmarks.md");
    // Before anything is measured: an unwritable directory must not cost half an hour.
    records::check_writable(&path)?;
    let peers = if request.peers && !request.quick {
        Some(Peers::prepare(request.data, request.tell)?)
    } else {
        None
    };
    let mut noise = Noise {
        // A quick look is no measurement.
        minded: !request.quick,
        ..Noise::default()
    };
    let tasks = TASKS
        .iter()
        // A build may have been made without Burn.
        .filter(|task| request.registry.find(task.ours).is_some())
        .map(|task| Ok((task, request.contest(task, peers.as_ref(), &mut noise)?)))
        .collect::<Result<Vec<_>, BenchmarkError>>()?;
    // A quick look is of other work than what was published.
    let published = if request.quick { &[] } else { PUBLISHED };
    let picture = write_error_against_time(request.results, &contestants(&tasks, published))?;
    let page = Page {
        picture: picture.unwrap_or_default(),
        environment: request.environment,
        rounds: request.rounds.into(),
        quick: request.quick,
        tasks,
        growth: if request.quick {
            Vec::new()
        } else {
            request.growth(&mut noise)?
        },
        latencies: request.latencies()?,
        readings: reading::measure(
            request.rounds.into(),
            request.quick,
            peers.as_ref(),
            &mut noise,
            request.tell,
        )?,
        noise,
    };
    records::write_file(&path, page.render().as_bytes())?;
    report::write_index(request.results)?;
    Ok(path)
}

impl Request<'_> {
    fn threads(&self) -> usize {
        self.environment.threads().unwrap_or(1)
    }

    /// Measures ours and the peers of one task in turn, round after round.
    fn contest(
        &self,
        task: &Task,
        peers: Option<&Peers>,
        noise: &mut Noise,
    ) -> Result<Vec<Subject>, BenchmarkError> {
        let mut compare = vec!["--models".to_owned(), task.ours.to_owned()];
        if self.quick {
            compare.extend(["--train-limit".to_owned(), QUICK_TRAIN.to_string()]);
        }
        let peer_list = peers.map_or(&[][..], |_| task.peers);
        let names = peer_list.iter().map(|(_, name)| (*name).to_owned());
        let mut subjects: Vec<Subject> = std::iter::once(format!("**{}** (ours)", task.ours))
            .chain(names)
            .map(|name| Subject {
                name,
                rounds: Vec::new(),
                threads: self.threads(),
            })
            .collect();
        for round in 0..self.rounds {
            for (place, subject) in subjects.iter_mut().enumerate() {
                if subject.rounds.first().is_some_and(is_long) {
                    continue;
                }
                let measured = match (place, peers) {
                    (1.., Some(peers)) => {
                        let measure = |threads| peers.measure(task.peers[place - 1].0, threads);
                        at_its_best(subject, &measure, noise)?
                    }
                    _ => noise.quietly(|| process::ours(&compare))?,
                };
                (self.tell)(&format!(
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
    fn growth(&self, noise: &mut Noise) -> Result<Vec<(usize, Measured)>, BenchmarkError> {
        let available = self.data.train.len();
        let directory =
            std::env::temp_dir().join(format!("plumbline-copies-{}", std::process::id()));
        let measured = SIZES.iter().map(|&size| {
            let mut compare = vec!["--models".to_owned(), "kernel-svm".to_owned()];
            if size <= available {
                compare.extend(["--train-limit".to_owned(), size.to_string()]);
            } else {
                std::fs::create_dir_all(&directory).map_err(BenchmarkError::at(&directory))?;
                idx::write_with_copies(&directory, self.data, size / available - 1)?;
                compare.extend(["--data-dir".to_owned(), directory.display().to_string()]);
            }
            let measured = noise.quietly(|| process::ours(&compare))?;
            (self.tell)(&format!(
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
    fn latencies(&self) -> Result<Vec<Latency>, BenchmarkError> {
        let few: Vec<usize> = (0..QUICK_TRAIN).collect();
        let train = if self.quick {
            self.data.train.select(&few)
        } else {
            self.data.train.clone()
        };
        let test = self.data.test.look();
        let of_models = TASKS.iter().map(|task| {
            let id = task.ours;
            let Some(entry) = self.registry.find(id) else {
                return Ok(None);
            };
            (self.tell)(&format!("latency of {id}"));
            let (recipe, threads) = ((entry.preset)(), self.threads());
            let fitted = with_threads(threads, || {
                recipe.fit(&train, &mut FitContext::quiet(1, threads))
            });
            let model = fitted.map_err(BenchmarkError::of(id))?;
            Ok(Some(with_threads(threads, || {
                latency(id, model.as_ref(), test)
            })))
        });
        of_models.filter_map(Result::transpose).collect()
    }
}

fn is_long(measured: &Measured) -> bool {
    measured.seconds() > LONG
}

/// A peer, which in its first round is tried on one thread, too, and has one from then on if that is faster.
fn at_its_best(
    peer: &mut Subject,
    measure: &dyn Fn(usize) -> Result<Measured, BenchmarkError>,
    noise: &mut Noise,
) -> Result<Measured, BenchmarkError> {
    let measured = noise.quietly(|| measure(peer.threads))?;
    if !peer.rounds.is_empty() || peer.threads == 1 || is_long(&measured) {
        return Ok(measured);
    }
    let alone = noise.quietly(|| measure(1))?;
    if alone.seconds() >= measured.seconds() {
        return Ok(measured);
    }
    peer.threads = 1;
    Ok(alone)
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
