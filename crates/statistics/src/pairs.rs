//! All pairs of several classifiers on the same samples: tests and intervals that never contradict
//! each other.

use crate::{Interval, Relation, binomial_tail, mcnemar, only_right, tango};
use serde::Serialize;

/// Two of several classifiers on the same samples.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PairComparison {
    /// Index of the first.
    pub first: usize,
    /// Index of the second.
    pub second: usize,
    /// Samples that only the first got right.
    pub only_first: usize,
    /// Samples that only the second got right.
    pub only_second: usize,
    /// Difference in accuracy, first − second.
    pub difference: f64,
    /// Its interval. All intervals of the comparison hold at once with confidence 1 − α.
    pub interval: Interval,
    /// The interval of twice the level, that decides on equivalence ([`Relation::new`]).
    pub margin_interval: Interval,
    /// P value of McNemar's exact test.
    pub p: f64,
    /// The p value adjusted for all pairs.
    pub p_adjusted: f64,
    /// Whether `p_adjusted` ≤ α, and so whether `interval` excludes 0.
    pub different: bool,
}

impl PairComparison {
    /// What this says of the first against the second, with a margin.
    ///
    /// # Panics
    /// If `margin` is negative or not a number.
    pub fn relation(&self, margin: f64) -> Relation {
        Relation::new(self.interval, self.margin_interval, margin)
    }
}

/// Compares every two classifiers, in the order (0, 1), (0, 2), …, (1, 2), …. `right` holds for every
/// classifier whether it got each sample right.
///
/// Each of m pairs is tested at α/m by McNemar's exact test, and has [`tango`]'s interval of confidence
/// 1 − α/m (Bonferroni; Dunn 1961). So no false difference is found, and no interval misses, with
/// probability 1 − α. Tango's interval is of another test than the exact one, and the two may differ
/// near the level. The exact test decides: where it finds no difference the interval is extended to
/// 0, and where it finds one the end near 0 is moved to the right side of 0: to (2π − 1)ψ with the
/// lower bounds of Clopper and Pearson 1934 for the share π of differing samples that are the better
/// one's, and for the share ψ of samples that differ.
///
/// [`holm`](crate::holm)'s method would find a little more, but has no such intervals: those that belong to it say
/// of a pair that differs only on which side of 0 it is (Strassburger and Bretz 2008).
///
/// Classifiers that are right on the same samples count as one: m is the number of pairs of those that
/// are not. The level then holds if that two of them coincide says nothing about a third.
///
/// # Panics
/// If the classifiers were judged on different numbers of samples, or `alpha` is not in (0, 1).
pub fn all_pairs(right: &[Vec<bool>], alpha: f64) -> Vec<PairComparison> {
    let tests = distinct_pairs(right, None);
    let pairs = (0..right.len()).flat_map(|i| (i + 1..right.len()).map(move |j| (i, j)));
    pairs
        .map(|pair| compare(right, pair, tests, alpha))
        .collect()
}

/// Compares every other classifier with one, the control: [`all_pairs`] for these k − 1 pairs alone,
/// which shows smaller differences. The control must be chosen before the samples are looked at:
/// not as the best of all. It is the second of each pair.
///
/// # Panics
/// As [`all_pairs`], or if there is no such control.
pub fn against_control(right: &[Vec<bool>], control: usize, alpha: f64) -> Vec<PairComparison> {
    let tests = distinct_pairs(right, Some(control));
    let others = (0..right.len()).filter(|&other| other != control);
    others
        .map(|other| compare(right, (other, control), tests, alpha))
        .collect()
}

/// How many tests [`all_pairs`] adjusts its p values for, or with a control [`against_control`]: the pairs
/// of classifiers that are not right on the same samples.
///
/// # Panics
/// If there is no such control.
pub fn distinct_pairs(right: &[Vec<bool>], control: Option<usize>) -> usize {
    match control {
        Some(control) => distinct(right.iter().filter(|of| **of != right[control])),
        None => {
            let distinct = distinct(right.iter());
            distinct * distinct.saturating_sub(1) / 2
        }
    }
}

