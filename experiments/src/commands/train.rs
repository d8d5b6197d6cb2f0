//! `train`: fit one model and keep it in a file.

use crate::build::BUILD;
use crate::cli::TrainArgs;
use crate::failure::Failure;
use crate::interrupt::on_interrupt;
use crate::progress::Progress;
use crate::registry::REGISTRY;
use crate::request::{command_line, own_processes};
use crate::{output, source};
use records::Outcome;
use runner::{Comparison, Place, Plan, Setting, processors};
use serde_json::json;

/// Runs the command.
pub(crate) fn run(arguments: &TrainArgs) -> Result<(), Failure> {
    let TrainArgs { model, out, .. } = arguments;
    REGISTRY.get(model, &Place::Option("train".to_owned()))?;
    let mut plan = Plan::of(REGISTRY, &[model])?;
    for assignment in &arguments.set {
        plan.set(&format!("{model}.{assignment}"))?;
    }
    let mut flags = json!({"seed": arguments.seed});
    if let Some(limit) = arguments.train_limit {
        flags["train_limit"] = limit.into();
    }
    let options = std::mem::take(&mut plan.options).changed_by(&flags);
    plan.options = arguments.data.change(options);
    let learners = plan.ready()?;
    let mirror = arguments.data.known.mirror.as_deref();
    let data = source::load(&plan.options, mirror, arguments.quiet)?;
    let comparison = Comparison::new(data, learners, plan.options)?;
    let (executor, command) = (own_processes()?, command_line());
    let setting = Setting {
        threads: arguments.threads.map_or_else(processors, usize::from),
        cancellation: on_interrupt(),
        build: Some(&BUILD),
        command: &command,
        ..Setting::new(&executor, REGISTRY)
    };
    let records = comparison.train(out, &setting, &mut Progress::new(arguments.quiet))?;
    for record in &records.fits {
        if let Outcome::Finished(fitted) = &record.outcome {
            evaluation::complete(out, &records.run, record, fitted)?;
        }
    }
    if !arguments.quiet {
        let card = kept::card_of(out);
        output::tell(format_args!(
            "kept in {}; {} describes it",
            out.display(),
            card.display()
        ));
    }
    Ok(())
}
