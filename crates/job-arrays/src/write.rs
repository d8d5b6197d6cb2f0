//! Writes a plan, and the jobs that are left to do.

use crate::error::ArrayError;
use crate::folder::{FORMAT, Folder};
use crate::plan::{Needs, Plan, PlannedData, PlannedMethod, first_of};
use crate::tasks::{Job, group};
use records::{
    Environment, FitRecord, Record, RunRecord, WholeLog, read_own_file, read_records, write_file,
    write_new_file,
};
use runner::{
    Bench, Build, Comparison, Earlier, JobMethod, Options, Piece, Setting, TrialsAhead, Workbench,
};
use search::Space;
use serde::Serialize;
use std::collections::{BTreeMap, HashSet};
use std::path::Path;

/// Seconds that a job takes beside fitting and predicting: to start its process, and to evaluate.
const BESIDE: f64 = 0.1;
/// Seconds that the controls of a model take: a few hundred samples, some four times.
const CONTROLS: f64 = 1.0;

/// What was written.
#[derive(Debug)]
pub struct Written {
    /// Jobs that are left to do.
    pub jobs: usize,
    /// Jobs that have a record: of the folder, or of earlier runs.
    pub known: usize,
    /// Of the jobs that are left to do, those that had a record: of a fit that failed, or that is to be made again.
    pub again: usize,
    /// Models of which no earlier fit is known, so that nobody knows how long they take.
    pub unknown: Vec<String>,
    /// The plan.
    pub plan: Plan,
}

/// Writes what is left to do of a comparison. What the store of `results` has, and what the folder has records
/// of, is not handed out.
///
/// # Errors
/// If the folder cannot be written to.
pub fn write(
    folder: &Folder,
    comparison: &Comparison,
    setting: &Setting<'_>,
    results: &Path,
) -> Result<Written, ArrayError> {
    let workbench = Workbench::new(comparison, setting, Some(results))?;
    let build = setting.build.copied().unwrap_or_default();
    let left = Left::of(folder, &workbench, setting.refit)?;
    let run = workbench.run();
    let plan = Plan {
        models: methods(comparison, &build),
        ..planned(
            setting,
            PlannedData {
                name: run.dataset.name.clone(),
                origin: run.environment.data_origin.clone(),
                sha256: run.dataset.sha256.clone(),
            },
            comparison.options(),
        )
    };
    write_run(
        &folder.run(),
        &run_of(folder, &workbench),
        comparison.given(),
    )?;
    left.finish(folder, plan)
}

/// Writes the trials that are left to do of a search. What its store has, and what the folder has records of, is
/// not handed out.
///
/// # Errors
/// If the folder cannot be written to.
pub fn write_search(
    folder: &Folder,
    trials: &TrialsAhead<'_>,
    setting: &Setting<'_>,
) -> Result<Written, ArrayError> {
    let tuning = trials.tuning();
    let left = Left::of(folder, trials, setting.refit)?;
    let models = tuning.models().map(|(learner, train_limit)| PlannedMethod {
        id: learner.id.clone(),
        method: JobMethod::of(&learner.method),
        train_limit,
        depends_on: first_of(trials, &learner.id),
        space: learner.space.clone(),
    });
    let plan = Plan {
        models: models.collect(),
        search: Some(tuning.search()),
        // Each trial is made on one.
        threads: 1,
        ..planned(
            setting,
            PlannedData {
                name: tuning.dataset().to_owned(),
                origin: tuning.origin().to_owned(),
                sha256: tuning.fingerprint().clone(),
            },
            tuning.options(),
        )
    };
    left.finish(folder, plan)
}

/// A plan without its models, for tasks that run in other directories.
fn planned(setting: &Setting<'_>, data: PlannedData, options: &Options) -> Plan {
    let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    Plan {
        format: FORMAT,
        command: setting.command.to_owned(),
        data,
        options: options.clone().with_paths(absolute),
        quick: options.quick,
        refit: setting.refit,
        threads: setting.threads,
        limits: setting.limits.into(),
        models: Vec::new(),
        search: None,
        tasks: 0..0,
        needs: Needs::default(),
    }
}

/// What is left to do, while it is collected.
#[derive(Default)]
struct Left {
    /// The number of the first task.
    first: u64,
    /// Whether what has a record is to be done again.
    refit: bool,
    seen: HashSet<String>,
    jobs: Vec<Job>,
    known: usize,
    /// Jobs that had a record, and are to be done again.
    again: usize,
    /// What earlier fits of a model took.
    earlier: BTreeMap<String, Option<Earlier>>,
}

impl Left {
    fn of(folder: &Folder, bench: &dyn Bench, refit: bool) -> Result<Self, ArrayError> {
        folder.sweep();
        // Before any record is removed.
        let first = match Plan::read(folder) {
            Ok(old) => old.tasks.end,
            Err(ArrayError::NoPlan { .. }) => 0,
            // Without its numbers, a task that is still queued would run another job.
            Err(error) => return Err(error),
        };
        let mut left = Self {
            first,
            refit,
            ..Self::default()
        };
        for piece in bench.pieces() {
            left.take(folder, bench, &piece)?;
        }
        Ok(left)
    }

