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

/// Numbers are standardised by the training rows alone: a judged row that is far out moves no other.
#[test]
fn the_scale_of_judged_rows_moves_no_prediction() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    let row = |row: usize| {
        let x = noise(row, 2) % 100 + 60 * label(row);
        let y = noise(row, 3) % 100;
        format!("{x},{y},{}\n", label(row))
    };
    let head = "x,y,class\n";
    let train: String = (0..100).map(row).collect();
    let test: String = (100..150).map(row).collect();
    std::fs::write(at("data.csv"), format!("{head}{train}")).unwrap();
    let judged = |far_out: &str| {
        std::fs::write(at("test.csv"), format!("{head}{test}{far_out}")).unwrap();
        let path = at("test.csv");
        let options = format!(r#"{{"test": {:?}}}"#, path.to_str().unwrap());
        let records = run(directory.path(), "softmax", &options);
        let Outcome::Finished(fitted) = &records.fits[0].outcome else {
            panic!("{:?}", records.fits);
        };
        fitted.log_probabilities.clone().unwrap()[..100].to_vec()
    };
    let ours = judged("");
    assert_eq!(ours, judged("900000,-900000,1\n"));
    // The same learnt from all rows moves them.
    let all = catalog::load(&at("data.csv"), &catalog::Options::default()).unwrap();
    let far = catalog::load(&at("test.csv"), &catalog::Options::default()).unwrap();
    let scale = |loaded: catalog::Loaded| {
        let (_, preparation) = loaded.prepared(&tables::Settings::default()).unwrap();
        preparation.unwrap()
    };
    assert_ne!(scale(all), scale(far));
}
