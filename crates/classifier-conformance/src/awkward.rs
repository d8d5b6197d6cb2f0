//! The checks on data that are awkward: a model learns from them, or declines with a reason; it never
//! panics, and never answers with what is no number.

use crate::checks::count_right;
use crate::fit::{fit, try_fit};
use crate::stripes;
use classifier::{Cancellation, Classifier, FitError, ModelEntry, Scores, Silent, with_threads};
use data::{Dataset, Samples};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

/// Rows of features and their classes, named by number.
fn rows(width: usize, values: Vec<f32>, labels: Vec<usize>, classes: usize) -> Dataset {
    let samples = Samples::from_features(width, values).expect("whole rows");
    let names: Vec<String> = (0..classes).map(|class| class.to_string()).collect();
    Dataset::new(samples, labels, names.into()).expect("labels within the classes")
}

/// The model, or why it declined.
fn fit_or_decline(model: &ModelEntry, data: &Dataset) -> Result<Box<dyn Classifier>, String> {
    match try_fit(model, data, Cancellation::default(), &mut Silent) {
        Ok(fitted) => Ok(fitted),
        Err(FitError::Cancelled(_)) => panic!("cancelled, though nobody asked"),
        Err(error) => Err(error.to_string()),
    }
}

fn learns(model: &ModelEntry, data: &Dataset) -> Option<String> {
    let fitted = match fit_or_decline(model, data) {
        Ok(fitted) => fitted,
        Err(reason) => return Some(reason),
    };
    let scores = with_threads(1, || fitted.scores(data.samples()));
    all_numbers(&scores);
    let right = count_right(&scores, data.labels());
    assert!(
        right > data.len() * 8 / 10,
        "{right} of {} rows are right",
        data.len()
    );
    None
}

pub(crate) fn all_numbers(scores: &Scores) {
    let numbers = scores.values().iter().all(|score| !score.is_nan());
    assert!(numbers, "a score is no number");
}

/// Two classes on either side of 0.
pub(crate) fn one_feature(model: &ModelEntry) -> Option<String> {
    let labels: Vec<usize> = (0..60).map(|i| i % 2).collect();
    let place = |(i, label): (usize, &usize)| {
        let side = if *label == 0 { -1.0 } else { 1.0 };
        side * (1.0 + (i % 7) as f32 / 7.0)
    };
    let values = labels.iter().enumerate().map(place).collect();
    learns(model, &rows(1, values, labels, 2))
}

/// The stripes beside features that are 0, that are 7, and that are there twice.
pub(crate) fn useless_features(model: &ModelEntry) -> Option<String> {
    let data = stripes();
    let values = data.samples().to_f32();
    let with_useless = values
        .chunks_exact(15)
        .flat_map(|row| [row, &[0.0, 7.0, row[0], row[0]]].concat());
    learns(
        model,
        &rows(19, with_useless.collect(), data.labels().to_vec(), 4),
    )
}

/// As few rows as can be, and a class in the middle that has none.
pub(crate) fn one_row_per_class(model: &ModelEntry) {
    let data = rows(2, vec![0.0, 1.0, 1.0, 0.0, 2.0, 2.0], vec![0, 1, 3], 4);
    if let Ok(fitted) = fit_or_decline(model, &data) {
        let scores = with_threads(1, || fitted.scores(data.samples()));
        assert_eq!(scores.classes(), 4, "columns of the scores");
        all_numbers(&scores);
        let absent = scores.labels().contains(&2);
        assert!(!absent, "a class that was never seen is predicted");
    }
}

/// The stripes, so small and so large that their squares are 0 and infinite in single precision.
pub(crate) fn extreme_scales(model: &ModelEntry) {
    for scale in [1e-30, 1e30] {
        let data = stripes();
        let values = data.samples().to_f32();
        let scaled = values.iter().map(|value| value * scale).collect();
        let data = rows(15, scaled, data.labels().to_vec(), 4);
        if let Ok(fitted) = fit_or_decline(model, &data) {
            with_threads(1, || all_numbers(&fitted.scores(data.samples())));
            if let Some(logs) = with_threads(1, || fitted.log_probabilities(data.samples())) {
                all_numbers(&logs);
            }
        }
    }
}

/// A fitted model is asked for rows of another width.
pub(crate) fn other_widths(model: &ModelEntry) {
    let data = stripes();
    let fitted = fit(model, &data);
    for width in [1, 14, 16] {
        let other = rows(width, vec![0.5; 4 * width], vec![0; 4], 4);
        let asked = AssertUnwindSafe(|| with_threads(1, || fitted.scores(other.samples())));
        assert!(
            catch_unwind(asked).is_err(),
            "it answers rows of {width} features after it learnt from 15"
        );
    }
}

/// Several threads ask at once.
pub(crate) fn at_once(model: &ModelEntry) {
    let data = stripes();
    let fitted = fit(model, &data);
    let bits = || -> Vec<u32> {
        let scores = with_threads(1, || fitted.scores(data.samples()));
        scores
            .values()
            .iter()
            .map(|score| score.to_bits())
            .collect()
    };
    let alone = bits();
    thread::scope(|scope| {
        let asking: Vec<_> = (0..4).map(|_| scope.spawn(bits)).collect();
        for answer in asking {
            let answer = answer.join().expect("no thread panics");
            assert!(answer == alone, "asked by several threads, other bits");
        }
    });
}

/// Some rows alone, in another order, are scored as among all.
pub(crate) fn subset(model: &ModelEntry) {
    let data = stripes();
    let fitted = fit(model, &data);
    let scores = |samples: &Samples| with_threads(1, || fitted.scores(samples));
    let all = scores(data.samples());
    let chosen = [41, 3, 17, 58, 0];
    let some = scores(&data.samples().select(&chosen));
    for (row, from) in some.rows().zip(chosen) {
        let among_all = all.rows().nth(from).expect("a row for each sample");
        // A class that cannot be is −∞ in both.
        let near =
            |(a, b): (&f32, &f32)| a == b || (a - b).abs() <= 1e-4 * (1.0 + a.abs().max(b.abs()));
        assert!(
            row.iter().zip(among_all).all(near),
            "row {from} alone is scored {row:?}, among all {among_all:?}"
        );
    }
}
