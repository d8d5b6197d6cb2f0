//! What users call: fit, predict, and look inside.

use crate::classes::Unfit;
use crate::features::Work;
use crate::fit::Sorted;
use crate::join::join;
use crate::kernel::Function;
use crate::machine::{Decide, Machine};
use crate::precision::Precision;
use crate::probability::{Sigmoid, couple, sigmoids};
use crate::real::Real;
use crate::solution::Solution;
use crate::votes::{votes, winner};
use crate::{Certificate, Error, Features, Settings, Watch};
use inner_products::{Feature, Sample};
use std::sync::Arc;

/// A fitted support vector machine.
#[derive(Debug, Clone)]
pub struct SupportVectorMachine {
    pub(crate) features: usize,
    pub(crate) classes: Vec<usize>,
    pub(crate) gamma: f64,
    pub(crate) machine: Arc<dyn Decide>,
    pub(crate) certificates: Vec<Certificate>,
    pub(crate) support: Vec<usize>,
    pub(crate) sigmoids: Option<Vec<Sigmoid>>,
}

/// Fits a machine to samples of `features` features with one label each.
///
/// # Errors
/// Any [`Error`] but [`Error::Cancelled`].
pub fn fit(
    samples: Features,
    features: usize,
    labels: &[usize],
    settings: &Settings,
) -> Result<SupportVectorMachine, Error> {
    let watch = Watch {
        solved: &|_, _| {},
        cancelled: &|| false,
    };
    fit_watched(samples, features, labels, settings, watch)
}

/// [`fit`] that reports to `watch` and can be called off.
///
/// # Errors
/// Any [`Error`].
pub fn fit_watched(
    samples: Features,
    features: usize,
    labels: &[usize],
    settings: &Settings,
    watch: Watch,
) -> Result<SupportVectorMachine, Error> {
    fit_weighted(samples, features, labels, None, settings, watch)
}

/// [`fit_watched`] with a weight for each sample: what C is multiplied with for it.
///
/// # Errors
/// Any [`Error`].
pub fn fit_weighted(
    samples: Features,
    features: usize,
    labels: &[usize],
    weights: Option<&[f64]>,
    settings: &Settings,
    watch: Watch,
) -> Result<SupportVectorMachine, Error> {
    settings.validate()?;
    let layout = samples.validate(features, labels)?;
    validate_weights(weights, labels.len())?;
    let function = Function {
        kernel: settings.kernel,
        gamma: settings.gamma.resolve(samples, layout),
    };
    let precision = Precision::of(function, samples, layout)?;
    let work = Fit {
        features,
        labels,
        weights,
        function,
        precision,
        settings,
        watch,
    };
    samples.attempt(layout, precision.single, &work)
}

/// One fit.
struct Fit<'a> {
    features: usize,
    labels: &'a [usize],
    weights: Option<&'a [f64]>,
    function: Function,
    precision: Precision,
    settings: &'a Settings,
    watch: Watch<'a>,
}

impl Work for Fit<'_> {
    type Output = SupportVectorMachine;

    fn run<F: Feature, R: Real>(&self, samples: &[Sample<F>]) -> Result<SupportVectorMachine, Unfit>
    where
        Machine<F, R>: Decide + 'static,
    {
        let sorted = Sorted::new(
            samples,
            self.features,
            self.labels,
            self.weights,
            self.settings.threads,
        )?;
        let (function, precision) = (self.function, self.precision);
        let solutions = sorted.solve::<R>(function, precision, self.settings, self.watch)?;
        let mut fitted = SupportVectorMachine::assemble::<F, R>(&sorted, function, &solutions);
        if self.settings.probability {
            let solve = |part: &Sorted<F>| {
                let silent = Watch {
                    solved: &|_, _| {},
                    ..self.watch
                };
                part.solve::<R>(function, precision, self.settings, silent)
            };
            fitted.sigmoids = Some(sigmoids::<F, R>(&sorted, function, solve)?);
        }
        Ok(fitted)
    }
}

