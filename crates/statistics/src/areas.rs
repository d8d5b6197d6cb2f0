//! Areas under curves: how far two stray, and the area of precision over recall.

use crate::Interval;
use crate::moments::mean;
use crate::probabilities::rows;
use crate::several::Test;
use serde::Serialize;
use statrs::distribution::{ContinuousCDF, Normal, StudentsT};
use std::ops::Range;

/// The fewest samples, inside a class and outside, for the difference of two areas. With five, its interval
/// holds (example `levels`); fewer are not simulated.
pub const FEWEST_FOR_AREA: usize = 5;

/// How two areas under the receiver operating characteristic differ, on the same samples.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct AreaDifference {
    /// Area of each.
    pub areas: [f64; 2],
    /// Standard error of each.
    pub errors: [f64; 2],
    /// Standard error of the difference, first − second.
    pub error: f64,
    /// Its degrees of freedom.
    pub freedom: f64,
}

impl AreaDifference {
    /// From the scores of two models for one class, larger where it is more likely, and whether each
    /// sample belongs to it: variances and covariance of `DeLong`, `DeLong` and Clarke-Pearson 1988, and
    /// the degrees of freedom that Brunner and Munzel 2000 give such an area (Welch and Satterthwaite's, of what is
    /// inside the class and outside): with few of either, normal quantiles find too much. `None` for fewer than
    /// [`FEWEST_FOR_AREA`] of either.
    ///
    /// # Panics
    /// If the slices differ in length.
    pub fn new(first: &[f64], second: &[f64], members: &[bool]) -> Option<Self> {
        let (a, b) = (
            Placements::new(first, members)?,
            Placements::new(second, members)?,
        );
        if a.inside.len().min(a.outside.len()) < FEWEST_FOR_AREA {
            return None;
        }
        let parts = [0, 1].map(|kind| {
            let of = |a, b| covariances(a, b)[kind];
            // Of equal models 0, but for rounding.
            f64::max(of(&a, &a) + of(&b, &b) - 2.0 * of(&a, &b), 0.0)
        });
        let counts = [a.inside.len(), a.outside.len()];
        let error = |of: &Placements| covariances(of, of).iter().sum::<f64>().sqrt();
        Some(Self {
            areas: [a.area, b.area],
            errors: [error(&a), error(&b)],
            error: parts.iter().sum::<f64>().sqrt(),
            freedom: satterthwaite(parts, counts),
        })
    }

    /// First − second.
    pub fn difference(&self) -> f64 {
        self.areas[0] - self.areas[1]
    }

    /// The test of equal areas, two-sided. `None` where the standard error is 0: both order all samples
    /// alike, or each perfectly.
    pub fn test(&self) -> Option<Test> {
        let statistic = self.difference() / self.error;
        (self.error > 1e-12).then(|| Test {
            statistic,
            p: 2.0 * self.student().sf(statistic.abs()),
        })
    }

    /// The confidence interval of the difference that belongs to the test.
    ///
    /// # Panics
    /// If `confidence` is not in (0, 1).
    pub fn interval(&self, confidence: f64) -> Interval {
        assert!(
            confidence > 0.0 && confidence < 1.0,
            "confidence {confidence}"
        );
        let half = self.student().inverse_cdf(f64::midpoint(1.0, confidence)) * self.error;
        Interval {
            low: (self.difference() - half).max(-1.0),
            high: (self.difference() + half).min(1.0),
        }
    }

    fn student(&self) -> StudentsT {
        StudentsT::new(0.0, 1.0, self.freedom).expect("at least one degree of freedom")
    }
}

/// The area under the receiver operating characteristic of one class, from the scores of its samples and of others,
/// larger where the class is more likely, and whether each sample belongs to it. Ties count half. `None` where one of
/// the two kinds is missing.
///
/// # Panics
/// If the slices differ in length.
pub fn class_area(scores: &[f64], members: &[bool]) -> Option<f64> {
    Placements::new(scores, members).map(|of| of.area)
}

