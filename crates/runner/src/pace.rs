//! How often it is said how far something is, where each time is a line of its own.

use crate::Stopwatch;
use std::time::Duration;

/// Lines are no closer together than this.
const PAUSE: Duration = Duration::from_secs(2);

/// Says whether a line is due.
#[derive(Debug, Default)]
pub struct Pace {
    since_line: Option<Stopwatch>,
}

impl Pace {
    /// Of lines of which the first is due after a pause; by default it is due at once.
    pub fn after_a_pause() -> Self {
        Self {
            since_line: Some(Stopwatch::start()),
        }
    }

    /// Whether a line may be printed. If so, the next is due after a pause.
    pub fn is_due(&mut self) -> bool {
        let due = self
            .since_line
            .as_ref()
            .is_none_or(|watch| watch.elapsed() >= PAUSE);
        if due {
            *self = Self::after_a_pause();
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_not_closer_together_than_the_pause() {
        let mut pace = Pace::default();
        assert!(pace.is_due(), "the first at once");
        assert!(!pace.is_due());
        assert!(!Pace::after_a_pause().is_due());
    }
}
