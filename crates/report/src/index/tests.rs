//! The index lists what is there, and ranks models where there is enough.

use super::*;
use analysis::Report;
use records::RunRecord;
use records::examples::{CELL, of_fold, records, run, run_over_folds, with_errors};

const MODELS: [&str; 4] = ["softmax", "kernel-svm", "burn-mlp", "nearest-centroid"];
/// How many of 100 images these models get right on six data sets.
const RIGHT: [[usize; 4]; 6] = [
    [95, 97, 92, 82],
    [89, 88, 84, 80],
    [91, 91, 85, 70],
    [97, 99, 95, 95],
    [74, 76, 75, 60],
    [90, 93, 88, 85],
];

fn run_of(number: usize, models: usize) -> RunRecord {
    let mut run = run(&MODELS[..models], &[0, 1].repeat(50));
    run.dataset.title = format!("Data {number}");
    run.dataset.sha256[0] = number.to_string();
    run
}

fn report(run: &RunRecord, right: &[usize]) -> Report {
    let models = MODELS.iter().zip(right);
    let fits = models.map(|(id, right)| with_errors(run, id, CELL, 100 - right));
    Report::new(records(run.clone(), fits.collect()))
}

fn write(results: &Path, number: usize, report: &Report) {
    let directory = results.join(format!("data-{number}"));
    let json = report.to_json();
    write_own_file(&directory.join("report.json"), json.as_bytes()).unwrap();
}

fn write_all(results: &Path, count: usize) {
    for (number, right) in RIGHT.iter().enumerate().take(count) {
        write(results, number, &report(&run_of(number, 4), right));
    }
}

fn index(results: &Path) -> String {
    write_index(results).unwrap();
    fs::read_to_string(results.join("README.md")).unwrap()
}

#[test]
fn a_line_says_how_sure_the_best_is_and_what_it_costs() {
    let results = tempfile::tempdir().unwrap();
    let run = run_of(1, 4);
    write(results.path(), 1, &report(&run, &[95, 97, 60, 50]));
    let page = index(results.path());
    let row = "| [Data 1](data-1/README.md) | kernel-svm | 97.00 (91.55\u{a0}–\u{2060}\u{a0}98.97) | softmax | 100\u{a0}ms | 4 |";
    assert!(page.contains(row), "{page}");
    // Compared with the last alone, nobody knows of the others.
    let mut run = run_of(2, 4);
    run.baseline = Some("nearest-centroid".to_owned());
    write(results.path(), 2, &report(&run, &[95, 97, 60, 50]));
    let page = index(results.path());
    assert!(
        page.contains("| kernel-svm | 97.00 (91.55\u{a0}–\u{2060}\u{a0}98.97) | – |"),
        "{page}"
    );
}

