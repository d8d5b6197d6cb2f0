//! The checks, one function each.

use crate::fit::{fit, fit_with, try_fit};
use crate::{NO_LAYERS, NO_PROBABILITIES, NOT_LINEAR, digits, stripes};
use classifier::{Cancellation, Classifier, FitError, LinearWeights, ModelEntry, Scores, Silent};
use data::{Dataset, Samples};

pub(crate) fn documented(model: &ModelEntry) {
    let preset = (model.preset)();
    for parameter in preset.parameters() {
        assert!(
            !parameter.help.is_empty(),
            "{} has no documentation",
            parameter.name
        );
    }
    if let Err(error) = preset.with(&preset.values()) {
        panic!("the defaults are refused: {error}");
    }
}

pub(crate) fn shapes(model: &ModelEntry) {
    let [train, test] = digits();
    let classifier = fit(model, &train);
    for images in [
        test.samples().clone(),
        test.samples().slice(0..1),
        test.samples().slice(0..0),
    ] {
        let scores = classifier.scores(&images);
        assert_eq!(scores.len(), images.len(), "rows of the scores");
        assert_eq!(scores.classes(), 10, "columns of the scores");
        if let Some(probabilities) = classifier.log_probabilities(&images) {
            assert_eq!(
                probabilities.len(),
                images.len(),
                "rows of the probabilities"
            );
            assert_eq!(probabilities.classes(), 10, "columns of the probabilities");
        }
    }
    assert!(classifier.parameter_count() > 0, "no parameters");
}

pub(crate) fn any_data(model: &ModelEntry) {
    let data = stripes();
    let scores = fit(model, &data).scores(data.samples());
    assert_eq!(scores.classes(), 4, "columns of the scores");
    let right = count_right(&scores, data.labels());
    assert!(
        right > data.len() * 8 / 10,
        "{right} of {} stripes are right",
        data.len()
    );
}

pub(crate) fn reproducible(model: &ModelEntry) {
    let [train, test] = digits();
    let bits = |seed, threads| {
        let classifier = fit_with(model, &train, seed, threads);
        let scores = classifier.scores(test.samples());
        scores
            .values()
            .iter()
            .map(|value| value.to_bits())
            .collect::<Vec<_>>()
    };
    let first = bits(1, 1);
    assert!(
        first == bits(1, 1),
        "fitted again on one thread, other bits"
    );
    assert!(first == bits(1, 2), "fitted on two threads, other bits");
    if !(model.preset)().is_stochastic() {
        assert!(
            first == bits(2, 1),
            "it says it is not stochastic; with another seed, other bits"
        );
    }
}

pub(crate) fn order_of_test_images(model: &ModelEntry) {
    let [train, test] = digits();
    let classifier = fit(model, &train);
    let backwards: Vec<usize> = (0..test.len()).rev().collect();
    let mut reversed = classifier
        .scores(&test.samples().select(&backwards))
        .labels();
    reversed.reverse();
    assert!(
        reversed == classifier.scores(test.samples()).labels(),
        "reversing the test images changes predictions"
    );
    let alone = classifier.scores(&test.samples().slice(0..1)).labels();
    assert_eq!(alone[0], reversed[0], "the first image alone");
}

pub(crate) fn probabilities(model: &ModelEntry) -> Option<String> {
    let [train, test] = digits();
    let classifier = fit(model, &train);
    let Some(logs) = classifier.log_probabilities(test.samples()) else {
        return Some(NO_PROBABILITIES.1.to_owned());
    };
    for (image, row) in logs.rows().enumerate() {
        let sum: f64 = row.iter().map(|log| f64::from(*log).exp()).sum();
        assert!(
            (sum - 1.0).abs() < 1e-5,
            "probabilities of image {image} sum to {sum}"
        );
    }
    assert!(
        logs.labels() == classifier.scores(test.samples()).labels(),
        "scores and probabilities name different classes"
    );
    None
}

pub(crate) fn together(model: &ModelEntry) {
    let [train, test] = digits();
    let classifier = fit(model, &train);
    for images in [test.samples().clone(), test.samples().slice(0..1)] {
        let bits = |scores: Scores| -> Vec<u32> {
            scores
                .values()
                .iter()
                .map(|score| score.to_bits())
                .collect()
        };
        let (scores, logs) = classifier.scores_and_log_probabilities(&images);
        assert!(
            bits(scores) == bits(classifier.scores(&images)),
            "other scores beside probabilities than alone"
        );
        assert!(
            logs.map(bits) == classifier.log_probabilities(&images).map(bits),
            "other probabilities beside scores than alone"
        );
    }
}

pub(crate) fn linear_weights(model: &ModelEntry) -> Option<String> {
    let [train, test] = digits();
    let classifier = fit(model, &train);
    let Some(linear) = classifier.linear_weights() else {
        return Some(NOT_LINEAR.1.to_owned());
    };
    let same = affine(&linear, test.samples()).labels();
    assert!(
        same == classifier.scores(test.samples()).labels(),
        "xW + b names other classes than the scores"
    );
    None
}

