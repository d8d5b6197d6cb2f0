//! How much memory data may take: what the system has, and what it allows this process.

use std::fs;
use std::path::{Path, PathBuf};

/// The largest decompressed file that is read into memory: 1 GiB, twice the largest EMNIST split.
pub const MAX_FILE_BYTES: u64 = 1 << 30;

/// Bytes above which a plain file is not read into memory, but where it is, however much memory there is: 256 MiB, five
/// times MNIST.
pub(crate) const MAPPED_FROM: u64 = 256 << 20;

/// Assumed where the system does not say: 8 GiB.
const UNKNOWN: u64 = 8 << 30;

/// Where Linux has its groups of processes, of version 2 alone and beside version 1.
const GROUPS: [&str; 2] = ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"];

/// Bytes that data may take in memory: half of what the system says is available, for a fit needs
/// room beside them.
pub(crate) fn budget() -> u64 {
    available_memory().unwrap_or(UNKNOWN) / 2
}

/// Bytes of memory that this process may still take, where the system says so: the least of what the machine has, of
/// what is left to its group of processes and those around it (`memory.max`, as containers have it), and of what is left
/// below its own limits (`ulimit -d`, `ulimit -v`).
pub fn available_memory() -> Option<u64> {
    let read = |path: &str| fs::read_to_string(path).ok();
    let system = read("/proc/meminfo").and_then(|text| kibibytes(&text, "MemAvailable:"));
    let own = read("/proc/self/limits").zip(read("/proc/self/status"));
    let own = own.and_then(|(limits, status)| own_left(&limits, &status));
    let groups = read("/proc/self/cgroup").and_then(|text| {
        let roots = GROUPS.map(Path::new).into_iter();
        roots.filter_map(|root| group_left(root, &text)).min()
    });
    system.into_iter().chain(own).chain(groups).min()
}

/// The bytes of a line of `/proc/meminfo` or `/proc/self/status`.
fn kibibytes(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

/// What is left below the limits of this process, by its `/proc/self/limits` and `/proc/self/status`: of memory of its
/// own, where files that are mapped do not count, and of addresses, where they do.
fn own_left(limits: &str, status: &str) -> Option<u64> {
    let left = |limit: &str, taken: &str| -> Option<u64> {
        let line = limits.lines().find_map(|line| line.strip_prefix(limit))?;
        // The soft limit, in bytes; `unlimited` is no number.
        let most: u64 = line.split_whitespace().next()?.parse().ok()?;
        Some(most.saturating_sub(kibibytes(status, taken)?))
    };
    let data = left("Max data size", "VmData:");
    data.into_iter()
        .chain(left("Max address space", "VmSize:"))
        .min()
}

/// What is left to the group of a process and to those around it (cgroups, version 2), by its `/proc/self/cgroup`.
fn group_left(root: &Path, groups: &str) -> Option<u64> {
    let group = groups.lines().find_map(|line| line.strip_prefix("0::/"))?;
    let group: PathBuf = root.join(group);
    let around = group.ancestors().take_while(|path| path.starts_with(root));
    around.filter_map(left_of_group).min()
}

fn left_of_group(group: &Path) -> Option<u64> {
    let read = |file: &str| fs::read_to_string(group.join(file)).ok();
    let number = |file: &str| -> Option<u64> { read(file)?.trim().parse().ok() };
    // Files in memory count as taken, and make room as soon as somebody needs it.
    let files = read("memory.stat").map_or(0, |text| {
        let names = ["active_file ", "inactive_file "];
        let values = text.lines().filter_map(|line| {
            let value = names.iter().find_map(|name| line.strip_prefix(name))?;
            value.trim().parse::<u64>().ok()
        });
        values.sum()
    });
    let taken = number("memory.current")?.saturating_sub(files);
    Some(number("memory.max")?.saturating_sub(taken))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_available_is_read_from_linux() {
        let text = "MemTotal:       24000000 kB\nMemAvailable:   1024 kB\n";
        assert_eq!(kibibytes(text, "MemAvailable:"), Some(1 << 20));
        assert_eq!(kibibytes("MemTotal: 1 kB\n", "MemAvailable:"), None);
        assert!(budget() > 0);
    }

    #[test]
    fn limits_of_the_process_count_what_it_has_taken() {
        let limits = |data: &str, addresses: &str| {
            format!(
                "Limit                     Soft Limit           Hard Limit           Units\n\
                 Max data size             {data}               unlimited            bytes\n\
                 Max address space         {addresses}          unlimited            bytes\n"
            )
        };
        let status = "Name:\tx\nVmSize:\t    3000 kB\nVmData:\t    1000 kB\n";
        let left = |data, addresses| own_left(&limits(data, addresses), status);
        assert_eq!(left("unlimited", "unlimited"), None);
        assert_eq!(left("2048000", "unlimited"), Some(1_024_000));
        assert_eq!(left("2048000", "3072001"), Some(1));
        assert_eq!(left("1", "unlimited"), Some(0));
    }

    #[test]
    fn limits_of_groups_count_those_around_and_no_files() {
        let root = tempfile::tempdir().unwrap();
        let inner = root.path().join("pod/container");
        fs::create_dir_all(&inner).unwrap();
        let left = || group_left(root.path(), "4:memory:/elsewhere\n0::/pod/container\n");
        assert_eq!(left(), None);
        fs::write(inner.join("memory.max"), "max\n").unwrap();
        fs::write(inner.join("memory.current"), "70\n").unwrap();
        assert_eq!(left(), None);
        fs::write(inner.join("memory.max"), "100\n").unwrap();
        assert_eq!(left(), Some(30));
        let stat = "anon 10\nfile 60\ninactive_file 40\nactive_file 5\n";
        fs::write(inner.join("memory.stat"), stat).unwrap();
        assert_eq!(left(), Some(75));
        let around = root.path().join("pod");
        fs::write(around.join("memory.max"), "50\n").unwrap();
        fs::write(around.join("memory.current"), "41\n").unwrap();
        assert_eq!(left(), Some(9));
    }
}
