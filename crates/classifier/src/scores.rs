//! One row of numbers per sample, one column per class.

/// A matrix of shape (samples, classes) in row-major order.
#[derive(Debug, Clone, PartialEq)]
pub struct Scores {
    values: Vec<f32>,
    classes: usize,
}

impl Scores {
    /// Takes `values` as rows of `classes` numbers.
    ///
    /// # Panics
    /// If `classes` is 0 or `values` is not a whole number of rows.
    pub fn new(values: Vec<f32>, classes: usize) -> Self {
        assert!(
            classes > 0 && values.len().is_multiple_of(classes),
            "{} values do not divide into rows of {classes} classes",
            values.len()
        );
        Self { values, classes }
    }

    /// Log-probabilities from logarithms of what is proportional to the probabilities, such as prior ×
    /// likelihood: each row of `logs`, of `classes` numbers, less the logarithm of its sum. A class that is
    /// −∞ stays so.
    ///
    /// # Panics
    /// As [`new`](Self::new).
    pub fn normalised(logs: &[f64], classes: usize) -> Self {
        let rows = logs.chunks(classes).flat_map(|row| {
            let most = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let sum: f64 = row.iter().map(|log| (log - most).exp()).sum();
            row.iter().map(move |log| (log - most - sum.ln()) as f32)
        });
        Self::new(rows.collect(), classes)
    }

    /// Number of columns.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.values.len() / self.classes
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// All values, row by row.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// One row of `classes` numbers per sample.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[f32]> {
        self.values.chunks_exact(self.classes)
    }

    /// The predicted class of each sample: the column of the row's largest value, the first of
    /// equals. NaN never wins against a number.
    pub fn labels(&self) -> Vec<usize> {
        self.rows().map(largest).collect()
    }
}

fn largest(row: &[f32]) -> usize {
    let mut best = 0;
    for (column, &value) in row.iter().enumerate() {
        if value > row[best] || (row[best].is_nan() && !value.is_nan()) {
            best = column;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_equals_wins_and_nan_never() {
        let nan = f32::NAN;
        let values = vec![1.0, 3.0, 3.0, nan, -1.0, nan, nan, nan, nan];
        assert_eq!(Scores::new(values, 3).labels(), [1, 1, 0]);
    }

    #[test]
    fn any_logarithms_become_those_of_probabilities() {
        let none = f64::NEG_INFINITY;
        let scores = Scores::normalised(&[1e9, none, 1e9, -1e9, -1e9 + 3_f64.ln(), none], 3);
        let expected = [0.5, 0.0, 0.5, 0.25, 0.75, 0.0];
        for (log, expected) in scores.values().iter().zip(expected) {
            assert!((log.exp() - expected).abs() < 1e-6, "{log}");
        }
    }
}
