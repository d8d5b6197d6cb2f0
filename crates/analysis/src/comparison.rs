//! Which differences between models the images show, and which they do not.

use crate::bootstrap::{Ends, MetricDifference, Redrawn};
use crate::fits::over_folds as differences_over_folds;
use crate::levels::{CONFIDENCE, EQUIVALENCE, POWER, SIGNIFICANCE};
use crate::model::{Finished, ModelSummary, ranked};
use crate::over_seeds::{OverSeeds, over_seeds};
use crate::right::only_right;
use crate::sample::Contributions;
use records::{Folds, Protocol, RunRecord};
use serde::Serialize;
use statistics::{
    Interval, Posterior, Test, cochran_q, detectable_difference, five_by_two_f, groups, holm,
    mcnemar,
};

/// A model that finished.
type Ranked<'a> = (&'a ModelSummary, &'a Finished);

/// The folds that the combined F test is of.
pub const FIVE_BY_TWO: Folds = Folds {
    repeats: 5,
    folds: 2,
};

/// Two models on the same images.
#[derive(Debug, Clone, Serialize)]
pub struct Comparison {
    /// The one with more images right, or the first in the plan of two with as many.
    pub first: String,
    /// The other.
    pub second: String,
    /// Images that only the first got right.
    pub only_first_right: usize,
    /// Images that only the second got right.
    pub only_second_right: usize,
    /// Difference in accuracy, first − second.
    pub difference: f64,
    /// Its 95 % interval: from a paired bootstrap, or of folds that share training images; `None`
    /// where all folds show the same difference.
    pub difference_interval: Option<Interval>,
    /// In the other metrics that both models have, with intervals from the same bootstrap; empty
    /// over folds.
    pub metric_differences: Vec<MetricDifference>,
    /// P value of McNemar's exact test, or over folds of the corrected resampled t test; 1 where
    /// all folds show the same difference, of which there is no test.
    pub p: f64,
    /// The mid-p value of McNemar's test.
    pub mid_p: Option<f64>,
    /// The p value adjusted for all comparisons of the report (Holm).
    pub p_adjusted: f64,
    /// Whether the adjusted p value is below 0.05.
    pub different: bool,
    /// The smallest difference that McNemar's test finds on as many images four times in five, for
    /// models that differ on as many of them, at 0.05 divided by the number of pairs: the level at
    /// which a pair is different whatever the others do (Holm). `None` over folds, and where they
    /// differ on too few images for any.
    pub detectable_difference: Option<f64>,
    /// Where several seeds were tried: the difference on average over them.
    pub over_seeds: Option<OverSeeds>,
    /// Over folds: how probable each of the two is better by more than half a point.
    pub posterior: Option<Posterior>,
    /// Over five repetitions of two folds: the combined F test.
    pub five_by_two: Option<Test>,
}

/// All models that finished at once.
#[derive(Debug, Clone, Serialize)]
pub struct Together {
    /// Cochran's Q: whether all are equally often right.
    pub cochran_q: Option<Test>,
    /// The largest sets of models that cannot be told apart.
    pub groups: Vec<Vec<String>>,
}

impl Together {
    /// `None` for fewer than two models.
    pub(crate) fn new(
        models: &[ModelSummary],
        comparisons: &[Comparison],
        protocol: Protocol,
    ) -> Option<Self> {
        let ranked = ranked(models);
        if ranked.len() < 2 {
            return None;
        }
        let right: Vec<Vec<bool>> = ranked
            .iter()
            .map(|(_, of)| of.compared.right[0].clone())
            .collect();
        let differ = |a: usize, b: usize| {
            let of_these =
                |pair: &&Comparison| pair.first == ranked[a].0.id && pair.second == ranked[b].0.id;
            comparisons
                .iter()
                .find(of_these)
                .is_some_and(|pair| pair.different)
        };
        let name = |group: Vec<usize>| group.into_iter().map(|i| ranked[i].0.id.clone()).collect();
        Some(Self {
            cochran_q: if protocol.folds().is_none() {
                cochran_q(&right)
            } else {
                None
            },
            groups: groups(ranked.len(), differ).into_iter().map(name).collect(),
        })
    }
}

