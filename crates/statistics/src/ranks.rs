//! Several classifiers over several data sets, by their ranks, as Demšar 2006 has it.

use crate::rank_permutations::RankNull;
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
    /// The p value of χ² over all orders of the ranks in each data set: exact where these can be listed,
    /// else from 20 000 of them. The other two are for many data sets: with two classifiers and eight
    /// data sets they find 7 % differences where there are none at a level of 5 %. This is the one to
    /// decide by.
    pub p: f64,
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
    let doubled: Vec<Vec<u64>> = scores.iter().map(|row| doubled_ranks(row)).collect();
    let mut sums = vec![0; classifiers];
    let mut ties = 0.0;
    for (row, ranks) in scores.iter().zip(&doubled) {
        for ((sum, rank), score) in sums.iter_mut().zip(ranks).zip(row) {
            *sum += rank;
            // Summed over those that are tied, t³ − t.
            let equal = row.iter().filter(|&other| other == score).count() as f64;
            ties += equal * equal - 1.0;
        }
    }
    let ranks: Vec<f64> = sums.iter().map(|&sum| sum as f64 / 2.0 / n).collect();
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
    // Of the same ties, χ² grows with the squares of the rank sums.
    let squares = |sums: &[u64]| sums.iter().map(|sum| sum * sum).sum();
    let p = RankNull::new(&doubled, squares).tail(squares(&sums));
    Some(Friedman {
        ranks,
        chi_squared,
        f: iman_davenport(statistic, n, k),
        p,
    })
}

