//! Any metric of several classifiers on test sets drawn from the test set, with replacement.

use crate::Interval;
use crate::moments::{ROUNDING, mean, quantile, variance};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use serde::Serialize;

/// The random stream of the first test set that is drawn. Those below 2⁶³ belong to models that may
/// be trained from the same seed.
const STREAM: u64 = 1 << 63;

/// The fewest samples, or groups, on which two classifiers must differ for [`PairedBootstrap::simultaneous`] to be
/// believed of what is computed from predictions alone. One more or less of fewer decides by itself, and an exact
/// test of them may find nothing where drawn test sets do.
pub const FEWEST_DIFFERING: usize = 10;

/// The fewest samples, or groups, of each class that occurs, for means over classes, κ and Matthews correlation.
pub const FEWEST_OF_A_CLASS: usize = 30;

/// The same for areas under curves. With 10 to 33 of each class, intervals of the area of precision over recall hold in 88 to
/// 93 of 100 runs (example `levels`).
pub const FEWEST_FOR_CURVES: usize = 60;

/// The fewest samples, or groups, for means of what probabilities say of each sample, such as the log-loss. With 100,
/// tests and intervals hold; with 30 and 60, intervals hold in 92 to 94 of 100 runs (example `levels`).
pub const FEWEST_SCORED: usize = 100;

/// Statistics of the same test samples, on test sets drawn from them with replacement: the paired
/// bootstrap (Efron 1979).
#[derive(Debug, Clone)]
pub struct PairedBootstrap {
    /// On the test set itself.
    observed: Vec<f64>,
    /// Shape (draws, statistics).
    values: Vec<Vec<f64>>,
}

/// The difference between two statistics as one of several pairs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SimultaneousDifference {
    /// First − second.
    pub difference: f64,
    /// Its interval. All intervals of the comparison hold at once with confidence 1 − α.
    pub interval: Interval,
    /// The p value adjusted for all pairs.
    pub p_adjusted: f64,
    /// Whether `p_adjusted` ≤ α, and so whether `interval` excludes 0.
    pub different: bool,
}

impl PairedBootstrap {
    /// Draws `draws` test sets of as many samples. `statistics` is told how often each sample was
    /// drawn and gives as many values for every test set. The same seed draws the same, for any
    /// number of threads.
    ///
    /// # Panics
    /// If there are no samples.
    pub fn new(
        samples: usize,
        draws: usize,
        seed: u64,
        statistics: impl Fn(&[u32]) -> Vec<f64> + Sync,
    ) -> Self {
        assert!(samples > 0, "a test set has samples");
        Self::draw(samples, draws, seed, &statistics, |generator, times| {
            let drawn = (0..samples).map(|_| generator.random_range(0..samples));
            count(drawn, times);
        })
    }

    /// Draws whole groups of samples that belong together, as many as there are: the cluster bootstrap
    /// (Field and Welsh 2007). `groups` holds a number for every sample, the same within a group. The
    /// sizes of drawn test sets differ where those of the groups do.
    ///
    /// # Panics
    /// If there are no samples.
    pub fn of_groups(
        groups: &[usize],
        draws: usize,
        seed: u64,
        statistics: impl Fn(&[u32]) -> Vec<f64> + Sync,
    ) -> Self {
        assert!(!groups.is_empty(), "a test set has samples");
        let members = members(groups);
        let draw = |generator: &mut ChaCha8Rng, times: &mut [u32]| {
            for _ in 0..members.len() {
                for &sample in &members[generator.random_range(0..members.len())] {
                    times[sample] += 1;
                }
            }
        };
        Self::draw(groups.len(), draws, seed, &statistics, draw)
    }

    fn draw(
        samples: usize,
        draws: usize,
        seed: u64,
        statistics: &(impl Fn(&[u32]) -> Vec<f64> + Sync),
        fill: impl Fn(&mut ChaCha8Rng, &mut [u32]) + Sync,
    ) -> Self {
        let draw = |draw: usize| {
            let mut generator = ChaCha8Rng::seed_from_u64(seed);
            generator.set_stream(STREAM + draw as u64);
            let mut times = vec![0; samples];
            fill(&mut generator, &mut times);
            statistics(&times)
        };
        Self {
            observed: statistics(&vec![1; samples]),
            values: (0..draws).into_par_iter().map(draw).collect(),
        }
    }

    /// The percentile interval of the difference between two statistics, first − second, of this pair
    /// alone. Its width is 0 where no draw tells the two apart, which is no evidence.
    ///
    /// # Panics
    /// If there is no such statistic, or no draw.
    pub fn difference(&self, first: usize, second: usize, confidence: f64) -> Interval {
        let differences = self.differences(first, second);
        let tail = (1.0 - confidence) / 2.0;
        let at = |share: f64| quantile(&differences, share).expect("a draw");
        Interval {
            low: at(tail),
            high: at(1.0 - tail),
        }
    }

