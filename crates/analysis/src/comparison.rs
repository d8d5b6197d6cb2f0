//! Which differences between models the images show, and which they do not.

use crate::across_folds::across_folds;
use crate::family::Family;
use crate::model::{Finished, ModelSummary, ranked};
use crate::on_images::on_the_same_images;
use crate::over_seeds::over_seeds;
use crate::pair::Comparison;
use records::RunRecord;

/// The pairs of the models that finished that are compared, those with the best model first: all, or
/// those with the baseline. And for how many tests their p values are adjusted.
pub(crate) fn comparisons(models: &[ModelSummary], run: &RunRecord) -> (Vec<Comparison>, usize) {
    let ranked = ranked(models);
    let family = Family::new(&ranked, run.baseline.as_deref(), run.margin);
    if run.protocol.folds().is_some() {
        return across_folds(&ranked, &family, run.protocol);
    }
    let (mut all, tests) = on_the_same_images(&ranked, &family, run.seed, run.groups().as_deref());
    if run.protocol.seeds > 1 {
        let models: Vec<&Finished> = ranked.iter().map(|(_, of)| *of).collect();
        for (pair, found) in all
            .iter_mut()
            .zip(over_seeds(&models, &family, run.groups.is_empty()))
        {
            pair.over_seeds = found;
        }
    }
    (all, tests)
}
