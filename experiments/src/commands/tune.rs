//! `tune`: search the parameters of each model on training samples, with the same budget.

use crate::cli::TuneArgs;
use crate::commands::jobs;
use crate::failure::Failure;
use crate::interrupt::on_interrupt;
use crate::output;
use crate::progress::search::SearchProgress;
use crate::request::{check_exclusions, command_line, own_processes};
use records::TuningRecord;
use report::{search_table, write_tuning};
use runner::{SearchOptions, Tuning};
use std::path::{Path, PathBuf};

/// The plan that is searched unless another is named.
const DEFAULT: &str = include_str!("../../plans/tuning.toml");

/// Runs the command.
pub(crate) fn run(arguments: &TuneArgs) -> Result<(), Failure> {
    let run = &arguments.run;
    let plan = run.plan(DEFAULT, "the default tuning plan", false)?;
    check_exclusions(&plan)?;
    let search = SearchOptions {
        method: arguments.search,
        resource: arguments.resource,
        trials: arguments.trials.get().into(),
        seconds: arguments.seconds.map(f64::from),
    };
    search.check()?;
    jobs::check(&arguments.elsewhere)?;
    let mut learners = plan.ready()?;
    let data = run.load(&plan, &mut learners)?;
    let results = run.results();
    let (executor, cancellation, command) = (own_processes()?, on_interrupt(), command_line());
    let setting = run.setting(&executor, &cancellation, &command);
    let tuning = Tuning::new(
        data,
        learners,
        &plan.options,
        search,
        Some(&results),
        &setting,
    )?;
    let directory = directory(&tuning, &results);
    let write = |folder: &_| job_arrays::write_search(folder, &tuning.ahead()?, &setting);
    let elsewhere = &arguments.elsewhere;
    if let Some(done) = jobs::elsewhere(elsewhere, run, &directory, &cancellation, write) {
        return done;
    }
    let tuned = tuning.run(&SearchProgress::new(run.quiet))?;
    announce(&tuning, tuned, &results, run.quiet)
}

fn directory(tuning: &Tuning<'_>, results: &Path) -> PathBuf {
    results.join(tuning.dataset()).join("tuning")
}

/// Writes what came of a search, prints it, and says whether all is well.
pub(crate) fn announce(
    tuning: &Tuning<'_>,
    mut tuned: TuningRecord,
    results: &Path,
    quiet: bool,
) -> Result<(), Failure> {
    let directory = directory(tuning, results);
    tuned.plan = directory.join("plan.toml").display().to_string();
    write_tuning(&directory, &tuned, &tuning.chosen(&tuned))?;
    if !quiet {
        output::table(&search_table(&tuned));
        let page = directory.join("README.md");
        output::line(format_args!("report: {}", page.display()));
        let quick = if tuned.quick { " --quick" } else { "" };
        output::line(format_args!(
            "on the test samples: compare --config {}{quick}",
            tuned.plan
        ));
    }
    failures(&tuned)
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
