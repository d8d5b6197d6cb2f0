//! What a fit may take: time and memory.

use crate::memory;
use crate::stopwatch::Stopwatch;
use classifier::Cancellation;
use std::fmt;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How often a fit is looked after.
const PAUSE: Duration = Duration::from_millis(10);

/// Bounds of every fit.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Limits {
    /// Of the model's own time, as the report gives it.
    pub(crate) time: Option<Duration>,
    /// Bytes of heap in use at once, the data included.
    pub(crate) memory: Option<usize>,
}

impl Limits {
    /// The bound that a fit of this time and memory goes beyond.
    pub(crate) fn exceeded(self, time: Duration, memory: usize) -> Option<Exceeded> {
        let late = self.time.filter(|&limit| time > limit);
        let large = self.memory.filter(|&limit| memory > limit);
        late.map(Exceeded::Time)
            .or_else(|| large.map(Exceeded::Memory))
    }
}

/// A bound that a fit went beyond.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Exceeded {
    Time(Duration),
    Memory(usize),
}

impl fmt::Display for Exceeded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Time(limit) => {
                write!(f, "exceeded the time limit of {} s", limit.as_secs_f64())
            }
            Self::Memory(limit) => write!(
                f,
                "exceeded the memory limit of {:.0} MB",
                *limit as f64 / 1e6
            ),
        }
    }
}

/// Runs `fit` with a cancellation of its own, which is triggered by the user's or by a limit; says
/// which limit it was. The stopwatch is the fit's own: it stands still during evaluation.
pub(crate) fn within<T>(
    limits: Limits,
    users: &Cancellation,
    stopwatch: &Arc<Mutex<Stopwatch>>,
    fit: impl FnOnce(&Cancellation) -> T,
) -> (T, Option<Exceeded>) {
    let own = Cancellation::default();
    // A fit that is not cancelled now may begin; one that is must not.
    if users.check().is_err() {
        own.cancel();
    }
    let (done, wait) = channel::<()>();
    std::thread::scope(|scope| {
        let own = &own;
        let guard = scope.spawn(move || guard(limits, users, own, stopwatch, &wait));
        // Dropped on return and on panic alike: the guard ends with the fit.
        let done = done;
        let result = fit(own);
        drop(done);
        (result, guard.join().expect("it only waits"))
    })
}

fn guard(
    limits: Limits,
    users: &Cancellation,
    own: &Cancellation,
    stopwatch: &Mutex<Stopwatch>,
    wait: &Receiver<()>,
) -> Option<Exceeded> {
    let elapsed = || stopwatch.lock().expect("no holder panics").elapsed();
    while wait.recv_timeout(PAUSE) == Err(RecvTimeoutError::Timeout) {
        let exceeded = limits.exceeded(elapsed(), memory::in_use());
        if exceeded.is_some() || users.check().is_err() {
            own.cancel();
            return exceeded;
        }
    }
    // A fit that ended between two looks may have been late, too.
    limits.exceeded(elapsed(), 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn until_cancelled(limits: Limits) -> Option<Exceeded> {
        let stopwatch = Arc::new(Mutex::new(Stopwatch::start()));
        let fit = |own: &Cancellation| {
            let hog = vec![1_u8; 64 << 20];
            while own.check().is_ok() {
                std::thread::sleep(Duration::from_millis(1));
            }
            drop(std::hint::black_box(hog));
        };
        within(limits, &Cancellation::default(), &stopwatch, fit).1
    }

    #[test]
    fn a_fit_is_called_off_at_its_limit() {
        let time = Duration::from_millis(30);
        let limits = Limits {
            time: Some(time),
            memory: None,
        };
        assert_eq!(until_cancelled(limits), Some(Exceeded::Time(time)));
        let memory = 32 << 20;
        let limits = Limits {
            time: None,
            memory: Some(memory),
        };
        assert_eq!(until_cancelled(limits), Some(Exceeded::Memory(memory)));
    }

    #[test]
    fn a_fit_that_ends_late_by_itself_is_late() {
        let stopwatch = Arc::new(Mutex::new(Stopwatch::start()));
        let time = Duration::from_nanos(1);
        let limits = Limits {
            time: Some(time),
            memory: None,
        };
        let ((), exceeded) = within(limits, &Cancellation::default(), &stopwatch, |_| {
            std::hint::black_box(());
        });
        assert_eq!(exceeded, Some(Exceeded::Time(time)));
    }

    #[test]
    fn without_limits_a_fit_ends_by_itself_or_by_the_user() {
        let stopwatch = Arc::new(Mutex::new(Stopwatch::start()));
        let users = Cancellation::default();
        let (result, exceeded) = within(Limits::default(), &users, &stopwatch, |own| {
            own.check().is_ok()
        });
        assert_eq!((result, exceeded), (true, None));
        users.cancel();
        let (result, _) = within(Limits::default(), &users, &stopwatch, |own| {
            own.check().is_err()
        });
        assert!(result);
    }
}
