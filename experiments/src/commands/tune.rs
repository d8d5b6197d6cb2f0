//! `tune`: search the parameters of each model on held-out training images, with the same budget.

use crate::cli::{DataArgs, SearchKind, TuneArgs};
use crate::data;
use crate::environment;
use crate::experiment::recipe;
use crate::failure::{Failure, Place};
use crate::interrupt::on_interrupt;
use crate::limits::Limits;
use crate::measure::{Conditions, fit_alone_timed};
use crate::plan::{Plan, ReadyModel};
use crate::progress::Progress;
use crate::protocol::{Division, Judging, quick_limit};
use crate::searcher::{Proposal, Searcher};
use crate::store::{Key, Store};
use crate::table;
use classifier::{Cancellation, Preset, generator, with_threads};
use report::{TunedModel, TunedTrial, TuningReport, write_tuning};
use search::{Domain, Trial, Values, expected_best};
use serde_json::{Value, json};
use std::fmt::Write;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Runs the command.
pub(crate) fn run(arguments: TuneArgs) -> Result<(), Failure> {
    let plan = plan(&arguments)?;
    let judging = Judging {
        seed: plan.seed,
        seeds: 1,
        validation: Some(arguments.validation),
        cross_validation: None,
        sizes: Vec::new(),
        quick: arguments.quick,
    };
    let mut plan = plan;
    plan.train_limit = quick_limit(&judging).or(plan.train_limit);
    let models = plan.ready()?;
    for model in &models {
        check_space(model, &arguments, plan.seed)?;
    }
    let splits = data::load(&DataArgs {
        dataset: arguments.data.dataset.or(plan.dataset.clone()),
        data_dir: arguments.data.data_dir.or(plan.data_dir.clone()),
        mirror: arguments.data.mirror,
    })?;
    let (id, title, origin) = (
        splits.id.clone(),
        splits.title.clone(),
        splits.origin.clone(),
    );
    let sha256 = splits.sha256.clone();
    let results = arguments.results.clone().unwrap_or_else(|| {
        let directory = if arguments.quick {
            "results/quick"
        } else {
            "results"
        };
        directory.into()
    });
    let directory = results.join(&id).join("tuning");
    let threads = arguments
        .threads
        .map_or_else(environment::processors, usize::from);
    // The test images end here: what follows has the training images only.
    let tuning = Tuning {
        division: Division::new(splits, &judging)?,
        judging,
        sha256,
        store: Mutex::new(Store::open(&results)?),
        at_once: threads,
        conditions: Conditions {
            threads: 1,
            limits: Limits {
                time: arguments.time_limit,
                memory: None,
            },
            cancellation: Cancellation::default(),
        },
        kind: arguments.search,
        trials: usize::from(arguments.trials.get()),
        seconds: arguments.seconds.map(f64::from),
        refit: arguments.refit,
        run: environment::describe(&origin, threads).started,
    };
    on_interrupt(&tuning.conditions.cancellation);
    let mut tuned = Vec::new();
    for (index, model) in models.iter().enumerate() {
        let mut progress = Progress::begin(&model.id, index, models.len(), arguments.quiet);
        let found = tuning.tune(model, &mut progress)?;
        progress.end(&in_a_line(&found));
        tuned.push(found);
    }
    let report = TuningReport {
        format: 1,
        title,
        search: arguments.search.name().to_owned(),
        budget: match tuning.seconds {
            Some(seconds) => format!("{seconds} seconds of fitting"),
            None => format!("{} trials", tuning.trials),
        },
        quick: arguments.quick,
        plan: directory.join("plan.toml").display().to_string(),
        train_images: tuning.division.train_images(plan.train_limit),
        validation_images: tuning.division.judged_images(),
        seed: plan.seed,
        environment: environment::describe(&origin, threads),
        models: tuned,
    };
    let chosen = chosen_plan(&id, &plan, &models, &report);
    write_tuning(&directory, &report, &chosen)?;
    if !arguments.quiet {
        println!("{}", summary(&report));
        println!("report: {}", directory.join("README.md").display());
        println!(
            "judge the outcome on the test images: compare --config {}",
            directory.join("plan.toml").display()
        );
    }
    failures(&report)
}

/// The plan, changed by the command line.
fn plan(arguments: &TuneArgs) -> Result<Plan, Failure> {
    let mut plan = match &arguments.config {
        Some(path) => Plan::read(path)?,
        None => Plan::default_tuning()?,
    };
    if let Some(ids) = &arguments.models {
        plan.choose(ids)?;
    }
    for assignment in &arguments.set {
        plan.set(assignment)?;
    }
    plan.seed = arguments.seed.unwrap_or(plan.seed);
    plan.train_limit = arguments.train_limit.or(plan.train_limit);
    Ok(plan)
}

