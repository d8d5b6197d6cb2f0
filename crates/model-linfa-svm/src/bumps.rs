//! The decision function of a machine with an RBF kernel, its support vectors laid out so that several distances are
//! computed side by side.

use classifier::{State, StateError};
use std::iter::zip;

/// Support vectors whose distances are computed side by side.
const LANES: usize = 16;

/// Σ αᵢ exp(−‖xᵢ − x‖² / width)
pub(crate) struct Bumps {
    /// Support vectors, shape (groups, features, lanes); zeros fill the last group.
    groups: Vec<[f32; LANES]>,
    features: usize,
    /// One for each support vector.
    coefficients: Vec<f32>,
    /// 1/γ, as linfa has it.
    width: f32,
}

impl Bumps {
    /// Of support vectors, shape (coefficients, `features`).
    pub(crate) fn new(
        vectors: &[f32],
        features: usize,
        coefficients: Vec<f32>,
        width: f32,
    ) -> Self {
        let count = coefficients.len().div_ceil(LANES);
        let mut groups = vec![[0.0; LANES]; count * features];
        for (place, vector) in vectors.chunks_exact(features.max(1)).enumerate() {
            let group = &mut groups[place / LANES * features..][..features];
            for (lanes, &value) in zip(group, vector) {
                lanes[place % LANES] = value;
            }
        }
        Self {
            groups,
            features,
            coefficients,
            width,
        }
    }

    /// As linfa computes it: each distance and the sum are added up in its order, so that the bits are the same.
    /// Side by side, distances do not wait for each other.
    pub(crate) fn weighted_sum(&self, x: &[f32]) -> f32 {
        let mut sum = 0.0;
        let groups = self.groups.chunks_exact(self.features.max(1));
        for (group, coefficients) in zip(groups, self.coefficients.chunks(LANES)) {
            let mut distances = [0.0; LANES];
            for (values, x) in zip(group, x) {
                for (distance, value) in zip(&mut distances, values) {
                    *distance += (value - x) * (value - x);
                }
            }
            for (distance, alpha) in zip(distances, coefficients) {
                sum += (-distance / self.width).exp() * alpha;
            }
        }
        sum
    }

    /// What [`add_to`](Self::add_to) wrote under a name.
    pub(crate) fn restore(
        state: &mut State,
        name: &dyn Fn(&str) -> String,
        features: usize,
        width: f32,
    ) -> Result<Self, StateError> {
        let coefficients: Vec<f32> = state.take(&name("coefficients"))?.list()?;
        let shape = [coefficients.len(), features];
        let vectors: Vec<f32> = state.take(&name("vectors"))?.of_shape(&shape)?;
        Ok(Self::new(&vectors, features, coefficients, width))
    }

    /// With what [`restore`](Self::restore) needs.
    pub(crate) fn add_to(&self, state: State, name: &dyn Fn(&str) -> String) -> State {
        let count = self.coefficients.len();
        let value = |place: usize, feature: usize| {
            self.groups[place / LANES * self.features + feature][place % LANES]
        };
        let vectors = (0..count).flat_map(|place| (0..self.features).map(move |f| value(place, f)));
        let vectors = vectors.collect();
        state
            .with(&name("vectors"), &[count, self.features], vectors)
            .with(&name("coefficients"), &[count], self.coefficients.clone())
    }

    /// Numbers that it is made of.
    pub(crate) fn len(&self) -> usize {
        self.coefficients.len() * (self.features + 1)
    }
}
