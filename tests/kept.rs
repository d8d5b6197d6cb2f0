//! Kept models, by the real binary: train, predict, evaluate, and files that lie.

mod run;

use assert_cmd::Command;
use run::{compare, model, report};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

fn experiments(arguments: &[&str]) -> Command {
    let mut command = Command::cargo_bin("experiments").unwrap();
    command.args(arguments);
    command
}

/// The standard output of a command that succeeds.
fn said(mut command: Command) -> String {
    let output = command.assert().success().get_output().clone();
    String::from_utf8(output.stdout).unwrap()
}

/// The one line of a command that is refused.
fn refusal(arguments: &[&str]) -> String {
    let output = experiments(arguments).assert().code(2).get_output().clone();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(text.trim_end().lines().count(), 1, "one line: {text}");
    assert!(
        text.starts_with("error: ") && output.stdout.is_empty(),
        "{text}"
    );
    text
}

/// Trains a model of MNIST on few images.
fn trained(directory: &Path, id: &str) -> PathBuf {
    let file = directory.join(format!("{id}.safetensors"));
    let arguments = ["train", id, "--train-limit", "2000", "--quiet", "--out"];
    let mut command = experiments(&arguments);
    command.arg(&file).assert().success();
    file
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn a_trained_model_predicts_and_is_as_good_as_in_a_comparison() {
    let directory = tempfile::tempdir().unwrap();
    let results = directory.path().join("results");
    let options = ["--models", "softmax", "--train-limit", "2000", "--keep"];
    compare(&results, &options).success();
    let accuracy = model(&report(&results), "softmax")["accuracy"]
        .as_f64()
        .unwrap();
    let kept = results.join("mnist/models/softmax.safetensors");
    let alone = trained(directory.path(), "softmax");
    for file in [&kept, &alone] {
        let page = said(experiments(&["evaluate", "--model", text(file)]));
        let shown = format!("{accuracy:.4}");
        let row = page.lines().find(|line| line.contains("accuracy")).unwrap();
        assert_eq!(row.matches(&shown).count(), 2, "now and then: {row}");
        assert!(page.contains("every metric is the same"), "{page}");
        let card = fs::read_to_string(file.with_extension("md")).unwrap();
        assert!(card.contains(&format!("| accuracy | {shown} |")), "{card}");
    }

    // A second comparison takes the fit from the store and leaves the file; without the file it fits again.
    let before = fs::metadata(&kept).unwrap().modified().unwrap();
    fs::remove_file(&kept).unwrap();
    compare(&results, &options).success();
    assert!(fs::metadata(&kept).unwrap().modified().unwrap() > before);
}

#[test]
fn pictures_files_and_standard_input_are_predicted() {
    let directory = tempfile::tempdir().unwrap();
    let file = trained(directory.path(), "nearest-centroid");
    let mnist = catalog::mnist().unwrap();
    // A one, which every model gets right, as a PGM: dark on white and three times as large.
    let one = mnist
        .train
        .labels()
        .iter()
        .position(|&label| label == 1)
        .unwrap();
    let pixels = &mnist.train.samples().pixels().unwrap()[one * 784..][..784];
    let mut pgm = b"P5 84 84 255\n".to_vec();
    pgm.extend((0..84 * 84).map(|at| 255 - pixels[at / 84 / 3 * 28 + at % 84 / 3]));
    let picture = directory.path().join("one.pgm");
    fs::write(&picture, &pgm).unwrap();

    let predict = ["predict", "--model", text(&file)];
    let table = said(experiments(&[&predict[..], &[text(&picture)]].concat()));
    assert_eq!(table, format!("sample\tclass\n{}\t1\n", picture.display()));
    // Those of a directory that has nothing else, each by its name.
    let loose = directory.path().join("loose");
    fs::create_dir(&loose).unwrap();
    fs::write(loose.join(".hidden"), "of a file manager").unwrap();
    let [a, b] = ["a.pgm", "b.pgm"].map(|name| loose.join(name));
    for file in [&b, &a] {
        fs::write(file, &pgm).unwrap();
    }
    let table = said(experiments(&[&predict[..], &[text(&loose)]].concat()));
    let expected = format!("sample\tclass\n{}\t1\n{}\t1\n", a.display(), b.display());
    assert_eq!(table, expected);
    let mut standard = experiments(&[&predict[..], &["-", "--format", "jsonl"]].concat());
    standard.write_stdin(pgm);
    let line: Value = serde_json::from_str(&said(standard)).unwrap();
    assert_eq!(line["class"], "1");
    // What it was put into is not named.
    let mut nothing = experiments(&[&predict[..], &["-"]].concat());
    let refused = nothing.write_stdin("").assert().code(2);
    let error = &refused.get_output().stderr;
    assert_eq!(
        String::from_utf8_lossy(error),
        "error: -: the file is empty\n"
    );

    // All test images, from MNIST's own four files.
    let four = directory.path().join("mnist");
    fs::create_dir(&four).unwrap();
    for name in catalog::FILES {
        let from = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/catalog/data/mnist");
        let name = format!("{name}.gz");
        fs::copy(Path::new(from).join(&name), four.join(&name)).unwrap();
    }
    let out = directory.path().join("answers.csv");
    let to = [text(&four), "--format", "csv", "-o", text(&out)];
    experiments(&[&predict[..], &to].concat())
        .assert()
        .success();
    let answers = fs::read_to_string(&out).unwrap();
    assert_eq!(answers.lines().count(), 10_001);
    assert!(
        answers.starts_with("sample,class\n0,7\n"),
        "{}",
        &answers[..40]
    );
}

/// Directories of results are shared: what has the name of a kept model, or of its card, may be anything.
#[cfg(unix)]
#[test]
fn what_is_no_file_in_place_of_a_kept_model_is_replaced() {
    let results = tempfile::tempdir().unwrap();
    let models = results.path().join("mnist/models");
    fs::create_dir_all(&models).unwrap();
    let [file, card] =
        ["safetensors", "md"].map(|ending| models.join(format!("majority.{ending}")));
    for pipe in [&file, &card] {
        let made = std::process::Command::new("mkfifo").arg(pipe).status();
        assert!(made.unwrap().success());
    }
    compare(
        results.path(),
        &["--quick", "--models", "majority", "--keep"],
    )
    .success();
    assert!(kept::about(&file).unwrap().judged.is_some());
    assert!(fs::read_to_string(&card).unwrap().contains("| accuracy |"));
}

/// Without labels, as one has what is to be predicted.
#[test]
fn arrays_alone_are_predicted() {
    let directory = tempfile::tempdir().unwrap();
    let file = trained(directory.path(), "nearest-centroid");
    let test = catalog::mnist().unwrap().test;
    let pixels = &test.samples().pixels().unwrap()[..2 * 784];
    let header = "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 28, 28), }\n";
    let length = u16::try_from(header.len()).unwrap().to_le_bytes();
    let array = [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes(), pixels].concat();
    let input = directory.path().join("pictures.npy");
    fs::write(&input, array).unwrap();
    let answers = said(experiments(&[
        "predict",
        "--model",
        text(&file),
        text(&input),
    ]));
    assert_eq!(answers, "sample\tclass\n0\t7\n1\t2\n");
}

/// Rows of svmlight leave out what is 0 and do not say from what number they count: those of the fit do, and where a
/// file does not know it, a doubt is asked about.
#[test]
fn sparse_rows_are_as_wide_as_those_of_the_fit() {
    let directory = tempfile::tempdir().unwrap();
    let [data, input, file] =
        ["train.svm", "asked.svm", "model.safetensors"].map(|name| directory.path().join(name));
    // The class is that of the feature that is 1: a for 1, b for 2, c for 3.
    let rows = (0..60).map(|i| format!("{0} {0}:1\n", 1 + i % 3));
    fs::write(&data, rows.collect::<String>()).unwrap();
    let train = [
        "train",
        "nearest-centroid",
        "--quiet",
        "--data",
        text(&data),
    ];
    experiments(&[&train[..], &["--out", text(&file)]].concat())
        .assert()
        .success();
    let predict = ["predict", "--model", text(&file), text(&input)];
    let from = |number: &'static str| [&predict[..], &["--counted-from", number]].concat();
    let answers = |arguments: &[&str]| said(experiments(arguments));

    // By the row alone, feature 3 would be taken to be counted from 1, and 1 and 2 be asked about.
    for first in [0, 1] {
        let row = |i: usize| format!("{0} {1}:1\n", 1 + i % 3, first + i % 3);
        fs::write(&data, (0..60).map(row).collect::<String>()).unwrap();
        let out = directory.path().join("counted.safetensors");
        said(experiments(&[&train[..], &["--out", text(&out)]].concat()));
        let predict = ["predict", "--model", text(&out), text(&input)];
        for class in 1..=3 {
            fs::write(&input, format!("0 {}:1\n", first + class - 1)).unwrap();
            let answer = format!("sample\tclass\n0\t{class}\n");
            assert_eq!(answers(&predict), answer, "counted from {first}");
        }
        // Of the other count.
        let (wrong, said) = match first {
            0 => (
                3,
                "feature 3 counted from 0 as in the data of the fit, and the model was fitted to 3",
            ),
            _ => (
                0,
                "there is a feature 0, so that they are not counted from 1 as in the data of the fit",
            ),
        };
        fs::write(&input, format!("0 {wrong}:1\n")).unwrap();
        let refused = refusal(&predict);
        assert!(refused.contains(said), "{refused}");
    }

    // Kept by a version that did not say it.
    kept::rewrite(&file, |about| {
        assert_eq!(about.counted_from.take(), Some(1));
    })
    .unwrap();
    fs::write(&input, "0 2:1\n").unwrap();
    let doubt = refusal(&predict);
    assert!(
        doubt.contains("say --counted-from 0 or --counted-from 1"),
        "{doubt}"
    );
    assert_eq!(answers(&from("0")), "sample\tclass\n0\t3\n");
    assert_eq!(answers(&from("1")), "sample\tclass\n0\t2\n");
    fs::write(&input, "0 2:1\n0 3:1\n").unwrap();
    assert_eq!(answers(&predict), "sample\tclass\n0\t2\n1\t3\n");
    assert!(refusal(&from("0")).contains("feature 3 counted from 0"));
    fs::write(&input, "0 0:1\n").unwrap();
    assert_eq!(answers(&predict), "sample\tclass\n0\t1\n");
    assert!(refusal(&from("1")).contains("there is a feature 0"));

    // Of rows that are not sparse it would say nothing.
    for (name, content) in [
        ("asked.csv", "x,y,z\n0,1,0\n"),
        ("asked.pgm", "P2 3 1 9 0 9 0\n"),
    ] {
        let other = directory.path().join(name);
        fs::write(&other, content).unwrap();
        let arguments = ["predict", "--model", text(&file), text(&other)];
        let refused = refusal(&[&arguments[..], &["--counted-from", "1"]].concat());
        let told = format!("{name}: no rows of svmlight; leave out --counted-from");
        assert!(refused.contains(&told), "{refused}");
    }
}

/// No model takes a number that is missing, whatever is done with it: the column is named, with what to do.
#[test]
fn numbers_that_a_kept_model_has_nothing_for_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    let place = |name: &str| directory.path().join(name);
    let row = |i: usize| format!("{},{},{}\n", i, i % 7, ["a", "b"][i / 40]);
    let rows: String = (0..80).map(row).collect();
    let missing = "1,,a\n70,3,b\n";
    for (name, rows) in [("whole.csv", &rows[..]), ("missing.csv", missing)] {
        fs::write(place(name), format!("x,age,class\n{rows}")).unwrap();
    }
    fs::write(place("asked.csv"), "x,age\n1,2\n70,\n").unwrap();
    let plan = "data = \"whole.csv\"\n[preparation]\nfill_missing = false\n[[models]]\nmodel = \"nearest-centroid\"\n";
    fs::write(place("plan.toml"), plan).unwrap();
    let [plan, results] = ["plan.toml", "results"].map(place);
    said(experiments(&[
        "compare",
        "--config",
        text(&plan),
        "--keep",
        "--quiet",
        "--results",
        text(&results),
    ]));
    let model = results.join("whole/models/nearest-centroid.safetensors");
    let [whole, test, asked] = ["whole.csv", "missing.csv", "asked.csv"].map(place);
    let out = place("calibrated.safetensors");
    let data = ["--data", text(&whole), "--test", text(&test)];
    let on = ["--data", text(&whole), "--on", text(&test)];
    let out = ["--out", text(&out)];
    let kept = ["--model", text(&model)];
    for (arguments, what) in [
        (
            [&["predict"][..], &kept, &[text(&asked)]].concat(),
            text(&asked),
        ),
        ([&["evaluate"][..], &kept, &data].concat(), "whole"),
        ([&["calibrate"][..], &kept, &data, &out].concat(), "whole"),
        ([&["calibrate"][..], &kept, &on, &out].concat(), text(&test)),
    ] {
        let refused = refusal(&arguments);
        let told = format!("{what}: numbers are missing in age (1 row), `fill_missing`");
        assert!(refused.contains(&told), "{refused}");
    }
}

