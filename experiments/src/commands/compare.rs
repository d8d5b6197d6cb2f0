//! `compare`: train every model of a plan, one after another, and write the comparison.

use crate::cli::CompareArgs;
use crate::data;
use crate::experiment::{Experiment, Manner, Prose};
use crate::failure::{Failure, Place};
use crate::measure::Conditions;
use crate::plan::Plan;
use crate::protocol::Judging;
use classifier::Cancellation;

/// Runs the command.
pub(crate) fn run(arguments: &CompareArgs) -> Result<(), Failure> {
    let plan = plan(arguments)?;
    let judging = Judging {
        seed: plan.seed,
        seeds: plan.seeds,
        validation: plan.validation,
        cross_validation: plan.cross_validation,
        calibration: plan.calibration,
        sizes: plan.sizes.clone(),
        quick: arguments.run.quick,
    };
    let models = plan.ready()?;
    let splits = data::load(&arguments.run.data(&plan), arguments.run.quiet)?;
    let prose = Prose {
        question: plan.question,
        analysis: plan.analysis,
    };
    let experiment = Experiment::new(splits, models, judging)?.with(prose);
    let conditions = Conditions {
        threads: arguments.run.threads(),
        limits: arguments.run.limits(),
        cancellation: Cancellation::default(),
    };
    let manner = Manner {
        refit: arguments.run.refit,
        quiet: arguments.run.quiet,
    };
    experiment.run(&arguments.run.results(), &conditions, &manner)
}

/// The plan, changed by the command line.
fn plan(arguments: &CompareArgs) -> Result<Plan, Failure> {
    let mut plan = arguments.run.plan(Plan::default_plan)?;
    plan.seeds = arguments.seeds.map_or(plan.seeds, usize::from);
    plan.calibration = arguments.calibrate.or(plan.calibration);
    if let Some(sizes) = &arguments.sizes {
        plan.sizes.clone_from(sizes);
    }
    // Each of the two replaces the other, should the plan have it.
    if arguments.validation.is_some() || arguments.cv.is_some() {
        plan.validation = arguments.validation;
        plan.cross_validation = arguments.cv;
    }
    check_folds(&plan)?;
    Ok(plan)
}

/// Refuses what cannot be had together, where one is in the plan and the other on the command line.
fn check_folds(plan: &Plan) -> Result<(), Failure> {
    let others = [
        ("calibrate", plan.calibration.is_some()),
        ("sizes", !plan.sizes.is_empty()),
    ];
    let other = others.iter().find(|(_, there)| *there);
    match (plan.cross_validation, other) {
        (Some(_), Some((other, _))) => Err(Failure::Syntax {
            place: Place::Option("--cv".to_owned()),
            reason: format!("`cv` excludes `{other}`"),
        }),
        _ => Ok(()),
    }
}
