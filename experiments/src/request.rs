//! What a run is asked for: a plan, changed by the command line.

use crate::cli::{DataArgs, RunArgs};
use crate::environment;
use crate::failure::Failure;
use crate::limits::Limits;
use crate::plan::Plan;
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
        DataArgs {
            dataset: given.dataset.clone().or(planned),
            data_dir: given.data_dir.clone().or_else(|| plan.data_dir.clone()),
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
