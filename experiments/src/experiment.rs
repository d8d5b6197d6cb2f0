//! Data and models, ready to run: fits every cell that the store lacks, and writes the comparison.

use crate::controls;
use crate::environment;
use crate::failure::{Failure, Place};
use crate::interrupt::on_interrupt;
use crate::measure::{Conditions, FitData, measure};
use crate::plan::ReadyModel;
use crate::progress::Progress;
use crate::protocol::{Division, Judging};
use crate::store::{Key, Store, sha256};
use crate::table;
use datasets::Splits;
use report::{
    Cell, Control, ControlRecord, DatasetRecord, Environment, FitRecord, ImagesRecord, JudgedOn,
    Outcome, PlannedModel, Record, RecordLog, Records, Report, RunRecord, Status, read_records,
    write_index, write_report,
};
use serde_json::{Value, json};
use std::path::Path;

const LOCK: &str = include_str!("../../Cargo.lock");

/// What a comparison is made of.
pub(crate) struct Experiment {
    pub(crate) judging: Judging,
    division: Division,
    dataset: DatasetRecord,
    data_origin: String,
    models: Vec<ReadyModel>,
    prose: Prose,
}

/// What a plan says for its readers.
#[derive(Default)]
pub(crate) struct Prose {
    pub(crate) question: Option<String>,
    pub(crate) analysis: Option<String>,
}

/// How to go about it; nothing here changes a prediction.
pub(crate) struct Manner {
    /// Fit again what the store has.
    pub(crate) refit: bool,
    pub(crate) quiet: bool,
}

impl Experiment {
    /// Divides the data, and checks that every subset asked for can be drawn.
    pub(crate) fn new(
        splits: Splits,
        models: Vec<ReadyModel>,
        judging: Judging,
    ) -> Result<Self, Failure> {
        let shape = splits.test.images().shape();
        let dataset = DatasetRecord {
            name: splits.id.clone(),
            title: splits.title.clone(),
            train: 0,
            train_available: splits.train.len(),
            test: 0,
            test_available: 0,
            features: shape.features(),
            rows: shape.rows,
            columns: shape.columns,
            classes: splits.test.classes(),
            class_names: splits.test.class_names().to_vec(),
            sha256: splits.sha256.clone(),
        };
        let data_origin = splits.origin.clone();
        let division = Division::new(splits, &judging)?;
        for model in &models {
            let first = division.cells(true, None)[0];
            division
                .train(first, model.train_limit)
                .map_err(|error| Failure::Limit {
                    place: Place::Option(format!("train_limit of {}", model.id)),
                    error,
                })?;
        }
        let first = division.cells(true, None)[0];
        for &size in &judging.sizes {
            division
                .train(first, Some(size))
                .map_err(|error| Failure::Limit {
                    place: Place::Option("sizes".to_owned()),
                    error,
                })?;
        }
        let of_models = models
            .iter()
            .map(|model| division.train_images(model.train_limit));
        Ok(Self {
            dataset: DatasetRecord {
                train: of_models.max().unwrap_or(0),
                train_available: division.train_available,
                test: division.judged_images(),
                test_available: division.judged_available,
                ..dataset
            },
            judging,
            division,
            data_origin,
            models,
            prose: Prose::default(),
        })
    }

    /// The same with what its plan says for readers.
    pub(crate) fn with(self, prose: Prose) -> Self {
        Self { prose, ..self }
    }

    /// Runs every model, one after another.
    pub(crate) fn run(
        &self,
        results: &Path,
        conditions: &Conditions,
        manner: &Manner,
    ) -> Result<(), Failure> {
        let directory = results.join(&self.dataset.name);
        let environment = environment::describe(&self.data_origin, conditions.threads);
        let machine = environment.machine();
        let run = self.record(environment);
        // Before anything is trained: an unwritable directory must not cost an hour.
        let store = Store::open(results)?;
        let mut log = RecordLog::create(&directory, run.clone()).map_err(Failure::Results)?;
        if !manner.quiet {
            eprintln!("{}", self.describe(&run));
        }
        on_interrupt(&conditions.cancellation);
        let cells: Vec<(&ReadyModel, Cell)> = self.cells().collect();
        let mut checked = None;
        for (index, (model, cell)) in cells.iter().enumerate() {
            if checked != Some(&model.id) {
                checked = Some(&model.id);
                if let Some(found) = self.controls(model, conditions, &store, &run, manner)? {
                    log.append(&Record::Controls(found))?;
                }
            }
            let what = format!("{}{}", model.id, self.of_cell(*cell));
            let mut progress = Progress::begin(&what, index, cells.len(), manner.quiet);
            let key = self.key(model, *cell);
            let stored = if manner.refit {
                None
            } else {
                store.find(&key)?
            };
            let (outcome, machine, reused) = match stored {
                Some((fitted, machine)) => (Outcome::Finished(fitted), machine, true),
                None => {
                    let outcome = self.fit(model, *cell, conditions, &mut progress)?;
                    (outcome, machine.clone(), false)
                }
            };
            if let (Outcome::Finished(fitted), false) = (&outcome, reused) {
                store.keep(&key, &machine, &run.run, fitted)?;
            }
            let record = FitRecord {
                id: model.id.clone(),
                cell: *cell,
                key: key.hash().to_owned(),
                machine,
                outcome,
            };
            progress.end(&in_a_line(&run, &record, reused));
            log.append(&Record::Fit(Box::new(record)))?;
            if conditions.cancellation.check().is_err() {
                break;
            }
        }

        let mut records = read_records(log.path())?;
        if let Some(images) = self.wrong_images(&records) {
            log.append(&Record::Images(images.clone()))?;
            records.images = Some(images);
        }
        let report = Report::new(records);
        write_report(&directory, &report)?;
        write_index(results)?;
        if !manner.quiet {
            println!("{}", table::comparison(&report));
            for sentence in report::verdict(&report) {
                println!("{sentence}");
            }
            for page in ["README.md", "index.html"] {
                println!("report: {}", directory.join(page).display());
            }
        }
        verdict(&report, conditions)
    }

