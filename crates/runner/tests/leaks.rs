//! Leaks of the judged rows into what a model learns from, planted to see that our numbers do not move.

use model_nearest_centroid::NEAREST_CENTROID;
use model_softmax::SOFTMAX;
use records::{Outcome, Records};
use runner::{Comparison, InProcess, Options, Plan, Registry, Setting, Unwatched};
use std::fmt::Write;
use std::path::Path;

const REGISTRY: Registry = Registry::new(&[SOFTMAX, NEAREST_CENTROID]);
const ROWS: usize = 400;
/// Rows of one category.
const ALIKE: usize = 4;

/// Noise: the same number for the same row and purpose.
fn noise(row: usize, purpose: usize) -> usize {
    let mut state = (row * 31 + purpose) as u64 ^ 0x9e37_79b9_7f4a_7c15;
    for _ in 0..4 {
        state ^= state >> 29;
        state = state.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    }
    (state >> 33) as usize
}

fn label(row: usize) -> usize {
    noise(row, 1) % 2
}

fn run(directory: &Path, model: &str, options: &str) -> Records {
    let options: Options = serde_json::from_str(options).unwrap();
    let loaded = catalog::load(&directory.join("data.csv"), &options.reading()).unwrap();
    let plan = Plan::of(REGISTRY, &[model]).unwrap();
    let comparison = Comparison::new(loaded, plan.ready().unwrap(), options).unwrap();
    let executor = InProcess::new(REGISTRY);
    let setting = Setting {
        threads: 1,
        ..Setting::new(&executor, REGISTRY)
    };
    let results = directory.join("results");
    comparison.run(&results, &setting, &mut Unwatched).unwrap()
}

/// The mean share right over folds.
fn accuracy(records: &Records) -> f64 {
    let shares = records.fits.iter().map(|fit| {
        assert!(matches!(fit.outcome, Outcome::Finished(_)), "{fit:?}");
        records.run.accuracy(fit).unwrap()
    });
    shares.sum::<f64>() / records.fits.len() as f64
}

/// A category says nothing of a class that is drawn by lot. The mean label of its rows does, where the row
/// that is judged is among them.
#[test]
fn categories_do_not_tell_the_labels_of_judged_rows() {
    let directory = tempfile::tempdir().unwrap();
    let cv = r#"{"cv": "2x5", "preparation": {"rare_below": 1}}"#;
    let category = |row: usize| row % (ROWS / ALIKE);
    let write = |with_leak: bool| {
        let mut text = String::from("street,x,leak,class\n");
        for row in 0..ROWS {
            let alike = (0..ROWS).filter(|&other| category(other) == category(row));
            let mean = alike.map(label).sum::<usize>() as f64 / ALIKE as f64;
            let leak = if with_leak { mean } else { 0.0 };
            let x = noise(row, 2) % 100;
            writeln!(text, "street {},{x},{leak},{}", category(row), label(row)).unwrap();
        }
        std::fs::write(directory.path().join("data.csv"), text).unwrap();
    };
    for model in ["softmax", "nearest-centroid"] {
        write(false);
        let ours = accuracy(&run(directory.path(), model, cv));
        write(true);
        let leaking = accuracy(&run(directory.path(), model, cv));
        // Of 320 training rows, 4 standard deviations of chance.
        assert!((ours - 0.5).abs() < 0.11, "{model}: {ours}");
        assert!(leaking > 0.6, "{model}: {leaking}");
    }
}

/// Training rows, then those that are judged.
const LEARNT: usize = 100;
const JUDGED: usize = 50;

/// Two numbers of a row; the first depends on the class.
fn numbers(row: usize) -> [f64; 2] {
    let x = noise(row, 2) % 100 + 60 * label(row);
    [x as f64, (noise(row, 3) % 100) as f64]
}

/// A file of rows: two numbers and a class.
fn text(rows: &[([f64; 2], usize)]) -> String {
    let mut text = String::from("x,y,class\n");
    for ([x, y], class) in rows {
        writeln!(text, "{x},{y},{class}").unwrap();
    }
    text
}

/// Each number less the mean of its column over these rows, divided by its standard deviation.
fn scaled(rows: &[([f64; 2], usize)]) -> Vec<([f64; 2], usize)> {
    let mean = |value: &dyn Fn(&[f64; 2]) -> f64| {
        rows.iter().map(|(row, _)| value(row)).sum::<f64>() / rows.len() as f64
    };
    let mut scaled = rows.to_vec();
    for column in 0..2 {
        let middle = mean(&|row| row[column]);
        let deviation = mean(&|row| (row[column] - middle).powi(2)).sqrt();
        for (row, _) in &mut scaled {
            row[column] = (row[column] - middle) / deviation;
        }
    }
    scaled
}

/// Numbers are standardised by the training rows alone: a judged row that is far out moves no answer to another.
/// Where somebody scaled all rows together before they were divided, it does.
#[test]
fn the_scale_of_judged_rows_moves_no_prediction() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    let rows = (0..LEARNT + JUDGED).map(|row| (numbers(row), label(row)));
    let near: Vec<_> = rows.collect();
    let far: Vec<_> = near.iter().copied().chain([([9e5, -9e5], 1)]).collect();
    // Log-probabilities of the judged rows but the last, and how many of their classes are right.
    let judged = |rows: &[([f64; 2], usize)], preparation: &str| {
        std::fs::write(at("data.csv"), text(&rows[..LEARNT])).unwrap();
        std::fs::write(at("test.csv"), text(&rows[LEARNT..])).unwrap();
        let options = format!(
            r#"{{"test": {:?}, "preparation": {preparation}}}"#,
            at("test.csv").to_str().unwrap()
        );
        let records = run(directory.path(), "softmax", &options);
        let Outcome::Finished(fitted) = &records.fits[0].outcome else {
            panic!("{:?}", records.fits);
        };
        let right = (0..JUDGED)
            .filter(|&row| usize::from(fitted.predictions[row]) == label(LEARNT + row))
            .count();
        (
            fitted.log_probabilities.clone().unwrap()[..2 * JUDGED].to_vec(),
            right,
        )
    };
    let [ours, with_far] = [&near, &far].map(|rows| judged(rows, "{}"));
    assert_eq!(ours, with_far);
    let as_it_is = r#"{"standardise": false}"#;
    let [leaking, with_far] = [&near, &far].map(|rows| judged(&scaled(rows), as_it_is).1);
    assert!(
        ours.1 > 35 && leaking > 35 && with_far + 8 < leaking,
        "{} {leaking} {with_far}",
        ours.1
    );
}
