//! For each check a model that breaks its promise: the check must find it. The same model without a fault
//! passes them all.

use classifier::schemars::JsonSchema;
use classifier::{
    Classifier, Epoch, FitContext, FitError, Hyperparameters, LinearWeights, ModelEntry, Preset,
    Recipe, Scores, Sizes, State, StateError, Suits,
};
use classifier_conformance::{CHECKS_IN_ALL, Check, NO_LAYERS, all, check_except, run};
use data::{Dataset, Samples};
use serde::{Deserialize, Serialize};
use std::hint::black_box;
use std::panic::catch_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::sleep;
use std::time::Duration;

/// The mean sample of each class, in double precision; `FAULT` is the number of the check that it fails.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(crate = "classifier::schemars")]
struct Means<const FAULT: usize> {
    /// How many times the samples are looked at.
    passes: u32,
}

/// The same without a word about its parameter.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(crate = "classifier::schemars")]
struct Undocumented {
    passes: u32,
}

const NO_FAULT: usize = usize::MAX;

/// The place of a check among all, as a fault.
const fn fault(check: Check) -> usize {
    check as usize
}

impl<const FAULT: usize> Means<FAULT> {
    fn is(check: Check) -> bool {
        FAULT == fault(check)
    }
}

impl<const FAULT: usize> Hyperparameters for Means<FAULT> {}

impl Hyperparameters for Undocumented {}

impl Recipe for Undocumented {
    fn fit(
        &self,
        train: &Dataset,
        context: &mut FitContext<'_>,
    ) -> Result<Box<dyn Classifier>, FitError> {
        Means::<NO_FAULT> { passes: 1 }.fit(train, context)
    }

    /// Twice as much as it takes.
    fn least_memory(&self, train: &Dataset) -> usize {
        8 * train.len() * train.samples().features()
    }
}

/// Fits of a model that says it is the same each time.
static FITS: AtomicUsize = AtomicUsize::new(0);

impl<const FAULT: usize> Recipe for Means<FAULT> {
    fn fit(
        &self,
        train: &Dataset,
        context: &mut FitContext<'_>,
    ) -> Result<Box<dyn Classifier>, FitError> {
        let width = train.samples().features();
        if !(Self::is(Check::EmptyData) && train.is_empty() || Self::is(Check::NotFinite)) {
            train.check_trainable()?;
        }
        if Self::is(Check::OneFeature) && width == 1 {
            return Err(FitError::Declined {
                reason: "one feature is not enough".to_owned(),
            });
        }
        if Self::is(Check::Time) {
            (0..4 * train.len().pow(2)).for_each(|number| {
                black_box(number);
            });
        }
        if Self::is(Check::Classes) {
            (0..3_000 * train.classes().pow(3)).for_each(|number| {
                black_box(number);
            });
        }
        let pairs = match () {
            () if Self::is(Check::Memory) => train.len().pow(2),
            () if Self::is(Check::Features) => 64 * width.pow(2),
            () => 0,
        };
        let pairs = vec![0_u8; pairs];
        let mut fitted = Fitted::<FAULT>::of(train);
        drop(black_box(pairs));
        if Self::is(Check::Reproducible) {
            fitted.means[0] += FITS.fetch_add(1, Ordering::Relaxed) as f64;
        }
        if Self::is(Check::StopsInTime) {
            sleep(Duration::from_millis(1_300));
        }
        if !Self::is(Check::Cancellation) {
            context.cancellation().check()?;
        }
        assert!(!Self::is(Check::Ranges) || self.passes > 0, "no pass");
        for number in 1..=self.passes as usize {
            let epoch = Epoch {
                number,
                total: self.passes as usize,
                training_loss: 0.0,
            };
            let told = context.epoch(epoch, &fitted);
            if !Self::is(Check::Cancellation) {
                told?;
            }
        }
        Ok(Box::new(fitted))
    }

    fn is_stochastic(&self) -> bool {
        false
    }

    fn restore(&self, mut state: State, sizes: Sizes) -> Result<Box<dyn Classifier>, StateError> {
        let Sizes { features, classes } = sizes;
        let mut means = state
            .take_any::<f64>("means")?
            .of_shape(&[classes, features])?;
        if Self::is(Check::Kept) {
            means[0] += 1.0;
        }
        Ok(Box::new(Fitted::<FAULT> {
            means,
            classes,
            seen: 0,
        }))
    }
}

struct Fitted<const FAULT: usize> {
    /// Shape (classes, features); a class without samples is infinitely far.
    means: Vec<f64>,
    classes: usize,
    /// How many samples it learnt from.
    seen: usize,
}

