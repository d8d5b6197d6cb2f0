//! `tune`: search the parameters of each model on held-out training images, with the same budget.

use crate::cli::{SearchKind, TuneArgs};
use crate::data;
use crate::environment;
use crate::failure::{Failure, Place};
use crate::interrupt::on_interrupt;
use crate::measure::Conditions;
use crate::plan::{Plan, ReadyModel};
use crate::progress::Progress;
use crate::protocol::{Division, Judging, quick_limit};
use crate::store::Store;
use crate::table;
use crate::tuning::Tuning;
use classifier::{Cancellation, Preset, generator};
use report::{TunedModel, TuningReport, write_tuning};
use serde_json::Value;
use std::fmt::Write;
use std::sync::Mutex;

/// Runs the command.
pub(crate) fn run(arguments: &TuneArgs) -> Result<(), Failure> {
    let run = &arguments.run;
    let mut plan = run.plan(Plan::default_tuning)?;
    let judging = Judging {
        seed: plan.seed,
        seeds: 1,
        validation: Some(arguments.validation),
        cross_validation: None,
        calibration: None,
        sizes: Vec::new(),
        quick: run.quick,
    };
    plan.train_limit = quick_limit(&judging).or(plan.train_limit);
    let models = plan.ready()?;
    for model in &models {
        check_space(model, arguments, plan.seed)?;
    }
    let splits = data::load(&run.data(&plan))?;
    let (id, title) = (splits.id.clone(), splits.title.clone());
    let (sha256, origin) = (splits.sha256.clone(), splits.origin.clone());
    let environment = environment::describe(&origin, run.threads());
    let results = run.results();
    // The test images end here: what follows has the training images only.
    let tuning = Tuning {
        division: Division::new(splits, &judging)?,
        seed: judging.seed,
        sha256,
        store: Mutex::new(Store::open(&results)?),
        at_once: run.threads(),
        conditions: Conditions {
            threads: 1,
            limits: run.limits(),
            cancellation: Cancellation::default(),
        },
        kind: arguments.search,
        trials: usize::from(arguments.trials.get()),
        seconds: arguments.seconds.map(f64::from),
        refit: run.refit,
        run: environment.started.clone(),
    };
    on_interrupt(&tuning.conditions.cancellation);
    let mut tuned = Vec::new();
    for (index, model) in models.iter().enumerate() {
        let mut progress = Progress::begin(&model.id, index, models.len(), run.quiet);
        let found = tuning.tune(model, &mut progress)?;
        progress.end(&in_a_line(&found));
        tuned.push(found);
    }
    let directory = results.join(&id).join("tuning");
    let report = TuningReport {
        format: 1,
        title,
        search: arguments.search.name().to_owned(),
        budget: match tuning.seconds {
            Some(seconds) => format!("{seconds} seconds of fitting"),
            None => format!("{} trials", tuning.trials),
        },
        quick: run.quick,
        plan: directory.join("plan.toml").display().to_string(),
        train_images: tuning.division.train_images(plan.train_limit),
        validation_images: tuning.division.judged_images(),
        seed: plan.seed,
        environment,
        models: tuned,
    };
    let chosen = chosen_plan(&id, &plan, &models, &report);
    write_tuning(&directory, &report, &chosen)?;
    if !run.quiet {
        println!("{}", summary(&report));
        println!("report: {}", directory.join("README.md").display());
        println!("on the test images: compare --config {}", report.plan);
    }
    failures(&report)
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