#[test]
fn a_calibrated_model_is_used_as_it_is_and_its_sets_cover() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("naive-bayes.safetensors");
    let limit = ["--train-limit", "52000", "--quiet", "--out", text(&file)];
    said(experiments(
        &[&["train", "naive-bayes"][..], &limit].concat(),
    ));
    let out = directory.path().join("calibrated.safetensors");
    let to = ["--method", "isotonic", "--out", text(&out)];
    let calibrate = [&["calibrate", "--model", text(&file)][..], &to].concat();
    let page = said(experiments(&calibrate));
    let learnt =
        "from 4000 training samples that it was not fitted to; sets of classes from 4000 others";
    assert!(page.contains(learnt), "{page}");
    // Gaussian naive Bayes is far too sure of pixels.
    let number = |row: &str, column: usize| -> f64 {
        let row = page.lines().find(|line| line.contains(row)).unwrap();
        let cell = row.split('┆').nth(column).unwrap();
        cell.trim_matches([' ', '│']).parse().unwrap()
    };
    for row in ["log loss", "calibration error"] {
        assert!(number(row, 3) < 0.5 * number(row, 1), "{page}");
    }
    let covered = number(" 0.9 ", 1);
    assert!((0.87..0.93).contains(&covered), "{page}");

    let evaluated = said(experiments(&["evaluate", "--model", text(&out)]));
    assert!(
        evaluated.contains("every metric is the same"),
        "{evaluated}"
    );
    assert!(evaluated.contains(&format!("{covered:.4}")), "{evaluated}");
    let card = fs::read_to_string(out.with_extension("md")).unwrap();
    assert!(card.contains("## Calibration"), "{card}");

    let digits = directory.path().join("stroke.pgm");
    let stroke = (0..784).map(|at| if at % 28 == 14 { 250 } else { 0 });
    let pgm = b"P5 28 28 255\n".iter().copied().chain(stroke);
    fs::write(&digits, pgm.collect::<Vec<u8>>()).unwrap();
    let predict = ["predict", "--sets", "0.9", "--format", "jsonl", "--model"];
    let answers = said(experiments(
        &[&predict[..], &[text(&out), text(&digits)]].concat(),
    ));
    let line: Value = serde_json::from_str(answers.lines().next().unwrap()).unwrap();
    let set = line["set"].as_array().unwrap();
    assert!(set.contains(&line["class"]), "{line}");
    let line = refusal(&[&predict[..], &[text(&file), text(&digits)]].concat());
    assert!(line.contains("naive-bayes has learnt no sets"), "{line}");

    let graph = directory.path().join("graph.onnx");
    let export = [
        "export",
        "--format",
        "onnx",
        "--output",
        text(&graph),
        "--model",
    ];
    let line = refusal(&[&export[..], &[text(&out)]].concat());
    assert!(line.contains("has no graph"), "{line}");
    let linear = trained(directory.path(), "softmax");
    experiments(&[&export[..], &[text(&linear)]].concat())
        .assert()
        .success();
    assert!(fs::read(&graph).unwrap().starts_with(&[8, 8, 18, 9]));

    // Rows of other data are no rows that it has not seen.
    let own = directory.path().join("own");
    let arrays = [
        ("x_train", npy(&[20, 28, 28], &[7; 20 * 784])),
        (
            "y_train",
            npy(&[20], &(0..20).map(|i| i % 10).collect::<Vec<u8>>()),
        ),
        ("x_test", npy(&[10, 28, 28], &[9; 10 * 784])),
        ("y_test", npy(&[10], &(0..10).collect::<Vec<u8>>())),
    ];
    for (name, bytes) in arrays {
        fs::create_dir_all(&own).unwrap();
        fs::write(own.join(format!("{name}.npy")), bytes).unwrap();
    }
    let of = ["--data", text(&own), "--out", text(&out)];
    let line = refusal(&[&["calibrate", "--model", text(&file)][..], &of].concat());
    assert!(
        line.contains("not the data that it was fitted to"),
        "{line}"
    );
}

