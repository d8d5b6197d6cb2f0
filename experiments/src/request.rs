//! What a command is asked for: a plan, changed by the command line, or a recorded run.

use crate::cli::{DataArgs, RecordArgs, RecordsArgs, RunArgs};
use crate::environment;
use crate::failure::Failure;
use crate::limits::Limits;
use crate::plan::Plan;
use report::{Records, newest_run, read_records};
use std::path::PathBuf;

impl RunArgs {
    /// The plan that was named, or the default one, with the changes that were asked for.
    pub(crate) fn plan(&self, default: fn() -> Result<Plan, Failure>) -> Result<Plan, Failure> {
        let mut plan = match &self.config {
            Some(path) => Plan::read(path)?,
            None => default()?,
        };
        if let Some(ids) = &self.models {
            plan.choose(ids)?;
        }
        for assignment in &self.set {
            plan.set(assignment)?;
        }
        plan.seed = self.seed.unwrap_or(plan.seed);
        plan.train_limit = self.train_limit.or(plan.train_limit);
        Ok(plan)
    }

    /// Where the data are.
    pub(crate) fn data(&self, plan: &Plan) -> DataArgs {
        let given = &self.data;
        // Files named on the command line replace the plan's data set, name and all.
        let planned = plan.dataset.clone().filter(|_| given.data_dir.is_none());
        // A data set named there replaces the plan's files.
        let planned_dir = plan.data_dir.clone().filter(|_| given.dataset.is_none());
        DataArgs {
            dataset: given.dataset.clone().or(planned),
            data_dir: given.data_dir.clone().or(planned_dir),
            mirror: given.mirror.clone(),
        }
    }

    /// Where reports go.
    pub(crate) fn results(&self) -> PathBuf {
        let default = if self.quick {
            "results/quick"
        } else {
            "results"
        };
        self.results.clone().unwrap_or_else(|| default.into())
    }

    /// How many threads there are to use.
    pub(crate) fn threads(&self) -> usize {
        self.threads
            .map_or_else(environment::processors, usize::from)
    }

    /// What each fit may take.
    pub(crate) fn limits(&self) -> Limits {
        Limits {
            time: self.time_limit,
            memory: self.memory_limit.map(|mb| mb as usize * 1_000_000),
        }
    }
}

impl RecordsArgs {
    /// The directory of the reports on the data set.
    pub(crate) fn directory(&self) -> PathBuf {
        self.results.join(&self.dataset)
    }

    /// The file of a run, by name.
    pub(crate) fn file(&self, run: &str) -> PathBuf {
        let records = self.directory().join("records");
        records.join(format!("{run}.jsonl"))
    }
}

impl RecordArgs {
    /// The run that was named, or the newest, and its file.
    pub(crate) fn read(&self) -> Result<(Records, PathBuf), Failure> {
        let path = match &self.run {
            Some(run) => self.records.file(run),
            None => newest_run(&self.records.directory()).map_err(Failure::Results)?,
        };
        let records = read_records(&path).map_err(Failure::Results)?;
        Ok((records, path))
    }
}
