//! Samples as a fit meets them: with all their values, or with those that are not zero.

use crate::curvature::NonZeros;
use crate::features::Feature;
use crate::sparse::{Index, Sparse, room};
use data::{DataError, Samples, Targets};
use std::ops::Range;

/// Bytes of features up to which all are in batches at once. MNIST's are less than a fifth.
const ROOM: usize = 256 << 20;

/// Bytes of features that are in batches at a time where there are more: data that lie in a file of any size pass
/// through as much memory.
const WINDOW: usize = 32 << 20;

/// Of `images` of `features` values so many as are in batches at a time: all, or whole batches of `size`, one at
/// least.
fn window<F>(images: usize, features: usize, size: usize) -> usize {
    let bytes = features * size_of::<F>();
    if images * bytes <= ROOM {
        images
    } else {
        (WINDOW / bytes).max(size) / size * size
    }
}

/// Samples in compressed rows (CSR): features that are not stored are zero.
#[derive(Debug, Clone, Copy)]
pub struct SparseSamples<'a> {
    features: usize,
    starts: &'a [usize],
    places: &'a [u32],
    values: SparseValues<'a>,
}

/// The values of [`SparseSamples`], as [`Samples`] has them.
#[derive(Debug, Clone, Copy)]
pub enum SparseValues<'a> {
    /// 8-bit pixels p, of which a model sees p / 255.
    Pixels(&'a [u8]),
    /// Real numbers.
    Reals(&'a [f32]),
}

/// Why some arrays are no [`SparseSamples`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("sparse samples with {0}")]
pub struct SparseError(&'static str);

impl<'a> SparseSamples<'a> {
    /// Samples of `features` features. Sample i has the `values` from `starts[i]` to `starts[i + 1]`; which
    /// features these are is in `places`, ascending.
    ///
    /// # Errors
    /// [`SparseError`] if there are no features, `starts` does not ascend from 0 to the number of values, there is not
    /// one place for each value, or places do not ascend within a sample or lie beyond its features.
    pub fn new(
        features: usize,
        starts: &'a [usize],
        places: &'a [u32],
        values: SparseValues<'a>,
    ) -> Result<Self, SparseError> {
        let count = match values {
            SparseValues::Pixels(pixels) => pixels.len(),
            SparseValues::Reals(reals) => reals.len(),
        };
        if features == 0 {
            return Err(SparseError("no features"));
        }
        let ends = starts.first().zip(starts.last());
        if ends != Some((&0, &count)) || !starts.is_sorted() {
            return Err(SparseError(
                "starts that do not ascend from 0 to the number of values",
            ));
        }
        if places.len() != count {
            return Err(SparseError("not one place for each value"));
        }
        let fits = |&[start, end]: &[usize; 2]| {
            let places = &places[start..end];
            let inside = places.last().is_none_or(|&last| (last as usize) < features);
            inside && places.is_sorted_by(|a, b| a < b)
        };
        if !starts.array_windows().all(fits) {
            return Err(SparseError(
                "places that do not ascend within a sample, or lie beyond its features",
            ));
        }
        Ok(Self {
            features,
            starts,
            places,
            values,
        })
    }

    /// Shows the values to `visitor` as they are stored.
    pub(crate) fn visit<V: Visitor>(&self, visitor: V) -> V::Output {
        let Self {
            features,
            starts,
            places,
            values,
        } = *self;
        match values {
            SparseValues::Pixels(values) => visitor.visit(Matrix::Sparse {
                features,
                starts,
                places,
                values,
            }),
            SparseValues::Reals(values) => visitor.visit(Matrix::Sparse {
                features,
                starts,
                places,
                values,
            }),
        }
    }

    /// Number of samples.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Whether there are no samples.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Values per sample, zeros among them.
    pub fn features(&self) -> usize {
        self.features
    }

    /// Refuses what no classifier can learn from, as data sets do.
    ///
    /// # Errors
    /// [`DataError`].
    pub(crate) fn check_trainable(&self, targets: &Targets) -> Result<(), DataError> {
        let (samples, labels) = (self.len(), targets.len());
        let classes = targets.class_names().len();
        if samples != labels {
            Err(DataError::Lengths { samples, labels })
        } else if samples == 0 {
            Err(DataError::Empty)
        } else if classes < 2 {
            Err(DataError::OneClass(classes))
        } else {
            self.first_not_finite().map_or(Ok(()), Err)
        }
    }

    /// The first value that is NaN or infinite.
    fn first_not_finite(&self) -> Option<DataError> {
        let SparseValues::Reals(reals) = self.values else {
            return None;
        };
        let position = reals.iter().position(|value| !value.is_finite())?;
        Some(DataError::NotFinite {
            sample: self.starts.partition_point(|&start| start <= position) - 1,
            feature: self.places[position] as usize,
            value: reals[position],
        })
    }
}

/// Samples as they are stored, one a row.
#[derive(Clone, Copy)]
pub(crate) enum Matrix<'a, F> {
    /// All `values` of the `samples`, which may lie in a file.
    Dense {
        values: &'a [F],
        samples: &'a Samples,
    },
    /// See [`SparseSamples`].
    Sparse {
        features: usize,
        starts: &'a [usize],
        places: &'a [u32],
        values: &'a [F],
    },
}

impl<'a, F: Feature> Matrix<'a, F> {
    /// Values per sample.
    pub(crate) fn features(self) -> usize {
        match self {
            Self::Dense { samples, .. } => samples.features(),
            Self::Sparse { features, .. } => features,
        }
    }

    /// Number of samples.
    pub(crate) fn len(self) -> usize {
        match self {
            Self::Dense { samples, .. } => samples.len(),
            Self::Sparse { starts, .. } => starts.len() - 1,
        }
    }

    /// So many samples as are in batches of `size` at a time. Those without zeros take about as much memory there as
    /// where they come from: all of them.
    pub(crate) fn window(self, size: usize) -> usize {
        match self {
            Self::Dense { samples, .. } => window::<F>(samples.len(), samples.features(), size),
            Self::Sparse { .. } => self.len(),
        }
    }

    /// About as many groups as the features in `range` of the first `samples` have, and not much fewer.
    pub(crate) fn room(self, samples: usize, range: &Range<usize>) -> usize {
        match self {
            Self::Dense { .. } => room((0..samples).map(|i| self.row(i, range)), range.len()),
            Self::Sparse { starts, .. } => starts[samples] + samples,
        }
    }

    /// Appends the groups of the features in `range` of a sample.
    pub(crate) fn push<I: Index>(
        self,
        sample: usize,
        range: &Range<usize>,
        rows: &mut Sparse<F, I>,
    ) {
        match self {
            Self::Dense { .. } => rows.push(self.row(sample, range)),
            Self::Sparse { .. } => {
                rows.push_stored(self.stored(sample, range), range.len());
            }
        }
    }

    /// The groups of some samples.
    pub(crate) fn collect<I: Index>(self, samples: Range<usize>) -> Sparse<F, I> {
        let all = 0..self.features();
        match self {
            Self::Dense { .. } => {
                Sparse::collect(samples.map(|i| self.row(i, &all)), self.features())
            }
            Self::Sparse { starts, .. } => {
                let groups = starts[samples.end] - starts[samples.start] + samples.len();
                let mut rows = Sparse::with_capacity(groups);
                for sample in samples {
                    self.push(sample, &all, &mut rows);
                }
                rows
            }
        }
    }

    /// The features in `range` of a sample that are not zero, ascending, in the units that the weights see.
    pub(crate) fn nonzeros(self, sample: usize, range: &Range<usize>) -> NonZeros {
        let unit = f64::from(F::UNIT);
        let number = |(place, value): (usize, F)| (place, f64::from(value.number()) * unit);
        let is_there = |&(_, value): &(usize, f64)| value != 0.0;
        match self {
            Self::Dense { .. } => {
                let row = self.row(sample, range).iter().copied().enumerate();
                row.map(number).filter(is_there).collect()
            }
            Self::Sparse { .. } => {
                let row = self.stored(sample, range);
                row.map(number).filter(is_there).collect()
            }
        }
    }

    /// Tells the system that samples in a file need not stay in memory.
    pub(crate) fn release(self) {
        if let Self::Dense { samples, .. } = self {
            samples.release();
        }
    }

    /// The features in `range` of a sample that has all.
    fn row(self, sample: usize, range: &Range<usize>) -> &'a [F] {
        let Self::Dense { values, samples } = self else {
            unreachable!("samples with their zeros");
        };
        &values[sample * samples.features()..][range.clone()]
    }

    /// The features in `range` that are stored of a sample, each with its place in the range.
    fn stored(
        self,
        sample: usize,
        range: &Range<usize>,
    ) -> impl Iterator<Item = (usize, F)> + use<'a, F> {
        let Self::Sparse {
            starts,
            places,
            values,
            ..
        } = self
        else {
            unreachable!("samples without their zeros");
        };
        let (start, end) = (starts[sample], starts[sample + 1]);
        let row = &places[start..end];
        let before = |feature: usize| row.partition_point(|&place| (place as usize) < feature);
        let (first, last) = (before(range.start), before(range.end));
        let offset = range.start;
        let places = row[first..last].iter();
        let places = places.map(move |&place| place as usize - offset);
        places.zip(values[start + first..start + last].iter().copied())
    }
}

