//! The commands that train nothing.

use assert_cmd::Command;
use predicates::prelude::*;
use predicates::str::contains;

fn experiments(arguments: &[&str]) -> assert_cmd::assert::Assert {
    Command::cargo_bin("experiments")
        .unwrap()
        .args(arguments)
        .assert()
}

#[test]
fn models_lists_every_model_with_its_parameters() {
    let all = [
        "softmax",
        "softmax-lbfgs",
        "kernel-svm",
        "virtual-svm",
        "burn-ndarray",
        "burn-flex",
        "burn-mlp",
        "burn-lenet",
        "linfa-svm-rbf",
    ]
    .into_iter()
    .chain(["linfa-svm-linear", "linfa-logistic", "nearest-centroid"])
    .chain(["neighbours", "discriminant", "naive-bayes", "majority"])
    .chain(["boosted-trees", "random-forest"]);
    let output = experiments(&["models"]).success();
    let text = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    for model in all {
        assert!(text.contains(&format!("{model} (")), "{model}");
    }
    experiments(&["models", "softmax"]).success().stdout(
        contains("learning_rate")
            .and(contains("0.1"))
            .and(contains("burn").not()),
    );
}

#[test]
fn models_knows_the_nearest_name() {
    experiments(&["models", "burn-mpl"])
        .code(2)
        .stderr(contains(
            "unknown model `burn-mpl` (did you mean `burn-mlp`?)",
        ));
}

#[test]
fn datasets_says_what_is_where() {
    let cache = tempfile::tempdir().unwrap();
    let mut command = Command::cargo_bin("experiments").unwrap();
    command
        .arg("datasets")
        .env("PLUMBLINE_CACHE", cache.path())
        .env("PLUMBLINE_SYSTEM_DATASETS", cache.path())
        .assert()
        .success()
        .stdout(
            contains("mnist")
                .and(contains("in this program"))
                .and(contains("downloaded into")),
        );
}

#[test]
fn show_draws_the_first_images() {
    let directory = tempfile::tempdir().unwrap();
    let sheet = directory.path().join("new/first.png");
    let sheet = sheet.to_str().unwrap();
    experiments(&["show", "--count", "2", "--png", sheet])
        .success()
        .stdout(contains("▀").and(contains("28 × 28 pixels each")));
    let png = std::fs::read(sheet).unwrap();
    assert!(png.starts_with(b"\x89PNG"));
}

/// What the program prints to standard output.
fn printed(arguments: &[&str]) -> String {
    let output = experiments(arguments).success().get_output().stdout.clone();
    String::from_utf8(output).unwrap()
}

#[test]
fn every_command_has_a_help_of_its_own() {
    let help = printed(&["--help"]);
    assert!(help.contains("Exit codes"));
    let commands = help.split("Commands:").nth(1).unwrap();
    let commands = commands.lines().skip(1).take_while(|line| !line.is_empty());
    let names: Vec<&str> = commands
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|&name| name != "help")
        .collect();
    assert!(names.len() > 20, "{names:?}");
    for name in names {
        let help = printed(&[name, "--help"]);
        assert!(help.contains(&format!("experiments {name}")), "{help}");
        assert!(
            !help.starts_with("Usage"),
            "{name} does not say what it does"
        );
    }
}

/// Every plan in the README is one.
#[test]
fn the_plans_of_the_readme_are_accepted() {
    let readme = include_str!("../README.md");
    let plans = readme.split("```toml\n").skip(1);
    let plans = plans.map(|rest| rest.split("```").next().unwrap());
    let directory = tempfile::tempdir().unwrap();
    let beside = |name: &str| directory.path().join(name);
    let animals = (0..20).map(|i| format!("{},{}\n", i % 5, ["fish", "bird"][i % 2]));
    let animals = std::iter::once("legs,type\n".to_owned()).chain(animals);
    std::fs::write(beside("Zoo.csv"), animals.collect::<String>()).unwrap();
    let mut tried = 0;
    for plan in plans {
        std::fs::write(beside("plan.toml"), plan).unwrap();
        let command = if plan.contains("search") {
            "tune"
        } else {
            "compare"
        };
        let mut arguments = vec![command, "--config", "plan.toml", "--results", "results"];
        if command == "compare" {
            arguments.push("--dry-run");
        } else {
            arguments.extend(["--trials", "1", "--train-limit", "200", "--quiet"]);
        }
        Command::cargo_bin("experiments")
            .unwrap()
            .current_dir(directory.path())
            .args(&arguments)
            .assert()
            .success();
        tried += 1;
    }
    assert!(tried >= 4, "{tried}");
}

