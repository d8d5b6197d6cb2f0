//! One sample as users hand it over: all of its features, or those that are stored of a sparse one.

use crate::feature::Feature;

/// The features of one sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Sample<'a, F> {
    /// All of them.
    Dense(&'a [F]),
    /// Those that are not zero, and perhaps some that are.
    Sparse {
        /// Which features they are, ascending.
        places: &'a [u32],
        /// As many.
        values: &'a [F],
    },
}

impl<'a, F> From<&'a [F]> for Sample<'a, F> {
    fn from(features: &'a [F]) -> Self {
        Self::Dense(features)
    }
}

impl<'a, F: Feature> Sample<'a, F> {
    /// The features at hand: the others are zero.
    pub(crate) fn values(self) -> &'a [F] {
        match self {
            Self::Dense(values) | Self::Sparse { values, .. } => values,
        }
    }
}

/// Visits the groups that have some of `values`, ascending, each with its position.
pub(crate) fn groups<F: Feature>(
    places: &[u32],
    mut values: &[F],
    mut visit: impl FnMut(u32, &[F]),
) {
    let group = F::GROUP as u32;
    for places in places.chunk_by(|a, b| a / group == b / group) {
        let mut features = [F::default(); 4];
        for &place in places {
            features[(place % group) as usize] = values[0];
            values = &values[1..];
        }
        visit(places[0] / group, &features[..F::GROUP]);
    }
}
