//! Several classifiers on the same test images at once.

use serde::Serialize;
use statrs::distribution::{ChiSquared, ContinuousCDF};

/// A test statistic with its p value.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Test {
    /// The statistic.
    pub statistic: f64,
    /// Probability of a statistic at least as extreme if there is no difference.
    pub p: f64,
}

/// Cochran's Q (Cochran 1950): whether classifiers are equally often right. `right` holds for every
/// classifier whether it got each image right. `None` for fewer than two classifiers, and where no
/// image tells any two apart.
///
/// # Panics
/// If the classifiers were judged on different numbers of images.
pub fn cochran_q(right: &[Vec<bool>]) -> Option<Test> {
    let k = right.len();
    let images = right.first().map_or(0, Vec::len);
    assert!(
        right.iter().all(|right| right.len() == images),
        "the same test set"
    );
    let columns = right
        .iter()
        .map(|right| right.iter().filter(|&&r| r).count() as f64);
    let (sum, squares) = columns.fold((0.0, 0.0), |(sum, squares), x| (sum + x, squares + x * x));
    let row = |image: usize| right.iter().filter(|right| right[image]).count() as f64;
    let spread: f64 = (0..images)
        .map(|image| row(image) * (k as f64 - row(image)))
        .sum();
    if k < 2 || spread == 0.0 {
        return None;
    }
    let freedom = k as f64 - 1.0;
    let statistic = freedom * (k as f64 * squares - sum * sum) / spread;
    let p = ChiSquared::new(freedom)
        .expect("at least one degree")
        .sf(statistic);
    Some(Test { statistic, p })
}

/// The largest sets of classifiers of which no two differ, in the order of their first members;
/// `differ(a, b)` for a < b of `count` classifiers. A classifier may be in several.
pub fn groups(count: usize, differ: impl Fn(usize, usize) -> bool) -> Vec<Vec<usize>> {
    let joins = |group: &[usize], one: usize| {
        group
            .iter()
            .all(|&other| other == one || !differ(other.min(one), other.max(one)))
    };
    // Grown one classifier at a time: what it can join stays, and it begins groups with the parts of
    // others that it agrees with. Comparisons have a dozen models, not thousands.
    let mut all: Vec<Vec<usize>> = Vec::new();
    for one in 0..count {
        let mut grown: Vec<Vec<usize>> = vec![vec![one]];
        for group in &all {
            let mut part: Vec<usize> = group
                .iter()
                .copied()
                .filter(|&other| joins(&[other], one))
                .collect();
            part.push(one);
            grown.push(part);
            if !joins(group, one) {
                grown.push(group.clone());
            }
        }
        grown.sort();
        grown.dedup();
        let within = |a: &[usize], b: &[usize]| a != b && a.iter().all(|one| b.contains(one));
        all = grown
            .iter()
            .filter(|group| !grown.iter().any(|other| within(group, other)))
            .cloned()
            .collect();
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recorded::{assert_close, recorded};

    /// statsmodels, `cochrans_q`.
    #[test]
    fn cochran_is_statsmodels() {
        let (right, statistic, p): (Vec<Vec<bool>>, f64, f64) = recorded("cochran");
        let test = cochran_q(&right).unwrap();
        assert_close(test.statistic, statistic);
        assert_close(test.p, p);
        assert_eq!(cochran_q(&right[..1]), None);
        assert_eq!(cochran_q(&[vec![true; 3], vec![true; 3]]), None);
    }

    #[test]
    fn groups_overlap_where_agreement_is_not_transitive() {
        let differ = |a: usize, b: usize| b - a > 1;
        assert_eq!(groups(4, differ), [[0, 1], [1, 2], [2, 3]]);
        assert_eq!(groups(3, |_, _| false), [[0, 1, 2]]);
        assert_eq!(groups(2, |_, _| true), [[0], [1]]);
        assert_eq!(
            groups(4, |a, b| (a, b) == (0, 3)),
            [vec![0, 1, 2], vec![1, 2, 3]]
        );
        assert!(groups(0, |_, _| true).is_empty());
    }
}