    fn cells_of(&self, model: &ReadyModel) -> Vec<Cell> {
        let is_stochastic = model.recipe.is_stochastic();
        self.division.cells(is_stochastic, model.train_limit)
    }

    fn cells(&self) -> impl Iterator<Item = (&ReadyModel, Cell)> {
        self.models.iter().flat_map(|model| {
            let cells = self.cells_of(model);
            cells.into_iter().map(move |cell| (model, cell))
        })
    }

    /// Fits the cell of a record anew.
    pub(crate) fn fit_again(
        &self,
        record: &FitRecord,
        conditions: &Conditions,
        progress: &mut Progress,
    ) -> Result<Outcome, Failure> {
        let model = self.models.iter().find(|model| model.id == record.id);
        let model = model.expect("records are of planned models");
        self.fit(model, record.cell, conditions, progress)
    }

    fn fit(
        &self,
        model: &ReadyModel,
        cell: Cell,
        conditions: &Conditions,
        progress: &mut Progress,
    ) -> Result<Outcome, Failure> {
        let train = self.division.train(cell, model.train_limit)?;
        let held_out = self.division.held_out(cell);
        let judged = held_out.as_ref().unwrap_or_else(|| self.division.judged());
        let data = FitData {
            train: &train,
            calibration: self.division.calibration(),
            judged,
        };
        Ok(measure(model, cell.seed, data, conditions, progress))
    }

    /// The images that some model got wrong; `None` over folds, where they are all training images.
    fn wrong_images(&self, records: &Records) -> Option<ImagesRecord> {
        if self.division.protocol.folds > 0 {
            return None;
        }
        let indices = records.wrong();
        let images = self.division.judged().images();
        let pixels = indices.iter().flat_map(|&index| {
            let levels = images.grey_levels(index as usize);
            levels.into_owned()
        });
        Some(ImagesRecord {
            pixels: pixels.collect(),
            indices,
        })
    }

    /// What controls find of a model, now or in an earlier run; `None` if they cannot run.
    fn controls(
        &self,
        model: &ReadyModel,
        conditions: &Conditions,
        store: &Store,
        run: &RunRecord,
        manner: &Manner,
    ) -> Result<Option<ControlRecord>, Failure> {
        let Some(images) = self.division.control_images() else {
            return Ok(None);
        };
        let seed = self.judging.seed;
        let key = Key::new(&json!({
            "format": 2,
            "controls": env!("PLUMBLINE_MEASURING"),
            "recipe": recipe(model),
            "data": self.dataset.sha256,
            "seed": seed,
            "images": images.train.len(),
            "of": self.dataset.train_available,
            "quick": self.judging.quick,
            "judged_on": self.division.protocol.judged_on,
        }));
        let stored = if manner.refit {
            None
        } else {
            store.find::<Vec<Control>>(&key)?
        };
        let controls = match stored {
            Some((controls, _)) => controls,
            None => match controls::check(model, &images, seed, conditions) {
                Ok(controls) => {
                    // A failure may be of a limit, which is not in the key.
                    if controls.iter().all(|control| control.passed) {
                        let machine = run.environment.machine();
                        store.keep(&key, &machine, &run.run, &controls)?;
                    }
                    controls
                }
                // Called off: the fit will hear of it next.
                Err(_) => return Ok(None),
            },
        };
        Ok(Some(ControlRecord {
            id: model.id.clone(),
            controls,
        }))
    }

