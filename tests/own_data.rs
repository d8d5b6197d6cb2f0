//! Data of the user's own: from a file to the report, and what is refused on the way.

use assert_cmd::Command;
use serde_json::Value;
use std::fmt::Write;
use std::fs;
use std::io::{BufWriter, Write as _};
use std::path::Path;

const MODELS: [&str; 2] = ["--models", "softmax,nearest-centroid"];

fn experiments(arguments: &[&str]) -> Command {
    let mut command = Command::cargo_bin("experiments").unwrap();
    command.args(arguments);
    command
}

/// Compares two models on a file below `directory`, and gives the page and the report.
fn compared(directory: &Path, file: &str, arguments: &[&str]) -> (String, Value) {
    let data = directory.join(file);
    let name = catalog::name_of(&data);
    let results = directory.join("results");
    experiments(&["compare", "--quiet", "--data"])
        .arg(&data)
        .args(MODELS)
        .args(arguments)
        .arg("--results")
        .arg(&results)
        .assert()
        .success();
    let page = fs::read_to_string(results.join(&name).join("README.md")).unwrap();
    let report = fs::read(results.join(&name).join("report.json")).unwrap();
    (page, serde_json::from_slice(&report).unwrap())
}

/// The line of what must be refused with exit code 2.
fn refused(arguments: &[&str]) -> String {
    let results = tempfile::tempdir().unwrap();
    let output = experiments(arguments)
        .arg("--results")
        .arg(results.path())
        .assert()
        .code(2)
        .get_output()
        .clone();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(text.trim_end().lines().count(), 1, "one line: {text}");
    assert_eq!(fs::read_dir(results.path()).unwrap().count(), 0);
    text
}

/// Writes IDX files of 350 000 training images of 784 pixels, more than are read into memory. All images of a class are
/// the same, with a bright stroke, and so are ten test images.
fn write_large_images(directory: &Path) {
    const IMAGES: u32 = 350_000;
    let lit = |class: usize| {
        let mut image = vec![0; 784];
        image[100 + class * 50..][..40].fill(200);
        image
    };
    let ten: Vec<u8> = (0..10).flat_map(lit).collect();
    let labels = |count: u32| {
        (0..count)
            .map(|image| (image % 10) as u8)
            .collect::<Vec<_>>()
    };
    let header = catalog::idx_header;
    let contents = [
        [header(&[IMAGES, 28, 28]), ten.clone()].concat(),
        [header(&[IMAGES]), labels(IMAGES)].concat(),
        [header(&[10, 28, 28]), ten.clone()].concat(),
        [header(&[10]), labels(10)].concat(),
    ];
    for (name, bytes) in catalog::FILES.iter().zip(contents) {
        fs::write(directory.join(name), bytes).unwrap();
    }
    let images = fs::File::options()
        .append(true)
        .open(directory.join(catalog::FILES[0]));
    let mut images = BufWriter::new(images.unwrap());
    for _ in 1..IMAGES / 10 {
        images.write_all(&ten).unwrap();
    }
    images.flush().unwrap();
}

/// 274 MB of pixels pass through less memory; a model that makes numbers of all of them declines.
#[test]
fn images_of_any_number_pass_through_little_memory() {
    let directory = tempfile::tempdir().unwrap();
    write_large_images(directory.path());
    let results = tempfile::tempdir().unwrap();
    experiments(&["compare", "--quiet", "--memory-limit", "250", "--models"])
        .args([
            "softmax,nearest-centroid,naive-bayes,linfa-logistic",
            "--set",
            "softmax.epochs=1",
        ])
        .arg("--data")
        .arg(directory.path())
        .arg("--results")
        .arg(results.path())
        .assert()
        .code(1);
    let name = catalog::name_of(directory.path());
    let report = fs::read(results.path().join(name).join("report.json")).unwrap();
    let report: Value = serde_json::from_slice(&report).unwrap();
    let models = report["models"].as_array().unwrap();
    for model in &models[..3] {
        assert_eq!(model["status"], "finished", "{}", model["reason"]);
    }
    assert_eq!(
        models[3]["reason"],
        "needs at least 1.10 GB of memory beside the samples; its limit is 250 MB"
    );
}

/// The binary under a limit of the operating system for the memory that a process has of its own; files that are
/// mapped are not counted. Nothing where there is no `prlimit`, of util-linux.
#[cfg(target_os = "linux")]
fn limited(megabytes: u32, arguments: &[&str]) -> Option<Command> {
    let asked = std::process::Command::new("prlimit").arg("-V").output();
    if asked.is_err() {
        println!("skipped: there is no `prlimit` to set the limit with");
        return None;
    }
    let mut command = Command::new("prlimit");
    command
        .arg(format!("--data={megabytes}000000"))
        .arg(assert_cmd::cargo::cargo_bin!("experiments"))
        .args(arguments);
    Some(command)
}

