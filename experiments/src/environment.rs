//! The machine, the build and the command, as a report names them.

use crate::registry::MODELS;
use crate::stopwatch;
use report::Environment;
use sysinfo::{CpuRefreshKind, RefreshKind, System};

const LOCK: &str = include_str!("../../Cargo.lock");

/// What a run's record says of its surroundings.
pub(crate) fn describe(data_origin: &str, threads: usize) -> Environment {
    let system =
        System::new_with_specifics(RefreshKind::nothing().with_cpu(CpuRefreshKind::nothing()));
    let cpu = system
        .ok()
        .and_then(|system| Some(system.cpus().first()?.brand().trim().to_owned()));
    Environment {
        command: command(),
        started: stopwatch::now(),
        data_origin: data_origin.to_owned(),
        commit: env!("PLUMBLINE_COMMIT").to_owned(),
        versions: versions(),
        build: env!("PLUMBLINE_BUILD").to_owned(),
        system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        cpu: cpu
            .filter(|brand| !brand.is_empty())
            .unwrap_or_else(|| "unknown processor".to_owned()),
        cpus: processors(),
        threads,
    }
}

/// Processors that this process may use.
pub(crate) fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn command() -> String {
    let arguments = std::env::args_os().skip(1);
    let quoted = arguments.map(|argument| {
        let argument = argument.to_string_lossy().into_owned();
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=,:".contains(c);
        if argument.chars().all(plain) {
            argument
        } else {
            format!("'{}'", argument.replace('\'', r"'\''"))
        }
    });
    let arguments: Vec<String> = quoted.collect();
    format!("cargo run -p experiments -- {}", arguments.join(" "))
}

fn versions() -> Vec<(String, String)> {
    let ours = [
        ("plumbline", env!("CARGO_PKG_VERSION")),
        ("rustc", env!("PLUMBLINE_RUSTC")),
    ];
    let ours = ours
        .into_iter()
        .map(|(name, version)| (name.to_owned(), version.to_owned()));
    let versions = libraries()
        .into_iter()
        .filter_map(|library| Some((library.to_owned(), locked_version(library)?.to_owned())));
    ours.chain(versions).collect()
}

/// Libraries whose versions matter for what models compute, each once.
fn libraries() -> Vec<&'static str> {
    let mut libraries = Vec::new();
    for library in MODELS.iter().flat_map(|model| model.libraries) {
        if !libraries.contains(library) {
            libraries.push(*library);
        }
    }
    libraries
}

/// The version of a package in the lock file, which is what this binary was built from.
fn locked_version(package: &str) -> Option<&'static str> {
    let after = LOCK
        .split_once(&format!("name = \"{package}\"\nversion = \""))?
        .1;
    after.split('"').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_library_is_locked() {
        assert!(libraries().len() > 2);
        for library in libraries() {
            let version = locked_version(library);
            assert!(
                version.is_some_and(|v| v.contains('.')),
                "{library}: {version:?}"
            );
        }
    }
}