/// The confidence interval of one area, from how many samples are in the class and how many are not: the score
/// interval of Newcombe 2006 (his method 5), with the variance of Hanley and `McNeil` 1982. It is within [0, 1], and
/// no point where the class is told apart perfectly.
///
/// # Panics
/// If `area` is not in [0, 1], `confidence` not in (0, 1), or one of the two kinds is missing.
pub fn area_interval(area: f64, members: usize, others: usize, confidence: f64) -> Interval {
    assert!((0.0..=1.0).contains(&area), "an area of {area}");
    assert!(
        confidence > 0.0 && confidence < 1.0,
        "confidence {confidence}"
    );
    assert!(members > 0 && others > 0, "samples of both kinds");
    let z = Normal::standard().inverse_cdf(f64::midpoint(1.0, confidence));
    let pairs = members as f64 * others as f64;
    let more = f64::midpoint(members as f64, others as f64) - 1.0;
    let half = |at: f64| {
        let alike = (1.0 - at) / (2.0 - at) + at / (1.0 + at);
        z * (at * (1.0 - at) * (1.0 + more * alike) / pairs).sqrt()
    };
    // Between the area and the end of what is possible, where the distance passes half the width.
    let end = |mut outside: f64| {
        let mut inside = area;
        for _ in 0..60 {
            let middle = f64::midpoint(inside, outside);
            if (middle - area).abs() <= half(middle) {
                inside = middle;
            } else {
                outside = middle;
            }
        }
        inside
    };
    Interval {
        low: end(0.0),
        high: end(1.0),
    }
}

/// Welch and Satterthwaite's degrees of freedom of the sum of two variances of means of so many; of two that are 0,
/// those of all.
fn satterthwaite(variances: [f64; 2], counts: [usize; 2]) -> f64 {
    let [inside, outside] = counts.map(|count| count as f64 - 1.0);
    let [a, b] = variances;
    let freedom = (a + b).powi(2) / (a * a / inside + b * b / outside);
    if freedom.is_finite() {
        freedom
    } else {
        inside + outside
    }
}

/// For each sample of the class, the share of the others with a smaller score; for each of the others,
/// the share of the class with a larger one. Ties count half.
struct Placements {
    area: f64,
    inside: Vec<f64>,
    outside: Vec<f64>,
}

impl Placements {
    fn new(scores: &[f64], members: &[bool]) -> Option<Self> {
        assert_eq!(scores.len(), members.len(), "one score per sample");
        let of = |kind: bool| -> Vec<f64> {
            let pairs = scores.iter().zip(members);
            let mut of: Vec<f64> = pairs
                .filter(|(_, m)| **m == kind)
                .map(|(s, _)| *s)
                .collect();
            of.sort_by(f64::total_cmp);
            of
        };
        let sorted = [of(false), of(true)];
        if sorted.iter().any(Vec::is_empty) {
            return None;
        }
        let below = |of: &[f64], score: f64| {
            let (smaller, not_larger) = (
                of.partition_point(|&other| other < score),
                of.partition_point(|&other| other <= score),
            );
            (smaller + not_larger) as f64 / (2 * of.len()) as f64
        };
        let (mut inside, mut outside) = (Vec::new(), Vec::new());
        for (&score, &member) in scores.iter().zip(members) {
            if member {
                inside.push(below(&sorted[0], score));
            } else {
                outside.push(1.0 - below(&sorted[1], score));
            }
        }
        Some(Self {
            area: mean(inside.iter().copied()),
            inside,
            outside,
        })
    }
}

/// What the samples inside the class add to the covariance of two areas, and what those outside add.
fn covariances(first: &Placements, second: &Placements) -> [f64; 2] {
    let part = |a: &[f64], b: &[f64]| {
        let pairs = a.iter().zip(b);
        let products = pairs.map(|(a, b)| (a - first.area) * (b - second.area));
        products.sum::<f64>() / (a.len() * (a.len() - 1)) as f64
    };
    [
        part(&first.inside, &second.inside),
        part(&first.outside, &second.outside),
    ]
}

