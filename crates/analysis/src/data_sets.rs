//! Models over several data sets: average ranks with Friedman's test (Demšar 2006), and every pair by
//! Wilcoxon's (Benavoli, Corani and Mangili 2016).

use crate::levels::{EQUIVALENCE, SIGNIFICANCE};
use crate::overview::Overview;
use records::JudgedOn;
use statistics::{
    Friedman, Posterior, friedman, groups, holm, mean, signed_rank_posterior, wilcoxon,
};
use std::collections::{BTreeMap, BTreeSet};

/// With fewer data sets ranks show nothing.
pub const FEWEST_DATA_SETS: usize = 5;

/// Draws of the Bayesian test.
const DRAWS: usize = 20_000;

/// What reports of several data sets say of the models that they share.
#[derive(Debug, Clone, PartialEq)]
pub enum OverDataSets {
    /// Fewer than two data sets that can be compared, or two models that all of these share; or all
    /// models are equally good on each.
    Nothing,
    /// There are so many data sets, and these are too few.
    TooFew(usize),
    /// How the models rank.
    Ranking(Ranking),
}

/// Models by average rank, the best first.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranking {
    /// Names of the models with their average ranks; 1 is the best.
    pub models: Vec<(String, f64)>,
    /// What the data sets are called.
    pub titles: Vec<String>,
    /// Friedman's test of equal ranks.
    pub test: Friedman,
    /// Every two models.
    pub pairs: Vec<RankedPair>,
    /// How many of them are tested: models that are equally good on every data set count as one.
    pub tests: usize,
}

/// Two models over data sets.
#[derive(Debug, Clone, PartialEq)]
pub struct RankedPair {
    /// The place of the one that ranks better.
    pub first: usize,
    /// The place of the other.
    pub second: usize,
    /// Mean difference in accuracy, first − second.
    pub difference: f64,
    /// P value of Wilcoxon's exact signed-rank test, adjusted for all pairs (Holm).
    pub p_adjusted: f64,
    /// Whether that is below 0.05.
    pub different: bool,
    /// How probable it is that on new data sets each of the two is better by more than half a point.
    pub posterior: Posterior,
}

/// A name and the registered model behind it.
type Model<'a> = (&'a str, &'a str);

impl OverDataSets {
    /// From the reports of a results directory.
    pub fn new<'a>(reports: impl Iterator<Item = &'a Overview>) -> Self {
        let reports = comparable(reports);
        let models = shared(&reports);
        if reports.len() < 2 || models.len() < 2 {
            return Self::Nothing;
        }
        if reports.len() < FEWEST_DATA_SETS {
            return Self::TooFew(reports.len());
        }
        let scores: Vec<Vec<f64>> = reports
            .iter()
            .map(|report| {
                let accuracy = |model: &Model| accuracy(report, *model);
                models.iter().filter_map(accuracy).collect()
            })
            .collect();
        Ranking::new(&models, &reports, &scores).map_or(Self::Nothing, Self::Ranking)
    }
}

/// The reports that are of all images of a data set, none held out, judged on its test images: one of
/// each data set.
fn comparable<'a>(reports: impl Iterator<Item = &'a Overview>) -> Vec<&'a Overview> {
    let mut seen = BTreeSet::new();
    let is_of_all_images = |report: &&Overview| {
        report.complete
            && !report.quick
            // Of data of which only predictions are known no model of ours has a part.
            && report.dataset.features > 0
            && report.protocol.judged_on == JudgedOn::Test
            && report.protocol.calibration.is_none()
            && report.subset().is_none()
    };
    reports
        .filter(is_of_all_images)
        .filter(|report| seen.insert(&report.dataset.sha256))
        .collect()
}

/// The models that all reports have, in the order of the first.
fn shared<'a>(reports: &[&'a Overview]) -> Vec<Model<'a>> {
    let Some((first, others)) = reports.split_first() else {
        return Vec::new();
    };
    let models = first.models.iter();
    let models = models.map(|model| (model.id.as_str(), model.model.as_str()));
    let in_all = |model: &Model| (others.iter()).all(|report| accuracy(report, *model).is_some());
    models.filter(in_all).collect()
}