#[cfg(target_os = "linux")]
fn report_of(results: &Path, name: &str) -> Value {
    let report = fs::read(results.join(name).join("report.json")).unwrap();
    serde_json::from_slice(&report).unwrap()
}

/// The same under a limit of the operating system, which is less than the file.
#[test]
#[cfg(target_os = "linux")]
fn the_system_holds_them_to_little_memory() {
    let directory = tempfile::tempdir().unwrap();
    write_large_images(directory.path());
    let name = catalog::name_of(directory.path());
    let results = tempfile::tempdir().unwrap();
    // What would be made under 4 GB is declined, because the system gives it less.
    for (models, own_limit) in [("softmax,kernel-svm", "250"), ("linfa-logistic", "4000")] {
        let asked = ["compare", "--quiet", "--threads", "2", "--models", models];
        let Some(mut command) = limited(240, &asked) else {
            return;
        };
        command
            .args(["--memory-limit", own_limit, "--data"])
            .arg(directory.path())
            .arg("--results")
            .arg(results.path())
            .assert()
            .code(1);
        let report = report_of(results.path(), &name);
        let of_model = report["models"].as_array().unwrap();
        if models == "linfa-logistic" {
            let reason = of_model[0]["reason"].as_str().unwrap();
            let least = "needs at least 1.10 GB of memory beside the samples; ";
            let is_said = reason.starts_with(least) && reason.ends_with(" MB are available");
            assert!(is_said, "{reason}");
            continue;
        }
        assert_eq!(of_model[0]["status"], "finished", "{of_model:?}");
        assert_eq!(
            of_model[1]["reason"],
            "needs at least 275 MB of memory beside the samples; its limit is 250 MB"
        );
    }
}

/// Nor do subsets, what is held out and what is judged take memory: each of these is nearly as large as the limit, or
/// larger.
#[test]
#[cfg(target_os = "linux")]
fn subsets_of_large_data_take_no_memory() {
    let directory = tempfile::tempdir().unwrap();
    write_large_images(directory.path());
    let name = catalog::name_of(directory.path());
    let fitted = |megabytes: u32, divided: &[&str]| {
        let results = tempfile::tempdir().unwrap();
        let asked = ["compare", "--quiet", "--threads", "2"];
        let mut command = limited(megabytes, &asked)?;
        command.args(divided).arg("--data").arg(directory.path());
        command.arg("--results").arg(results.path());
        command.assert().success();
        Some(report_of(results.path(), &name))
    };
    for (megabytes, divided) in [
        (150, &["--models", "softmax", "--sizes", "250000"][..]),
        // Less than what a search for copies would take that held something of each image.
        (120, &["--models", "majority", "--train-limit", "300000"]),
        (
            150,
            &["--models", "nearest-centroid", "--validation", "1000"],
        ),
        // A fold is 137 MB. The report has the probabilities of both, which take 150 MB with all else.
        (165, &["--models", "naive-bayes", "--cv", "2"]),
        (165, &["--models", "discriminant", "--cv", "2"]),
    ] {
        let Some(report) = fitted(megabytes, divided) else {
            return;
        };
        for model in report["models"].as_array().unwrap() {
            assert_eq!(model["status"], "finished", "{divided:?}: {model}");
        }
    }
}

/// MNIST's pixels take 47 MB. Where there is less the sizes are told, and where there is a little more, the search for
/// near copies does not need it.
#[test]
#[cfg(target_os = "linux")]
fn a_comparison_says_what_it_has_no_memory_for() {
    let results = tempfile::tempdir().unwrap();
    let asked = ["compare", "--quiet", "--threads", "2"];
    let asked = [&asked[..], &["--models", "nearest-centroid"]].concat();
    for (megabytes, is_enough) in [(30, false), (100, true)] {
        let Some(mut command) = limited(megabytes, &asked) else {
            return;
        };
        let made = command.arg("--results").arg(results.path()).assert();
        if is_enough {
            made.success();
            continue;
        }
        let said = String::from_utf8(made.code(2).get_output().stderr.clone()).unwrap();
        let first = "error: train-images-idx3-ubyte: what is in it takes 47.1 MB; the memory that is free for it is ";
        assert!(said.starts_with(first), "{said}");
        assert_eq!(said.trim_end().lines().count(), 1, "{said}");
    }
}

