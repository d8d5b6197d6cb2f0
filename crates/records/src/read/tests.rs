//! Records survive, and what cannot be one is refused with its line.

use super::*;
use crate::examples::{self, CELL, bad, controls, images};
use crate::{FitRecord, Record, RecordLog, Role};
use serde_json::{Value, json};

fn run() -> RunRecord {
    let mut run = examples::run(&["good", "bad"], &[0, 0, 1, 1]);
    run.protocol.seeds = 2;
    run.baseline = Some("good".to_owned());
    run.margin = Some(0.3);
    run.groups = vec![0, 0, 7, 7];
    run.slices = Some(crate::SliceRecord {
        column: "port".to_owned(),
        names: vec!["C".to_owned(), "S".to_owned()],
        of: vec![0, 1, 1, 0],
    });
    run
}

/// With what JSON has no number for, too, and a temperature.
fn good() -> FitRecord {
    let mut good = examples::good();
    let Outcome::Finished(fitted) = &mut good.outcome else {
        unreachable!("it finished")
    };
    fitted.log_probabilities.as_mut().unwrap()[7] = f32::NEG_INFINITY;
    fitted.epochs[0].training_loss = f64::INFINITY;
    fitted.temperature = Some(1.5);
    fitted.temperature_error = Some(0.25);
    fitted.temperature_at_bound = true;
    good
}

/// The run, a fit that finished and one that failed, controls and images: a line each.
fn write_run(directory: &Path) -> PathBuf {
    let mut log = RecordLog::create(directory, &mut run()).unwrap();
    for fit in [good(), bad()] {
        log.append(&Record::Fit(Box::new(fit))).unwrap();
    }
    log.append(&Record::Controls(controls())).unwrap();
    log.append(&Record::Images(images())).unwrap();
    log.path().to_owned()
}

#[test]
fn records_are_read_back_exactly() {
    let directory = tempfile::tempdir().unwrap();
    let path = write_run(directory.path());
    let records = read_records(&path).unwrap();
    assert_eq!(records.run, run());
    assert_eq!(records.fits, [good(), bad()]);
    assert_eq!(records.controls, [controls()]);
    assert_eq!(records.images, Some(images()));
    assert_eq!(records.wrong(), [1]);
    // As a store or another process hands it over.
    let alone = serde_json::to_string(&good()).unwrap();
    assert_eq!(serde_json::from_str::<FitRecord>(&alone).unwrap(), good());
}

#[test]
fn a_record_that_was_cut_off_is_passed_over_and_a_damaged_one_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let path = write_run(directory.path());
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, &text[..text.len() - 5]).unwrap();
    let cut = read_records(&path).unwrap();
    assert_eq!((cut.fits.len(), cut.images), (2, None));
    fs::write(
        &path,
        text.replacen("\"record\":\"fit\"", "\"record\":fit", 1),
    )
    .unwrap();
    let error = read_records(&path).unwrap_err().to_string();
    assert!(error.contains("jsonl, line 2: not a record"), "{error}");
    let mut bytes = text.into_bytes();
    bytes[20] = 0xff;
    fs::write(&path, bytes).unwrap();
    let error = read_records(&path).unwrap_err().to_string();
    assert!(error.contains("jsonl, line 1: not a record"), "{error}");
    assert!(!error.contains("at line"), "{error}");
    fs::write(&path, "\n{\"record\":1}\n").unwrap();
    let error = read_records(&path).unwrap_err().to_string();
    assert!(error.ends_with("jsonl, line 1: an empty line"), "{error}");
    fs::write(&path, "{\"record\":\"a\\nb\"}\n").unwrap();
    let error = read_records(&path).unwrap_err().to_string();
    assert!(error.contains("(unknown variant `a b`"), "{error}");
}

