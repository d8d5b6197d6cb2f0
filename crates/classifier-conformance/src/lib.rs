//! What every model must pass, whatever it computes.
//!
//! A model crate's test is one line: `classifier_conformance::check(&MY_MODEL)`. A model that
//! cannot keep a promise says so with [`check_except`], and why.

mod checks;
mod digits;
mod kept;

pub use digits::{digits, stripes};

use classifier::{
    Cancellation, Classifier, FitContext, FitError, ModelEntry, Observer, with_threads,
};
use data::Dataset;

/// One promise of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// Every parameter is documented, and the defaults are accepted.
    Documented,
    /// Scores have one row per image and one column per class, for no images, too.
    Shapes,
    /// Any number of classes, any image shape, real-valued features, a class without images.
    AnyData,
    /// Same seed, same bits, when fitted again and on one thread or two; with any seed, where the
    /// recipe says that it is not stochastic.
    Reproducible,
    /// An image's prediction does not depend on the images before and after it.
    OrderOfTestImages,
    /// Probabilities are at least 0, sum to 1, and rank the classes as the scores do.
    Probabilities,
    /// Linear weights give the predictions that the scores give.
    LinearWeights,
    /// Empty data is refused.
    EmptyData,
    /// NaN and infinity are refused.
    NotFinite,
    /// A fit that is called off, before or during it, ends as cancelled.
    Cancellation,
    /// More test images are right than by always naming the most frequent class.
    BeatsMajority,
    /// What is made of its state predicts as it does, bit by bit; states that are wrong are refused,
    /// and do no harm.
    Kept,
}

/// The code of a check; it panics where the promise is broken, and says why where there is none.
type Run = fn(&ModelEntry) -> Option<String>;

/// All checks with their code, in the order in which they run.
const CHECKS: &[(Check, Run)] = &[
    (Check::Documented, |model| {
        promised(checks::documented, model)
    }),
    (Check::Shapes, |model| promised(checks::shapes, model)),
    (Check::AnyData, |model| promised(checks::any_data, model)),
    (Check::Reproducible, |model| {
        promised(checks::reproducible, model)
    }),
    (Check::OrderOfTestImages, |model| {
        promised(checks::order_of_test_images, model)
    }),
    (Check::Probabilities, |model| {
        promised(checks::probabilities, model)
    }),
    (Check::LinearWeights, |model| {
        promised(checks::linear_weights, model)
    }),
    (Check::EmptyData, |model| {
        promised(checks::empty_data, model)
    }),
    (Check::NotFinite, |model| {
        promised(checks::not_finite, model)
    }),
    (Check::Cancellation, |model| {
        promised(checks::cancellation, model)
    }),
    (Check::BeatsMajority, |model| {
        promised(checks::beats_majority, model)
    }),
    (Check::Kept, kept::kept),
];

fn promised(check: fn(&ModelEntry), model: &ModelEntry) -> Option<String> {
    check(model);
    None
}

/// Runs every check.
///
/// # Panics
/// With the first promise that the model does not keep.
pub fn check(model: &ModelEntry) {
    check_except(model, &[]);
}

/// Runs every check but those in `skipped`, each of which is printed with its reason.
///
/// # Panics
/// With the first promise that the model does not keep.
pub fn check_except(model: &ModelEntry, skipped: &[(Check, &str)]) {
    for (check, run) in CHECKS {
        if let Some((_, reason)) = skipped.iter().find(|(skip, _)| skip == check) {
            println!("{}: {check:?} skipped: {reason}", model.id);
        } else {
            println!("{}: {check:?}", model.id);
            if let Some(reason) = run(model) {
                println!("{}: {check:?} skipped: {reason}", model.id);
            }
        }
    }
}

/// Fits a model's preset with seed 1 on one thread.
///
/// # Panics
/// If the fit fails.
pub fn fit(model: &ModelEntry, train: &Dataset) -> Box<dyn Classifier> {
    fit_with(model, train, 1, 1)
}

fn fit_with(model: &ModelEntry, train: &Dataset, seed: u64, threads: usize) -> Box<dyn Classifier> {
    let recipe = (model.preset)();
    let mut context = FitContext::quiet(seed, threads);
    with_threads(threads, || recipe.fit(train, &mut context))
        .unwrap_or_else(|error| panic!("{}: {error}", model.id))
}

fn try_fit(
    model: &ModelEntry,
    train: &Dataset,
    cancellation: Cancellation,
    observer: &mut dyn Observer,
) -> Result<Box<dyn Classifier>, FitError> {
    let recipe = (model.preset)();
    let mut context = FitContext::new(1, 1, cancellation, observer);
    with_threads(1, || recipe.fit(train, &mut context))
}