fn distinct<'a>(right: impl Iterator<Item = &'a Vec<bool>>) -> usize {
    let mut all: Vec<&Vec<bool>> = right.collect();
    all.sort();
    all.dedup();
    all.len()
}

fn compare(
    right: &[Vec<bool>],
    (first, second): (usize, usize),
    tests: usize,
    alpha: f64,
) -> PairComparison {
    let (b, c) = only_right(&right[first], &right[second]);
    PairComparison {
        first,
        second,
        ..compare_pair(b, c, right[first].len(), tests, alpha)
    }
}

/// The comparison of two classifiers, 0 and 1, from their counts, as one of `tests` pairs: what
/// [`all_pairs`] does with each.
///
/// # Panics
/// If more samples differ than there are, or `alpha` is not in (0, 1).
pub fn compare_pair(
    only_first: usize,
    only_second: usize,
    samples: usize,
    tests: usize,
    alpha: f64,
) -> PairComparison {
    assert!(alpha > 0.0 && alpha < 1.0, "a level of {alpha}");
    let level = alpha / tests.max(1) as f64;
    let p = mcnemar(only_first, only_second).p;
    let p_adjusted = (p * tests.max(1) as f64).min(1.0);
    let different = p_adjusted <= alpha;
    let score = tango(only_first, only_second, samples, 1.0 - level);
    let interval = if !different {
        Interval {
            low: score.low.min(0.0),
            high: score.high.max(0.0),
        }
    } else if only_first > only_second {
        Interval {
            low: score
                .low
                .max(least(only_first, only_second, samples, level)),
            ..score
        }
    } else {
        Interval {
            high: score
                .high
                .min(-least(only_second, only_first, samples, level)),
            ..score
        }
    };
    PairComparison {
        first: 0,
        second: 1,
        only_first,
        only_second,
        difference: (only_first as f64 - only_second as f64) / samples.max(1) as f64,
        interval,
        // A level of a half and more has no interval of twice the level.
        margin_interval: tango(
            only_first,
            only_second,
            samples,
            1.0 - (2.0 * level).min(0.999),
        ),
        p,
        p_adjusted,
        different,
    }
}

/// The [`Relation`] of two classifiers of which each alone is right on so many of `samples` samples.
/// McNemar's exact test at level `alpha` decides whether they differ, [`tango`]'s
/// interval whether the difference is within the margin. For a single pair that was chosen
/// beforehand; of several, use [`all_pairs`].
///
/// # Panics
/// As [`Relation::new`] and [`all_pairs`], or if more samples differ than there are.
pub fn paired_relation(
    only_first: usize,
    only_second: usize,
    samples: usize,
    margin: f64,
    alpha: f64,
) -> Relation {
    compare_pair(only_first, only_second, samples, 1, alpha).relation(margin)
}

/// A lower bound of a difference that the exact test finds, above 0.
fn least(more: usize, fewer: usize, samples: usize, level: f64) -> f64 {
    let split = lower_bound(more, more + fewer, level);
    let differing = lower_bound(more + fewer, samples, level);
    ((2.0 * split - 1.0) * differing).max(f64::MIN_POSITIVE)
}

