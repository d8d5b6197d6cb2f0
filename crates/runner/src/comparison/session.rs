//! One fit after another, with what all of a run have in common.

use crate::environment::Build;
use crate::failure::Failure;
use crate::handover::Handover;
use crate::job::{Ended, Event, Job, Keep, Task};
use crate::learner::Learner;
use crate::setting::Setting;
use crate::store::{Key, Store};
use crate::watcher::Watcher;
use crate::words::in_a_line;
use records::{Cell, FitRecord, Outcome, Role, RunRecord};

/// What all fits of a run have in common.
pub(super) struct Session<'a> {
    pub(super) setting: &'a Setting<'a>,
    pub(super) store: Store,
    pub(super) handover: Handover,
    pub(super) run: RunRecord,
}

impl Session<'_> {
    pub(super) fn build(&self) -> Build {
        self.setting.build.copied().unwrap_or_default()
    }

    pub(super) fn job(&self, task: Task, learner: &Learner) -> Job {
        let data = self.handover.path().to_owned();
        Job {
            memory_limit: self.setting.limits.memory,
            ..Job::new(task, learner, data, self.setting.threads)
        }
    }

    pub(super) fn run(
        &self,
        job: &Job,
        on: &mut (dyn FnMut(&Event) + Send),
    ) -> Result<Ended, Failure> {
        let Setting {
            executor,
            limits,
            cancellation,
            ..
        } = self.setting;
        executor.run(job, *limits, cancellation, on)
    }

    /// Fits a cell, counts the looks at the labels that it is judged by, and says why the model was not
    /// kept, if it was to be and was not.
    pub(super) fn fit(
        &self,
        learner: &Learner,
        cell: Cell,
        keep: Option<Keep>,
        watcher: &mut dyn Watcher,
    ) -> Result<(Outcome, usize, Option<String>), Failure> {
        let mut job = self.job(Task::Fit(cell), learner);
        job.keep = keep;
        match self.run(&job, &mut |event| watcher.event(event))? {
            Ended::Fit {
                outcome,
                looks,
                unkept,
            } => Ok((outcome, looks, unkept)),
            other => Err(Failure::job(
                "job",
                &format!("not the end of a fit: {other:?}"),
            )),
        }
    }

    /// A cell that an earlier run has fitted, unless it is to be fitted again, or somebody altered it in the store.
    pub(super) fn known(&self, id: &str, cell: Cell, key: &Key) -> Option<FitRecord> {
        if self.setting.refit {
            return None;
        }
        let found = self.store.find_fit(id, cell, key, self.setting.limits)?;
        self.run.check(&found).is_ok().then_some(found)
    }

    /// Says how a fit ended, and what the report will rank its model by.
    pub(super) fn tell_result(&self, record: &FitRecord, reused: bool, watcher: &mut dyn Watcher) {
        let share = self.run.accuracy(record);
        if let (Role::Main, Outcome::Finished(fitted), Some(share)) =
            (record.cell.role, &record.outcome, share)
        {
            watcher.judged(&record.id, share, fitted.fit_seconds);
        }
        watcher.end(&in_a_line(&self.run, record, reused));
    }

    pub(super) fn tell_trouble(&self, watcher: &mut dyn Watcher) {
        if let Some(trouble) = self.store.trouble() {
            watcher.note(&format!("note: {trouble}"));
        }
    }
}
