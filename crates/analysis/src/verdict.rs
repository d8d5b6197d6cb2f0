//! What a comparison says: who is ahead, and how sure that is.

use crate::model::{Finished, ModelSummary};
use crate::pair::Comparison;
use crate::report::Report;

/// Who is ahead, and then every model against the next in rank, or against the baseline. P values are
/// adjusted for all comparisons of the report.
#[derive(Debug, Clone)]
pub struct Verdict<'a> {
    /// The model with most images right.
    pub best: &'a ModelSummary,
    /// The share of images that it gets right.
    pub accuracy: f64,
    /// The models that it is compared with, by rank, and whether it is shown to be better.
    pub against: Vec<(&'a str, bool)>,
    /// Every model against the next in rank; with a baseline every other model against it.
    pub sentences: Vec<&'a Comparison>,
    /// The pairs that p values are adjusted for.
    pub pairs: usize,
    /// Where several seeds were tried, of which all of this is of the first.
    pub seeds: Option<Seeds>,
}

/// How the best model does with other seeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seeds {
    /// As many were tried.
    pub tried: usize,
    /// With so many of them no model gets more images right than it; `None` for a single model.
    pub best_in: Option<usize>,
}

impl Report {
    /// `None` if no model finished.
    pub fn verdict(&self) -> Option<Verdict<'_>> {
        let ranked = self.ranked();
        let &(best, of_best) = ranked.first()?;
        let of_pair = |first: &str, second: &str| {
            let is_it = |pair: &&Comparison| pair.first == first && pair.second == second;
            self.comparisons.iter().find(is_it)
        };
        let against = self.comparisons.iter().filter_map(|pair| {
            let Comparison { first, second, .. } = pair;
            let other = if *first == best.id { second } else { first };
            let is_here = *first == best.id || *second == best.id;
            is_here.then_some((other.as_str(), pair.different))
        });
        Some(Verdict {
            best,
            accuracy: of_best.quality.accuracy,
            against: against.collect(),
            sentences: if self.baseline.is_some() {
                self.comparisons.iter().collect()
            } else {
                let neighbours = ranked.windows(2);
                neighbours
                    .filter_map(|pair| of_pair(&pair[0].0.id, &pair[1].0.id))
                    .collect()
            },
            pairs: self.comparisons.len(),
            seeds: self.seeds_of(of_best),
        })
    }

    fn seeds_of(&self, best: &Finished) -> Option<Seeds> {
        let tried = usize::from(self.protocol.seeds);
        let several = self.finished().any(|(_, of)| of.spread.fits.len() > 1);
        if tried < 2 || !several || self.protocol.folds().is_some() {
            return None;
        }
        let accuracy = |model: &Finished, seed: usize| match model.spread.fits.get(seed) {
            Some(fit) => fit.accuracy,
            None => model.quality.accuracy,
        };
        let is_best = |&seed: &usize| {
            let most = accuracy(best, seed);
            self.finished().all(|(_, of)| accuracy(of, seed) <= most)
        };
        let best_in = (!self.comparisons.is_empty()).then(|| (0..tried).filter(is_best).count());
        Some(Seeds { tried, best_in })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::with_seeds;

    /// With the second seed, b gets more right than a; c does not depend on it.
    #[test]
    fn a_verdict_is_of_the_first_seed_and_says_what_the_others_do() {
        let models: [(&str, &[usize]); 3] = [("a", &[2, 9, 3]), ("b", &[6, 4, 9]), ("c", &[90])];
        let report = with_seeds(&models);
        let verdict = report.verdict().unwrap();
        assert_eq!((verdict.best.id.as_str(), verdict.accuracy), ("a", 0.998));
        assert_eq!(verdict.against, [("b", false), ("c", true)]);
        let ids = |pair: &&Comparison| format!("{} {}", pair.first, pair.second);
        let neighbours: Vec<String> = verdict.sentences.iter().map(ids).collect();
        assert_eq!(neighbours, ["a b", "b c"]);
        let seeds = Seeds {
            tried: 3,
            best_in: Some(2),
        };
        assert_eq!((verdict.pairs, verdict.seeds), (3, Some(seeds)));
        let alone = with_seeds(&[("a", &[2, 3])]);
        assert_eq!(alone.verdict().unwrap().seeds.unwrap().best_in, None);
        let fixed = with_seeds(&[("a", &[2]), ("c", &[90])]);
        let verdict = fixed.verdict().unwrap();
        assert_eq!((verdict.seeds, verdict.against), (None, vec![("c", true)]));
    }
}
