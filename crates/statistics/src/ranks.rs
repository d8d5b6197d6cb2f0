//! Several classifiers over several data sets, by their ranks, as Demšar 2006 has it.

use crate::several::Test;
use statrs::distribution::{ChiSquared, Continuous, ContinuousCDF, FisherSnedecor, Normal};

/// Friedman's test, whether classifiers rank alike over data sets.
#[derive(Debug, Clone, PartialEq)]
pub struct Friedman {
    /// The average rank of each classifier over the data sets, 1 being the best.
    pub ranks: Vec<f64>,
    /// Friedman's χ², corrected for ties (Friedman 1937).
    pub chi_squared: Test,
    /// The F statistic of the same ranks, less conservative (Iman and Davenport 1980). `None` where all
    /// data sets rank alike, for which it is infinite.
    pub f: Option<Test>,
}

/// Ranks classifiers in every data set and tests whether their average ranks differ. `scores` holds
/// for every data set a score of each classifier, the larger the better; equal ones share their
/// ranks. `None` for fewer than two classifiers or data sets, and where no data set tells any two
/// apart.
///
/// # Panics
/// If data sets have different numbers of scores.
pub fn friedman(scores: &[Vec<f64>]) -> Option<Friedman> {
    let (data_sets, classifiers) = (scores.len(), scores.first().map_or(0, Vec::len));
    assert!(
        scores.iter().all(|row| row.len() == classifiers),
        "the same classifiers"
    );
    if data_sets < 2 || classifiers < 2 {
        return None;
    }
    let (n, k) = (data_sets as f64, classifiers as f64);
    let mut ranks = vec![0.0; classifiers];
    let mut ties = 0.0;
    for row in scores {
        for (sum, &score) in ranks.iter_mut().zip(row) {
            let better = row.iter().filter(|&&other| other > score).count() as f64;
            let equal = row.iter().filter(|&&other| other == score).count() as f64;
            *sum += (better + f64::midpoint(equal, 1.0)) / n;
            // Summed over those that are tied, t³ − t.
            ties += equal * equal - 1.0;
        }
    }
    let untied = 1.0 - ties / (n * k * (k * k - 1.0));
    if untied <= 0.0 {
        return None;
    }
    let middle = f64::midpoint(k, 1.0);
    let squares: f64 = ranks.iter().map(|rank| (rank - middle).powi(2)).sum();
    let statistic = 12.0 * n * squares / (k * (k + 1.0)) / untied;
    let chi_squared = Test {
        statistic,
        p: ChiSquared::new(k - 1.0)
            .expect("at least one degree")
            .sf(statistic),
    };
    Some(Friedman {
        ranks,
        chi_squared,
        f: iman_davenport(statistic, n, k),
    })
}

fn iman_davenport(chi_squared: f64, n: f64, k: f64) -> Option<Test> {
    let left = n * (k - 1.0) - chi_squared;
    // But for rounding.
    if left < 1e-9 {
        return None;
    }
    let statistic = (n - 1.0) * chi_squared / left;
    let distribution = FisherSnedecor::new(k - 1.0, (k - 1.0) * (n - 1.0));
    let p = distribution.expect("degrees of freedom").sf(statistic);
    Some(Test { statistic, p })
}

/// The p value of two classifiers among `classifiers` whose average ranks over `data_sets` data sets
/// are `difference` apart, adjusted for all pairs: Nemenyi 1963. It counts only where Friedman's test
/// finds that not all rank alike.
///
/// # Panics
/// If there are fewer than two classifiers or no data sets.
pub fn nemenyi(difference: f64, classifiers: usize, data_sets: usize) -> f64 {
    let error = rank_error(classifiers, data_sets);
    range_tail(difference.abs() / error, classifiers)
}

/// How far apart two average ranks must be for [`nemenyi`] to give `alpha`: Demšar's critical difference
/// q(α)·√(k(k + 1)/6N).
///
/// # Panics
/// As [`nemenyi`], or if `alpha` is not in (0, 1).
pub fn critical_difference(classifiers: usize, data_sets: usize, alpha: f64) -> f64 {
    range_quantile(alpha, classifiers) * rank_error(classifiers, data_sets)
}

/// What a difference of average ranks is divided by to make it a studentised range: Demšar has a
/// factor of √2 in his table instead.
fn rank_error(classifiers: usize, data_sets: usize) -> f64 {
    assert!(classifiers > 1 && data_sets > 0, "something to rank");
    let (k, n) = (classifiers as f64, data_sets as f64);
    (k * (k + 1.0) / (12.0 * n)).sqrt()
}

/// The probability that `count` standard normal numbers range over more than `range`: the studentised
/// range for infinite degrees of freedom, 1 − k ∫ φ(z) (Φ(z) − Φ(z − q))^(k − 1) dz.
///
/// Written as k ∫ φ(z) Φ(z)^(k − 1) (1 − (1 − Φ(z − q)/Φ(z))^(k − 1)) dz, it keeps its digits where it is
/// small. The trapezoidal rule is exact to rounding for what falls off like a normal density.
fn range_tail(range: f64, count: usize) -> f64 {
    const STEP: f64 = 0.05;
    let normal = Normal::standard();
    let others = count as f64 - 1.0;
    let integrand = |z: f64| {
        let below = normal.cdf(z);
        let outside = normal.cdf(z - range) / below;
        let all_inside = others * (-outside).ln_1p();
        normal.pdf(z) * below.powf(others) * -all_inside.exp_m1()
    };
    let (low, high) = (-8.0, range.max(0.0) + 8.0);
    let steps = ((high - low) / STEP).ceil() as usize;
    let sum: f64 = (0..=steps).map(|i| integrand(low + i as f64 * STEP)).sum();
    (count as f64 * STEP * sum).min(1.0)
}

