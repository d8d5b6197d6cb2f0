//! Which models may be members.

use classifier::ModelEntry;
use std::fmt::Debug;

/// The models that may be members.
pub trait Roster: Debug + Send + Sync + 'static {
    /// Members unless others are asked for; all of them have probabilities.
    const MEMBERS: &'static [&'static str];

    /// All models that are registered.
    fn models() -> &'static [ModelEntry];
}