/// The area under precision over recall of each class against the rest, as the mean precision at each
/// step of recall (average precision), averaged over the classes that have samples; of two classes that
/// of the second. Where a class is rare it tells models apart that have nearly the same area under the
/// receiver operating characteristic (Saito and Rehmsmeier 2015); a model that knows nothing has the
/// share of the class. `None` without samples. Shapes are as in [`roc_auc`](crate::roc_auc).
///
/// # Panics
/// If the slices do not fit each other.
pub fn average_precision(log_probabilities: &[f32], labels: &[usize]) -> Option<f64> {
    average_precision_influences(log_probabilities, labels).map(|(area, _)| area)
}

/// [`average_precision`], and how it changes with the weight of every sample, to first order: a member
/// counts at its own threshold, and every sample in the precision at each threshold below it. The changes
/// sum to 0.
///
/// # Panics
/// If the slices do not fit each other.
pub fn average_precision_influences(
    log_probabilities: &[f32],
    labels: &[usize],
) -> Option<(f64, Vec<f64>)> {
    let mut areas = Vec::new();
    let mut influences = vec![0.0; labels.len()];
    for class in shown_classes(log_probabilities, labels) {
        let mut ordered: Vec<(f32, bool, usize)> = rows(log_probabilities, labels)
            .enumerate()
            .map(|(sample, (row, label))| (row[class], label == class, sample))
            .collect();
        ordered.sort_by(|a, b| b.0.total_cmp(&a.0));
        areas.extend(precision_of_class(&ordered, &mut influences));
    }
    let count = areas.len() as f64;
    let influences = influences.into_iter().map(|sum| sum / count);
    (!areas.is_empty()).then(|| (mean(areas.iter().copied()), influences.collect()))
}

/// The classes that are averaged over: the second of two, for the first says the same.
pub(crate) fn shown_classes(log_probabilities: &[f32], labels: &[usize]) -> Range<usize> {
    match log_probabilities.len() / labels.len().max(1) {
        2 => 1..2,
        classes => 0..classes,
    }
}

