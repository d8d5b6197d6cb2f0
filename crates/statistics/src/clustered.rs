//! Classifiers on samples that belong together in groups, as pictures of one patient do.

use crate::interval::wilson;
use crate::pairs::{PairComparison, compare_pair};
use crate::several::Test;
use crate::{Interval, only_right};
use serde::Serialize;
use statrs::distribution::{ContinuousCDF, Normal, StudentsT};
use std::collections::HashMap;

/// The most steps in which the signs of groups are added up: the groups that prefer a classifier times the
/// samples by which they do. Beyond them the normal distribution of the sum has to do.
const MOST_STEPS: usize = 1 << 24;

/// How two classifiers differ where groups of samples are independent, and samples within are not.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ClusteredDifference {
    /// Difference in accuracy, first − second, each sample counting alike.
    pub difference: f64,
    /// Groups.
    pub groups: usize,
    /// Groups of which the first gets more samples right, and those of which the second does.
    pub preferring: [usize; 2],
    /// The McNemar test of Obuchowski 1998, two-sided: the difference over its standard error if there is
    /// none. `None` where no group prefers a classifier. For many groups.
    pub obuchowski: Option<Test>,
    /// The p value of the exact test: of each group, how many more samples one of the two gets right, is
    /// as likely for one as for the other. McNemar's exact test where each group is one sample. Where
    /// groups and what they differ by are too many to add up, by the normal distribution of their sum.
    pub p: f64,
    /// Samples that only the first got right, and those that only the second did.
    only_right: (usize, usize),
    /// Samples.
    samples: usize,
    /// Standard error of the difference, whatever it is.
    error: f64,
}

impl ClusteredDifference {
    /// From whether each of two classifiers got every sample right, and a number for every sample that is
    /// the same within a group. `None` for fewer than two groups.
    ///
    /// # Panics
    /// If the slices differ in length.
    pub fn new(first: &[bool], second: &[bool], groups: &[usize]) -> Option<Self> {
        assert_eq!(first.len(), second.len(), "the same samples");
        let more = first.iter().zip(second);
        let totals = Totals::new(more.map(|(&a, &b)| i64::from(a) - i64::from(b)), groups)?;
        let difference = totals.share();
        let statistic = difference / totals.error(0.0);
        let signs = || totals.of_groups.iter().map(|of| of.0.signum());
        Some(Self {
            difference,
            groups: totals.of_groups.len(),
            preferring: [1, -1].map(|wanted| signs().filter(|&sign| sign == wanted).count()),
            obuchowski: statistic.is_finite().then(|| Test {
                statistic,
                p: 2.0 * Normal::standard().sf(statistic.abs()),
            }),
            p: totals.of_signs(),
            only_right: only_right(first, second),
            samples: first.len(),
            error: totals.error(difference),
        })
    }

    /// The confidence interval of the difference: of t, with groups less one degrees of freedom, and the
    /// variance of a ratio from groups (Obuchowski 1998). `None` where all groups differ by the
    /// same share, which is no evidence. For many groups; where `p` and it disagree, believe `p`.
    ///
    /// # Panics
    /// If `confidence` is not in (0, 1).
    pub fn interval(&self, confidence: f64) -> Option<Interval> {
        assert!(
            confidence > 0.0 && confidence < 1.0,
            "confidence {confidence}"
        );
        let half = student(self.groups).inverse_cdf(f64::midpoint(1.0, confidence)) * self.error;
        (self.error > NOTHING).then(|| Interval {
            low: (self.difference - half).max(-1.0),
            high: (self.difference + half).min(1.0),
        })
    }

    /// The standard error that the interval is of, and its degrees of freedom. `None` where there is no
    /// interval.
    pub fn error(&self) -> Option<(f64, f64)> {
        (self.error > NOTHING).then_some((self.error, self.groups as f64 - 1.0))
    }

