//! `--jobs`, `--on`, `worker`, `status`, `submit` and `merge`: a comparison or a search on several machines.

use crate::announce;
use crate::build::BUILD;
use crate::cli::{
    ElsewhereArgs, Engine, FolderArgs, MergeArgs, RunArgs, SlurmArgs, TaskArgs, WaitedFor,
    WorkerArgs,
};
use crate::failure::Failure;
use crate::interrupt::{on_interrupt, unbroken};
use crate::output;
use crate::progress::Progress;
use crate::registry::REGISTRY;
use crate::request::{own_processes, results};
use crate::source;
use analysis::Report;
use catalog::Loaded;
use classifier::Cancellation;
use job_arrays::{ArrayError, Asked, Folder, Plan, Tasks, Volume, Written, index_of_engine};
use records::read_records;
use runner::{Bench, Workbench};
use std::path::Path;

/// Writes what is left to do; on an engine, waits for it there, and joins what it found. Nothing if neither was asked
/// for. `beside` is the directory of the report.
pub(crate) fn elsewhere(
    asked: &ElsewhereArgs,
    run: &RunArgs,
    beside: &Path,
    cancellation: &Cancellation,
    write: impl FnOnce(&Folder) -> Result<Written, ArrayError>,
) -> Option<Result<(), Failure>> {
    let default = || asked.on.map(|_| beside.join("jobs"));
    let dir = asked.jobs.clone().or_else(default)?;
    let hand_out = || {
        let folder = Folder::new(&dir);
        let written = write(&folder)?;
        let loud = |_: &&String| !run.quiet;
        let tell = |lines: Vec<String>| lines.iter().filter(loud).for_each(output::line);
        tell(written.lines(&folder));
        let Some(WaitedFor::Slurm) = asked.on else {
            return Ok(());
        };
        if written.plan.count() > 0 {
            let (tasks, slurm) = (tasks(&asked.tasks), of_slurm(&asked.slurm));
            let (plan, mut progress) = (&written.plan, Progress::new(run.quiet));
            // To take jobs back takes as long as the engine does.
            unbroken(|| {
                let submitted = job_arrays::submit(&folder, plan, tasks, &slurm, cancellation)?;
                tell(submitted.lines());
                job_arrays::follow(&folder, plan, &submitted, cancellation, &mut progress)
            })?;
        }
        merge(&MergeArgs {
            folder: FolderArgs { dir, data: None },
            quiet: run.quiet,
            results: run.results.clone(),
        })
    };
    Some(hand_out())
}

/// Refuses options of engines where there is none.
pub(crate) fn check(asked: &ElsewhereArgs) -> Result<(), Failure> {
    let given = [
        ("--memory", asked.tasks.memory.is_some()),
        ("--throttle", asked.tasks.throttle.is_some()),
        ("--partition", asked.slurm.partition.is_some()),
        ("--time", asked.slurm.time.is_some()),
    ];
    let mut given = given.into_iter().filter(|(_, is_given)| *is_given);
    match given.next() {
        Some((option, _)) if asked.on.is_none() => {
            Err(Failure::option(option, "only with --on, or with `submit`"))
        }
        _ => Ok(()),
    }
}

fn tasks(asked: &TaskArgs) -> Tasks {
    Tasks {
        memory: asked.memory,
        throttle: asked.throttle,
    }
}

fn of_slurm(asked: &SlurmArgs) -> Asked {
    Asked {
        partition: asked.partition.clone(),
        time: asked.time,
    }
}

/// Runs `worker`.
pub(crate) fn worker(arguments: &WorkerArgs) -> Result<(), Failure> {
    let folder = Folder::new(&arguments.folder.dir);
    let plan = Plan::read(&folder)?;
    let index = arguments.index.map_or_else(index_of_engine, Ok)?;
    let task = index.saturating_add(arguments.offset);
    let data = data(&plan, &arguments.folder)?;
    let executor = own_processes()?;
    let setting = plan.setting(&executor, REGISTRY, &BUILD, on_interrupt());
    let work = |bench: &dyn Bench| {
        let mut progress = Progress::new(false);
        job_arrays::work(&folder, &plan, task, bench, &setting, &mut progress)
    };
    let worked = match plan.search {
        None => {
            let (comparison, _) = plan.comparison(&folder, data, REGISTRY, &BUILD)?;
            work(&Workbench::new(&comparison, &setting, None)?)?
        }
        Some(search) => {
            let tuning = plan.tuning(&folder, data, REGISTRY, search, &setting)?;
            work(&plan.trials(&tuning)?)?
        }
    };
    output::line(format_args!("task {task}: {worked}"));
    let whole = (!worked.cut_short).then_some(());
    whole.ok_or(Failure::Interrupted)
}

/// The data of a plan, as they are here.
fn data(plan: &Plan, arguments: &FolderArgs) -> Result<Loaded, Failure> {
    source::load(&plan.options(arguments.data.clone()), None, false)
}

/// Runs `status`.
pub(crate) fn status(dir: &Path) -> Result<(), Failure> {
    let status = job_arrays::status(&Folder::new(dir))?;
    status.lines().iter().for_each(output::line);
    Ok(())
}

/// Runs `submit`.
pub(crate) fn submit(engine: &Engine) -> Result<(), Failure> {
    let (Engine::Slurm { folder, .. } | Engine::Kubernetes { folder, .. }) = engine;
    let folder = Folder::new(&folder.dir);
    let plan = Plan::read(&folder)?;
    match engine {
        Engine::Slurm {
            tasks: asked,
            slurm,
            ..
        } => {
            let (tasks, slurm) = (tasks(asked), of_slurm(slurm));
            let users = on_interrupt();
            let submit = || job_arrays::submit(&folder, &plan, tasks, &slurm, &users);
            let submitted = unbroken(submit)?;
            submitted.lines().iter().for_each(output::line);
        }
        Engine::Kubernetes {
            tasks: asked,
            image,
            claim,
            mount,
            ..
        } => {
            let volume = Volume { claim, mount };
            let path = job_arrays::manifest(&folder, &plan, tasks(asked), image, volume)?;
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
    let data = data(&plan, &arguments.folder)?;
    let results = results(arguments.results.as_deref(), plan.quick);
    if let Some(search) = plan.search {
        let executor = own_processes()?;
        let setting = plan.setting(&executor, REGISTRY, &BUILD, Cancellation::default());
        let tuning = plan.tuning(&folder, data, REGISTRY, search, &setting)?;
        let trials = plan.trials(&tuning)?;
        let (tuned, merged) = job_arrays::merge_search(&folder, &plan, &trials, &results)?;
        merged.lines(&plan).iter().for_each(output::tell);
        announce::search(&tuning, tuned, &results, arguments.quiet)?;
        return match merged.missing.len() {
            0 => Ok(()),
            trials => Err(Failure::MissingTrials { trials }),
        };
    }
    let (comparison, run) = plan.comparison(&folder, data, REGISTRY, &BUILD)?;
    let (path, merged) = job_arrays::merge(&folder, &plan, &comparison, run, &BUILD, &results)?;
    merged.lines(&plan).iter().for_each(output::tell);
    let report = Report::new(read_records(&path)?);
    let directory = comparison.directory(&results);
    announce::comparison(&report, &directory, &results, arguments.quiet)
}
