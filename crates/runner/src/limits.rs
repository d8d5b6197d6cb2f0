//! What a fit may take: time and memory.

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