/// Twice the ranks, the best being 1: whole numbers with ties, too.
fn doubled_ranks(row: &[f64]) -> Vec<u64> {
    let rank = |score: &f64| {
        let better = row.iter().filter(|&other| other > score).count() as u64;
        let equal = row.iter().filter(|&other| other == score).count() as u64;
        2 * better + equal + 1
    };
    row.iter().map(rank).collect()
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

/// How far apart two average ranks must be, at least, for a probability of at most `alpha` that any two
/// are if all classifiers are alike: [`critical_difference`] for few data sets, over all orders of the
/// ranks. `None` where no distance is enough: with two classifiers and five data sets the best ranks 1
/// in each with a probability of 1/16.
///
/// Only with this one is a diagram of critical differences valid for few data sets. It remains a
/// statement on all classifiers at once: how far two are apart depends on the others in the comparison
/// (Benavoli, Corani and Mangili 2016). To tell two apart use [`wilcoxon`](crate::wilcoxon), adjusted by
/// [`holm`](crate::holm).
///
/// # Panics
/// As [`critical_difference`].
pub fn exact_critical_difference(classifiers: usize, data_sets: usize, alpha: f64) -> Option<f64> {
    assert!(classifiers > 1 && data_sets > 0, "something to rank");
    assert!(alpha > 0.0 && alpha < 1.0, "a level of {alpha}");
    let rows = vec![(1..=classifiers as u64).collect::<Vec<u64>>(); data_sets];
    let range = |sums: &[u64]| match (sums.iter().min(), sums.iter().max()) {
        (Some(least), Some(most)) => most - least,
        _ => 0,
    };
    let critical = RankNull::new(&rows, range).critical(alpha)?;
    Some(critical as f64 / data_sets as f64)
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
    use crate::recorded::{assert_close, recorded};

    fn scores() -> Vec<Vec<f64>> {
        recorded("scores_of_data_sets")
    }

    /// SciPy's `friedmanchisquare`, Iman and Davenport's F of it, and the share of all orders, by
    /// `itertools.permutations`.
    #[test]
    fn friedmans_test_is_scipys() {
        type Case = (Vec<Vec<f64>>, Vec<f64>, [f64; 2], [f64; 2], f64);
        let cases: Vec<Case> = recorded("friedman");
        for (scores, ranks, chi_squared, f, p) in cases {
            let test = friedman(&scores).unwrap();
            for (rank, expected) in test.ranks.iter().zip(ranks) {
                assert_close(*rank, expected);
            }
            assert_close(test.chi_squared.statistic, chi_squared[0]);
            assert_close(test.chi_squared.p, chi_squared[1]);
            assert_close(test.f.unwrap().statistic, f[0]);
            assert_close(test.f.unwrap().p, f[1]);
            assert_close(test.p, p);
        }
    }

    /// Two classifiers: the sign test. All five alike, p = 0.0625; of eight, seven against one, 0.07.
    #[test]
    fn few_data_sets_are_judged_exactly() {
        let wins = |first: usize, second: usize| {
            let row = |wins: bool| if wins { vec![0.9, 0.8] } else { vec![0.8, 0.9] };
            let scores: Vec<_> = (0..first + second).map(|i| row(i < first)).collect();
            friedman(&scores).unwrap()
        };
        assert_close(wins(5, 0).p, 0.0625);
        assert!(wins(5, 0).chi_squared.p < 0.05);
        assert_close(wins(7, 1).p, 18.0 / 256.0);
        assert!(wins(7, 1).chi_squared.p < 0.05);
    }

    /// By `itertools.product` over all orders.
    #[test]
    fn the_exact_critical_difference_holds_its_level() {
        let cases: Vec<(usize, usize, f64, Option<f64>)> = recorded("critical_difference");
        for (classifiers, data_sets, alpha, expected) in cases {
            let found = exact_critical_difference(classifiers, data_sets, alpha);
            assert_eq!(
                found.is_some(),
                expected.is_some(),
                "{classifiers} {data_sets}"
            );
            assert_close(found.unwrap_or(1.0), expected.unwrap_or(1.0));
        }
        // Ten classifiers over thirty data sets: that of many, to the step of a rank sum.
        let many = critical_difference(10, 30, 0.05);
        let found = exact_critical_difference(10, 30, 0.05).unwrap();
        assert!((found - many).abs() < 0.1, "{found}, {many}");
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

    /// `scipy.stats.studentized_range` for infinite degrees of freedom.
    #[test]
    fn the_studentised_range_is_scipys() {
        let cases: Vec<(f64, usize, f64)> = recorded("studentised_range");
        for (range, count, expected) in cases {
            assert_close(range_tail(range, count), expected);
        }
        assert_close(range_tail(0.0, 4), 1.0);
        // Far out it is that of two of the numbers, for each of the 15 pairs of 6.
        let pairs = 15.0 * 2.0 * Normal::standard().sf(20.0 / 2.0_f64.sqrt());
        let tail = range_tail(20.0, 6);
        assert!(tail > 0.0 && (tail / pairs - 1.0).abs() < 1e-6, "{tail}");
    }

    /// Demšar 2006, table 5(a), for 2 to 10 classifiers, is this with three digits: his entries are
    /// ranges divided by √2, by `scipy.stats.studentized_range`.
    #[test]
    fn critical_values_are_those_of_demsar() {
        let cases: Vec<(usize, f64)> = recorded("demsar");
        for (classifiers, expected) in cases {
            let k = classifiers as f64;
            let q = critical_difference(classifiers, 1, 0.05) / (k * (k + 1.0) / 6.0).sqrt();
            assert!((q - expected).abs() < 1e-6, "{classifiers}: {q}");
        }
    }

    /// scikit-posthocs, `posthoc_nemenyi_friedman`.
    #[test]
    fn nemenyis_test_is_that_of_scikit_posthocs() {
        let ranks = friedman(&scores()).unwrap().ranks;
        let (pairs, critical): (Vec<(usize, usize, f64)>, f64) = recorded("nemenyi");
        for (first, second, expected) in pairs {
            let p = nemenyi(ranks[first] - ranks[second], 4, 6);
            assert!((p - expected).abs() < 1e-8, "{p}");
        }
        assert_close(critical_difference(4, 6, 0.05), critical);
        assert!((nemenyi(critical, 4, 6) - 0.05).abs() < 1e-8);
    }
}
