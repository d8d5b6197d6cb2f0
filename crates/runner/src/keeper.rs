//! Keeps the model of a fit, and remembers why it could not.

use crate::job::Keep;
use crate::prepared::Prepared;
use classifier::Classifier;
use kept::About;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// Keeps one model.
pub(crate) struct Keeper<'a> {
    path: &'a Path,
    about: About,
    reason: Mutex<Option<String>>,
}

impl<'a> Keeper<'a> {
    /// The file says how the training rows were prepared, and what samples they became.
    pub(crate) fn new(keep: &'a Keep, prepared: &Prepared<'_>) -> Self {
        let mut about = keep.about.clone();
        about.preparation = prepared.preparation().cloned();
        about.describe(prepared.train().samples());
        Self {
            path: &keep.path,
            about,
            reason: Mutex::default(),
        }
    }

    /// Keeps the model. What goes wrong costs the file, not the result of the fit.
    pub(crate) fn keep(&self, model: &dyn Classifier, temperature: Option<f64>) {
        let mut about = self.about.clone();
        about.temperature = temperature;
        let reason = kept::keep(self.path, &about, model).err();
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
