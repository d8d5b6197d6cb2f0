//! Log-probabilities are those of scikit-learn: `scikit.py` wrote `scikit.json`.

use classifier::{FitContext, Recipe};
use data::{Dataset, Samples};
use model_discriminant::{Discriminant, Shrinkage};
use serde::Deserialize;

#[derive(Deserialize)]
struct Recorded {
    labels: Vec<usize>,
    train: Vec<Vec<f32>>,
    test: Vec<Vec<f32>>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    shrinkage: Shrinkage,
    logs: Vec<Vec<f64>>,
}

#[test]
fn log_probabilities_are_those_of_scikit_learn() {
    let recorded: Recorded = serde_json::from_str(include_str!("scikit.json")).unwrap();
    let samples = |rows: &[Vec<f32>]| Samples::from_features(5, rows.concat()).unwrap();
    let names = ["a", "b", "c", "d"].map(str::to_owned);
    let train = Dataset::new(samples(&recorded.train), recorded.labels, names.into()).unwrap();
    for Case { shrinkage, logs } in recorded.cases {
        let recipe = Discriminant { shrinkage };
        let model = recipe.fit(&train, &mut FitContext::quiet(1, 1)).unwrap();
        let found = model.log_probabilities(&samples(&recorded.test)).unwrap();
        assert_eq!(found.len(), logs.len());
        for (&found, expected) in found.values().iter().zip(logs.concat()) {
            let difference = (f64::from(found) - expected).abs();
            assert!(
                difference < 1e-6 * expected.abs().max(1.0),
                "{shrinkage}: {found}, scikit-learn {expected}"
            );
        }
    }
}