/// The lower end of Clopper and Pearson's interval of confidence 1 − `level`, by bisection.
fn lower_bound(successes: usize, trials: usize, level: f64) -> f64 {
    let (mut low, mut high) = (0.0, successes as f64 / trials as f64);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if binomial_tail(successes, trials, middle) <= level / 2.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recorded::{assert_close, recorded};

    fn agree(found: &PairComparison, alpha: f64) {
        let excludes = found.interval.low > 0.0 || found.interval.high < 0.0;
        assert_eq!(excludes, found.different, "{found:?}");
        assert_eq!(found.different, found.p_adjusted <= alpha, "{found:?}");
        assert!(found.interval.low <= found.difference && found.difference <= found.interval.high);
    }

    /// All counts of up to 40 differing samples of 60, for one to 190 pairs.
    #[test]
    fn interval_and_decision_never_contradict_each_other() {
        let mut moved = [0; 2];
        for tests in [1, 3, 36, 190] {
            for (b, c) in (0..=40).flat_map(|b| (0..=40 - b).map(move |c| (b, c))) {
                let found = compare_pair(b, c, 60, tests, 0.05);
                agree(&found, 0.05);
                let score = tango(b, c, 60, 1.0 - 0.05 / tests as f64);
                moved[usize::from(found.different)] += usize::from(score != found.interval);
            }
        }
        assert!(moved.iter().all(|&count| count > 0), "{moved:?}");
    }

    /// A level that p values can equal, for they are sums of powers of a half.
    /// So with any margin it is equivalent, undecided, or worse.
    #[test]
    fn the_one_behind_is_never_just_not_worse() {
        for (tests, samples) in [(1, 20), (3, 20), (1, 400), (36, 400)] {
            for (b, c) in (0..=20).flat_map(|all| (0..=all / 2).map(move |b| (b, all - b))) {
                let Interval { low, high } =
                    compare_pair(b, c, samples, tests, 0.05).margin_interval;
                assert!(high <= -low + 1e-9, "{b}, {c}: {low} to {high}");
            }
        }
    }

    #[test]
    fn a_p_value_of_just_the_level_is_a_difference() {
        let found = compare_pair(6, 0, 60, 1, 2.0_f64.powi(-5));
        assert!(found.different, "{found:?}");
        agree(&found, 2.0_f64.powi(-5));
    }

    /// SciPy's binomial test, times the number of pairs that are no copies.
    #[test]
    fn p_values_are_scipys_and_copies_count_once() {
        type Case = (Vec<Vec<bool>>, Vec<(usize, usize, f64, f64)>);
        let (right, expected): Case = recorded("all_pairs");
        let found = all_pairs(&right, 0.05);
        assert_eq!(found.len(), expected.len());
        for (found, (first, second, p, adjusted)) in found.iter().zip(expected) {
            agree(found, 0.05);
            assert_eq!((found.first, found.second), (first, second));
            assert_close(found.p, p);
            assert_close(found.p_adjusted, adjusted);
        }
    }

    #[test]
    fn a_control_needs_fewer_pairs_than_all() {
        let (right, _): (Vec<Vec<bool>>, serde_json::Value) = recorded("all_pairs");
        let all = all_pairs(&right, 0.05);
        for (control, distinct_others) in [(0, 3.0), (3, 3.0)] {
            let found = against_control(&right, control, 0.05);
            assert_eq!(found.len(), right.len() - 1);
            for pair in &found {
                agree(pair, 0.05);
                assert_eq!(pair.second, control);
                assert_close(pair.p_adjusted, (pair.p * distinct_others).min(1.0));
            }
        }
        let narrow = against_control(&right, 0, 0.05)[0].interval;
        assert!(narrow.high - narrow.low < all[0].interval.high - all[0].interval.low);
    }

    #[test]
    fn equal_classifiers_are_no_pair_and_their_interval_is_no_point() {
        let found = all_pairs(&[vec![true; 20], vec![true; 20]], 0.05);
        assert_eq!((found[0].p, found[0].different), (1.0, false));
        assert!(found[0].interval.high > 0.16, "{found:?}");
        assert!(all_pairs(&[vec![true; 20]], 0.05).is_empty());
        let nothing = all_pairs(&[vec![], vec![]], 0.05)[0];
        assert_eq!((nothing.difference, nothing.interval.high), (0.0, 1.0));
    }

    #[test]
    fn each_relation_has_its_counts() {
        for (b, c, expected) in [
            (200, 100, Relation::Better),
            (100, 200, Relation::Worse),
            (20, 20, Relation::Equivalent),
            // Different, but by less than a point.
            (60, 30, Relation::Equivalent),
            (450, 395, Relation::NotWorse),
            (395, 450, Relation::Undecided),
        ] {
            assert_eq!(
                paired_relation(b, c, 10_000, 0.01, 0.05),
                expected,
                "{b} {c}"
            );
        }
        assert_eq!(paired_relation(0, 0, 20, 0.01, 0.05), Relation::Undecided);
        assert_eq!(paired_relation(9, 9, 1_000, 0.0, 0.05), Relation::Undecided);
    }
}
