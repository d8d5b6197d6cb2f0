//! The one place that reads the clock.
#![allow(clippy::disallowed_methods, reason = "everyone else asks here")]

use std::time::{Duration, Instant, SystemTime};

/// A stopwatch that can stand still.
#[derive(Debug)]
pub struct Stopwatch {
    elapsed: Duration,
    running_since: Option<Instant>,
}

impl Stopwatch {
    /// A stopwatch that runs.
    pub fn start() -> Self {
        Self {
            elapsed: Duration::ZERO,
            running_since: Some(Instant::now()),
        }
    }

    /// A stopwatch that stands still.
    pub fn stopped() -> Self {
        Self {
            elapsed: Duration::ZERO,
            running_since: None,
        }
    }

    /// Whether it runs.
    pub fn is_running(&self) -> bool {
        self.running_since.is_some()
    }

    /// Stands still from now on.
    pub fn pause(&mut self) {
        if let Some(since) = self.running_since.take() {
            self.elapsed += since.elapsed();
        }
    }

    /// Runs again.
    pub fn resume(&mut self) {
        self.running_since.get_or_insert_with(Instant::now);
    }

    /// The time it ran.
    pub fn elapsed(&self) -> Duration {
        self.elapsed
            + self
                .running_since
                .map_or(Duration::ZERO, |since| since.elapsed())
    }
}

/// The date and time in UTC, RFC 3339.
pub(crate) fn now() -> String {
    humantime::format_rfc3339_seconds(SystemTime::now()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stopwatch_that_stands_still_shows_the_same_time() {
        let mut watch = Stopwatch::start();
        watch.pause();
        let shown = watch.elapsed();
        std::thread::sleep(Duration::from_millis(2));
        assert_eq!(watch.elapsed(), shown);
        watch.resume();
        std::thread::sleep(Duration::from_millis(2));
        assert!(watch.elapsed() >= shown + Duration::from_millis(2));
    }
}
