//! Data and models, ready to run: fits every cell that the store lacks, and writes the comparison.

mod key;
mod words;

pub(crate) use key::recipe;

use crate::controls;
use crate::environment;
use crate::failure::{Failure, Place};
use crate::interrupt::on_interrupt;
use crate::measure::{Conditions, FitData, measure};
use crate::plan::ReadyModel;
use crate::progress::Progress;
use crate::protocol::{Division, Judging};
use crate::store::{Key, Store};
use crate::table;
use catalog::Splits;
use report::{
    Cell, Control, ControlRecord, DatasetRecord, Environment, FitRecord, Fitted, ImagesRecord,
    ModelSummary, Outcome, PlannedModel, Record, RecordLog, Records, Report, RunRecord, Status,
    read_records, write_index, write_report,
};
use std::path::Path;
use std::time::Duration;

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

/// A fit that ended, and how often it made anyone look at the labels that it is judged by.
pub(crate) struct Ended {
    pub(crate) outcome: Outcome,
    looks: usize,
}

impl Ended {
    /// As an earlier run had it.
    fn again(fitted: Box<Fitted>) -> Self {
        Self {
            looks: fitted.looks,
            outcome: Outcome::Finished(fitted),
        }
    }
}

/// How to go about it; nothing here changes a prediction.
pub(crate) struct Manner {
    /// Fit again what the store has.
    pub(crate) refit: bool,
    pub(crate) quiet: bool,
}

/// What all fits of a run have in common.
struct Session<'a> {
    conditions: &'a Conditions,
    manner: &'a Manner,
    store: Store,
    run: RunRecord,
}

impl Session<'_> {
    /// A fit of an earlier run, unless it is to be made again.
    fn find(&self, key: &Key) -> Result<Option<(Box<Fitted>, String)>, Failure> {
        if self.manner.refit {
            return Ok(None);
        }
        // What took more than it may now is fitted again, to be called off.
        let within = |fitted: &Fitted| {
            let time = Duration::try_from_secs_f64(fitted.fit_seconds).unwrap_or_default();
            let limits = self.conditions.limits;
            limits.exceeded(time, fitted.peak_memory_bytes).is_none()
        };
        let found = self.store.find::<Box<Fitted>>(key)?;
        Ok(found.filter(|(fitted, _)| within(fitted)))
    }
}

