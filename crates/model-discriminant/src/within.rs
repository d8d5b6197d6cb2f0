//! The training samples less the means of their classes, and their scatter.
#![allow(
    clippy::inline_always,
    reason = "what is not inlined into the dispatched closure is compiled without its vectors"
)]

use classifier::{Cancellation, Cancelled};
use data::Dataset;
use rayon::prelude::*;

/// Samples whose deviations are in memory together.
pub(crate) const CHUNK: usize = 512;
/// Samples that one pass over a row of the scatter adds.
const TOGETHER: usize = 4;
/// Rows of the scatter that one thread takes: they stay in its cache.
const ROWS: usize = 32;

/// Training samples with the means of their classes.
pub(crate) struct Within<'a> {
    train: &'a Dataset,
    /// Shape (classes, features); 0 for a class without samples.
    means: Vec<f64>,
    cancellation: &'a Cancellation,
}

impl<'a> Within<'a> {
    pub(crate) fn new(train: &'a Dataset, cancellation: &'a Cancellation) -> Self {
        Self {
            train,
            means: class_means(train),
            cancellation,
        }
    }

    pub(crate) fn features(&self) -> usize {
        self.train.samples().features()
    }

    pub(crate) fn len(&self) -> usize {
        self.train.len()
    }

    /// Shape (classes, features); 0 for a class without samples.
    pub(crate) fn means(&self) -> &[f64] {
        &self.means
    }

    /// The deviations of the samples from the means of their classes, in order, in chunks of whole rows.
    /// The last is filled with rows of 0.
    pub(crate) fn for_each_chunk(&self, mut work: impl FnMut(&[f64])) -> Result<(), Cancelled> {
        let features = self.features();
        let mut deviations = vec![0.0; CHUNK * features];
        let labels = self.train.labels().chunks(CHUNK);
        for (values, labels) in self.train.samples().blocks(CHUNK).zip(labels) {
            self.cancellation.check()?;
            let (filled, rest) = deviations.split_at_mut(values.len());
            rest.fill(0.0);
            let rows = filled.par_chunks_exact_mut(features);
            let rows = rows.zip(values.par_chunks_exact(features));
            rows.zip(labels).for_each(|((row, sample), label)| {
                let mean = &self.means[label * features..][..features];
                for ((deviation, &value), mean) in row.iter_mut().zip(sample).zip(mean) {
                    *deviation = f64::from(value) - mean;
                }
            });
            work(&deviations);
        }
        Ok(())
    }

    /// Σ (x − mean)(x − mean)ᵀ, shape (features, features), of which only the lower triangle is filled. Each
    /// sum is one thread's, in the order of the samples.
    pub(crate) fn scatter(&self) -> Result<Vec<f64>, Cancelled> {
        let features = self.features();
        let mut scatter = vec![0.0; features * features];
        self.for_each_chunk(|deviations| {
            let blocks = scatter.par_chunks_mut(ROWS * features).enumerate();
            blocks.for_each(|(block, rows)| {
                pulp::Arch::new().dispatch(AddProducts {
                    first: block * ROWS,
                    rows,
                    deviations,
                    features,
                });
            });
        })?;
        Ok(scatter)
    }
}

/// Rows of a scatter from `first` on, to which the products of deviations are added.
struct AddProducts<'a> {
    first: usize,
    rows: &'a mut [f64],
    deviations: &'a [f64],
    features: usize,
}

impl pulp::WithSimd for AddProducts<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        for four in self.deviations.chunks_exact(TOGETHER * self.features) {
            let (ab, cd) = four.split_at(2 * self.features);
            let ((a, b), (c, d)) = (ab.split_at(self.features), cd.split_at(self.features));
            let rows = self.rows.chunks_exact_mut(self.features);
            for (i, row) in (self.first..).zip(rows) {
                let [of_a, of_b, of_c, of_d] = [a[i], b[i], c[i], d[i]];
                let others = a.iter().zip(b).zip(c.iter().zip(d));
                for (sum, ((a, b), (c, d))) in row[..=i].iter_mut().zip(others) {
                    *sum += (of_a * a + of_b * b) + (of_c * c + of_d * d);
                }
            }
        }
    }
}