/// The average precision of one class from its samples, the most probable first, each with whether it
/// belongs. Adds what each sample changes to `influences`. `None` without members.
fn precision_of_class(ordered: &[(f32, bool, usize)], influences: &mut [f64]) -> Option<f64> {
    let of_ties = || ordered.chunk_by(|a, b| a.0 == b.0);
    let in_class = |ties: &[(f32, bool, usize)]| ties.iter().filter(|of| of.1).count() as f64;
    let members = in_class(ordered);
    if members == 0.0 {
        return None;
    }
    // At each threshold: members there, members found so far, and all samples so far.
    let (mut found, mut seen) = (0.0, 0.0);
    let thresholds: Vec<[f64; 3]> = of_ties()
        .map(|ties| {
            found += in_class(ties);
            seen += ties.len() as f64;
            [in_class(ties), found, seen]
        })
        .collect();
    let precision = |[_, found, seen]: [f64; 3]| found / seen;
    let sum: f64 = thresholds.iter().map(|&at| at[0] * precision(at)).sum();
    let area = sum / members;
    // What a little weight adds to the precision of all members from here downwards.
    let (mut of_member, mut of_other) = (0.0, 0.0);
    let pairs: Vec<_> = of_ties().zip(thresholds.iter().copied()).collect();
    for (ties, at) in pairs.into_iter().rev() {
        let [here, found, seen] = at;
        of_member += here * (seen - found) / (seen * seen);
        of_other -= here * found / (seen * seen);
        for &(_, member, sample) in ties {
            influences[sample] += if member {
                (of_member + precision(at) - area) / members
            } else {
                of_other / members
            };
        }
    }
    Some(area)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recorded::{assert_close, assert_weights, forty, recorded};

    /// The double sums of the paper, in NumPy, and SciPy's t distribution.
    #[test]
    fn delongs_variances_are_those_of_the_paper() {
        type Case = (Vec<f64>, Vec<f64>, Vec<bool>, [f64; 2], [f64; 2], [f64; 4]);
        let cases: Vec<Case> = recorded("delong");
        for (first, second, members, areas, errors, of_difference) in cases {
            let [error, statistic, freedom, p] = of_difference;
            let found = AreaDifference::new(&first, &second, &members).unwrap();
            assert_close(class_area(&first, &members).unwrap(), areas[0]);
            for i in [0, 1] {
                assert_close(found.areas[i], areas[i]);
                assert_close(found.errors[i], errors[i]);
            }
            assert_close(found.error, error);
            assert_close(found.freedom, freedom);
            assert_close(found.test().unwrap().statistic, statistic);
            assert_close(found.test().unwrap().p, p);
            let interval = found.interval(0.95);
            assert!(
                (f64::midpoint(interval.low, interval.high) - found.difference()).abs() < 1e-12
            );
            assert_eq!(p < 0.05, interval.low > 0.0 || interval.high < 0.0);
        }
    }

    /// SciPy's root finder, for the equation of the paper.
    #[test]
    fn the_interval_of_an_area_is_newcombes() {
        let cases: Vec<(f64, usize, usize, f64, [f64; 2])> = recorded("newcombe");
        for (area, members, others, confidence, [low, high]) in cases {
            let found = area_interval(area, members, others, confidence);
            assert!((found.low - low).abs() < 1e-9, "{found:?} {low}");
            assert!((found.high - high).abs() < 1e-9, "{found:?} {high}");
        }
    }

    #[test]
    fn few_samples_of_a_class_say_nothing_of_the_spread() {
        let of = |members: usize, second: &dyn Fn(usize) -> f64| {
            let first: Vec<f64> = (0..12).map(|i| f64::from(i * 5 % 12)).collect();
            let second: Vec<f64> = (0..12).map(second).collect();
            let inside: Vec<bool> = (0..12).map(|i| i < members).collect();
            AreaDifference::new(&first, &second, &inside)
        };
        let other = |i: usize| (i * 7 % 12) as f64;
        assert_eq!([4, 8].map(|members| of(members, &other)), [None; 2]);
        for members in 5..=7 {
            assert!(of(members, &other).unwrap().test().is_some());
        }
        assert_eq!(class_area(&[1.0, 2.0], &[true; 2]), None);
        // Another scale, the same order.
        let same = of(6, &|i| 10.0 * (i * 5 % 12) as f64).unwrap();
        assert_eq!((same.test(), same.freedom), (None, 10.0));
    }

    /// scikit-learn's `average_precision_score`.
    #[test]
    fn average_precision_is_scikit_learns() {
        let (logs, labels) = forty();
        let expected: f64 = recorded("average_precision");
        assert!((average_precision(&logs, &labels).unwrap() - expected).abs() < 1e-6);
        // All ties: the share of each class.
        assert_eq!(
            average_precision(&[0.5_f32.ln(); 8], &[0, 1, 1, 0]),
            Some(0.5)
        );
        assert_eq!(average_precision(&[], &[]), None);
        // Of two classes, the second: 1 of the first 1, 2 of the first 3.
        let second = [0.9_f32, 0.8, 0.7, 0.1].map(|p| [(1.0 - p).ln(), p.ln()]);
        let area = average_precision(second.as_flattened(), &[1, 0, 1, 0]).unwrap();
        assert_close(area, 5.0 / 6.0);
    }

    #[test]
    fn precision_changes_with_weight_as_its_influences_say() {
        let (logs, labels) = forty();
        let (area, influences) = average_precision_influences(&logs, &labels).unwrap();
        assert_eq!(average_precision(&logs, &labels), Some(area));
        assert_weights(&logs, &labels, &influences, |logs, labels| {
            average_precision(logs, labels).unwrap()
        });
    }
}
