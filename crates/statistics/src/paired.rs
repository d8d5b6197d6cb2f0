//! Comparisons of classifiers on the same test images: only the images on which two differ tell
//! them apart.

use crate::Interval;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use statrs::distribution::{Binomial, Discrete, DiscreteCDF};

/// The random stream of the first test set that is drawn. Those below 2⁶³ belong to models that may
/// be trained from the same seed.
const STREAM: u64 = 1 << 63;

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
    let split = Binomial::new(0.5, trials as u64).expect("a half is a probability");
    let tail = 2.0 * split.cdf(fewer as u64);
    let observed = split.pmf(fewer as u64);
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

/// Statistics of the same test images, on test sets drawn from them with replacement: the paired
/// bootstrap (Efron 1979).
#[derive(Debug, Clone)]
pub struct PairedBootstrap {
    /// Shape (draws, statistics).
    values: Vec<Vec<f64>>,
}

impl PairedBootstrap {
    /// Draws `draws` test sets of as many images. `statistics` is told how often each image was
    /// drawn and gives as many values for every test set. The same seed draws the same, for any
    /// number of threads.
    ///
    /// # Panics
    /// If there are no images.
    pub fn new(
        images: usize,
        draws: usize,
        seed: u64,
        statistics: impl Fn(&[u32]) -> Vec<f64> + Sync,
    ) -> Self {
        assert!(images > 0, "a test set has images");
        let draw = |draw: usize| {
            let mut generator = ChaCha8Rng::seed_from_u64(seed);
            generator.set_stream(STREAM + draw as u64);
            let mut times = vec![0; images];
            for _ in 0..images {
                times[generator.random_range(0..images)] += 1;
            }
            statistics(&times)
        };
        Self {
            values: (0..draws).into_par_iter().map(draw).collect(),
        }
    }