/// The range that is exceeded with probability `alpha`, by bisection.
fn range_quantile(alpha: f64, count: usize) -> f64 {
    assert!(alpha > 0.0 && alpha < 1.0, "a level of {alpha}");
    let (mut low, mut high) = (0.0, 100.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if range_tail(middle, count) > alpha {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_close(actual: f64, expected: f64) {
        assert!(
            (actual - expected).abs() <= 1e-9 * expected.abs(),
            "{actual} is not {expected}"
        );
    }

    /// Six data sets by four classifiers, two of which are tied in the third.
    fn scores() -> Vec<Vec<f64>> {
        vec![
            vec![0.97, 0.95, 0.92, 0.82],
            vec![0.88, 0.89, 0.84, 0.80],
            vec![0.91, 0.91, 0.85, 0.70],
            vec![0.99, 0.97, 0.95, 0.95],
            vec![0.76, 0.74, 0.75, 0.60],
            vec![0.93, 0.90, 0.88, 0.85],
        ]
    }

    /// SciPy's `friedmanchisquare`, and Iman and Davenport's F of it, as tests/recorded.py prints them.
    #[test]
    fn friedmans_test_is_scipys() {
        let test = friedman(&scores()).unwrap();
        for (rank, expected) in test
            .ranks
            .iter()
            .zip([1.25, 23.0 / 12.0, 35.0 / 12.0, 47.0 / 12.0])
        {
            assert_close(*rank, expected);
        }
        assert_close(test.chi_squared.statistic, 15.20689655172414);
        assert_close(test.chi_squared.p, 0.0016481115248017852);
        let f = test.f.unwrap();
        assert_close(f.statistic, 27.22222222222225);
        assert_close(f.p, 2.5697907664575165e-06);
    }

    #[test]
    fn without_ranks_there_is_no_test() {
        assert_eq!(friedman(&[]), None);
        assert_eq!(friedman(&scores()[..1]), None);
        assert_eq!(friedman(&[vec![0.9], vec![0.8]]), None);
        assert_eq!(friedman(&[vec![0.9; 3], vec![0.8; 3]]), None);
        let alike = friedman(&[vec![0.9, 0.8], vec![0.7, 0.6], vec![0.5, 0.1]]).unwrap();
        assert_eq!(alike.ranks, [1.0, 2.0]);
        assert_close(alike.chi_squared.statistic, 3.0);
        assert_eq!(alike.f, None);
    }

    /// `scipy.stats.studentized_range` for infinite degrees of freedom, as tests/recorded.py prints it.
    #[test]
    fn the_studentised_range_is_scipys() {
        for (range, count, expected) in [
            (3.5, 3, 0.03555704186316044),
            (1.0, 5, 0.9549548551886442),
            (4.2, 9, 0.07315051545004214),
        ] {
            assert_close(range_tail(range, count), expected);
        }
        assert_close(range_tail(0.0, 4), 1.0);
        // Far out it is that of two of the numbers, for each of the 15 pairs of 6.
        let pairs = 15.0 * 2.0 * Normal::standard().sf(20.0 / 2.0_f64.sqrt());
        let tail = range_tail(20.0, 6);
        assert!(tail > 0.0 && (tail / pairs - 1.0).abs() < 1e-6, "{tail}");
    }

    /// Demšar 2006, table 5(a), for 2 to 10 classifiers. His entries are tabulated ranges of three
    /// digits, divided by √2.
    #[test]
    fn critical_values_are_those_of_demsar() {
        let table = [2.343, 2.569, 2.728, 2.850, 2.949, 3.031, 3.102, 3.164];
        assert_close(critical_difference(2, 1, 0.05), 1.959963984540054);
        for (expected, classifiers) in table.into_iter().zip(3..) {
            let k = classifiers as f64;
            let q = critical_difference(classifiers, 1, 0.05) / (k * (k + 1.0) / 6.0).sqrt();
            assert!((q - expected).abs() < 1e-3, "{classifiers}: {q}");
        }
    }

    /// scikit-posthocs, `posthoc_nemenyi_friedman`, as tests/recorded.py prints it.
    #[test]
    fn nemenyis_test_is_that_of_scikit_posthocs() {
        let ranks = friedman(&scores()).unwrap().ranks;
        for (first, second, expected) in [
            (0, 1, 0.80775748),
            (0, 2, 0.1135811),
            (0, 3, 0.00196612),
            (1, 3, 0.03664844),
            (2, 3, 0.53628697),
        ] {
            let p = nemenyi(ranks[first] - ranks[second], 4, 6);
            assert!((p - expected).abs() < 1e-8, "{p}");
        }
        let critical = critical_difference(4, 6, 0.05);
        assert_close(critical, 1.9148432265902373);
        assert!((nemenyi(critical, 4, 6) - 0.05).abs() < 1e-12);
    }
}