    /// The comparison of the two, 0 and 1, as one of `tests` pairs: they are different if both the exact test
    /// of signs and the interval of t say so, each at `alpha` over `tests`. The first holds its level
    /// however few groups differ, the second where they differ by different amounts; the p value is the
    /// larger of the two, and the interval is extended to 0 where only one of them finds a difference. Where
    /// all groups differ by the same share, each is one sample ([`compare_pair`]).
    ///
    /// # Panics
    /// If `alpha` is not in (0, 1).
    pub fn compare(&self, tests: usize, alpha: f64) -> PairComparison {
        let [b, c] = self.preferring;
        let alike = of_samples(
            compare_pair(b, c, self.groups, tests, alpha),
            self.only_right,
            self.samples,
        );
        let level = alpha / tests.max(1) as f64;
        let (Some(interval), Some(margin_interval)) =
            (self.interval(1.0 - level), self.interval(1.0 - 2.0 * level))
        else {
            return alike;
        };
        let p = self.p.max(self.of_interval());
        let p_adjusted = (p * tests.max(1) as f64).min(1.0);
        let different = p_adjusted <= alpha;
        PairComparison {
            interval: if different {
                interval
            } else {
                with(interval, 0.0)
            },
            margin_interval,
            p,
            p_adjusted,
            different,
            ..alike
        }
    }

    /// The p value that belongs to the interval.
    fn of_interval(&self) -> f64 {
        2.0 * student(self.groups).sf((self.difference / self.error).abs())
    }
}

/// The comparison of two classifiers, 0 and 1, where groups of samples are independent and samples within are
/// not: [`ClusteredDifference::compare`]. One group shows nothing.
///
/// # Panics
/// If the slices differ in length, or `alpha` is not in (0, 1).
pub fn compare_groups(
    first: &[bool],
    second: &[bool],
    groups: &[usize],
    tests: usize,
    alpha: f64,
) -> PairComparison {
    let found = ClusteredDifference::new(first, second, groups);
    found.map_or_else(
        || {
            let nothing = compare_pair(0, 0, 0, tests, alpha);
            of_samples(nothing, only_right(first, second), first.len())
        },
        |found| found.compare(tests, alpha),
    )
}

/// The comparison of groups that are one sample each, with the counts of samples.
fn of_samples(
    alike: PairComparison,
    (only_first, only_second): (usize, usize),
    samples: usize,
) -> PairComparison {
    let difference = (only_first as f64 - only_second as f64) / samples.max(1) as f64;
    PairComparison {
        only_first,
        only_second,
        difference,
        interval: with(alike.interval, difference),
        margin_interval: with(alike.margin_interval, difference),
        ..alike
    }
}

/// An interval extended to a value.
fn with(of: Interval, value: f64) -> Interval {
    Interval {
        low: of.low.min(value),
        high: of.high.max(value),
    }
}

/// The confidence interval of a share of samples: Wilson's; [`clustered_share`], where samples come in groups.
///
/// # Panics
/// If there are no samples, the slices differ in length, or `confidence` is not in (0, 1).
pub fn share_interval(right: &[bool], groups: Option<&[usize]>, confidence: f64) -> Interval {
    let Some(groups) = groups else {
        let count = right.iter().filter(|&&right| right).count();
        return wilson(count, right.len(), confidence);
    };
    clustered_share(right, groups, confidence)
}

/// The confidence interval of a classifier's accuracy where groups of samples are independent: Wilson's, of
/// as many samples as would be as sure if each were one of its own (Korn and Graubard 1998), at most those
/// there are; of groups where all have the same share right.
///
/// # Panics
/// If the slices differ in length, or `confidence` is not in (0, 1).
pub fn clustered_share(right: &[bool], groups: &[usize], confidence: f64) -> Interval {
    let Some(totals) = Totals::new(right.iter().map(|&right| i64::from(right)), groups) else {
        return wilson(0, 0, confidence);
    };
    let (share, count) = (totals.share(), totals.of_groups.len());
    let error = totals.error(share);
    let effective = if error > NOTHING {
        let at = f64::midpoint(1.0, confidence);
        let wider = student(count).inverse_cdf(at) / Normal::standard().inverse_cdf(at);
        share * (1.0 - share) / (error * wider).powi(2)
    } else {
        count as f64
    };
    let effective = effective.clamp(1.0, totals.samples) as usize;
    crate::interval::wilson_of_share(share, effective as f64, confidence)
}

/// Below this a standard error is rounding.
const NOTHING: f64 = 1e-12;

fn student(groups: usize) -> StudentsT {
    StudentsT::new(0.0, 1.0, groups as f64 - 1.0).expect("degrees of freedom")
}

/// The sum of a value over the samples of each group.
struct Totals {
    /// With the number of samples.
    of_groups: Vec<(i64, f64)>,
    samples: f64,
}

