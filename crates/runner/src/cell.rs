//! The inside of a job: the data, the model, and what came of them.

use crate::Registry;
use crate::command;
use crate::conditions::{Conditions, Cost, FitData, On, Unfitted, guarded};
use crate::control_samples::ControlSamples;
use crate::controls;
use crate::division::Division;
use crate::failure::Failure;
use crate::family::{adopt_orphans, kill_descendants};
use crate::handover;
use crate::job::{Ended, Event, Job, Task, TrialEnd};
use crate::keeper::Keeper;
use crate::learner::{Learner, Method};
use crate::measure::{self, fit_alone};
use crate::prepared::Prepared;
use classifier::{Cancellation, Classifier, try_with_threads, with_threads};
use records::{Cell, Control, Role};
use std::io::{BufRead, Read, Write};

/// Runs a job in this process, on its threads from beginning to end, so that code which uses rayon without a pool of its
/// own runs on these threads, too.
pub(crate) fn run(
    job: &Job,
    registry: Registry,
    cancellation: &Cancellation,
    on: On<'_>,
) -> Result<Ended, Failure> {
    let whole = || on_its_threads(job, registry, cancellation, on);
    try_with_threads(job.threads, whole)
        .unwrap_or_else(|error| Ok(job.failed(error.to_string(), 0.0)))
}

fn on_its_threads(
    job: &Job,
    registry: Registry,
    cancellation: &Cancellation,
    on: On<'_>,
) -> Result<Ended, Failure> {
    let learner = job.learner(registry)?;
    let division = handover::open(&job.data)?;
    let mut conditions = Conditions {
        threads: job.threads,
        memory_limit: job.memory_limit,
        cancellation,
        on,
    };
    match job.task {
        Task::Controls => Ok(Ended::Controls(
            of_controls(&learner.method, &division, &mut conditions).unwrap_or_default(),
        )),
        Task::Fit(cell) | Task::Trial(cell) => {
            match of_cell(job, &learner, &division, cell, &mut conditions)? {
                Ok(ended) => Ok(ended),
                Err(Unfitted::Failed(reason)) => Ok(job.failed(reason, 0.0)),
                Err(Unfitted::Cancelled) => Ok(job.cancelled(0.0)),
            }
        }
    }
}

/// What controls find; nothing where they cannot run.
fn of_controls(
    method: &Method,
    division: &Division,
    conditions: &mut Conditions<'_>,
) -> Option<Vec<Control>> {
    let samples = ControlSamples::of(division, conditions.on)?;
    controls::check(method, &samples, division.seed, conditions).ok()
}

/// Fits and judges a cell, after its training rows are prepared.
fn of_cell(
    job: &Job,
    learner: &Learner,
    division: &Division,
    cell: Cell,
    conditions: &mut Conditions<'_>,
) -> Result<Result<Ended, Unfitted>, Failure> {
    let rows = division.train(cell, learner.train_limit)?;
    let prepare = || -> Result<Ended, Unfitted> {
        let prepared = Prepared::new(rows, &division.settings, conditions.on)?;
        // What columns are worth is said of the fits that count.
        let sources = match (job.task, cell.role) {
            (Task::Fit(_), Role::Main) => prepared.sources(),
            _ => Vec::new(),
        };
        let calibration = division.calibration.as_ref();
        let calibration = calibration.map(|rows| prepared.dataset(rows)).transpose()?;
        division.with_judged(cell, |rows| {
            if matches!(learner.method, Method::Registered { .. }) {
                prepared.check_filled(rows, division.calibration.as_ref())?;
            }
            prepared.with_judged(rows, |judged, judged_preparation| {
                let data = FitData {
                    seed: cell.seed,
                    train: prepared.train(),
                    calibration: calibration.as_deref(),
                    judged,
                    preparation: prepared.cost(),
                    judged_preparation,
                    sources: &sources,
                };
                ended(job, &learner.method, &prepared, data, conditions)
            })
        })
    };
    Ok(prepare())
}

