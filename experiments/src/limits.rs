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

/// How long a library call that was called off is waited for at least. Beside linfa's logistic
/// regression, which needs 25 s, `softmax` took 0.6 to 1.6 s in place of 0.2.
const GRACE: Duration = Duration::from_mins(1);

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

/// A fit that was called off.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct CalledOff {
    pub(crate) limit: Exceeded,
    /// Whether a library's call goes on regardless.
    pub(crate) lingers: bool,
}

impl fmt::Display for CalledOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.limit.fmt(f)?;
        if self.lingers {
            f.write_str("; a library's call goes on, at the expense of the models after it")?;
        }
        Ok(())
    }
}

/// Runs `fit` with a cancellation of its own, which is triggered by the user's or by a limit; says
/// which limit it was. The stopwatch is the fit's own: it stands still during evaluation. Library
/// calls that cannot be stopped are waited for, so that they do not take time and memory from
/// the next model, but no longer than the fit could have taken, or a minute.
pub(crate) fn within<T>(
    limits: Limits,
    users: &Cancellation,
    stopwatch: &Arc<Mutex<Stopwatch>>,
    fit: impl FnOnce(&Cancellation) -> T,
) -> (T, Option<CalledOff>) {
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
        let exceeded = guard.join().expect("it only waits");
        let called_off = exceeded.map(|limit| CalledOff {
            limit,
            lingers: lingers(own, users, limits.time.unwrap_or_default().max(GRACE)),
        });
        (result, called_off)
    })
}

/// Waits for library calls to end. Says whether they did not.
fn lingers(own: &Cancellation, users: &Cancellation, grace: Duration) -> bool {
    let waiting = Stopwatch::start();
    while own.is_at_work() && users.check().is_ok() && waiting.elapsed() < grace {
        std::thread::sleep(PAUSE);
    }
    own.is_at_work()
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

    fn until_cancelled(limits: Limits) -> Option<CalledOff> {
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
        let off = |limit| {
            Some(CalledOff {
                limit,
                lingers: false,
            })
        };
        assert_eq!(until_cancelled(limits), off(Exceeded::Time(time)));
        let memory = 32 << 20;
        let limits = Limits {
            time: None,
            memory: Some(memory),
        };
        assert_eq!(until_cancelled(limits), off(Exceeded::Memory(memory)));
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
        assert_eq!(exceeded.map(|off| off.limit), Some(Exceeded::Time(time)));
    }

    #[test]
    fn a_call_that_cannot_be_stopped_is_waited_for_and_then_left() {
        let call = |length: Duration| {
            let own = Cancellation::default();
            own.cancel();
            let sleep = move || std::thread::sleep(length);
            assert!(own.abandonable("test", sleep).is_err());
            lingers(&own, &Cancellation::default(), Duration::from_millis(100))
        };
        assert!(!call(Duration::from_millis(20)));
        assert!(call(Duration::from_secs(2)));
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
