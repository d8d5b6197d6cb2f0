//! The quick model that looks, chosen by the data.

use crate::registry::Registry;
use catalog::Loaded;
use classifier::ModelEntry;

/// Who looks.
#[derive(Clone, Copy)]
pub(super) struct Judge {
    pub(super) entry: &'static ModelEntry,
    pub(super) seed: u64,
    pub(super) threads: usize,
    /// The most rows that it looks at, drawn in proportion to the classes.
    pub(super) most: usize,
}

impl Judge {
    pub(super) fn new(loaded: &Loaded, registry: Registry, seed: u64, threads: usize) -> Self {
        let (id, most) = if loaded.content.is_of_pictures() {
            ("softmax", 100_000)
        } else {
            ("random-forest", 20_000)
        };
        let entry = registry.find(id).expect("both are part of every build");
        Self {
            entry,
            seed,
            threads,
            most,
        }
    }
}
