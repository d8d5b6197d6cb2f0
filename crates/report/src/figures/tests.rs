//! Figures are what was looked at: each is compared with the file that was committed. After a change
//! that is meant, look at them and accept them anew:
//! `PLUMBLINE_ACCEPT=1 cargo test -p report figures`. How a browser paints them is compared by
//! `tests/browser.rs`.

use super::*;
use analysis::examples::crowd;
use std::fs;
use std::path::{Path, PathBuf};

fn committed() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/figures/drawn")
}

/// Compares the figures of a report, without the confusion matrices of all models but one.
fn check(case: &str, report: &Report) {
    let first = format!("confusion-{}.svg", report.models[0].id);
    let is_checked = |figure: &&Figure| {
        let name = &figure.name;
        figure.narrow.is_some() && (!name.starts_with("confusion") || *name == first)
    };
    compare(case, draw(report).unwrap().iter().filter(is_checked));
}

/// Compares figures that are drawn twice.
fn compare<'a>(case: &str, figures: impl Iterator<Item = &'a Figure>) {
    let mut changed = Vec::new();
    for figure in figures {
        let narrow = figure.narrow.as_ref().unwrap().as_bytes();
        for (name, drawn) in [
            (&figure.name, &figure.bytes[..]),
            (&figure.narrow_name(), narrow),
        ] {
            let file = committed().join(case).join(name);
            if std::env::var_os("PLUMBLINE_ACCEPT").is_some() {
                records::write_file(&file, drawn).unwrap();
            } else if fs::read(&file).ok().as_deref() != Some(drawn) {
                changed.push(file);
            }
        }
    }
    assert!(
        changed.is_empty(),
        "not as committed; see the first lines of tests.rs: {changed:#?}"
    );
}

#[test]
fn two_models_and_two_classes() {
    check("two", &crowd(&["softmax", "kernel-svm"], &["cat", "dog"]));
}

#[test]
fn one_model() {
    check(
        "one",
        &crowd(&["softmax"], &["cat", "dog", "an animal that is neither"]),
    );
}

#[test]
fn twenty_models_with_long_names_and_26_classes() {
    let names: Vec<String> = (1..=20)
        .map(|i| match i % 3 {
            0 => format!("model-{i}"),
            1 => format!("gradient-boosted-trees-of-depth-{i}"),
            _ => format!("a_network_{i}"),
        })
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let letters: Vec<String> = ('A'..='Z')
        .map(|letter| format!("Letter {letter}"))
        .collect();
    let letters: Vec<&str> = letters.iter().map(String::as_str).collect();
    check("twenty", &crowd(&names, &letters));
}

/// Of a table: so many features and classes that not all are drawn, one with a name that is longer than its room.
#[test]
fn weights_of_a_table_are_bars() {
    let names: Vec<String> = (0..26).map(|i| format!("class {i}")).collect();
    let class_names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut report = crowd(&["softmax"], &class_names);
    report.dataset.samples = records::SampleKind::Rows;
    let column = |i: usize| records::ColumnRecord {
        name: format!("c{i}"),
        holds: "numbers".to_owned(),
        missing: 0,
        done: String::new(),
        features: vec![match i {
            3 => "a feature whose name is longer than the room that it has".to_owned(),
            i => format!("c{i}"),
        }],
    };
    report.columns = (0..23).map(column).collect();
    let weight = |i: usize| ((i * i % 37) as f32 / 18.0 - 1.0) * (i % 7) as f32;
    let linear = records::LinearRecord {
        weights: (0..23 * 26).map(weight).collect(),
        biases: vec![0.0; 26],
    };
    let of = report.models[0].finished.as_mut().unwrap();
    of.shown.linear = Some(linear);
    let figures = draw(&report).unwrap();
    let found = figures.iter().find(|of| of.name == "weights-softmax.svg");
    assert!(found.is_some());
    compare("table", found.into_iter());
    // Of a fit whose features nobody knows there is none.
    report.columns.pop();
    let figures = draw(&report).unwrap();
    assert!(figures.iter().all(|of| of.name != "weights-softmax.svg"));
}

#[test]
fn of_rows_no_figure_speaks_of_images() {
    let mut report = crowd(&["softmax", "kernel-svm"], &["cat", "dog"]);
    report.dataset.samples = records::SampleKind::Rows;
    report.dataset.rows = 1;
    let figures = draw(&report).unwrap();
    assert!(figures.len() > 5, "{}", figures.len());
    for figure in figures {
        let drawn = String::from_utf8(figure.bytes).unwrap();
        for text in [drawn, figure.narrow.unwrap_or_default()] {
            assert!(!text.contains(" images"), "{}: {text}", figure.name);
        }
    }
}

#[test]
fn a_model_that_is_never_wrong_has_a_place_on_the_logarithmic_scale() {
    let mut report = crowd(&["softmax", "kernel-svm"], &["cat", "dog"]);
    let cost = |report: &Report| {
        let figures = draw(report).unwrap();
        let cost = figures.into_iter().find(|of| of.name == "cost.svg");
        String::from_utf8(cost.unwrap().bytes).unwrap()
    };
    let zero = ">0</text>";
    assert!(!cost(&report).contains(zero));
    report.models[1].finished.as_mut().unwrap().quality.accuracy = 1.0;
    let drawn = cost(&report);
    assert!(
        drawn.contains(zero) && drawn.contains("without mistakes"),
        "{drawn}"
    );
}

#[test]
fn three_runs_of_two_models() {
    let runs: Vec<Report> = [[120, 300], [100, 300], [60, 310]]
        .map(|wrong| {
            let models = [("softmax", wrong[0], 1.0), ("kernel-svm", wrong[1], 2.0)];
            analysis::examples::with_costs(&models, 1_000)
        })
        .into();
    let course = |id: &'static str, missing: usize| {
        let runs = (1..)
            .zip(&runs)
            .filter(move |(number, _)| *number != missing);
        Course {
            id,
            runs: runs
                .map(|(number, run)| {
                    let (_, of) = run.finished().find(|(model, _)| model.id == id).unwrap();
                    (number, of)
                })
                .collect(),
        }
    };
    let courses = [course("softmax", 0), course("kernel-svm", 2)];
    let all: Vec<&Report> = runs.iter().collect();
    compare(
        "history",
        std::iter::once(&accuracy_over_runs(&all, &courses)),
    );
}

#[test]
fn times_against_sizes() {
    let scaling = crate::scaling::tests::measured();
    let figure = time_against_size(&scaling.growing[0], &scaling.growing);
    compare("scaling", std::iter::once(&figure));
}

#[test]
fn errors_against_times() {
    let one = |name: &str, is_ours, seconds, wrong| crate::Contestant {
        name: name.to_owned(),
        is_ours,
        is_measured: true,
        seconds,
        wrong,
        samples: 10_000,
    };
    let figure = error_against_time(&[
        one("softmax", true, 0.13, 0.0776),
        one(
            "NumPy, float32, the lab's loop, 1 thread",
            false,
            1.17,
            0.0776,
        ),
        one("PyTorch", false, 4.7, 0.0776),
        one("kernel-svm", true, 2.6, 0.0147),
        one("scikit-learn SVC (libsvm)", false, 275.0, 0.0147),
        one("nobody is wrong", false, 900.0, 0.0),
    ]);
    compare("contest", std::iter::once(&figure));
}