/// All pairs of the models that finished, those with the best model first.
pub(crate) fn comparisons(models: &[ModelSummary], run: &RunRecord) -> Vec<Comparison> {
    let ranked = ranked(models);
    if ranked.len() < 2 {
        return Vec::new();
    }
    let mut all = if run.protocol.folds().is_none() {
        on_the_same_images(&ranked, run.seed)
    } else {
        over_folds(&ranked, run.protocol)
    };
    let p_values: Vec<f64> = all.iter().map(|pair| pair.p).collect();
    for (pair, p) in all.iter_mut().zip(holm(&p_values)) {
        pair.p_adjusted = p;
        pair.different = p < SIGNIFICANCE;
    }
    if run.protocol.seeds > 1 && run.protocol.folds().is_none() {
        let seeds: Vec<[Vec<f64>; 2]> = pairs(ranked.len())
            .map(|(i, j)| [ranked[i].1, ranked[j].1].map(with_each_seed))
            .collect();
        for (pair, found) in all.iter_mut().zip(over_seeds(&seeds)) {
            pair.over_seeds = found;
        }
    }
    all
}

/// The accuracies with each seed; the only one of a model that does not depend on it.
fn with_each_seed(model: &Finished) -> Vec<f64> {
    if model.spread.fits.is_empty() {
        return vec![model.quality.accuracy];
    }
    let fits = model.spread.fits.iter();
    fits.map(|fit| fit.accuracy).collect()
}

/// McNemar's test and the paired bootstrap, of the fits with the first seed.
fn on_the_same_images(ranked: &[Ranked], seed: u64) -> Vec<Comparison> {
    let contributions: Vec<&Contributions> = ranked
        .iter()
        .filter_map(|(_, of)| of.compared.contributions.as_ref())
        .collect();
    let images = contributions[0].images();
    let redrawn = Redrawn::new(&contributions, seed);
    // A pair with such a p is different by Holm's method whatever the others do.
    let level = SIGNIFICANCE / pairs(ranked.len()).count() as f64;
    let compare = |(i, j): (usize, usize)| {
        let pair = Comparison::of(ranked[i], ranked[j], 1);
        let mut others = redrawn.differences(i, j);
        let Ends { low, high } = others.remove(0).interval;
        let test = mcnemar(pair.only_first_right, pair.only_second_right);
        let differing = (pair.only_first_right + pair.only_second_right) as f64 / images as f64;
        Comparison {
            difference_interval: Some(Interval {
                low: low.0,
                high: high.0,
            }),
            metric_differences: others,
            p: test.p,
            mid_p: Some(test.mid_p),
            detectable_difference: detectable_difference(images, differing, level, POWER),
            ..pair
        }
    };
    pairs(ranked.len()).map(compare).collect()
}

/// The corrected resampled t test, frequentist and Bayesian.
fn over_folds(ranked: &[Ranked], protocol: Protocol) -> Vec<Comparison> {
    let compare = |(i, j): (usize, usize)| {
        let [a, b] = [i, j].map(|model| &ranked[model].1.spread.fits);
        let (differences, folds) = differences_over_folds(a, b);
        let pair = Comparison {
            difference: differences.iter().sum::<f64>() / differences.len().max(1) as f64,
            ..Comparison::of(ranked[i], ranked[j], a.len())
        };
        let Some(folds) = folds else {
            return pair;
        };
        let halves: Vec<[f64; 2]> = differences.as_chunks::<2>().0.to_vec();
        let five_by_two = <[[f64; 2]; 5]>::try_from(halves)
            .ok()
            .filter(|_| protocol.folds() == Some(FIVE_BY_TWO));
        Comparison {
            difference_interval: Some(folds.interval(CONFIDENCE)),
            p: folds.t_test().p,
            posterior: Some(folds.posterior(EQUIVALENCE)),
            five_by_two: five_by_two.as_ref().and_then(five_by_two_f),
            ..pair
        }
    };
    pairs(ranked.len()).map(compare).collect()
}

/// Every (i, j) with i < j < count.
fn pairs(count: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..count).flat_map(move |i| (i + 1..count).map(move |j| (i, j)))
}

