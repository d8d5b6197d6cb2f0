//! Training rows as a model takes them, and the same made of the rows that it is judged on.
//!
//! What is done to the columns of a table is learnt when a [`Prepared`] is made, from the training rows
//! of one fit and nothing else. Other rows become samples by [`Prepared::dataset`] and
//! [`Prepared::with_judged`] alone, so no row that a model is judged on can have a say in it.

use crate::conditions::{Cost, On, Unfitted};
use crate::job::Event;
use crate::memory::Peak;
use crate::rows::{Rows, SealedRows};
use crate::stopwatch::Stopwatch;
use catalog::Sealed;
use data::Dataset;
use std::borrow::Cow;
use std::ops::Range;
use std::time::Duration;
use tables::{Preparation, Settings, Table, TableError};

/// Training rows that are ready for a model.
#[derive(Debug)]
pub(crate) struct Prepared<'a> {
    train: Cow<'a, Dataset>,
    /// Of a table.
    preparation: Option<Preparation>,
    /// Why models that take no missing numbers cannot learn from these rows, if they cannot.
    unfilled: Option<Unfitted>,
    /// What it took to learn it and to apply it to the training rows.
    cost: Cost,
}

impl<'a> Prepared<'a> {
    /// Learns from the training rows of one fit. It is part of the fit: `on` hears of it.
    pub(crate) fn new(
        rows: Cow<'a, Rows>,
        settings: &Settings,
        on: On<'_>,
    ) -> Result<Self, Unfitted> {
        let table = match rows {
            Cow::Borrowed(Rows::Samples(data)) => return Ok(Self::of(Cow::Borrowed(data))),
            Cow::Owned(Rows::Samples(data)) => return Ok(Self::of(Cow::Owned(data))),
            Cow::Borrowed(Rows::Table(table)) => Cow::Borrowed(table),
            Cow::Owned(Rows::Table(table)) => Cow::Owned(table),
        };
        on(&Event::Fitting);
        let peak = Peak::restart();
        let stopwatch = Stopwatch::start();
        let learnt = learn(&table, settings);
        let cost = Cost {
            time: stopwatch.elapsed(),
            memory: peak.bytes(),
        };
        on(&Event::Pausing);
        let (preparation, train) = learnt.map_err(|error| failed(&error))?;
        let filled = preparation.check_filled(table.columns());
        Ok(Self {
            train: Cow::Owned(train),
            unfilled: filled.err().map(|error| failed(&error)),
            preparation: Some(preparation),
            cost,
        })
    }

    fn of(train: Cow<'a, Dataset>) -> Self {
        Self {
            train,
            preparation: None,
            unfilled: None,
            cost: Cost::default(),
        }
    }

    /// The training rows.
    pub(crate) fn train(&self) -> &Dataset {
        &self.train
    }

    /// What was learnt of the columns of a table.
    pub(crate) fn preparation(&self) -> Option<&Preparation> {
        self.preparation.as_ref()
    }

    /// The columns that the features were made of, and where these stand; none of pictures, or of features
    /// without names.
    pub(crate) fn sources(&self) -> Vec<(&str, Range<usize>)> {
        match (&self.preparation, self.train.samples().names()) {
            (Some(preparation), _) => preparation.sources(),
            (None, Some(names)) => {
                let names = names.iter().enumerate();
                names.map(|(i, name)| (name.as_str(), i..i + 1)).collect()
            }
            (None, None) => Vec::new(),
        }
    }

    /// What the preparation cost, a part of the fit.
    pub(crate) fn cost(&self) -> Cost {
        self.cost
    }

    /// Refuses, for models that take no missing numbers, rows where some are left: training rows, those to be judged
    /// on, and those that probabilities are calibrated on.
    pub(crate) fn check_filled(
        &self,
        judged: &SealedRows,
        calibration: Option<&Rows>,
    ) -> Result<(), Unfitted> {
        let Some(preparation) = &self.preparation else {
            return Ok(());
        };
        if let Some(unfilled) = &self.unfilled {
            return Err(unfilled.clone());
        }
        let judged = match judged {
            SealedRows::Table(table) => Some(table.columns()),
            SealedRows::Samples(_) => None,
        };
        let calibration = match calibration {
            Some(Rows::Table(table)) => Some(table.columns()),
            _ => None,
        };
        let mut all = judged.into_iter().chain(calibration);
        all.try_for_each(|columns| preparation.check_filled(columns))
            .map_err(|error| failed(&error))
    }