/// Ranks and tests are those that crates/statistics checks against SciPy, the first two models
/// swapped.
#[test]
fn six_data_sets_rank_their_models() {
    let results = tempfile::tempdir().unwrap();
    write_all(results.path(), 6);
    let page = index(results.path());
    for part in [
        "1 is the best rank. The data sets: Data 0; Data 1; Data 2; Data 3; Data 4; Data 5.",
        "p < 0.001 over all orders of the ranks (χ² = 15.21, p = 0.002, Iman and Davenport's F = 27.22, p < 10⁻⁵, which are for many",
        // Ahead on five data sets of six, and on all; 2/2⁶ is too much for six pairs.
        "| kernel-svm | softmax | 1.33 | p = 0.",
        "| kernel-svm | nearest-centroid | 12.00 | p = 0.188 | cannot be told apart | 100 / 0 / 0 |",
        "At least 8 data sets are needed to show a difference between any two of so many models; here there are 6.",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(
        page.contains("these are too few to show that any two models differ.**"),
        "{page}"
    );
    assert!(!page.contains("critical-difference"), "{page}");
}

#[test]
fn of_two_models_nothing_is_adjusted() {
    let results = tempfile::tempdir().unwrap();
    for (number, right) in RIGHT.iter().enumerate().take(5) {
        write(
            results.path(),
            number,
            &report(&run_of(number, 2), &right[..2]),
        );
    }
    let page = index(results.path());
    assert!(
        page.contains("signed-rank test of the accuracies. At least 6 data sets"),
        "{page}"
    );
}

/// Headline, diagram and table say the same: the second model is ahead of all others on eight data sets, the first and the
/// third now and then of each other.
#[test]
fn the_tests_of_pairs_decide_everywhere() {
    let results = tempfile::tempdir().unwrap();
    for number in 0..8 {
        let (some, more) = (number % 2 + 80, number % 3 + 79);
        let right = [some, 97, more, 60];
        write(results.path(), number, &report(&run_of(number, 4), &right));
    }
    let page = index(results.path());
    for part in [
        "kernel-svm has the best average rank over 8 data sets: 1.00. It is shown to be better than ",
        "src=\"figures/critical-difference.svg\"",
        "| kernel-svm | softmax | 16.50 | p = 0.047 | better |",
        "| softmax | burn-mlp |",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert_eq!(page.matches("| better |").count(), 5, "{page}");
    let figure = |name: &str| fs::read_to_string(results.path().join("figures").join(name));
    let svg = figure("critical-difference.svg").unwrap();
    assert!(svg.contains("prefers-color-scheme:dark"), "{svg}");
    for part in [
        "kernel-svm ranks first, 1.00 on average",
        "<title>nearest-centroid: average rank 4.00</title>",
    ] {
        assert!(svg.contains(part), "{part}: {svg}");
    }
    // One bar, with a spot for each of two models.
    assert_eq!(svg.matches("stroke-width=\"5\"").count(), 2, "{svg}");
    let csv = figure("critical-difference.csv").unwrap();
    assert!(
        csv.starts_with("model,average_rank\nkernel-svm,1\n"),
        "{csv}"
    );
}

#[test]
fn only_whole_data_sets_count_and_each_once() {
    let results = tempfile::tempdir().unwrap();
    write_all(results.path(), 5);
    assert!(index(results.path()).contains("## Models over data sets"));
    let diagram = results.path().join("figures/critical-difference.svg");
    // Of an earlier index.
    write_own_file(&diagram, b"").unwrap();
    let changes: [fn(&mut RunRecord); 6] = [
        |run| run.quick = true,
        |run| run.models[3].fits = 2,
        |run| run.protocol.calibration = Some(10),
        |run| run.dataset.test_available = 101,
        |run| run.models[2].train_images = 99,
        |run| run.dataset.sha256[0] = "3".to_owned(),
    ];
    for change in changes {
        let mut run = run_of(4, 4);
        change(&mut run);
        write(results.path(), 4, &report(&run, &RIGHT[4]));
        let page = index(results.path());
        assert!(
            page.contains("only if there are at least 5 of them; here there are 4."),
            "{page}"
        );
        assert!(!page.contains("## Models over"), "{page}");
        assert!(!diagram.exists(), "it is of five data sets");
    }
}

#[test]
fn one_data_set_and_models_that_are_not_shared_say_nothing() {
    let results = tempfile::tempdir().unwrap();
    write_all(results.path(), 1);
    assert!(!index(results.path()).contains("over data sets"));
    write_all(results.path(), 6);
    write(results.path(), 3, &report(&run_of(3, 1), &RIGHT[3][..1]));
    assert!(!index(results.path()).contains("over data sets"));
}

#[test]
fn models_that_rank_by_chance_do_not_differ() {
    let results = tempfile::tempdir().unwrap();
    for number in 0..5 {
        let mut right = [90, 80, 70, 60];
        right.rotate_right(number % 4);
        write(results.path(), number, &report(&run_of(number, 4), &right));
    }
    let page = index(results.path());
    assert!(page.contains("| cannot be told apart |"), "{page}");
    assert!(!page.contains("| better |"), "{page}");
}

#[test]
fn a_row_says_what_a_report_is_of() {
    let results = tempfile::tempdir().unwrap();
    let mut run = run_of(0, 3);
    run.dataset.title = "a|<b>b</b>".to_owned();
    let whole = report(&run, &[80, 90, 90]);
    write(results.path(), 0, &whole);
    let mut folds = run_over_folds(&["a"], &[0, 1].repeat(10), 1, 2);
    folds.dataset.title = "Folds".to_owned();
    let fits = [0, 1].map(|fold| with_errors(&folds, "a", of_fold(0, fold), 1));
    write(
        results.path(),
        1,
        &Report::new(records(folds, fits.to_vec())),
    );
    let old = results.path().join("old|er/report.json");
    write_own_file(&old, b"{\"format\": 2}").unwrap();
    let page = index(results.path());
    for part in [
        "| [a\\|&lt;b>b&lt;/b>](data-0/README.md) | kernel-svm and burn-mlp | 90.00 (82.56\u{a0}–\u{2060}\u{a0}94.48) | no other | 100\u{a0}ms | 3 |",
        "| [Folds](data-1/README.md) (judged by cross-validation) | a | 90.00 (69.90\u{a0}–\u{2060}\u{a0}97.21) | – | 100\u{a0}ms | 1 |",
        "(old\\|er/README.md) (written by another version)",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
}

#[test]
fn pages_of_measurements_are_linked_where_they_are() {
    let directory = tempfile::tempdir().unwrap();
    let index = || {
        write_index(directory.path()).unwrap();
        fs::read_to_string(directory.path().join("README.md")).unwrap()
    };
    assert!(!index().contains("scaling.md"));
    fs::write(directory.path().join("scaling.md"), "").unwrap();
    let index = index();
    assert!(index.contains("\n- [Scaling](scaling.md): "), "{index}");
}
