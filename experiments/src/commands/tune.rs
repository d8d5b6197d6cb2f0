//! `tune`: search the parameters of each model on training samples, with the same budget.

use crate::announce;
use crate::cli::TuneArgs;
use crate::commands::jobs;
use crate::failure::Failure;
use crate::interrupt::on_interrupt;
use crate::progress::search::SearchProgress;
use crate::request::{command_line, own_processes};
use runner::{SearchOptions, Tuning};

/// The plan that is searched unless another is named.
const DEFAULT: &str = include_str!("../../plans/tuning.toml");

/// Runs the command.
pub(crate) fn run(arguments: &TuneArgs) -> Result<(), Failure> {
    let run = &arguments.run;
    let plan = run.plan(DEFAULT, "the default tuning plan", false)?;
    plan.options.check_exclusions()?;
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
    let directory = tuning.directory(&results);
    let write = |folder: &_| job_arrays::write_search(folder, &tuning.ahead()?, &setting);
    let elsewhere = &arguments.elsewhere;
    if let Some(done) = jobs::elsewhere(elsewhere, run, &directory, &cancellation, write) {
        return done;
    }
    let tuned = tuning.run(&SearchProgress::new(run.quiet))?;
    announce::search(&tuning, tuned, &results, run.quiet)
}
