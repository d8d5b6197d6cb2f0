//! Pairs of models over folds that share training images.

use crate::family::{Adjusted, Family, Ranked};
use crate::fits::{FitSummary, over_folds};
use crate::levels::{EQUIVALENCE, POWER};
use crate::pair::Comparison;
use records::{Folds, Protocol};
use statistics::{
    CorrelatedDifferences, FEWEST_FOR_HALVES, Relation, detectable_effect, distinct_pairs,
    five_by_two_f,
};

/// The folds that the combined F test is of.
pub const FIVE_BY_TWO: Folds = Folds {
    repeats: 5,
    folds: 2,
};

/// The corrected resampled t test, frequentist and Bayesian.
pub(crate) fn across_folds(
    ranked: &[Ranked],
    family: &Family,
    protocol: Protocol,
) -> (Vec<Comparison>, usize) {
    if family.pairs.is_empty() {
        return (Vec::new(), 0);
    }
    let right: Vec<Vec<bool>> = ranked
        .iter()
        .map(|(_, of)| of.compared.right.concat())
        .collect();
    let tests = distinct_pairs(&right, family.control);
    let adjusted = Adjusted::new(tests);
    let over = OverFolds::new(protocol, adjusted, family.margin);
    let compare = |&(i, j): &(usize, usize)| {
        let [a, b] = [i, j].map(|model| &ranked[model].1.spread.fits[..]);
        let [first, second] = [i, j].map(|model| ranked[model].0.id.as_str());
        let pair = Comparison::new(first, second, [&right[i], &right[j]]);
        over.compare(pair, a, b)
    };
    (family.pairs.iter().map(compare).collect(), tests)
}

/// How pairs over the same folds are judged.
pub(crate) struct OverFolds {
    protocol: Protocol,
    adjusted: Adjusted,
    margin: Option<f64>,
    /// What is detected, in standard errors: the same for each pair, and slow to find for few folds.
    effect: Option<f64>,
}

impl OverFolds {
    /// # Panics
    /// If `protocol` has no folds, or one alone.
    pub(crate) fn new(protocol: Protocol, adjusted: Adjusted, margin: Option<f64>) -> Self {
        let effect = protocol.folds().map(|folds| {
            let freedom = folds.fits() as f64 - 1.0;
            detectable_effect(1.0, freedom, adjusted.level(), POWER)
        });
        Self {
            protocol,
            adjusted,
            margin,
            effect,
        }
    }

    /// The same pair with what folds say of it.
    pub(crate) fn compare(
        &self,
        pair: Comparison,
        first: &[FitSummary],
        second: &[FitSummary],
    ) -> Comparison {
        let (differences, folds) = over_folds(first, second);
        let pair = Comparison {
            difference: differences.iter().sum::<f64>() / differences.len().max(1) as f64,
            ..pair
        };
        let Some(folds) = folds else {
            return pair;
        };
        // Of one repetition.
        let judged: usize = first.iter().take(2).map(|fold| fold.judged_images).sum();
        let halves: Vec<[f64; 2]> = differences.as_chunks::<2>().0.to_vec();
        let five_by_two = <[[f64; 2]; 5]>::try_from(halves)
            .ok()
            .filter(|_| self.protocol.folds() == Some(FIVE_BY_TWO) && judged >= FEWEST_FOR_HALVES);
        let detectable = self.effect.map(|effect| effect * folds.error());
        Comparison {
            // A difference is 1 at most.
            detectable_difference: detectable.filter(|&difference| difference < 1.0),
            five_by_two: five_by_two.as_ref().and_then(five_by_two_f),
            ..decided(pair, folds, &self.adjusted, self.margin)
        }
    }
}

/// The same pair with what the t test says of it.
fn decided(
    pair: Comparison,
    folds: CorrelatedDifferences,
    adjusted: &Adjusted,
    margin: Option<f64>,
) -> Comparison {
    let p = folds.t_test().p;
    let interval = folds.interval(adjusted.confidence());
    let of_margin = folds.interval(adjusted.margin_confidence());
    Comparison {
        difference_interval: Some(interval),
        margin_interval: Some(of_margin),
        p,
        p_adjusted: adjusted.p(p),
        different: p <= adjusted.level(),
        relation: margin.map(|margin| Relation::new(interval, of_margin, margin)),
        freedom: Some(folds.freedom()),
        posterior: Some(folds.posterior(margin.unwrap_or(EQUIVALENCE))),
        ..pair
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::report;
    use records::RunRecord;
    use records::examples::{of_fold, run_over_folds, with_errors};

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
        let detectable = all.detectable_difference.unwrap();
        let folds = CorrelatedDifferences::new(&differences, 1.0 / 3.0).unwrap();
        assert!(
            (detectable - folds.detectable(0.05, 0.8)).abs() < 1e-9,
            "{all:?}"
        );
        let (found, expected) = (all.difference_interval.unwrap(), folds.interval(0.95));
        assert!((found.high - expected.high).abs() < 1e-12, "{all:?}");
        assert_eq!(all.freedom, Some(3.0));
    }

    #[test]
    fn the_same_difference_in_each_fold_is_no_test() {
        let pair = over_four_folds(|_| {}, [("a", [0, 1, 0, 3]), ("b", [2, 3, 2, 5])]);
        assert!((pair.difference - 0.2).abs() < 1e-12, "{pair:?}");
        assert_eq!((pair.p, pair.different), (1.0, false));
        assert_eq!((pair.difference_interval, pair.posterior), (None, None));
        assert_eq!(pair.detectable_difference, None);
    }

    /// With two folds and a margin of a point.
    #[test]
    fn folds_too_few_for_any_difference_have_no_detectable_one() {
        let mut run = run_over_folds(&["a", "b", "c"], &[0, 1].repeat(20), 1, 2);
        run.margin = Some(1.0);
        let errors = [("a", [0, 1]), ("b", [3, 9]), ("c", [4, 12])];
        let fits = errors.iter().flat_map(|(id, errors)| {
            let fold = |(fold, wrong): (usize, &usize)| {
                with_errors(&run, id, of_fold(0, fold as u16), *wrong)
            };
            errors.iter().enumerate().map(fold).collect::<Vec<_>>()
        });
        for pair in report(fits.collect(), run.clone()).comparisons {
            assert_eq!(
                (pair.freedom, pair.detectable_difference),
                (Some(1.0), None)
            );
            assert_eq!(pair.relation, Some(Relation::Undecided), "{pair:?}");
            let interval = pair.difference_interval.unwrap();
            assert!(interval.low >= -1.0 && interval.high <= 1.0, "{pair:?}");
        }
    }
}
