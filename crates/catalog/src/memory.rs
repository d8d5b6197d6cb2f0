//! How much memory data may take.

use std::fs;

/// The largest decompressed file that is read into memory: 1 GiB, twice the largest EMNIST split.
pub const MAX_FILE_BYTES: u64 = 1 << 30;

/// Assumed where the system does not say: 8 GiB.
const UNKNOWN: u64 = 8 << 30;

/// Bytes that data may take in memory: half of what the system says is available, for a fit needs
/// room beside them.
pub(crate) fn budget() -> u64 {
    available_memory().unwrap_or(UNKNOWN) / 2
}

/// Bytes of memory that programs may still take, where the system says so.
pub fn available_memory() -> Option<u64> {
    let system = fs::read_to_string("/proc/meminfo").ok();
    let system = system.and_then(|text| available(&text));
    system.into_iter().chain(cgroup_left()).min()
}

/// `MemAvailable` of Linux's `/proc/meminfo`, in bytes.
fn available(meminfo: &str) -> Option<u64> {
    let line = meminfo
        .lines()
        .find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

/// What a container may still take (cgroups, version 2).
fn cgroup_left() -> Option<u64> {
    let read = |file: &str| -> Option<u64> {
        let text = fs::read_to_string(format!("/sys/fs/cgroup/{file}")).ok()?;
        text.trim().parse().ok()
    };
    Some(read("memory.max")?.saturating_sub(read("memory.current")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_available_is_read_from_linux() {
        let text = "MemTotal:       24000000 kB\nMemAvailable:   1024 kB\n";
        assert_eq!(available(text), Some(1 << 20));
        assert_eq!(available("MemTotal: 1 kB\n"), None);
        assert!(budget() > 0);
    }
}