/// Shape (classes, features). Sums are of differences from the first sample of the class, so that the mean
/// of values that are all the same is that value, in every bit.
fn class_means(train: &Dataset) -> Vec<f64> {
    let (samples, features) = (train.samples(), train.samples().features());
    let firsts = firsts(train);
    let mut means = vec![0.0; firsts.len() * features];
    for (values, labels) in samples.blocks(CHUNK).zip(train.labels().chunks(CHUNK)) {
        let of_class = means.par_chunks_exact_mut(features).zip(&firsts);
        of_class.enumerate().for_each(|(class, (sum, first))| {
            let rows = values.chunks_exact(features).zip(labels);
            for (sample, _) in rows.filter(|(_, label)| **label == class) {
                for ((sum, &value), &first) in sum.iter_mut().zip(sample).zip(first) {
                    *sum += f64::from(value) - f64::from(first);
                }
            }
        });
    }
    let of_class = means.chunks_exact_mut(features).zip(&firsts);
    for ((mean, first), count) in of_class.zip(train.class_counts()) {
        for (mean, &first) in mean.iter_mut().zip(first) {
            *mean = f64::from(first) + *mean / count as f64;
        }
    }
    means
}

/// The first sample of each class; nothing for a class without samples.
fn firsts(train: &Dataset) -> Vec<Vec<f32>> {
    let labels = train.labels();
    let first = |class| labels.iter().position(|label| *label == class);
    let samples = train.samples();
    (0..train.classes())
        .map(|class| {
            first(class).map_or_else(Vec::new, |i| samples.slice(i..i + 1).to_f32().into())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use data::Samples;

    /// 70 rows of 37 features in 3 classes, the last without samples, against sums over pairs of features.
    #[test]
    fn the_scatter_is_the_sum_of_products() {
        let features = 37;
        let value = |i: usize| ((i * i * 31 + i * 7) % 101) as f32 / 8.0 - 3.0;
        let values: Vec<f32> = (0..70 * features).map(value).collect();
        let labels: Vec<usize> = (0..70).map(|i| usize::from(i % 3 == 0)).collect();
        let names = ["a", "b", "none"].map(str::to_owned);
        let rows = Samples::from_features(features, values.clone()).unwrap();
        let train = Dataset::new(rows, labels.clone(), names.into()).unwrap();
        let cancellation = Cancellation::default();
        let within = Within::new(&train, &cancellation);
        let scatter = within.scatter().unwrap();
        let at = |sample: usize, feature: usize| f64::from(values[sample * features + feature]);
        let mean = |class: usize, feature: usize| {
            let members: Vec<usize> = (0..70).filter(|&i| labels[i] == class).collect();
            members.iter().map(|&i| at(i, feature)).sum::<f64>() / members.len() as f64
        };
        for (i, j) in [(0, 0), (5, 2), (36, 0), (36, 35), (36, 36)] {
            let deviation = |s: usize, feature| at(s, feature) - mean(labels[s], feature);
            let expected: f64 = (0..70).map(|s| deviation(s, i) * deviation(s, j)).sum();
            let found = scatter[i * features + j];
            assert!(
                (found - expected).abs() < 1e-9,
                "{i}, {j}: {found}, {expected}"
            );
        }
    }

    #[test]
    fn what_is_constant_within_a_class_has_no_scatter_at_all() {
        let values = (0..30).flat_map(|i| [0.1 + (i % 2) as f32, 0.7]).collect();
        let rows = Samples::from_features(2, values).unwrap();
        let labels = (0..30).map(|i| i % 2).collect();
        let names = ["a", "b"].map(str::to_owned);
        let train = Dataset::new(rows, labels, names.into()).unwrap();
        let cancellation = Cancellation::default();
        let within = Within::new(&train, &cancellation);
        assert_eq!(within.scatter().unwrap(), [0.0; 4]);
    }
}
