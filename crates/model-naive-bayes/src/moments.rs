//! Mean and variance of every feature, within each class and over all samples, in one pass.

use data::Dataset;
use rayon::prelude::*;

/// Neighbouring features that one thread sums up, so that it reads whole cache lines.
pub(crate) const TOGETHER: usize = 64;

/// Samples that are made into numbers at a time, so that their number costs no memory.
pub(crate) const BLOCK: usize = 4_096;

/// Means and variances; variances are divided by the number of samples, not by one less.
pub(crate) struct Moments {
    /// Mean and variance, shape (features, classes); 0 and 0 for a class without samples.
    pub(crate) classes: Vec<(f64, f64)>,
    /// The variance over the samples of all classes, shape (features).
    pub(crate) whole: Vec<f64>,
}

/// Sums of `count` values and of their squares, all less a value of the same feature: what is large
/// and common to all would cost the digits in which they differ.
#[derive(Clone, Copy, Default)]
struct Sums {
    count: f64,
    values: f64,
    squares: f64,
}

impl Sums {
    fn add(self, other: Self) -> Self {
        Self {
            count: self.count + other.count,
            values: self.values + other.values,
            squares: self.squares + other.squares,
        }
    }

    /// Mean and variance, 0 and 0 of no values.
    fn moments(self) -> (f64, f64) {
        let count = self.count.max(1.0);
        let mean = self.values / count;
        (mean, (self.squares / count - mean * mean).max(0.0))
    }
}

/// The moments of the training samples. Each thread has features of its own, and takes the samples in
/// order: the sums do not depend on how many threads there are.
pub(crate) fn moments(train: &Dataset) -> Moments {
    let (features, classes) = (train.samples().features(), train.classes());
    let first = train.samples().slice(0..1);
    let first = first.to_f32();
    // Shape (blocks of features, classes, features of the block).
    let mut sums = vec![Sums::default(); classes * features];
    for (values, labels) in train
        .samples()
        .blocks(BLOCK)
        .zip(train.labels().chunks(BLOCK))
    {
        let of_features = sums.par_chunks_mut(classes * TOGETHER).enumerate();
        of_features.for_each(|(number, sums)| {
            let (start, width) = (number * TOGETHER, sums.len() / classes);
            for (sample, &label) in values.chunks_exact(features).zip(labels) {
                let block = sample[start..].iter().zip(&first[start..]);
                for (sum, (&value, &first)) in sums[label * width..][..width].iter_mut().zip(block)
                {
                    let value = f64::from(value) - f64::from(first);
                    sum.count += 1.0;
                    sum.values += value;
                    sum.squares += value * value;
                }
            }
        });
    }
    let of_features = sums.chunks(classes * TOGETHER).flat_map(|sums| {
        let width = sums.len() / classes;
        (0..sums.len()).map(move |i| sums[i % classes * width + i / classes])
    });
    let sums: Vec<Sums> = of_features.collect();
    let each = sums.chunks_exact(classes).zip(first.iter());
    let moved = each.flat_map(|(sums, &first)| {
        sums.iter().map(move |sum| {
            let (mean, variance) = sum.moments();
            (mean + f64::from(first), variance)
        })
    });
    let whole = sums.chunks_exact(classes);
    let whole = whole.map(|sums| {
        sums.iter()
            .copied()
            .fold(Sums::default(), Sums::add)
            .moments()
            .1
    });
    Moments {
        classes: moved.collect(),
        whole: whole.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use data::Samples;

    #[test]
    fn a_large_common_value_costs_no_digits() {
        let values = vec![16_777_210.0, 1.0, 16_777_212.0, 1.0, 16_777_216.0, 1.0];
        let rows = Samples::from_features(2, values).unwrap();
        let names = ["a", "b", "none"].map(str::to_owned);
        let train = Dataset::new(rows, vec![0, 0, 1], names.into()).unwrap();
        let Moments { classes, whole } = moments(&train);
        assert_eq!(classes[..2], [(16_777_211.0, 1.0), (16_777_216.0, 0.0)]);
        assert_eq!(classes[3..5], [(1.0, 0.0), (1.0, 0.0)]);
        assert_eq!(classes[5].1, 0.0);
        assert!((whole[0] - 56.0 / 9.0).abs() < 1e-12, "{whole:?}");
        assert_eq!(whole[1], 0.0);
    }
}
