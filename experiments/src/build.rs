//! How this program was built, as its build script tells.

use runner::Build;

/// What reports say of it, and what the store's keys depend on.
pub(crate) const BUILD: Build = Build {
    commit: env!("PLUMBLINE_COMMIT"),
    rustc: env!("PLUMBLINE_RUSTC"),
    profile: env!("PLUMBLINE_BUILD"),
    sources: env!("PLUMBLINE_SOURCES"),
    lock: include_str!("../../Cargo.lock"),
    manifests: concat!(
        include_str!("../../Cargo.toml"),
        include_str!("../Cargo.toml")
    ),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::REGISTRY;

    #[test]
    fn every_library_is_locked() {
        let libraries = runner::libraries(REGISTRY);
        assert!(libraries.len() > 2);
        for library in libraries {
            let version = BUILD.locked_version(library);
            assert!(
                version.is_some_and(|v| v.contains('.')),
                "{library}: {version:?}"
            );
        }
    }

    #[test]
    fn the_sources_of_every_model_and_of_the_runner_are_known() {
        let known = |package: &str| BUILD.sources.contains(&format!("{package}="));
        assert!(known("runner"));
        for model in REGISTRY.models() {
            assert!(known(model.package), "{}", model.package);
        }
    }
}
