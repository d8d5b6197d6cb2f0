//! How many processors other programs leave free.

use std::fs;
use std::time::Duration;

/// Most looks, until one finds all free: what runs for a moment does not matter.
const LOOKS: usize = 3;
const PAUSE: Duration = Duration::from_millis(1);

/// The threads, of at most so many, that find a processor which nothing else uses now; 1 at least. All of them
/// where the system does not say. For work whose threads often wait for each other: one that finds no processor
/// holds the others up for longer than it helps.
pub fn unhindered_threads(threads: usize) -> usize {
    if threads < 2 {
        return threads;
    }
    let threads = threads.min(own_processors());
    let mut most = 1;
    for look in 0..LOOKS {
        if look > 0 {
            std::thread::sleep(PAUSE);
        }
        most = most.max(unhindered_now(threads));
        if most >= threads {
            break;
        }
    }
    most
}

/// The same by one look, which takes no pause: what runs for a moment counts, too.
pub fn unhindered_now(threads: usize) -> usize {
    let stat = fs::read_to_string("/proc/stat").unwrap_or_default();
    // One of them is the thread that looks.
    let others = running(&stat).map_or(0, |running| running.saturating_sub(1));
    // What runs is of the whole system, and so must be the processors; of these this process may have a part.
    left(threads.min(own_processors()), processors(&stat), others)
}

/// Those that this process may use.
fn own_processors() -> usize {
    std::thread::available_parallelism().map_or(usize::MAX, usize::from)
}

fn left(threads: usize, processors: usize, others: usize) -> usize {
    threads.min(processors.saturating_sub(others)).max(1)
}

/// Processors of the whole system, from Linux's `/proc/stat`; as many as one likes where it does not say.
fn processors(stat: &str) -> usize {
    let is_one = |line: &&str| {
        let number = line.strip_prefix("cpu");
        number.is_some_and(|number| number.starts_with(|digit: char| digit.is_ascii_digit()))
    };
    match stat.lines().filter(is_one).count() {
        0 => usize::MAX,
        count => count,
    }
}

/// Threads of the whole system that run or wait for a processor, from Linux's `/proc/stat`.
fn running(stat: &str) -> Option<usize> {
    let line = stat
        .lines()
        .find_map(|line| line.strip_prefix("procs_running "))?;
    line.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_runs_is_read_from_linux() {
        assert_eq!(
            running("cpu 1 2\nprocs_running 3\nprocs_blocked 0\n"),
            Some(3)
        );
        assert_eq!(running("cpu 1 2\n"), None);
        assert_eq!(processors("cpu 3 2\ncpu0 1 2\ncpu1 2 0\nctxt 9\n"), 2);
        assert_eq!(processors(""), usize::MAX);
    }

    #[test]
    fn threads_are_those_that_find_a_processor_and_one_at_least() {
        let cases = [
            (2, 2, 0, 2),
            (2, 2, 1, 1),
            (2, 2, 5, 1),
            (4, 16, 3, 4),
            (8, 8, 3, 5),
        ];
        for (threads, processors, others, expected) in cases {
            assert_eq!(left(threads, processors, others), expected);
        }
        assert_eq!(unhindered_threads(1), 1);
        assert!((1..=8).contains(&unhindered_threads(8)));
    }
}
