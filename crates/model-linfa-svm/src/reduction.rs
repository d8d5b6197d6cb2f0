//! Principal component analysis by linfa, in `f64`, the only type it accepts.

use classifier::{FitContext, FitError, State, StateError};
use data::Samples;
use linfa::traits::Fit;
use linfa_reduction::Pca;
use ndarray::{Array1, Array2, ArrayView2, Axis, concatenate};

/// Samples projected at a time: bounds the `f64` copies.
const BLOCK: usize = 4_096;

/// The projection onto the leading principal components, or none.
pub(crate) struct Reduction {
    pca: Option<Components>,
}

struct Components {
    /// Shape (features).
    mean: Array1<f64>,
    /// Shape (components, features).
    components: Array2<f64>,
}

impl Reduction {
    /// Finds the leading `components` of `images`, unless there are no more features than that.
    pub(crate) fn fit(
        images: &Samples,
        components: usize,
        context: &FitContext<'_>,
    ) -> Result<Self, FitError> {
        context.cancellation().check()?;
        if components >= images.features() {
            return Ok(Self { pca: None });
        }
        // There are no more components than samples.
        let components = components.min(images.len());
        let records = linfa::Dataset::from(matrix(images).mapv(f64::from));
        let pca = Pca::params(components)
            .fit(&records)
            .map_err(|error| FitError::Library {
                library: "linfa-reduction",
                reason: error.to_string(),
            })?;
        let components = pca.components().as_standard_layout().into_owned();
        let mean = pca.mean().to_owned();
        let pca = Some(Components { mean, components });
        Ok(Self { pca })
    }

    /// The projection that a state describes, of samples of `features` features.
    pub(crate) fn restore(state: &mut State, features: usize) -> Result<Self, StateError> {
        if !state.has("pca.components") {
            return Ok(Self { pca: None });
        }
        let mean: Vec<f64> = state.take("pca.mean")?.of_shape(&[features])?;
        let values: Vec<f64> = state.take("pca.components")?.rows_of(features)?;
        let shape = (values.len() / features, features);
        let components = Array2::from_shape_vec(shape, values).expect("whole rows");
        let mean = mean.into();
        let pca = Some(Components { mean, components });
        Ok(Self { pca })
    }

    /// With what [`restore`](Self::restore) needs.
    pub(crate) fn added_to(&self, state: State) -> State {
        let Some(pca) = &self.pca else {
            return state;
        };
        let shape = [pca.components.nrows(), pca.components.ncols()];
        let components = pca.components.iter().copied().collect();
        state.with("pca.mean", &shape[1..], pca.mean.to_vec()).with(
            "pca.components",
            &shape,
            components,
        )
    }

    /// Features of a sample of `features` features once it is reduced.
    pub(crate) fn width(&self, features: usize) -> usize {
        let of_pca = self.pca.as_ref().map(|pca| pca.components.nrows());
        of_pca.unwrap_or(features)
    }

    /// The reduced features, shape (images, components).
    pub(crate) fn apply(&self, images: &Samples) -> Array2<f32> {
        let Some(pca) = &self.pca else {
            return matrix(images);
        };
        let blocks: Vec<Array2<f32>> = (0..images.len().max(1))
            .step_by(BLOCK)
            .map(|start| {
                let block = images.slice(start..images.len().min(start + BLOCK));
                let centred = matrix(&block).mapv(f64::from) - &pca.mean;
                centred.dot(&pca.components.t()).mapv(|value| value as f32)
            })
            .collect();
        let views: Vec<ArrayView2<f32>> = blocks.iter().map(Array2::view).collect();
        concatenate(Axis(0), &views).expect("blocks of one width")
    }

    pub(crate) fn parameter_count(&self) -> usize {
        self.pca
            .as_ref()
            .map_or(0, |pca| pca.components.len() + pca.mean.len())
    }
}

fn matrix(images: &Samples) -> Array2<f32> {
    let shape = (images.len(), images.features());
    Array2::from_shape_vec(shape, images.to_f32().into_owned()).expect("whole images")
}

#[cfg(test)]
mod tests {
    use super::*;
    use classifier_conformance::{digits, stripes};

    fn reduce(images: &Samples, components: usize) -> Reduction {
        Reduction::fit(images, components, &FitContext::quiet(0, 1)).unwrap()
    }

    #[test]
    fn components_are_orthonormal_and_scores_are_centred() {
        let [train, _] = digits();
        let reduction = reduce(train.samples(), 10);
        let components = &reduction.pca.as_ref().unwrap().components;
        let identity = components.dot(&components.t());
        for ((i, j), &value) in identity.indexed_iter() {
            let expected = if i == j { 1.0 } else { 0.0 };
            assert!((value - expected).abs() < 1e-6, "({i}, {j}): {value}");
        }
        let scores = reduction.apply(train.samples());
        assert_eq!(scores.dim(), (1_000, 10));
        let variances = scores.var_axis(Axis(0), 0.0);
        assert!(variances.iter().is_sorted_by(|a, b| a >= b), "{variances}");
        assert!(
            scores
                .mean_axis(Axis(0))
                .unwrap()
                .iter()
                .all(|mean| mean.abs() < 1e-4)
        );
    }

    #[test]
    fn no_more_features_than_components_are_left_alone() {
        let data = stripes();
        let reduction = reduce(data.samples(), 40);
        assert_eq!(reduction.apply(data.samples()).dim(), (60, 15));
        assert_eq!(reduction.parameter_count(), 0);
    }
}
