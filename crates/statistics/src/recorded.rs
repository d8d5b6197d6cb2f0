//! What the tests of recorded values have in common: the values that tests/recorded.py writes, and how
//! near is near enough.

use serde::de::DeserializeOwned;
use serde_json::Value;

/// The cases under a name in tests/recorded.json: inputs, and what other programs make of them.
///
/// # Panics
/// If there is no such name, or its cases have another shape.
pub(crate) fn recorded<T: DeserializeOwned>(name: &str) -> T {
    let mut all: Value = serde_json::from_str(include_str!("../tests/recorded.json")).unwrap();
    serde_json::from_value(all[name].take()).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Logarithms of the probabilities of 4 classes for 40 samples, and the samples' labels.
pub(crate) fn forty() -> (Vec<f32>, Vec<usize>) {
    recorded("forty")
}

/// # Panics
/// If the two differ by more than a part in ten million.
pub(crate) fn assert_close(actual: f64, expected: f64) {
    assert!(
        (actual - expected).abs() <= 1e-7 * expected.abs(),
        "{actual} is not {expected}"
    );
}

/// Eight copies of every sample, and one copy of one sample more or less: central differences of an area
/// of 4 classes are what `influences` say.
///
/// # Panics
/// If one is not.
pub(crate) fn assert_weights(
    logs: &[f32],
    labels: &[usize],
    influences: &[f64],
    area: impl Fn(&[f32], &[usize]) -> f64,
) {
    assert!(influences.iter().sum::<f64>().abs() < 1e-12);
    for (sample, influence) in influences.iter().enumerate() {
        let with = |copies: usize| {
            let times = |i: usize| if i == sample { copies } else { 8 };
            let chosen = (0..labels.len()).flat_map(|i| std::iter::repeat_n(i, times(i)));
            let (logs, labels): (Vec<_>, Vec<_>) =
                chosen.map(|i| (&logs[4 * i..4 * i + 4], labels[i])).unzip();
            area(&logs.concat(), &labels)
        };
        let slope = (with(9) - with(7)) * 4.0;
        assert!((slope - influence).abs() < 2e-4, "{slope}, {influence}");
    }
}
