//! Models over several data sets: Friedman's test and Nemenyi's, as Demšar 2006 compares them.

use crate::levels::SIGNIFICANCE;
use crate::overview::Overview;
use records::JudgedOn;
use statistics::{Friedman, critical_difference, friedman, groups, nemenyi};
use std::collections::BTreeSet;

/// With fewer data sets ranks show nothing.
pub const FEWEST_DATA_SETS: usize = 5;

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
    /// Ranks that are further apart differ (Nemenyi).
    pub critical: f64,
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
        // They may be equally good on every one.
        match friedman(&scores) {
            Some(test) => Self::Ranking(Ranking::new(&models, &reports, test)),
            None => Self::Nothing,
        }
    }
}

/// The reports that are of all images of a data set, none held out, judged on its test images: one of
/// each data set.
fn comparable<'a>(reports: impl Iterator<Item = &'a Overview>) -> Vec<&'a Overview> {
    let mut seen = BTreeSet::new();
    let is_of_all_images = |report: &&Overview| {
        report.complete
            && !report.quick
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
    fn new(models: &[Model], reports: &[&Overview], test: Friedman) -> Self {
        let of_test = models.iter().zip(&test.ranks);
        let mut models: Vec<(String, f64)> = of_test
            .map(|((name, _), &rank)| ((*name).to_owned(), rank))
            .collect();
        models.sort_by(|(_, a), (_, b)| a.total_cmp(b));
        let titles = reports.iter().map(|report| report.dataset.title.clone());
        Self {
            critical: critical_difference(models.len(), reports.len(), SIGNIFICANCE),
            models,
            titles: titles.collect(),
            test,
        }
    }

    /// Whether not all models rank alike: F is the better test, where there is one.
    pub fn is_any_different(&self) -> bool {
        self.test.f.unwrap_or(self.test.chi_squared).p < SIGNIFICANCE
    }

    /// P value of Nemenyi's test of two models, by their places.
    pub fn p(&self, first: usize, second: usize) -> f64 {
        let apart = self.models[second].1 - self.models[first].1;
        nemenyi(apart, self.models.len(), self.titles.len())
    }

    /// Whether two models differ, by their places.
    pub fn differ(&self, first: usize, second: usize) -> bool {
        self.is_any_different() && self.p(first, second) < SIGNIFICANCE
    }

    /// The largest sets of models that cannot be told apart, by their places.
    pub fn groups(&self) -> Vec<Vec<usize>> {
        groups(self.models.len(), |first, second| {
            self.differ(first, second)
        })
    }
}
