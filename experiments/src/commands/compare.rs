//! `compare`: train every model of a plan, one after another, and write the comparison.

use crate::cli::CompareArgs;
use crate::failure::Failure;
use crate::interrupt::on_interrupt;
use crate::output;
use crate::progress::Progress;
use crate::request::{check_exclusions, command_line, own_processes, share};
use crate::table;
use analysis::{ModelSummary, Planned, Report, Status};
use report::{foresight, write_index, write_report};
use runner::Comparison;

/// The plan that runs unless another is named.
pub(crate) const DEFAULT: &str = include_str!("../../plans/default.toml");

/// Runs the command.
pub(crate) fn run(arguments: &CompareArgs) -> Result<(), Failure> {
    let run = &arguments.run;
    let mut plan = run.plan(DEFAULT, "the default plan")?;
    let options = &mut plan.options;
    *options = std::mem::take(options).changed_by(&arguments.flags);
    check_exclusions(&plan)?;
    let learners = plan.ready()?;
    let splits = run.load(&plan)?;
    let comparison = Comparison::new(splits, learners, plan.options)?;
    if arguments.dry_run {
        for line in foresight(planned(&comparison)) {
            output::line(line);
        }
        return Ok(());
    }

    let (executor, cancellation, command) = (own_processes()?, on_interrupt(), command_line());
    let setting = run.setting(&executor, &cancellation, &command);
    let results = run.results();
    let records = comparison.run(&results, &setting, &mut Progress::new(run.quiet))?;

    let report = Report::new(records);
    let directory = comparison.directory(&results);
    let replaced = report::replaced(&directory, &report);
    write_report(&directory, &report)?;
    write_index(&results)?;
    if !run.quiet {
        if let Some(note) = replaced {
            output::tell(note);
        }
        table::announce(&report, &directory);
    }
    if cancellation.check().is_err() {
        return Err(Failure::Interrupted);
    }
    verdict(&report)
}

/// What is about to be compared.
fn planned(comparison: &Comparison) -> Planned {
    let (dataset, options) = (comparison.dataset(), comparison.options());
    Planned {
        models: comparison.models(),
        has_baseline: options.baseline.is_some(),
        train: dataset.train,
        images: dataset.test,
        protocol: comparison.protocol(),
        margin: share(options.margin),
    }
}

/// Success only if every model finished and passed its controls.
fn verdict(report: &Report) -> Result<(), Failure> {
    let ids = |wanted: &dyn Fn(&&ModelSummary) -> bool| -> Vec<String> {
        let models = report.models.iter().filter(wanted);
        models.map(|model| model.id.clone()).collect()
    };
    let models = ids(&|model| model.status != Status::Finished);
    if !models.is_empty() {
        return Err(Failure::Unfinished { models });
    }
    let models = ids(&|model| model.failed_control());
    if models.is_empty() {
        Ok(())
    } else {
        Err(Failure::Controls { models })
    }
}
