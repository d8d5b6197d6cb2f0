//! Tells the binary which commit and compiler it was made from, and which sources each model's
//! results depend on.

use base16ct::lower::encode_string;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn main() {
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let version = output(&rustc, &["--version"]).unwrap_or_default();
    let variable = |name| std::env::var(name).unwrap_or_default();
    // Cargo calls the dev profile by the name of its directory.
    let profile = variable("PROFILE").replace("debug", "dev");
    for (name, value) in [
        ("COMMIT", commit().unwrap_or_default()),
        (
            "RUSTC",
            version.split(' ').nth(1).unwrap_or("unknown").to_owned(),
        ),
        // Not the level of optimisation: this package's own says nothing of the models'.
        ("BUILD", format!("{profile} profile")),
        ("SOURCES", sources(Path::new("../crates"))),
    ] {
        println!("cargo::rustc-env=PLUMBLINE_{name}={value}");
    }
    for path in [
        "build.rs",
        "src",
        "../crates",
        "../Cargo.lock",
        "../Cargo.toml",
    ] {
        println!("cargo::rerun-if-changed={path}");
    }
}

/// For each crate of ours the hash of its sources and of those of ours that it depends on:
/// `name=hash` with spaces between.
fn sources(crates: &Path) -> String {
    let mut dependencies: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for entry in fs::read_dir(crates).expect("crates/ is there") {
        let directory = entry.expect("a readable directory").path();
        let Ok(manifest) = fs::read_to_string(directory.join("Cargo.toml")) else {
            continue;
        };
        let manifest: toml::Table = manifest.parse().expect("a good manifest");
        let named = manifest.get("dependencies").and_then(toml::Value::as_table);
        let names = named.into_iter().flat_map(toml::Table::keys).cloned();
        let name = directory.file_name().expect("a directory has a name");
        dependencies.insert(name.to_string_lossy().into_owned(), names.collect());
    }
    let of_crates = |name: &str, crates_of: &BTreeSet<String>| {
        let mut files = Vec::new();
        for name in crates_of {
            files.push(crates.join(name).join("Cargo.toml"));
            walk(&crates.join(name).join("src"), &mut files);
        }
        format!("{name}={}", hash(&files))
    };
    let of_crate = |name: &String| {
        let mut all = BTreeSet::from([name.clone()]);
        let mut open = vec![name];
        while let Some(next) = open.pop() {
            for dependency in &dependencies[next] {
                if dependencies.contains_key(dependency) && all.insert(dependency.clone()) {
                    open.push(dependency);
                }
            }
        }
        of_crates(name, &all)
    };
    // What is made of other models depends on all of them: `classifier::EVERY_CRATE`.
    let every = of_crates("*", &dependencies.keys().cloned().collect());
    let all = dependencies.keys().map(of_crate).chain([every]);
    all.collect::<Vec<String>>().join(" ")
}

/// All files below a directory, in alphabetical order.
fn walk(directory: &Path, files: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            walk(&path, files);
        } else {
            files.push(path);
        }
    }
}

/// SHA-256 of files with their names.
fn hash(files: &[PathBuf]) -> String {
    let mut hash = Sha256::new();
    for file in files {
        // A file that cannot be read must not be a file that never changes.
        let bytes = fs::read(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        hash.update(file.to_string_lossy().as_bytes());
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(bytes);
    }
    encode_string(&hash.finalize())
}

/// The short commit, with `-dirty` where tracked files outside `results/` were changed since.
fn commit() -> Option<String> {
    let git_dir = output("git", &["rev-parse", "--git-dir"])?;
    for file in ["HEAD", "index"] {
        println!("cargo::rerun-if-changed={git_dir}/{file}");
    }
    let commit = output("git", &["rev-parse", "--short=12", "HEAD"])?;
    // Without locks it leaves the index as it is: written anew, it would make cargo build this again.
    let changes = output(
        "git",
        &[
            "--no-optional-locks",
            "status",
            "--porcelain",
            "-uno",
            "--",
            "..",
            ":!../results",
        ],
    )?;
    Some(if changes.is_empty() {
        commit
    } else {
        format!("{commit}-dirty")
    })
}

fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}
