//! What the model makes of digits, and of features that are no news.

use classifier::{Classifier, FitContext, Recipe, with_threads};
use classifier_conformance::{NO_LAYERS, check_except};
use data::{Dataset, Samples};
use model_discriminant::{DISCRIMINANT, Discriminant, FromData, Shrinkage};

#[test]
fn it_conforms() {
    check_except(&DISCRIMINANT, &[NO_LAYERS]);
}

fn fit(train: &Dataset, shrinkage: Shrinkage) -> Box<dyn Classifier> {
    let fit = || Discriminant { shrinkage }.fit(train, &mut FitContext::quiet(1, 2));
    with_threads(2, fit).unwrap()
}

/// scikit-learn 1.9.1: `LinearDiscriminantAnalysis(solver="lsqr").fit(X / 255, y).score(X_test / 255, y_test)`
/// is 0.8730.
#[test]
fn all_of_mnist_gives_the_accuracy_of_scikit_learn() {
    let mnist = catalog::mnist().unwrap();
    let truth = mnist.test.look();
    let model = fit(&mnist.train, Shrinkage::Value(0.0));
    let labels = model.scores(truth.samples()).labels();
    let right = labels.iter().zip(truth.labels()).filter(|(a, b)| a == b);
    assert_eq!(right.count(), 8730);
}

/// Rows of two features and, if asked for, a copy of the first, a constant, and the sum of both.
fn rows(more: bool) -> Dataset {
    let labels: Vec<usize> = (0..80).map(|i| i % 2).collect();
    let values = labels.iter().enumerate().flat_map(|(i, &label)| {
        let noise = |step: usize| ((i * step) % 17) as f32 / 4.0;
        let (a, b) = (noise(5) + label as f32, noise(11) - label as f32);
        let all = [a, b, a, 7.0, a + b];
        all.into_iter().take(if more { 5 } else { 2 })
    });
    let rows = Samples::from_features(if more { 5 } else { 2 }, values.collect()).unwrap();
    Dataset::new(rows, labels, ["a", "b"].map(str::to_owned).into()).unwrap()
}

#[test]
fn copies_constants_and_sums_change_nothing() {
    let logs = |train: &Dataset| {
        let model = fit(train, Shrinkage::Value(0.0));
        model.log_probabilities(train.samples()).unwrap()
    };
    let (plain, more) = (logs(&rows(false)), logs(&rows(true)));
    for (plain, more) in plain.values().iter().zip(more.values()) {
        assert!((plain - more).abs() < 1e-4, "{plain}, {more}");
    }
}

#[test]
fn a_feature_that_names_the_class_decides() {
    let values = (0..40).flat_map(|i| [(i * 7 % 13) as f32, (i % 2) as f32]);
    let rows = Samples::from_features(2, values.collect()).unwrap();
    let labels: Vec<usize> = (0..40).map(|i| i % 2).collect();
    let train = Dataset::new(rows, labels.clone(), ["a", "b"].map(str::to_owned).into()).unwrap();
    for shrinkage in [Shrinkage::Value(0.0), Shrinkage::FromData(FromData::Auto)] {
        let model = fit(&train, shrinkage);
        assert_eq!(
            model.scores(train.samples()).labels(),
            labels,
            "{shrinkage}"
        );
        let logs = model.log_probabilities(train.samples()).unwrap();
        let right = logs.rows().zip(&labels).map(|(row, &label)| row[label]);
        assert!(right.fold(0.0, f32::min) > -1e-6, "{shrinkage}");
    }
}
