//! What halving and ASHA give most trials less of: training images, or epochs.

use crate::learner::Learner;
use search::LEAST_SHARE;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The parameter that counts epochs.
const EPOCHS: &str = "epochs";

/// What most trials are given less of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Resource {
    /// Training samples.
    Images,
    /// Epochs, of models that have the parameter.
    Epochs,
}

impl Resource {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Images, Self::Epochs];

    /// One line on what it is.
    pub fn summary(self) -> &'static str {
        match self {
            Self::Images => "Training samples",
            Self::Epochs => "Epochs, of models that have the parameter",
        }
    }

    /// The one that was asked for, if the model has it: a model without a whole number of `epochs` gets
    /// fewer images.
    pub(crate) fn of(self, learner: &Learner) -> Self {
        match self {
            Self::Epochs if epochs(&learner.method.values()).is_some() => Self::Epochs,
            _ => Self::Images,
        }
    }

    /// The smallest share of it that a trial can use: an epoch, or an image of each class, and not too
    /// little to say anything.
    pub(crate) fn least_share(self, learner: &Learner, images: usize, classes: usize) -> f64 {
        let parts = match self {
            Self::Images => images as f64 / classes.max(1) as f64,
            Self::Epochs => fewest_epochs(learner).unwrap_or(1) as f64,
        };
        LEAST_SHARE.max(1.0 / parts.max(1.0))
    }

    /// Its name on the command line and in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Images => "images",
            Self::Epochs => EPOCHS,
        }
    }
}

/// The number of epochs among a recipe's values.
pub(crate) fn epochs(values: &serde_json::Map<String, Value>) -> Option<u64> {
    values.get(EPOCHS)?.as_u64()
}

/// The parameters of a trial that is given this share of its epochs.
pub(crate) fn fewer_epochs(epochs: u64, share: f64) -> serde_json::Map<String, Value> {
    // Rounded down, so that no trial uses more than its share.
    let fewer = (epochs as f64 * share + 1e-9).floor().max(1.0) as u64;
    [(EPOCHS.to_owned(), fewer.into())].into_iter().collect()
}

/// The fewest epochs of any trial with all of the resource.
fn fewest_epochs(learner: &Learner) -> Option<u64> {
    let domains = learner.space.domains().iter();
    let searched = domains.filter(|(name, _)| name == EPOCHS);
    let ends = searched.flat_map(|(_, domain)| domain.extremes());
    ends.filter_map(|end| end.as_u64())
        .min()
        .or_else(|| epochs(&learner.method.values()))
}
