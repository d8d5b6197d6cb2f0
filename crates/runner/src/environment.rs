//! The machine, the build and the command, as a report names them.

use crate::Registry;
use crate::stopwatch;
use records::{Environment, Machine};
use sysinfo::{CpuRefreshKind, RefreshKind, System};

/// How a program was built: what may explain that two runs differ, and what the store's keys depend on.
#[derive(Debug, Clone, Copy, Default)]
pub struct Build {
    /// Commit of the source, with `-dirty` if it was changed since; empty where unknown.
    pub commit: &'static str,
    /// Version of the compiler.
    pub rustc: &'static str,
    /// Profile and optimisation.
    pub profile: &'static str,
    /// For each of our crates a hash of its sources and of those below it: `name=hash`, with spaces
    /// between.
    pub sources: &'static str,
    /// The lock file, which has the versions of all libraries.
    pub lock: &'static str,
    /// Manifests that choose features and profiles.
    pub manifests: &'static str,
}

impl Build {
    /// The hash of the sources of a crate and of ours below it.
    pub(crate) fn sources_of(&self, package: &str) -> Option<&'static str> {
        let mut entries = self.sources.split(' ');
        entries.find_map(|entry| entry.strip_prefix(package)?.strip_prefix('='))
    }

    /// The version of a package in the lock file.
    pub fn locked_version(&self, package: &str) -> Option<&'static str> {
        let entry = format!("name = \"{package}\"\nversion = \"");
        self.lock.split_once(&entry)?.1.split('"').next()
    }
}

/// What a run's record says of its surroundings. `command` is how it was asked for.
pub fn describe(
    command: String,
    data_origin: &str,
    threads: usize,
    build: &Build,
    registry: Registry,
) -> Environment {
    let system =
        System::new_with_specifics(RefreshKind::nothing().with_cpu(CpuRefreshKind::nothing()));
    let cpu = system
        .ok()
        .and_then(|system| Some(system.cpus().first()?.brand().trim().to_owned()));
    Environment {
        command,
        started: stopwatch::now(),
        data_origin: data_origin.to_owned(),
        commit: build.commit.to_owned(),
        versions: versions(build, registry),
        build: build.profile.to_owned(),
        machine: Some(Machine {
            system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
            cpu: cpu
                .filter(|brand| !brand.is_empty())
                .unwrap_or_else(|| "unknown processor".to_owned()),
            cpus: processors(),
            threads,
        }),
    }
}

/// What this machine is called.
pub fn host() -> String {
    System::host_name().unwrap_or_else(|_| "unknown".to_owned())
}

/// Processors that this process may use.
pub fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn versions(build: &Build, registry: Registry) -> Vec<(String, String)> {
    let ours = [
        ("plumbline", env!("CARGO_PKG_VERSION")),
        ("rustc", build.rustc),
    ];
    let ours = ours
        .into_iter()
        .map(|(name, version)| (name.to_owned(), version.to_owned()));
    let versions = libraries(registry).into_iter().filter_map(|library| {
        let version = build.locked_version(library)?;
        Some((library.to_owned(), version.to_owned()))
    });
    ours.chain(versions).collect()
}

/// Libraries whose versions matter for what models compute, each once.
pub fn libraries(registry: Registry) -> Vec<&'static str> {
    let mut libraries = Vec::new();
    for library in registry.models().iter().flat_map(|model| model.libraries) {
        if !libraries.contains(library) {
            libraries.push(*library);
        }
    }
    libraries
}
