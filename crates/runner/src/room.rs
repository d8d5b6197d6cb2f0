//! Whether a fit has room in memory, before it begins.

use crate::conditions::Unfitted;
use catalog::{available_memory, in_bytes, in_free_bytes};
use classifier::Recipe;
use data::Dataset;

/// Declines a fit that needs more than is available, or than its process may have resident.
pub(crate) fn check(
    recipe: &dyn Recipe,
    train: &Dataset,
    limit: Option<usize>,
) -> Result<(), Unfitted> {
    let available = available_memory().map_or(usize::MAX, |bytes| bytes as usize);
    match refusal(recipe.least_memory(train), available, limit) {
        Some(reason) => Err(Unfitted::Failed(reason)),
        None => Ok(()),
    }
}

/// Why there is no room for `needed` bytes, if there is none.
fn refusal(needed: usize, available: usize, limit: Option<usize>) -> Option<String> {
    let least = format!(
        "needs at least {} of memory beside the samples",
        in_bytes(needed as u64)
    );
    let there = |bytes: usize| in_free_bytes(bytes as u64);
    match limit {
        Some(limit) if needed > limit => Some(format!("{least}; its limit is {}", there(limit))),
        _ if needed > available => Some(format!("{least}; {} are available", there(available))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples;
    use classifier::{Classifier, FitContext, FitError};

    /// What most models are: it has numbers made of pixels.
    struct Copying;

    impl Recipe for Copying {
        fn fit(
            &self,
            _: &Dataset,
            _: &mut FitContext<'_>,
        ) -> Result<Box<dyn Classifier>, FitError> {
            unreachable!("nobody fits it")
        }
    }

    #[test]
    fn what_is_needed_and_what_there_is_are_said() {
        let gigabyte = 1_000_000_000;
        assert_eq!(refusal(gigabyte, gigabyte, Some(gigabyte)), None);
        assert_eq!(
            refusal(25 * gigabyte, 14 * gigabyte, None).unwrap(),
            "needs at least 25.0 GB of memory beside the samples; 14.0 GB are available"
        );
        assert_eq!(
            refusal(2 * gigabyte, 14 * gigabyte, Some(gigabyte * 3 / 2)).unwrap(),
            "needs at least 2.00 GB of memory beside the samples; its limit is 1.50 GB"
        );
    }

    #[test]
    fn what_is_lacking_is_seen_however_little_it_is() {
        assert_eq!(
            refusal(123_456_789, 123_456_788, None).unwrap(),
            "needs at least 124 MB of memory beside the samples; 123 MB are available"
        );
        assert_eq!(
            refusal(5_001, 5_000, Some(5_000)).unwrap(),
            "needs at least 5.01 kB of memory beside the samples; its limit is 5.00 kB"
        );
    }

    #[test]
    fn who_copies_pixels_is_declined_and_who_passes_over_them_is_not() {
        let train = examples::digits().train;
        let fits = |recipe: &dyn Recipe, limit| check(recipe, &train, Some(limit)).is_ok();
        let copy = 4 * train.len() * train.samples().features();
        assert!(!fits(&Copying, copy - 1) && fits(&Copying, copy));
        let centroids = (model_nearest_centroid::NEAREST_CENTROID.preset)();
        assert!(fits(centroids.as_ref(), 0));
    }
}