pub(crate) fn layers(model: &ModelEntry) -> Option<String> {
    let [train, test] = digits();
    let classifier = fit(model, &train);
    let Some(layers) = classifier.layers() else {
        return Some(NO_LAYERS.1.to_owned());
    };
    check_layers(&*classifier, &layers, test.samples());
    None
}

/// The layers one after another, in `f64`, are the scores, and their softmax the probabilities.
fn check_layers(classifier: &dyn Classifier, layers: &[LinearWeights], images: &Samples) {
    let mut values: Vec<f64> = images.to_f32().iter().map(|&value| value.into()).collect();
    let mut width = images.features();
    for (number, layer) in layers.iter().enumerate() {
        let floor = if number == 0 { f64::NEG_INFINITY } else { 0.0 };
        let rows = values.chunks_exact(width);
        values = rows.flat_map(|row| affine_row(layer, row, floor)).collect();
        width = layer.biases.len();
    }
    let close = |found: &Scores, what: &str| {
        for (&found, &expected) in found.values().iter().zip(&values) {
            let error = (f64::from(found) - expected).abs();
            assert!(
                error <= 1e-4 * expected.abs().max(1.0),
                "{what} are not those of the layers"
            );
        }
    };
    close(&classifier.scores(images), "scores");
    if let Some(logs) = classifier.log_probabilities(images) {
        let expected = Scores::normalised(&values, width);
        values = expected.values().iter().map(|&log| log.into()).collect();
        let close = |(&found, &expected): (&f32, &f64)| {
            (f64::from(found) - expected).abs() <= 1e-4 * expected.abs().max(1.0)
        };
        let mut pairs = logs.values().iter().zip(&values);
        assert!(
            pairs.all(close),
            "probabilities are not the softmax of the layers"
        );
    }
}

/// xW + b of a row whose values are at least `floor`.
fn affine_row(layer: &LinearWeights, row: &[f64], floor: f64) -> Vec<f64> {
    let classes = layer.biases.len();
    let mut sums: Vec<f64> = layer.biases.iter().map(|&bias| bias.into()).collect();
    for (x, weights) in row.iter().zip(layer.weights.chunks_exact(classes)) {
        for (sum, &weight) in sums.iter_mut().zip(weights) {
            *sum += x.max(floor) * f64::from(weight);
        }
    }
    sums
}

pub(crate) fn empty_data(model: &ModelEntry) {
    let [train, _] = digits();
    assert!(
        matches!(
            fit_quietly(model, &train.select(&[])),
            Err(FitError::Data(_))
        ),
        "no images must be refused as unusable data"
    );
}

pub(crate) fn not_finite(model: &ModelEntry) {
    let good = stripes();
    for poison in [f32::NAN, f32::INFINITY] {
        let mut features = good.samples().to_f32().into_owned();
        features[100] = poison;
        let images = Samples::from_features(15, features)
            .and_then(|rows| rows.into_pictures(good.samples().shown_shape()))
            .expect("rows of 15 features");
        let bad = Dataset::new(images, good.labels().to_vec(), good.class_names().clone());
        assert!(
            matches!(
                fit_quietly(model, &bad.expect("labels fit")),
                Err(FitError::Data(_))
            ),
            "{poison} must be refused as unusable data"
        );
    }
}

pub(crate) fn beats_majority(model: &ModelEntry) {
    let [train, test] = digits();
    let right = count_right(&fit(model, &train).scores(test.samples()), test.labels());
    let majority = test.class_counts().into_iter().max().unwrap_or(0);
    assert!(
        right > majority,
        "{right} of {} right; the majority class has {majority}",
        test.len()
    );
}

fn fit_quietly(model: &ModelEntry, train: &Dataset) -> Result<Box<dyn Classifier>, FitError> {
    try_fit(model, train, Cancellation::default(), &mut Silent)
}

pub(crate) fn count_right(scores: &Scores, labels: &[usize]) -> usize {
    scores
        .labels()
        .iter()
        .zip(labels)
        .filter(|(a, b)| a == b)
        .count()
}

/// xW + b in f64.
fn affine(linear: &LinearWeights, images: &Samples) -> Scores {
    let classes = linear.biases.len();
    let values = images.to_f32();
    let rows = values.chunks_exact(images.features()).flat_map(|image| {
        (0..classes).map(|k| {
            let products = image.iter().enumerate();
            let sum: f64 = products
                .map(|(j, x)| f64::from(*x) * f64::from(linear.weights[j * classes + k]))
                .sum();
            (sum + f64::from(linear.biases[k])) as f32
        })
    });
    Scores::new(rows.collect(), classes)
}
