//! Models as records of a run, as if it had fitted them.

use crate::answers::Answers;
use crate::error::PredictionError;
use crate::model::Model;
use crate::truth::Truth;
use records::{
    Cell, DatasetRecord, Environment, FitRecord, Fitted, FoldOf, Folds, JudgedOn, Outcome,
    PlannedModel, Protocol, Record, RecordError, RecordLog, Records, Role, RunRecord, Split,
};
use serde_json::Map;
use std::collections::HashMap;
use std::path::Path;

/// A run that fitted nothing: models that were made elsewhere, judged here.
#[derive(Debug)]
pub struct Judged {
    run: RunRecord,
    fits: Vec<FitRecord>,
}

/// The fits of a model that was made elsewhere, with the plan that they are of.
pub type Given = (PlannedModel, Vec<FitRecord>);

/// The samples of each fold, and the number of training samples that this suggests.
struct Division {
    folds: Option<(Vec<u16>, u16)>,
    train: usize,
}

/// What is asked about models that were made elsewhere.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The name of the data set and of its directory.
    pub name: &'a str,
    /// Seed of the drawn test sets.
    pub seed: u64,
    /// The model that all others are compared with, in place of every pair.
    pub baseline: Option<&'a str>,
    /// The largest difference in accuracy that does not matter, in points.
    pub margin: Option<f64>,
}

/// Puts models under the verdict.
///
/// # Errors
/// If models have different folds, or too few.
pub fn judged(
    truth: Truth,
    models: Vec<Model>,
    question: Question<'_>,
    environment: Environment,
) -> Result<Judged, PredictionError> {
    let division = Division::new(&truth, &models)?;
    division.must_keep_groups(&truth)?;
    let seeds = models.iter().map(|model| model.runs.len()).max();
    let (samples, classes) = (truth.len(), truth.classes.len());
    let notes: Vec<String> = models
        .iter()
        .filter_map(|model| against(model, classes))
        .collect();
    let given = models
        .into_iter()
        .map(|model| division.given(model, question.seed, classes));
    let (planned, fits): (Vec<PlannedModel>, Vec<Vec<FitRecord>>) = given.unzip();
    let run = RunRecord {
        run: environment.started.replace(':', "-"),
        dataset: DatasetRecord {
            name: question.name.to_owned(),
            title: question.name.to_owned(),
            train: division.train,
            train_available: division.train,
            test: samples,
            test_available: samples,
            // Of what the samples are nothing is known: they are rows of files.
            samples: records::SampleKind::Rows,
            features: 0,
            rows: 0,
            columns: 0,
            classes,
            class_names: truth.classes,
            sha256: [String::new(), String::new(), String::new(), truth.sha256],
        },
        quick: false,
        seed: question.seed,
        protocol: Protocol {
            judged_on: match &division.folds {
                None => JudgedOn::Test,
                Some((_, folds)) => JudgedOn::Folds(Folds {
                    repeats: 1,
                    folds: *folds,
                }),
            },
            seeds: seeds.map_or(1, |seeds| seeds as u16),
            calibration: None,
        },
        question: None,
        analysis: None,
        baseline: question.baseline.map(str::to_owned),
        margin: question.margin,
        models: planned,
        environment,
        options: serde_json::Map::new(),
        columns: Vec::new(),
        notes,
        doubts: Vec::new(),
        looks: 0,
        labels: truth.labels,
        folds: division
            .folds
            .into_iter()
            .map(|(of_samples, _)| FoldOf(of_samples))
            .collect(),
        groups: truth.groups,
        slices: truth.slices,
    };
    Ok(Judged {
        run,
        fits: fits.into_iter().flatten().collect(),
    })
}

/// What to say of a model whose answers are not those that its probabilities would give.
fn against(model: &Model, classes: usize) -> Option<String> {
    let runs = || model.runs.iter().map(|(_, answers)| answers);
    let count: usize = runs()
        .map(|answers| answers.against_probabilities(classes))
        .sum();
    let all: usize = runs().map(|answers| answers.predictions.len()).sum();
    (count > 0).then(|| {
        format!(
            "{count} of {all} predictions of {} are not the class of the highest probability beside them",
            model.id
        )
    })
}

/// Models to stand beside those of a comparison on test samples, whose seed this is.
///
/// # Errors
/// If a model has folds, or more seeds than the comparison.
pub fn beside(
    truth: &Truth,
    models: Vec<Model>,
    seed: u64,
    seeds: u16,
) -> Result<Vec<Given>, PredictionError> {
    let classes = truth.classes.len();
    let one = |model: Model| {
        let wrong = |reason: String| Err(PredictionError::file(model.file.file.as_ref(), reason));
        if model.folds.is_some() {
            return wrong("column fold: the comparison has no folds".to_owned());
        }
        if model.runs.len() > usize::from(seeds) {
            let found = model.runs.len();
            return wrong(format!(
                "{found} seeds of model {}; the comparison has {seeds} (--seeds)",
                model.id
            ));
        }
        let division = Division {
            folds: None,
            train: 0,
        };
        Ok(division.given(model, seed, classes))
    };
    models.into_iter().map(one).collect()
}

