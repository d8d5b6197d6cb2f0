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
mod fit;
mod growth;
mod kept;
mod larger;
mod promises;
mod ranges;
mod stopping;
mod uneven;

pub use digits::{digits, stripes};
pub use fit::fit;
pub use promises::{Check, NO_LAYERS, NO_PROBABILITIES, NOT_LINEAR, PICTURES_ONLY};
pub use uneven::uneven;

use classifier::ModelEntry;

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
    (Check::Together, |model| promised(checks::together, model)),
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
    (Check::Features, |model| promised(cost::features, model)),
    (Check::Classes, |model| promised(cost::classes, model)),
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
