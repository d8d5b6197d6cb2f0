//! `compare`: train every model of a plan, one after another, and write the comparison.

use crate::announce;
use crate::cli::CompareArgs;
use crate::commands::jobs;
use crate::failure::Failure;
use crate::interrupt::on_interrupt;
use crate::output;
use crate::progress::Progress;
use crate::registry::REGISTRY;
use crate::request::{command_line, own_processes};
use analysis::{Planned, Report};
use catalog::Loaded;
use evaluation::complete_all;
use predictions::{Truth, beside, read_models};
use report::{foresight, report_in};
use runner::{Comparison, Given, Margin, Options, doubts, processors};
use std::path::Path;

/// The plan that runs unless another is named.
pub(crate) const DEFAULT: &str = include_str!("../../plans/default.toml");

/// Runs the command.
pub(crate) fn run(arguments: &CompareArgs) -> Result<(), Failure> {
    let run = &arguments.run;
    let mut plan = run.plan(DEFAULT, "the default plan", true)?;
    let options = &mut plan.options;
    *options = std::mem::take(options).changed_by(&arguments.flags);
    plan.options.check_exclusions()?;
    jobs::check(&arguments.elsewhere)?;
    if arguments.keep && plan.options.cv.is_some() {
        return Err(Failure::option(
            "--keep",
            "over folds there are many models of each kind; leave out `cv` to keep one",
        ));
    }
    let mut learners = plan.ready()?;
    let data = run.load(&plan, &mut learners)?;
    let given = given(arguments, &plan.options, &data)?;
    let threads = run.threads.map_or_else(processors, usize::from);
    let ask = || doubts(&data, &plan.options, REGISTRY, threads);
    let doubts = if arguments.dry_run { Vec::new() } else { ask() };
    let comparison = Comparison::new(data, learners, plan.options)?.with(given)?;
    let comparison = comparison.doubted(doubts);
    if arguments.dry_run {
        let planned = planned(&comparison, &comparison.directory(&run.results()));
        let lines = foresight(planned, comparison.dataset().words());
        lines.iter().for_each(output::line);
        return Ok(());
    }

    let (executor, cancellation, command) = (own_processes()?, on_interrupt(), command_line());
    let mut setting = run.setting(&executor, &cancellation, &command);
    setting.keep = arguments.keep;
    let results = run.results();
    let directory = comparison.directory(&results);
    let write = |folder: &_| job_arrays::write(folder, &comparison, &setting, &results);
    let elsewhere = &arguments.elsewhere;
    if let Some(done) = jobs::elsewhere(elsewhere, run, &directory, &cancellation, write) {
        return done;
    }
    let records = comparison.run(&results, &setting, &mut Progress::new(run.quiet))?;
    if arguments.keep {
        complete_all(&records, |id| comparison.model_file(&results, id))?;
    }

    let ended = announce::comparison(&Report::new(records), &directory, &results, run.quiet);
    let called_off = cancellation.check().map_err(|_| Failure::Interrupted);
    called_off.and(ended)
}

/// What is about to be compared, and what an earlier report in its directory knows of it.
fn planned(comparison: &Comparison, directory: &Path) -> Planned {
    let (dataset, options) = (comparison.dataset(), comparison.options());
    let ids: Vec<&str> = comparison.ids().collect();
    let earlier = report_in(directory);
    let protocol = comparison.protocol();
    Planned {
        models: ids.len(),
        has_baseline: options.baseline.is_some(),
        train: dataset.train,
        images: dataset.test,
        groups: comparison.judged_groups(),
        protocol,
        margin: options.margin.map(Margin::share),
        deviation: earlier.and_then(|of| of.largest_deviation(dataset, protocol, &ids)),
    }
}

/// The models of `--with`, whose predictions are read before anything is fitted.
fn given(arguments: &CompareArgs, options: &Options, data: &Loaded) -> Result<Vec<Given>, Failure> {
    if arguments.with.is_empty() {
        return Ok(Vec::new());
    }
    if options.quick || options.validation.is_some() || options.cv.is_some() {
        return Err(Failure::option(
            "--with",
            "its predictions are for all test samples; leave out --quick, --validation and --cv",
        ));
    }
    let (test, class_names) = data.content.sealed();
    let samples = Truth::of_rows("the test set", test, class_names);
    let models = read_models(&samples, &arguments.with)?;
    Ok(beside(&samples, models, options.seed(), options.seeds())?)
}