/// # Errors
/// [`Error::Weights`] or [`Error::Weight`].
pub(crate) fn validate_weights(weights: Option<&[f64]>, samples: usize) -> Result<(), Error> {
    let Some(weights) = weights else {
        return Ok(());
    };
    if weights.len() != samples {
        return Err(Error::Weights {
            weights: weights.len(),
            samples,
        });
    }
    let wrong = |weight: &f64| !(*weight > 0.0 && weight.is_finite());
    match weights.iter().position(wrong) {
        None => Ok(()),
        Some(sample) => Err(Error::Weight {
            sample,
            weight: weights[sample],
        }),
    }
}

impl SupportVectorMachine {
    pub(crate) fn assemble<F: Feature, R: Real>(
        sorted: &Sorted<F>,
        function: Function,
        solutions: &[Solution],
    ) -> Self
    where
        Machine<F, R>: Decide + 'static,
    {
        let (machine, support) = join::<F, R>(sorted, function, solutions);
        Self {
            features: sorted.features,
            gamma: function.gamma,
            machine: Arc::new(machine),
            certificates: solutions.iter().map(|pair| pair.certificate).collect(),
            support,
            classes: sorted.classes.labels.clone(),
            sigmoids: None,
        }
    }

    /// Features per sample.
    pub fn features(&self) -> usize {
        self.features
    }

    /// The classes that it tells apart, ascending: the labels that occurred.
    pub fn classes(&self) -> &[usize] {
        &self.classes
    }

    /// γ as it was used.
    pub fn gamma(&self) -> f64 {
        self.gamma
    }

    /// One certificate per pair of classes: first with second, first with third, and so on.
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// Indices of the training samples that are support vectors of any pair, class by class.
    pub fn support(&self) -> &[usize] {
        &self.support
    }

    /// Support vectors of all pairs, each counted once: what prediction costs.
    pub fn support_vectors(&self) -> usize {
        self.support.len()
    }

    /// The decision values, shape (samples, pairs): above 0 for the first class of a pair, in the
    /// order of [`certificates`](Self::certificates).
    ///
    /// # Panics
    /// If the values do not divide into samples of as many [`features`](Self::features) as it was
    /// trained on, or sparse samples are of another width. Other samples of another width whose values happen
    /// to divide are not noticed.
    pub fn decision_function(&self, samples: Features) -> Vec<f64> {
        let layout = samples.layout(self.features);
        let layout = layout.unwrap_or_else(|error| panic!("{error}"));
        self.machine.decide_all(samples.values(), layout)
    }

    /// Votes of each class, shape (samples, classes), see [`votes`].
    ///
    /// # Panics
    /// As [`decision_function`](Self::decision_function).
    pub fn votes(&self, samples: Features) -> Vec<u32> {
        let decisions = self.decision_function(samples);
        decisions
            .chunks_exact(self.certificates.len())
            .flat_map(|decisions| votes(decisions, self.classes.len()))
            .collect()
    }

    /// The class with most votes, the first of equals, as libsvm.
    ///
    /// # Panics
    /// As [`decision_function`](Self::decision_function).
    pub fn classify(&self, samples: Features) -> Vec<usize> {
        self.votes(samples)
            .chunks_exact(self.classes.len())
            .map(|votes| self.classes[winner(votes)])
            .collect()
    }

    /// The probability of each class, shape (samples, classes), if the machine was fitted with
    /// [`Settings::probability`].
    ///
    /// # Panics
    /// As [`decision_function`](Self::decision_function).
    pub fn probabilities(&self, samples: Features) -> Option<Vec<f64>> {
        let sigmoids = self.sigmoids.as_ref()?;
        let decisions = self.decision_function(samples);
        let couple_row = |decisions: &[f64]| {
            let pairwise: Vec<f64> = sigmoids
                .iter()
                .zip(decisions)
                .map(|(sigmoid, &decision)| sigmoid.probability(decision))
                .collect();
            couple(&pairwise, self.classes.len())
        };
        let rows = decisions.chunks_exact(sigmoids.len());
        Some(rows.flat_map(couple_row).collect())
    }
}