    /// Samples of other rows.
    pub(crate) fn dataset<'b>(&self, rows: &'b Rows) -> Result<Cow<'b, Dataset>, Unfitted> {
        match (rows, &self.preparation) {
            (Rows::Samples(data), _) => Ok(Cow::Borrowed(data)),
            (Rows::Table(table), Some(preparation)) => Ok(Cow::Owned(
                preparation.dataset(table).map_err(|error| failed(&error))?,
            )),
            (Rows::Table(_), None) => Err(unprepared()),
        }
    }

    /// Gives samples of the rows to be judged on to `judge`, with the time that it took to make them.
    pub(crate) fn with_judged<T>(
        &self,
        rows: &SealedRows,
        judge: impl FnOnce(&Sealed, Duration) -> T,
    ) -> Result<T, Unfitted> {
        match (rows, &self.preparation) {
            (SealedRows::Samples(samples), _) => Ok(judge(samples, Duration::ZERO)),
            (SealedRows::Table(table), Some(preparation)) => {
                let stopwatch = Stopwatch::start();
                let samples = table
                    .prepared(preparation)
                    .map_err(|error| failed(&error))?;
                Ok(judge(&samples, stopwatch.elapsed()))
            }
            (SealedRows::Table(_), None) => Err(unprepared()),
        }
    }
}

fn learn(table: &Table, settings: &Settings) -> Result<(Preparation, Dataset), TableError> {
    let preparation = Preparation::learn(table, settings)?;
    let train = preparation.dataset(table)?;
    Ok((preparation, train))
}

fn failed(error: &TableError) -> Unfitted {
    Unfitted::Failed(format!("preparation: {error}"))
}

fn unprepared() -> Unfitted {
    Unfitted::Failed("a table beside samples that need no preparation".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples;

    fn prepared(table: &Table) -> Prepared<'static> {
        let rows = Cow::Owned(Rows::Table(table.clone()));
        Prepared::new(rows, &Settings::default(), &mut |_| ()).unwrap()
    }

    #[test]
    fn what_is_learnt_does_not_depend_on_the_rows_that_are_judged() {
        let table = examples::table(40);
        let half: Vec<usize> = (0..20).collect();
        let first = prepared(&table.select(&half));
        let again = prepared(&examples::table(400).select(&half));
        assert_eq!(first.preparation, again.preparation);
        assert_eq!(first.train(), again.train());
        assert_ne!(first.preparation, prepared(&table).preparation);
    }

    #[test]
    fn judged_rows_become_samples_of_the_same_features_under_a_seal() {
        let table = examples::table(40);
        let half: Vec<usize> = (0..20).collect();
        let rest: Vec<usize> = (20..40).collect();
        let prepared = prepared(&table.select(&half));
        let judged = Rows::Table(table.select(&rest)).sealed();
        let [samples, looks] = prepared
            .with_judged(&judged, |sealed, _| {
                assert_eq!(sealed.samples().names(), prepared.train().samples().names());
                [sealed.len(), sealed.looks()]
            })
            .unwrap();
        assert_eq!([samples, looks], [20, 0]);
    }

    /// Missing in the training rows, in those to be judged on, or in those that probabilities are calibrated on.
    #[test]
    fn columns_whose_missing_numbers_stay_so_are_named() {
        let table = |ages: [f64; 3]| {
            let age = tables::Column::numbers("age", ages.to_vec()).unwrap();
            let targets = data::Targets::new(vec![0, 1, 1], ["a", "b"].map(str::to_owned).into());
            Rows::Table(Table::new(vec![age], targets.unwrap()).unwrap())
        };
        let [whole, gap] = [table([1.0, 2.0, 3.0]), table([1.0, 2.0, f64::NAN])];
        let settings = Settings {
            fill_missing: tables::Columns::All(false),
            ..Settings::default()
        };
        let said = |train: &Rows, judged: &Rows, calibration: Option<&Rows>| {
            let train = Cow::Owned(train.clone());
            let prepared = Prepared::new(train, &settings, &mut |_| ()).unwrap();
            prepared.check_filled(&judged.clone().sealed(), calibration)
        };
        assert_eq!(said(&whole, &whole, Some(&whole)), Ok(()));
        for found in [
            said(&gap, &whole, None),
            said(&whole, &gap, None),
            said(&whole, &whole, Some(&gap)),
        ] {
            let Err(Unfitted::Failed(reason)) = found else {
                panic!("{found:?}");
            };
            assert!(
                reason
                    .starts_with("preparation: numbers are missing in age (1 row), `fill_missing`"),
                "{reason}"
            );
        }
    }

    #[test]
    fn a_fit_whose_training_rows_are_all_alike_fails_with_the_reason() {
        let table = examples::table(40).select(&[0, 0, 0]);
        let rows = Cow::Owned(Rows::Table(table));
        let error = Prepared::new(rows, &Settings::default(), &mut |_| ()).unwrap_err();
        let Unfitted::Failed(reason) = error else {
            panic!("{error:?}");
        };
        assert!(
            reason.contains("no column is left to learn from"),
            "{reason}"
        );
    }
}