    /// The percentile interval of the difference between two statistics, first − second.
    ///
    /// # Panics
    /// If there is no such statistic, or no draw.
    pub fn difference(&self, first: usize, second: usize, confidence: f64) -> Interval {
        let differences = self.values.iter().map(|of| of[first] - of[second]);
        let mut differences: Vec<f64> = differences.collect();
        differences.sort_by(f64::total_cmp);
        let tail = (1.0 - confidence) / 2.0;
        let at =
            |share: f64| differences[(share * (differences.len() - 1) as f64).round() as usize];
        Interval {
            low: at(tail),
            high: at(1.0 - tail),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use statrs::distribution::{Continuous, Normal};

    fn assert_close(actual: f64, expected: f64) {
        assert!(
            (actual - expected).abs() <= 1e-9 * expected,
            "{actual} is not {expected}"
        );
    }

    /// SciPy 1.17.1, as tests/recorded.py prints it.
    #[test]
    fn p_values_are_scipys() {
        for (only_first, only_second, p, mid_p) in [
            (80, 30, 2.0183787682242732e-06, 1.3738677823789658e-06),
            (12, 3, 0.03515625, 0.02127075195312501),
            (500, 450, 0.11183864514157894, 0.10489061530369496),
            (1, 0, 1.0, 0.5),
            (700, 60, 2.7972859276929706e-139, 1.51815396943288e-139),
        ] {
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

    /// statsmodels 0.15.0, `multipletests`, as tests/recorded.py prints it: 4·0.005, 3·0.01, 2·0.03, and
    /// 0.04, which must not fall below the one before.
    #[test]
    fn holm_adjusts_step_by_step() {
        let adjusted = holm(&[0.01, 0.04, 0.03, 0.005]);
        for (actual, expected) in adjusted.into_iter().zip([0.03, 0.06, 0.06, 0.02]) {
            assert_close(actual, expected);
        }
        assert_eq!(holm(&[0.9, 0.8]), [1.0, 1.0]);
        assert!(holm(&[]).is_empty());
    }

    /// `scipy.stats.bootstrap`, the percentile interval of a million draws, as tests/recorded.py prints
    /// it. A quantile q of N draws strays by √(q(1 − q)/N) over the density there: that of a normal
    /// distribution, which the mean of 40 has nearly.
    #[test]
    fn the_bootstrap_is_scipys() {
        const DRAWS: usize = 10_000;
        let values =
            |of: fn(f64) -> f64| -> Vec<f64> { (0..40).map(|i| of(f64::from(i))).collect() };
        let first = values(|i| (3.0 * i + 1.0).sin());
        let second = values(|i| 0.5 * (5.0 * i).sin() - 0.3);
        let mean = |values: &[f64], times: &[u32]| {
            let drawn = values.iter().zip(times);
            drawn.map(|(x, &times)| x * f64::from(times)).sum::<f64>() / 40.0
        };
        let bootstrap = PairedBootstrap::new(40, DRAWS, 1, |times| {
            vec![mean(&first, times), mean(&second, times)]
        });
        let found = bootstrap.difference(0, 1, 0.95);
        let error = 0.7485200844695689 / 40.0_f64.sqrt();
        let density = Normal::standard().pdf(1.96) / error;
        let strays = (0.025 * 0.975 / DRAWS as f64).sqrt() / density;
        for (found, expected) in [
            (found.low, 0.06538247522167402),
            (found.high, 0.5287337612788909),
        ] {
            assert!(
                (found - expected).abs() < 4.0 * strays,
                "{found}, {expected}"
            );
        }
    }

    #[test]
    fn the_bootstrap_covers_the_normal_approximation() {
        // 1 000 images: 80 only the first gets right, 30 only the second.
        let first: Vec<bool> = (0..1_000).map(|i| i < 880).collect();
        let second: Vec<bool> = (0..1_000)
            .map(|i| !(30..110).contains(&i) && i < 860 || i >= 970)
            .collect();
        let only =
            |a: &[bool], b: &[bool]| a.iter().zip(b).filter(|(a, b)| **a && !**b).count() as f64;
        let (b, c) = (only(&first, &second), only(&second, &first));
        let difference = (b - c) / 1_000.0;
        let deviation = ((b + c) / 1_000.0 - difference * difference).sqrt() / 1_000.0_f64.sqrt();
        let accuracy = |right: &[bool], times: &[u32]| {
            let drawn = right.iter().zip(times).filter(|(right, _)| **right);
            f64::from(drawn.map(|(_, times)| times).sum::<u32>()) / right.len() as f64
        };
        let bootstrap = PairedBootstrap::new(1_000, 4_000, 1, |times| {
            vec![accuracy(&first, times), accuracy(&second, times)]
        });
        let interval = bootstrap.difference(0, 1, 0.95);
        assert!(
            (interval.low - (difference - 1.96 * deviation)).abs() < 0.15 * deviation,
            "{interval:?}"
        );
        assert!((interval.high - (difference + 1.96 * deviation)).abs() < 0.15 * deviation);
        let same = bootstrap.difference(0, 0, 0.95);
        assert_eq!((same.low, same.high), (0.0, 0.0));
    }

    /// Every image is drawn once on average, and about 1/e of them not at all.
    #[test]
    fn test_sets_are_drawn_with_replacement() {
        let bootstrap = PairedBootstrap::new(1_000, 50, 7, |times| {
            let never = times.iter().filter(|&&times| times == 0).count();
            vec![f64::from(times.iter().sum::<u32>()), never as f64]
        });
        assert!(bootstrap.values.iter().all(|of| of[0] == 1_000.0));
        let never: f64 = bootstrap.values.iter().map(|of| of[1]).sum::<f64>() / 50.0;
        assert!(
            (never - 1_000.0 / std::f64::consts::E).abs() < 10.0,
            "{never}"
        );
        assert!(bootstrap.values.windows(2).any(|two| two[0] != two[1]));
    }
}