#[test]
fn a_second_run_in_the_same_second_gets_a_name_of_its_own_and_is_the_newest() {
    let directory = tempfile::tempdir().unwrap();
    let first = write_run(directory.path());
    let second = write_run(directory.path());
    assert_ne!(first, second);
    assert_eq!(newest_run(directory.path()).unwrap(), second);
    assert_eq!(
        read_records(&second).unwrap().run.run,
        "2026-01-02T03-04-05Z-2"
    );
}

/// A fit that a reader would refuse must not make the others unreadable.
#[test]
fn what_a_model_gives_cannot_spoil_the_records() {
    let directory = tempfile::tempdir().unwrap();
    let mut log = RecordLog::create(directory.path(), &mut run()).unwrap();
    let mut fit = good();
    if let Outcome::Finished(fitted) = &mut fit.outcome {
        fitted.log_probabilities = Some(vec![f32::NAN; 8]);
    }
    log.append(&Record::Fit(Box::new(fit))).unwrap();
    let records = read_records(log.path()).unwrap();
    let reason = "NaN is no logarithm of a probability".to_owned();
    assert_eq!(records.fits[0].outcome, Outcome::Failed { reason });
}

/// What is wrong with the records of [`write_run`] if the JSON of a line, from 0, is changed at a
/// place.
fn error_of(line: usize, place: &str, value: Value) -> String {
    let directory = tempfile::tempdir().unwrap();
    let path = write_run(directory.path());
    let text = fs::read_to_string(&path).unwrap();
    let mut lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    *lines[line].pointer_mut(place).expect(place) = value;
    let changed: Vec<String> = lines.iter().map(Value::to_string).collect();
    fs::write(&path, changed.join("\n") + "\n").unwrap();
    let error = read_records(&path).expect_err(place).to_string();
    let begins = format!("{}, line {}: ", path.display(), line + 1);
    assert!(!error.contains('\n'), "{error}");
    let reason = error.strip_prefix(&begins).expect(&error);
    reason.to_owned()
}

fn expect(line: usize, place: &str, value: Value, part: &str) {
    let changed = format!("{place} = {value}");
    let error = error_of(line, place, value);
    assert!(error.contains(part), "{changed}: {error}");
}

fn classes(values: &[u16]) -> Value {
    json!(crate::packed::Packed::classes(values))
}

fn floats(values: &[f32]) -> Value {
    json!(crate::packed::Packed::floats(values))
}

fn bytes(values: &[u8]) -> Value {
    json!(crate::packed::Packed::bytes(values))
}

#[test]
fn a_run_that_cannot_be_is_refused() {
    for name in ["../up", "a/b", "a\\b", "..", "", "a\nb", ".hidden", "a|b"] {
        for place in ["/run", "/dataset/name", "/models/0/id"] {
            expect(0, place, json!(name), "the name of the");
        }
    }
    expect(
        0,
        "/models/1/id",
        json!("x".repeat(101)),
        "at most 100 bytes",
    );
    expect(
        0,
        "/models/1/id",
        json!("good"),
        "two models are called `good`",
    );
    expect(0, "/models/0/fits", json!(0), "fits of good: 0");
    expect(
        0,
        "/models/0/train_images",
        json!(101),
        "training images of good: 101",
    );
    expect(
        0,
        "/labels",
        classes(&[0, 0, 1]),
        "labels: 3 values; there must be 4",
    );
    expect(0, "/labels", classes(&[0, 0, 1, 2]), "labels: class 2 of 2");
    expect(
        0,
        "/groups",
        json!(crate::packed::Packed::numbers(&[0, 0, 1])),
        "groups: 3 values; there must be 4",
    );
    expect(
        0,
        "/labels",
        bytes(&vec![0; 10 << 20]),
        "labels: it expands to more than 8 bytes",
    );
    expect(0, "/dataset/test", json!(u64::MAX), "test images: ");
    expect(
        0,
        "/dataset/classes",
        json!(3),
        "class names: 2 values; there must be 3",
    );
    expect(
        0,
        "/dataset/rows",
        json!(3),
        "3 × 2 pictures do not have 4 features",
    );
    expect(
        0,
        "/dataset/rows",
        json!(1_u64 << 63),
        "pictures do not have 4 features",
    );
    expect(0, "/dataset/features", json!(1_u64 << 31), "features: ");
    expect(0, "/dataset/train", json!(101), "training images: 101");
    expect(0, "/looks", json!(u64::MAX), "looks: ");
    expect(0, "/protocol/seeds", json!(0), "seeds: 0");
    let folds = json!({"folds": {"repeats": 1, "folds": 2}});
    expect(
        0,
        "/protocol/judged_on",
        folds,
        "folds: 0 values; there must be 1",
    );
    expect(
        0,
        "/protocol/judged_on",
        json!({"validation": {"images": 3}}),
        "images: 3 is not",
    );
}

