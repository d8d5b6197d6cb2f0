//! Predictions that were made elsewhere, judged by the real binary.

mod run;

use assert_cmd::Command;
use predicates::prelude::*;
use predicates::str::contains;
use serde_json::Value;
use std::fmt::Write;
use std::fs;
use tempfile::TempDir;

/// A directory of files of predictions.
struct Files(TempDir);

impl Files {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A file with this content.
    fn with(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        fs::write(self.0.path().join(name), content).unwrap();
        self
    }

    /// Runs `judge` there; results go below `results`.
    fn judge(&self, arguments: &[&str]) -> assert_cmd::assert::Assert {
        self.run(&[&["judge", "--truth", "truth.csv"], arguments].concat())
    }

    fn run(&self, arguments: &[&str]) -> assert_cmd::assert::Assert {
        let mut command = Command::cargo_bin("experiments").unwrap();
        command.current_dir(self.0.path()).args(arguments).assert()
    }

    fn text(&self, file: &str) -> String {
        fs::read_to_string(self.0.path().join("results/truth").join(file)).unwrap()
    }

    fn report(&self) -> Value {
        serde_json::from_str(&self.text("report.json")).unwrap()
    }
}

/// Two hundred animals, every second one a cat.
fn animal(sample: usize) -> &'static str {
    ["cat", "dog"][sample % 2]
}

fn truth() -> String {
    let rows = (0..200).map(|sample| format!("x{sample},{}\n", animal(sample)));
    "id,label\n".to_owned() + &rows.collect::<String>()
}

/// The predictions of a model that takes the first `wrong` animals for the other; backwards.
fn answers(wrong: usize) -> String {
    let row = |sample: usize| {
        let prediction = animal(sample + usize::from(sample < wrong));
        format!("x{sample},{prediction}\n")
    };
    "id,prediction\n".to_owned() + &(0..200).rev().map(row).collect::<String>()
}

/// A file of NumPy's, of one or two axes.
fn npy(descr: &str, shape: &str, body: &[u8]) -> Vec<u8> {
    let header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}\n");
    let length = (header.len() as u16).to_le_bytes();
    [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes(), body].concat()
}

fn good() -> Files {
    let probabilities = (0..200).flat_map(|sample| {
        let cat: f32 = if sample % 2 == 0 { 0.75 } else { 0.25 };
        [cat, 1.0 - cat].map(f32::to_le_bytes).concat()
    });
    let probabilities: Vec<u8> = probabilities.collect();
    Files::new()
        .with("truth.csv", truth())
        .with("a.csv", answers(2))
        .with("b.tsv", answers(40).replace(',', "\t"))
        .with("c.npy", npy("<f4", "(200, 2)", &probabilities))
}

