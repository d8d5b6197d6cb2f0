//! The invariants of ARCHITECTURE.md, as far as cargo can see them.

use serde_json::Value;
use std::process::Command;

/// The packages of this workspace, as `cargo metadata` describes them.
fn packages() -> Vec<Value> {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--no-deps",
            "--format-version",
            "1",
            "--manifest-path",
            manifest,
        ])
        .output()
        .expect("cargo runs");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo metadata is JSON");
    metadata["packages"]
        .as_array()
        .expect("a list of packages")
        .clone()
}

fn name(package: &Value) -> &str {
    package["name"].as_str().expect("a package has a name")
}

/// Names of the dependencies of one kind, null for those it is built with and "dev" for its tests,
/// that pass the filter.
fn dependencies<'a>(
    package: &'a Value,
    kind: &Value,
    wanted: impl Fn(&str) -> bool,
) -> Vec<&'a str> {
    let all = package["dependencies"]
        .as_array()
        .expect("a list of dependencies");
    let of_kind = all
        .iter()
        .filter(|dependency| dependency["kind"] == *kind)
        .map(name);
    of_kind.filter(|name| wanted(name)).collect()
}

fn built_with(package: &Value, wanted: impl Fn(&str) -> bool) -> Vec<&str> {
    dependencies(package, &Value::Null, wanted)
}

#[test]
fn models_know_the_contract_and_the_data_and_nothing_else_of_ours() {
    let packages = packages();
    let models: Vec<&Value> = packages
        .iter()
        .filter(|package| name(package).starts_with("model-"))
        .collect();
    assert!(models.len() >= 5);
    for model in models {
        let mut known = built_with(model, |dependency| {
            packages.iter().any(|ours| name(ours) == dependency)
        });
        known.sort_unstable();
        // An algorithm that is of use without Plumbline is a crate of its own, under its adapter.
        known.retain(|&known| known != "kernel-svm" && known != "vector-exp");
        assert_eq!(known, ["classifier", "data"], "{}", name(model));
    }
}

#[test]
fn what_models_can_name_does_not_know_test_images() {
    let packages = packages();
    for within_reach in ["classifier", "data"] {
        let package = packages
            .iter()
            .find(|package| name(package) == within_reach);
        let known = built_with(package.expect("it is a package"), |dependency| {
            dependency != "data" && packages.iter().any(|ours| name(ours) == dependency)
        });
        assert!(known.is_empty(), "{within_reach} knows {known:?}");
    }
}

#[test]
fn algorithms_know_nothing_of_ours_but_arithmetic() {
    let packages = packages();
    for algorithm in ["kernel-svm", "vector-exp"] {
        let package = packages.iter().find(|package| name(package) == algorithm);
        let known = built_with(package.expect("it is a package"), |dependency| {
            dependency != "vector-exp" && packages.iter().any(|ours| name(ours) == dependency)
        });
        assert!(known.is_empty(), "{algorithm} knows {known:?}");
    }
}

#[test]
fn only_adapters_know_burn_or_linfa() {
    for package in &packages() {
        let foreign = |name: &str| name.starts_with("burn") || name.starts_with("linfa");
        let foreign = built_with(package, foreign);
        // kernel-svm implements linfa's traits behind a feature.
        let adapter = ["model-burn", "model-linfa", "kernel-svm"]
            .iter()
            .any(|adapter| name(package).starts_with(adapter));
        assert!(
            adapter || foreign.is_empty(),
            "{} knows {foreign:?}",
            name(package)
        );
    }
}

#[test]
fn ndarray_stays_out_of_the_contract() {
    for package in &packages() {
        let knows = !built_with(package, |dependency| dependency == "ndarray").is_empty();
        assert!(
            !knows || name(package).starts_with("model-linfa") || name(package) == "kernel-svm",
            "{}",
            name(package)
        );
    }
}

#[test]
fn the_report_knows_no_model_and_no_data() {
    for package in &packages() {
        let layers_above = |dependency: &str| {
            dependency.starts_with("model-")
                || ["classifier", "data", "experiments"].contains(&dependency)
        };
        if ["report", "statistics"].contains(&name(package)) {
            assert!(
                built_with(package, layers_above).is_empty(),
                "{}",
                name(package)
            );
        }
    }
}

#[test]
fn every_model_runs_the_conformance_suite() {
    for package in &packages() {
        if name(package).starts_with("model-") {
            let suite = |dependency: &str| dependency == "classifier-conformance";
            let tested_with = dependencies(package, &Value::from("dev"), suite);
            assert_eq!(tested_with.len(), 1, "{}", name(package));
        }
    }
}

/// Features differ between `cargo run -p experiments` and `cargo test` only in our own crates:
/// otherwise the second would compile Burn, minutes of work, once more.
#[test]
fn tests_use_the_libraries_that_the_program_was_built_with() {
    let tree = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO"))
            .args([
                "tree",
                "--offline",
                "--prefix",
                "none",
                "--no-dedupe",
                "-f",
                "{p} [{f}]",
            ])
            .args(arguments)
            .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
            .output()
            .expect("cargo runs");
        let text = String::from_utf8(output.stdout).expect("cargo writes UTF-8");
        text.lines()
            .map(str::to_owned)
            .collect::<std::collections::BTreeSet<String>>()
    };
    let package = |line: &str| line.split(" [").next().unwrap_or_default().to_owned();
    let run = tree(&["-p", "experiments", "-e", "normal,build"]);
    let test = tree(&["--workspace", "-e", "normal,build,dev"]);
    assert!(run.len() > 100, "a tree of libraries");
    for line in test.difference(&run).filter(|line| !line.contains(" (/")) {
        let other = run.iter().find(|other| package(other) == package(line));
        assert!(other.is_none(), "with tests: {line}; without: {other:?}");
    }
}

/// The text of the fenced blocks of one language in a Markdown page.
fn blocks<'a>(page: &'a str, language: &str) -> Vec<&'a str> {
    let fence = format!("```{language}\n");
    let rest = page.split(fence.as_str()).skip(1);
    rest.filter_map(|rest| Some(rest.split_once("```")?.0))
        .collect()
}

#[test]
fn the_walkthrough_of_a_model_is_the_crate_itself() {
    let top = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let read = |file: &str| {
        let text = std::fs::read_to_string(format!("{top}/{file}")).expect(file);
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let page = std::fs::read_to_string(format!("{top}/CONTRIBUTING.md")).expect("it is there");
    let sources = [
        read("crates/model-nearest-centroid/src/lib.rs"),
        read("experiments/src/registry.rs"),
        read("crates/model-nearest-centroid/Cargo.toml"),
        read("experiments/Cargo.toml"),
    ];
    let all = [blocks(&page, "rust"), blocks(&page, "toml")].concat();
    assert!(all.len() >= 6, "{all:?}");
    for block in all {
        let words = block.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            sources.iter().any(|source| source.contains(&words)),
            "{block}"
        );
    }
}