#[test]
fn folds_that_cannot_be_are_refused() {
    let error = |change: &dyn Fn(&mut RunRecord)| {
        let mut run = examples::run_over_folds(&["a"], &[0, 1].repeat(4), 2, 4);
        change(&mut run);
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("run.jsonl");
        let refused = RecordLog::create(directory.path(), &mut run).err();
        let line = serde_json::to_string(&Record::Run(Box::new(run))).unwrap();
        fs::write(&path, line).unwrap();
        let read = read_records(&path);
        // What cannot be read cannot be begun either.
        assert_eq!(refused.is_some(), read.is_err(), "{refused:?}");
        match read {
            Ok(_) => "none".to_owned(),
            Err(error) => error.to_string(),
        }
    };
    assert_eq!(error(&|_| {}), "none");
    let refuses = |change: &dyn Fn(&mut RunRecord), part: &str| {
        let error = error(change);
        assert!(error.contains(part), "{part}: {error}");
    };
    let short = "images of folds: 7 values; there must be 8";
    let empty = "fold 3 of repetition 1 has no images";
    refuses(
        &|run| run.folds.truncate(1),
        "folds: 1 values; there must be 2",
    );
    refuses(&|run| run.folds[1].0.truncate(7), short);
    refuses(&|run| run.folds[1].0[0] = 4, "fold 4 of 4");
    refuses(&|run| run.folds[1].0 = vec![0, 1, 2, 2, 2, 2, 2, 2], empty);
    refuses(&|run| run.models[0].fits = 7, "fits of a: 7");
}

#[test]
fn a_baseline_is_a_model_and_a_margin_is_in_points() {
    expect(
        0,
        "/baseline",
        json!("other"),
        "baseline: the run has no model `other`",
    );
    for wrong in [0.0, -0.3, 100.5] {
        expect(
            0,
            "/margin",
            json!(wrong),
            &format!("a margin of {wrong} points"),
        );
    }
}

#[test]
fn a_fit_that_cannot_be_is_refused() {
    expect(1, "/id", json!("other"), "the run has no model `other`");
    expect(
        1,
        "/cell/split",
        json!({"fold": {"repeat": 0, "fold": 0}}),
        "the run has no folds",
    );
    expect(1, "/cell/role", json!({"other_seed": 2}), "other seed: 2");
    expect(
        1,
        "/cell/role",
        json!({"smaller": 101}),
        "images of a learning curve: 101",
    );
    expect(1, "/looks", json!(u64::MAX), "looks: ");
    for (place, value, part) in [
        (
            "predictions",
            classes(&[0, 1, 1]),
            "predictions: 3 values; there must be 4",
        ),
        (
            "predictions",
            classes(&[0, 1, 1, 2]),
            "predictions: class 2 of 2",
        ),
        (
            "predictions",
            bytes(&[1, 2, 3]),
            "not a whole number of 2-byte classes",
        ),
        (
            "predictions",
            bytes(&vec![0; 10 << 20]),
            "predictions: it expands to more than 8 bytes",
        ),
        (
            "log_probabilities",
            floats(&[-1.0; 7]),
            "log-probabilities: 7 values; there must be 8",
        ),
        (
            "log_probabilities",
            floats(&[f32::NAN; 8]),
            "NaN is no logarithm",
        ),
        (
            "log_probabilities",
            floats(&[0.5; 8]),
            "0.5 is no logarithm",
        ),
        (
            "linear/weights",
            floats(&[1.0; 9]),
            "weights: it expands to more than 32 bytes",
        ),
        (
            "linear/weights",
            floats(&[1.0; 7]),
            "weights: 7 values; there must be 8",
        ),
        (
            "linear/weights",
            floats(&[f32::INFINITY; 8]),
            "a weight is no finite number",
        ),
        (
            "linear/biases",
            floats(&[f32::NAN; 2]),
            "a bias is no number",
        ),
    ] {
        expect(1, &format!("/outcome/{place}"), value, part);
    }
}