/// An array of bytes as NumPy writes it.
fn npy(shape: &[usize], values: &[u8]) -> Vec<u8> {
    let shape: Vec<String> = shape.iter().map(ToString::to_string).collect();
    let shape = shape.join(", ");
    let header = format!("{{'descr': '|u1', 'fortran_order': False, 'shape': ({shape},), }}");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend(118_u16.to_le_bytes());
    bytes.extend(format!("{header:<117}\n").bytes());
    bytes.extend(values);
    bytes
}

#[test]
fn files_that_lie_get_one_line() {
    let directory = tempfile::tempdir().unwrap();
    let file = trained(directory.path(), "softmax");
    let bytes = fs::read(&file).unwrap();
    let damaged = directory.path().join("damaged.safetensors");
    let refused = |bytes: &[u8]| {
        fs::write(&damaged, bytes).unwrap();
        refusal(&["evaluate", "--model", text(&damaged)])
    };
    for end in [0, 7, 100, bytes.len() / 2, bytes.len() - 1] {
        let line = refused(&bytes[..end]);
        let expected = if end < 8 { "no kept model" } else { "damaged" };
        assert!(line.contains(expected), "{line}");
    }
    for at in [3, 60, 200, bytes.len() / 2, bytes.len() - 1] {
        let mut bytes = bytes.clone();
        bytes[at] ^= 4;
        let line = refused(&bytes);
        assert!(
            line.contains("damaged") || line.contains("no kept model"),
            "{line}"
        );
    }
    let line = refused(b"\x80\x04\x95 a pickle, which would run code");
    assert!(line.contains("no kept model"), "{line}");
    let line = refusal(&["predict", "--model", text(directory.path()), "x.png"]);
    assert!(line.contains("no regular file"), "{line}");
    let line = refusal(&["predict", "--model", text(&file), "absent.png"]);
    assert!(line.contains("absent.png"), "{line}");
}

