//! Whether the machine did nothing else while something was measured: the processor time that other programs took,
//! and that the host of a virtual machine took away.

use crate::error::BenchmarkError;
use std::time::Duration;

/// The share of all processors that others may take. The system itself takes some hundredths.
pub(crate) const MOST: f64 = 0.1;
/// How often a measurement that was disturbed is made again.
pub(crate) const AGAIN: usize = 3;
/// Measurements that were disturbed each time after which nobody waits any more: the machine is not going to be quiet.
const HOPELESS: usize = 3;
/// How long the machine is looked at before a measurement, and how often, until it is quiet.
const LOOK: Duration = Duration::from_millis(500);
const LOOKS: usize = 120;

/// Times since the machine or this process began, in ticks of the system.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Ticks {
    /// Of all processors.
    all: u64,
    /// Of these, busy, or taken away.
    busy: u64,
    /// Of these, with this process and the children that it has waited for.
    own: u64,
}

/// What others do, from now on.
#[derive(Debug)]
pub(crate) struct Others(Option<Ticks>);

impl Others {
    pub(crate) fn watch() -> Self {
        Self(Ticks::now())
    }

    /// The share of all processors that others took since. `None` where the system does not say.
    pub(crate) fn share(&self) -> Option<f64> {
        self.0?.others(Ticks::now()?)
    }
}

impl Ticks {
    /// As Linux has them.
    fn now() -> Option<Self> {
        let read = |path| std::fs::read_to_string(path).ok();
        Self::of(&read("/proc/stat")?, &read("/proc/self/stat")?)
    }

    fn of(machine: &str, process: &str) -> Option<Self> {
        let line = machine.lines().next()?.strip_prefix("cpu ")?;
        let ticks: Vec<u64> = line
            .split_whitespace()
            .filter_map(|t| t.parse().ok())
            .collect();
        // User, nice, system, idle, waiting for disks, interrupts (two), taken away; then parts of the first two.
        let [user, nice, system, idle, disks, hard, soft, stolen, ..] = ticks[..] else {
            return None;
        };
        let busy = user + nice + system + hard + soft + stolen;
        // The name of the program may have blanks. User and system times are the 14th to the 17th field.
        let (_, fields) = process.rsplit_once(')')?;
        let fields: Vec<&str> = fields.split_whitespace().collect();
        let times = fields.get(11..15)?;
        let times: Option<Vec<u64>> = times.iter().map(|time| time.parse().ok()).collect();
        Some(Self {
            all: busy + idle + disks,
            busy,
            own: times?.iter().sum(),
        })
    }

    fn others(self, later: Self) -> Option<f64> {
        let of = |from: u64, to: u64| to.saturating_sub(from);
        let all = of(self.all, later.all);
        let others = of(self.busy, later.busy).saturating_sub(of(self.own, later.own));
        (all > 0).then(|| others as f64 / all as f64)
    }
}

/// What other programs did to measurements.
#[derive(Debug, Default)]
pub(crate) struct Noise {
    /// Whether it matters.
    pub(crate) minded: bool,
    /// Measurements that were made again.
    pub(crate) repeated: usize,
    /// Measurements that were disturbed each time, and stand.
    pub(crate) disturbed: usize,
}

impl Noise {
    /// A measurement on a quiet machine: it waits for that, and a disturbed one is made again, [`AGAIN`] times at the
    /// most.
    pub(crate) fn quietly<T>(
        &mut self,
        measure: impl Fn() -> Result<T, BenchmarkError>,
    ) -> Result<T, BenchmarkError> {
        if !self.minded {
            return measure();
        }
        for attempt in 0.. {
            let is_hopeless = self.disturbed >= HOPELESS;
            if !is_hopeless {
                wait();
            }
            let others = Others::watch();
            let measured = measure()?;
            let is_quiet = others.share().is_none_or(|share| share <= MOST);
            if is_quiet || is_hopeless || attempt == AGAIN {
                self.disturbed += usize::from(!is_quiet);
                return Ok(measured);
            }
            self.repeated += 1;
        }
        unreachable!("the last attempt returns")
    }
}

/// Waits until others leave the processors alone, for a minute at most.
pub(crate) fn wait() {
    for _ in 0..LOOKS {
        let others = Others::watch();
        std::thread::sleep(LOOK);
        if others.share().is_none_or(|share| share <= MOST) {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn others_are_all_that_is_busy_but_this_process_and_its_children() {
        let ticks = |busy: u64, idle: u64, stolen: u64, own: u64| {
            let machine = format!("cpu  {busy} 0 0 {idle} 0 0 0 {stolen} 0 0\ncpu0 1 2 3\n");
            let process = format!("7 (a (b) c) S 1 7 7 0 -1 0 0 0 0 0 {own} 0 0 0 20 0 1");
            Ticks::of(&machine, &process).unwrap()
        };
        let before = ticks(1_000, 5_000, 10, 100);
        // Two hundred ticks: 100 of our own, 20 of others, 10 taken away, 70 idle.
        let after = ticks(1_120, 5_070, 20, 200);
        assert_eq!(before.others(after), Some(0.15));
        assert_eq!(before.others(before), None);
        assert_eq!(Ticks::of("cpu 1 2 3\n", "7 (a) S"), None);
    }

    #[test]
    fn the_work_of_this_process_is_a_part_of_that_of_the_machine() {
        let Some(before) = Ticks::now() else {
            return;
        };
        let mut sum = 0_u64;
        let mut after = before;
        while after.own < before.own + 20 {
            sum = (0..1_000_000).fold(sum, |sum, i| std::hint::black_box(sum ^ i));
            after = Ticks::now().unwrap();
        }
        assert!(after.busy >= before.busy + 10, "{before:?} {after:?} {sum}");
    }
}