/// What is done with samples.
pub(crate) trait Visitor {
    type Output;

    fn visit<F: Feature>(self, samples: Matrix<'_, F>) -> Self::Output;
}

/// Shows the features of `samples` to `visitor` as they are stored.
pub(crate) fn visit<V: Visitor>(samples: &Samples, visitor: V) -> V::Output {
    match samples.pixels() {
        Some(values) => visitor.visit(Matrix::Dense { values, samples }),
        None => visitor.visit(Matrix::Dense {
            values: &samples.to_f32(),
            samples,
        }),
    }
}

/// Samples with their classes.
#[derive(Clone, Copy)]
pub(crate) struct Labelled<'a, F> {
    pub(crate) samples: Matrix<'a, F>,
    pub(crate) targets: &'a Targets,
}

impl<F> Labelled<'_, F> {
    pub(crate) fn classes(&self) -> usize {
        self.targets.class_names().len()
    }
}

/// A data set of pixels.
#[cfg(test)]
pub(crate) fn of_pixels(data: &data::Dataset) -> Labelled<'_, u8> {
    let samples = data.samples();
    Labelled {
        samples: Matrix::Dense {
            values: samples.pixels().expect("pixels"),
            samples,
        },
        targets: data.as_ref(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Softmax, SoftmaxLbfgs, Terms, Train, sparse_logits};
    use classifier::{Classifier, FitContext, FitError, generator};
    use data::Dataset;
    use rand::RngExt;

    const FEATURES: usize = 41;

    /// What CSR matrices are made of.
    struct Stored<T> {
        starts: Vec<usize>,
        places: Vec<u32>,
        values: Vec<T>,
    }

    /// The values of rows that are not 0, and every seventh that is.
    fn stored<T: Feature>(rows: &[T]) -> Stored<T> {
        let (mut starts, mut places, mut values) = (vec![0], Vec::new(), Vec::new());
        for row in rows.chunks_exact(FEATURES) {
            for (place, &value) in row.iter().enumerate() {
                if value != T::default() || place % 7 == 0 {
                    places.push(place as u32);
                    values.push(value);
                }
            }
            starts.push(values.len());
        }
        Stored {
            starts,
            places,
            values,
        }
    }

    fn targets(samples: usize) -> Targets {
        let names = ["a", "b", "c"].map(str::to_owned);
        Targets::new((0..samples).map(|i| i % 3).collect(), names.into()).unwrap()
    }

    /// Both recipes, with weights and without, and what is made of them: dense and sparse.
    fn check(dense: &Samples, sparse: SparseSamples<'_>) {
        let targets = targets(dense.len());
        let train = Dataset::with_targets(dense.clone(), targets.clone()).unwrap();
        let (train, without) = (Train::Dense(&train), Train::Sparse(sparse, &targets));
        let weights: Vec<f64> = (0..dense.len()).map(|i| (i % 4) as f64).collect();
        for weights in [None, Some(&weights[..])] {
            let terms = Terms {
                weights,
                without_biases: weights.is_some(),
            };
            let recipe = SoftmaxLbfgs {
                iterations: 20,
                ..SoftmaxLbfgs::default()
            };
            let all = recipe.train_on_terms(train, terms, &mut FitContext::quiet(1, 2));
            let few = recipe.train_on_terms(without, terms, &mut FitContext::quiet(1, 2));
            let (all, few) = (all.unwrap(), few.unwrap());
            assert_eq!(all, few);
            let expected = all.model.scores(dense);
            assert_eq!(sparse_logits(sparse, &few.model.weights), expected);

            let recipe = Softmax {
                batch_size: 30,
                ..Softmax::default()
            };
            let all = recipe.train_on_terms(train, terms, &mut FitContext::quiet(1, 2));
            let few = recipe.train_on_terms(without, terms, &mut FitContext::quiet(1, 2));
            assert_eq!(all.unwrap(), few.unwrap());
        }
    }

    #[test]
    fn without_zeros_the_bits_are_the_same() {
        let mut random = generator(3, 0);
        for samples in [5, 700] {
            let number = |i: usize| {
                let is_there = random.random_range(0..5) == 0;
                if is_there { (i * i % 200 + 1) as u8 } else { 0 }
            };
            let pixels: Vec<u8> = (0..samples * FEATURES).map(number).collect();
            let reals: Vec<f32> = pixels.iter().map(|&p| f32::from(p) / 64.0).collect();
            let shape = data::PictureShape {
                rows: 1,
                columns: FEATURES,
            };
            let of_pixels = stored(&pixels);
            let values = SparseValues::Pixels(&of_pixels.values);
            check(
                &Samples::from_pixels(shape, pixels).unwrap(),
                SparseSamples::new(FEATURES, &of_pixels.starts, &of_pixels.places, values).unwrap(),
            );
            let of_reals = stored(&reals);
            let values = SparseValues::Reals(&of_reals.values);
            check(
                &Samples::from_features(FEATURES, reals).unwrap(),
                SparseSamples::new(FEATURES, &of_reals.starts, &of_reals.places, values).unwrap(),
            );
        }
    }

    #[test]
    fn what_no_model_can_learn_from_is_named() {
        let error = |starts: &[usize], values: &[f32], labels: usize| {
            let places = vec![4; values.len()];
            let samples =
                SparseSamples::new(9, starts, &places, SparseValues::Reals(values)).unwrap();
            let mut context = FitContext::quiet(1, 1);
            let terms = Terms::default();
            let targets = targets(labels);
            let train = Train::Sparse(samples, &targets);
            let fit = SoftmaxLbfgs::default().train_on_terms(train, terms, &mut context);
            fit.map(|_| ()).unwrap_err()
        };
        let found = error(&[0, 0, 1, 2], &[1.0, f32::NAN], 3);
        let said = "feature 4 of sample 2 is NaN; every feature must be finite";
        assert_eq!(found.to_string(), said);
        assert!(matches!(
            error(&[0], &[], 0),
            FitError::Data(DataError::Empty)
        ));
        assert!(matches!(
            error(&[0, 1], &[1.0], 2),
            FitError::Data(DataError::Lengths {
                samples: 1,
                labels: 2
            })
        ));
    }

    #[test]
    fn rows_that_do_not_fit_are_refused() {
        let new = |features, starts: &[usize], places: &[u32]| {
            let values = SparseValues::Pixels(&[1, 2, 3]);
            let samples = SparseSamples::new(features, starts, places, values);
            samples.err().map(|error| error.to_string())
        };
        assert_eq!(new(5, &[0, 2, 2, 3], &[0, 4, 2]), None);
        let none = new(0, &[0, 2, 3], &[0, 4, 2]).unwrap();
        assert_eq!(none, "sparse samples with no features");
        let starts: [&[usize]; 4] = [&[], &[1, 3], &[0, 2], &[0, 4, 3]];
        for starts in starts {
            assert!(new(5, starts, &[0, 4, 2]).unwrap().contains("starts"));
        }
        let short = new(5, &[0, 2, 3], &[0, 4]).unwrap();
        assert!(short.contains("not one place"), "{short}");
        for places in [[4, 0, 2], [2, 2, 3], [0, 5, 1]] {
            let said = new(5, &[0, 2, 3], &places).unwrap();
            assert!(said.contains("do not ascend within"), "{said}");
        }
    }
}
