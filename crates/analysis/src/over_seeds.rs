//! Which differences between models hold over seeds, on the same images and on others.

use crate::family::{Adjusted, Family};
use crate::levels::{CONFIDENCE, POWER};
use crate::model::Finished;
use serde::Serialize;
use statistics::{
    CrossedDifference, Interval, Outperforming, Relation, SeedDifference, detectable_effect, mean,
    outperforming,
};
use std::collections::HashSet;

/// Two models on average over seeds, of which at least one depends on the seed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct OverSeeds {
    /// Difference of the mean accuracies on these images, first − second.
    pub difference: f64,
    /// Its interval over seeds; those of all pairs that are compared over seeds hold at once with
    /// confidence 95 %. `None` where no seed makes a difference.
    pub interval: Option<Interval>,
    /// P value of the t test over seeds, seed by seed; of the t test of one sample if only one model
    /// depends on the seed; 1 where no seed makes a difference, of which there is no test.
    pub p: f64,
    /// The p value times the number of tests.
    pub p_adjusted: f64,
    /// Of how many tests over seeds this is one: models that get the same images right with each seed count once.
    pub tests: usize,
    /// Whether the adjusted p value is below 0.05, and so whether the interval excludes 0.
    pub different: bool,
    /// With a margin: what is shown of the first against the second.
    pub relation: Option<Relation>,
    /// The smallest difference that as many seeds show four times in five. `None` where no seed makes a
    /// difference, or none could be shown.
    pub detectable_difference: Option<f64>,
    /// Where that is open: how many seeds would show the difference four times in five.
    pub seeds_to_settle: Option<u32>,
    /// The interval of the difference that is expected with new seeds on new images, which holds that
    /// over seeds on these; those of all pairs hold at once. `None` where all differences are alike, and for
    /// images in groups.
    pub elsewhere: Option<Interval>,
    /// How probable it is that a fit of the first gets more images right than one of the second with the
    /// same seed, for this pair alone.
    pub outperforming: Option<Outperforming>,
}

/// Tests each pair of models over seeds, seed by seed; `None` where neither depends on it. `alone` is whether
/// each image is one of its own: what is expected on others is not known of images in groups.
pub(crate) fn over_seeds(
    models: &[&Finished],
    family: &Family,
    alone: bool,
) -> Vec<Option<OverSeeds>> {
    let depends = |model: usize| models[model].spread.fits.len() > 1;
    let is_tested = |&&(i, j): &&(usize, usize)| depends(i) || depends(j);
    let seeds = models.iter().map(|of| of.compared.right.len()).max();
    let tested: Vec<(usize, usize)> = family.pairs.iter().filter(is_tested).copied().collect();
    let tests = distinct(models, &tested);
    let adjusted = Adjusted::new(tests);
    let freedom = seeds.unwrap_or(0) as f64 - 1.0;
    if tested.is_empty() || freedom < 1.0 {
        return vec![None; family.pairs.len()];
    }
    // The same for each pair, and slow to find for few seeds.
    let effect = detectable_effect(1.0, freedom, adjusted.level(), POWER);
    let of_pair = |pair: &(usize, usize)| {
        let [first, second] = [pair.0, pair.1].map(|model| models[model]);
        let pair = is_tested(&pair).then(|| Seeded::new(first, second))?;
        let found = pair.tested(&adjusted, family.margin);
        let error = pair.test.map(|test| test.error());
        let detectable = error.map(|error| effect * error);
        Some(OverSeeds {
            tests,
            detectable_difference: detectable.filter(|&difference| difference < 1.0),
            elsewhere: alone
                .then(|| pair.elsewhere(&adjusted, found.interval))
                .flatten(),
            ..found
        })
    };
    family.pairs.iter().map(of_pair).collect()
}

/// How many of the pairs are different ones: models that get the same images right with each seed are one, as they
/// are on the images of the first.
fn distinct(models: &[&Finished], pairs: &[(usize, usize)]) -> usize {
    let alike = |first: &Finished, second: &Finished| {
        let (a, b) = (&first.compared.right, &second.compared.right);
        let seeds = a.len().max(b.len());
        a.iter()
            .cycle()
            .take(seeds)
            .eq(b.iter().cycle().take(seeds))
    };
    let first = |model: &&Finished| models.iter().position(|of| alike(of, model));
    let first: Vec<Option<usize>> = models.iter().map(first).collect();
    let pairs = pairs.iter().map(|&(i, j)| [first[i], first[j]]);
    let different = pairs
        .filter(|[a, b]| a != b)
        .map(|[a, b]| [a.min(b), a.max(b)]);
    different.collect::<HashSet<[Option<usize>; 2]>>().len()
}

