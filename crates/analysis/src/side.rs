//! A model in one of two runs, and how it compares with the same in the other.

use crate::across_folds::OverFolds;
use crate::family::Adjusted;
use crate::fits::{Fit, FitSummary, Fits, finished};
use crate::on_images::of_two;
use crate::pair::Comparison;
use crate::status::Status;
use records::{FitRecord, Records, Role, RunRecord};

/// Why two fits cannot be compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Incomparable {
    /// The runs are of different data.
    OtherData,
    /// They are of the same data, and judged on other images.
    OtherImages,
    /// The model did not finish in some run: what became of it in each, where it did not, and why.
    Unfinished([Option<(Status, Option<String>)>; 2]),
}

/// Both sides, or why they cannot be compared.
pub(crate) fn comparable<'a>(
    first: &'a Result<Side, Unfinished>,
    second: &'a Result<Side, Unfinished>,
) -> Result<(&'a Side<'a>, &'a Side<'a>), Incomparable> {
    let (Ok(a), Ok(b)) = (first, second) else {
        let unfinished = [first, second].map(|side| side.as_ref().err().cloned());
        return Err(Incomparable::Unfinished(unfinished));
    };
    // Other data may have the same labels by chance.
    if a.run.dataset.sha256 != b.run.dataset.sha256 {
        return Err(Incomparable::OtherData);
    }
    if a.run.labels != b.run.labels || a.run.folds != b.run.folds {
        return Err(Incomparable::OtherImages);
    }
    Ok((a, b))
}

/// What became of a model instead, and why.
pub(crate) type Unfinished = (Status, Option<String>);

/// The fits of a model in one of the runs that are compared: with the first seed, or over all folds.
pub(crate) struct Side<'a> {
    run: &'a RunRecord,
    fits: Vec<Fit>,
    summaries: Vec<FitSummary>,
}

impl<'a> Side<'a> {
    /// Or what became of the model instead.
    pub(crate) fn of(records: &'a Records, id: &str) -> Result<Self, Unfinished> {
        let run = &records.run;
        let planned = run.planned(id).expect("both runs planned it");
        let is_compared = |fit: &&FitRecord| fit.id == id && fit.cell.role == Role::Main;
        let compared = records.fits.iter().filter(is_compared).cloned();
        let count = run.protocol.splits().len();
        let Fits { main: fits, .. } = finished(compared.collect(), run, count)?;
        let summaries = fits
            .iter()
            .map(|fit| FitSummary::new(run, fit, planned.train_images));
        Ok(Self {
            summaries: summaries.collect(),
            run,
            fits,
        })
    }

    pub(crate) fn accuracy(&self) -> f64 {
        let sum: f64 = self.summaries.iter().map(|fit| fit.accuracy).sum();
        sum / self.summaries.len() as f64
    }

    pub(crate) fn predictions(&self) -> Vec<&[u16]> {
        let fits = self.fits.iter();
        fits.map(|fit| fit.fitted.predictions.as_slice()).collect()
    }

    /// Whether each image is right, of all fits.
    pub(crate) fn right(&self) -> Vec<bool> {
        let fits = self.fits.iter();
        fits.flat_map(|fit| fit.right(self.run)).collect()
    }

    /// Against another on the same images, as one of so many tests.
    pub(crate) fn against(&self, other: &Self, tests: usize, margin: Option<f64>) -> Comparison {
        let (first, second) = (self.right(), other.right());
        let pair = Comparison::new("the first run", "the second", [&first, &second]);
        let protocol = self.run.protocol;
        if protocol.folds().is_none() {
            let groups = self.run.groups();
            return of_two(pair, [&first, &second], groups.as_deref(), tests, margin);
        }
        let over = OverFolds::new(protocol, Adjusted::new(tests), margin);
        over.compare(pair, &self.summaries, &other.summaries)
    }
}
