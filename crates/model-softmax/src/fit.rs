//! Fits to whatever samples are given, with their zeros or without, on whatever terms.

use crate::matrix::{SparseSamples, Visitor, visit};
use classifier::{ClassWeights, FitContext, FitError};
use data::{Dataset, Targets};

/// What a fit may be told beside its recipe.
#[derive(Debug, Clone, Copy, Default)]
pub struct Terms<'a> {
    /// What each sample counts, times what its class does; 1 without them.
    pub weights: Option<&'a [f64]>,
    /// Whether all biases stay at 0.
    pub without_biases: bool,
}

/// What a fit learns from. The bits of the model are the same with the zeros and without.
#[derive(Debug, Clone, Copy)]
pub enum Train<'a> {
    /// Samples with all their values.
    Dense(&'a Dataset),
    /// Samples without their zeros.
    Sparse(SparseSamples<'a>, &'a Targets),
}

impl<'a> Train<'a> {
    fn targets(self) -> &'a Targets {
        match self {
            Self::Dense(train) => train.as_ref(),
            Self::Sparse(_, targets) => targets,
        }
    }
}

/// A fit by a `recipe`, before it is known how the features are stored.
pub(crate) struct Fit<'a, 'c, Recipe> {
    pub(crate) recipe: &'a Recipe,
    train: Train<'a>,
    pub(crate) targets: &'a Targets,
    /// What each sample counts, where not all count 1.
    pub(crate) weights: Option<Vec<f64>>,
    pub(crate) without_biases: bool,
    pub(crate) context: &'a mut FitContext<'c>,
}

impl<'a, 'c, Recipe> Fit<'a, 'c, Recipe> {
    /// # Panics
    /// If there are weights, but not one for each sample, or one is negative or not finite, or all are 0.
    pub(crate) fn new(
        recipe: &'a Recipe,
        train: Train<'a>,
        class_weights: ClassWeights,
        terms: Terms<'_>,
        context: &'a mut FitContext<'c>,
    ) -> Self {
        let targets = train.targets();
        let mut of_samples = class_weights.of_samples(targets);
        if let Some(weights) = terms.weights {
            assert_eq!(weights.len(), targets.len(), "a weight for each sample");
            let is_weight = |weight: &f64| weight.is_finite() && *weight >= 0.0;
            let some = weights.iter().any(|&weight| weight > 0.0);
            assert!(
                weights.iter().all(is_weight) && some,
                "weights of at least 0, and not all 0"
            );
            let counts = of_samples.get_or_insert_with(|| vec![1.0; targets.len()]);
            for (count, weight) in counts.iter_mut().zip(weights) {
                *count *= weight;
            }
        }
        Self {
            recipe,
            train,
            targets,
            weights: of_samples,
            without_biases: terms.without_biases,
            context,
        }
    }

    /// Fits.
    ///
    /// # Errors
    /// [`FitError`]: unusable data, cancellation, or what the visitor says.
    pub(crate) fn run<Model>(self) -> Result<Model, FitError>
    where
        Self: Visitor<Output = Result<Model, FitError>>,
    {
        match self.train {
            Train::Dense(train) => train.check_trainable()?,
            Train::Sparse(samples, targets) => samples.check_trainable(targets)?,
        }
        self.context.cancellation().check()?;
        match self.train {
            Train::Dense(train) => visit(train.samples(), self),
            Train::Sparse(samples, _) => samples.visit(self),
        }
    }
}
