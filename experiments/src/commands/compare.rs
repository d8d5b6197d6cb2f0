//! `compare`: train every model of a plan, one after another, and write the comparison.

use crate::cli::{CompareArgs, DataArgs};
use crate::data;
use crate::environment;
use crate::experiment::{Experiment, Manner, Prose};
use crate::failure::Failure;
use crate::limits::Limits;
use crate::measure::Conditions;
use crate::plan::Plan;
use crate::protocol::{Judging, quick_limit};
use classifier::Cancellation;
use std::path::PathBuf;

/// Runs the command.
pub(crate) fn run(arguments: CompareArgs) -> Result<(), Failure> {
    let mut plan = plan(&arguments)?;
    let judging = Judging {
        seed: plan.seed,
        seeds: plan.seeds,
        validation: plan.validation,
        cross_validation: plan.cross_validation,
        sizes: plan.sizes.clone(),
        quick: arguments.quick,
    };
    plan.train_limit = quick_limit(&judging).or(plan.train_limit);
    let models = plan.ready()?;
    // Files named on the command line replace the plan's data set, name and all.
    let planned = plan.dataset.filter(|_| arguments.data.data_dir.is_none());
    let data = DataArgs {
        dataset: arguments.data.dataset.or(planned),
        data_dir: arguments.data.data_dir.or(plan.data_dir),
        mirror: arguments.data.mirror,
    };
    let prose = Prose {
        question: plan.question,
        analysis: plan.analysis,
    };
    let experiment = Experiment::new(data::load(&data)?, models, judging)?.with(prose);
    let conditions = Conditions {
        threads: arguments
            .threads
            .map_or_else(environment::processors, usize::from),
        limits: Limits {
            time: arguments.time_limit,
            memory: arguments.memory_limit.map(|mb| mb as usize * 1_000_000),
        },
        cancellation: Cancellation::default(),
    };
    let manner = Manner {
        refit: arguments.refit,
        quiet: arguments.quiet,
    };
    let results = arguments.results.unwrap_or_else(|| {
        PathBuf::from(if arguments.quick {
            "results/quick"
        } else {
            "results"
        })
    });
    experiment.run(&results, &conditions, &manner)
}

/// The plan, changed by the command line.
fn plan(arguments: &CompareArgs) -> Result<Plan, Failure> {
    let mut plan = match &arguments.config {
        Some(path) => Plan::read(path)?,
        None => Plan::default_plan()?,
    };
    if let Some(ids) = &arguments.models {
        plan.choose(ids)?;
    }
    for assignment in &arguments.set {
        plan.set(assignment)?;
    }
    plan.seed = arguments.seed.unwrap_or(plan.seed);
    plan.seeds = arguments.seeds.map_or(plan.seeds, usize::from);
    plan.train_limit = arguments.train_limit.or(plan.train_limit);
    if let Some(sizes) = &arguments.sizes {
        plan.sizes.clone_from(sizes);
    }
    // Each of the two replaces the other, should the plan have it.
    if arguments.validation.is_some() || arguments.cv.is_some() {
        plan.validation = arguments.validation;
        plan.cross_validation = arguments.cv;
    }
    Ok(plan)
}