/// Names that differ by case, a class of four rows, missing values, a truth value, and columns that are
/// constant, empty, or of categories.
fn awkward() -> String {
    let mut text = "age,alive,port,same,empty,kind\n".to_owned();
    for row in 0..84 {
        let kind = match row {
            0..4 => "few",
            _ if row % 2 == 0 => "Cat",
            _ => "cat",
        };
        let age = if row % 9 == 0 {
            String::new()
        } else {
            (row * 7 % 50 + row % 2 * 30).to_string()
        };
        let (alive, port) = (row % 3 == 0, ["S", "C", ""][row % 3]);
        writeln!(text, "{age},{alive},{port},7,,{kind}").unwrap();
    }
    text
}

#[test]
fn a_table_becomes_a_report_that_speaks_of_rows_and_columns() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("my animals.csv"), awkward()).unwrap();
    let label = ["--label", "kind"];
    let (page, report) = compared(directory.path(), "my animals.csv", &label);
    // The figures of a report are pictures, whatever the data are.
    let is_of_figures =
        |line: &str| line.contains("every picture is beside it") || line.starts_with("<picture>");
    for word in ["image", "picture", "pixel", "× "] {
        let mut lines = page.lines().filter(|line| !is_of_figures(line));
        let line = lines.find(|line| line.to_lowercase().contains(word));
        assert_eq!(line, None, "{word}");
    }
    assert!(page.contains("| age | numbers |"), "{page}");
    assert!(page.contains("| same | numbers | 0 | left out: the same in all rows | 0 |"));
    assert!(page.contains("left out: missing in all rows"));
    assert!(page.contains("test rows"));
    assert_eq!(report["dataset"]["samples"], "rows");
    let names: Vec<&str> = report["dataset"]["class_names"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap())
        .collect();
    assert!(
        names.contains(&"Cat") && names.contains(&"cat"),
        "{names:?}"
    );
    let figures = fs::read_dir(directory.path().join("results/my-animals/figures")).unwrap();
    let names = figures.map(|file| file.unwrap().file_name().into_string().unwrap());
    let names: Vec<String> = names.collect();
    assert!(names.iter().all(|name| !name.contains(".png")), "{names:?}");
    assert!(
        names.contains(&"weights-softmax.svg".to_owned()),
        "{names:?}"
    );

    let folds = ["--label", "kind", "--cv", "2x2"];
    let (page, _) = compared(directory.path(), "my animals.csv", &folds);
    assert!(page.contains("held-out rows"));
}

#[test]
fn a_plan_names_data_beside_it_and_what_is_done_to_its_columns() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    fs::create_dir(at("plans")).unwrap();
    fs::write(at("plans/animals.csv"), awkward()).unwrap();
    let plan = "data = \"animals.csv\"\nlabel = \"kind\"\nignore = [\"empty\"]\ntest_share = 0.3\n\
        slice = \"port\"\n\
        [preparation]\nstandardise = false\none_hot = []\n\n[[models]]\nmodel = \"nearest-centroid\"\n\
        [[models]]\nmodel = \"softmax\"\nclass_weights = \"balanced\"\n";
    fs::write(at("plans/plan.toml"), plan).unwrap();
    let compare = |plan: &str| {
        let mut command = experiments(&["compare", "--quiet", "--config"]);
        command.arg(at(plan)).arg("--results").arg(at("results"));
        command
    };
    compare("plans/plan.toml").assert().success();
    let page = fs::read_to_string(at("results/animals/README.md")).unwrap();
    assert!(page.contains("| port | categories | "), "{page}");
    assert!(page.contains("left out by the settings"), "{page}");
    assert!(page.contains("## By port"), "{page}");
    assert!(page.contains("| test rows | 25 of 25 |"), "{page}");
    experiments(&["verify", "--dataset", "animals", "--results"])
        .arg(at("results"))
        .assert()
        .success()
        .stdout(predicates::str::contains("bit-identical"));

    let wrong = |line: &str, said: &str| {
        fs::write(
            at("plans/wrong.toml"),
            plan.replace("standardise = false", line),
        )
        .unwrap();
        let output = compare("plans/wrong.toml")
            .assert()
            .code(2)
            .get_output()
            .clone();
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(
            text.contains(said) && text.trim_end().lines().count() == 1,
            "{text}"
        );
    };
    wrong(
        "standardize = false",
        "line 7: unknown key `standardize` (did you mean `standardise`?)",
    );
    wrong(
        "standardise = 3",
        "line 7: `standardise` must be true, false or a list of columns",
    );
    wrong("standardise = [\"weight\"]", "no column is called weight");
}