#[test]
fn help_names_every_option_of_a_comparison() {
    experiments(&["compare", "--help"]).success().stdout(
        [
            "--config",
            "--models",
            "--set",
            "--seed",
            "--dataset",
            "--data-dir",
            "--train-limit",
            "--quick",
            "--results",
            "--threads",
            "--mirror",
        ]
        .into_iter()
        .fold(predicate::always().boxed(), |all, word| {
            all.and(contains(word)).boxed()
        }),
    );
}

#[test]
fn completions_are_written_for_every_shell() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        experiments(&["completions", shell])
            .success()
            .stdout(contains("train-limit"));
    }
}

/// As in `experiments models | head -1`.
#[cfg(unix)]
#[test]
fn a_reader_that_leaves_early_is_no_error() {
    let output = std::process::Command::new("sh")
        .args(["-c", "\"$0\" show --count 100 --png \"$1\" | true"])
        .arg(assert_cmd::cargo::cargo_bin("experiments"))
        .arg(tempfile::tempdir().unwrap().path().join("sheet.png"))
        .output()
        .unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    for command in ["models", "--help", "--version"] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full");
        let output = std::process::Command::new(assert_cmd::cargo::cargo_bin("experiments"))
            .arg(command)
            .stdout(full.unwrap())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1), "{command}");
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(
            text.starts_with("error: standard output: No space"),
            "{text}"
        );
    }
    experiments(&["show", "--png", "/dev/full"])
        .code(1)
        .stderr(contains("error: /dev/full: No space"));
}

/// As after `ulimit -f`: the system sends a signal that ends a process which does not expect it.
#[cfg(unix)]
#[test]
fn a_file_that_may_not_grow_is_an_error() {
    let directory = tempfile::tempdir().unwrap();
    let output = std::process::Command::new("sh")
        .args(["-c", "ulimit -f 1; \"$0\" show --count 100 --png \"$1\""])
        .arg(assert_cmd::cargo::cargo_bin("experiments"))
        .arg(directory.path().join("sheet.png"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("sheet.png: File too large"), "{text}");
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
}

/// A name has 255 bytes at the most, and its part, which is renamed, may not be longer.
#[test]
fn a_file_may_have_the_longest_name() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(format!("{}.png", "é".repeat(125)));
    experiments(&["show", "--png", path.to_str().unwrap()]).success();
    assert!(path.exists());
}

#[test]
fn benchmarks_measure_our_models_and_say_that_it_was_a_quick_look() {
    let results = tempfile::tempdir().unwrap();
    let directory = results.path().to_str().unwrap();
    experiments(&[
        "benchmarks",
        "--quick",
        "--rounds",
        "1",
        "--results",
        directory,
    ])
    .success();
    let page = std::fs::read_to_string(results.path().join("benchmarks.md")).unwrap();
    assert!(page.contains("**Quick look**"), "{page}");
    for model in [
        "softmax",
        "burn-flex",
        "burn-mlp",
        "burn-lenet",
        "softmax-lbfgs",
        "kernel-svm",
    ] {
        assert!(
            page.contains(&format!("| **{model}** (ours) |")),
            "{model}: {page}"
        );
        assert!(
            page.contains(&format!("| {model} |")),
            "latency of {model}: {page}"
        );
    }
    let reading = page.split_once("## Reading CSV\n").unwrap().1;
    assert!(reading.contains("| **plumbline** (ours) | "), "{page}");
    let index = std::fs::read_to_string(results.path().join("README.md")).unwrap();
    assert!(index.contains("[Benchmarks](benchmarks.md)"), "{index}");
}
