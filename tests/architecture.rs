//! The invariants of ARCHITECTURE.md, as far as cargo can see them.

mod circles;

use circles::{circles, methods};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;
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

/// Each crate, and those of ours that it may be built with. Arrows point downwards only.
const LAYERS: &[(&str, &[&str])] = &[
    ("vector-exp", &[]),
    ("inner-products", &[]),
    ("mutants", &[]),
    ("kernel-svm", &["inner-products", "vector-exp"]),
    ("statistics", &[]),
    ("search", &[]),
    ("scaffold", &["records"]),
    ("data", &[]),
    ("picture-features", &["data"]),
    ("tables", &["data"]),
    ("catalog", &["data", "tables"]),
    ("endless-digits", &["catalog", "data", "records"]),
    ("classifier", &["data"]),
    ("classifier-conformance", &["catalog", "classifier", "data"]),
    (
        "model-burn-mlp",
        &["classifier", "data", "picture-features"],
    ),
    (
        "model-kernel-svm",
        &["classifier", "data", "kernel-svm", "picture-features"],
    ),
    ("model-discriminant", &["classifier", "data"]),
    ("model-linfa-logistic", &["classifier", "data"]),
    ("model-linfa-svm", &["classifier", "data", "kernel-svm"]),
    ("model-majority", &["classifier", "data"]),
    ("model-naive-bayes", &["classifier", "data"]),
    ("model-nearest-centroid", &["classifier", "data"]),
    (
        "model-neighbours",
        &["classifier", "data", "inner-products"],
    ),
    ("model-softmax", &["classifier", "data", "vector-exp"]),
    ("model-trees", &["classifier", "data", "vector-exp"]),
    ("lab", &["catalog", "classifier", "data", "model-softmax"]),
    ("records", &[]),
    ("mlflow", &["analysis", "records"]),
    ("predictions", &["catalog", "records", "tables"]),
    ("analysis", &["records", "statistics"]),
    (
        "kept",
        &["classifier", "data", "records", "statistics", "tables"],
    ),
    ("onnx", &["classifier", "kept", "tables"]),
    (
        "evaluation",
        &[
            "analysis",
            "catalog",
            "classifier",
            "data",
            "kept",
            "records",
            "tables",
        ],
    ),
    ("report", &["analysis", "records", "statistics"]),
    (
        "serve",
        &["catalog", "classifier", "data", "kept", "report", "tables"],
    ),
    (
        "runner",
        &[
            "catalog",
            "classifier",
            "data",
            "endless-digits",
            "kept",
            "records",
            "search",
            "statistics",
            "tables",
        ],
    ),
    (
        "job-arrays",
        &["catalog", "classifier", "records", "runner", "search"],
    ),
    (
        "benchmarks",
        &[
            "catalog",
            "classifier",
            "data",
            "records",
            "report",
            "runner",
            "statistics",
        ],
    ),
];