/// How many threads ask at once.
static ASKING: AtomicUsize = AtomicUsize::new(0);

impl<const FAULT: usize> Fitted<FAULT> {
    fn of(train: &Dataset) -> Self {
        let (width, classes) = (train.samples().features(), train.classes());
        let mut means = vec![0.0; classes * width];
        let counts = train.class_counts();
        let values = train.samples().to_f32();
        for (row, &label) in values.chunks_exact(width).zip(train.labels()) {
            for (mean, value) in means[label * width..].iter_mut().zip(row) {
                *mean += f64::from(*value) / counts[label] as f64;
            }
        }
        for (class, _) in counts.iter().enumerate().filter(|(_, count)| **count == 0) {
            means[class * width..(class + 1) * width].fill(f64::INFINITY);
        }
        if Means::<FAULT>::is(Check::AnyData) && classes == 4 && width == 15 {
            means.rotate_left(width);
        }
        if Means::<FAULT>::is(Check::BeatsMajority) {
            means.truncate(width);
            means = means.repeat(classes);
        }
        if Means::<FAULT>::is(Check::UselessFeatures) && width == 19 {
            means.fill(0.0);
        }
        Self {
            means,
            classes,
            seen: train.len(),
        }
    }

    fn width(&self) -> usize {
        self.means.len() / self.classes
    }
}

impl<const FAULT: usize> Classifier for Fitted<FAULT> {
    fn scores(&self, samples: &Samples) -> Scores {
        let is = Means::<FAULT>::is;
        let width = samples.features();
        assert!(
            is(Check::OtherWidths) || width == self.width(),
            "another width"
        );
        let others = ASKING.fetch_add(1, Ordering::SeqCst);
        let values = samples.to_f32();
        let mut scores = Vec::new();
        for (place, row) in values.chunks_exact(width).enumerate() {
            for mean in self.means.chunks_exact(self.width()) {
                let squares = row
                    .iter()
                    .zip(mean)
                    .map(|(x, m)| (f64::from(*x) - m).powi(2));
                let mut score = -squares.sum::<f64>() as f32;
                if is(Check::ExtremeScales) && score.is_infinite() && row[0].abs() > 1e20 {
                    score = f32::NAN;
                }
                if is(Check::OneRowPerClass) && mean[0].is_infinite() {
                    score = f32::NAN;
                }
                if is(Check::Subset) && values.len() < 10 * width {
                    score *= 1.1;
                }
                if is(Check::OrderOfTestImages) && place % 2 == 1 {
                    score = -score;
                }
                scores.push(score);
            }
        }
        if is(Check::AtOnce) {
            sleep(Duration::from_millis(20));
            let alone = others == 0 && ASKING.load(Ordering::SeqCst) == 1;
            for score in &mut scores {
                *score += if alone { 0.0 } else { 1.0 };
            }
        }
        ASKING.fetch_sub(1, Ordering::SeqCst);
        let classes = self.classes;
        if is(Check::Shapes) && samples.is_empty() {
            return Scores::new(vec![0.0; classes], classes);
        }
        Scores::new(scores, classes)
    }

    fn log_probabilities(&self, samples: &Samples) -> Option<Scores> {
        let scores = self.scores(samples);
        if Means::<FAULT>::is(Check::Probabilities) {
            return Some(scores);
        }
        let logs: Vec<f64> = scores
            .values()
            .iter()
            .map(|&score| f64::from(score))
            .collect();
        // Where all classes are infinitely far, each is as likely.
        let rows = logs.chunks(self.classes).flat_map(|row| {
            let lost = row.iter().all(|log| log.is_infinite() || log.is_nan());
            row.iter().map(move |&log| if lost { 0.0 } else { log })
        });
        Some(Scores::normalised(&rows.collect::<Vec<_>>(), self.classes))
    }

    fn scores_and_log_probabilities(&self, samples: &Samples) -> (Scores, Option<Scores>) {
        let logs = self.log_probabilities(samples);
        match logs.clone().filter(|_| Means::<FAULT>::is(Check::Together)) {
            Some(scores) => (scores, logs),
            None => (self.scores(samples), logs),
        }
    }

    fn parameter_count(&self) -> usize {
        self.means.len()
    }

    fn linear_weights(&self) -> Option<LinearWeights> {
        let means = || self.means.chunks_exact(self.width());
        let weights = (0..self.width()).flat_map(|j| means().map(move |mean| mean[j] as f32));
        let sign = if Means::<FAULT>::is(Check::LinearWeights) {
            1.0
        } else {
            -1.0
        };
        let half = |mean: &[f64]| sign * mean.iter().map(|m| m * m).sum::<f64>() / 2.0;
        Some(LinearWeights {
            weights: weights.collect(),
            biases: means().map(|mean| half(mean) as f32).collect(),
        })
    }

