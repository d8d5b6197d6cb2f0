//! What a fit may take: time and memory.

use records::{Fitted, JudgedTrial};
use std::fmt;
use std::time::Duration;

/// Bounds of every fit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Limits {
    /// Of the model's own time, as the report gives it.
    pub time: Option<Duration>,
    /// Bytes of resident memory of the process that fits: program, data and all.
    pub memory: Option<usize>,
}

impl Limits {
    /// The bound that a fit of this time and memory goes beyond.
    pub fn exceeded(self, time: Duration, memory: usize) -> Option<Exceeded> {
        let late = self.time.filter(|&limit| time > limit);
        let large = self.memory.filter(|&limit| memory > limit);
        late.map(Exceeded::Time)
            .or_else(|| large.map(Exceeded::Memory))
    }

    /// Whether a stored fit took no more than one may now: what took more is fitted again, to be stopped.
    pub(crate) fn admit(self, fitted: &Fitted) -> bool {
        let (Some(seconds), Some(memory)) = (fitted.fit_seconds, fitted.peak_memory_bytes) else {
            return false;
        };
        let time = Duration::try_from_secs_f64(seconds).unwrap_or_default();
        self.exceeded(time, memory).is_none()
    }

    /// Whether each fit of a stored trial took no more time than one may now.
    pub(crate) fn admit_trial(self, judged: &JudgedTrial) -> bool {
        let late = |seconds: &f64| {
            self.time
                .is_some_and(|limit| *seconds > limit.as_secs_f64())
        };
        !judged.seconds.iter().any(late)
    }
}

/// A bound that a fit went beyond.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exceeded {
    /// Of time.
    Time(Duration),
    /// Of memory, in bytes.
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