/// Refuses spaces of parameters that the model does not have, and grids beyond the budget.
fn check_space(model: &ReadyModel, arguments: &TuneArgs, seed: u64) -> Result<(), Failure> {
    let trials = usize::from(arguments.trials.get());
    let coarsest = model.space.grid(1).len();
    if matches!(arguments.search, SearchKind::Grid) && coarsest > trials {
        return Err(Failure::Syntax {
            place: Place::Option(format!("--trials {trials}")),
            reason: format!(
                "a grid of {}'s parameters has {coarsest} points at least; allow as many trials, or \
                 search in another way",
                model.id
            ),
        });
    }
    let values = model.space.sample(&mut generator(seed, 0));
    let accepted = model.recipe.with(&values).map(|_| ());
    accepted.map_err(|error| Failure::Parameter {
        place: Place::Option("search".to_owned()),
        model: model.id.clone(),
        error,
    })
}

/// What all searches have in common.
struct Tuning {
    division: Division,
    judging: Judging,
    sha256: [String; 4],
    store: Mutex<Store>,
    /// Trials at a time, each on one thread.
    at_once: usize,
    conditions: Conditions,
    kind: SearchKind,
    trials: usize,
    seconds: Option<f64>,
    refit: bool,
    run: String,
}

impl Tuning {
    /// Searches the parameters of one model.
    fn tune(&self, model: &ReadyModel, progress: &mut Progress) -> Result<TunedModel, Failure> {
        let endless =
            self.seconds.is_some() && matches!(self.kind, SearchKind::Random | SearchKind::Tpe);
        let budget = if endless { usize::MAX } else { self.trials };
        let mut searcher = Searcher::new(self.kind, model.space.clone(), budget, self.judging.seed);
        let mut trials: Vec<TunedTrial> = Vec::new();
        let (mut history, mut last) = (Vec::new(), Vec::new());
        let mut seconds = 0.0;
        while self.seconds.is_none_or(|limit| seconds < limit) {
            let batch = searcher.next(&history, &last);
            if batch.is_empty() {
                break;
            }
            let made = self.make(model, &batch)?;
            last = made.iter().map(in_search).collect();
            history.extend(last.iter().cloned());
            seconds += made.iter().map(|trial| trial.fit_seconds).sum::<f64>();
            trials.extend(made);
            let best = trials.iter().filter_map(|trial| trial.accuracy);
            progress.trials(trials.len(), best.fold(0.0, f64::max));
        }
        let most = trials.iter().map(|trial| trial.train_images).max();
        let full: Vec<(usize, f64)> = trials
            .iter()
            .enumerate()
            .filter(|(_, trial)| Some(trial.train_images) == most)
            .filter_map(|(index, trial)| Some((index, trial.accuracy?)))
            .collect();
        // The first of equals.
        let best = full.iter().rev().max_by(|a, b| a.1.total_cmp(&b.1));
        let accuracies: Vec<f64> = full.iter().map(|(_, accuracy)| *accuracy).collect();
        Ok(TunedModel {
            id: model.id.clone(),
            model: model.entry.id.to_owned(),
            searched: searched(model),
            best: best.map(|(index, _)| *index),
            expected_best: expected_best(&accuracies),
            trials,
            seconds,
        })
    }

    /// Makes a batch of trials, as many at a time as there are threads.
    fn make(&self, model: &ReadyModel, batch: &[Proposal]) -> Result<Vec<TunedTrial>, Failure> {
        let next = AtomicUsize::new(0);
        let made: Vec<Mutex<Option<Result<TunedTrial, Failure>>>> =
            batch.iter().map(|_| Mutex::new(None)).collect();
        let work = || {
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(proposal) = batch.get(index) else {
                    break;
                };
                let trial = self.trial(model, proposal);
                *made[index].lock().expect("no holder panics") = Some(trial);
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..self.at_once.min(batch.len()) {
                scope.spawn(work);
            }
        });
        let made = made.into_iter().map(|slot| {
            let trial = slot.into_inner().expect("no holder panics");
            trial.expect("every proposal was taken")
        });
        made.collect()
    }

    /// Fits and judges, unless an earlier search has.
    fn trial(&self, model: &ReadyModel, proposal: &Proposal) -> Result<TunedTrial, Failure> {
        let recipe_here = model.recipe.with(&proposal.values);
        let here = ReadyModel {
            recipe: recipe_here.map_err(|error| Failure::Parameter {
                place: Place::Option("search".to_owned()),
                model: model.id.clone(),
                error,
            })?,
            id: model.id.clone(),
            entry: model.entry,
            train_limit: model.train_limit,
            space: model.space.clone(),
        };
        let all = self.division.train_images(model.train_limit);
        let train_images = (all as f64 * proposal.share).round() as usize;
        let key = self.key(&here, train_images);
        let store = || self.store.lock().expect("no holder panics");
        if !self.refit
            && let Some((trial, _)) = store().find::<TunedTrial>(&key)?
        {
            return Ok(trial);
        }
        let trial = self.fit(&here, &proposal.values, train_images)?;
        if trial.accuracy.is_some() {
            store().keep(&key, "one thread", &self.run, &trial)?;
        }
        Ok(trial)
    }

    fn fit(
        &self,
        model: &ReadyModel,
        values: &Values,
        train_images: usize,
    ) -> Result<TunedTrial, Failure> {
        let cell = self.division.cells(true, None)[0];
        let limit = (train_images < self.division.train_images(None)).then_some(train_images);
        let train = self.division.train(cell, limit)?;
        let (fitted, fit_seconds) = fit_alone_timed(model, cell.seed, &train, &self.conditions);
        self.conditions
            .cancellation
            .check()
            .map_err(|_| Failure::Interrupted)?;
        let judged = self.division.judged();
        let accuracy = fitted.map(|classifier| {
            let labels = with_threads(1, || classifier.scores(judged.images()).labels());
            let pairs = labels.iter().zip(judged.look().labels());
            pairs.filter(|(a, b)| a == b).count() as f64 / judged.len().max(1) as f64
        });
        Ok(TunedTrial {
            values: values.clone(),
            train_images,
            reason: accuracy.as_ref().err().map(ToString::to_string),
            accuracy: accuracy.ok(),
            fit_seconds,
        })
    }

    fn key(&self, model: &ReadyModel, train_images: usize) -> Key {
        Key::new(&json!({
            "format": 2,
            "trial": 1,
            "measuring": env!("PLUMBLINE_MEASURING"),
            "recipe": recipe(model),
            "data": self.sha256,
            "train_images": train_images,
            "validation_images": self.division.judged_images(),
            "of": self.division.judged_available,
            "seed": self.judging.seed,
        }))
    }
}

