//! What a comparison or a search is made of, piece by piece, for whoever runs the pieces elsewhere.

use super::Comparison;
use super::key::recipe;
use super::session::Session;
use crate::environment::Build;
use crate::failure::Failure;
use crate::handover::Handover;
use crate::job::{JobMethod, Task};
use crate::learner::Learner;
use crate::setting::Setting;
use crate::store::{Earlier, Key, Store};
use crate::watcher::Watcher;
use crate::words::of_fit;
use records::{Cell, Control, ControlRecord, FitRecord, Outcome, Record, RunRecord};
use serde_json::Value;
use std::path::Path;

/// One piece of a comparison or a search: the controls of a model, one of its fits, or a trial.
#[derive(Debug)]
pub struct Piece<'a> {
    learner: &'a Learner,
    /// What is to be done.
    pub task: Task,
    key: Key,
}

impl<'a> Piece<'a> {
    pub(crate) fn new(learner: &'a Learner, task: Task, key: Key) -> Self {
        Self { learner, task, key }
    }

    pub(crate) fn learner(&self) -> &'a Learner {
        self.learner
    }

    pub(crate) fn full_key(&self) -> &Key {
        &self.key
    }

    /// The model's name in the comparison.
    pub fn id(&self) -> &str {
        &self.learner.id
    }

    /// Which of the model's fits, if it is one; of a trial the first of its folds.
    pub fn cell(&self) -> Option<Cell> {
        match self.task {
            Task::Fit(cell) | Task::Trial(cell) => Some(cell),
            Task::Controls => None,
        }
    }

    /// What fits the model.
    pub fn method(&self) -> JobMethod {
        JobMethod::of(&self.learner.method)
    }

    /// The most samples that the model may train on.
    pub fn train_limit(&self) -> Option<usize> {
        self.learner.train_limit
    }

    /// The key of everything that its result depends on: 64 hexadecimal digits.
    pub fn key(&self) -> &str {
        self.key.hash()
    }

    /// What the key is the hash of: program, data, parameters and protocol, by name.
    pub fn depends_on(&self) -> Value {
        self.key.described()
    }

    /// What it is, for people: "softmax, fold 2 of 5".
    pub fn in_words(&self, run: &RunRecord) -> String {
        match self.cell() {
            Some(cell) => of_fit(run, self.id(), cell),
            None => format!("{}, controls", self.id()),
        }
    }
}

impl Comparison {
    /// All pieces in the order in which a run records them: of each model its controls, then its fits. Models
    /// that were fitted elsewhere have none.
    pub fn pieces<'a>(&'a self, build: &'a Build) -> impl Iterator<Item = Piece<'a>> {
        self.learners.iter().flat_map(move |learner| {
            let recipe = recipe(&learner.method, build);
            let controls = Piece {
                learner,
                task: Task::Controls,
                key: self.control_key(learner, build),
            };
            let fits = self.cells_of(learner).into_iter().map(move |cell| Piece {
                learner,
                task: Task::Fit(cell),
                key: self.key_with(&recipe, learner, cell, build),
            });
            std::iter::once(controls).chain(fits)
        })
    }

    /// The first fit of each model.
    pub fn first_fits<'a>(&'a self, build: &'a Build) -> impl Iterator<Item = Piece<'a>> {
        self.learners.iter().filter_map(move |learner| {
            let cell = self.cells_of(learner).into_iter().next()?;
            Some(Piece {
                learner,
                task: Task::Fit(cell),
                key: self.key(learner, cell, build),
            })
        })
    }

    /// The records of models that were fitted elsewhere.
    pub fn given(&self) -> impl Iterator<Item = &FitRecord> {
        self.given.iter().flat_map(|(_, fits)| fits)
    }
}

/// Where pieces are run, one after another, on data that are divided once.
pub trait Bench {
    /// All of them, in order.
    fn pieces(&self) -> Box<dyn Iterator<Item = Piece<'_>> + '_>;

