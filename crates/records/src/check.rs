//! What records must be, so that whoever reads them need not ask.

mod demand;
mod fit;
mod run;

pub(crate) use fit::{cell, fit};
pub(crate) use run::{data_set, run};

use crate::check::demand::planned;
pub(crate) use crate::check::demand::{demand, length};
use crate::{ControlRecord, FitRecord, ImagesRecord, Outcome, RunRecord};

impl RunRecord {
    /// Whether a fit can be one of this run: its model is planned, its cell exists, its arrays are
    /// as long as they must be, and its numbers are numbers.
    ///
    /// # Errors
    /// What is wrong, in a line.
    pub fn check(&self, record: &FitRecord) -> Result<(), String> {
        fit(self, record)
    }

    /// The fit, or a failed one with the reason if it cannot be one of this run: what a model
    /// gives must not make the records of others unreadable.
    #[must_use]
    pub fn checked(&self, record: FitRecord) -> FitRecord {
        match fit(self, &record) {
            Ok(()) => record,
            Err(reason) => FitRecord {
                outcome: Outcome::Failed { reason },
                ..record
            },
        }
    }
}

pub(crate) fn controls(run: &RunRecord, record: &ControlRecord) -> Result<(), String> {
    planned(run, &record.id)
}

pub(crate) fn images(run: &RunRecord, record: &ImagesRecord) -> Result<(), String> {
    demand(run.protocol.folds().is_none(), || {
        "images of folds are not recorded".to_owned()
    })?;
    let ascends = record.indices.is_sorted_by(|a, b| a < b);
    demand(ascends, || "the indices do not ascend".to_owned())?;
    let last = record.indices.last().map_or(0, |&index| index as usize + 1);
    demand(last <= run.dataset.test, || {
        format!("image {} of {}", last - 1, run.dataset.test)
    })?;
    let pixels = record.indices.len() * run.dataset.shown();
    length("pixels", record.pixels.len(), pixels)
}
