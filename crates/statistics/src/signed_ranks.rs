//! Two classifiers over several data sets: Wilcoxon's signed ranks, exactly, and a Bayesian version.

use crate::Posterior;
use crate::moments::ROUNDING;
use crate::several::Test;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The random stream of the posterior, beyond those of models.
const STREAM: u64 = 1 << 62;

/// Wilcoxon's signed-rank test (Wilcoxon 1945) of the differences between two classifiers, one for each
/// data set, two-sided and exact: over all signs, of which each is as likely as the other. Ties share
/// their ranks; zeros have none. The statistic is the sum of the ranks of positive differences. `None`
/// without a difference.
///
/// Unlike the distance of average ranks, it does not depend on which other classifiers there are: the
/// reason why Benavoli, Corani and Mangili 2016 prefer it for pairs, adjusted by [`holm`](crate::holm).
/// Differences that are equal but for rounding count as equal.
pub fn wilcoxon(differences: &[f64]) -> Option<Test> {
    let ranks = doubled_ranks(differences);
    let positive: usize = ranks
        .iter()
        .filter(|(sign, _)| *sign)
        .map(|(_, rank)| rank)
        .sum();
    let total: usize = ranks.iter().map(|(_, rank)| rank).sum();
    if ranks.is_empty() {
        return None;
    }
    // The probability of each sum of positive ranks, one rank after another.
    let mut chances = vec![0.0; total + 1];
    chances[0] = 1.0;
    let mut reached = 0;
    for &(_, rank) in &ranks {
        reached += rank;
        for sum in (0..=reached).rev() {
            let with = if sum >= rank {
                chances[sum - rank]
            } else {
                0.0
            };
            chances[sum] = 0.5 * (chances[sum] + with);
        }
    }
    let tail: f64 = chances[..=positive.min(total - positive)].iter().sum();
    Some(Test {
        statistic: positive as f64 / 2.0,
        p: (2.0 * tail).min(1.0),
    })
}

/// Of each difference that is not 0: whether it is positive, and twice the rank of its size.
fn doubled_ranks(differences: &[f64]) -> Vec<(bool, usize)> {
    let mut ordered: Vec<f64> = differences
        .iter()
        .copied()
        .filter(|difference| difference.abs() > ROUNDING)
        .collect();
    ordered.sort_by(|a, b| a.abs().total_cmp(&b.abs()));
    let mut ranks = Vec::new();
    for ties in ordered.chunk_by(|a, b| b.abs() - a.abs() <= ROUNDING) {
        // Ranks before + 1 to before + ties: twice their mean.
        let rank = 2 * ranks.len() + ties.len() + 1;
        ranks.extend(ties.iter().map(|difference| (*difference > 0.0, rank)));
    }
    ranks
}

/// The Bayesian signed-rank test (Benavoli et al. 2014, 2017): how probable it is that on
/// new data sets the first classifier is better, the second, or neither by more than `region`. From
/// `draws` weights of the data sets, drawn from a Dirichlet distribution, with one more data set
/// without a difference, of weight ½, as a prior. For each draw the three shares of pairs (i, j) of data
/// sets with a mean difference above, within and below ± `region` are compared; the largest wins.
///
/// # Panics
/// If `region` is negative, or there are no draws.
pub fn signed_rank_posterior(
    differences: &[f64],
    region: f64,
    draws: usize,
    seed: u64,
) -> Posterior {
    assert!(region >= 0.0 && draws > 0, "{draws} draws, region {region}");
    let mut values = vec![0.0];
    values.extend_from_slice(differences);
    let mut generator = ChaCha8Rng::seed_from_u64(seed);
    generator.set_stream(STREAM);
    let mut wins = [0.0; 3];
    for _ in 0..draws {
        let weights: Vec<f64> = (0..values.len())
            .map(|i| weight(&mut generator, i == 0))
            .collect();
        let mut shares = [0.0; 3];
        for (i, first) in values.iter().enumerate() {
            for (j, second) in values.iter().enumerate() {
                let mean = f64::midpoint(*first, *second);
                let side = if mean < -region {
                    0
                } else {
                    1 + usize::from(mean > region)
                };
                shares[side] += weights[i] * weights[j];
            }
        }
        let most = shares.into_iter().fold(0.0, f64::max);
        let winners = shares.into_iter().filter(|&share| share == most).count();
        for (win, share) in wins.iter_mut().zip(shares) {
            *win += f64::from(u8::from(share == most)) / winners as f64;
        }
    }
    let [second_better, equivalent, first_better] = wins.map(|win| win / draws as f64);
    Posterior {
        second_better,
        equivalent,
        first_better,
    }
}

/// A gamma number of shape 1, or ½ for the prior: −ln U, or half the square of a normal number.
fn weight(generator: &mut impl Rng, is_prior: bool) -> f64 {
    let size = -(1.0 - generator.random::<f64>()).ln();
    if is_prior {
        let angle = std::f64::consts::TAU * generator.random::<f64>();
        size * angle.cos().powi(2)
    } else {
        size
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recorded::{assert_close, recorded};

    /// `scipy.stats.wilcoxon` over all signs, with ties and zeros.
    #[test]
    fn wilcoxons_test_is_scipys() {
        let cases: Vec<(Vec<f64>, f64, f64)> = recorded("wilcoxon");
        for (differences, statistic, p) in cases {
            let test = wilcoxon(&differences).unwrap();
            assert_close(test.statistic, statistic);
            assert_close(test.p, p);
        }
        assert_eq!(wilcoxon(&[0.0, 0.0]), None);
        assert_eq!(wilcoxon(&[]), None);
    }

    #[test]
    fn five_data_sets_cannot_show_a_difference() {
        assert_close(wilcoxon(&[0.1, 0.2, 0.3, 0.4, 0.5]).unwrap().p, 0.0625);
        // 0.3 − 0.2 and 0.1 are a tie, but for rounding.
        let tied = wilcoxon(&[0.3 - 0.2, -0.1]).unwrap();
        assert_eq!((tied.statistic, tied.p), (1.5, 1.0));
    }

    /// baycomp, from a million draws; the numbers stray by half a point at most.
    #[test]
    fn the_posterior_is_that_of_baycomp() {
        let (differences, cases): (Vec<f64>, Vec<(f64, [f64; 3])>) = recorded("signed_rank");
        for (region, expected) in cases {
            let found = signed_rank_posterior(&differences, region, 20_000, 1);
            let found = [found.second_better, found.equivalent, found.first_better];
            for (found, expected) in found.into_iter().zip(expected) {
                assert!((found - expected).abs() < 0.015, "{found} {expected}");
            }
            assert_close(found.iter().sum(), 1.0);
        }
    }
}