#[test]
fn what_cannot_be_trained_or_judged_is_said() {
    let directory = tempfile::tempdir().unwrap();
    let out = directory.path().join("x.safetensors");
    let line = refusal(&["train", "softmx", "--out", text(&out)]);
    assert!(line.contains("did you mean `softmax`"), "{line}");
    let line = refusal(&["train", "softmax", "--set", "epoch=3", "--out", text(&out)]);
    assert!(line.contains("did you mean `epochs`"), "{line}");
    assert!(!out.exists());
    experiments(&["compare", "--keep", "--cv", "5"])
        .assert()
        .code(2);

    // Two classes of small pictures are not what a model of MNIST knows.
    let classes = directory.path().join("pictures");
    for (class, grey) in [("bright", 250), ("dark", 5)] {
        fs::create_dir_all(classes.join(class)).unwrap();
        for i in 0..5_u8 {
            let pixels = [grey, i, grey, i];
            let bytes = [&b"P5 2 2 255\n"[..], &pixels].concat();
            fs::write(classes.join(class).join(format!("{i}.pgm")), bytes).unwrap();
        }
    }
    let file = trained(directory.path(), "softmax");
    let line = refusal(&["predict", "--model", text(&file), text(&classes)]);
    assert!(
        line.contains("pictures of 2 × 2, and softmax was fitted to pictures of 28 × 28"),
        "{line}"
    );
}
