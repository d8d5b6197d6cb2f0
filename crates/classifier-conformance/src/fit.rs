//! How the checks fit a model.

use classifier::{
    Cancellation, Classifier, FitContext, FitError, ModelEntry, Observer, with_threads,
};
use data::Dataset;

/// Fits a model's preset with seed 1 on one thread.
///
/// # Panics
/// If the fit fails.
pub fn fit(model: &ModelEntry, train: &Dataset) -> Box<dyn Classifier> {
    fit_with(model, train, 1, 1)
}

pub(crate) fn fit_with(
    model: &ModelEntry,
    train: &Dataset,
    seed: u64,
    threads: usize,
) -> Box<dyn Classifier> {
    let recipe = (model.preset)();
    let mut context = FitContext::quiet(seed, threads);
    with_threads(threads, || recipe.fit(train, &mut context))
        .unwrap_or_else(|error| panic!("{}: {error}", model.id))
}

/// The fit, or why there is none, with what may call it off and who is told.
pub(crate) fn try_fit(
    model: &ModelEntry,
    train: &Dataset,
    cancellation: Cancellation,
    observer: &mut dyn Observer,
) -> Result<Box<dyn Classifier>, FitError> {
    let recipe = (model.preset)();
    let mut context = FitContext::new(1, 1, cancellation, observer);
    with_threads(1, || recipe.fit(train, &mut context))
}
