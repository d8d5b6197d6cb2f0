//! What linfa's binary machine decides with, taken out of it: its own type can neither be kept nor be
//! made again.

use crate::Kernel;
use crate::bumps::Bumps;
use crate::settings::SolverSettings;
use classifier::{State, StateError};
use linfa_svm::Svm;
use ndarray::{Array1, Array2, ArrayView1, Axis};
use std::ops::Mul;

/// linfa takes no smaller coefficient for one of a support vector.
const LEAST: f32 = 100.0 * f32::EPSILON;

/// The decision function of one pair of classes, above 0 for the first.
pub(crate) enum Separator {
    /// x·w
    Plane(Array1<f32>),
    /// Support vectors.
    Bumps(Bumps),
}

impl Separator {
    /// The plane of a linear machine for samples of `features` features: what it makes of unit vectors.
    pub(crate) fn plane(svm: &Svm<f32, bool>, features: usize) -> Self {
        let weight = |feature| {
            let mut unit = Array1::zeros(features);
            unit[feature] = 1.0;
            svm.weighted_sum(&unit)
        };
        Self::Plane((0..features).map(weight).collect())
    }

    /// The support vectors of a machine with an RBF kernel that was fitted to the rows of `x`.
    pub(crate) fn bumps(svm: &Svm<f32, bool>, x: &Array2<f32>, width: f32) -> Self {
        let all = svm.alpha.iter().enumerate();
        let (indices, coefficients): (Vec<usize>, Vec<f32>) =
            all.filter(|(_, alpha)| alpha.abs() > LEAST).unzip();
        let vectors: Vec<f32> = x.select(Axis(0), &indices).into_iter().collect();
        Self::Bumps(Bumps::new(&vectors, x.ncols(), coefficients, width))
    }

    /// The decision function of pair `number` that a state describes.
    pub(crate) fn restore(
        state: &mut State,
        number: usize,
        features: usize,
        settings: SolverSettings,
    ) -> Result<Self, StateError> {
        let name = |what: &str| format!("pairs.{number}.{what}");
        if settings.kernel == Kernel::Linear {
            let weights: Vec<f32> = state.take(&name("weights"))?.of_shape(&[features])?;
            return Ok(Self::Plane(weights.into()));
        }
        let bumps = Bumps::restore(state, &name, features, settings.width())?;
        Ok(Self::Bumps(bumps))
    }

    /// With what [`restore`](Self::restore) needs.
    pub(crate) fn add_to(&self, state: State, number: usize) -> State {
        let name = |what: &str| format!("pairs.{number}.{what}");
        match self {
            Self::Plane(weights) => state.with(&name("weights"), weights.shape(), weights.to_vec()),
            Self::Bumps(bumps) => bumps.add_to(state, &name),
        }
    }

    /// As linfa computes it, operation by operation, so that the bits are the same.
    pub(crate) fn weighted_sum(&self, x: &[f32]) -> f32 {
        match self {
            Self::Plane(weights) => weights.mul(&ArrayView1::from(x)).sum(),
            Self::Bumps(bumps) => bumps.weighted_sum(x),
        }
    }

    /// Numbers that it is made of.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Plane(weights) => weights.len(),
            Self::Bumps(bumps) => bumps.len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use linfa::traits::Fit;

    #[test]
    fn it_decides_as_linfa_does_bit_by_bit() {
        let [train, test] = classifier_conformance::digits();
        // linfa takes minutes for a plane through all of them.
        let train = train.select(&(0..200).collect::<Vec<_>>());
        let matrix = |samples: &data::Samples| {
            let shape = (samples.len(), samples.features());
            Array2::from_shape_vec(shape, samples.to_f32().into_owned()).unwrap()
        };
        let (x, asked) = (matrix(train.samples()), matrix(test.samples()));
        let is_even = train.labels().iter().map(|label| label % 2 == 0).collect();
        let data = linfa::Dataset::new(x.clone(), Array1::from_vec(is_even));
        let params = || Svm::<f32, bool>::params().pos_neg_weights(1.0, 1.0);
        let rbf = params().gaussian_kernel(50.0).fit(&data).unwrap();
        let linear = params().linear_kernel().fit(&data).unwrap();
        for (svm, ours) in [
            (&rbf, Separator::bumps(&rbf, &x, 50.0)),
            (&linear, Separator::plane(&linear, 784)),
        ] {
            for row in asked.rows() {
                let [ours, theirs] = [ours.weighted_sum(&row.to_vec()), svm.weighted_sum(&row)];
                assert_eq!(ours.to_bits(), theirs.to_bits());
            }
        }
    }
}