/// Of two hundred animals, the forty that one model is wrong on are of the south, and a few of the others.
#[test]
fn models_are_judged_on_groups_of_rows() {
    let place = |sample: usize| if sample < 50 { "south" } else { "north" };
    let row = |sample: usize| format!("x{sample},{},{},{sample}\n", animal(sample), place(sample));
    let truth = "id,label,place,weight\n".to_owned() + &(0..200).map(row).collect::<String>();
    let files = good().with("truth.csv", truth);
    files
        .judge(&["a.csv", "b.tsv", "--slice", "place"])
        .success();
    let slices = &files.report()["slices"];
    assert_eq!(
        (&slices["column"], &slices["gaps"]),
        (&"place".into(), &4.into())
    );
    let south = &slices["slices"][0];
    assert_eq!(
        (&south["name"], &south["rows"]),
        (&"south".into(), &50.into())
    );
    let b = &south["models"][1];
    assert_eq!((&b["model"], &b["accuracy"]), (&"b".into(), &0.2.into()));
    let upper = b["gap"]["interval"]["high"].as_f64().unwrap();
    assert!(upper < -0.5, "{upper}");
    assert!(files.text("README.md").contains("## By place"));

    files.judge(&["a.csv", "--slice", "weight"]).success();
    let names = files.report()["slices"]["slices"].clone();
    let names = names.as_array().unwrap().iter().map(|slice| &slice["name"]);
    let mut names: Vec<&str> = names.map(|name| name.as_str().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(names, ["> 149", "> 49, ≤ 99", "> 99, ≤ 149", "≤ 49"]);
    let refused = files.judge(&["a.csv", "--slice", "colour"]).code(2);
    refused.stderr(contains("truth.csv: no column colour"));
}

/// Twenty visits of each of ten patients, of whom one model is wrong on three.
#[test]
fn rows_of_one_group_are_judged_as_a_whole() {
    let rows = |sample: usize| format!("x{sample},{},p{}\n", animal(sample), sample / 20);
    let truth = "id,label,group\n".to_owned() + &(0..200).map(rows).collect::<String>();
    let files = good();
    let gate = ["a.csv", "b.tsv", "--fail-if", "b worse than a"];
    files.judge(&gate).code(3);
    let alone = files.report();
    let files = files.with("truth.csv", truth);
    files
        .judge(&gate)
        .success()
        .stdout(contains("a and b cannot be told apart"));
    let report = files.report();
    assert_eq!(
        (&alone["groups"], &report["groups"]),
        (&Value::Null, &10.into())
    );
    let p = |report: &Value| report["comparisons"][0]["p"].as_f64().unwrap();
    assert!(p(&alone) < 1e-9 && p(&report) > 0.2, "{}", p(&report));
    assert!(
        files
            .text("README.md")
            .contains("come in 10 groups, of which each counts as a whole")
    );
    files.run(&["report", "--dataset", "truth"]).success();
    assert_eq!(files.report()["groups"], 10);
    let folds = (0..200).map(|i| format!("x{i},{},p{},{}\n", animal(i), i / 20, i % 2));
    let files = files.with(
        "truth.csv",
        "id,label,group,fold\n".to_owned() + &folds.collect::<String>(),
    );
    let parted = "truth.csv: line 3: its group has rows in another fold, too";
    files.judge(&["a.csv"]).code(2).stderr(contains(parted));
}

#[test]
fn files_of_several_formats_stand_in_one_table() {
    let files = good();
    files
        .judge(&["a.csv", "b.tsv", "best=c.npy"])
        .success()
        .stdout(contains("best and a cannot be told apart").and(contains(" fit ").not()));
    let page = files.text("README.md");
    assert!(
        page.contains("a is better than b by 19.00 points"),
        "{page}"
    );
    let report = files.report();
    for (id, accuracy) in [("a", 0.99), ("b", 0.8), ("best", 1.0)] {
        let model = run::model(&report, id);
        assert_eq!(model["accuracy"], accuracy, "{id}");
        assert!(model["fit_seconds"].is_null() && model["peak_memory_bytes"].is_null());
    }
    let loss = run::model(&report, "best")["metrics"]["log_loss"]
        .as_f64()
        .unwrap();
    assert!((loss + 0.75_f64.ln()).abs() < 1e-6, "{loss}");
    assert_eq!(report["comparisons"].as_array().unwrap().len(), 3);
    assert!(report["environment"]["cpu"].is_null(), "{report}");
}

/// Neither costs nor machines are claimed, nor are there empty columns.
#[test]
fn what_was_not_measured_is_not_shown() {
    let files = good();
    files.judge(&["a.csv", "b.tsv"]).success();
    for page in ["README.md", "index.html"] {
        let text = files.text(page);
        // The list of words is the same on every page.
        let text = text.split("id=\"words\"").next().unwrap();
        for absent in [
            ">fit<",
            "| fit |",
            "memory",
            "machine",
            "thread",
            "input space",
            "cost.svg",
            "looked at",
            "log-loss",
            "backend",
            "Brier",
            "emperature",
            "hyper-parameters",
        ] {
            assert!(!text.contains(absent), "{page}: {absent}");
        }
        assert!(
            text.contains("a.csv") && text.contains("truth.csv"),
            "{page}"
        );
    }
    let figures = files.0.path().join("results/truth/figures");
    assert!(!figures.join("cost.svg").exists());
    let export = files.run(&["export", "--dataset", "truth", "--format", "csv"]);
    let table = String::from_utf8(export.success().get_output().stdout.clone()).unwrap();
    let header = table.lines().next().unwrap();
    for absent in ["fit_seconds", "train_images", "log_loss", "parameters"] {
        assert!(!header.contains(absent), "{header}");
    }
}

#[test]
fn the_results_are_those_of_any_run() {
    let files = good();
    files.judge(&["a.csv", "b.tsv", "-q"]).success().stdout("");
    files.judge(&["a.csv", "b=a.csv", "-q"]).success();
    let page = files.text("README.md");
    files.run(&["report", "--dataset", "truth"]).success();
    assert_eq!(files.text("README.md"), page);
    let records = fs::read_dir(files.0.path().join("results/truth/records")).unwrap();
    let mut runs: Vec<String> = records
        .map(|entry| {
            entry
                .unwrap()
                .path()
                .file_stem()
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    runs.sort();
    let [first, second] = &runs[..] else {
        panic!("{runs:?}");
    };
    files
        .run(&["diff", first, second, "--dataset", "truth"])
        .success()
        .stdout(contains("80.00").and(contains("worse than the second")));
    files.run(&["history", "--dataset", "truth"]).success();
    files
        .run(&["verify", "--dataset", "truth"])
        .code(2)
        .stderr(contains("nothing to verify"));
}

#[test]
fn one_long_file_holds_several_models_and_seeds() {
    let runs = [("a", 1, 2), ("a", 2, 4), ("b", 1, 30), ("b", 2, 28)];
    let rows = runs.into_iter().flat_map(|(model, seed, wrong)| {
        (0..200).map(move |sample| {
            let prediction = animal(sample + usize::from(sample < wrong));
            format!("{model},{seed},x{sample},{prediction}\n")
        })
    });
    let long = "model,seed,id,prediction\n".to_owned() + &rows.collect::<String>();
    let files = Files::new()
        .with("truth.csv", truth())
        .with("long.csv", long);
    files
        .judge(&["long.csv"])
        .success()
        .stdout(contains("first of 2 seeds"));
    let report = files.report();
    let fits = run::model(&report, "b")["fits"].as_array().unwrap();
    assert_eq!((fits.len(), &fits[1]["cell"]["seed"]), (2, &2.into()));
}

#[test]
fn folds_are_compared_fold_by_fold() {
    let rows = (0..200).map(|sample| format!("x{sample},{},{}\n", animal(sample), sample % 5));
    let with_folds = "id,label,fold\n".to_owned() + &rows.collect::<String>();
    let spread = |step: usize| {
        let row = |sample: usize| {
            let prediction = animal(sample + usize::from(sample.is_multiple_of(step)));
            format!("x{sample},{prediction}\n")
        };
        "id,prediction\n".to_owned() + &(0..200).map(row).collect::<String>()
    };
    let files = Files::new()
        .with("truth.csv", with_folds)
        .with("a.csv", spread(31))
        .with("b.csv", spread(3));
    files
        .judge(&["a.csv", "b.csv"])
        .success()
        .stdout(contains("a is better than b"));
    let report = files.report();
    assert_eq!(report["protocol"]["judged_on"]["folds"]["folds"], 5);
    assert!(report["comparisons"][0]["posterior"].is_object());
    // Other folds than those of the truth.
    let other = answers(3)
        .lines()
        .enumerate()
        .fold(String::new(), |text, (row, line)| {
            let fold = if row == 0 {
                "fold".to_owned()
            } else {
                (row % 3).to_string()
            };
            format!("{text}{line},{fold}\n")
        });
    files
        .with("other.csv", other)
        .judge(&["a.csv", "other.csv"])
        .code(2)
        .stderr(contains("all models must have the same folds"));
}

#[test]
fn gates_end_with_exit_code_3() {
    let files = good();
    let gate = |gate: &str| files.judge(&["a.csv", "b.tsv", "c.npy", "--fail-if", gate]);
    gate("b worse than a").code(3).stderr(contains(
        "a gate failed: b gets 19.00 points less right than a, and that it is worse is shown",
    ));
    gate("a worse than b")
        .success()
        .stdout(contains("gate passed"));
    gate("c not better than a").code(3);
    gate("a not better than b").success();
    gate("a worse than c by 5").success();
    gate("a worse than c by 0.5").code(3);
    gate("z worse than a")
        .code(2)
        .stderr(contains("there is no model z; there are a, b, c"));
    gate("a worse")
        .code(2)
        .stderr(contains("expected `B worse than A`"));
}

/// One line for whatever is wrong, with the file and the place.
#[test]
fn bad_input_gets_a_line_that_says_where() {
    let lines = answers(2);
    let without = |id: &str| {
        let kept = lines.split_inclusive('\n');
        kept.filter(|line| !line.starts_with(&format!("{id},")))
            .collect::<String>()
    };
    let with = |row: &str| format!("{lines}{row}\n");
    let probabilities = |row: &str| {
        let rows = (0..199).map(|sample| format!("x{sample},0.5,0.5\n"));
        format!("id,cat,p_dog\n{}x199,{row}\n", rows.collect::<String>())
    };
    let files = good();
    for (content, said) in [
        (
            without("x7"),
            "no row for id x7, which truth.csv has in line 9",
        ),
        (
            with("x7,cat"),
            "line 202: id x7 stands twice; first in line 194",
        ),
        (
            with("x700,cat"),
            "line 202: id x700 is unknown: truth.csv does not have it",
        ),
        (with(",cat"), "line 202: the id is missing"),
        (
            lines.replace("x7,dog", "x7,cow"),
            "line 194: class cow is unknown; the truth has cat, dog",
        ),
        (
            lines.replace("x7,dog", "x7,"),
            "line 194: the prediction is missing",
        ),
        (with("x7"), "line 202: 1 field, and the header has 2"),
        (lines.replace("x7,dog", "x7,d\0g"), "line 194: a NUL byte"),
        (String::new(), "the file is empty"),
        (
            "id,prediction\n".to_owned(),
            "there is a header and no row below it",
        ),
        (
            lines.replace("id,pred", "row,pred"),
            "no column id, which truth.csv has",
        ),
        (lines.replace("prediction", "says"), "no column prediction"),
        (
            lines.replace("id,prediction", "id,p_cow"),
            "column p_cow is of a class that the truth does not have",
        ),
        (
            lines.replace("id,prediction", "id,p_cat"),
            "neither a number",
        ),
        (
            probabilities("0.5,0.6"),
            "line 201: the probabilities sum up to 1.1; that must be 1, give or take 0.001",
        ),
        (
            probabilities("-0.5,1.5"),
            "line 201: the probability of class cat is -0.5; it must be from 0 to 1",
        ),
        (
            probabilities("nan,1"),
            "line 201: the probability of class cat is NaN",
        ),
        (
            probabilities("inf,1"),
            "line 201, column cat: 'inf' is neither a number nor one of the missing-value words (NA, NaN, null, ?, ...)\n",
        ),
        (
            probabilities("0.5,0.5").replace("p_dog", "weight"),
            "no column for the probability of class dog",
        ),
        (
            probabilities("0.5,0.5").replace("id,cat", "id,dog"),
            "two columns are for dog",
        ),
        // Which of them would be meant?
        (
            lines
                .replace(",dog", ",dog,cat")
                .replace(",cat\n", ",cat,cat\n")
                .replace("prediction", "prediction,prediction"),
            "two columns are called prediction; names must differ",
        ),
        (
            lines.replace("id,pred", "group,pred"),
            "which rows belong together stands in the truth",
        ),
    ] {
        fs::write(files.0.path().join("bad.csv"), content).unwrap();
        let error = files.judge(&["a.csv", "bad.csv"]).code(2);
        let error = String::from_utf8(error.get_output().stderr.clone()).unwrap();
        assert!(
            error.starts_with("error: bad.csv: ") && error.contains(said),
            "{said}: {error}"
        );
        assert_eq!(error.lines().count(), 1, "{error}");
    }
    // Nothing is begun before all is read.
    assert!(!files.0.path().join("results").exists());
}

/// As pandas writes them: whole numbers with a point where one was missing once, and truth values as Python does.
#[test]
fn numbers_and_truth_values_may_be_written_otherwise_than_in_the_truth() {
    let table = |id: &str, label: &str, of: [&str; 2], point: &str| {
        let row = |sample: usize| format!("{sample}{point},{}\n", of[sample % 2]);
        format!("{id},{label}\n") + &(0..200).map(row).collect::<String>()
    };
    for (truth, predicted) in [
        (["0", "1"], ["0.0", "1.0"]),
        (["False", "True"], ["false", "true"]),
    ] {
        let files = Files::new()
            .with("truth.csv", table("id", "label", truth, ""))
            .with("a.csv", table("id", "prediction", predicted, ".0"));
        files
            .judge(&["a.csv"])
            .success()
            .stdout(contains("a gets 100.00 % of the 200 test rows right"));
    }
}

#[test]
fn arrays_must_fit_the_truth() {
    let files = good()
        .with("short.npy", npy("|u1", "(3,)", &[0, 1, 1]))
        .with("wide.npy", npy("|u1", "(200, 3)", &[0; 600]))
        .with("ragged.npy", npy("|u1", "(200,)", &[0; 100]));
    for (file, said) in [
        (
            "short.npy",
            "3 rows, and truth.csv has 200; without ids there must be as many",
        ),
        (
            "wide.npy",
            "an array of 3 columns, and the truth has 2 classes (cat, dog)",
        ),
        (
            "ragged.npy",
            "its header announces 200 bytes of values, and 100 follow",
        ),
        ("absent.npy", "absent.npy"),
    ] {
        files.judge(&[file]).code(2).stderr(contains(said));
    }
}

#[test]
fn the_truth_is_not_trusted_either() {
    for (truth, said) in [
        (
            "id,label\nx1,cat\nx1,dog\n",
            "truth.csv: line 3: id x1 stands twice; first in line 2",
        ),
        (
            "id,label\nx1,cat\nx2,\n",
            "truth.csv: line 3: the class is missing",
        ),
        ("id,says\nx1,cat\n", "which column is the truth?"),
        ("id,label,y\nx1,cat,dog\n", "say which with --label"),
        (
            "id,label,group\nx1,cat,1\nx2,cat,\n",
            "truth.csv: line 3: the group is missing",
        ),
    ] {
        let files = Files::new()
            .with("truth.csv", truth)
            .with("a.csv", "id,prediction\nx1,cat\n");
        files.judge(&["a.csv"]).code(2).stderr(contains(said));
    }
}

#[test]
fn one_row_and_one_class_are_judged() {
    let files = Files::new()
        .with("truth.csv", "label\nonly\n")
        .with("a.csv", "prediction\nonly\n")
        .with("b.csv", "id,prediction,only\n0,only,1\n");
    files
        .judge(&["a.csv", "b.csv"])
        .success()
        .stdout(contains("cannot be told apart with this one"));
    files
        .with("c.csv", "id,prediction\n1,only\n")
        .judge(&["c.csv"])
        .code(2)
        .stderr(contains(
            "id 1 is unknown: truth.csv has no ids; its rows count from 0 to 0",
        ));
}

#[test]
fn names_of_models_are_each_another_and_safe() {
    let files = good();
    fs::create_dir(files.0.path().join("other")).unwrap();
    fs::copy(
        files.0.path().join("a.csv"),
        files.0.path().join("other/a.csv"),
    )
    .unwrap();
    files
        .judge(&["a.csv", "other/a.csv"])
        .code(2)
        .stderr(contains(
            "two models are called a: a.csv and other/a.csv; give one another name: NAME=FILE",
        ));
    files
        .judge(&["../x=a.csv"])
        .code(2)
        .stderr(contains("the name of a model must be"));
    files
        .judge(&["--name", "../x", "a.csv"])
        .code(2)
        .stderr(contains("--name: expected"));
    // What a file is called stands on the page as text.
    let hostile = "<script>alert(1)</script>|`x`.csv".replace('/', "_");
    let files = files.with(&hostile, answers(5));
    files.judge(&["a.csv", &hostile]).success();
    for page in ["README.md", "index.html"] {
        let text = files.text(page);
        // The command stands between fences in Markdown, where nothing is markup.
        let fenced = page == "README.md";
        let mut parts = text.split("```").enumerate();
        let is_text = parts.all(|(i, part)| (fenced && i == 1) || !part.contains("<script>alert"));
        assert!(is_text, "{page}");
    }
    let long = answers(5)
        .replace("id,prediction", "id,prediction,model")
        .replace("cat", "cat,../../x");
    files
        .with("long.csv", long.replace("dog", "dog,../../x"))
        .judge(&["long.csv"])
        .code(2)
        .stderr(contains(
            "long.csv: line 2: model ../../x: the name must be",
        ));
}

/// Ids are the numbers of MNIST's test images.
#[test]
fn predictions_stand_beside_our_own_models() {
    let mnist = catalog::mnist().unwrap();
    let labels = mnist.test.look().labels().to_vec();
    let rows = labels.iter().enumerate().rev().map(|(image, label)| {
        let taken = if image < 500 {
            (label + 1) % 10
        } else {
            *label
        };
        format!("{image},{taken}\n")
    });
    let files = Files::new().with(
        "given.csv",
        "id,prediction\n".to_owned() + &rows.collect::<String>(),
    );
    let given = files.0.path().join("given.csv");
    let with = format!("theirs={}", given.display());
    let results = tempfile::tempdir().unwrap();
    run::compare(
        results.path(),
        &[
            "--models",
            "nearest-centroid",
            "--train-limit",
            "500",
            "--with",
            &with,
        ],
    )
    .success();
    let report = run::report(results.path());
    assert_eq!(run::model(&report, "theirs")["accuracy"], 0.95);
    assert_eq!(report["comparisons"].as_array().unwrap().len(), 1);
    let page = run::page(results.path());
    assert!(page.contains("| **theirs** | 95.00"), "{page}");
    for (arguments, said) in [
        (&["--quick"][..], "leave out --quick"),
        (
            &[
                "--models",
                "softmax,nearest-centroid",
                "--set",
                "softmax.epochs=1",
            ],
            "two models are called",
        ),
    ] {
        let same = format!("softmax={}", given.display());
        let arguments = [arguments, &["--with", &same]].concat();
        run::compare(results.path(), &arguments)
            .code(2)
            .stderr(contains(said));
    }
    fs::write(&given, "id,prediction\n10000,3\n").unwrap();
    run::compare(
        results.path(),
        &["--models", "nearest-centroid", "--with", &with],
    )
    .code(2)
    .stderr(contains("id 10000 is unknown").and(contains("its rows count from 0 to 9999")));
}

/// What all files below a directory take.
fn bytes_below(directory: &std::path::Path) -> usize {
    let entries = fs::read_dir(directory).unwrap().map(Result::unwrap);
    let bytes = |entry: fs::DirEntry| {
        if entry.file_type().unwrap().is_dir() {
            bytes_below(&entry.path())
        } else {
            entry.metadata().unwrap().len() as usize
        }
    };
    entries.map(bytes).sum()
}

/// PERFORMANCE, "Reports", says so.
#[test]
fn a_report_grows_with_pairs_of_models_and_with_pairs_of_classes() {
    for (models, classes) in [(40, 10), (3, 256)] {
        let samples = 4 * classes;
        let class = |sample: usize, wrong: usize| {
            let is_wrong = (sample * 7_919) % samples < wrong;
            format!("c{}", (sample + usize::from(is_wrong)) % classes)
        };
        let rows = (0..samples).map(|sample| format!("{sample},{}\n", class(sample, 0)));
        let truth = "id,label\n".to_owned() + &rows.collect::<String>();
        let mut all = "model,id,prediction\n".to_owned();
        for model in 0..models {
            for sample in 0..samples {
                let class = class(sample, 5 + model);
                writeln!(all, "m{model},{sample},{class}").unwrap();
            }
        }
        let files = Files::new().with("truth.csv", truth).with("all.csv", all);
        files.judge(&["-q", "all.csv"]).success();
        let report = bytes_below(&files.0.path().join("results/truth"));
        let pairs = models * (models - 1) / 2;
        let most = 1_000_000 + 8_000 * pairs + 20 * models * classes * classes;
        assert!(report < most, "{report} bytes for {most}");
    }
}