/// The fits of two models with the same seeds.
struct Seeded {
    accuracies: [Vec<f64>; 2],
    /// Whether each image is right, with each seed.
    right: [Vec<Vec<bool>>; 2],
    test: Option<SeedDifference>,
}

impl Seeded {
    fn new(first: &Finished, second: &Finished) -> Self {
        let both = [first, second];
        let seeds = both.map(|of| of.compared.right.len()).into_iter().max();
        // A model that does not depend on the seed does the same with each.
        let right = both.map(|of| {
            let fits = of.compared.right.iter().cycle();
            fits.take(seeds.unwrap_or(0)).cloned().collect()
        });
        let accuracies = both.map(|of| -> Vec<f64> {
            let fits = of.spread.fits.iter().map(|fit| fit.accuracy);
            let all: Vec<f64> = fits.collect();
            let alone = [of.quality.accuracy];
            let known = if all.is_empty() { &alone[..] } else { &all };
            let fits = known.iter().copied().cycle();
            fits.take(seeds.unwrap_or(0)).collect()
        });
        Self {
            // Also where one of them is the same with each seed: this is then the test of one sample.
            test: SeedDifference::paired(&accuracies[0], &accuracies[1]),
            accuracies,
            right,
        }
    }

    /// What the t test says of them.
    fn tested(&self, adjusted: &Adjusted, margin: Option<f64>) -> OverSeeds {
        let [first, second] = &self.accuracies;
        let p = self.test.map_or(1.0, |test| test.t_test().p);
        let different = p <= adjusted.level();
        let at = |confidence| self.test.map(|test| within(test.interval(confidence)));
        let interval = at(adjusted.confidence());
        let of_margin = at(adjusted.margin_confidence());
        let open = self.test.filter(|_| !different);
        OverSeeds {
            tests: 1,
            difference: mean(first.iter().copied()) - mean(second.iter().copied()),
            interval,
            p,
            p_adjusted: adjusted.p(p),
            different,
            relation: margin.and_then(|margin| Some(Relation::new(interval?, of_margin?, margin))),
            detectable_difference: None,
            seeds_to_settle: open.and_then(|test| test.seeds_to_settle(adjusted.level(), POWER)),
            elsewhere: None,
            outperforming: outperforming(first, second, CONFIDENCE),
        }
    }

    /// What is expected with new seeds on new images. Not less uncertain than with new seeds on these,
    /// which an estimate of more degrees of freedom may seem to be.
    fn elsewhere(&self, adjusted: &Adjusted, here: Option<Interval>) -> Option<Interval> {
        let [first, second] = &self.right;
        let crossed = CrossedDifference::new(first, second)?;
        let Interval { low, high } = crossed.interval(adjusted.confidence());
        Some(Interval {
            low: here.map_or(low, |here| here.low.min(low)),
            high: here.map_or(high, |here| here.high.max(high)),
        })
    }
}