fn accuracy(report: &Overview, (id, model): Model) -> Option<f64> {
    let mut models = report.models.iter();
    models.find(|of| of.id == id && of.model == model)?.accuracy
}

impl Ranking {
    /// `scores` has shape (data sets, models). `None` if all models are equally good on every data set.
    fn new(models: &[Model], reports: &[&Overview], scores: &[Vec<f64>]) -> Option<Self> {
        let (distinct, which) = distinct(scores);
        let test = friedman(&distinct)?;
        let rank = |model: &usize| test.ranks[which[*model]];
        let mut order: Vec<usize> = (0..models.len()).collect();
        order.sort_by(|a, b| rank(a).total_cmp(&rank(b)));
        let titles = reports.iter().map(|report| report.title().to_owned());
        let kinds = distinct[0].len();
        Some(Self {
            pairs: ranked_pairs(&order, scores, &which),
            tests: kinds * (kinds - 1) / 2,
            models: order
                .iter()
                .map(|model| (models[*model].0.to_owned(), rank(model)))
                .collect(),
            titles: titles.collect(),
            test,
        })
    }

    /// Whether not all models rank alike, over all orders of the ranks.
    pub fn is_any_different(&self) -> bool {
        self.test.p < SIGNIFICANCE
    }

    /// How many data sets it takes for any two of these models to differ: as many as make the least
    /// p value of Wilcoxon's test, 2/2ⁿ, times the number of tests at most 0.05.
    pub fn data_sets_needed(&self) -> usize {
        let signs = (self.tests as f64 / SIGNIFICANCE).log2().ceil();
        1 + signs as usize
    }

    /// Whether so many data sets can show that any two of the models differ.
    pub fn can_differ(&self) -> bool {
        self.titles.len() >= self.data_sets_needed()
    }

    /// Whether it is shown that two models differ, by their places.
    pub fn differ(&self, first: usize, second: usize) -> bool {
        let is_it = |pair: &&RankedPair| (pair.first, pair.second) == (first, second);
        self.pairs
            .iter()
            .find(is_it)
            .is_some_and(|pair| pair.different)
    }

    /// The largest sets of models of which no two are shown to differ, by their places.
    pub fn groups(&self) -> Vec<Vec<usize>> {
        groups(self.models.len(), |first, second| {
            self.differ(first, second)
        })
    }
}

/// The scores without the models that are as good as an earlier one on every data set, and which of those left each
/// model is.
fn distinct(scores: &[Vec<f64>]) -> (Vec<Vec<f64>>, Vec<usize>) {
    let of = |model: usize| scores.iter().map(move |row| row[model]);
    let mut kinds: Vec<usize> = Vec::new();
    let which = (0..scores[0].len())
        .map(|model| {
            let known = kinds.iter().position(|&kind| of(kind).eq(of(model)));
            known.unwrap_or_else(|| {
                kinds.push(model);
                kinds.len() - 1
            })
        })
        .collect();
    let rows = scores.iter();
    let rows = rows.map(|row| kinds.iter().map(|&kind| row[kind]).collect());
    (rows.collect(), which)
}

