//! Data and models, ready to run.

mod again;
mod described;
mod keeping;
pub(crate) mod key;
pub(crate) mod pieces;
mod running;
mod session;

use described::{columns, described};

use crate::control_samples::ControlSamples;
use crate::division::{Division, of};
use crate::failure::{Failure, Place};
use crate::learner::Learner;
use crate::margin::Margin;
use crate::options::Options;
use crate::rows::SealedRows;
use crate::shown;
use crate::slices;
use crate::words::count;
use catalog::Loaded;
use records::{
    Cell, ColumnRecord, DatasetRecord, Environment, FitRecord, Folds, ImagesRecord, JudgedOn,
    PlannedModel, Protocol, RunRecord, SliceRecord,
};
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// What a comparison is made of.
#[derive(Debug)]
pub struct Comparison {
    options: Options,
    division: Division,
    dataset: DatasetRecord,
    data_origin: String,
    /// The number of the first feature in rows of svmlight.
    counted_from: Option<u32>,
    learners: Vec<Learner>,
    columns: Vec<ColumnRecord>,
    notes: Vec<String>,
    doubts: Vec<String>,
    slices: Option<SliceRecord>,
    given: Vec<Given>,
}

/// A model that was fitted elsewhere: its plan, and what it said of the samples that are judged.
pub type Given = (PlannedModel, Vec<FitRecord>);

impl Comparison {
    /// Divides the data, and checks that every subset asked for can be drawn.
    ///
    /// # Errors
    /// If the data cannot be learnt from, or not be divided as asked for.
    pub fn new(
        data: impl Into<Loaded>,
        mut learners: Vec<Learner>,
        options: Options,
    ) -> Result<Self, Failure> {
        let data: Loaded = data.into();
        data.content.check()?;
        let dataset = described(&data);
        let (data_origin, counted_from) = (data.origin.clone(), data.counted_from);
        let notes = data.notes.clone();
        let division = Division::new(data.content, &options)?;
        let first = division.cells(true, &[])[0];
        let can_draw = |size, option: &str| {
            let drawn = division.train(first, size).map(|_| ());
            drawn.map_err(of(option))
        };
        for learner in &mut learners {
            learner.train_limit = division.limit(learner.train_limit, &options);
            can_draw(
                learner.train_limit,
                &format!("train_limit of {}", learner.id),
            )?;
        }
        for size in options.sizes.iter().flatten() {
            can_draw(Some(size.get()), "sizes")?;
        }
        let columns = columns(&division, first)?;
        let slices = options.slice.as_deref();
        let slices = slices
            .map(|name| slices::slices(division.judged_columns(), division.judged_beside(), name))
            .transpose()?;
        let features = columns.iter().map(|column| column.features.len()).sum();
        let dataset = if columns.is_empty() {
            dataset
        } else {
            DatasetRecord {
                features,
                columns: features,
                ..dataset
            }
        };
        let of_learners = learners
            .iter()
            .map(|learner| division.train_samples(learner.train_limit));
        Ok(Self {
            columns,
            notes,
            doubts: Vec::new(),
            slices,
            dataset: DatasetRecord {
                train: of_learners.max().unwrap_or(0),
                train_available: division.train_available,
                test: division.judged_samples(),
                test_available: division.judged_available,
                ..dataset
            },
            options,
            division,
            data_origin,
            counted_from,
            learners,
            given: Vec::new(),
        })
    }

    /// The same with what else in the data makes it doubtful, in sentences, for its report.
    #[must_use]
    pub fn doubted(mut self, doubts: Vec<String>) -> Self {
        self.doubts.extend(doubts);
        self
    }

    /// The same with models beside its own that were fitted elsewhere.
    ///
    /// # Errors
    /// If one has the name of another model, or the baseline is none of them.
    pub fn with(mut self, given: Vec<Given>) -> Result<Self, Failure> {
        let mut ids: HashSet<&str> = self.ids().collect();
        for (planned, _) in &given {
            if !ids.insert(&planned.id) {
                return Err(Failure::SameId {
                    place: Place::Option("--with".to_owned()),
                    id: planned.id.clone(),
                });
            }
        }
        self.given = given;
        self.check_baseline()?;
        Ok(self)
    }

    /// The directory below `results` that the comparison is recorded in.
    pub fn directory(&self, results: &Path) -> PathBuf {
        results.join(&self.dataset.name)
    }

    /// The data, as far as they are used.
    pub fn dataset(&self) -> &DatasetRecord {
        &self.dataset
    }

    /// The groups in which the judged samples come, where whole groups are judged.
    pub fn judged_groups(&self) -> Option<usize> {
        self.division.judged_groups()
    }

    /// The samples that its controls are made with; `None` where there are too few.
    pub fn control_samples(&self) -> Option<ControlSamples> {
        ControlSamples::of(&self.division, &mut |_| ())
    }

