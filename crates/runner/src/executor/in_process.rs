//! Jobs inside of this process: for tests, and for programs that have models of their own.

use super::Executor;
use crate::Registry;
use crate::cell;
use crate::failure::Failure;
use crate::job::{Ended, Event, Job};
use crate::limits::{Exceeded, Limits};
use crate::stopwatch::Stopwatch;
use classifier::Cancellation;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How often time and cancellation are looked at.
const PAUSE: Duration = Duration::from_millis(5);

/// Runs jobs in this process. A fit that goes beyond a limit of time is asked to stop; one that does not
/// hear goes on. A limit of memory holds for the whole process, and is looked at when the fit is over.
#[derive(Debug, Clone, Copy)]
pub struct InProcess {
    registry: Registry,
}

impl InProcess {
    /// For these models.
    pub const fn new(registry: Registry) -> Self {
        Self { registry }
    }
}

impl Executor for InProcess {
    fn run(
        &self,
        job: &Job,
        limits: Limits,
        cancellation: &Cancellation,
        on: &mut (dyn FnMut(&Event) + Send),
    ) -> Result<Ended, Failure> {
        let own = Cancellation::default();
        let watch = Mutex::new(Stopwatch::stopped());
        let mut heard = |event: &Event| {
            match event {
                Event::Fitting => lock(&watch).resume(),
                Event::Began => *lock(&watch) = Stopwatch::start(),
                Event::Pausing => lock(&watch).pause(),
                _ => {}
            }
            on(event);
        };
        if cancellation.check().is_err() {
            own.cancel();
        }
        let (done, wait) = channel::<()>();
        let (own, watch) = (&own, &watch);
        let (ended, late) = std::thread::scope(|scope| {
            let guard = scope.spawn(move || guard(limits, cancellation, own, watch, &wait));
            // Dropped on return and on panic alike: the guard ends with the job.
            let done = done;
            let ended = cell::run(job, self.registry, own, &mut heard);
            drop(done);
            (ended, guard.join().unwrap_or_default())
        });
        let ended = ended?;
        let beyond = ended
            .cost()
            .and_then(|(time, memory)| limits.exceeded(time, memory));
        let seconds = lock(watch).elapsed().as_secs_f64();
        Ok(match late.or(beyond) {
            Some(exceeded) => job.failed(exceeded.to_string(), seconds),
            None => ended,
        })
    }
}

/// Calls a job off when the user does, or at its limit of time, which it gives.
fn guard(
    limits: Limits,
    users: &Cancellation,
    own: &Cancellation,
    watch: &Mutex<Stopwatch>,
    wait: &Receiver<()>,
) -> Option<Exceeded> {
    while wait.recv_timeout(PAUSE) == Err(RecvTimeoutError::Timeout) {
        let exceeded = limits.exceeded(lock(watch).elapsed(), 0);
        if exceeded.is_some() || users.check().is_err() {
            own.cancel();
            return exceeded;
        }
    }
    None
}

fn lock(watch: &Mutex<Stopwatch>) -> MutexGuard<'_, Stopwatch> {
    watch.lock().unwrap_or_else(PoisonError::into_inner)
}
