//! What a model says of each sample, checked.

use crate::error::{PredictionError, listed};
use crate::file::{Columns, Names, Probabilities};
use crate::spelling::class_place;
use catalog::shown;

/// How far the probabilities of a sample may sum up to something else than 1: as far as those that are
/// written with three digits.
pub(crate) const TOLERANCE: f64 = 1e-3;

/// Of each sample in the order of the truth.
#[derive(Debug)]
pub(crate) struct Answers {
    pub(crate) predictions: Vec<u16>,
    /// Natural logarithms, shape (samples, classes).
    pub(crate) log_probabilities: Option<Vec<f32>>,
}

impl Answers {
    /// Of the samples that are in these rows.
    pub(crate) fn new(
        columns: &Columns,
        rows: &[u32],
        classes: &[String],
    ) -> Result<Self, PredictionError> {
        let logs = columns.probabilities.as_ref();
        let logs = logs.map(|all| log_probabilities(columns, all, rows, classes));
        let log_probabilities = logs.transpose()?;
        let predictions = match (&columns.prediction, &log_probabilities) {
            (Some(names), _) => predictions(columns, names, rows, classes)?,
            (None, Some(logs)) => logs.chunks_exact(classes.len()).map(largest).collect(),
            (None, None) => Vec::new(),
        };
        Ok(Self {
            predictions,
            log_probabilities,
        })
    }

    /// How many answers are not the class of the highest probability.
    pub(crate) fn against_probabilities(&self, classes: usize) -> usize {
        let logs = self.log_probabilities.as_deref().unwrap_or_default();
        let of_samples = logs.chunks_exact(classes).zip(&self.predictions);
        let is_against = |(logs, class): &(&[f32], &u16)| {
            let own = logs[usize::from(**class)];
            logs.iter().any(|other| *other > own)
        };
        of_samples.filter(is_against).count()
    }
}

/// The place of the largest value, the first of equals.
fn largest(values: &[f32]) -> u16 {
    let mut best = 0;
    for (place, value) in values.iter().enumerate() {
        if *value > values[best] {
            best = place;
        }
    }
    best as u16
}

fn predictions(
    columns: &Columns,
    names: &Names,
    rows: &[u32],
    classes: &[String],
) -> Result<Vec<u16>, PredictionError> {
    let place = |name: &String| class_place(name, classes);
    let of_code: Vec<Option<usize>> = names.names.iter().map(place).collect();
    let class = |&row: &u32| {
        let row = row as usize;
        let wrong = |reason: String| PredictionError::row(&columns.path, row, reason);
        let code = names.codes[row].ok_or_else(|| wrong("the prediction is missing".to_owned()))?;
        let class = of_code[code as usize].ok_or_else(|| {
            wrong(format!(
                "class {} is unknown; the truth has {}",
                shown(&names.names[code as usize]),
                listed(classes)
            ))
        })?;
        Ok(class as u16)
    };
    rows.iter().map(class).collect()
}

fn log_probabilities(
    columns: &Columns,
    all: &Probabilities,
    rows: &[u32],
    classes: &[String],
) -> Result<Vec<f32>, PredictionError> {
    let mut logs = Vec::with_capacity(rows.len() * classes.len());
    for &row in rows {
        let mut sum = 0.0;
        for (class, probability) in all.row(row as usize, classes.len()).enumerate() {
            // NaN is not in the range either.
            if !(0.0..=1.0 + TOLERANCE).contains(&probability) {
                let reason = format!(
                    "the probability of class {} is {probability}; it must be from 0 to 1",
                    shown(&classes[class])
                );
                return Err(PredictionError::row(&columns.path, row as usize, reason));
            }
            sum += probability;
            logs.push(probability.ln() as f32);
        }
        if (sum - 1.0).abs() > TOLERANCE {
            let reason = format!(
                "the probabilities sum up to {sum}; that must be 1, give or take {TOLERANCE}"
            );
            return Err(PredictionError::row(&columns.path, row as usize, reason));
        }
    }
    Ok(logs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_equal_probabilities_the_first_class_is_the_answer() {
        assert_eq!(largest(&[-1.0, -0.5, -0.5]), 1);
        assert_eq!(largest(&[0.0]), 0);
        assert_eq!(largest(&[f32::NEG_INFINITY, 0.0]), 1);
    }

    #[test]
    fn answers_stand_in_the_order_of_the_truth() {
        let columns = Columns {
            rows: 2,
            probabilities: Some(Probabilities::Matrix(vec![0.25, 0.75, 1.0, 0.0])),
            ..Columns::default()
        };
        let classes = ["a", "b"].map(str::to_owned);
        let answers = Answers::new(&columns, &[1, 0], &classes).unwrap();
        assert_eq!(answers.predictions, [0, 1]);
        let logs = answers.log_probabilities.unwrap();
        assert_eq!(logs[..2], [0.0, f32::NEG_INFINITY]);
        assert!((logs[3] - 0.75_f32.ln()).abs() < 1e-6);
    }

    #[test]
    fn answers_against_their_own_probabilities_are_counted() {
        let [half, more, less] = [0.5_f32, 0.6, 0.4].map(f32::ln);
        let answers = Answers {
            predictions: vec![0, 1, 1],
            log_probabilities: Some(vec![less, more, half, half, less, more]),
        };
        assert_eq!(answers.against_probabilities(2), 1);
        let without = Answers {
            log_probabilities: None,
            ..answers
        };
        assert_eq!(without.against_probabilities(2), 0);
    }
}
