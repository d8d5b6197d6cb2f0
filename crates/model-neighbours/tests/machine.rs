//! What the model promises, on digits.

use classifier::{FitContext, FitError, Recipe, with_threads};
use classifier_conformance::{NO_LAYERS, NOT_LINEAR, check_except};
use data::{Dataset, PictureShape, Samples};
use model_neighbours::{NEIGHBOURS, Neighbours, Weights};

#[test]
fn it_conforms() {
    check_except(&NEIGHBOURS, &[NOT_LINEAR, NO_LAYERS]);
}

const UNIFORM: Neighbours = Neighbours {
    k: 3,
    weights: Weights::Uniform,
};

/// scikit-learn 1.9.1: `KNeighborsClassifier(3, algorithm="brute").fit(X, y).score(X_test, y_test)` is 0.9705.
#[test]
fn all_of_mnist_gives_the_accuracy_of_scikit_learn() {
    let mnist = catalog::mnist().unwrap();
    let truth = mnist.test.look();
    let model = UNIFORM
        .fit(&mnist.train, &mut FitContext::quiet(1, 2))
        .unwrap();
    let labels = with_threads(2, || model.scores(truth.samples())).labels();
    let right = labels.iter().zip(truth.labels()).filter(|(a, b)| a == b);
    assert_eq!(right.count(), 9705);
}

/// The same numbers as pixels and as real features, in training and in prediction.
#[test]
fn pixels_and_reals_are_predicted_alike() {
    let [train, test] = classifier_conformance::digits();
    let reals = |samples: &Samples| {
        Samples::from_features(samples.features(), samples.to_f32().into_owned()).unwrap()
    };
    let (labels, names) = (train.labels().to_vec(), train.class_names().clone());
    let real_train = Dataset::new(reals(train.samples()), labels, names).unwrap();
    let fit = |train: &Dataset| UNIFORM.fit(train, &mut FitContext::quiet(1, 1)).unwrap();
    let (of_pixels, of_reals) = (fit(&train), fit(&real_train));
    let expected = of_pixels.scores(test.samples());
    assert_eq!(of_pixels.scores(&reals(test.samples())), expected);
    assert_eq!(of_reals.scores(test.samples()), expected);
    assert_eq!(of_reals.scores(&reals(test.samples())), expected);
}

#[test]
fn of_training_samples_at_the_same_distance_the_first_vote() {
    let shape = PictureShape {
        rows: 1,
        columns: 1,
    };
    let pixels = |pixels: &[u8]| Samples::from_pixels(shape, pixels.to_vec()).unwrap();
    let names = ["a", "b", "c"].map(str::to_owned);
    let train = Dataset::new(pixels(&[12, 8, 12, 90]), vec![2, 1, 0, 0], names.into()).unwrap();
    let label = |k| {
        let weights = Weights::Uniform;
        let recipe = Neighbours { k, weights };
        let model = recipe.fit(&train, &mut FitContext::quiet(1, 1)).unwrap();
        model.scores(&pixels(&[10])).labels()[0]
    };
    // The nearest is the first of three; among one vote each, the first class wins.
    assert_eq!((label(1), label(2), label(3)), (2, 1, 0));
}

#[test]
fn more_neighbours_than_samples_are_refused() {
    let [train, _] = classifier_conformance::digits();
    let recipe = Neighbours {
        k: 1001,
        weights: Weights::Uniform,
    };
    let error = recipe.fit(&train, &mut FitContext::quiet(1, 1)).err();
    assert!(matches!(error, Some(FitError::Parameter(_))), "{error:?}");
    assert_eq!(
        error.map(|error| error.to_string()).unwrap_or_default(),
        "k = 1001: expected no more than there are training samples"
    );
}