impl Totals {
    /// `None` for fewer than two groups.
    fn new(values: impl ExactSizeIterator<Item = i64>, groups: &[usize]) -> Option<Self> {
        assert_eq!(values.len(), groups.len(), "the same samples");
        let mut places = HashMap::new();
        let mut of_groups: Vec<(i64, f64)> = Vec::new();
        for (value, group) in values.zip(groups) {
            let place = *places.entry(group).or_insert(of_groups.len());
            if place == of_groups.len() {
                of_groups.push((0, 0.0));
            }
            of_groups[place].0 += value;
            of_groups[place].1 += 1.0;
        }
        let samples = groups.len() as f64;
        (of_groups.len() > 1).then_some(Self { of_groups, samples })
    }

    fn total(&self) -> i64 {
        self.of_groups.iter().map(|of| of.0).sum()
    }

    fn share(&self) -> f64 {
        self.total() as f64 / self.samples
    }

    /// The standard error of the share, if `expected` is the true one.
    fn error(&self, expected: f64) -> f64 {
        let count = self.of_groups.len() as f64;
        let distances = self.of_groups.iter();
        let distances = distances.map(|(sum, size)| *sum as f64 - size * expected);
        let squares: f64 = distances.map(|distance| distance * distance).sum();
        (count / (count - 1.0) * squares).sqrt() / self.samples
    }

    /// The probability that sums with random signs add up to at least their total, either way.
    fn of_signs(&self) -> f64 {
        let sizes: Vec<usize> = self
            .of_groups
            .iter()
            .map(|of| of.0.unsigned_abs() as usize)
            .filter(|&size| size > 0)
            .collect();
        let all: usize = sizes.iter().sum();
        if sizes.len().saturating_mul(all) <= MOST_STEPS {
            return of_signs(sizes.into_iter(), self.total());
        }
        let variance: f64 = sizes.iter().map(|&size| (size * size) as f64).sum();
        // Sums with signs are 2 apart, so that half of that belongs to the total.
        let beyond = (self.total().abs() as f64 - 1.0).max(0.0);
        2.0 * Normal::standard().sf(beyond / variance.sqrt())
    }
}

