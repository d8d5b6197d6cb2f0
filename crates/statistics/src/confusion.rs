//! Who was taken for whom, and the metrics that follow from it.

use serde::{Deserialize, Serialize};

/// Counts of images by true class (rows) and predicted class (columns).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ConfusionMatrix(Vec<Vec<usize>>);

/// How well one class is recognised. A ratio without denominator is 0, as in scikit-learn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClassMetrics {
    /// Of the images predicted as this class, the share that are.
    pub precision: f64,
    /// Of the images of this class, the share that were found.
    pub recall: f64,
    /// Harmonic mean of precision and recall.
    pub f1: f64,
    /// Images of this class.
    pub support: usize,
}

impl ConfusionMatrix {
    /// Counts pairs of true and predicted class.
    ///
    /// # Panics
    /// If the slices differ in length or a class is not below `classes`.
    pub fn count(truth: &[usize], predicted: &[usize], classes: usize) -> Self {
        assert_eq!(truth.len(), predicted.len(), "one prediction per image");
        let mut counts = vec![vec![0; classes]; classes];
        for (&truth, &predicted) in truth.iter().zip(predicted) {
            counts[truth][predicted] += 1;
        }
        Self(counts)
    }

    /// One row per true class, one column per predicted class.
    pub fn rows(&self) -> &[Vec<usize>] {
        &self.0
    }

    /// Number of images.
    pub fn total(&self) -> usize {
        self.0.iter().flatten().sum()
    }

    /// Images whose class was predicted.
    pub fn correct(&self) -> usize {
        (0..self.0.len()).map(|class| self.0[class][class]).sum()
    }

    /// Share of images whose class was predicted; 0 without images.
    pub fn accuracy(&self) -> f64 {
        ratio(self.correct(), self.total())
    }

    /// Precision, recall and F1 of each class.
    pub fn per_class(&self) -> Vec<ClassMetrics> {
        (0..self.0.len())
            .map(|class| {
                let found = self.0[class][class];
                let support = self.0[class].iter().sum();
                let predicted = self.0.iter().map(|row| row[class]).sum();
                ClassMetrics {
                    precision: ratio(found, predicted),
                    recall: ratio(found, support),
                    f1: ratio(2 * found, predicted + support),
                    support,
                }
            })
            .collect()
    }

    /// Mean F1 of the classes that occur as truth or prediction.
    pub fn macro_f1(&self) -> f64 {
        let occurs = |class: usize| {
            self.0[class].iter().any(|&n| n > 0) || self.0.iter().any(|row| row[class] > 0)
        };
        let scores: Vec<f64> = self
            .per_class()
            .iter()
            .enumerate()
            .filter(|(class, _)| occurs(*class))
            .map(|(_, metrics)| metrics.f1)
            .collect();
        if scores.is_empty() {
            return 0.0;
        }
        scores.iter().sum::<f64>() / scores.len() as f64
    }
}

fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRUTH: [usize; 10] = [0, 0, 0, 1, 1, 1, 1, 2, 2, 2];
    const PREDICTED: [usize; 10] = [0, 0, 1, 1, 1, 1, 3, 2, 0, 1];

    /// ```python
    /// from sklearn.metrics import accuracy_score, f1_score, precision_recall_fscore_support
    /// t = [0, 0, 0, 1, 1, 1, 1, 2, 2, 2]; p = [0, 0, 1, 1, 1, 1, 3, 2, 0, 1]
    /// accuracy_score(t, p), f1_score(t, p, average="macro", zero_division=0)
    /// precision_recall_fscore_support(t, p, zero_division=0)
    /// ```
    #[test]
    fn metrics_agree_with_scikit_learn() {
        let matrix = ConfusionMatrix::count(&TRUTH, &PREDICTED, 4);
        assert!((matrix.accuracy() - 0.6).abs() < 1e-15);
        assert!(
            (matrix.macro_f1() - 0.4583333333333333).abs() < 1e-15,
            "{}",
            matrix.macro_f1()
        );
        let expected = [
            (
                0.6666666666666666,
                0.6666666666666666,
                0.6666666666666666,
                3,
            ),
            (0.6, 0.75, 0.6666666666666666, 4),
            (1.0, 0.3333333333333333, 0.5, 3),
            (0.0, 0.0, 0.0, 0),
        ];
        for (metrics, (precision, recall, f1, support)) in matrix.per_class().iter().zip(expected) {
            assert!((metrics.precision - precision).abs() < 1e-15);
            assert!((metrics.recall - recall).abs() < 1e-15);
            assert!((metrics.f1 - f1).abs() < 1e-15);
            assert_eq!(metrics.support, support);
        }
    }

    #[test]
    fn a_class_that_never_occurs_does_not_lower_the_mean() {
        let matrix = ConfusionMatrix::count(&[0, 1, 0], &[0, 1, 0], 5);
        assert!((matrix.macro_f1() - 1.0).abs() < 1e-15);
    }

    #[test]
    fn no_images_give_zeros() {
        let matrix = ConfusionMatrix::count(&[], &[], 3);
        assert_eq!((matrix.accuracy(), matrix.macro_f1()), (0.0, 0.0));
    }
}
