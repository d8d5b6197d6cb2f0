//! `tune`: search the parameters of each model on training images, with the same budget.

mod chosen;

use crate::cli::{Resource, SearchKind, TuneArgs};
use crate::data;
use crate::environment;
use crate::failure::{Failure, Place};
use crate::interrupt::on_interrupt;
use crate::measure::Conditions;
use crate::plan::{Plan, ReadyModel};
use crate::progress::search::SearchProgress;
use crate::protocol::{Division, Judging};
use crate::store::Store;
use crate::table;
use crate::trial::Trials;
use crate::tuning::Tuning;
use classifier::Cancellation;
use report::{Environment, TunedModel, TuningBudget, TuningReport, write_tuning};
use serde_json::Value;
use std::sync::Mutex;

/// Training images that trials are judged on unless something else is asked for.
const VALIDATION: usize = 10_000;

/// Runs the command.
pub(crate) fn run(arguments: &TuneArgs) -> Result<(), Failure> {
    let run = &arguments.run;
    let plan = run.plan(Plan::default_tuning)?;
    check_options(arguments)?;
    let judging = judging(arguments, &plan);
    let mut models = plan.ready()?;
    for model in &models {
        check_grid(model, arguments)?;
    }
    let data = run.data(&plan);
    let splits = data::load(&data, run.quiet)?;
    splits.check()?;
    let (id, title) = (splits.id.clone(), splits.title.clone());
    let environment = environment::describe(&splits.origin, run.threads());
    let results = run.results();
    let memory = run.limits().memory;
    let tuning = Tuning {
        trials: Trials {
            seed: judging.seed,
            sha256: splits.sha256.clone(),
            // The test images end here: what follows has the training images only.
            division: Division::new(splits, &judging)?,
            store: Mutex::new(Store::open(&results)?),
            conditions: Conditions {
                threads: 1,
                limits: run.limits(),
                cancellation: Cancellation::default(),
            },
            refit: run.refit,
            run: environment.started.clone(),
        },
        // Memory is counted for the whole program: of several trials, each would be blamed for all.
        at_once: memory.map_or(run.threads(), |_| 1),
        kind: arguments.search,
        resource: arguments.resource.unwrap_or(Resource::Images),
        budget: usize::from(arguments.trials.get()),
        seconds: arguments.seconds.map(f64::from),
    };
    // The outcome is judged on all that the plan asks for, whatever a quick look was at.
    let limits: Vec<Option<usize>> = models.iter().map(|model| model.train_limit).collect();
    for model in &mut models {
        model.train_limit = tuning.trials.division.limit(model.train_limit, &judging);
    }
    check_images(&tuning, &models)?;
    on_interrupt(&tuning.trials.conditions.cancellation);
    let tuned = search(&tuning, &models, run.quiet)?;
    let directory = results.join(&id).join("tuning");
    let path = directory.join("plan.toml").display().to_string();
    let report = TuningReport {
        title,
        quick: run.quick,
        plan: path,
        models: tuned,
        ..described(&tuning, &models, environment)
    };
    let chosen = chosen::plan(&plan, &models, &limits, &data, &report);
    write_tuning(&directory, &report, &chosen)?;
    if !run.quiet {
        println!("{}", summary(&report));
        println!("report: {}", directory.join("README.md").display());
        let quick = if run.quick { " --quick" } else { "" };
        println!(
            "on the test images: compare --config {}{quick}",
            report.plan
        );
    }
    failures(&report)
}

/// How trials are judged: as the command line says, else the plan, else on images that are held out.
fn judging(arguments: &TuneArgs, plan: &Plan) -> Judging {
    let asked = arguments.validation.is_some() || arguments.cv.is_some();
    let (validation, cross_validation) = if asked {
        (arguments.validation, arguments.cv)
    } else {
        (plan.validation, plan.cross_validation)
    };
    Judging {
        seed: plan.seed,
        seeds: 1,
        validation: match cross_validation {
            None => Some(validation.unwrap_or(VALIDATION)),
            Some(_) => None,
        },
        cross_validation,
        calibration: None,
        sizes: Vec::new(),
        quick: arguments.run.quick,
    }
}