/// The probability that sizes with random signs sum to at least |`total`| or at most −|`total`|.
fn of_signs(sizes: impl Iterator<Item = usize>, total: i64) -> f64 {
    // The probability of each sum of the sizes with a plus, one size after another.
    let mut chances = vec![1.0];
    for size in sizes.filter(|&size| size > 0) {
        let before = chances.len();
        chances.resize(before + size, 0.0);
        for sum in (0..chances.len()).rev() {
            let without = if sum < before { chances[sum] } else { 0.0 };
            let with = if sum >= size {
                chances[sum - size]
            } else {
                0.0
            };
            chances[sum] = 0.5 * (without + with);
        }
    }
    // The sum with signs is twice that with a plus, less all.
    let all = chances.len() - 1;
    let fewer = (all - total.unsigned_abs() as usize) / 2;
    let tail: f64 = chances[..=fewer].iter().sum();
    (2.0 * tail).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mcnemar;
    use crate::recorded::{assert_close, recorded};

    /// The formulas of the paper, in NumPy, and all signs, by `itertools.product`.
    #[test]
    fn groups_are_judged_as_in_the_paper() {
        type Case = (Vec<bool>, Vec<bool>, Vec<usize>, [f64; 4], [f64; 2]);
        let cases: Vec<Case> = recorded("clustered");
        for (first, second, groups, [difference, statistic, p, exact], [low, high]) in cases {
            let found = ClusteredDifference::new(&first, &second, &groups).unwrap();
            assert_close(found.difference, difference);
            assert_close(found.obuchowski.unwrap().statistic, statistic);
            assert_close(found.obuchowski.unwrap().p, p);
            assert_close(found.p, exact);
            let interval = found.interval(0.95).unwrap();
            assert_close(interval.low, low);
            assert_close(interval.high, high);
        }
    }

    #[test]
    fn groups_of_one_are_mcnemars() {
        let first: Vec<bool> = (0..200).map(|i| i % 7 > 0).collect();
        let second: Vec<bool> = (0..200).map(|i| i % 4 > 0).collect();
        let groups: Vec<usize> = (0..200).collect();
        let found = ClusteredDifference::new(&first, &second, &groups).unwrap();
        let (b, c) = crate::only_right(&first, &second);
        assert_close(found.p, mcnemar(b, c).p);
        // Copies of each sample say nothing new, and show no more.
        let twice = |of: &[bool]| [of, of].concat();
        let copies = ClusteredDifference::new(&twice(&first), &twice(&second), &groups.repeat(2));
        assert_close(copies.unwrap().p, found.p);
    }

    /// Of 6 000 groups the sum of signs is as good as normal.
    #[test]
    fn many_groups_are_judged_like_few() {
        let right = |k: u64, share: u64| -> Vec<bool> {
            let spread = |i: u64| (i + k).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33;
            (0..18_000)
                .map(|i| spread(spread(i)) % 100 < share)
                .collect()
        };
        let groups: Vec<usize> = (0..18_000).map(|i| i / 3).collect();
        let (first, second) = (right(3, 61), right(50_000, 60));
        let found = ClusteredDifference::new(&first, &second, &groups).unwrap();
        let sums = groups.chunks(3).enumerate().map(|(group, _)| {
            let of = |right: &[bool]| (0..3).filter(|i| right[3 * group + i]).count() as i64;
            of(&first) - of(&second)
        });
        let sums: Vec<i64> = sums.collect();
        let sizes: u64 = sums.iter().map(|sum| sum.unsigned_abs()).sum();
        let differing = sums.iter().filter(|&&sum| sum != 0).count();
        assert!(
            sizes as usize * differing > MOST_STEPS,
            "the normal distribution is asked"
        );
        let exact = of_signs(
            sums.iter().map(|sum| sum.unsigned_abs() as usize),
            sums.iter().sum(),
        );
        assert!((0.001..0.5).contains(&exact), "{exact}");
        assert!(
            (found.p - exact).abs() < 0.02 * exact,
            "{}, {exact}",
            found.p
        );
    }

    /// A script beside the recorded values computes both from their definitions.
    #[test]
    fn pairs_in_groups_have_one_decision_and_one_interval() {
        type Case = (
            Vec<bool>,
            Vec<bool>,
            Vec<usize>,
            usize,
            f64,
            [f64; 2],
            [f64; 2],
        );
        let cases: Vec<Case> = recorded("compare_groups");
        let mut different = [0; 2];
        for (first, second, groups, tests, p, [low, high], [share_low, share_high]) in cases {
            let found = compare_groups(&first, &second, &groups, tests, 0.05);
            assert_close(found.p, p);
            assert_close(found.interval.low, low);
            assert_close(found.interval.high, high);
            let share = clustered_share(&first, &groups, 0.95);
            assert_close(share.low, share_low);
            assert_close(share.high, share_high);
            let excludes = found.interval.low > 0.0 || found.interval.high < 0.0;
            assert_eq!(
                (excludes, excludes),
                (found.different, found.p_adjusted <= 0.05)
            );
            different[usize::from(excludes)] += 1;
        }
        assert!(different.iter().all(|&count| count > 1), "{different:?}");
    }

    #[test]
    fn groups_that_are_alike_are_one_sample_each() {
        let groups: Vec<usize> = (0..40).map(|i| i / 2).collect();
        let all = compare_groups(&[true; 40], &[false; 40], &groups, 1, 0.05);
        assert_close(all.p, mcnemar(20, 0).p);
        assert!(all.different && all.interval.low > 0.0 && all.interval.high == 1.0);
        let none = compare_groups(&[true; 40], &[true; 40], &groups, 1, 0.05);
        assert_eq!((none.p, none.different, none.difference), (1.0, false, 0.0));
        assert!(none.interval.high > 0.16, "{none:?}");
        let one = compare_groups(&[true; 4], &[false; 4], &[7; 4], 1, 0.05);
        assert_eq!(
            (one.p, one.interval.low, one.interval.high),
            (1.0, -1.0, 1.0)
        );
        assert_eq!(
            clustered_share(&[true; 40], &groups, 0.95),
            wilson(20, 20, 0.95)
        );
        assert_eq!(
            clustered_share(&[true; 4], &[7; 4], 0.95),
            wilson(0, 0, 0.95)
        );
    }

    #[test]
    fn without_differences_there_is_no_evidence() {
        let same = ClusteredDifference::new(&[true; 4], &[true; 4], &[0, 0, 1, 1]).unwrap();
        assert_eq!((same.p, same.obuchowski), (1.0, None));
        assert_eq!(same.interval(0.95), None);
        assert_eq!(ClusteredDifference::new(&[true], &[false], &[0]), None);
        assert_eq!(ClusteredDifference::new(&[], &[], &[]), None);
    }
}