#[test]
fn every_crate_is_built_with_those_below_it_and_no_others() {
    let packages = packages();
    let ours: Vec<&str> = packages.iter().map(name).collect();
    for package in &packages {
        let known = built_with(package, |dependency| ours.contains(&dependency));
        // The program is on top of all, and any crate may be a model that it registers.
        if name(package) == "experiments" {
            continue;
        }
        let allowed = LAYERS.iter().find(|(layer, _)| *layer == name(package));
        let model = (name(package), &["classifier", "data"][..]);
        let allowed = match allowed {
            Some((_, allowed)) => allowed,
            None if name(package).starts_with("model-") => model.1,
            None => panic!("{} has no place in LAYERS", name(package)),
        };
        for dependency in known {
            assert!(
                allowed.contains(&dependency),
                "{} knows {dependency}",
                name(package)
            );
        }
    }
    for (layer, _) in LAYERS {
        assert!(
            ours.contains(layer),
            "LAYERS names {layer}, which is no crate"
        );
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

const TOP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// The source files of the program, of the module for Python, or of a crate below `crates/`: path from `src`, and text without tests.
fn sources(package: &str) -> Vec<(String, String)> {
    fn walk(directory: &Path, top: &Path, files: &mut Vec<(String, String)>) {
        for entry in std::fs::read_dir(directory).expect("a directory of sources") {
            let path = entry.expect("a readable entry").path();
            if path.is_dir() {
                walk(&path, top, files);
            } else if path.extension().is_some_and(|ending| ending == "rs")
                && path.file_stem().is_some_and(|stem| stem != "tests")
            {
                let text = std::fs::read_to_string(&path).expect("sources are text");
                let text = text
                    .split("#[cfg(test)]\nmod tests")
                    .next()
                    .unwrap_or_default();
                let name = path
                    .strip_prefix(top)
                    .expect("it is below")
                    .with_extension("");
                files.push((name.display().to_string(), text.to_owned()));
            }
        }
    }
    let above = if ["experiments", "python"].contains(&package) {
        ""
    } else {
        "crates"
    };
    let top = Path::new(TOP).join(above).join(package).join("src");
    let mut files = Vec::new();
    walk(&top, &top, &mut files);
    files
}

#[test]
fn below_the_program_there_is_no_command_line_no_terminal_and_nothing_process_wide() {
    let terminal = ["clap", "clap_complete", "console", "ctrlc", "indicatif"];
    let process_wide = [
        "set_hook(",
        "set_var(",
        "remove_var(",
        "env::args",
        "static mut ",
        "#[global_allocator]",
        "println!(",
        "print!(",
        "process::abort(",
    ];
    for package in packages()
        .iter()
        .filter(|package| name(package) != "experiments")
    {
        let knows = built_with(package, |dependency| terminal.contains(&dependency));
        assert!(knows.is_empty(), "{} knows {knows:?}", name(package));
        for (file, text) in sources(name(package)) {
            // What documentation shows is no code.
            let lines = text
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"));
            // The suite says which checks it skips, to whoever runs the test, and counts the memory of fits.
            let is_suite = name(package) == "classifier-conformance";
            let is_its =
                |line: &str| line.contains("println!(") || line.contains("#[global_allocator]");
            for line in lines.filter(|line| !(is_suite && is_its(line))) {
                let found = process_wide.iter().find(|word| line.contains(*word));
                assert!(found.is_none(), "{}, {file}: {line}", name(package));
            }
        }
    }
}

#[test]
fn the_program_prints_in_one_place() {
    let mut open = vec![Path::new(TOP).join("experiments/src")];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            let entries = std::fs::read_dir(&path).expect("a directory of sources");
            open.extend(entries.map(|entry| entry.expect("a readable entry").path()));
        } else if path.file_name().is_some_and(|name| name != "output.rs") {
            // `println!` panics where nobody reads.
            let text = std::fs::read_to_string(&path).expect("sources are text");
            assert!(
                !text.contains("print!(") && !text.contains("println!("),
                "{}",
                path.display()
            );
        }
    }
}

#[test]
fn the_program_is_thin() {
    let files = sources("experiments").into_iter();
    let lines: usize = files.map(|(_, text)| text.lines().count()).sum();
    assert!(
        (1_000..=3_500).contains(&lines),
        "{lines} lines; what is no command line belongs below"
    );
}

#[test]
fn no_files_of_a_crate_need_each_other_in_a_circle() {
    let packages = packages();
    let crates = packages.iter().map(name).chain(["python"]);
    let crates: Vec<_> = crates.map(|name| (name, sources(name))).collect();
    let of_crate = |files: &[(String, String)]| {
        let methods = files.iter().map(|(_, text)| methods(text));
        methods.flatten().collect::<BTreeSet<String>>()
    };
    let methods: Vec<_> = crates.iter().map(|(_, files)| of_crate(files)).collect();
    for (at, (name, files)) in crates.iter().enumerate() {
        let others = methods[..at].iter().chain(&methods[at + 1..]);
        let foreign = others.flatten().cloned().collect();
        let files = files.iter().map(|(file, text)| (&file[..], &text[..]));
        let circles = circles(files, &foreign);
        assert!(circles.is_empty(), "{name}:\n{}", circles.join("\n"));
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