fn ended(
    job: &Job,
    method: &Method,
    prepared: &Prepared<'_>,
    data: FitData<'_>,
    conditions: &mut Conditions<'_>,
) -> Ended {
    let (outcome, unkept) = match (job.task, method) {
        (Task::Fit(_), Method::Registered { recipe, .. }) => {
            let keeper = job.keep.as_ref().map(|keep| Keeper::new(keep, prepared));
            let outcome = measure::measure(recipe.as_ref(), data, conditions, keeper.as_ref());
            (outcome, keeper.and_then(Keeper::into_reason))
        }
        (Task::Fit(_), Method::Command(program)) => {
            (command::measure(program, data, conditions), None)
        }
        (_, method) => return Ended::Trial(trial(method, data, conditions)),
    };
    Ended::Fit {
        outcome,
        looks: data.judged.looks(),
        unkept,
    }
}

/// Fits a model and counts what it gets right, on one thread.
fn trial(method: &Method, data: FitData<'_>, conditions: &mut Conditions<'_>) -> TrialEnd {
    let (predicted, cost) = predictions(method, data, conditions);
    TrialEnd {
        accuracy: match predicted {
            Ok(predicted) => {
                let labels = data.judged.look().labels();
                let right = predicted.iter().zip(labels).filter(|(a, b)| a == b).count();
                Some(Ok(right as f64 / labels.len().max(1) as f64))
            }
            Err(Unfitted::Cancelled) => None,
            Err(Unfitted::Failed(reason)) => Some(Err(reason)),
        },
        seconds: cost.time.as_secs_f64(),
        memory: cost.memory,
    }
}

/// Fits a model, tells nobody how it goes, and gives what it predicts.
fn predictions(
    method: &Method,
    data: FitData<'_>,
    conditions: &mut Conditions<'_>,
) -> (Result<Vec<usize>, Unfitted>, Cost) {
    let recipe = match method {
        Method::Registered { recipe, .. } => recipe,
        Method::Command(program) => return command::predictions(program, data, conditions),
    };
    let (fitted, cost) = fit_alone(recipe.as_ref(), data.seed, data.train, conditions);
    let cost = cost.after(data.preparation);
    let predict = |model: Box<dyn Classifier>| {
        let samples = data.judged.samples();
        guarded(|| with_threads(conditions.threads, || model.scores(samples).labels()))
    };
    (fitted.and_then(predict), cost)
}

/// Runs the job on the first line of standard input, and writes its events to standard output, a line
/// of JSON each. Whatever else is printed goes to standard error. The process ends with the one that
/// keeps its standard input open.
///
/// # Errors
/// If the job cannot be read or run.
pub fn serve(registry: Registry) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::job("job", &error);
    let mut events = own_output().map_err(failed)?;
    adopt_orphans();
    let mut line = String::new();
    std::io::stdin()
        .lock()
        .read_line(&mut line)
        .map_err(failed)?;
    let watch = || {
        // Nothing comes any more but the end.
        let _ = std::io::stdin().lock().read_to_end(&mut Vec::new());
        end_with_everything();
    };
    std::thread::Builder::new().spawn(watch).map_err(failed)?;
    let job: Job = serde_json::from_str(&line).map_err(|error| Failure::job("job", &error))?;
    let mut say = |event: &Event| {
        if let Ok(mut line) = serde_json::to_vec(event) {
            line.push(b'\n');
            // Who does not listen any more ends this process.
            let _ = events.write_all(&line).and_then(|()| events.flush());
        }
    };
    let ended = run(&job, registry, &Cancellation::default(), &mut say)?;
    // A program's end is that of all that it started.
    kill_descendants(std::process::id());
    say(&Event::Ended(Box::new(ended)));
    Ok(())
}

/// Standard output for events alone: models and libraries that print to it print to standard error.
#[cfg(unix)]
fn own_output() -> std::io::Result<std::fs::File> {
    // Not for programs that the fit starts: events end with this process.
    let events = rustix::io::fcntl_dupfd_cloexec(std::io::stdout(), 3)?;
    rustix::stdio::dup2_stdout(std::io::stderr())?;
    Ok(events.into())
}

/// Standard output, which models had better not print to.
#[cfg(not(unix))]
fn own_output() -> std::io::Result<std::io::Stdout> {
    Ok(std::io::stdout())
}

/// Ends this process and all that it started.
fn end_with_everything() -> ! {
    kill_descendants(std::process::id());
    #[cfg(unix)]
    let _ = rustix::process::kill_current_process_group(rustix::process::Signal::KILL);
    std::process::exit(1)
}