impl Experiment {
    /// Divides the data, and checks that every subset asked for can be drawn.
    pub(crate) fn new(
        splits: Splits,
        mut models: Vec<ReadyModel>,
        judging: Judging,
    ) -> Result<Self, Failure> {
        let shape = splits.test.samples().shown_shape();
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
        splits.check()?;
        let division = Division::new(splits, &judging)?;
        for model in &mut models {
            model.train_limit = division.limit(model.train_limit, &judging);
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
        let mut run = self.record(environment);
        // Before anything is trained: an unwritable directory must not cost an hour.
        let store = Store::open(results)?;
        let mut log = RecordLog::create(&directory, &mut run).map_err(Failure::Results)?;
        if !manner.quiet {
            eprintln!("{}", self.describe(&run));
        }
        let session = Session {
            conditions,
            manner,
            store,
            run,
        };
        on_interrupt(&conditions.cancellation);
        let cells: Vec<(&ReadyModel, Cell)> = self.cells().collect();
        let mut checked = None;
        for (index, (model, cell)) in cells.iter().enumerate() {
            if checked != Some(&model.id) {
                checked = Some(&model.id);
                if let Some(found) = self.controls(&session, model)? {
                    log.append(&Record::Controls(found))?;
                }
            }
            let what = format!("{}{}", model.id, self.of_cell(*cell));
            let mut progress = Progress::begin(&what, index, cells.len(), manner.quiet);
            let (record, reused) = self.find_or_fit(&session, model, *cell, &mut progress)?;
            progress.end(&words::in_a_line(&session.run, &record, reused));
            log.append(&Record::Fit(Box::new(record)))?;
            if conditions.cancellation.check().is_err() {
                break;
            }
        }
        let report = self.conclude(log)?;
        let replaced = words::replaced(&directory, &report);
        write_report(&directory, &report)?;
        write_index(results)?;
        if !manner.quiet {
            if let Some(note) = replaced {
                eprintln!("{note}");
            }
            table::announce(&report, &directory);
        }
        verdict(&report, conditions)
    }

    /// What the records say, once the images that some model got wrong are among them.
    fn conclude(&self, mut log: RecordLog) -> Result<Report, Failure> {
        let mut records = read_records(log.path())?;
        if let Some(images) = self.wrong_images(&records) {
            log.append(&Record::Images(images.clone()))?;
            records.images = Some(images);
        }
        Ok(Report::new(records))
    }

    /// The fit of a cell, and whether an earlier run had it: the store's where it has one, else a new one,
    /// which it then keeps.
    fn find_or_fit(
        &self,
        session: &Session<'_>,
        model: &ReadyModel,
        cell: Cell,
        progress: &mut Progress,
    ) -> Result<(FitRecord, bool), Failure> {
        let key = self.key(model, cell);
        let (ended, machine, reused) = match session.find(&key)? {
            Some((fitted, machine)) => (Ended::again(fitted), machine, true),
            None => {
                let ended = self.fit(model, cell, session.conditions, progress)?;
                let machine = session.run.environment.machine();
                if let Outcome::Finished(fitted) = &ended.outcome {
                    session
                        .store
                        .keep(&key, &machine, &session.run.run, fitted)?;
                }
                (ended, machine, false)
            }
        };
        let record = FitRecord {
            id: model.id.clone(),
            cell,
            key: key.hash().to_owned(),
            machine,
            looks: ended.looks,
            outcome: ended.outcome,
        };
        Ok((record, reused))
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
    ) -> Result<Ended, Failure> {
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
    ) -> Result<Ended, Failure> {
        let train = self.division.train(cell, model.train_limit)?;
        let held_out = self.division.held_out(cell);
        let judged = held_out.as_ref().unwrap_or_else(|| self.division.judged());
        let data = FitData {
            train: &train,
            calibration: self.division.calibration(),
            judged,
        };
        let looks_before = judged.looks();
        let outcome = measure(model, cell.seed, data, conditions, progress);
        Ok(Ended {
            outcome,
            looks: judged.looks() - looks_before,
        })
    }

    /// The images that some model got wrong; `None` over folds, where they are all training images.
    fn wrong_images(&self, records: &Records) -> Option<ImagesRecord> {
        if self.division.protocol.folds > 0 {
            return None;
        }
        let indices = records.wrong();
        let images = self.division.judged().samples();
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
        session: &Session<'_>,
        model: &ReadyModel,
    ) -> Result<Option<ControlRecord>, Failure> {
        let Session {
            conditions,
            manner,
            store,
            run,
        } = session;
        let Some(images) = self.division.control_images() else {
            return Ok(None);
        };
        let seed = self.judging.seed;
        let key = self.control_key(model, &images);
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
            looks: self.division.judged().looks(),
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

/// Success only if every model finished and passed its controls.
fn verdict(report: &Report, conditions: &Conditions) -> Result<(), Failure> {
    if conditions.cancellation.check().is_err() {
        return Err(Failure::Interrupted);
    }
    let unfinished = report
        .models
        .iter()
        .filter(|model| model.status != Status::Finished);
    let models: Vec<String> = unfinished.map(|model| model.id.clone()).collect();
    if !models.is_empty() {
        return Err(Failure::Unfinished { models });
    }
    let fell = |model: &&ModelSummary| model.controls.iter().any(|control| !control.passed);
    let models = report.models.iter().filter(fell);
    let models: Vec<String> = models.map(|model| model.id.clone()).collect();
    if models.is_empty() {
        Ok(())
    } else {
        Err(Failure::Controls { models })
    }
}
