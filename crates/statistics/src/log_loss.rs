//! How surprised a model was by the truth.

/// Mean negative log-probability of the true classes, in nats. It takes logarithms, because a
/// confident mistake has a probability that underflows to 0.
///
/// # Shapes
/// - `log_probabilities`: (images, classes) in row-major order
/// - `labels`: (images), each below `classes`
///
/// # Panics
/// If the slices do not fit each other.
pub fn log_loss(log_probabilities: &[f32], labels: &[usize]) -> f64 {
    if labels.is_empty() {
        return 0.0;
    }
    let classes = log_probabilities.len() / labels.len();
    assert_eq!(
        classes * labels.len(),
        log_probabilities.len(),
        "one row per label"
    );
    let rows = log_probabilities.chunks_exact(classes).zip(labels);
    let sum: f64 = rows.map(|(row, &label)| -f64::from(row[label])).sum();
    sum / labels.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ```python
    /// sklearn.metrics.log_loss([0, 2, 1], [[.7, .2, .1], [.05, .05, .9], [.4, .35, .25]])
    /// ```
    #[test]
    fn agrees_with_scikit_learn() {
        let probabilities = [0.7_f32, 0.2, 0.1, 0.05, 0.05, 0.9, 0.4, 0.35, 0.25];
        let logs = probabilities.map(f32::ln);
        let loss = log_loss(&logs, &[0, 2, 1]);
        assert!((loss - 0.503_952_528_031_745_5).abs() < 1e-7, "{loss}");
    }

    #[test]
    fn an_underflown_probability_is_still_finite() {
        assert!((log_loss(&[-500.0, 0.0], &[0]) - 500.0).abs() < 1e-12);
    }
}
