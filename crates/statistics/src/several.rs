//! Several classifiers on the same test images at once.

use crate::binomial_tail;
use serde::Serialize;
use statrs::distribution::{ChiSquared, ContinuousCDF, Normal};

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

/// The smallest difference in accuracy that McNemar's test finds with probability `power` at level
/// `alpha`, two-sided, on `images` images of which the classifiers differ on a share `differing`:
/// the δ with δ√n = z(1 − α/2)·√ψ + z(power)·√(ψ − δ²) (Connor 1987), no more than `differing`.
/// `None` where even that would be found less often: by the exact test, if one of the two alone is
/// right on all images on which they differ.
///
/// # Panics
/// If `alpha` or `power` is not in (0, 1), or `differing` not in [0, 1].
pub fn detectable_difference(images: usize, differing: f64, alpha: f64, power: f64) -> Option<f64> {
    // m images, all on one side, have p = 2·2⁻ᵐ.
    let fewest = (1.0 - alpha.log2()).floor() as usize + 1;
    if binomial_tail(fewest, images, differing) < power {
        return None;
    }
    let normal = Normal::standard();
    let (level, power) = (
        normal.inverse_cdf(1.0 - alpha / 2.0),
        normal.inverse_cdf(power),
    );
    let missing = |delta: f64| {
        let spread = (differing - delta * delta).max(0.0).sqrt();
        delta * (images as f64).sqrt() - level * differing.sqrt() - power * spread
    };
    // `missing` grows with δ: bisection.
    let (mut low, mut high) = (0.0, differing);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if missing(middle) < 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    Some(high)
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
    use crate::mcnemar;
    use statrs::distribution::{Binomial, Discrete};

    /// statsmodels 0.15.0, `cochrans_q`, as tests/recorded.py prints it.
    #[test]
    fn cochran_is_statsmodels() {
        let right: Vec<Vec<bool>> = (1..=4)
            .map(|k| {
                (0..200)
                    .map(|i| (i * (2 * k + 1) + i / 7) % (k + 3) > 0)
                    .collect()
            })
            .collect();
        let test = cochran_q(&right).unwrap();
        assert!(
            (test.statistic - 12.848167539267015).abs() < 1e-9,
            "{test:?}"
        );
        assert!((test.p - 0.004976726063447449).abs() < 1e-9, "{test:?}");
        assert_eq!(cochran_q(&right[..1]), None);
        assert_eq!(cochran_q(&[vec![true; 3], vec![true; 3]]), None);
    }

    /// The exact power of McNemar's test: over the number of differing images, and who is right on them.
    fn power(images: usize, differing: f64, alpha: f64, difference: f64) -> f64 {
        let first = f64::midpoint(1.0, difference / differing);
        let discordant = Binomial::new(differing, images as u64).unwrap();
        let of_number = |n: u64| {
            let split = Binomial::new(first, n).unwrap();
            let found = (0..=n).filter(|&b| mcnemar(b as usize, (n - b) as usize).p < alpha);
            discordant.pmf(n) * found.map(|b| split.pmf(b)).sum::<f64>()
        };
        // Beyond twice their mean and 40 there is nothing to add.
        let most = 2 * (images as f64 * differing) as u64 + 40;
        (0..=most).map(of_number).sum()
    }

    /// The root of Connor's equation by `scipy.optimize.brentq`, and the power by SciPy's binomial
    /// distribution, as tests/recorded.py prints them.
    #[test]
    fn the_detectable_difference_is_detected_as_often_as_asked() {
        for (differing, alpha, expected, expected_power) in [
            (0.02, 0.05, 0.003961572730621583, 0.7832859740502337),
            (0.02, 0.05 / 36.0, 0.005710431831378102, 0.7888949606428369),
            (
                0.0061,
                0.05 / 36.0,
                0.003153689057080448,
                0.7988609028882128,
            ),
        ] {
            let delta = detectable_difference(10_000, differing, alpha, 0.8).unwrap();
            assert!((delta - expected).abs() < 1e-9, "{delta}");
            let power = power(10_000, differing, alpha, delta);
            assert!((power - expected_power).abs() < 1e-9, "{power}");
        }
    }

    /// Eight images on one side are found four times in five, seven are not, as tests/recorded.py
    /// prints it.
    #[test]
    fn too_few_differing_images_show_nothing() {
        assert!(power(10_000, 0.0008, 0.05, 0.0008) > 0.8);
        assert!(power(10_000, 0.0007, 0.05, 0.0007) < 0.8);
        let differing = |share| detectable_difference(10_000, share, 0.05, 0.8);
        assert!(differing(0.0008).unwrap() > 0.0007);
        assert_eq!(differing(0.0007), None);
        assert_eq!(differing(0.0), None);
        let strict = detectable_difference(10_000, 0.0016, 0.05 / 36.0, 0.8);
        assert_eq!(strict, Some(0.0016), "no more than differs");
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