#[test]
fn numbers_that_cannot_be_are_refused() {
    for (place, value, part) in [
        (
            "fit_seconds",
            json!(1e308),
            "seconds to fit: 1e308 is not from",
        ),
        ("predict_seconds", json!(-1.0), "seconds to predict: -1.0"),
        ("latency/p99", json!(1e10), "its 99th percentile: "),
        ("train_accuracy", json!(1.5), "training accuracy: 1.5"),
        ("temperature", json!(0.0), "temperature: 0.0"),
        (
            "temperature_error",
            json!(-1.0),
            "error of the temperature: -1.0",
        ),
        ("parameters", json!(u64::MAX), "parameters: "),
        ("epochs/1/epoch", json!(1), "the epochs do not ascend"),
        (
            "epochs/1/training_loss",
            json!(1e308),
            "loss of an epoch: 1e308",
        ),
        (
            "epochs/1/training_loss",
            json!("NaN"),
            "loss of an epoch: NaN",
        ),
        (
            "epochs/1/judged_accuracy",
            json!(-0.1),
            "accuracy of an epoch: -0.1",
        ),
        ("mistakes/0/image", json!(4), "the fit did not take image 4"),
        (
            "mistakes/0/truth",
            json!(1),
            "the fit did not take image 1, a 1, for a 1",
        ),
        (
            "mistakes/0/pixels",
            bytes(&[0; 3]),
            "pixels of a mistake: 3 values; there must be 4",
        ),
        (
            "mistakes/0/probability",
            json!(2.0),
            "probability of a mistake: 2.0",
        ),
    ] {
        expect(1, &format!("/outcome/{place}"), value, part);
    }
}

#[test]
fn controls_and_images_that_cannot_be_are_refused() {
    expect(3, "/id", json!("other"), "the run has no model `other`");
    expect(4, "/indices", json!([4]), "image 4 of 4");
    expect(4, "/indices", json!([1, 1]), "the indices do not ascend");
    expect(
        4,
        "/pixels",
        bytes(&vec![0; 10 << 20]),
        "pixels: it expands to more than 4 bytes",
    );
}

#[test]
fn a_file_begins_with_one_run_of_a_known_format() {
    expect(0, "/record", json!("other"), "not a record");
    let directory = tempfile::tempdir().unwrap();
    let path = write_run(directory.path());
    let text = fs::read_to_string(&path).unwrap();
    let error = |text: &str| {
        fs::write(&path, text).unwrap();
        read_records(&path).unwrap_err().to_string()
    };
    let (first, rest) = text.split_once('\n').unwrap();
    assert!(error(rest).contains("does not begin with the record of a run"));
    assert!(error("").contains("does not begin with the record of a run"));
    assert!(error(&format!("{first}\n{text}")).contains("line 2: a second run in one file"));
    let old = error(&text.replacen("\"format\":4", "\"format\":1", 1));
    assert!(
        old.contains("format 1") && old.contains("run `compare` again"),
        "{old}"
    );
    let newer = error(&text.replacen("\"format\":4", "\"format\":5", 1));
    assert!(newer.contains("take a newer version"), "{newer}");
}