    /// Everything that a fit's result depends on; METHODOLOGY.md explains the list.
    fn key(&self, model: &ReadyModel, cell: Cell) -> Key {
        let protocol = self.division.protocol;
        // Where nothing is drawn, the seed of the drawing does not matter.
        let draws = self.judging.quick
            || model.train_limit.is_some()
            || cell.train_images.is_some()
            || protocol.calibration.is_some()
            || protocol.judged_on != JudgedOn::Test;
        Key::new(&json!({
            "format": 2,
            "measuring": env!("PLUMBLINE_MEASURING"),
            "recipe": recipe(model),
            "data": self.dataset.sha256,
            "train_limit": cell.train_images.or(model.train_limit),
            "judged_on": protocol.judged_on,
            "calibration": protocol.calibration,
            "judged_images": self.dataset.test,
            "folds": protocol.folds,
            "repeat": cell.repeat,
            "fold": cell.fold,
            "quick": self.judging.quick,
            "drawn_by": draws.then_some(self.judging.seed),
            "seed": model.recipe.is_stochastic().then_some(cell.seed),
        }))
    }

    fn of_cell(&self, cell: Cell) -> String {
        if let Some(size) = cell.train_images {
            return format!(", {size} images");
        }
        let protocol = self.division.protocol;
        match (protocol.folds, protocol.repeats) {
            (0, _) if protocol.seeds == 1 => String::new(),
            (0, _) => format!(", seed {}", cell.seed),
            (folds, 1) => format!(", fold {} of {folds}", cell.fold + 1),
            (folds, repeats) => format!(
                ", fold {} of {folds}, repetition {} of {repeats}",
                cell.fold + 1,
                cell.repeat + 1
            ),
        }
    }

    fn describe(&self, run: &RunRecord) -> String {
        let judged = match self.division.protocol {
            protocol if protocol.folds > 0 => format!(
                "{} folds{}",
                protocol.folds,
                match protocol.repeats {
                    1 => String::new(),
                    repeats => format!(" {repeats} times"),
                }
            ),
            protocol if protocol.judged_on == JudgedOn::Validation => {
                format!("{} validation images", run.dataset.test)
            }
            _ => format!("{} test images", run.dataset.test),
        };
        format!(
            "{}: {} models, {} training images, {judged}, seed {}, {} threads{}",
            run.dataset.title,
            self.models.len(),
            run.dataset.train,
            run.seed,
            run.environment.threads,
            if self.judging.quick {
                " (quick look at a subset)"
            } else {
                ""
            },
        )
    }

    fn record(&self, environment: Environment) -> RunRecord {
        let planned = |model: &ReadyModel| PlannedModel {
            id: model.id.clone(),
            model: model.entry.id.to_owned(),
            backend: model.entry.backend.to_owned(),
            hyperparameters: model.recipe.values(),
            train_images: self.division.train_images(model.train_limit),
            train_limit: model.train_limit,
            fits: self.cells_of(model).len(),
        };
        let (labels, folds) = self.division.labels();
        RunRecord {
            format: 2,
            run: environment.started.replace(':', "-"),
            dataset: self.dataset.clone(),
            quick: self.judging.quick,
            seed: self.judging.seed,
            protocol: self.division.protocol,
            question: self.prose.question.clone(),
            analysis: self.prose.analysis.clone(),
            models: self.models.iter().map(planned).collect(),
            environment,
            labels,
            folds,
        }
    }
}

/// The model, its parameters and everything that it is made of.
pub(crate) fn recipe(model: &ReadyModel) -> Value {
    json!({
        "model": model.entry.id,
        "sources": sources_of(model.entry.package),
        "libraries": sha256(LOCK.as_bytes()),
        "compiler": env!("PLUMBLINE_RUSTC"),
        "build": env!("PLUMBLINE_BUILD"),
        "parameters": model.recipe.values(),
    })
}

/// The hash of the sources of a crate and of ours below it.
fn sources_of(package: &str) -> Option<&'static str> {
    env!("PLUMBLINE_SOURCES")
        .split(' ')
        .find_map(|entry| entry.strip_prefix(package)?.strip_prefix('='))
}

fn in_a_line(run: &RunRecord, record: &FitRecord, reused: bool) -> String {
    match &record.outcome {
        Outcome::Finished(fitted) => format!(
            "{:.2} % right, fitted in {:.2} s{}",
            run.accuracy(record).unwrap_or(0.0) * 100.0,
            fitted.fit_seconds,
            if reused { ", by an earlier run" } else { "" }
        ),
        Outcome::Failed { reason } => format!("failed: {reason}"),
        Outcome::Cancelled => "cancelled".to_owned(),
    }
}

/// Success only if every model finished.
fn verdict(report: &Report, conditions: &Conditions) -> Result<(), Failure> {
    if conditions.cancellation.check().is_err() {
        return Err(Failure::Interrupted);
    }
    let unfinished = report
        .models
        .iter()
        .filter(|model| model.status != Status::Finished);
    let models: Vec<String> = unfinished.map(|model| model.id.clone()).collect();
    if models.is_empty() {
        Ok(())
    } else {
        Err(Failure::Unfinished { models })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::MODELS;

    #[test]
    fn the_sources_of_every_model_are_known_and_differ_by_crate() {
        for model in MODELS {
            assert!(sources_of(model.package).is_some(), "{}", model.package);
        }
        assert_eq!(sources_of("no-such-crate"), None);
        assert_ne!(
            sources_of("model-softmax"),
            sources_of("model-nearest-centroid")
        );
    }
}
