//! `tune`: search the parameters of each model on training samples, with the same budget.

use crate::cli::TuneArgs;
use crate::failure::Failure;
use crate::interrupt::on_interrupt;
use crate::output;
use crate::progress::search::SearchProgress;
use crate::request::{check_exclusions, command_line, own_processes};
use records::TuningRecord;
use report::{TextColumn, TextTable, write_tuning};
use runner::{Resource, SearchOptions, Tuning};
use serde_json::Value;

/// The plan that is searched unless another is named.
const DEFAULT: &str = include_str!("../../plans/tuning.toml");

/// Runs the command.
pub(crate) fn run(arguments: &TuneArgs) -> Result<(), Failure> {
    let run = &arguments.run;
    let plan = run.plan(DEFAULT, "the default tuning plan", false)?;
    check_exclusions(&plan)?;
    check_options(arguments)?;
    let mut learners = plan.ready()?;
    let data = run.load(&plan, &mut learners)?;
    let limits: Vec<Option<usize>> = learners.iter().map(|model| model.train_limit).collect();
    let results = run.results();
    let directory = results.join(&data.id).join("tuning");

    let (executor, cancellation, command) = (own_processes()?, on_interrupt(), command_line());
    let setting = run.setting(&executor, &cancellation, &command);
    let search = SearchOptions {
        method: arguments.search,
        resource: arguments.resource.unwrap_or(Resource::Images),
        trials: arguments.trials.get().into(),
        seconds: arguments.seconds.map(f64::from),
    };
    let tuning = Tuning::new(data, learners, &plan.options, search, &results, &setting)?;
    let mut tuned = tuning.run(&SearchProgress::new(run.quiet))?;
    tuned.plan = directory.join("plan.toml").display().to_string();
    let chosen = tuning.chosen(&plan.options, &limits, &tuned);
    write_tuning(&directory, &tuned, &chosen)?;
    if !run.quiet {
        output::table(&summary(&tuned));
        let page = directory.join("README.md");
        output::line(format_args!("report: {}", page.display()));
        let quick = if run.quick { " --quick" } else { "" };
        output::line(format_args!(
            "on the test samples: compare --config {}{quick}",
            tuned.plan
        ));
    }
    failures(&tuned)
}

fn check_options(arguments: &TuneArgs) -> Result<(), Failure> {
    if arguments.resource.is_some() && !arguments.search.shrinks() {
        return Err(Failure::Option {
            option: "--resource".to_owned(),
            reason: "only with --search halving or asha".to_owned(),
        });
    }
    Ok(())
}

fn summary(report: &TuningRecord) -> TextTable {
    let mut table = TextTable::new(vec![
        TextColumn::name("model", 0),
        TextColumn::number("trials", 2),
        TextColumn::number("failed", 3),
        TextColumn::number("fit, s", 1),
        TextColumn::number("best right, %", 0),
        TextColumn::text("with"),
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
    table
}

/// Success only if every model has a trial that finished.
fn failures(report: &TuningRecord) -> Result<(), Failure> {
    let without = report.models.iter().filter(|model| model.best.is_none());
    let models: Vec<String> = without.map(|model| model.id.clone()).collect();
    if models.is_empty() {
        Ok(())
    } else {
        Err(Failure::NoTrial { models })
    }
}