fn in_search(trial: &TunedTrial) -> Trial {
    Trial {
        values: trial.values.clone(),
        loss: trial.accuracy.map_or(f64::NAN, |accuracy| 1.0 - accuracy),
    }
}

/// The domains in words.
fn searched(model: &ReadyModel) -> Vec<(String, String)> {
    let scale = |log: bool| if log { ", log scale" } else { "" };
    let words = |domain: &Domain| match domain {
        Domain::Choice(items) => {
            let items: Vec<String> = items.iter().map(ToString::to_string).collect();
            format!("one of {}", items.join(", "))
        }
        Domain::Real { low, high, log } => format!("{low} to {high}{}", scale(*log)),
        Domain::Whole { low, high, log } => format!("whole, {low} to {high}{}", scale(*log)),
    };
    let domains = model.space.domains().iter();
    domains
        .map(|(name, domain)| (name.clone(), words(domain)))
        .collect()
}

fn in_a_line(model: &TunedModel) -> String {
    match model.best_trial() {
        Some(best) => format!(
            "{:.2} % right with {}, best of {} trials in {:.0} s",
            best.accuracy.unwrap_or(0.0) * 100.0,
            Value::Object(best.values.clone()),
            model.trials.len(),
            model.seconds
        ),
        None => "no trial finished".to_owned(),
    }
}

/// A plan with the chosen parameters, for `compare --config`.
fn chosen_plan(id: &str, plan: &Plan, models: &[ReadyModel], report: &TuningReport) -> String {
    let mut text = format!(
        "# Chosen by `{}`,\n# with {} training images, judged on {} others.\n",
        report.environment.command, report.train_images, report.validation_images
    );
    if plan.data_dir.is_none() {
        let _ = writeln!(text, "dataset = \"{id}\"");
    }
    let _ = writeln!(text, "seed = {}", plan.seed);
    for (model, tuned) in models.iter().zip(&report.models) {
        let best = tuned
            .best_trial()
            .map(|trial| model.recipe.with(&trial.values));
        if let Some(Ok(best)) = best {
            text.push_str(&chosen_model(model, best.as_ref()));
        }
    }
    text
}

/// A `[[models]]` table: what differs from the registered defaults.
fn chosen_model(model: &ReadyModel, best: &dyn Preset) -> String {
    let defaults = (model.entry.preset)().values();
    let mut text = format!("\n[[models]]\nmodel = \"{}\"\n", model.entry.id);
    if model.id != model.entry.id {
        let _ = writeln!(text, "id = \"{}\"", model.id);
    }
    for (name, value) in best.values() {
        if defaults.get(&name) != Some(&value)
            && let Ok(value) = toml::Value::try_from(&value)
        {
            let _ = writeln!(text, "{name} = {value}");
        }
    }
    text
}

fn summary(report: &TuningReport) -> String {
    let mut table = table::plain(&["model", "trials", "fit, s", "best right, %", "with"]);
    for model in &report.models {
        let best = model.best_trial();
        let accuracy = best.and_then(|trial| trial.accuracy);
        table.add_row([
            model.id.clone(),
            model.trials.len().to_string(),
            format!("{:.0}", model.seconds),
            accuracy.map_or_else(|| "–".to_owned(), |a| format!("{:.2}", a * 100.0)),
            best.map_or_else(String::new, |trial| {
                Value::Object(trial.values.clone()).to_string()
            }),
        ]);
    }
    table.to_string()
}

/// Success only if every model has a trial that finished.
fn failures(report: &TuningReport) -> Result<(), Failure> {
    let without = report.models.iter().filter(|model| model.best.is_none());
    let models: Vec<String> = without.map(|model| model.id.clone()).collect();
    if models.is_empty() {
        Ok(())
    } else {
        Err(Failure::NoTrial { models })
    }
}
