//! Who was taken for whom, and the metrics that follow from it.

use serde::Serialize;

/// Counts of images by true class (rows) and predicted class (columns).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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

/// Precision, recall and F1, averaged over classes.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Averages {
    /// Of precision.
    pub precision: f64,
    /// Of recall.
    pub recall: f64,
    /// Of F1.
    pub f1: f64,
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

    /// The matrix with these counts: one row per true class, one column per predicted class.
    ///
    /// # Panics
    /// If it is not square.
    pub fn from_counts(rows: Vec<Vec<usize>>) -> Self {
        assert!(rows.iter().all(|row| row.len() == rows.len()), "square");
        Self(rows)
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

    /// Precision, recall and F1 averaged over the classes that occur as truth or prediction, each
    /// class counting alike.
    pub fn macro_average(&self) -> Averages {
        let occurs = |class: usize| {
            self.0[class].iter().any(|&n| n > 0) || self.0.iter().any(|row| row[class] > 0)
        };
        self.average(|class, _| f64::from(u8::from(occurs(class))))
    }

    /// Precision, recall and F1 averaged over the classes, each image counting alike.
    pub fn weighted_average(&self) -> Averages {
        self.average(|_, metrics| metrics.support as f64)
    }

    fn average(&self, weight: impl Fn(usize, &ClassMetrics) -> f64) -> Averages {
        let (mut sum, mut weights) = (Averages::default(), 0.0);
        for (class, metrics) in self.per_class().iter().enumerate() {
            let weight = weight(class, metrics);
            sum.precision += weight * metrics.precision;
            sum.recall += weight * metrics.recall;
            sum.f1 += weight * metrics.f1;
            weights += weight;
        }
        if weights > 0.0 {
            for value in [&mut sum.precision, &mut sum.recall, &mut sum.f1] {
                *value /= weights;
            }
        }
        sum
    }

    /// Mean recall of the classes that have images (Brodersen et al. 2010).
    pub fn balanced_accuracy(&self) -> f64 {
        let classes = self.per_class();
        let recalls: Vec<f64> = classes
            .iter()
            .filter(|class| class.support > 0)
            .map(|class| class.recall)
            .collect();
        recalls.iter().sum::<f64>() / recalls.len().max(1) as f64
    }

    /// Cohen's κ (Cohen 1960): accuracy beyond what the class frequencies give by chance, as a share
    /// of what is possible; 0 where nothing is.
    pub fn kappa(&self) -> f64 {
        let n = self.total() as f64;
        let by_chance: f64 = self.marginals().map(|(truth, found)| truth * found).sum();
        quotient(self.correct() as f64 * n - by_chance, n * n - by_chance)
    }

    /// Matthews correlation of truth and prediction, for any number of classes (Gorodkin 2004); 0
    /// where one of the two is constant.
    pub fn matthews(&self) -> f64 {
        let n = self.total() as f64;
        let (mut product, mut truths, mut predictions) = (0.0, 0.0, 0.0);
        for (truth, found) in self.marginals() {
            product += truth * found;
            truths += truth * truth;
            predictions += found * found;
        }
        let covariance = self.correct() as f64 * n - product;
        quotient(
            covariance,
            ((n * n - truths) * (n * n - predictions)).sqrt(),
        )
    }

    /// How often each class is the truth, and how often the prediction.
    fn marginals(&self) -> impl Iterator<Item = (f64, f64)> {
        (0..self.0.len()).map(|class| {
            let truth: usize = self.0[class].iter().sum();
            let found: usize = self.0.iter().map(|row| row[class]).sum();
            (truth as f64, found as f64)
        })
    }
}

fn quotient(part: f64, whole: f64) -> f64 {
    if whole == 0.0 { 0.0 } else { part / whole }
}

fn ratio(part: usize, whole: usize) -> f64 {
    quotient(part as f64, whole as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recorded::recorded;

    /// Truth, predictions, the ten metrics, and precision, recall, F1 and support of each class.
    type Case = (
        Vec<usize>,
        Vec<usize>,
        [f64; 10],
        Vec<(f64, f64, f64, usize)>,
    );

    /// scikit-learn.
    #[test]
    fn metrics_agree_with_scikit_learn() {
        let (truth, predicted, metrics, classes): Case = recorded("confusion");
        let matrix = ConfusionMatrix::count(&truth, &predicted, classes.len());
        let (macros, weighted) = (matrix.macro_average(), matrix.weighted_average());
        let found = [
            matrix.accuracy(),
            matrix.balanced_accuracy(),
            macros.precision,
            macros.recall,
            macros.f1,
            weighted.precision,
            weighted.recall,
            weighted.f1,
            matrix.kappa(),
            matrix.matthews(),
        ];
        for (actual, expected) in found.into_iter().zip(metrics) {
            assert!(
                (actual - expected).abs() < 1e-15,
                "{actual} is not {expected}"
            );
        }
        for (found, (precision, recall, f1, support)) in matrix.per_class().iter().zip(classes) {
            assert!((found.precision - precision).abs() < 1e-15);
            assert!((found.recall - recall).abs() < 1e-15);
            assert!((found.f1 - f1).abs() < 1e-15);
            assert_eq!(found.support, support);
        }
    }

    #[test]
    fn a_class_that_never_occurs_does_not_lower_the_mean() {
        let matrix = ConfusionMatrix::count(&[0, 1, 0], &[0, 1, 0], 5);
        assert!((matrix.macro_average().f1 - 1.0).abs() < 1e-15);
    }

    #[test]
    fn no_images_give_zeros() {
        let matrix = ConfusionMatrix::count(&[], &[], 3);
        assert_eq!(matrix.accuracy(), 0.0);
        assert_eq!(matrix.macro_average(), Averages::default());
        assert_eq!(matrix.weighted_average(), Averages::default());
        assert_eq!((matrix.kappa(), matrix.matthews()), (0.0, 0.0));
        assert_eq!(matrix.balanced_accuracy(), 0.0);
    }
}
