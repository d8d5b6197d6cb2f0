//! Why a fit did not happen, or a parameter was not accepted.

use crate::{Cancelled, did_you_mean};
use data::{DataError, Dataset, PictureShape};
use std::fmt::Display;

/// Why a fit returned no model. The runner keeps the model's row and prints this.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FitError {
    /// The training data cannot be learnt from.
    #[error(transparent)]
    Data(#[from] DataError),
    /// A hyper-parameter does not suit this data.
    #[error(transparent)]
    Parameter(#[from] InvalidParameter),
    /// The loss or a weight is no longer a finite number.
    #[error("diverged in epoch {epoch}: the loss is not finite; a smaller learning rate may help")]
    Diverged {
        /// The epoch, from 1.
        epoch: usize,
    },
    /// The model cannot do this, by its nature.
    #[error("declined: {reason}")]
    Declined {
        /// Why.
        reason: String,
    },
    /// The library underneath failed.
    #[error("{library}: {reason}")]
    Library {
        /// Its name.
        library: &'static str,
        /// What it said.
        reason: String,
    },
    /// Whoever asked for the fit called it off.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

impl FitError {
    /// The shape of training pictures in grey, for a model that needs them: it declines all else, and `needs`
    /// says what it sees in them.
    ///
    /// # Errors
    /// [`Declined`](Self::Declined).
    pub fn unless_pictures(train: &Dataset, needs: &str) -> Result<PictureShape, Self> {
        train.samples().picture().ok_or_else(|| Self::Declined {
            reason: format!("{needs}, and these samples are rows of features or in colour"),
        })
    }
}

/// A hyper-parameter whose value does not suit: the data, other parameters, or what it stands for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name} = {value}: expected {expected}")]
pub struct InvalidParameter {
    /// The parameter's name.
    pub name: &'static str,
    /// The value that was given.
    pub value: String,
    /// What would be right.
    pub expected: &'static str,
}

impl InvalidParameter {
    /// Fails with the parameter's name, its value and what would be right, unless `valid`.
    ///
    /// # Errors
    /// `InvalidParameter` where `valid` is false.
    pub fn unless(
        valid: bool,
        name: &'static str,
        value: impl Display,
        expected: &'static str,
    ) -> Result<(), Self> {
        if valid {
            return Ok(());
        }
        Err(Self {
            name,
            value: value.to_string(),
            expected,
        })
    }
}

/// Why a model's parameters were not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParameterError {
    /// No parameter has this name.
    #[error("unknown parameter `{name}`{}; it has {}", did_you_mean(nearest.as_deref()), known_or_none(known))]
    Unknown {
        /// The name that was given.
        name: String,
        /// The nearest name that exists.
        nearest: Option<String>,
        /// All names that exist.
        known: Vec<String>,
    },
    /// The value has the wrong type.
    #[error("{name} = {value}: {reason}")]
    Type {
        /// The parameter's name.
        name: String,
        /// The value that was given.
        value: String,
        /// What serde said.
        reason: String,
    },
    /// The value is out of its range.
    #[error("{name} = {value}: expected {expected}")]
    Range {
        /// The parameter's name.
        name: String,
        /// The value that was given.
        value: String,
        /// What would be right.
        expected: String,
    },
    /// The value does not suit the others, or what it stands for.
    #[error(transparent)]
    Invalid(#[from] InvalidParameter),
}

impl ParameterError {
    /// The name of the parameter at fault.
    pub fn parameter(&self) -> &str {
        match self {
            Self::Unknown { name, .. } | Self::Type { name, .. } | Self::Range { name, .. } => name,
            Self::Invalid(invalid) => invalid.name,
        }
    }
}

fn known_or_none(known: &[String]) -> String {
    if known.is_empty() {
        "none".to_owned()
    } else {
        known.join(", ")
    }
}
