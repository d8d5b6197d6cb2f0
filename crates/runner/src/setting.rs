//! How a comparison or a search is run: on what, within which limits, and who may call it off.

use crate::environment::{self, Build};
use crate::executor::Executor;
use crate::limits::Limits;
use crate::registry::Registry;
use crate::store::Store;
use classifier::Cancellation;
use records::Environment;
use std::path::Path;

/// How a comparison is run; nothing here changes a prediction.
#[derive(Clone)]
pub struct Setting<'a> {
    /// Who runs the jobs.
    pub executor: &'a dyn Executor,
    /// Threads of each fit.
    pub threads: usize,
    /// What each fit may take.
    pub limits: Limits,
    /// Calls everything off.
    pub cancellation: Cancellation,
    /// Fit again what the store has.
    pub refit: bool,
    /// Keep the main fit of each model in a file beside the records.
    pub keep: bool,
    /// How the program was built. Without, nothing is kept in a store.
    pub build: Option<&'a Build>,
    /// The models it knows, for the versions of their libraries.
    pub registry: Registry,
    /// How it was asked for, for the record.
    pub command: &'a str,
}

impl<'a> Setting<'a> {
    /// All processors, no limits, no store, and nobody who calls it off.
    pub fn new(executor: &'a dyn Executor, registry: Registry) -> Self {
        Self {
            executor,
            threads: environment::processors(),
            limits: Limits::default(),
            cancellation: Cancellation::default(),
            refit: false,
            keep: false,
            build: None,
            registry,
            command: "",
        }
    }

    /// The machine, the build and the command, for records.
    pub fn environment(&self, data_origin: &str) -> Environment {
        let unknown = Build::default();
        let build = self.build.unwrap_or(&unknown);
        let command = self.command.to_owned();
        environment::describe(command, data_origin, self.threads, build, self.registry)
    }

    /// The store of a results directory.
    pub(crate) fn store(&self, results: &Path) -> Store {
        match self.build {
            Some(_) => Store::open(results),
            None => Store::none(),
        }
    }
}
