//! How often each class occurs, is predicted and is found: what metrics of predictions need.
//!
//! The whole confusion matrix says the same at the square of the cost: with 256 classes and two
//! thousand drawn test sets that is hours.

/// The most classes whose square numbers can be counted in 16 bits.
pub(crate) const MOST_IN_CELLS: usize = 256;

/// The place of a truth and a prediction among all pairs of up to [`MOST_IN_CELLS`] classes.
pub(crate) fn cell([truth, predicted]: [u16; 2], classes: usize) -> u16 {
    (usize::from(truth) * classes + usize::from(predicted)) as u16
}

/// How often each number below `size` is among `codes`, each so many times.
pub(crate) fn tally(codes: &[u16], times: &[u32], size: usize) -> Vec<usize> {
    // Four tables in turn: neighbours are often of one code, and would wait for each other.
    const TABLES: usize = 4;
    let mut tables = vec![0_u32; TABLES * size];
    let (fours, rest) = codes.as_chunks::<TABLES>();
    let (times_of_fours, times_of_rest) = times.as_chunks::<TABLES>();
    for (codes, times) in fours.iter().zip(times_of_fours) {
        for table in 0..TABLES {
            tables[table * size + usize::from(codes[table])] += times[table];
        }
    }
    for (&code, &times) in rest.iter().zip(times_of_rest) {
        tables[usize::from(code)] += times;
    }
    let of_code = |code| (0..TABLES).map(move |table| table * size + code);
    let sum = |code| of_code(code).map(|at| tables[at] as usize).sum();
    (0..size).map(sum).collect()
}

/// Counts of a test set, by class.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Counts {
    /// Images of the class that were predicted to be of it.
    found: Vec<usize>,
    /// Images of the class.
    support: Vec<usize>,
    /// Images that were predicted to be of it.
    predicted: Vec<usize>,
    correct: usize,
    total: usize,
}

impl Counts {
    /// Of images with their truth and prediction, each so many times.
    pub(crate) fn new(answers: &[[u16; 2]], times: &[u32], classes: usize) -> Self {
        let mut counts = Self {
            found: vec![0; classes],
            support: vec![0; classes],
            predicted: vec![0; classes],
            correct: 0,
            total: 0,
        };
        for (&[truth, predicted], &times) in answers.iter().zip(times) {
            let times = times as usize;
            counts.support[usize::from(truth)] += times;
            counts.predicted[usize::from(predicted)] += times;
            if truth == predicted {
                counts.found[usize::from(truth)] += times;
            }
        }
        counts.summed()
    }

    /// The same of images by their [`cell`], each so many times: one number is read for each image
    /// in place of two.
    pub(crate) fn of_cells(cells: &[u16], times: &[u32], classes: usize) -> Self {
        Self::of_table(&tally(cells, times, classes * classes), classes)
    }

    /// Of how often each [`cell`] occurs.
    pub(crate) fn of_table(table: &[usize], classes: usize) -> Self {
        let mut counts = Self {
            found: vec![0; classes],
            support: vec![0; classes],
            predicted: vec![0; classes],
            correct: 0,
            total: 0,
        };
        for truth in 0..classes {
            for predicted in 0..classes {
                let times = table[usize::from(cell([truth as u16, predicted as u16], classes))];
                counts.support[truth] += times;
                counts.predicted[predicted] += times;
                if truth == predicted {
                    counts.found[truth] = times;
                }
            }
        }
        counts.summed()
    }

    fn summed(mut self) -> Self {
        self.correct = self.found.iter().sum();
        self.total = self.support.iter().sum();
        self
    }

    pub(crate) fn accuracy(&self) -> f64 {
        quotient(self.correct as f64, self.total as f64)
    }

    /// Of class `i`: tp / (tp + fp).
    fn precision(&self, i: usize) -> f64 {
        quotient(self.found[i] as f64, self.predicted[i] as f64)
    }

    /// tp / (tp + fn).
    fn recall(&self, i: usize) -> f64 {
        quotient(self.found[i] as f64, self.support[i] as f64)
    }

    /// 2 tp / (2 tp + fp + fn).
    fn f1(&self, i: usize) -> f64 {
        let both = self.predicted[i] + self.support[i];
        quotient((2 * self.found[i]) as f64, both as f64)
    }

    /// The mean over the classes that occur as truth or prediction.
    fn macro_mean(&self, of_class: fn(&Self, usize) -> f64) -> f64 {
        let occurs = |&i: &usize| self.support[i] > 0 || self.predicted[i] > 0;
        let classes = (0..self.found.len()).filter(occurs);
        let (sum, count) = classes.fold((0.0, 0), |(sum, count), i| {
            (sum + of_class(self, i), count + 1)
        });
        quotient(sum, f64::from(count))
    }

