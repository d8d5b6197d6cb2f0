//! What the page of a search claims.

use super::*;
use records::{ExpectedBest, Search};
use serde_json::json;

fn trial(share: f64, accuracy: Option<f64>, folds: &[f64]) -> TunedTrial {
    TunedTrial {
        values: json!({"c": 2.0}).as_object().unwrap().clone(),
        share,
        train_images: (900.0 * share) as usize,
        epochs: None,
        accuracy,
        folds: folds.to_vec(),
        called_off: false,
        reason: accuracy
            .is_none()
            .then(|| "diverged |\nin epoch 3".to_owned()),
        fit_seconds: 1.0,
    }
}

fn report(trials: Vec<TunedTrial>, best: usize, search: Search) -> TuningRecord {
    TuningRecord {
        format: 3,
        title: "toys".to_owned(),
        search,
        budget: TuningBudget::Trials(3),
        quick: false,
        plan: "plan.toml".to_owned(),
        train_images: 900,
        judged_on: JudgedOn::Validation { images: 100 },
        judged_images: 100,
        at_once: 1,
        machines: [].into(),
        seed: 1,
        environment: Environment {
            command: "tune".to_owned(),
            started: "2026-01-02T03:04:05Z".to_owned(),
            data_origin: "memory".to_owned(),
            commit: String::new(),
            versions: Vec::new(),
            build: "dev profile, opt-level 3".to_owned(),
            machine: None,
        },
        models: vec![TunedModel {
            id: "toy".to_owned(),
            model: "toy".to_owned(),
            searched: vec![("c".to_owned(), "1 to 3".to_owned())],
            resource: (search == Search::Asha).then(|| "images".to_owned()),
            trials,
            seconds: 3.0,
            best: Some(best),
            expected_best: vec![ExpectedBest {
                spent: 1.0,
                accuracy: 0.5,
            }],
        }],
    }
}

#[test]
fn a_row_has_the_best_with_its_interval_and_what_failed() {
    let trials = vec![trial(1.0, None, &[]), trial(1.0, Some(0.9), &[])];
    let mut report = report(trials, 1, Search::Random);
    report.train_images = 54_000;
    let page = page(&report, false).unwrap();
    assert!(
        page.contains("fitted to 54\u{a0}000 training images"),
        "{page}"
    );
    let row = "| **toy** | 2 | 1 | 3.0 | 90.00 | 82.56\u{a0}–\u{2060}\u{a0}94.48 | c\u{a0}=\u{a0}2.0 | 900 images |";
    assert!(page.contains(row), "{page}");
    assert!(
        page.contains("| toy | 1 | diverged \\| in epoch 3 |"),
        "{page}"
    );
    assert!(
        page.contains("random search") && !page.contains("less of"),
        "{page}"
    );
    assert!(!page.contains("used up"), "{page}");
}

#[test]
fn a_best_with_less_than_all_images_says_so() {
    let mut called_off = trial(1.0, None, &[]);
    called_off.called_off = true;
    let trials = vec![trial(1.0 / 3.0, Some(0.9), &[]), called_off];
    let page = page(&report(trials, 0, Search::Asha), false).unwrap();
    assert!(
        page.contains("| 300 images (1/3 of its images: no trial with all of them finished) |"),
        "{page}"
    );
    assert!(
        page.contains("1 of the trials had not ended when the seconds were used up"),
        "{page}"
    );
    assert!(page.contains("| **toy** | 2 | 0 |"), "no failure: {page}");
    assert!(page.contains("| toy | c: 1 to 3 | images |"), "{page}");
}

#[test]
fn over_folds_the_page_says_how_trials_were_judged() {
    let trials = vec![trial(1.0, Some(0.9), &[0.85, 0.9, 0.95])];
    let mut report = report(trials, 0, Search::Random);
    let (repeats, folds) = (1, 3);
    report.judged_on = JudgedOn::Folds(Folds { repeats, folds });
    report.judged_images = 1_350;
    let page = page(&report, false).unwrap();
    assert!(
        page.contains("judged by cross-validation, the mean of 3 folds"),
        "{page}"
    );
}