impl Comparison {
    /// What the first `fits` fits of two models got right, without a test.
    fn of(first: Ranked, second: Ranked, fits: usize) -> Self {
        let images = |(_, of): Ranked| of.compared.right[..fits].concat();
        let (a, b) = (images(first), images(second));
        let (first, second) = (first.0, second.0);
        let (only_first_right, only_second_right) = only_right(&a, &b);
        let difference = only_first_right as f64 - only_second_right as f64;
        let difference = difference / a.len().max(1) as f64;
        Self {
            first: first.id.clone(),
            second: second.id.clone(),
            only_first_right,
            only_second_right,
            difference,
            difference_interval: None,
            metric_differences: Vec::new(),
            p: 1.0,
            mid_p: None,
            p_adjusted: 1.0,
            different: false,
            detectable_difference: None,
            over_seeds: None,
            posterior: None,
            five_by_two: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::report;
    use records::examples::{CELL, of_fold, run, run_over_folds, with_errors};
    use statistics::CorrelatedDifferences;

    /// Four folds of ten images, in which the models have so many errors.
    fn over_four_folds(
        change: impl Fn(&mut RunRecord),
        errors: [(&str, [usize; 4]); 2],
    ) -> Comparison {
        let mut run = run_over_folds(&errors.map(|(id, _)| id), &[0, 1].repeat(20), 1, 4);
        change(&mut run);
        let fits = errors.iter().flat_map(|(id, errors)| {
            let with = |(fold, wrong): (usize, &usize)| {
                with_errors(&run, id, of_fold(0, fold as u16), *wrong)
            };
            errors.iter().enumerate().map(with).collect::<Vec<_>>()
        });
        report(fits.collect(), run.clone()).comparisons.remove(0)
    }

    /// Three pairs: each is different for certain at a third of 0.05 only.
    #[test]
    fn what_images_can_show_is_at_the_level_of_a_pair_among_all() {
        let run = run(&["a", "b", "c"], &[0, 1].repeat(500));
        let errors = [("a", 0), ("b", 5), ("c", 40)];
        let fits = errors.map(|(id, wrong)| with_errors(&run, id, CELL, wrong));
        let pairs = report(fits.to_vec(), run).comparisons;
        let found: Vec<Option<f64>> = pairs.iter().map(|p| p.detectable_difference).collect();
        let alone = |differing| detectable_difference(1_000, differing, 0.05 / 3.0, 0.8);
        assert_eq!(found, [None, alone(0.04), alone(0.035)], "{pairs:?}");
        assert!(found[1] > detectable_difference(1_000, 0.04, 0.05, 0.8));
    }

    /// Nadeau and Bengio's n₂/n₁ is of what the fits saw: 10/30, and 10/6 for a model that may learn
    /// from six images.
    #[test]
    fn folds_show_less_where_models_learn_from_fewer_images() {
        let errors = [("a", [1, 0, 1, 2]), ("b", [2, 2, 2, 5])];
        let differences = [0.1, 0.2, 0.1, 0.3];
        let all = over_four_folds(|_| {}, errors);
        let expected = CorrelatedDifferences::new(&differences, 1.0 / 3.0).unwrap();
        assert!((all.p - expected.t_test().p).abs() < 1e-12, "{all:?}");
        let limited = over_four_folds(|run| run.models[1].train_images = 6, errors);
        let expected = CorrelatedDifferences::new(&differences, 10.0 / 6.0).unwrap();
        assert!(
            (limited.p - expected.t_test().p).abs() < 1e-12,
            "{limited:?}"
        );
        assert!(limited.p > all.p);
    }

    #[test]
    fn the_same_difference_in_each_fold_is_no_test() {
        let pair = over_four_folds(|_| {}, [("a", [0, 1, 0, 3]), ("b", [2, 3, 2, 5])]);
        assert!((pair.difference - 0.2).abs() < 1e-12, "{pair:?}");
        assert_eq!((pair.p, pair.different), (1.0, false));
        assert_eq!((pair.difference_interval, pair.posterior), (None, None));
    }
}
