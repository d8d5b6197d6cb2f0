//! A line of a record file, and all lines of a run.

use crate::packed::Packed;
use crate::{FitRecord, Fitted, Outcome, Role, RunRecord, Split, TrialRecord};
use serde::{Deserialize, Serialize, Serializer};
use std::collections::BTreeSet;

/// A line of a record file.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "record", rename_all = "lowercase")]
pub enum Record {
    /// The first line: what is about to run.
    Run(Box<RunRecord>),
    /// One fit that ended, well or not.
    Fit(Box<FitRecord>),
    /// What the controls of a model found.
    Controls(ControlRecord),
    /// At the end: the images that some model got wrong.
    Images(ImagesRecord),
    /// In a file of its own: a trial of a search.
    Trial(TrialRecord),
}

/// Images that some model got wrong, for whoever wants to see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ImagesRecord {
    /// Their indices among the images that are judged, ascending.
    pub indices: Vec<u32>,
    /// Grey levels, image by image, row by row.
    #[serde(serialize_with = "packed")]
    pub pixels: Vec<u8>,
}

fn packed<S: Serializer>(values: &[u8], to: S) -> Result<S::Ok, S::Error> {
    Packed::bytes(values).serialize(to)
}

/// What the controls of a model found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControlRecord {
    /// The model's name in this run.
    pub id: String,
    /// One after another.
    pub controls: Vec<Control>,
}

/// A check that any model must pass that is compared honestly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Control {
    /// What was done: "shuffled labels".
    pub name: String,
    /// Whether the model passed.
    pub passed: bool,
    /// What came of it.
    pub detail: String,
}

/// All that was recorded of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Records {
    /// What was about to run.
    pub run: RunRecord,
    /// The fits that ended, in order.
    pub fits: Vec<FitRecord>,
    /// What controls found.
    pub controls: Vec<ControlRecord>,
    /// The images that some model got wrong, if the run came to its end.
    pub images: Option<ImagesRecord>,
}

impl Records {
    /// The fits that finished.
    pub fn finished(&self) -> impl Iterator<Item = (&FitRecord, &Fitted)> {
        self.fits.iter().filter_map(|fit| match &fit.outcome {
            Outcome::Finished(fitted) => Some((fit, &**fitted)),
            Outcome::Failed { .. } | Outcome::Cancelled => None,
        })
    }

    /// The images that the main fit of some model got wrong, ascending. None over folds, where
    /// they are training images.
    pub fn wrong(&self) -> Vec<u32> {
        let mut wrong = BTreeSet::new();
        for fit in &self.fits {
            wrong.extend(self.run.wrong(fit));
        }
        wrong.into_iter().collect()
    }
}

impl RunRecord {
    /// The images that a main fit got wrong, ascending; none of another fit, or over folds.
    pub fn wrong(&self, fit: &FitRecord) -> impl Iterator<Item = u32> {
        let predictions = match &fit.outcome {
            Outcome::Finished(fitted)
                if (fit.cell.split, fit.cell.role) == (Split::Whole, Role::Main) =>
            {
                fitted.predictions.as_slice()
            }
            _ => &[],
        };
        let pairs = self.labels.iter().zip(predictions).enumerate();
        let differing = pairs.filter(|(_, (truth, predicted))| truth != predicted);
        differing.map(|(image, _)| image as u32)
    }
}