    fn layers(&self) -> Option<Vec<LinearWeights>> {
        // They name the classes that the scores name, and are other numbers.
        let linear = self.linear_weights()?;
        Means::<FAULT>::is(Check::Layers).then(|| vec![linear])
    }

    fn state(&self) -> Result<State, StateError> {
        let shape = [self.classes, self.width()];
        let state = State::default().with("means", &shape, self.means.clone());
        if Means::<FAULT>::is(Check::Growth) {
            return Ok(state.with("seen", &[self.seen], vec![0_u8; self.seen]));
        }
        Ok(state)
    }
}

fn entry(preset: fn() -> Box<dyn Preset>) -> ModelEntry {
    ModelEntry {
        id: "broken",
        backend: "by hand",
        summary: "the mean sample of each class",
        package: env!("CARGO_PKG_NAME"),
        libraries: &[],
        environment: &[],
        suits: Suits::Everything,
        preset,
    }
}

fn means<const FAULT: usize>() -> ModelEntry {
    entry(|| Box::new(Means::<FAULT> { passes: 2 }))
}

/// The model that fails a check.
fn that_fails(check: Check) -> ModelEntry {
    match check {
        Check::Documented => entry(|| Box::new(Undocumented { passes: 1 })),
        Check::Shapes => means::<{ fault(Check::Shapes) }>(),
        Check::AnyData => means::<{ fault(Check::AnyData) }>(),
        Check::Reproducible => means::<{ fault(Check::Reproducible) }>(),
        Check::OrderOfTestImages => means::<{ fault(Check::OrderOfTestImages) }>(),
        Check::Probabilities => means::<{ fault(Check::Probabilities) }>(),
        Check::Together => means::<{ fault(Check::Together) }>(),
        Check::LinearWeights => means::<{ fault(Check::LinearWeights) }>(),
        Check::Layers => means::<{ fault(Check::Layers) }>(),
        Check::EmptyData => means::<{ fault(Check::EmptyData) }>(),
        Check::NotFinite => means::<{ fault(Check::NotFinite) }>(),
        Check::Cancellation => means::<{ fault(Check::Cancellation) }>(),
        Check::StopsInTime => means::<{ fault(Check::StopsInTime) }>(),
        Check::Ranges => means::<{ fault(Check::Ranges) }>(),
        Check::BeatsMajority => means::<{ fault(Check::BeatsMajority) }>(),
        Check::Kept => means::<{ fault(Check::Kept) }>(),
        Check::Growth => means::<{ fault(Check::Growth) }>(),
        Check::Memory => means::<{ fault(Check::Memory) }>(),
        Check::Time => means::<{ fault(Check::Time) }>(),
        Check::Features => means::<{ fault(Check::Features) }>(),
        Check::Classes => means::<{ fault(Check::Classes) }>(),
        Check::OneFeature => means::<{ fault(Check::OneFeature) }>(),
        Check::UselessFeatures => means::<{ fault(Check::UselessFeatures) }>(),
        Check::OneRowPerClass => means::<{ fault(Check::OneRowPerClass) }>(),
        Check::ExtremeScales => means::<{ fault(Check::ExtremeScales) }>(),
        Check::OtherWidths => means::<{ fault(Check::OtherWidths) }>(),
        Check::AtOnce => means::<{ fault(Check::AtOnce) }>(),
        Check::Subset => means::<{ fault(Check::Subset) }>(),
    }
}

/// The faults are those of the checks one by one, so that a check that is no longer run is missed.
#[test]
fn every_check_runs() {
    let places: Vec<usize> = all().map(fault).collect();
    assert_eq!(places, (0..28).collect::<Vec<_>>());
    assert_eq!(CHECKS_IN_ALL, 28);
}

#[test]
fn who_asks_for_more_memory_than_it_takes_is_found() {
    let asks_twice = entry(|| Box::new(Undocumented { passes: 1 }));
    assert!(catch_unwind(|| run(Check::Memory, &asks_twice)).is_err());
}

/// One test, for the models count who asks them.
#[test]
fn each_check_finds_the_model_that_breaks_its_promise() {
    check_except(&means::<NO_FAULT>(), &[NO_LAYERS]);
    for promise in all() {
        let broken = that_fails(promise);
        let found = catch_unwind(|| run(promise, &broken));
        // Declining is not passing: `check` does not take it.
        let passed = matches!(found, Ok(None));
        assert!(!passed, "{promise:?} does not find its broken model");
    }
}
