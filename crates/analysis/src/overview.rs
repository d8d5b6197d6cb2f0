//! What an index says of a report: the part of `report.json` that is read again.

use crate::fits::FitSummary;
use crate::model::ModelSummary;
use crate::pair::Comparison;
use crate::report::{FORMAT, Report};
use crate::status::Status;
use crate::subset::Subset;
use records::{Cell, DatasetRecord, Protocol, SampleKind};
use serde::Deserialize;
use statistics::{Interval, variance};

/// A report in short. Its fields are those of [`Report`] of the same name.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Overview {
    format: u32,
    /// Whether every planned model finished.
    pub complete: bool,
    /// Whether this was a quick look at a subset.
    pub quick: bool,
    /// What models are judged on.
    pub protocol: Protocol,
    /// The data.
    pub dataset: DatasetRecord,
    /// All planned models in order.
    pub models: Vec<ModelOverview>,
    /// The pairs that were compared.
    pub comparisons: Vec<PairOverview>,
    /// The run's name, which is when it began.
    pub run: String,
}

/// A pair of models in short. Its fields are those of [`Comparison`](crate::Comparison) of the same name.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct PairOverview {
    /// One of the two.
    pub first: String,
    /// The other.
    pub second: String,
    /// Whether it is shown that one gets more right.
    pub different: bool,
}

/// A model in short. Its fields are those of [`ModelSummary`] of the same name.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct ModelOverview {
    /// Name in this run.
    pub id: String,
    /// The registered model behind it.
    pub model: String,
    /// What became of it.
    pub status: Status,
    /// Images trained on.
    pub train_images: usize,
    /// Share of the images that are right, if it finished.
    pub accuracy: Option<f64>,
    /// Its 95 % interval.
    pub accuracy_interval: Option<Interval>,
    /// Seconds of its fit.
    pub fit_seconds: Option<f64>,
    /// Every fit, where there are several.
    #[serde(default)]
    pub fits: Vec<FitOverview>,
}

/// One fit of several in short. Its fields are those of [`FitSummary`] of the same name.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub struct FitOverview {
    /// Which of them.
    pub cell: Cell,
    /// Share of the images that are right.
    pub accuracy: f64,
}

impl From<&FitSummary> for FitOverview {
    fn from(fit: &FitSummary) -> Self {
        Self {
            cell: fit.cell,
            accuracy: fit.accuracy,
        }
    }
}

impl From<&Report> for Overview {
    fn from(report: &Report) -> Self {
        let model = |model: &ModelSummary| ModelOverview {
            id: model.id.clone(),
            model: model.model.clone(),
            status: model.status,
            train_images: model.train_images,
            accuracy: model.accuracy(),
            accuracy_interval: (model.finished.as_ref()).map(|of| of.quality.accuracy_interval),
            fit_seconds: model.finished.as_ref().and_then(|of| of.cost.fit_seconds),
            fits: (model.finished.iter())
                .flat_map(|of| of.spread.fits.iter().map(FitOverview::from))
                .collect(),
        };
        let pair = |pair: &Comparison| PairOverview {
            first: pair.first.clone(),
            second: pair.second.clone(),
            different: pair.different,
        };
        Self {
            format: report.format,
            complete: report.complete,
            quick: report.quick,
            protocol: report.protocol,
            dataset: report.dataset.clone(),
            models: report.models.iter().map(model).collect(),
            comparisons: report.comparisons.iter().map(pair).collect(),
            run: report.run.clone(),
        }
    }
}

impl Overview {
    /// The data's name as people write it: of "MNIST handwritten digits" the part that is the name in
    /// commands too. Tables keep their titles.
    pub fn title(&self) -> &str {
        let DatasetRecord { name, title, .. } = &self.dataset;
        let is_table = self.dataset.samples == SampleKind::Rows;
        let short = title.get(..name.len());
        let short = short.filter(|short| !is_table && short.eq_ignore_ascii_case(name));
        short.unwrap_or(title)
    }

    /// From the contents of `report.json`; `None` if they are not of this version.
    pub fn read(json: &[u8]) -> Option<Self> {
        let read: Self = serde_json::from_slice(json).ok()?;
        let shares = read.models.iter().filter_map(|model| model.accuracy);
        let are_shares = shares.into_iter().all(|share| (0.0..=1.0).contains(&share));
        (read.format == FORMAT && are_shares).then_some(read)
    }

    /// The models with most images right, and the share; no model and no share if none finished.
    pub fn best(&self) -> (Vec<&ModelOverview>, Option<f64>) {
        let accuracies = self.models.iter().filter_map(|model| model.accuracy);
        let highest = accuracies.max_by(f64::total_cmp);
        let models = self.models.iter();
        let best = models.filter(|model| model.accuracy.is_some() && model.accuracy == highest);
        (best.collect(), highest)
    }

    /// The models that get fewer right than the best, and are not shown to be worse than each of these; `None`
    /// where not all pairs with the best were compared.
    pub fn not_apart_from_best(&self) -> Option<Vec<&ModelOverview>> {
        let (best, highest) = self.best();
        let pair = |a: &str, b: &str| {
            let is_it = |of: &&PairOverview| {
                (of.first == a && of.second == b) || (of.first == b && of.second == a)
            };
            self.comparisons.iter().find(is_it)
        };
        let mut equals = Vec::new();
        let others = self.models.iter();
        for other in others.filter(|of| of.accuracy.is_some() && of.accuracy != highest) {
            let pairs: Option<Vec<&PairOverview>> =
                best.iter().map(|best| pair(&best.id, &other.id)).collect();
            if pairs?.iter().any(|pair| !pair.different) {
                equals.push(other);
            }
        }
        Some(equals)
    }

