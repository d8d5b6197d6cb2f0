//! The samples that controls are made with.

use crate::conditions::On;
use crate::division::Division;
use crate::prepared::Prepared;
use data::Dataset;
use std::borrow::Cow;

/// Training samples, ready for a model: at most 200 to fit, as many others to judge.
#[derive(Debug, Clone)]
pub struct ControlSamples {
    /// What a model is fitted to.
    pub train: Dataset,
    /// What it is judged on, with the true labels.
    pub judged: Dataset,
}

impl ControlSamples {
    /// Those of a comparison; `None` where there are too few samples to divide, or none can be prepared. What is done
    /// to the columns of a table is learnt from the half that is fitted.
    pub(crate) fn of(division: &Division, on: On<'_>) -> Option<Self> {
        let rows = division.control_rows()?;
        let prepared = Prepared::new(Cow::Borrowed(&rows.train), &division.settings, on).ok()?;
        Some(Self {
            judged: prepared.dataset(&rows.judged).ok()?.into_owned(),
            train: prepared.train().clone(),
        })
    }
}