/// The cells of format 2, over two repetitions of four folds with three seeds each.
#[test]
fn format_2_told_what_a_fit_is_for_from_its_seed() {
    let directory = tempfile::tempdir().unwrap();
    let mut run = examples::run_over_folds(&["a"], &[0, 1].repeat(4), 2, 4);
    run.protocol.seeds = 3;
    let log = RecordLog::create(directory.path(), &mut run).unwrap();
    let text = fs::read_to_string(log.path()).unwrap();
    let mut first: Value = serde_json::from_str(&text).unwrap();
    first["format"] = json!(2);
    first["protocol"] = json!({ "judged_on": "folds", "seeds": 3, "folds": 4, "repeats": 2 });
    let mut lines = vec![first.to_string()];
    for (repeat, seed) in [(0, 7), (1, 8), (0, 9), (1, 12)] {
        let mut fit = serde_json::to_value(Record::Fit(Box::new(bad()))).unwrap();
        fit["id"] = json!("a");
        fit["cell"] = json!({ "repeat": repeat, "fold": 3, "train_images": null, "seed": seed });
        lines.push(fit.to_string());
    }
    fs::write(log.path(), lines.join("\n") + "\n").unwrap();
    let records = read_records(log.path()).unwrap();
    assert_eq!(records.run, run);
    let roles: Vec<Role> = records.fits.iter().map(|fit| fit.cell.role).collect();
    assert_eq!(
        roles,
        [
            Role::Main,
            Role::Main,
            Role::OtherSeed(1),
            Role::OtherSeed(2)
        ]
    );
    assert_eq!(records.fits[3].cell.split.fold(), Some((1, 3)));
}

/// The committed comparison is of format 2: five models with several seeds, all with a curve.
#[test]
fn the_reference_records_are_read() {
    let results = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../results/mnist");
    let records = read_records(&newest_run(&results).unwrap()).unwrap();
    for model in &records.run.models {
        let of_model = records.fits.iter().filter(|fit| fit.id == model.id);
        let roles: Vec<Role> = of_model.map(|fit| fit.cell.role).collect();
        assert_eq!(roles[0], Role::Main, "{}", model.id);
        assert_eq!(roles.len(), model.fits, "{}", model.id);
        let seeds = roles
            .iter()
            .filter(|role| matches!(role, Role::OtherSeed(_)));
        let sizes = roles.iter().filter(|role| matches!(role, Role::Smaller(_)));
        assert_eq!(
            1 + seeds.count() + sizes.count(),
            model.fits,
            "{}",
            model.id
        );
    }
}

#[test]
fn slices_are_of_the_rows_that_are_judged() {
    let slices = |change: &dyn Fn(&mut crate::SliceRecord)| {
        let mut run = run();
        run.slices.iter_mut().for_each(change);
        check::run(&run).unwrap_err()
    };
    assert_eq!(slices(&|of| of.of[1] = 2), "slice 2 of 2");
    let short = slices(&|of| of.of.truncate(3));
    assert!(short.starts_with("rows of slices"), "{short}");
}

/// A whole file, and the record of a fit alone.
#[test]
fn mutated_records_are_read_or_refused() {
    let directory = tempfile::tempdir_in(mutants::memory()).unwrap();
    let path = directory.path().join("run.jsonl");
    let whole = fs::read(write_run(directory.path())).unwrap();
    let lines: Vec<&[u8]> = whole.split_inclusive(|&byte| byte == b'\n').collect();
    let seeds = [("run", whole.clone()), ("fit", lines[1].to_vec())];
    mutants::each(&seeds, 1_500, |name, bytes| {
        fs::write(&path, bytes).unwrap();
        let read = match name {
            "run" => read_records(&path).map(drop),
            _ => read_record(&path, &run(), "good", Some(CELL)).map(drop),
        };
        if let Err(error) = read {
            assert!(!error.to_string().contains('\n'), "{error}");
        }
    });
}
