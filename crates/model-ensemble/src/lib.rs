//! Ensembles: models made of other registered models, which are fitted to the same training samples. Their
//! probabilities are averaged ([`MeanEnsemble`]), or weighted by what they say of samples that they were not fitted
//! to ([`Stacking`], Wolpert 1992).
//!
//! An ensemble names its members. Whoever registers it says which there are: a [`Roster`].

mod mean;
mod member;
mod pool;
mod roster;
mod stacking;

pub use mean::MeanEnsemble;
pub use member::{Detailed, Member};
pub use roster::Roster;
pub use stacking::Stacking;

use classifier::{EVERY_CRATE, ModelEntry, Suits};

/// The mean of the members' probabilities, for a registry.
pub const fn mean_ensemble<R: Roster>() -> ModelEntry {
    ModelEntry {
        id: "mean-ensemble",
        backend: "its members'",
        summary: "the mean of the probabilities of several models",
        package: EVERY_CRATE,
        libraries: &[],
        environment: &[],
        suits: Suits::WhatIsAsked,
        preset: || Box::new(MeanEnsemble::<R>::default()),
    }
}

/// Stacking, for a registry.
pub const fn stacking<R: Roster>() -> ModelEntry {
    ModelEntry {
        id: "stacking",
        backend: "its members'",
        summary: "several models, weighted by what they say of samples that they were not fitted to",
        package: EVERY_CRATE,
        libraries: &[],
        environment: &[],
        suits: Suits::WhatIsAsked,
        preset: || Box::new(Stacking::<R>::default()),
    }
}

#[cfg(test)]
mod tests;