/// Searches the models one after another.
fn search(tuning: &Tuning, models: &[ReadyModel], quiet: bool) -> Result<Vec<TunedModel>, Failure> {
    let progress = SearchProgress::begin(models.len(), quiet);
    let mut tuned = Vec::new();
    for (index, model) in models.iter().enumerate() {
        let of_model = progress.model(&model.id, index);
        let (found, reused) = tuning.tune(model, &of_model)?;
        of_model.end(&in_a_line(&found, reused));
        tuned.push(found);
    }
    progress.end();
    Ok(tuned)
}

fn check_options(arguments: &TuneArgs) -> Result<(), Failure> {
    if arguments.resource.is_some() && !arguments.search.shrinks() {
        return Err(Failure::Syntax {
            place: Place::Option("--resource".to_owned()),
            reason: "only with --search halving or asha".to_owned(),
        });
    }
    Ok(())
}

/// Refuses grids beyond the budget.
fn check_grid(model: &ReadyModel, arguments: &TuneArgs) -> Result<(), Failure> {
    let trials = usize::from(arguments.trials.get());
    let coarsest = model.space.grid_size(1);
    if arguments.search == SearchKind::Grid && coarsest > trials {
        return Err(Failure::Syntax {
            place: Place::Option(format!("--trials {trials}")),
            reason: format!(
                "a grid of {}'s parameters has {coarsest} points at least; allow as many trials, or \
                 search in another way",
                model.id
            ),
        });
    }
    Ok(())
}

/// Refuses training sizes that the data do not have.
fn check_images(tuning: &Tuning, models: &[ReadyModel]) -> Result<(), Failure> {
    let division = &tuning.trials.division;
    let limited = models.iter().filter(|model| model.train_limit.is_some());
    for model in limited {
        for cell in division.cells(true, None) {
            let train = division.train(cell, model.train_limit).map(|_| ());
            train.map_err(|error| Failure::Limit {
                place: Place::Option(format!("train_limit of {}", model.id)),
                error,
            })?;
        }
    }
    Ok(())
}

/// What the report says of the search as a whole.
fn described(tuning: &Tuning, models: &[ReadyModel], environment: Environment) -> TuningReport {
    let division = &tuning.trials.division;
    let images = models
        .iter()
        .map(|model| division.train_images(model.train_limit));
    TuningReport {
        format: 2,
        title: String::new(),
        search: tuning.kind.name().to_owned(),
        budget: match tuning.seconds {
            Some(seconds) => TuningBudget::Seconds(seconds),
            None => TuningBudget::Trials(tuning.budget),
        },
        quick: false,
        plan: String::new(),
        train_images: images.max().unwrap_or(0),
        judged_on: division.protocol.judged_on,
        judged_images: division.judged_images(),
        folds: division.protocol.folds,
        repeats: division.protocol.repeats,
        at_once: tuning.at_once,
        seed: tuning.trials.seed,
        environment,
        models: Vec::new(),
    }
}

fn in_a_line(model: &TunedModel, reused: usize) -> String {
    let reused = match reused {
        0 => String::new(),
        reused => format!(", {reused} of them by an earlier search"),
    };
    match model.best_trial() {
        Some(best) => format!(
            "{:.2} % right with {}, best of {} trials in {:.0} s{reused}",
            best.accuracy.unwrap_or(0.0) * 100.0,
            Value::Object(best.values.clone()),
            model.trials.len(),
            model.seconds
        ),
        None => format!("none of {} trials finished", model.trials.len()),
    }
}

fn summary(report: &TuningReport) -> String {
    let mut table = table::plain(&[
        "model",
        "trials",
        "failed",
        "fit, s",
        "best right, %",
        "with",
    ]);
    for model in &report.models {
        let best = model.best_trial();
        let accuracy = best.and_then(|trial| trial.accuracy);
        table.add_row([
            model.id.clone(),
            model.trials.len().to_string(),
            model.failed().to_string(),
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