    /// What models are judged on, and how often they are fitted.
    pub fn protocol(&self) -> Protocol {
        self.division.protocol
    }

    /// What it is asked to do.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// The names of its models.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        let own = self.learners.iter().map(|of| of.id.as_str());
        own.chain(self.given.iter().map(|(planned, _)| planned.id.as_str()))
    }

    /// That the model to compare with is one of them.
    fn check_baseline(&self) -> Result<(), Failure> {
        match &self.options.baseline {
            Some(baseline) if self.ids().all(|id| id != baseline) => Err(Failure::NotPlanned {
                place: Place::Option("baseline".to_owned()),
                id: baseline.clone(),
                planned: self.ids().map(str::to_owned).collect(),
            }),
            _ => Ok(()),
        }
    }

    fn cells_of(&self, learner: &Learner) -> Vec<Cell> {
        let all = self.division.train_samples(learner.train_limit);
        let sizes = self.options.sizes.iter().flatten().map(|size| size.get());
        let mut smaller: Vec<usize> = sizes.filter(|&size| size < all).collect();
        smaller.sort_unstable();
        smaller.dedup();
        let is_stochastic = learner.method.is_stochastic();
        self.division.cells(is_stochastic, &smaller)
    }

    fn cells(&self) -> impl Iterator<Item = (&Learner, Cell)> {
        self.learners.iter().flat_map(|learner| {
            let cells = self.cells_of(learner);
            cells.into_iter().map(move |cell| (learner, cell))
        })
    }

    /// The samples that some model got wrong, by their indices; `None` over folds, where they are all
    /// training samples, and where they are no pictures.
    pub fn images(&self, indices: Vec<u32>) -> Option<ImagesRecord> {
        if self.division.protocol.folds().is_some() {
            return None;
        }
        let SealedRows::Samples(judged) = &self.division.judged else {
            return None;
        };
        if self.dataset.shown() == 0 {
            return None;
        }
        let samples = judged.samples();
        let pixels = indices
            .iter()
            .flat_map(|&index| shown::levels(samples, index as usize));
        Some(ImagesRecord {
            pixels: pixels.collect(),
            indices,
        })
    }

    /// What is about to run, in two lines that fit a terminal.
    fn describe(&self, run: &RunRecord) -> String {
        let judged = match self.division.protocol.judged_on {
            JudgedOn::Folds(Folds { repeats: 1, folds }) => format!("{folds} folds"),
            JudgedOn::Folds(Folds { repeats, folds }) => format!("{folds} folds {repeats} times"),
            JudgedOn::Validation { .. } => count(run.dataset.test, "validation sample"),
            JudgedOn::Test => count(run.dataset.test, "test sample"),
        };
        let quick = if self.options.quick {
            " (quick look at a subset)"
        } else {
            ""
        };
        format!(
            "{}: {}, seed {}, {}{quick}\n{}, {judged}{}",
            run.dataset.title,
            count(self.learners.len(), "model"),
            run.seed,
            count(run.environment.threads().unwrap_or_default(), "thread"),
            count(run.dataset.train, "training sample"),
            self.without_samples(),
        )
    }

    /// Says so if classes have no training sample: labels may not be what they seem.
    fn without_samples(&self) -> String {
        let counts = self.division.train.targets().class_counts();
        match counts.iter().filter(|&&count| count == 0).count() {
            0 => String::new(),
            none => format!(
                "\nnote: {none} of {} classes have no training sample; no model can learn them",
                counts.len()
            ),
        }
    }

    fn record(&self, environment: Environment) -> RunRecord {
        let planned = |learner: &Learner| PlannedModel {
            id: learner.id.clone(),
            model: learner.method.model().to_owned(),
            backend: learner.method.backend(),
            hyperparameters: learner.method.values(),
            train_images: self.division.train_samples(learner.train_limit),
            train_limit: learner.train_limit,
            fits: self.cells_of(learner).len(),
            predictions: None,
        };
        let (labels, folds, groups) = self.division.labels();
        RunRecord {
            looks: self.division.judged.looks(),
            run: environment.started.replace(':', "-"),
            dataset: self.dataset.clone(),
            quick: self.options.quick,
            seed: self.options.seed(),
            protocol: self.division.protocol,
            question: self.options.question.clone(),
            analysis: self.options.analysis.clone(),
            options: self.options.recorded(),
            columns: self.columns.clone(),
            notes: self.notes.clone(),
            doubts: self.doubts.clone(),
            baseline: self.options.baseline.clone(),
            margin: self.options.margin.map(Margin::points),
            models: self
                .learners
                .iter()
                .map(planned)
                .chain(self.given.iter().map(|(planned, _)| planned.clone()))
                .collect(),
            environment,
            labels,
            folds,
            groups,
            slices: self.slices.clone(),
        }
    }
}
