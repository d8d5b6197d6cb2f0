//! Areas under curves: how far they stray, on drawn test sets, and of precision over recall.

use crate::Interval;
use crate::moments::mean;
use crate::probabilities::rows;
use crate::several::Test;
use serde::Serialize;
use statrs::distribution::{ContinuousCDF, Normal};

/// How two areas under the receiver operating characteristic differ, on the same samples.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct AreaDifference {
    /// Area of each.
    pub areas: [f64; 2],
    /// Standard error of each.
    pub errors: [f64; 2],
    /// Standard error of the difference, first − second.
    pub error: f64,
}

impl AreaDifference {
    /// From the scores of two models for one class, larger where it is more likely, and whether each
    /// sample belongs to it: variances and covariance of `DeLong`, `DeLong` and Clarke-Pearson 1988. They
    /// are for many samples, inside the class and outside: with 20 in the class an interval of 0.95 holds
    /// 0.93 of the time, with 5 it is 0.9, with 2 less than 0.8 (`levels`). `None` for fewer than two of either.
    ///
    /// # Panics
    /// If the slices differ in length.
    pub fn new(first: &[f64], second: &[f64], members: &[bool]) -> Option<Self> {
        let (a, b) = (
            Placements::new(first, members)?,
            Placements::new(second, members)?,
        );
        let squared = a.covariance(&a) + b.covariance(&b) - 2.0 * a.covariance(&b);
        Some(Self {
            areas: [a.area, b.area],
            errors: [a.covariance(&a).sqrt(), b.covariance(&b).sqrt()],
            // Of equal models 0, but for rounding.
            error: squared.max(0.0).sqrt(),
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
            p: 2.0 * Normal::standard().sf(statistic.abs()),
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
        let z = Normal::standard().inverse_cdf(f64::midpoint(1.0, confidence));
        Interval {
            low: (self.difference() - z * self.error).max(-1.0),
            high: (self.difference() + z * self.error).min(1.0),
        }
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
        if sorted.iter().any(|of| of.len() < 2) {
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

    fn covariance(&self, other: &Self) -> f64 {
        let part = |a: &[f64], b: &[f64]| {
            let products = a
                .iter()
                .zip(b)
                .map(|(a, b)| (a - self.area) * (b - other.area));
            products.sum::<f64>() / (a.len() * (a.len() - 1)) as f64
        };
        part(&self.inside, &other.inside) + part(&self.outside, &other.outside)
    }
}

/// The samples in the order of their probabilities of each class: areas under the receiver operating
/// characteristic on many test sets that are drawn from them, without sorting each.
#[derive(Debug, Clone)]
pub struct RocCurves {
    /// Of each class: samples by probability, whether each belongs, and whether it is tied with the next.
    classes: Vec<Vec<(u32, bool, bool)>>,
}

impl RocCurves {
    /// Shapes are as in [`roc_auc`](crate::roc_auc).
    ///
    /// # Panics
    /// If the slices do not fit each other, or for 2³² samples and more.
    pub fn new(log_probabilities: &[f32], labels: &[usize]) -> Self {
        let classes = log_probabilities.len() / labels.len().max(1);
        let curve = |class: usize| {
            let mut ordered: Vec<(u32, bool, f32)> = rows(log_probabilities, labels)
                .zip(0..)
                .map(|((row, label), sample)| (sample, label == class, row[class]))
                .collect();
            ordered.sort_by(|a, b| a.2.total_cmp(&b.2));
            let next = ordered.iter().skip(1).map(|(_, _, score)| Some(*score));
            let next: Vec<Option<f32>> = next.chain([None]).collect();
            let pairs = ordered.into_iter().zip(next);
            pairs
                .map(|((sample, member, score), next)| (sample, member, next == Some(score)))
                .collect()
        };
        Self {
            classes: (0..classes).map(curve).collect(),
        }
    }

    /// [`roc_auc`](crate::roc_auc) of a test set that has every sample so many times: the mean over the
    /// classes that have samples inside and outside in it. `None` without such a class.
    ///
    /// # Panics
    /// If there are fewer numbers than samples.
    pub fn area(&self, times: &[u32]) -> Option<f64> {
        let areas: Vec<f64> = self
            .classes
            .iter()
            .filter_map(|curve| area(curve, times))
            .collect();
        (!areas.is_empty()).then(|| mean(areas.into_iter()))
    }
}

fn area(curve: &[(u32, bool, bool)], times: &[u32]) -> Option<f64> {
    let (mut members, mut others) = (0_u64, 0_u64);
    let (mut tied_members, mut tied_others) = (0_u64, 0_u64);
    // Twice the number of pairs in order, so that a tie is 1.
    let mut pairs = 0_u64;
    for &(sample, member, ties_with_next) in curve {
        let times = u64::from(times[sample as usize]);
        if member {
            tied_members += times;
        } else {
            tied_others += times;
        }
        if !ties_with_next {
            pairs += tied_members * (2 * others + tied_others);
            members += tied_members;
            others += tied_others;
            (tied_members, tied_others) = (0, 0);
        }
    }
    let all = 2 * members * others;
    (all > 0).then(|| pairs as f64 / all as f64)
}

/// The area under precision over recall of each class against the rest, as the mean precision at each
/// step of recall (average precision), averaged over the classes that have samples. Where a class is
/// rare it tells models apart that have nearly the same area under the receiver operating
/// characteristic (Saito and Rehmsmeier 2015); a model that knows nothing has the share of the class.
/// `None` without samples. Shapes are as in [`roc_auc`](crate::roc_auc).
///
/// # Panics
/// If the slices do not fit each other.
pub fn average_precision(log_probabilities: &[f32], labels: &[usize]) -> Option<f64> {
    let classes = log_probabilities.len() / labels.len().max(1);
    let of_class = |class: usize| {
        let mut ordered: Vec<(f32, bool)> = rows(log_probabilities, labels)
            .map(|(row, label)| (row[class], label == class))
            .collect();
        ordered.sort_by(|a, b| b.0.total_cmp(&a.0));
        let (mut found, mut seen, mut sum) = (0, 0, 0.0);
        for ties in ordered.chunk_by(|a, b| a.0 == b.0) {
            let members = ties.iter().filter(|(_, member)| *member).count();
            found += members;
            seen += ties.len();
            sum += members as f64 * found as f64 / seen as f64;
        }
        (found > 0).then(|| sum / found as f64)
    };
    let areas: Vec<f64> = (0..classes).filter_map(of_class).collect();
    (!areas.is_empty()).then(|| mean(areas.into_iter()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recorded::{assert_close, forty, recorded};
    use crate::roc_auc;

    /// The double sums of the paper, in NumPy.
    #[test]
    fn delongs_test_is_that_of_the_paper() {
        type Case = (Vec<f64>, Vec<f64>, Vec<bool>, [f64; 2], [f64; 2], [f64; 3]);
        let cases: Vec<Case> = recorded("delong");
        for (first, second, members, areas, errors, [error, statistic, p]) in cases {
            let found = AreaDifference::new(&first, &second, &members).unwrap();
            for i in [0, 1] {
                assert_close(found.areas[i], areas[i]);
                assert_close(found.errors[i], errors[i]);
            }
            assert_close(found.error, error);
            assert_close(found.test().unwrap().statistic, statistic);
            assert_close(found.test().unwrap().p, p);
            let interval = found.interval(0.95);
            assert!(
                (f64::midpoint(interval.low, interval.high) - found.difference()).abs() < 1e-12
            );
            assert_eq!(p < 0.05, interval.low > 0.0 || interval.high < 0.0);
        }
    }

    #[test]
    fn one_sample_of_a_class_says_nothing_of_the_spread() {
        let scores = [0.1, 0.2, 0.3];
        assert_eq!(
            AreaDifference::new(&scores, &scores, &[true, false, false]),
            None
        );
        let same = AreaDifference::new(
            &[0.1, 0.2, 0.3, 0.4],
            &[1.0, 2.0, 3.0, 4.0],
            &[true, false, true, false],
        );
        assert_eq!(same.unwrap().test(), None);
    }

    #[test]
    fn drawn_areas_are_those_of_the_drawn_samples() {
        let (logs, labels) = forty();
        let curves = RocCurves::new(&logs, &labels);
        let all = curves.area(&[1; 40]).unwrap();
        assert_close(all, roc_auc(&logs, &labels).unwrap());
        let times: Vec<u32> = (0..40).map(|i| (i * i) % 3).collect();
        let chosen = (0..40).flat_map(|i| std::iter::repeat_n(i, times[i] as usize));
        let (drawn, drawn_labels): (Vec<&[f32]>, Vec<usize>) =
            chosen.map(|i| (&logs[4 * i..4 * i + 4], labels[i])).unzip();
        let expected = roc_auc(&drawn.concat(), &drawn_labels).unwrap();
        assert_close(curves.area(&times).unwrap(), expected);
        assert_eq!(curves.area(&[0; 40]), None);
        let half = RocCurves::new(&[0.5_f32.ln(); 8], &[0, 1, 1, 0]);
        assert_eq!(half.area(&[1; 4]), Some(0.5));
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
    }
}
