//! Resident memory, as the operating system counts it.

use crate::family::family;

/// The most resident memory of this process since [`restart`], in bytes; where the system does not keep
/// it, what is resident now.
#[derive(Debug)]
pub(crate) struct Peak {
    process: u32,
}

impl Peak {
    /// Counts from now on.
    pub(crate) fn restart() -> Self {
        // 5 sets the high-water mark to what is resident now (proc_pid_clear_refs(5)). Where that is not
        // allowed the mark is of the whole life of the process, which has done little before.
        #[cfg(target_os = "linux")]
        let _ = std::fs::write("/proc/self/clear_refs", "5");
        Self {
            process: std::process::id(),
        }
    }

    /// The most so far, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        high_water_mark(&self.process.to_string()).unwrap_or_else(|| resident(self.process))
    }
}

/// The most resident memory of a process since it began, in bytes.
fn high_water_mark(process: &str) -> Option<usize> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: usize = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

/// What a process and all that it started have resident now, in bytes.
pub(crate) fn of_family(process: u32) -> usize {
    family(process).into_iter().map(resident).sum()
}

/// The most that a process had resident, or what it and all that it started have now, whichever is more.
pub(crate) fn most_of_family(process: u32) -> usize {
    let most = high_water_mark(&process.to_string()).unwrap_or(0);
    most.max(of_family(process))
}

/// What a process has resident now, in bytes; 0 if it is gone.
#[cfg(target_os = "linux")]
fn resident(process: u32) -> usize {
    let statm = std::fs::read_to_string(format!("/proc/{process}/statm")).unwrap_or_default();
    let pages: Option<usize> = statm.split(' ').nth(1).and_then(|pages| pages.parse().ok());
    pages.unwrap_or(0) * rustix::param::page_size()
}

/// What a process has resident now, in bytes; 0 if it is gone.
#[cfg(not(target_os = "linux"))]
fn resident(process: u32) -> usize {
    use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};
    let pid = Pid::from_u32(process);
    let Ok(mut system) = System::new() else {
        return 0;
    };
    let what = ProcessRefreshKind::nothing().with_memory();
    system.refresh_processes_specifics(ProcessesToUpdate::Some(&[pid]), false, what);
    system
        .process(pid)
        .map_or(0, |process| process.memory() as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_peak_outlives_what_caused_it() {
        // Other tests of this process take and free memory meanwhile, and begin to count anew.
        let is_seen = |_| {
            let peak = Peak::restart();
            let before = peak.bytes();
            drop(std::hint::black_box(vec![1_u8; 256 << 20]));
            peak.bytes().saturating_sub(before) >= 128 << 20
        };
        assert!((0..10).any(is_seen));
        assert!(of_family(std::process::id()) >= resident(std::process::id()) / 2);
    }
}
