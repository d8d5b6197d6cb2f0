//! A new model in a copy of the sources.

use scaffold::new_model;
use std::fs;
use std::path::Path;
use std::process::Command;

const TOP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// Copies the files that are named, below the sources.
fn copy(files: &[&str], to: &Path) {
    for file in files {
        let target = to.join(file);
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(Path::new(TOP).join(file), target).unwrap();
    }
}

#[test]
fn a_model_is_written_registered_and_not_written_twice() {
    let directory = tempfile::tempdir().unwrap();
    let top = directory.path();
    let refused = new_model(top, "my-model").unwrap_err().to_string();
    assert!(refused.contains("run this in a clone"), "{refused}");
    let changed = [
        "experiments/Cargo.toml",
        "experiments/src/registry.rs",
        "crates/report/src/figures/looks.rs",
    ];
    copy(&changed, top);
    fs::create_dir_all(top.join("crates/data")).unwrap();
    let files = new_model(&top.join("crates/data"), "my-model").unwrap();
    assert_eq!(files.len(), 5);
    let read = |file: &str| fs::read_to_string(top.join(file)).unwrap();
    let registry = read("experiments/src/registry.rs");
    assert!(registry.contains("    model_my_model::MY_MODEL,\n    model_majority::MAJORITY,\n"));
    let looks = read("crates/report/src/figures/looks.rs");
    assert!(looks.contains("    \"my-model\",\n];"), "{looks}");
    let program = read("experiments/Cargo.toml");
    let line = "model-my-model = { path = \"../crates/model-my-model\" }\nmodel-naive-bayes";
    assert!(program.contains(line), "{program}");
    assert!(read("crates/model-my-model/Cargo.toml").contains("name = \"model-my-model\""));
    let again = new_model(top, "my-model").unwrap_err().to_string();
    assert!(again.contains("choose another"), "{again}");
    let registered = new_model(top, "majority").unwrap_err().to_string();
    assert!(registered.contains("choose another"), "{registered}");
    assert_eq!(read("experiments/Cargo.toml"), program);
}

/// Builds for minutes: `cargo test -p scaffold -- --ignored`.
#[test]
#[ignore = "it builds a crate and what is below it"]
fn what_is_written_compiles_and_conforms() {
    let directory = tempfile::tempdir().unwrap();
    let mut git = Command::new("git");
    git.args(["ls-files", "-co", "--exclude-standard"])
        .current_dir(TOP);
    let mut listed = listed_in(&mut git);
    listed.retain(|file| !file.starts_with("results/"));
    copy(
        &listed.iter().map(String::as_str).collect::<Vec<_>>(),
        directory.path(),
    );
    new_model(directory.path(), "state").unwrap();
    let built = Command::new(env!("CARGO"))
        .args(["test", "--offline", "-p", "model-state"])
        .env("CARGO_TARGET_DIR", directory.path().join("target"))
        .current_dir(directory.path())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&built.stdout).into_owned();
    assert!(
        built.status.success() && text.contains("1 passed"),
        "{text}"
    );
}

fn listed_in(command: &mut Command) -> Vec<String> {
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let files = text
        .lines()
        .filter(|file| Path::new(TOP).join(file).is_file());
    files.map(str::to_owned).collect()
}
