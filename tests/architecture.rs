//! The invariants of ARCHITECTURE.md, as far as cargo can see them.

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};

fn workspace() -> Metadata {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
    MetadataCommand::new()
        .manifest_path(manifest)
        .no_deps()
        .exec()
        .expect("cargo metadata")
}

/// Names of the packages that `package` is built with, its tests aside.
fn dependencies(package: &Package) -> Vec<&str> {
    let built_with = package
        .dependencies
        .iter()
        .filter(|d| d.kind == DependencyKind::Normal);
    built_with
        .map(|dependency| dependency.name.as_str())
        .collect()
}

fn of(package: &Package, wanted: impl Fn(&str) -> bool) -> Vec<&str> {
    dependencies(package)
        .into_iter()
        .filter(|name| wanted(name))
        .collect()
}

#[test]
fn models_know_the_contract_and_the_data_and_nothing_else_of_ours() {
    let metadata = workspace();
    let ours: Vec<&str> = metadata
        .packages
        .iter()
        .map(|package| package.name.as_str())
        .collect();
    let models: Vec<&Package> = metadata
        .packages
        .iter()
        .filter(|package| package.name.starts_with("model-"))
        .collect();
    assert!(models.len() >= 5);
    for model in models {
        let mut known = of(model, |name| ours.contains(&name));
        known.sort_unstable();
        assert_eq!(known, ["classifier", "datasets"], "{}", model.name);
    }
}

#[test]
fn only_adapters_know_burn_or_linfa() {
    for package in &workspace().packages {
        let foreign = of(package, |name| {
            name.starts_with("burn") || name.starts_with("linfa")
        });
        let adapter =
            package.name.starts_with("model-burn") || package.name.starts_with("model-linfa");
        assert!(
            adapter || foreign.is_empty(),
            "{} knows {foreign:?}",
            package.name
        );
    }
}

#[test]
fn ndarray_stays_out_of_the_contract() {
    for package in &workspace().packages {
        let knows = dependencies(package).contains(&"ndarray");
        assert!(
            !knows || package.name.starts_with("model-linfa"),
            "{}",
            package.name
        );
    }
}

#[test]
fn the_report_knows_no_model_and_no_data() {
    for package in &workspace().packages {
        let ours = |name: &str| {
            name.starts_with("model-") || ["classifier", "datasets", "experiments"].contains(&name)
        };
        if ["report", "statistics"].contains(&package.name.as_str()) {
            assert!(of(package, ours).is_empty(), "{}", package.name);
        }
    }
}

#[test]
fn every_model_runs_the_conformance_suite() {
    for package in &workspace().packages {
        if package.name.starts_with("model-") {
            let tests = package
                .dependencies
                .iter()
                .filter(|d| d.kind == DependencyKind::Development);
            assert!(
                tests
                    .into_iter()
                    .any(|dependency| dependency.name == "classifier-conformance"),
                "{}",
                package.name
            );
        }
    }
}
