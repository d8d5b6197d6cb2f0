//! `compare --jobs`, `worker`, `status`, `submit` and `merge`: a comparison on several machines.

use crate::build::BUILD;
use crate::cli::{Engine, FolderArgs, MergeArgs, WorkerArgs};
use crate::commands::compare::announce;
use crate::failure::Failure;
use crate::interrupt::on_interrupt;
use crate::output;
use crate::progress::Progress;
use crate::registry::REGISTRY;
use crate::request::{own_processes, results};
use crate::source;
use analysis::Report;
use job_arrays::{Folder, Plan, Tasks, Volume, index_of_engine};
use records::{RunRecord, read_records};
use runner::{Comparison, Setting};
use std::path::Path;

/// Writes what is left to do of a comparison.
pub(crate) fn hand_out(
    dir: &Path,
    comparison: &Comparison,
    setting: &Setting<'_>,
    results: &Path,
) -> Result<(), Failure> {
    let folder = Folder::new(dir);
    let written = job_arrays::write(&folder, comparison, setting, results)?;
    written.lines(&folder).iter().for_each(output::line);
    Ok(())
}

/// Runs `worker`.
pub(crate) fn worker(arguments: &WorkerArgs) -> Result<(), Failure> {
    let folder = Folder::new(&arguments.folder.dir);
    let plan = Plan::read(&folder)?;
    let index = arguments.index.map_or_else(index_of_engine, Ok)?;
    let task = index + arguments.offset;
    let (comparison, _) = again(&folder, &plan, &arguments.folder)?;
    let executor = own_processes()?;
    let setting = plan.setting(&executor, REGISTRY, &BUILD, on_interrupt());
    let mut progress = Progress::new(false);
    let worked = job_arrays::work(&folder, &plan, task, &comparison, &setting, &mut progress)?;
    output::line(format_args!("task {task}: {worked}"));
    if worked.cut_short {
        return Err(Failure::Interrupted);
    }
    Ok(())
}

/// The comparison of a plan, and the record of its run.
fn again(
    folder: &Folder,
    plan: &Plan,
    arguments: &FolderArgs,
) -> Result<(Comparison, RunRecord), Failure> {
    let data = source::load(&plan.options(arguments.data.clone()), None, false)?;
    Ok(plan.comparison(folder, data, REGISTRY, &BUILD)?)
}

/// Runs `status`.
pub(crate) fn status(dir: &Path) -> Result<(), Failure> {
    let status = job_arrays::status(&Folder::new(dir))?;
    status.lines().iter().for_each(output::line);
    Ok(())
}

/// Runs `submit`.
pub(crate) fn submit(engine: &Engine) -> Result<(), Failure> {
    let (Engine::Slurm { tasks, .. } | Engine::Kubernetes { tasks, .. }) = engine;
    let folder = Folder::new(&tasks.dir);
    let plan = Plan::read(&folder)?;
    let tasks = Tasks {
        memory: tasks.memory,
        throttle: tasks.throttle,
    };
    match engine {
        Engine::Slurm {
            partition, time, ..
        } => {
            let submitted = job_arrays::submit(&folder, &plan, tasks, partition.as_deref(), *time)?;
            submitted.lines().iter().for_each(output::line);
        }
        Engine::Kubernetes {
            image,
            claim,
            mount,
            ..
        } => {
            let path = job_arrays::manifest(&folder, &plan, tasks, image, Volume { claim, mount })?;
            output::line(format_args!(
                "to start it: kubectl create -f {}",
                path.display()
            ));
        }
    }
    Ok(())
}

/// Runs `merge`.
pub(crate) fn merge(arguments: &MergeArgs) -> Result<(), Failure> {
    let folder = Folder::new(&arguments.folder.dir);
    let plan = Plan::read(&folder)?;
    let (comparison, run) = again(&folder, &plan, &arguments.folder)?;
    let results = results(arguments.results.as_deref(), plan.quick);
    let merged = job_arrays::merge(&folder, &comparison, run, &BUILD, &results)?;
    merged.lines(&plan).iter().for_each(output::tell);
    let report = Report::new(read_records(&merged.path)?);
    announce(
        &report,
        &comparison.directory(&results),
        &results,
        arguments.quiet,
    )
}
