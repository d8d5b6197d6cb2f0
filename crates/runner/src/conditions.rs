//! What every fit is given, and what may become of it.

use crate::importance::Source;
use crate::job::Event;
use catalog::Sealed;
use classifier::{Cancellation, Cancelled, FitError};
use data::Dataset;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

/// Who hears of what happens.
pub(crate) type On<'a> = &'a mut (dyn FnMut(&Event) + Send);

/// How a fit is made, and who hears of it.
pub(crate) struct Conditions<'a> {
    pub(crate) threads: usize,
    /// The most bytes that may be resident, if that is limited.
    pub(crate) memory_limit: Option<usize>,
    pub(crate) cancellation: &'a Cancellation,
    pub(crate) on: On<'a>,
}

/// The samples of one fit, and its seed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FitData<'a> {
    pub(crate) seed: u64,
    pub(crate) train: &'a Dataset,
    /// What probabilities are scaled on, if they are.
    pub(crate) calibration: Option<&'a Dataset>,
    pub(crate) judged: &'a Sealed,
    /// What it took to prepare the training rows of a table, a part of the fit.
    pub(crate) preparation: Cost,
    /// The time to prepare the rows to be judged on, a part of predicting them.
    pub(crate) judged_preparation: Duration,
    /// The columns whose importance is asked for.
    pub(crate) sources: &'a [Source<'a>],
}

/// Why there is no model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unfitted {
    /// The user called it off.
    Cancelled,
    /// For this reason.
    Failed(String),
}

impl From<FitError> for Unfitted {
    fn from(error: FitError) -> Self {
        match error {
            FitError::Cancelled(_) => Self::Cancelled,
            other => Self::Failed(other.to_string()),
        }
    }
}

impl From<Cancelled> for Unfitted {
    fn from(_: Cancelled) -> Self {
        Self::Cancelled
    }
}

/// What a fit cost.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Cost {
    /// The model's own time.
    pub(crate) time: Duration,
    /// The most resident memory meanwhile, in bytes.
    pub(crate) memory: usize,
}

impl Cost {
    /// With what went before it.
    pub(crate) fn after(self, before: Self) -> Self {
        Self {
            time: before.time + self.time,
            memory: before.memory.max(self.memory),
        }
    }
}

/// Runs what a model's code is part of. The error is what it said when it panicked: that is a failed
/// row of the table, not the end of the others.
pub(crate) fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, Unfitted> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
        let text = text.unwrap_or("without a message").replace('\n', " ");
        Unfitted::Failed(format!("panicked: {text}"))
    })
}

/// Asks a model something. It may fit, and then panic when it is asked.
pub(crate) fn asked<T>(question: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    match guarded(question) {
        Ok(answer) => answer,
        Err(Unfitted::Failed(reason)) => Err(reason),
        Err(Unfitted::Cancelled) => Err("called off".to_owned()),
    }
}

/// A fit that failed is a finding; one that was called off ends the controls.
pub(crate) fn or_reason<T>(fitted: Result<T, Unfitted>) -> Result<Result<T, String>, Unfitted> {
    match fitted {
        Ok(value) => Ok(Ok(value)),
        Err(Unfitted::Failed(reason)) => Ok(Err(reason)),
        Err(Unfitted::Cancelled) => Err(Unfitted::Cancelled),
    }
}