    /// The mean and the standard deviation of a statistic over the draws. `None` where it is not finite on
    /// each of at least two.
    ///
    /// # Panics
    /// If there is no such statistic.
    pub fn moments(&self, statistic: usize) -> Option<(f64, f64)> {
        let values: Vec<f64> = self.values.iter().map(|of| of[statistic]).collect();
        let deviation = variance(&values).sqrt();
        let finite = values.len() > 1 && deviation.is_finite();
        finite.then(|| (mean(values.iter().copied()), deviation))
    }

    /// All `pairs` of statistics at once: intervals d ± c·s, with s the standard deviation over the
    /// draws and c the level that the largest |d* − d|/s of all pairs exceeds in a share α of the draws.
    /// That is the single-step max-T method (Westfall and Young 1993; of bootstrap
    /// draws: Romano and Wolf 2005). It takes into account that pairs share classifiers, and holds for
    /// many samples. `None` for a pair that is not finite on each draw, or that no draw tells apart:
    /// such a pair does not count.
    ///
    /// # Panics
    /// If there is no such statistic, or `alpha` is not in (0, 1).
    pub fn simultaneous(
        &self,
        pairs: &[(usize, usize)],
        alpha: f64,
    ) -> Vec<Option<SimultaneousDifference>> {
        assert!(alpha > 0.0 && alpha < 1.0, "a level of {alpha}");
        let mut largest = vec![0.0_f64; self.values.len()];
        let scales: Vec<Option<(f64, f64)>> = pairs
            .iter()
            .map(|&(first, second)| {
                let difference = self.observed[first] - self.observed[second];
                let drawn = self.differences(first, second);
                let deviation = variance(&drawn).sqrt();
                let is_of_use = deviation.is_finite() && deviation > ROUNDING;
                if !(is_of_use && difference.is_finite()) {
                    return None;
                }
                for (largest, drawn) in largest.iter_mut().zip(drawn) {
                    *largest = largest.max((drawn - difference).abs() / deviation);
                }
                Some((difference, deviation))
            })
            .collect();
        largest.sort_by(|a, b| b.total_cmp(a));
        // With this many draws above t, p = (1 + many)/(1 + draws) is still at most α.
        let draws = largest.len() as f64;
        let most = (alpha * (draws + 1.0) + ROUNDING).floor() - 1.0;
        let critical = if most < 0.0 {
            f64::INFINITY
        } else {
            largest[most as usize]
        };
        let one = |(difference, deviation): (f64, f64)| {
            let above = largest.partition_point(|&t| t >= difference.abs() / deviation);
            let half = critical * deviation;
            SimultaneousDifference {
                difference,
                interval: Interval {
                    low: difference - half,
                    high: difference + half,
                },
                p_adjusted: (above as f64 + 1.0) / (draws + 1.0),
                different: difference.abs() > half,
            }
        };
        scales.into_iter().map(|scale| scale.map(one)).collect()
    }

    fn differences(&self, first: usize, second: usize) -> Vec<f64> {
        let differences = self.values.iter().map(|of| of[first] - of[second]);
        differences.collect()
    }
}

/// Counts how often each sample is among those `drawn`. Of many samples by blocks, whose counts stay near
/// the processor: at a million that takes a quarter of the time.
fn count(drawn: impl Iterator<Item = usize>, times: &mut [u32]) {
    const BLOCK: usize = 1 << 14;
    if times.len() <= 4 * BLOCK {
        for sample in drawn {
            times[sample] += 1;
        }
        return;
    }
    let expected = BLOCK + BLOCK / 16;
    let mut blocks = vec![Vec::<u16>::with_capacity(expected); times.len().div_ceil(BLOCK)];
    for sample in drawn {
        blocks[sample / BLOCK].push((sample % BLOCK) as u16);
    }
    for (block, times) in blocks.iter().zip(times.chunks_mut(BLOCK)) {
        for &sample in block {
            times[usize::from(sample)] += 1;
        }
    }
}

