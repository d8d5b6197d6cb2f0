//! Keeps the model of a fit, and remembers why it could not.

use crate::job::Keep;
use classifier::Classifier;
use std::sync::{Mutex, PoisonError};

/// Keeps one model.
pub(crate) struct Keeper<'a> {
    keep: &'a Keep,
    reason: Mutex<Option<String>>,
}

impl<'a> Keeper<'a> {
    pub(crate) fn new(keep: &'a Keep) -> Self {
        Self {
            keep,
            reason: Mutex::default(),
        }
    }

    /// Keeps the model. What goes wrong costs the file, not the result of the fit.
    pub(crate) fn keep(&self, model: &dyn Classifier, temperature: Option<f64>) {
        let mut about = self.keep.about.clone();
        about.temperature = temperature;
        let reason = kept::keep(&self.keep.path, &about, model).err();
        *self.reason.lock().unwrap_or_else(PoisonError::into_inner) =
            reason.map(|error| error.to_string());
    }

    /// Why the model was not kept, if it was not.
    pub(crate) fn into_reason(self) -> Option<String> {
        self.reason
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