#[test]
fn a_search_prepares_each_trial_and_its_plan_runs_elsewhere() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    fs::write(at("animals.csv"), awkward()).unwrap();
    experiments(&[
        "tune", "--quiet", "--label", "kind", "--trials", "2", "--models", "softmax", "--data",
    ])
    .arg(at("animals.csv"))
    .arg("--results")
    .arg(at("results"))
    .assert()
    .success();
    let plan = at("results/animals/tuning/plan.toml");
    let text = fs::read_to_string(&plan).unwrap();
    assert!(text.contains("label = \"kind\""), "{text}");
    experiments(&["compare", "--quiet", "--config"])
        .arg(plan)
        .arg("--results")
        .arg(at("results"))
        .assert()
        .success();
}

#[test]
fn models_that_do_not_suit_are_left_out_or_decline_with_a_reason() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("animals.csv"), awkward()).unwrap();
    for model in ["virtual-svm", "burn-lenet"] {
        let mut command = experiments(&["compare", "--label", "kind", "--models", model]);
        command
            .arg("--data")
            .arg(directory.path().join("animals.csv"))
            .arg("--results")
            .arg(directory.path());
        let output = command.assert().code(1).get_output().clone();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.contains("these samples are rows of"), "{text}");
    }
}

#[test]
fn what_is_doubtful_stands_at_the_head_of_the_report_and_in_the_inspection() {
    let directory = tempfile::tempdir().unwrap();
    let mut text = "x,told,class\n".to_owned();
    for row in 0..60 {
        writeln!(text, "{},t{},c{}", row / 2, row / 2 % 2, row / 2 % 2).unwrap();
    }
    let path = directory.path().join("twice.csv");
    fs::write(&path, text).unwrap();
    let (page, report) = compared(directory.path(), "twice.csv", &[]);
    assert!(
        page.contains("**Doubtful data**") || page.contains("Doubtful data"),
        "{page}"
    );
    let doubts = report["doubts"].as_array().unwrap();
    assert_eq!(doubts.len(), 3, "{doubts:?}");
    let output = experiments(&["datasets", "inspect"])
        .arg(&path)
        .assert()
        .success();
    let said = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    for doubt in doubts {
        // It divides by seed 1, too.
        assert!(said.contains(doubt.as_str().unwrap()), "{said}");
    }
    assert!(said.contains("may tell the label"), "{said}");
    assert!(said.contains("▇█"), "{said}");
    experiments(&["datasets", "inspect", "--png", "sheet.png"])
        .current_dir(directory.path())
        .arg(&path)
        .assert()
        .code(2)
        .stdout("")
        .stderr("error: --png: twice is a table, and this shows pictures\n");
    assert!(
        said.contains("denies the class of 0 of 48 training rows"),
        "{said}"
    );
    assert!(
        said.contains("drift: it tells test rows from training rows"),
        "{said}"
    );
}

#[test]
fn known_data_are_inspected_by_name_and_a_name_is_no_path() {
    let directory = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        experiments(arguments)
            .current_dir(directory.path())
            .assert()
    };
    let output = run(&["datasets", "inspect", "zoo"]).success();
    let said = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    assert!(
        said.starts_with("zoo: 81 training and 20 test rows"),
        "{said}"
    );
    run(&["compare", "--data", "zoo"]).code(2).stderr(
        "error: zoo: there is no such file or directory; the data set of this name is --dataset zoo\n",
    );
    fs::write(directory.path().join("zoo"), "x,class\n1,a\n").unwrap();
    let output = run(&["compare", "--data", "zoo"]).code(2);
    let said = String::from_utf8(output.get_output().stderr.clone()).unwrap();
    assert!(!said.contains("--dataset"), "{said}");
}

/// It is made once, and found again; here a small one, which was made before.
#[test]
fn endless_digits_are_a_data_set_by_name() {
    let directory = tempfile::tempdir().unwrap();
    let out = directory.path().join("endless-digits");
    experiments(&["datasets", "endless-digits", "--images", "200", "--out"])
        .arg(&out)
        .assert()
        .success();
    experiments(&[
        "compare",
        "--dataset",
        "endless-digits",
        "--models",
        "majority",
        "--results",
    ])
    .arg(directory.path())
    .env("PLUMBLINE_CACHE", directory.path())
    .assert()
    .success()
    .stderr(predicates::str::contains(
        "200 training samples, 10\u{a0}000 test samples",
    ));
    assert!(directory.path().join("endless-digits/README.md").exists());
}

