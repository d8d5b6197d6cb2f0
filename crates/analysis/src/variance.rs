//! Where the spread of an accuracy comes from.

use crate::fits::FitSummary;
use records::{Protocol, Role};
use serde::Serialize;
use statistics::{mean, variance};
use std::collections::BTreeMap;

/// Standard deviations of a model's accuracy, by what would have to be drawn anew. Over folds there is none for
/// other training images: folds share theirs, and no estimate of it is unbiased (Bengio and Grandvalet 2004).
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct VarianceBudget {
    /// Other images to judge on, as many: √(p(1 − p)/n). `None` where they come in groups.
    pub judged_images: Option<f64>,
    /// Another seed, with the same training images: over folds, of their mean. `None` where no fold was fitted with
    /// several.
    pub seed: Option<f64>,
}

impl VarianceBudget {
    /// From the fits of a model, over folds also from fits of the same folds with other seeds. `images` are those
    /// judged in all, if they are independent. `None` for one fit.
    pub(crate) fn new(
        fits: &[FitSummary],
        other_seeds: &[FitSummary],
        protocol: Protocol,
        images: Option<usize>,
    ) -> Option<Self> {
        if fits.len() < 2 {
            return None;
        }
        let accuracies: Vec<f64> = fits.iter().map(|fit| fit.accuracy).collect();
        let average = mean(accuracies.iter().copied());
        let of_seeds = match protocol.folds() {
            None => Some(variance(&accuracies)),
            Some(_) => of_means_over_folds(fits, other_seeds),
        };
        Some(Self {
            judged_images: images.map(|n| (average * (1.0 - average) / n.max(1) as f64).sqrt()),
            seed: of_seeds.map(f64::sqrt),
        })
    }
}

/// The variance from seed to seed of the mean over all folds. That of a single fold is larger.
fn of_means_over_folds(fits: &[FitSummary], other_seeds: &[FitSummary]) -> Option<f64> {
    let mut of_seed: BTreeMap<Role, Vec<f64>> = BTreeMap::new();
    for fit in fits.iter().chain(other_seeds) {
        of_seed.entry(fit.cell.role).or_default().push(fit.accuracy);
    }
    let whole = of_seed.into_values().filter(|of| of.len() == fits.len());
    let means: Vec<f64> = whole.map(|of| mean(of.into_iter())).collect();
    (means.len() > 1).then(|| variance(&means))
}

#[cfg(test)]
mod tests;
