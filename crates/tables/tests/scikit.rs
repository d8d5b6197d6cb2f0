//! Features of a small table are those that scikit-learn makes of it: `scikit.py` wrote `scikit.json`.

use data::Targets;
use serde::Deserialize;
use tables::{Column, Preparation, Settings, Table};

#[derive(Deserialize)]
struct Recorded {
    train: usize,
    numbers: Vec<Option<f64>>,
    ports: Vec<String>,
    features: Vec<Vec<f64>>,
}

#[test]
fn features_are_those_of_scikit_learn() {
    let recorded: Recorded = serde_json::from_str(include_str!("scikit.json")).unwrap();
    let numbers = recorded.numbers.iter();
    let numbers = numbers.map(|x| x.unwrap_or(f64::NAN)).collect();
    let mut names = recorded.ports.clone();
    names.sort_unstable();
    names.dedup();
    let code = |port| names.binary_search(port).ok().map(|code| code as u32);
    let codes: Vec<Option<u32>> = recorded.ports.iter().map(code).collect();
    let columns = vec![
        Column::numbers("n", numbers).unwrap(),
        Column::categories("port", codes, names.into()).unwrap(),
    ];
    let labels = (0..recorded.ports.len()).map(|row| row % 2).collect();
    let classes = ["a", "b"].map(str::to_owned);
    let table = Table::new(columns, Targets::new(labels, classes.into()).unwrap()).unwrap();

    let train: Vec<usize> = (0..recorded.train).collect();
    let preparation = Preparation::learn(&table.select(&train), &Settings::default()).unwrap();
    let samples = preparation.apply(&table).unwrap();
    let expected = recorded.features.concat();
    let values = samples.to_f32();
    assert_eq!(values.len(), expected.len());
    for (index, (value, expected)) in values.iter().zip(&expected).enumerate() {
        let difference = (f64::from(*value) - expected).abs();
        assert!(
            difference < 1e-6,
            "{index}: {value}, scikit-learn {expected}"
        );
    }
}