    fn take(
        &mut self,
        folder: &Folder,
        bench: &dyn Bench,
        piece: &Piece<'_>,
    ) -> Result<(), ArrayError> {
        // Two models that do the same are fitted once.
        if !self.seen.insert(piece.key().to_owned()) {
            return Ok(());
        }
        let record = folder.record(piece.key(), 1);
        if record.exists() {
            if !self.refit && !is_failed_fit(&record) {
                self.known += 1;
                return Ok(());
            }
            // As on one machine, what failed is fitted again.
            remove_all(folder, piece.key())?;
            self.again += 1;
        }
        if let Some(known) = bench.known(piece) {
            write_new_file(&record, &line(&known, &record)?)?;
            self.known += 1;
            return Ok(());
        }
        let seconds = match piece.cell() {
            None => Some(CONTROLS),
            Some(_) => {
                let earlier = self.earlier.entry(piece.id().to_owned());
                let earlier = earlier.or_insert_with(|| bench.earlier(piece));
                earlier.map(|earlier| earlier.seconds + BESIDE)
            }
        };
        self.jobs.push(Job {
            task: 0,
            key: piece.key().to_owned(),
            id: piece.id().to_owned(),
            job: piece.task,
            seconds,
        });
        Ok(())
    }

    /// Groups the jobs into tasks, and writes them and the plan.
    fn finish(mut self, folder: &Folder, plan: Plan) -> Result<Written, ArrayError> {
        let (end, seconds) = group(&mut self.jobs, self.first);
        let plan = Plan {
            tasks: self.first..end,
            needs: Needs {
                seconds,
                bytes: self.memory(),
            },
            ..plan
        };
        let mut lines = Vec::new();
        for job in &self.jobs {
            lines.extend(line(job, &folder.jobs())?);
        }
        write_file(&folder.jobs(), &lines)?;
        // The last: whoever finds it finds the rest.
        let path = folder.plan();
        let text = serde_json::to_vec_pretty(&plan).map_err(|e| ArrayError::file(&path, e))?;
        write_file(&path, &text)?;
        Ok(Written {
            jobs: self.jobs.len(),
            known: self.known,
            again: self.again,
            unknown: self.unknown(),
            plan,
        })
    }

    /// The most that a fit took, if it is known of every model.
    fn memory(&self) -> Option<usize> {
        let known = self.earlier.values().map(|one| (*one)?.memory);
        known.collect::<Option<Vec<usize>>>()?.into_iter().max()
    }

    fn unknown(&self) -> Vec<String> {
        let unknown = self.earlier.iter().filter(|(_, earlier)| earlier.is_none());
        unknown.map(|(id, _)| id.clone()).collect()
    }
}

/// Whether a record is of a fit or a trial that failed, or is damaged. What a control found stays, and so does what
/// cannot be read now.
fn is_failed_fit(record: &Path) -> bool {
    read_own_file(record).is_ok_and(|text| crate::status::failed_fit(&text))
}

/// Removes every record of a job.
fn remove_all(folder: &Folder, key: &str) -> Result<(), ArrayError> {
    for nth in 1.. {
        let path = folder.record(key, nth);
        match std::fs::remove_file(&path) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => break,
            Err(error) => return Err(ArrayError::file(&path, error)),
        }
    }
    Ok(())
}

fn methods(comparison: &Comparison, build: &Build) -> Vec<PlannedMethod> {
    let fits = comparison.first_fits(build);
    fits.map(|piece| PlannedMethod {
        id: piece.id().to_owned(),
        method: piece.method(),
        train_limit: piece.train_limit(),
        depends_on: piece.depends_on(),
        space: Space::default(),
    })
    .collect()
}

/// The run that the records will be joined to. Written again for the same comparison it stays the same: else one
/// comparison would be recorded as several.
fn run_of(folder: &Folder, workbench: &Workbench<'_>) -> RunRecord {
    let new = workbench.run();
    let Ok(old) = read_records(&folder.run()) else {
        return new.clone();
    };
    let environment = Environment {
        command: old.run.environment.command.clone(),
        started: old.run.environment.started.clone(),
        ..new.environment.clone()
    };
    let same = RunRecord {
        run: old.run.run.clone(),
        environment,
        ..new.clone()
    };
    if same == old.run { same } else { new.clone() }
}

fn write_run<'a>(
    path: &Path,
    run: &RunRecord,
    given: impl Iterator<Item = &'a FitRecord>,
) -> Result<(), ArrayError> {
    let mut log = WholeLog::create(path, run)?;
    for fit in given {
        log.append(&Record::Fit(Box::new(fit.clone())))?;
    }
    Ok(log.finish()?)
}

/// A line of JSON.
pub(crate) fn line(value: &impl Serialize, path: &Path) -> Result<Vec<u8>, ArrayError> {
    let mut line = serde_json::to_vec(value).map_err(|error| ArrayError::file(path, error))?;
    line.push(b'\n');
    Ok(line)
}
