//! Samples of which only some features are stored, and where the stored ones of any samples lie.

use crate::Error;
use inner_products::{Feature, Sample};
use std::ops::Range;

/// Samples in compressed rows (CSR): features that are not stored are zero.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sparse<'a, T> {
    layout: Layout<'a>,
    values: &'a [T],
}

impl<'a, T> Sparse<'a, T> {
    /// Samples of `features` features. Sample i has the `values` from `starts[i]` to `starts[i + 1]`; which
    /// features these are is in `places`, ascending.
    ///
    /// # Errors
    /// [`Error::Sparse`].
    pub fn new(
        features: usize,
        starts: &'a [usize],
        places: &'a [u32],
        values: &'a [T],
    ) -> Result<Self, Error> {
        let layout = Layout::sparse(features, starts, places, values.len())?;
        Ok(Self { layout, values })
    }

    pub(crate) fn values(&self) -> &'a [T] {
        self.values
    }

    pub(crate) fn layout(&self) -> Layout<'a> {
        self.layout
    }
}

/// Which features of which samples values are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Layout<'a> {
    /// All of `samples` samples.
    Dense { features: usize, samples: usize },
    /// See [`Sparse::new`].
    Sparse {
        features: usize,
        starts: &'a [usize],
        places: &'a [u32],
    },
}

impl<'a> Layout<'a> {
    /// That of [`Sparse::new`], of as many values.
    ///
    /// # Errors
    /// [`Error::Sparse`].
    pub(crate) fn sparse(
        features: usize,
        starts: &'a [usize],
        places: &'a [u32],
        values: usize,
    ) -> Result<Self, Error> {
        let wrong = |what| Err(Error::Sparse { what });
        let ends = starts.first().zip(starts.last());
        if ends != Some((&0, &values)) || !starts.is_sorted() {
            return wrong("starts that do not ascend from 0 to the number of values");
        }
        if places.len() != values {
            return wrong("not one place for each value");
        }
        let fits = |ends: &[usize]| {
            let places = &places[ends[0]..ends[1]];
            let inside = places.last().is_none_or(|&last| (last as usize) < features);
            inside && places.is_sorted_by(|a, b| a < b)
        };
        if !starts.windows(2).all(fits) {
            return wrong("places that do not ascend within a sample, or lie beyond its features");
        }
        Ok(Self::Sparse {
            features,
            starts,
            places,
        })
    }

    pub(crate) fn features(self) -> usize {
        match self {
            Self::Dense { features, .. } | Self::Sparse { features, .. } => features,
        }
    }

    /// Number of samples.
    pub(crate) fn len(self) -> usize {
        match self {
            Self::Dense { samples, .. } => samples,
            Self::Sparse { starts, .. } => starts.len() - 1,
        }
    }

    /// Where the values of a sample lie.
    pub(crate) fn range(self, sample: usize) -> Range<usize> {
        match self {
            Self::Dense { features, .. } => sample * features..(sample + 1) * features,
            Self::Sparse { starts, .. } => starts[sample]..starts[sample + 1],
        }
    }

    /// Which feature a value is of its sample.
    pub(crate) fn feature(self, value: usize) -> usize {
        match self {
            Self::Dense { features, .. } => value % features,
            Self::Sparse { places, .. } => places[value] as usize,
        }
    }

    /// Which sample a value is of.
    pub(crate) fn sample_of(self, value: usize) -> usize {
        match self {
            Self::Dense { features, .. } => value / features,
            Self::Sparse { starts, .. } => starts.partition_point(|&start| start <= value) - 1,
        }
    }

    /// The samples that `values` are of.
    pub(crate) fn samples<F: Feature>(self, values: &'a [F]) -> Vec<Sample<'a, F>> {
        let sample = |range: Range<usize>| match self {
            Self::Dense { .. } => Sample::Dense(&values[range]),
            Self::Sparse { places, .. } => Sample::Sparse {
                places: &places[range.clone()],
                values: &values[range],
            },
        };
        (0..self.len()).map(|i| sample(self.range(i))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_do_not_fit_are_refused() {
        let new = |starts: &[usize], places: &[u32]| {
            let sparse = Sparse::new(5, starts, places, &[1.0_f32, 2.0, 3.0]);
            sparse.err().map(|error| error.to_string())
        };
        assert_eq!(new(&[0, 2, 2, 3], &[0, 4, 2]), None);
        let starts: [&[usize]; 4] = [&[], &[1, 3], &[0, 2], &[0, 4, 3]];
        for starts in starts {
            assert!(new(starts, &[0, 4, 2]).unwrap().contains("starts"));
        }
        assert!(new(&[0, 3], &[0, 1]).unwrap().contains("not one place"));
        for places in [[0, 4, 2], [1, 1, 2], [0, 1, 5]] {
            let said = new(&[0, 3], &places).unwrap();
            assert!(said.contains("do not ascend within"), "{said}");
        }
    }
}
