//! What users call: fit, predict, and look inside.

use crate::element::Element;
use crate::fit::Sorted;
use crate::kernel::Function;
use crate::machine::{Machine, Support, pairs};
use crate::probability::{Sigmoid, couple, sigmoids};
use crate::samples::Rows;
use crate::solver::Solution;
use crate::{Certificate, Error, Kernel, Settings, Watch, dot};
use std::borrow::Cow;

/// Samples, one after the other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Features<'a> {
    /// 8-bit pixels p, of which the kernel sees p / 255.
    Pixels(&'a [u8]),
    /// Finite numbers.
    Reals(&'a [f32]),
}

/// A fitted support vector machine.
#[derive(Debug, Clone)]
pub struct SupportVectorMachine {
    features: usize,
    classes: Vec<usize>,
    gamma: f64,
    machine: Kind,
    certificates: Vec<Certificate>,
    support: Vec<usize>,
    sigmoids: Option<Vec<Sigmoid>>,
}

/// A machine for either kind of features.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    Pixels(Machine<u8>),
    Reals(Machine<f32>),
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
    settings.validate()?;
    samples.validate(features, labels)?;
    match samples {
        Features::Pixels(pixels) if features <= dot::PIXELS => {
            fit_as(pixels, features, labels, settings, watch, Kind::Pixels)
        }
        samples => {
            let reals = samples.to_reals();
            fit_as(&reals, features, labels, settings, watch, Kind::Reals)
        }
    }
}

fn fit_as<E: Element>(
    values: &[E],
    features: usize,
    labels: &[usize],
    settings: &Settings,
    watch: Watch,
    kind: impl Fn(Machine<E>) -> Kind,
) -> Result<SupportVectorMachine, Error> {
    let sorted = Sorted::new(values, features, labels)?;
    let function = Function {
        kernel: settings.kernel,
        gamma: settings.gamma.resolve(values, features),
    };
    let solutions = sorted.solve(function, settings, watch)?;
    let mut fitted = SupportVectorMachine::assemble(&sorted, function, &solutions, kind);
    if settings.probability {
        fitted.sigmoids = Some(sigmoids(&sorted, function, settings, watch)?);
    }
    Ok(fitted)
}

/// Joins the support vectors of all pairs: each is kept once, with its coefficients in every pair.
fn join<E: Element>(
    sorted: &Sorted<E>,
    function: Function,
    solutions: &[Solution],
) -> (Machine<E>, Vec<usize>) {
    let classes = sorted.classes.len();
    let others = classes - 1;
    let mut coefficients: Vec<Vec<f32>> = (0..classes)
        .map(|class| vec![0.0; sorted.range(class).len() * others])
        .collect();
    for ((a, b), solution) in pairs(classes).zip(solutions) {
        let (first, second) = solution.coefficients.split_at(sorted.range(a).len());
        for (class, lane, values) in [(a, b - 1, first), (b, a, second)] {
            let rows = coefficients[class].chunks_exact_mut(others);
            for (row, &value) in rows.zip(values) {
                row[lane] = value as f32;
            }
        }
    }
    let mut indices = Vec::new();
    let support = (0..classes)
        .map(|class| {
            let (places, rows): (Vec<usize>, Vec<&[f32]>) = sorted
                .range(class)
                .zip(coefficients[class].chunks_exact(others))
                .filter(|(_, row)| row.iter().any(|&value| value != 0.0))
                .unzip();
            indices.extend(places.iter().map(|&place| sorted.order[place]));
            let samples = places.iter().map(|&place| sorted.sample(place));
            Support::new(sorted.features, samples, &rows.concat(), others)
        })
        .collect();
    let machine = Machine {
        function,
        support,
        rho: solutions.iter().map(|pair| pair.rho).collect(),
    };
    (machine, indices)
}

impl Settings {
    pub(crate) fn validate(&self) -> Result<(), Error> {
        let positive = |name, value: f64| {
            Error::unless(
                value > 0.0 && value.is_finite(),
                name,
                value,
                "a number above 0",
            )
        };
        positive("c", self.c)?;
        positive("tolerance", self.tolerance)?;
        if let crate::Gamma::Value(gamma) = self.gamma {
            positive("gamma", gamma)?;
        }
        if let Kernel::Polynomial { degree, coef0 } = self.kernel {
            Error::unless(
                (1..=Kernel::HIGHEST_DEGREE).contains(&degree),
                "degree",
                f64::from(degree),
                "a whole number from 1 to 64",
            )?;
            let valid = coef0 >= 0.0 && coef0.is_finite();
            Error::unless(valid, "coef0", coef0, "a number of at least 0")?;
        }
        Ok(())
    }
}

