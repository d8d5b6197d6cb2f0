//! Predictions are those of scikit-learn's `KNeighborsClassifier`: `scikit.py` wrote `scikit.json`.

use classifier::{FitContext, Recipe};
use data::{Dataset, Samples};
use model_neighbours::{Neighbours, Weights};
use serde::Deserialize;

#[derive(Deserialize)]
struct Recorded {
    digits: Vec<Case>,
    labels: Vec<usize>,
    train: Vec<Vec<f32>>,
    test: Vec<Vec<f32>>,
    rows: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    k: usize,
    weights: Weights,
    predictions: Vec<usize>,
}

fn recorded() -> Recorded {
    serde_json::from_str(include_str!("scikit.json")).unwrap()
}

fn check(train: &Dataset, samples: &Samples, cases: Vec<Case>) {
    for Case {
        k,
        weights,
        predictions,
    } in cases
    {
        let recipe = Neighbours { k, weights };
        let model = recipe.fit(train, &mut FitContext::quiet(1, 1)).unwrap();
        let found = model.scores(samples).labels();
        assert_eq!(found, predictions, "k {k}, {weights:?}");
    }
}

#[test]
fn digits_are_predicted_as_by_scikit_learn() {
    let mnist = catalog::mnist().unwrap();
    let train = mnist.train.select(&(0..2000).collect::<Vec<_>>());
    let samples = mnist.test.samples().slice(0..400);
    check(&train, &samples, recorded().digits);
}

#[test]
fn rows_are_predicted_as_by_scikit_learn() {
    let recorded = recorded();
    let samples = |rows: &[Vec<f32>]| Samples::from_features(5, rows.concat()).unwrap();
    let names = ["a", "b", "c"].map(str::to_owned);
    let train = Dataset::new(samples(&recorded.train), recorded.labels, names.into()).unwrap();
    check(&train, &samples(&recorded.test), recorded.rows);
}
