//! Comparisons of classifiers on the same test images: only the images on which two differ tell
//! them apart.

use crate::binomial::{at_most, exactly};

/// McNemar's test of two classifiers that are equally often right.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct McNemar {
    /// Probability of a split at least as uneven if both are equally good: the exact binomial test
    /// (McNemar 1947).
    pub p: f64,
    /// The mid-p value, half the probability of the observed split less: less conservative, and
    /// recommended by Fagerland, Lydersen and Laake 2013. 1 for two that never differ.
    pub mid_p: f64,
}

/// Tests whether two classifiers are equally good, from the number of images that only the first,
/// and only the second got right. Two-sided.
///
/// # Panics
/// Never: any counts make a binomial distribution.
pub fn mcnemar(only_first: usize, only_second: usize) -> McNemar {
    let (fewer, trials) = (only_first.min(only_second), only_first + only_second);
    if trials == 0 {
        return McNemar { p: 1.0, mid_p: 1.0 };
    }
    let tail = 2.0 * lower_tail(fewer, trials);
    let observed = exactly(fewer as u64, trials as u64, 0.5);
    let mid_p = if only_first == only_second {
        1.0 - 0.5 * observed
    } else {
        tail - observed
    };
    McNemar {
        p: tail.min(1.0),
        mid_p: mid_p.min(1.0),
    }
}

/// The probability of at most `fewer` heads of `trials` coins; without rounding for few coins, so that a
/// p value which is a level is not above it.
fn lower_tail(fewer: usize, trials: usize) -> f64 {
    const EXACT: usize = 52;
    if trials > EXACT {
        return at_most(fewer as u64, trials as u64, 0.5);
    }
    let (mut ways, mut all) = (1, 1);
    for heads in 1..=fewer as u64 {
        ways = ways * (trials as u64 - heads + 1) / heads;
        all += ways;
    }
    all as f64 / (1_u64 << trials) as f64
}

/// P values adjusted for as many tests as there are, in the order given: Holm 1979. Calling those
/// below α significant keeps the probability of any false call below α.
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    let mut adjusted = vec![0.0; p_values.len()];
    let mut largest: f64 = 0.0;
    for (rank, index) in order.into_iter().enumerate() {
        let tests_left = (p_values.len() - rank) as f64;
        largest = largest.max((p_values[index] * tests_left).min(1.0));
        adjusted[index] = largest;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recorded::{assert_close, recorded};

    /// SciPy's `binomtest`.
    #[test]
    fn p_values_are_scipys() {
        let cases: Vec<(usize, usize, f64, f64)> = recorded("mcnemar");
        for (only_first, only_second, p, mid_p) in cases {
            let test = mcnemar(only_first, only_second);
            assert_close(test.p, p);
            assert_close(test.mid_p, mid_p);
            assert_eq!(mcnemar(only_second, only_first), test);
        }
    }

    #[test]
    fn without_differences_nothing_is_shown() {
        assert_eq!(mcnemar(0, 0), McNemar { p: 1.0, mid_p: 1.0 });
        assert_eq!(mcnemar(7, 7).p, 1.0);
    }

    /// statsmodels, `multipletests`.
    #[test]
    fn holm_adjusts_step_by_step() {
        let cases: Vec<(Vec<f64>, Vec<f64>)> = recorded("holm");
        for (p_values, expected) in cases {
            let adjusted = holm(&p_values);
            assert_eq!(adjusted.len(), expected.len());
            for (actual, expected) in adjusted.into_iter().zip(expected) {
                assert_close(actual, expected);
            }
        }
        assert!(holm(&[]).is_empty());
    }
}