impl Judged {
    /// The names of the models.
    pub fn models(&self) -> impl Iterator<Item = &str> {
        self.run.models.iter().map(|model| model.id.as_str())
    }

    /// Writes the records below the directory of the report, and gives them.
    ///
    /// # Errors
    /// [`RecordError`] if they cannot be written.
    pub fn record(mut self, directory: &Path) -> Result<Records, RecordError> {
        let mut log = RecordLog::create(directory, &mut self.run)?;
        let mut fits = Vec::with_capacity(self.fits.len());
        for fit in self.fits {
            let record = Record::Fit(Box::new(self.run.checked(fit)));
            log.append(&record)?;
            if let Record::Fit(fit) = record {
                fits.push(*fit);
            }
        }
        Ok(Records {
            run: self.run,
            fits,
            controls: Vec::new(),
            images: None,
        })
    }
}

impl Division {
    /// From the folds that the truth or the models have: the same for all that have any.
    fn new(truth: &Truth, models: &[Model]) -> Result<Self, PredictionError> {
        let of_models = models.iter().filter_map(|model| model.folds.as_ref());
        let mut all = truth.folds.iter().chain(of_models);
        let Some(first) = all.next() else {
            return Ok(Self {
                folds: None,
                train: 0,
            });
        };
        for others in all {
            others.must_be(first)?;
        }
        let (of_samples, count) = first.numbered()?;
        let mut sizes = vec![0; count.into()];
        for &fold in &of_samples {
            sizes[usize::from(fold)] += 1;
        }
        let largest = sizes.iter().copied().max().unwrap_or(0);
        Ok(Self {
            train: of_samples.len() - largest,
            folds: Some((of_samples, count)),
        })
    }

    /// Refuses folds that part the samples of a group: a model would be judged on what it has seen.
    fn must_keep_groups(&self, truth: &Truth) -> Result<(), PredictionError> {
        let Some((folds, _)) = &self.folds else {
            return Ok(());
        };
        let mut first = HashMap::new();
        for (sample, (&group, &fold)) in truth.groups.iter().zip(folds).enumerate() {
            if *first.entry(group).or_insert(fold) != fold {
                let reason =
                    "its group has rows in another fold, too; all rows of a group must be in one";
                return Err(PredictionError::row(&truth.path, sample, reason.to_owned()));
            }
        }
        Ok(())
    }

    fn given(&self, model: Model, seed: u64, classes: usize) -> Given {
        let splits = self.splits();
        let planned = PlannedModel {
            id: model.id.clone(),
            model: model.id.clone(),
            backend: "made elsewhere".to_owned(),
            hyperparameters: Map::new(),
            train_images: self.train,
            train_limit: None,
            fits: splits.len() * model.runs.len(),
            predictions: Some(model.file),
        };
        let mut fits = Vec::with_capacity(planned.fits);
        for (number, (of_run, answers)) in model.runs.into_iter().enumerate() {
            let role = match number {
                0 => Role::Main,
                n => Role::OtherSeed(n as u16),
            };
            let cell = |split| Cell {
                split,
                role,
                seed: of_run.unwrap_or(seed),
            };
            let parts = self.parts(answers, classes);
            let of_run = splits.iter().zip(parts);
            fits.extend(of_run.map(|(&split, part)| fit(&model.id, cell(split), part)));
        }
        (planned, fits)
    }

    fn splits(&self) -> Vec<Split> {
        match self.folds {
            None => vec![Split::Whole],
            Some((_, folds)) => (0..folds)
                .map(|fold| Split::Fold { repeat: 0, fold })
                .collect(),
        }
    }

    /// The answers to the samples of each fold, in the order of the samples.
    fn parts(&self, answers: Answers, classes: usize) -> Vec<Answers> {
        let Some((of_samples, folds)) = &self.folds else {
            return vec![answers];
        };
        let none = || Answers {
            predictions: Vec::new(),
            log_probabilities: answers.log_probabilities.as_ref().map(|_| Vec::new()),
        };
        let mut parts: Vec<Answers> = (0..*folds).map(|_| none()).collect();
        for (sample, &fold) in of_samples.iter().enumerate() {
            let part = &mut parts[usize::from(fold)];
            part.predictions.push(answers.predictions[sample]);
            if let (Some(to), Some(from)) =
                (&mut part.log_probabilities, &answers.log_probabilities)
            {
                to.extend_from_slice(&from[sample * classes..(sample + 1) * classes]);
            }
        }
        parts
    }
}

/// What is known of a fit that was made elsewhere.
fn fit(id: &str, cell: Cell, answers: Answers) -> FitRecord {
    FitRecord {
        id: id.to_owned(),
        cell,
        key: String::new(),
        machine: None,
        looks: 0,
        outcome: Outcome::Finished(Box::new(Fitted {
            parameters: None,
            fit_seconds: None,
            predict_seconds: None,
            latency: None,
            peak_memory_bytes: None,
            train_accuracy: None,
            predictions: answers.predictions,
            log_probabilities: answers.log_probabilities,
            temperature: None,
            temperature_error: None,
            temperature_at_bound: false,
            looks: 0,
            certificate: Map::new(),
            epochs: Vec::new(),
            linear: None,
            mistakes: Vec::new(),
            importance: Vec::new(),
            notes: Vec::new(),
        })),
    }
}
