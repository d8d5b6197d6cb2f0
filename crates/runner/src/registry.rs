//! The models that a program knows by name.

use crate::failure::{Failure, Place};
use classifier::{ModelEntry, nearest_name};

/// Every model that a program was built with, in the order of every report.
#[derive(Debug, Clone, Copy)]
pub struct Registry {
    models: &'static [ModelEntry],
    left_out: &'static [(&'static str, &'static str)],
}

impl Registry {
    /// These models.
    pub const fn new(models: &'static [ModelEntry]) -> Self {
        Self {
            models,
            left_out: &[],
        }
    }

    /// The same, which also knows models that this build lacks, each with the feature that brings it.
    #[must_use]
    pub const fn without(self, left_out: &'static [(&'static str, &'static str)]) -> Self {
        Self { left_out, ..self }
    }

    /// All models.
    pub fn models(&self) -> &'static [ModelEntry] {
        self.models
    }

    /// Models that this build lacks, each with the feature that brings it.
    pub fn left_out(&self) -> &'static [(&'static str, &'static str)] {
        self.left_out
    }

    /// The model registered as `id`.
    pub fn find(&self, id: &str) -> Option<&'static ModelEntry> {
        self.models.iter().find(|model| model.id == id)
    }

    /// The registered name that is most like `id`.
    pub fn nearest(&self, id: &str) -> Option<&'static str> {
        nearest_name(id, self.models.iter().map(|model| model.id))
    }

    /// The model registered as `id`, which somebody asked for at `place`.
    ///
    /// # Errors
    /// [`Failure::LeftOut`] or [`Failure::UnknownModel`].
    pub fn get(&self, id: &str, place: &Place) -> Result<&'static ModelEntry, Failure> {
        self.find(id).ok_or_else(|| {
            let (place, model) = (place.clone(), id.to_owned());
            let left_out = self.left_out.iter().find(|(left_out, _)| *left_out == id);
            match left_out {
                Some((_, feature)) => Failure::LeftOut {
                    place,
                    model,
                    feature,
                },
                None => Failure::UnknownModel {
                    place,
                    nearest: self.nearest(id).map(str::to_owned),
                    model,
                },
            }
        })
    }
}
