//! Who runs jobs.

mod files;
pub(crate) mod in_process;
pub(crate) mod own_process;

use crate::failure::Failure;
use crate::job::{Ended, Event, Job};
use crate::limits::Limits;
use classifier::Cancellation;

/// Runs one job to its end. Jobs may run at the same time.
pub trait Executor: Sync {
    /// Runs a job. Whatever goes wrong with its model is an end like any other. `on` hears of everything
    /// that happens on the way.
    ///
    /// # Errors
    /// If the job could not be run at all, whatever its model.
    fn run(
        &self,
        job: &Job,
        limits: Limits,
        cancellation: &Cancellation,
        on: &mut (dyn FnMut(&Event) + Send),
    ) -> Result<Ended, Failure>;
}
