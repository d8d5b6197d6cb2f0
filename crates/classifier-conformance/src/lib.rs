//! What every model must pass, whatever it computes.
//!
//! A model crate's test is one line: `classifier_conformance::check(&MY_MODEL)`. A model that
//! cannot keep a promise, or declines what it is checked on, says so with [`check_except`], and why: no
//! check is left out silently. `tests/broken.rs` has for each check a model that fails it.
//!
//! Of seconds one thing is checked: that a fit which is called off ends within one, in the best of some tries. How
//! long a fit takes is not, for that says as much of the machine; the page of `benchmarks` has it. How it grows is.
//!
//! The suite counts the memory of every test that uses it, by thread (`counting`).

mod awkward;
mod checks;
mod cost;
mod counting;
mod digits;
mod growth;
mod kept;
mod ranges;
mod stopping;
mod uneven;

pub use digits::{digits, stripes};
pub use uneven::uneven;

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
    /// Layers give the scores, and the softmax of theirs is the probabilities.
    Layers,
    /// Empty data is refused.
    EmptyData,
    /// NaN and infinity are refused.
    NotFinite,
    /// A fit that is called off, before or during it, ends as cancelled.
    Cancellation,
    /// A fit to 5 000 digits that is called off in the middle ends within a second.
    StopsInTime,
    /// At both ends of its range each parameter fits or is refused, and beyond them it is refused.
    Ranges,
    /// More test images are right than by always naming the most frequent class.
    BeatsMajority,
    /// What is made of its state predicts as it does, bit by bit; states that are wrong are refused,
    /// and do no harm.
    Kept,
    /// What is kept of it grows with the samples, no faster than they, or not at all, as the recipe says.
    Growth,
    /// A fit takes as much memory as its recipe asks for at least, and grows with the samples no faster than it says.
    Memory,
    /// The time of a fit grows with the samples no faster than its recipe says.
    Time,
    /// It learns from one feature.
    OneFeature,
    /// It learns beside features that are constant, and features that are there twice.
    UselessFeatures,
    /// From one row per class, and a class without rows in the middle, it learns or declines: no panic, no score
    /// that is no number.
    OneRowPerClass,
    /// From features of 1e-30 and of 1e30: likewise.
    ExtremeScales,
    /// It does not answer rows of another width: it panics.
    OtherWidths,
    /// Several threads may ask it at once.
    AtOnce,
    /// Some rows alone are scored as among all.
    Subset,
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
    (Check::Probabilities, checks::probabilities),
    (Check::LinearWeights, checks::linear_weights),
    (Check::Layers, checks::layers),
    (Check::EmptyData, |model| {
        promised(checks::empty_data, model)
    }),
    (Check::NotFinite, |model| {
        promised(checks::not_finite, model)
    }),
    (Check::Cancellation, |model| {
        promised(stopping::cancellation, model)
    }),
    (Check::StopsInTime, |model| {
        promised(stopping::stops_in_time, model)
    }),
    (Check::Ranges, |model| promised(ranges::ranges, model)),
    (Check::BeatsMajority, |model| {
        promised(checks::beats_majority, model)
    }),
    (Check::Kept, kept::kept),
    (Check::Growth, growth::growth),
    (Check::Memory, |model| promised(cost::memory, model)),
    (Check::Time, |model| promised(cost::time, model)),
    (Check::OneFeature, awkward::one_feature),
    (Check::UselessFeatures, awkward::useless_features),
    (Check::OneRowPerClass, |model| {
        promised(awkward::one_row_per_class, model)
    }),
    (Check::ExtremeScales, |model| {
        promised(awkward::extreme_scales, model)
    }),
    (Check::OtherWidths, |model| {
        promised(awkward::other_widths, model)
    }),
    (Check::AtOnce, |model| promised(awkward::at_once, model)),
    (Check::Subset, |model| promised(awkward::subset, model)),
];

/// How many checks there are.
pub const CHECKS_IN_ALL: usize = CHECKS.len();

fn promised(check: fn(&ModelEntry), model: &ModelEntry) -> Option<String> {
    check(model);
    None
}

/// What a model without probabilities says.
pub const NO_PROBABILITIES: (Check, &str) = (Check::Probabilities, "it has none");

/// What a model says whose scores are no affine function of the features.
pub const NOT_LINEAR: (Check, &str) = (Check::LinearWeights, "its scores are no xW + b");

/// What a model says that is not affine maps with max(0, ·) between them.
pub const NO_LAYERS: (Check, &str) = (Check::Layers, "it is not made of layers");

/// What models of pictures say where they are checked on rows of features.
pub const PICTURES_ONLY: &[(Check, &str)] = &[
    (Check::OneFeature, NO_PICTURE),
    (Check::UselessFeatures, NO_PICTURE),
];

const NO_PICTURE: &str = "it is for pictures, and declines rows of features";

/// Runs every check.
///
/// # Panics
/// With the first promise that the model does not keep, or declines to.
pub fn check(model: &ModelEntry) {
    check_except(model, &[]);
}

/// Runs every check but those that `skipped` says cannot hold; each of them is printed with its reason. One
/// that the model itself declines runs up to there.
///
/// # Panics
/// With the first promise that the model does not keep; if it declines a check that is not in `skipped`.
pub fn check_except(model: &ModelEntry, skipped: &[(Check, &str)]) {
    let mut ran = 0;
    for (check, run) in CHECKS {
        if let Some((_, reason)) = skipped.iter().find(|(skip, _)| skip == check) {
            println!("{}: {check:?} skipped: {reason}", model.id);
            continue;
        }
        println!("{}: {check:?}", model.id);
        if let Some(reason) = run(model) {
            panic!("{check:?} did not run to its end: {reason}; name it in check_except");
        }
        ran += 1;
    }
    println!("{}: {ran} of {CHECKS_IN_ALL} checks ran", model.id);
    assert_eq!(ran + skipped.len(), CHECKS_IN_ALL, "a check is named twice");
}

/// Runs one check; says why, if the model declined it.
///
/// # Panics
/// If the model breaks the promise.
pub fn run(check: Check, model: &ModelEntry) -> Option<String> {
    let (_, run) = CHECKS
        .iter()
        .find(|(of, _)| *of == check)
        .expect("all are listed");
    run(model)
}

/// All checks, in the order in which they run.
pub fn all() -> impl Iterator<Item = Check> {
    CHECKS.iter().map(|(check, _)| *check)
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
