//! The covariance that all classes share: correlations, shrunk, and standard deviations.

use crate::cholesky::Factor;
use crate::shrinkage::Shrinkage;
use crate::within::Within;
use classifier::{FitError, InvalidParameter};

/// D((1 − α)C + αI)D with the correlations C and standard deviations D of the features within classes.
pub(crate) struct Covariance {
    deviations: Vec<f64>,
    correlations: Factor,
}

impl Covariance {
    /// Of samples the means of whose classes have the variances `between`, shape (features). It is divided
    /// by the number of samples, as scikit-learn does, not by what is left of it after the means.
    ///
    /// A feature that is constant within every class, but not between them, is taken to vary by α of its
    /// variance between them: it decides, but not without limit.
    pub(crate) fn new(
        within: &Within,
        between: &[f64],
        shrinkage: Shrinkage,
    ) -> Result<Self, FitError> {
        let features = within.features();
        let mut matrix = within.scatter()?;
        let alpha = shrinkage.resolve(within, &matrix)?;
        let samples = within.len() as f64;
        let variance = |feature: usize| match matrix[feature * features + feature] / samples {
            0.0 if between[feature] > 0.0 => between[feature],
            // It is the same in all samples, and has no weight.
            0.0 => 1.0,
            variance => variance,
        };
        let deviations: Vec<f64> = (0..features).map(|j| variance(j).sqrt()).collect();
        for (i, row) in matrix.chunks_exact_mut(features).enumerate() {
            for (entry, deviation) in row[..=i].iter_mut().zip(&deviations) {
                *entry *= (1.0 - alpha) / (samples * deviation * deviations[i]);
            }
            row[i] += alpha;
        }
        let correlations = Factor::of(matrix, features).ok_or_else(|| InvalidParameter {
            name: "shrinkage",
            value: shrinkage.to_string(),
            expected: "more of it for these data, such as 0.001: their features repeat each other",
        })?;
        Ok(Self {
            deviations,
            correlations,
        })
    }

    /// x with (covariance) x = `b`.
    pub(crate) fn solve(&self, b: &[f64]) -> Vec<f64> {
        let scaled: Vec<f64> = b.iter().zip(&self.deviations).map(|(b, d)| b / d).collect();
        let solved = self.correlations.solve(&scaled).into_iter();
        solved.zip(&self.deviations).map(|(x, d)| x / d).collect()
    }
}