/// Every two models in the order of their ranks; `which` says which of them are one.
fn ranked_pairs(order: &[usize], scores: &[Vec<f64>], which: &[usize]) -> Vec<RankedPair> {
    let places = 0..order.len();
    let places = places.flat_map(|second| (0..second).map(move |first| (first, second)));
    let differences = |(first, second): (usize, usize)| -> Vec<f64> {
        let of = |row: &Vec<f64>| row[order[first]] - row[order[second]];
        scores.iter().map(of).collect()
    };
    // Tests of the same two kinds of model are one.
    let kinds = |(first, second): (usize, usize)| {
        let [a, b] = [which[order[first]], which[order[second]]];
        (a.min(b), a.max(b))
    };
    let mut p_values = BTreeMap::new();
    for pair in places
        .clone()
        .filter(|&pair| kinds(pair).0 != kinds(pair).1)
    {
        let p = wilcoxon(&differences(pair)).map_or(1.0, |test| test.p);
        p_values.insert(kinds(pair), p);
    }
    let adjusted = holm(&p_values.values().copied().collect::<Vec<_>>());
    let adjusted: BTreeMap<_, _> = p_values.into_keys().zip(adjusted).collect();
    let pair = |pair: (usize, usize)| {
        let differences = differences(pair);
        let p_adjusted = adjusted.get(&kinds(pair)).copied().unwrap_or(1.0);
        RankedPair {
            first: pair.0,
            second: pair.1,
            difference: mean(differences.iter().copied()),
            p_adjusted,
            different: p_adjusted < SIGNIFICANCE,
            posterior: signed_rank_posterior(&differences, EQUIVALENCE, DRAWS, 1),
        }
    };
    places.map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranking(scores: &[Vec<f64>]) -> Ranking {
        let models: Vec<Model> = [("a", "a"), ("b", "b"), ("c", "c")][..scores[0].len()].to_vec();
        Ranking::new(&models, &[], scores).unwrap()
    }

    /// Exact: 2/2⁵ for Friedman's and for Wilcoxon's test.
    #[test]
    fn two_models_need_six_data_sets() {
        let always = |count: u32| -> Vec<Vec<f64>> {
            (0..count)
                .map(|i| vec![0.8, 0.9 + 0.01 * f64::from(i)])
                .collect()
        };
        let five = ranking(&always(5));
        assert_eq!(five.models[0], ("b".to_owned(), 1.0));
        assert_eq!((five.test.p, five.is_any_different()), (0.0625, false));
        assert_eq!(
            (five.pairs[0].p_adjusted, five.pairs[0].different),
            (0.0625, false)
        );
        assert_eq!(five.data_sets_needed(), 6);
        let six = ranking(&always(6));
        assert!(six.is_any_different() && six.pairs[0].different, "{six:?}");
        assert!((six.pairs[0].difference - 0.125).abs() < 1e-12, "{six:?}");
        assert!(six.pairs[0].posterior.first_better > 0.9, "{six:?}");
    }

    #[test]
    fn pairs_of_three_models_are_adjusted_by_holm() {
        let scores: Vec<Vec<f64>> = (0..8)
            .map(|i| {
                let more = 0.001 * f64::from(i);
                vec![0.9 + more, 0.9 - more * f64::from(i % 2), 0.6]
            })
            .collect();
        let found = ranking(&scores);
        let p: Vec<f64> = found.pairs.iter().map(|pair| pair.p_adjusted).collect();
        // c is behind on all eight data sets: 2/2⁸, thrice and twice.
        assert_eq!(p[1..], [3.0 / 128.0, 3.0 / 128.0], "{found:?}");
        assert_eq!(found.data_sets_needed(), 7);
        assert_eq!(found.groups(), [[0], [1], [2]], "{found:?}");
    }

    /// A copy of a model changes nothing for the others: no rank, no p value.
    #[test]
    fn models_that_are_equal_on_every_data_set_count_as_one() {
        let two: Vec<Vec<f64>> = (0..6)
            .map(|i| vec![0.8, 0.9 + 0.01 * f64::from(i)])
            .collect();
        let three: Vec<Vec<f64>> = two.iter().map(|row| vec![row[0], row[1], row[0]]).collect();
        let [two, three] = [ranking(&two), ranking(&three)];
        assert_eq!((&three.test, three.tests), (&two.test, 1));
        assert_eq!(three.groups(), [vec![0], vec![1, 2]]);
        let ranks: Vec<f64> = three.models.iter().map(|(_, rank)| *rank).collect();
        assert_eq!(ranks, [1.0, 2.0, 2.0]);
        let p: Vec<f64> = three.pairs.iter().map(|pair| pair.p_adjusted).collect();
        assert_eq!(p, [2.0 / 64.0, 2.0 / 64.0, 1.0]);
        assert_eq!(three.data_sets_needed(), two.data_sets_needed());
    }

    #[test]
    fn what_was_only_judged_has_no_part() {
        let mut report = crate::examples::with_costs(&[("a", 1, 1.0), ("b", 2, 1.0)], 10);
        let fitted = Overview::from(&report);
        report.dataset.features = 0;
        report.dataset.sha256[3] = "another".to_owned();
        let judged = Overview::from(&report);
        assert_eq!(comparable([&fitted, &judged].into_iter()), [&fitted]);
    }
}
