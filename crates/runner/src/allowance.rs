//! The seconds of fitting that a search may use. Trials at the same time draw on one account.

use crate::stopwatch::Stopwatch;
use classifier::Cancellation;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

/// How often the account is looked at.
const PAUSE: Duration = Duration::from_millis(5);

/// An account of seconds.
pub(crate) struct Allowance {
    limit: Option<f64>,
    account: Mutex<Account>,
    /// Calls the fits off that run when nothing is left, or when the user wants no more.
    own: Cancellation,
}

#[derive(Default)]
struct Account {
    /// By fits that have ended.
    spent: f64,
    /// The stopwatches of those that have not.
    running: Vec<Option<Stopwatch>>,
}

impl Account {
    fn used(&self) -> f64 {
        let running = self.running.iter().flatten();
        self.spent
            + running
                .map(|watch| watch.elapsed().as_secs_f64())
                .sum::<f64>()
    }
}

impl Allowance {
    /// An account of as many seconds; without a limit, of all there are.
    pub(crate) fn new(limit: Option<f64>) -> Self {
        Self {
            limit,
            account: Mutex::default(),
            own: Cancellation::default(),
        }
    }

    /// The share of the seconds that is used, where they are limited.
    pub(crate) fn used(&self) -> Option<f64> {
        Some(self.account().used() / self.limit?)
    }

    /// Whether nothing is left.
    pub(crate) fn is_used_up(&self) -> bool {
        // Once it is, it stays so, whatever the fits that were called off say they took.
        self.limit.is_some() && self.own.check().is_err()
            || self.used().is_some_and(|share| share >= 1.0)
    }

    /// Runs a fit, which hears what is left, where the seconds are limited, and says how many it
    /// took; `None` for its result if it went beyond what was left.
    pub(crate) fn run<T>(
        &self,
        fit: impl FnOnce(&Cancellation, Option<Duration>) -> (T, f64),
    ) -> (Option<T>, f64) {
        let (slot, left) = {
            let mut account = self.account();
            let left = self.limit.map(|limit| limit - account.used());
            account.running.push(Some(Stopwatch::start()));
            let left = left.map(|left| Duration::try_from_secs_f64(left).unwrap_or_default());
            (account.running.len() - 1, left)
        };
        let (result, seconds) = fit(&self.own, left);
        let mut account = self.account();
        account.running[slot] = None;
        account.spent += seconds;
        // Fits that still run are not in `spent`: what was left at the start counts, too.
        let late = left.is_some_and(|left| seconds > left.as_secs_f64())
            || self.limit.is_some_and(|limit| account.spent > limit);
        if late {
            self.own.cancel();
        }
        ((!late).then_some(result), seconds)
    }

    /// Charges for a fit that an earlier search made; `Err` with what was left if it took more.
    pub(crate) fn charge(&self, seconds: f64) -> Result<(), f64> {
        let mut account = self.account();
        let left = self
            .limit
            .map_or(f64::INFINITY, |limit| limit - account.used());
        account.spent += seconds.min(left.max(0.0));
        if seconds <= left {
            Ok(())
        } else {
            Err(left.max(0.0))
        }
    }

    /// Calls running fits off when nothing is left or `users` is called off, until `done` is dropped.
    pub(crate) fn watch(&self, users: &Cancellation, done: &Receiver<()>) {
        while done.recv_timeout(PAUSE) == Err(RecvTimeoutError::Timeout) {
            if users.check().is_err() || self.is_used_up() {
                self.own.cancel();
            }
        }
    }

    fn account(&self) -> MutexGuard<'_, Account> {
        self.account.lock().expect("no holder panics")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    /// A fit that runs until it is called off.
    fn endless(own: &Cancellation, _: Option<Duration>) -> ((), f64) {
        let watch = Stopwatch::start();
        while own.check().is_ok() {
            std::thread::sleep(Duration::from_millis(1));
        }
        ((), watch.elapsed().as_secs_f64())
    }

    #[test]
    fn fits_at_the_same_time_share_the_seconds() {
        let allowance = &Allowance::new(Some(0.2));
        let (done, wait) = channel::<()>();
        let used: Vec<f64> = std::thread::scope(|scope| {
            scope.spawn(move || allowance.watch(&Cancellation::default(), &wait));
            let fits = [(); 2].map(|()| scope.spawn(move || allowance.run(endless)));
            let ended = fits.map(|fit| fit.join().unwrap());
            drop(done);
            assert!(ended.iter().any(|(result, _)| result.is_none()));
            ended.iter().map(|(_, seconds)| *seconds).collect()
        });
        let sum: f64 = used.iter().sum();
        assert!((0.2..0.4).contains(&sum), "{used:?}");
        assert!(allowance.is_used_up());
    }

    #[test]
    fn a_fit_beyond_what_was_left_is_late_while_others_still_run() {
        let allowance = Allowance::new(Some(0.05));
        let (outer, _) = allowance.run(|_, left| {
            std::thread::sleep(left.unwrap() / 2);
            let (inner, _) = allowance.run(|_, left| ((), left.unwrap().as_secs_f64() + 1e-3));
            assert!(inner.is_none() && allowance.is_used_up());
            ((), 0.0)
        });
        assert_eq!(outer, Some(()), "it took no time of its own");
    }

    #[test]
    fn fits_of_earlier_searches_are_charged() {
        let allowance = Allowance::new(Some(10.0));
        assert_eq!(allowance.charge(6.0), Ok(()));
        assert!(!allowance.is_used_up());
        assert_eq!(allowance.charge(6.0), Err(4.0));
        assert!(allowance.is_used_up());
        let endless = Allowance::new(None);
        assert_eq!(endless.charge(1e9), Ok(()));
        assert!(!endless.is_used_up() && endless.used().is_none());
    }

    #[test]
    fn the_user_calls_fits_off_too() {
        let allowance = &Allowance::new(None);
        let users = &Cancellation::default();
        let (done, wait) = channel::<()>();
        std::thread::scope(|scope| {
            scope.spawn(move || allowance.watch(users, &wait));
            users.cancel();
            let (result, _) = allowance.run(endless);
            assert_eq!(result, Some(()), "it says itself that it was called off");
            drop(done);
        });
    }
}