/// The samples of each group, groups in the order of their numbers.
fn members(groups: &[usize]) -> Vec<Vec<usize>> {
    let mut members = std::collections::BTreeMap::<usize, Vec<usize>>::new();
    for (sample, &group) in groups.iter().enumerate() {
        members.entry(group).or_default().push(sample);
    }
    members.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recorded::recorded;
    use statrs::distribution::{Continuous, Normal};

    fn mean_of(values: &[f64], times: &[u32]) -> f64 {
        let drawn = values.iter().zip(times);
        let total: f64 = drawn.map(|(x, &times)| x * f64::from(times)).sum();
        total / f64::from(times.iter().sum::<u32>())
    }

    /// How far a quantile of `draws` numbers of a normal density strays: √(q(1 − q)/N) over the density.
    fn strays(deviation: f64, draws: usize) -> f64 {
        let density = Normal::standard().pdf(1.96) / deviation;
        (0.025 * 0.975 / draws as f64).sqrt() / density
    }

    /// `scipy.stats.bootstrap`, the percentile interval of a million draws.
    #[test]
    fn the_bootstrap_is_scipys() {
        const DRAWS: usize = 10_000;
        let (first, second, low, high, deviation): (Vec<f64>, Vec<f64>, f64, f64, f64) =
            recorded("bootstrap");
        let bootstrap = PairedBootstrap::new(40, DRAWS, 1, |times| {
            vec![mean_of(&first, times), mean_of(&second, times)]
        });
        let found = bootstrap.difference(0, 1, 0.95);
        let strays = 4.0 * strays(deviation / 40.0_f64.sqrt(), DRAWS);
        assert!((found.low - low).abs() < strays, "{found:?}");
        assert!((found.high - high).abs() < strays, "{found:?}");
        let same = bootstrap.difference(0, 0, 0.95);
        assert_eq!((same.low, same.high), (0.0, 0.0));
    }

    /// The mean of normal numbers has the critical value of the largest of correlated normal numbers:
    /// for all pairs of independent ones that is the studentised range over √2.
    #[test]
    fn the_critical_value_of_all_pairs_is_tukeys() {
        let (columns, q): (Vec<Vec<f64>>, f64) = recorded("tukey");
        let bootstrap = PairedBootstrap::new(columns[0].len(), 4_000, 3, |times| {
            columns
                .iter()
                .map(|column| mean_of(column, times))
                .collect()
        });
        let pairs = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)];
        let found = bootstrap.simultaneous(&pairs, 0.05);
        for (pair, found) in pairs.iter().zip(&found) {
            let found = found.unwrap();
            let deviation = variance(&bootstrap.differences(pair.0, pair.1)).sqrt();
            let critical = (found.interval.high - found.difference) / deviation;
            assert!((critical - q).abs() < 0.08, "{critical}, {q}");
            let excludes = found.interval.low > 0.0 || found.interval.high < 0.0;
            assert_eq!(excludes, found.different);
            assert_eq!(found.different, found.p_adjusted <= 0.05, "{found:?}");
        }
        assert!(found.iter().any(|of| of.unwrap().different));
        assert!(found.iter().any(|of| !of.unwrap().different));
    }

    #[test]
    fn pairs_that_no_draw_tells_apart_have_no_interval() {
        let bootstrap = PairedBootstrap::new(9, 50, 3, |times| {
            vec![1.0, 1.0, f64::INFINITY, f64::from(times[0])]
        });
        let found = bootstrap.simultaneous(&[(0, 1), (0, 2), (0, 3)], 0.05);
        assert_eq!(found[..2], [None, None]);
        assert!(found[2].is_some());
        // Nineteen draws are the fewest that can show anything at 0.05.
        for (draws, finite) in [(18, false), (19, true)] {
            let few = PairedBootstrap::new(9, draws, 3, |times| vec![0.0, f64::from(times[0])]);
            let found = few.simultaneous(&[(0, 1)], 0.05)[0].unwrap();
            assert_eq!(found.interval.high.is_finite(), finite);
        }
    }

    /// Every sample is drawn once on average, and about 1/e of them not at all.
    #[test]
    fn test_sets_are_drawn_with_replacement() {
        let bootstrap = PairedBootstrap::new(1_000, 50, 7, |times| {
            let never = times.iter().filter(|&&times| times == 0).count();
            vec![f64::from(times.iter().sum::<u32>()), never as f64]
        });
        assert!(bootstrap.values.iter().all(|of| of[0] == 1_000.0));
        let never = mean(bootstrap.values.iter().map(|of| of[1]));
        let expected = 1_000.0 / std::f64::consts::E;
        assert!((never - expected).abs() < 10.0, "{never}");
        assert!(bootstrap.values.windows(2).any(|two| two[0] != two[1]));
    }

    #[test]
    fn many_samples_are_counted_like_few() {
        let drawn = || (0..200_000_usize).map(|i| i * i % 99_991);
        let (mut found, mut expected) = (vec![0; 100_000], vec![0; 100_000]);
        count(drawn(), &mut found);
        drawn().for_each(|sample| expected[sample] += 1);
        assert_eq!(found, expected);
    }

    /// Of groups whose values are alike, a mean strays as if each were one sample.
    #[test]
    fn groups_are_drawn_whole() {
        let groups: Vec<usize> = (0..400).map(|sample| 7 * (sample % 40)).collect();
        let values: Vec<f64> = (0..400).map(|sample| f64::from(sample % 40)).collect();
        let deviation = |bootstrap: &PairedBootstrap| variance(&bootstrap.differences(0, 1)).sqrt();
        let statistics = |times: &[u32]| {
            let alike = (0..40).all(|i| (0..10).all(|j| times[i] == times[i + 40 * j]));
            vec![mean_of(&values, times), f64::from(u8::from(alike))]
        };
        let grouped = PairedBootstrap::of_groups(&groups, 2_000, 1, statistics);
        assert!(grouped.values.iter().all(|of| of[1] == 1.0));
        let expected = (variance(&values[..40]) * 39.0 / 40.0 / 40.0).sqrt();
        let found = deviation(&grouped);
        assert!((found / expected - 1.0).abs() < 0.06, "{found}, {expected}");
    }
}
