//! What the tests of recorded values have in common: data that tests/recorded.py computes in the same way,
//! and how near is near enough.

/// Logarithms of the probabilities of 4 classes for 40 images, and the images' labels.
pub(crate) fn forty() -> (Vec<f32>, Vec<usize>) {
    let labels: Vec<usize> = (0..40).map(|i| (i * i + i / 3) % 4).collect();
    let mut logs = Vec::new();
    for (i, &label) in labels.iter().enumerate() {
        let logits: Vec<f64> = (0..4)
            .map(|j| {
                let truth = f64::from(u8::from(j == label));
                2.0 * ((3 * i + 7 * j + 1) as f64).sin() + 0.8 * truth
            })
            .collect();
        let total = logits.iter().map(|logit| logit.exp()).sum::<f64>().ln();
        logs.extend(logits.iter().map(|logit| (logit - total) as f32));
    }
    (logs, labels)
}

/// # Panics
/// If the two differ by more than a part in ten million.
pub(crate) fn assert_close(actual: f64, expected: f64) {
    assert!(
        (actual - expected).abs() <= 1e-7 * expected.abs(),
        "{actual} is not {expected}"
    );
}
