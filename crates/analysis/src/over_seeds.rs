//! Which differences between models hold over seeds, on the same images.

use crate::levels::{POWER, SIGNIFICANCE};
use serde::Serialize;
use statistics::{SeedDifference, holm, mean};

/// Two models on average over seeds, of which at least one depends on the seed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct OverSeeds {
    /// Difference of the mean accuracies, first − second.
    pub difference: f64,
    /// P value of Welch's t test over seeds; of the t test of one sample if only one model depends on
    /// the seed; 1 where no seed makes a difference, of which there is no test.
    pub p: f64,
    /// The p value adjusted for all pairs that are compared over seeds (Holm).
    pub p_adjusted: f64,
    /// Where that is open: how many seeds would show it four times in five, at 0.05 divided by the
    /// number of pairs that are compared over seeds.
    pub seeds_to_settle: Option<usize>,
}

impl OverSeeds {
    /// Whether the adjusted p value is below 0.05.
    pub fn different(&self) -> bool {
        self.p_adjusted < SIGNIFICANCE
    }
}

/// Tests each pair of models over seeds, from the accuracies of both with each seed, or the only one
/// of a model that does not depend on it; `None` where neither does.
pub(crate) fn over_seeds(pairs: &[[Vec<f64>; 2]]) -> Vec<Option<OverSeeds>> {
    let is_tested = |[first, second]: &[Vec<f64>; 2]| first.len() > 1 || second.len() > 1;
    let tested = pairs.iter().filter(|pair| is_tested(pair));
    let tests: Vec<(f64, Option<SeedDifference>)> = tested
        .map(|[first, second]| {
            let difference = mean(first.iter().copied()) - mean(second.iter().copied());
            (difference, SeedDifference::new(first, second))
        })
        .collect();
    let p_values: Vec<f64> = tests
        .iter()
        .map(|(_, test)| test.map_or(1.0, |difference| difference.t_test().p))
        .collect();
    // A pair with such a p is different by Holm's method whatever the others do.
    let level = SIGNIFICANCE / tests.len() as f64;
    let adjusted = holm(&p_values);
    let found = tests.iter().zip(p_values).zip(adjusted);
    let mut found = found.map(|((&(difference, test), p), p_adjusted)| {
        let is_open = p_adjusted >= SIGNIFICANCE;
        OverSeeds {
            difference,
            p,
            p_adjusted,
            seeds_to_settle: test
                .filter(|_| is_open)
                .and_then(|test| test.seeds_to_settle(level, POWER)),
        }
    });
    let of_pair = |pair: &[Vec<f64>; 2]| is_tested(pair).then(|| found.next()).flatten();
    pairs.iter().map(of_pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comparison::Comparison;
    use crate::examples::with_seeds;
    use crate::report::Report;

    fn pair<'a>(report: &'a Report, first: &str, second: &str) -> &'a Comparison {
        let is_it = |pair: &&Comparison| pair.first == first && pair.second == second;
        report.comparisons.iter().find(is_it).unwrap()
    }

    #[test]
    fn pairs_are_tested_over_seeds_and_adjusted_for_all() {
        let (few, some, many) = ([10, 12, 14], [11, 15, 16], [200, 210, 205]);
        let report = with_seeds(&[("a", &few), ("b", &some), ("c", &many), ("d", &[13])]);
        let right = |errors: [usize; 3]| errors.map(|wrong| (1_000 - wrong) as f64 / 1_000.0);
        let open = SeedDifference::new(&right(few), &right(some)).unwrap();
        let found = pair(&report, "a", "b");
        let over_seeds = found.over_seeds.unwrap();
        assert!((over_seeds.difference - 0.002).abs() < 1e-12, "{found:?}");
        assert!((over_seeds.p - open.t_test().p).abs() < 1e-12, "{found:?}");
        assert_eq!(
            over_seeds.seeds_to_settle,
            open.seeds_to_settle(0.05 / 6.0, 0.8)
        );
        let settled = pair(&report, "b", "c");
        let p = settled.over_seeds.unwrap();
        assert!(p.p < p.p_adjusted && p.different(), "{settled:?}");
        assert_eq!(p.seeds_to_settle, None);
        let fixed = pair(&report, "a", "d").over_seeds.unwrap();
        let alone = SeedDifference::new(&right(few), &[0.987]).unwrap();
        assert!((fixed.p - alone.t_test().p).abs() < 1e-12, "{fixed:?}");
    }

    #[test]
    fn models_that_no_seed_changes_are_not_tested() {
        let report = with_seeds(&[("a", &[10]), ("b", &[20]), ("c", &[30, 30, 30])]);
        assert_eq!(pair(&report, "a", "b").over_seeds, None);
        let same = pair(&report, "a", "c");
        let over_seeds = same.over_seeds.unwrap();
        assert_eq!((over_seeds.p, over_seeds.different()), (1.0, false));
        assert_eq!(over_seeds.seeds_to_settle, None);
    }
}