impl Error {
    fn unless(
        valid: bool,
        name: &'static str,
        value: f64,
        expected: &'static str,
    ) -> Result<(), Self> {
        if valid {
            return Ok(());
        }
        Err(Self::Parameter {
            name,
            value,
            expected,
        })
    }
}

impl<'a> Features<'a> {
    fn len(self) -> usize {
        match self {
            Self::Pixels(pixels) => pixels.len(),
            Self::Reals(reals) => reals.len(),
        }
    }

    pub(crate) fn validate(self, features: usize, labels: &[usize]) -> Result<(), Error> {
        let values = self.len();
        if values == 0 || features == 0 {
            return Err(Error::Empty);
        }
        if !values.is_multiple_of(features) {
            return Err(Error::Ragged { values, features });
        }
        let samples = values / features;
        if labels.len() != samples {
            return Err(Error::Labels {
                labels: labels.len(),
                samples,
            });
        }
        if let Self::Reals(reals) = self
            && let Some(place) = reals.iter().position(|value| !value.is_finite())
        {
            return Err(Error::NotFinite {
                sample: place / features,
                feature: place % features,
                value: reals[place],
            });
        }
        Ok(())
    }

    pub(crate) fn to_reals(self) -> Cow<'a, [f32]> {
        match self {
            Self::Pixels(pixels) => pixels.iter().map(|&p| f32::from(p) / 255.0).collect(),
            Self::Reals(reals) => Cow::Borrowed(reals),
        }
    }
}

impl SupportVectorMachine {
    pub(crate) fn assemble<E: Element>(
        sorted: &Sorted<E>,
        function: Function,
        solutions: &[Solution],
        kind: impl Fn(Machine<E>) -> Kind,
    ) -> Self {
        let (machine, support) = join(sorted, function, solutions);
        Self {
            features: sorted.features,
            gamma: function.gamma,
            machine: kind(machine),
            certificates: solutions.iter().map(|pair| pair.certificate).collect(),
            support,
            classes: sorted.classes.clone(),
            sigmoids: None,
        }
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
    /// If the values do not fill whole samples of as many features as it was trained on.
    pub fn decision_function(&self, samples: Features) -> Vec<f64> {
        let features = self.features;
        assert!(
            samples.len().is_multiple_of(features),
            "whole samples of {features} features"
        );
        match (&self.machine, samples) {
            (Kind::Pixels(machine), Features::Pixels(pixels)) => {
                machine.decisions(&Rows::new(pixels.chunks_exact(features)))
            }
            (Kind::Reals(machine), samples) => {
                machine.decisions(&Rows::new(samples.to_reals().chunks_exact(features)))
            }
            (Kind::Pixels(machine), Features::Reals(reals)) => machine
                .to_reals()
                .decisions(&Rows::new(reals.chunks_exact(features))),
        }
    }

    /// Votes of each class, shape (samples, classes): a pair's decision value above 0 is a vote
    /// for its first class.
    ///
    /// # Panics
    /// As [`decision_function`](Self::decision_function).
    pub fn votes(&self, samples: Features) -> Vec<u32> {
        let decisions = self.decision_function(samples);
        let vote = |decisions: &[f64]| {
            let mut votes = vec![0; self.classes.len()];
            for ((a, b), &decision) in pairs(votes.len()).zip(decisions) {
                votes[if decision > 0.0 { a } else { b }] += 1;
            }
            votes
        };
        decisions
            .chunks_exact(self.certificates.len())
            .flat_map(vote)
            .collect()
    }

    /// The class with most votes, the first of equals, as libsvm.
    ///
    /// # Panics
    /// As [`decision_function`](Self::decision_function).
    pub fn classify(&self, samples: Features) -> Vec<usize> {
        let winner = |votes: &[u32]| {
            let most = votes.iter().max().expect("at least two classes");
            let place = votes.iter().position(|votes| votes == most);
            self.classes[place.expect("it was found there")]
        };
        self.votes(samples)
            .chunks_exact(self.classes.len())
            .map(winner)
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
