//! A process and all that it started: who they are, and their end.

/// A process and all that it started. Where the parent of a process has ended, it is found only if the process here
/// [adopts orphans](adopt_orphans).
pub(crate) fn family(process: u32) -> Vec<u32> {
    // Each thread has the processes that it started.
    let threads = std::fs::read_dir(format!("/proc/{process}/task"));
    let threads = threads.into_iter().flatten().flatten();
    let children =
        threads.filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok());
    let children: Vec<u32> = children
        .flat_map(|ids| {
            ids.split_whitespace()
                .filter_map(|id| id.parse().ok())
                .collect::<Vec<_>>()
        })
        .collect();
    let descendants = children.into_iter().flat_map(family);
    std::iter::once(process).chain(descendants).collect()
}

/// Makes this process the parent of every process whose own parent, which it started, has ended: none of them escapes
/// its limits.
pub(crate) fn adopt_orphans() {
    // Where the system has no such thing, it goes on without.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
}

/// Kills all that a process started, but not itself. It had better not start anything meanwhile.
pub(crate) fn kill_descendants(process: u32) {
    #[cfg(unix)]
    {
        use rustix::process::{Pid, Signal, kill_process};
        let mut killed = std::collections::HashSet::new();
        loop {
            // What one of them started before it died is found the next time.
            let mut found = family(process).split_off(1);
            found.retain(|&member| killed.insert(member));
            if found.is_empty() {
                break;
            }
            let named = |id| i32::try_from(id).ok().and_then(Pid::from_raw);
            for member in found.into_iter().filter_map(named) {
                let _ = kill_process(member, Signal::KILL);
            }
        }
    }
    #[cfg(not(unix))]
    let _ = process;
}