/// Differences in accuracy are within [−1, 1].
fn within(Interval { low, high }: Interval) -> Interval {
    Interval {
        low: low.max(-1.0),
        high: high.min(1.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::with_seeds;
    use crate::pair::Comparison;
    use crate::report::Report;

    fn pair<'a>(report: &'a Report, first: &str, second: &str) -> &'a Comparison {
        let is_it = |pair: &&Comparison| pair.first == first && pair.second == second;
        report.comparisons.iter().find(is_it).unwrap()
    }

    #[test]
    fn pairs_are_tested_seed_by_seed_and_adjusted_for_all() {
        let (few, some, many) = ([10, 12, 14], [11, 15, 16], [200, 210, 205]);
        let report = with_seeds(&[("a", &few), ("b", &some), ("c", &many), ("d", &[13])]);
        let right = |errors: [usize; 3]| errors.map(|wrong| (1_000 - wrong) as f64 / 1_000.0);
        let open = SeedDifference::paired(&right(few), &right(some)).unwrap();
        let found = pair(&report, "a", "b");
        let over_seeds = found.over_seeds.unwrap();
        assert!((over_seeds.difference - 0.002).abs() < 1e-12, "{found:?}");
        assert!((over_seeds.p - open.t_test().p).abs() < 1e-12, "{found:?}");
        assert!((over_seeds.p_adjusted - 6.0 * over_seeds.p).abs() < 1e-12);
        let level = 0.05 / 6.0;
        assert_eq!(over_seeds.seeds_to_settle, open.seeds_to_settle(level, 0.8));
        let detectable = over_seeds.detectable_difference.unwrap();
        assert!(
            (detectable - open.detectable(level, 0.8)).abs() < 1e-9,
            "{found:?}"
        );
        let settled = pair(&report, "b", "c");
        let p = settled.over_seeds.unwrap();
        assert!(p.p < p.p_adjusted && p.different, "{settled:?}");
        assert_eq!(p.seeds_to_settle, None);
        for over_seeds in report.comparisons.iter().filter_map(|pair| pair.over_seeds) {
            let interval = over_seeds.interval.unwrap();
            let excludes = interval.low > 0.0 || interval.high < 0.0;
            assert_eq!(excludes, over_seeds.different, "{over_seeds:?}");
            assert_eq!(over_seeds.different, over_seeds.p_adjusted < 0.05);
        }
        let fixed = pair(&report, "a", "d").over_seeds.unwrap();
        let alone = SeedDifference::paired(&right(few), &[0.987; 3]).unwrap();
        assert!((fixed.p - alone.t_test().p).abs() < 1e-12, "{fixed:?}");
    }

    #[test]
    fn copies_are_one_for_the_correction() {
        let (few, many) = ([10, 12, 14], [200, 210, 205]);
        let report = with_seeds(&[("a", &few), ("b", &many), ("c", &many), ("d", &many)]);
        let of = |first, second| pair(&report, first, second).over_seeds.unwrap();
        let found = of("a", "b");
        assert_eq!((found.tests, found.p_adjusted), (1, found.p));
        assert_eq!((of("b", "c").p, of("b", "c").different), (1.0, false));
        // One that does not depend on the seed differs from one that does.
        let report = with_seeds(&[("a", &few), ("b", &[10]), ("c", &[10])]);
        assert_eq!(pair(&report, "b", "a").over_seeds.unwrap().tests, 1);
    }

    #[test]
    fn new_images_are_less_certain_than_these() {
        for errors in [[[10, 20, 31], [12, 21, 32]], [[10, 11, 10], [90, 91, 91]]] {
            let report = with_seeds(&[("a", &errors[0]), ("b", &errors[1])]);
            let over_seeds = report.comparisons[0].over_seeds.unwrap();
            let (here, elsewhere) = (over_seeds.interval.unwrap(), over_seeds.elsewhere.unwrap());
            assert!(elsewhere.low <= here.low && here.high <= elsewhere.high);
            let ahead = over_seeds.outperforming.unwrap();
            assert_eq!((ahead.probability, ahead.interval.low < 0.5), (1.0, true));
        }
        // Here seeds hardly matter, and the images do.
        let report = with_seeds(&[("a", &[10, 11, 10]), ("b", &[90, 91, 91])]);
        let over_seeds = report.comparisons[0].over_seeds.unwrap();
        let width = |of: Option<Interval>| of.map(|of| of.high - of.low).unwrap();
        assert!(
            width(over_seeds.elsewhere) > 2.0 * width(over_seeds.interval),
            "{over_seeds:?}"
        );
    }

    #[test]
    fn models_that_no_seed_changes_are_not_tested() {
        let report = with_seeds(&[("a", &[10]), ("b", &[20]), ("c", &[30, 30, 30])]);
        assert_eq!(pair(&report, "a", "b").over_seeds, None);
        let same = pair(&report, "a", "c");
        let over_seeds = same.over_seeds.unwrap();
        assert_eq!((over_seeds.p, over_seeds.different), (1.0, false));
        assert_eq!(over_seeds.seeds_to_settle, None);
        assert_eq!(
            (over_seeds.interval, over_seeds.detectable_difference),
            (None, None)
        );
    }
}