    /// The mean over classes, each as heavy as it is frequent.
    fn weighted_mean(&self, of_class: fn(&Self, usize) -> f64) -> f64 {
        let weighted = |i: usize| self.support[i] as f64 * of_class(self, i);
        let sum: f64 = (0..self.found.len()).map(weighted).sum();
        quotient(sum, self.total as f64)
    }

    pub(crate) fn macro_precision(&self) -> f64 {
        self.macro_mean(Self::precision)
    }

    pub(crate) fn macro_recall(&self) -> f64 {
        self.macro_mean(Self::recall)
    }

    pub(crate) fn macro_f1(&self) -> f64 {
        self.macro_mean(Self::f1)
    }

    pub(crate) fn weighted_precision(&self) -> f64 {
        self.weighted_mean(Self::precision)
    }

    pub(crate) fn weighted_recall(&self) -> f64 {
        self.weighted_mean(Self::recall)
    }

    pub(crate) fn weighted_f1(&self) -> f64 {
        self.weighted_mean(Self::f1)
    }

    /// The mean recall over the classes that occur as truth.
    pub(crate) fn balanced_accuracy(&self) -> f64 {
        let classes = (0..self.found.len()).filter(|&i| self.support[i] > 0);
        let (sum, count) = classes.fold((0.0, 0), |(sum, count), i| {
            (sum + self.recall(i), count + 1)
        });
        quotient(sum, f64::from(count))
    }

    /// Sums over classes: truth × predicted, truth², predicted².
    fn products(&self) -> [f64; 3] {
        let mut sums = [0.0; 3];
        for (&truth, &predicted) in self.support.iter().zip(&self.predicted) {
            let (truth, predicted) = (truth as f64, predicted as f64);
            sums[0] += truth * predicted;
            sums[1] += truth * truth;
            sums[2] += predicted * predicted;
        }
        sums
    }

    /// Cohen 1960.
    pub(crate) fn kappa(&self) -> f64 {
        let (n, [by_chance, ..]) = (self.total as f64, self.products());
        quotient(self.correct as f64 * n - by_chance, n * n - by_chance)
    }

    /// Gorodkin 2004.
    pub(crate) fn matthews(&self) -> f64 {
        let (n, [product, truths, predictions]) = (self.total as f64, self.products());
        let spread = ((n * n - truths) * (n * n - predictions)).sqrt();
        quotient(self.correct as f64 * n - product, spread)
    }
}

/// 0 without a denominator, as scikit-learn has it.
fn quotient(part: f64, whole: f64) -> f64 {
    if whole == 0.0 { 0.0 } else { part / whole }
}

#[cfg(test)]
mod tests {
    use super::*;
    use statistics::ConfusionMatrix;

    /// The confusion matrix, which is checked against scikit-learn, gives the same.
    #[test]
    fn the_margins_say_what_the_matrix_says() {
        let truth = [0, 0, 0, 1, 1, 1, 1, 2, 2, 2];
        let predicted = [0, 0, 1, 1, 1, 1, 3, 2, 0, 1];
        let pairs = truth.iter().zip(&predicted);
        let answers: Vec<[u16; 2]> = pairs.map(|(&a, &b)| [a as u16, b as u16]).collect();
        // A fifth class that never occurs.
        let counts = Counts::new(&answers, &[1; 10], 5);
        let cells: Vec<u16> = answers.iter().map(|&answer| cell(answer, 5)).collect();
        let times = [3, 0, 1, 2, 1, 5, 0, 1, 1, 7];
        for times in [[1; 10], times] {
            let by_cell = Counts::of_cells(&cells, &times, 5);
            assert_eq!(by_cell, Counts::new(&answers, &times, 5));
        }
        let matrix = ConfusionMatrix::count(&truth, &predicted, 5);
        let (macros, weighted) = (matrix.macro_average(), matrix.weighted_average());
        for (found, expected) in [
            (counts.accuracy(), matrix.accuracy()),
            (counts.balanced_accuracy(), matrix.balanced_accuracy()),
            (counts.macro_precision(), macros.precision),
            (counts.macro_recall(), macros.recall),
            (counts.macro_f1(), macros.f1),
            (counts.weighted_precision(), weighted.precision),
            (counts.weighted_recall(), weighted.recall),
            (counts.weighted_f1(), weighted.f1),
            (counts.kappa(), matrix.kappa()),
            (counts.matthews(), matrix.matthews()),
        ] {
            assert!(
                (found - expected).abs() < 1e-15,
                "{found} is not {expected}"
            );
        }
        let nothing = Counts::new(&answers, &[0; 10], 5);
        assert_eq!((nothing.accuracy(), nothing.matthews()), (0.0, 0.0));
    }
}