    /// The standard deviation of the difference in accuracy from one fit to the next, with another seed or on another
    /// fold: the largest of any two of the models `ids`. `None` where the report is of other data or another protocol,
    /// one of the models is not in it or did not finish, no pair has two fits, or no two fits differ.
    pub fn largest_deviation(
        &self,
        dataset: &DatasetRecord,
        protocol: Protocol,
        ids: &[&str],
    ) -> Option<f64> {
        // More repetitions or seeds spread alike.
        let folds = |of: Protocol| of.folds().map(|folds| folds.folds);
        if self.dataset != *dataset || folds(self.protocol) != folds(protocol) {
            return None;
        }
        let finished = |id: &&str| {
            let mut models = self.models.iter();
            models.find(|model| model.id == **id && model.accuracy.is_some())
        };
        let models: Vec<&ModelOverview> = ids.iter().map(finished).collect::<Option<_>>()?;
        let pairs = (0..models.len()).flat_map(|j| (0..j).map(move |i| [i, j]));
        let deviations = pairs.filter_map(|pair| deviation(pair.map(|model| models[model])));
        deviations
            .max_by(f64::total_cmp)
            .filter(|&largest| largest > 0.0)
    }

    /// What part of the data was used, where it was not all of them.
    pub fn subset(&self) -> Option<Subset> {
        let train = self.models.iter().map(|model| model.train_images);
        Subset::new(&self.dataset, self.protocol, train)
    }
}

/// Of the differences between two models, fit by fit. A model that was fitted once does the same with each seed.
fn deviation(models: [&ModelOverview; 2]) -> Option<f64> {
    let accuracies = models.map(|model| -> Vec<f64> {
        let fits = model.fits.iter().map(|fit| fit.accuracy);
        let several: Vec<f64> = fits.collect();
        if several.is_empty() {
            return model.accuracy.into_iter().collect();
        }
        several
    });
    let fits = accuracies.iter().map(Vec::len).max().unwrap_or(0);
    let is_whole = accuracies.iter().all(|of| [1, fits].contains(&of.len()));
    let [first, second] = accuracies.map(|of| of.into_iter().cycle().take(fits));
    let differences: Vec<f64> = first.zip(second).map(|(a, b)| a - b).collect();
    (fits > 1 && is_whole).then(|| variance(&differences).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::report;
    use records::Outcome;
    use records::examples::{CELL, fit, run, with_errors};

    #[test]
    fn pictures_are_called_as_people_call_them() {
        let report = report(Vec::new(), run(&[], &[0, 1]));
        let mut overview = Overview::from(&report);
        let mut title = |name: &str, title: &str, samples| {
            let data = &mut overview.dataset;
            (data.name, data.title) = (name.to_owned(), title.to_owned());
            data.samples = samples;
            overview.title().to_owned()
        };
        let pictures = SampleKind::Pictures;
        assert_eq!(
            title("mnist", "MNIST handwritten digits", pictures),
            "MNIST"
        );
        assert_eq!(
            title("fashion-mnist", "Fashion-MNIST", pictures),
            "Fashion-MNIST"
        );
        assert_eq!(
            title("glass", "Glass Identification", SampleKind::Rows),
            "Glass Identification"
        );
        assert_eq!(title("letters", "é", pictures), "é");
    }

    #[test]
    fn a_report_is_read_back_as_it_was_written() {
        let run = run(&["a", "b", "c"], &[0, 1]);
        let reason = "no memory".to_owned();
        let failed = fit("c", CELL, Outcome::Failed { reason });
        let fits = [("a", 1), ("b", 1)].map(|(id, wrong)| with_errors(&run, id, CELL, wrong));
        let report = report(fits.into_iter().chain([failed]).collect(), run);
        let json = report.to_json();
        let read = Overview::read(json.as_bytes()).unwrap();
        assert_eq!(read, Overview::from(&report));
        let (best, accuracy) = read.best();
        let ids: Vec<&str> = best.iter().map(|model| model.id.as_str()).collect();
        assert_eq!((&ids[..], accuracy), (&["a", "b"][..], Some(0.5)));
        let other = json.replace("\"format\": 4", "\"format\": 3");
        assert_eq!(Overview::read(other.as_bytes()), None);
    }

    /// Differences of 1 000 images, seed by seed: a − b −2, 0, 2; a − c the same less a constant; b − c 0.
    #[test]
    fn the_largest_deviation_is_of_the_models_that_are_asked_for() {
        let errors: [(&str, &[usize]); 4] = [
            ("a", &[10, 12, 14]),
            ("b", &[12, 12, 12]),
            ("c", &[20]),
            ("d", &[100, 200, 300]),
        ];
        let read = Overview::from(&crate::examples::with_seeds(&errors));
        let of = |ids: &[&str]| read.largest_deviation(&read.dataset, read.protocol, ids);
        assert!((of(&["a", "b", "c"]).unwrap() - 0.002).abs() < 1e-12);
        assert!(of(&["a", "b", "d"]).unwrap() > 0.09);
        // Any pair with a model that is not there may spread more.
        assert_eq!(of(&["a", "b", "x"]), None);
        let mut failed = read.clone();
        failed.models[2].accuracy = None;
        failed.models[2].fits.clear();
        let ids = ["a", "b", "c"];
        assert_eq!(
            failed.largest_deviation(&read.dataset, read.protocol, &ids),
            None
        );
        assert_eq!(of(&["c"]), None);
        let other = DatasetRecord {
            test: 1,
            ..read.dataset.clone()
        };
        assert_eq!(
            read.largest_deviation(&other, read.protocol, &["a", "b"]),
            None
        );
    }
}