#[test]
fn given_test_rows_that_are_unlike_training_rows_are_told_at_the_head() {
    let directory = tempfile::tempdir().unwrap();
    let rows = |shift: usize| -> String {
        let row = |i: usize| format!("{},{}\n", shift + i * 37 % 101, ["a", "b"][i % 2]);
        "x,class\n".to_owned() + &(0..200).map(row).collect::<String>()
    };
    fs::write(directory.path().join("train.csv"), rows(0)).unwrap();
    fs::write(directory.path().join("test.csv"), rows(60)).unwrap();
    let test = directory.path().join("test.csv").display().to_string();
    let unlike = "Test rows are unlike training rows";
    let (page, _) = compared(directory.path(), "train.csv", &["--test", &test]);
    assert!(page.contains(unlike), "{page}");
    let (page, _) = compared(directory.path(), "train.csv", &[]);
    assert!(!page.contains(unlike), "{page}");
}

#[test]
fn a_report_on_groups_judges_whole_groups() {
    let directory = tempfile::tempdir().unwrap();
    let rows = (0..120).map(|row| format!("{},{},{}\n", row % 7, row / 4, ["a", "b"][row % 2]));
    let table = "x,patient,class\n".to_owned() + &rows.collect::<String>();
    fs::write(directory.path().join("visits.csv"), table).unwrap();
    let (page, report) = compared(directory.path(), "visits.csv", &["--group", "patient"]);
    assert!(page.contains("of which each counts as a whole"), "{page}");
    assert!(page.contains("test sets of whole groups"), "{page}");
    let groups = report["groups"].as_u64().unwrap();
    assert!(groups > 2 && groups < 30, "{groups}");
    assert!(report["together"]["cochran_q"].is_null());
}

#[test]
fn data_that_cannot_be_compared_on_are_refused_in_a_line() {
    let directory = tempfile::tempdir().unwrap();
    let said_of = |name: &str, bytes: &[u8], more: &[&str]| {
        let path = directory.path().join(name);
        fs::write(&path, bytes).unwrap();
        let path = path.to_str().unwrap();
        let mut arguments = vec!["compare", MODELS[0], MODELS[1], "--data", path];
        arguments.extend(more);
        refused(&arguments)
    };
    let good = "x,class\n1,a\n2,b\n3,a\n4,b\n5,a\n6,b\n";
    for (bytes, more, reason) in [
        (
            good,
            &["--label", "kind"][..],
            "no column kind; the columns are x, class",
        ),
        ("x,kind\n1,a\n2,b\n", &[], "which column is the label?"),
        ("x,class\n1,a\n2,a\n3,a\n", &[], "class is a in all 3 rows"),
        (
            "x,class\n1,a\n2,b\n3,c\n4,d\n",
            &[],
            "no two of the 4 rows have the same value of class",
        ),
        ("", &[], "the file is empty"),
        ("x,class\n", &[], "no row below it"),
        (
            "x,class\n1,a\n2\n",
            &[],
            "line 3: 1 field, and the header has 2",
        ),
        ("x,class\n1,a\n\0,b\n", &[], "NUL"),
        (
            "x\0,y\u{1b}[2J,class\n1,2,a\n",
            &[],
            "neither text nor of a format that is read",
        ),
        (
            "x,y\u{1b}[2J,sort\n1,2,a\n",
            &[],
            "the columns are x, y [2J, sort",
        ),
        (
            "x,class\n1,a\n1,b\n1,a\n1,b\n",
            &[],
            "no column is left to learn from",
        ),
        (good, &["--group", "who"], "no column who"),
        (good, &["--test", "/nowhere.csv"], "/nowhere.csv"),
    ] {
        let text = said_of("data.csv", bytes.as_bytes(), more);
        assert!(text.contains(reason), "{bytes:?}: {text}");
    }
    let text = said_of("data.npz", b"PK\x03\x04 no archive", &[]);
    assert!(text.contains("data.npz"), "{text}");
    let text = refused(&["compare", "--label", "kind"]);
    assert!(
        text.contains("--label: only with data of your own, which a path names (--data PATH"),
        "{text}"
    );
}

#[cfg(unix)]
#[test]
fn a_socket_is_no_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("socket");
    let _socket = std::os::unix::net::UnixListener::bind(&path).unwrap();
    let text = refused(&["compare", "--data", path.to_str().unwrap()]);
    assert!(text.contains("socket"), "{text}");
}
