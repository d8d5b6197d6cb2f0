//! Two classifiers on samples that belong together in groups, as pictures of one patient do.

use crate::Interval;
use crate::bootstrap::members;
use crate::several::Test;
use serde::Serialize;
use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

/// How two classifiers differ where groups of samples are independent, and samples within are not.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ClusteredDifference {
    /// Difference in accuracy, first − second, each sample counting alike.
    pub difference: f64,
    /// Groups.
    pub groups: usize,
    /// The McNemar test of Obuchowski 1998, two-sided: the difference over its standard error if there is
    /// none. `None` where no group prefers a classifier. For many groups.
    pub obuchowski: Option<Test>,
    /// The p value of the exact test: of each group, how many more samples one of the two gets right, is
    /// as likely for one as for the other. McNemar's exact test where each group is one sample.
    pub p: f64,
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
        assert!(
            first.len() == second.len() && first.len() == groups.len(),
            "the same samples"
        );
        let more = |sample: &usize| i64::from(first[*sample]) - i64::from(second[*sample]);
        let of_groups: Vec<(i64, f64)> = members(groups)
            .iter()
            .map(|group| (group.iter().map(more).sum(), group.len() as f64))
            .collect();
        let (count, samples) = (of_groups.len() as f64, first.len() as f64);
        if of_groups.len() < 2 {
            return None;
        }
        let total: i64 = of_groups.iter().map(|(more, _)| more).sum();
        let difference = total as f64 / samples;
        let squares = |expected: f64| -> f64 {
            let distances = of_groups
                .iter()
                .map(|(more, size)| *more as f64 - size * expected);
            distances.map(|distance| distance * distance).sum()
        };
        let error = |expected: f64| (count / (count - 1.0) * squares(expected)).sqrt() / samples;
        let statistic = difference / error(0.0);
        Some(Self {
            difference,
            groups: of_groups.len(),
            obuchowski: (squares(0.0) > 0.0).then(|| Test {
                statistic,
                p: 2.0 * Normal::standard().sf(statistic.abs()),
            }),
            p: of_signs(
                of_groups
                    .iter()
                    .map(|(more, _)| more.unsigned_abs() as usize),
                total,
            ),
            error: error(difference),
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
        let freedom = self.groups as f64 - 1.0;
        let student = StudentsT::new(0.0, 1.0, freedom).expect("degrees of freedom");
        let half = student.inverse_cdf(f64::midpoint(1.0, confidence)) * self.error;
        (self.error > 1e-12).then(|| Interval {
            low: (self.difference - half).max(-1.0),
            high: (self.difference + half).min(1.0),
        })
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

    #[test]
    fn without_differences_there_is_no_evidence() {
        let same = ClusteredDifference::new(&[true; 4], &[true; 4], &[0, 0, 1, 1]).unwrap();
        assert_eq!((same.p, same.obuchowski), (1.0, None));
        assert_eq!(same.interval(0.95), None);
        assert_eq!(ClusteredDifference::new(&[true], &[false], &[0]), None);
        assert_eq!(ClusteredDifference::new(&[], &[], &[]), None);
    }
}