    /// What a piece is, for people: "softmax, fold 2 of 5".
    fn in_words(&self, piece: &Piece<'_>) -> String;

    /// What the store has of a piece.
    fn known(&self, piece: &Piece<'_>) -> Option<Record>;

    /// What earlier fits of the model took, as far as the store knows: those that are most like it.
    fn earlier(&self, piece: &Piece<'_>) -> Option<Earlier>;

    /// Runs a piece, and gives its record; `None` if it was called off.
    ///
    /// # Errors
    /// If it could not be run at all, whatever its model.
    fn make(&self, piece: &Piece<'_>, watcher: &mut dyn Watcher)
    -> Result<Option<Record>, Failure>;
}

/// Where the pieces of a comparison are run.
pub struct Workbench<'a> {
    comparison: &'a Comparison,
    session: Session<'a>,
    build: Build,
}

impl<'a> Workbench<'a> {
    /// For the pieces of a comparison. What earlier runs found is looked for in the store of `results`; without,
    /// there is none.
    ///
    /// # Errors
    /// If the data cannot be handed to other processes.
    pub fn new(
        comparison: &'a Comparison,
        setting: &'a Setting<'a>,
        results: Option<&Path>,
    ) -> Result<Self, Failure> {
        comparison.check_baseline()?;
        let environment = setting.environment(&comparison.data_origin);
        let session = Session {
            setting,
            store: results.map_or_else(Store::none, |results| setting.store(results)),
            handover: Handover::new(&comparison.division)?,
            run: comparison.record(environment),
        };
        Ok(Self {
            comparison,
            session,
            build: setting.build.copied().unwrap_or_default(),
        })
    }

    /// What is about to run.
    pub fn run(&self) -> &RunRecord {
        &self.session.run
    }
}

impl Bench for Workbench<'_> {
    fn pieces(&self) -> Box<dyn Iterator<Item = Piece<'_>> + '_> {
        Box::new(self.comparison.pieces(&self.build))
    }

    fn in_words(&self, piece: &Piece<'_>) -> String {
        piece.in_words(self.run())
    }

    fn known(&self, piece: &Piece<'_>) -> Option<Record> {
        if let Some(cell) = piece.cell() {
            let found = self.session.known(piece.id(), cell, &piece.key)?;
            return Some(Record::Fit(Box::new(found)));
        }
        if self.session.setting.refit {
            return None;
        }
        let (controls, _) = self.session.store.find::<Vec<Control>>(&piece.key)?;
        Some(of_controls(piece, controls))
    }

    fn earlier(&self, piece: &Piece<'_>) -> Option<Earlier> {
        self.session.store.earlier(&piece.key, Earlier::of_fit)
    }

    fn make(
        &self,
        piece: &Piece<'_>,
        watcher: &mut dyn Watcher,
    ) -> Result<Option<Record>, Failure> {
        let setting = self.session.setting;
        let record = if let Some(cell) = piece.cell() {
            let (outcome, looks, _) = self.session.fit(piece.learner, cell, None, watcher)?;
            let machine = self.session.run.environment.machine();
            self.fit(piece, outcome, looks, machine)
        } else {
            let found = self.comparison.controls(&self.session, piece.learner)?;
            of_controls(piece, found.map_or_else(Vec::new, |found| found.controls))
        };
        Ok(setting.cancellation.check().is_ok().then_some(record))
    }
}

impl Workbench<'_> {
    fn fit(
        &self,
        piece: &Piece<'_>,
        outcome: Outcome,
        looks: usize,
        machine: Option<String>,
    ) -> Record {
        let cell = piece.cell().unwrap_or(Cell::only(self.session.run.seed));
        Record::Fit(Box::new(FitRecord {
            id: piece.id().to_owned(),
            cell,
            key: piece.key().to_owned(),
            machine,
            looks,
            outcome,
        }))
    }
}

/// The record of what the controls of a model found.
pub(crate) fn of_controls(piece: &Piece<'_>, controls: Vec<Control>) -> Record {
    Record::Controls(ControlRecord {
        id: piece.id().to_owned(),
        controls,
    })
}
