//! A fit as a job: everything that it depends on, in one line of JSON, for whoever runs it.

use crate::Registry;
use crate::any_path;
use crate::failure::{Failure, Place};
use crate::learner::{Learner, Method};
use crate::program::CommandModel;
use records::{Cell, Control, Outcome, PlannedModel};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::path::PathBuf;
use std::time::Duration;

/// One thing to do with one model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// What is to be done.
    pub task: Task,
    /// The model's name in the comparison.
    pub id: String,
    /// What fits it.
    pub method: JobMethod,
    /// The most samples it may train on.
    pub train_limit: Option<usize>,
    /// The file of the divided data.
    #[serde(with = "any_path")]
    pub data: PathBuf,
    /// Threads that it may use.
    pub threads: usize,
    /// Variables that its process needs.
    pub environment: Vec<(String, String)>,
    /// The most bytes that it may have resident, if that is limited: what needs more is declined before it begins.
    pub memory_limit: Option<usize>,
    /// Where the fitted model is to be kept, if it is.
    pub keep: Option<Keep>,
}

/// Where a fitted model is to be kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Keep {
    /// The file.
    #[serde(with = "any_path")]
    pub path: PathBuf,
    /// What it says, as far as that is known before the fit.
    pub about: kept::About,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// Fit a cell and measure everything.
    Fit(Cell),
    /// Fit a cell and count what is right.
    Trial(Cell),
    /// Check what must hold of any model that is compared honestly.
    Controls,
}

/// What fits a model, by name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobMethod {
    /// A registered model.
    Registered {
        /// Its registered name.
        model: String,
        /// All of its parameters.
        parameters: Map<String, Value>,
    },
    /// A program of the user's.
    Command(CommandModel),
}

/// What a job says while it runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The fit begins, or goes on after a pause: the model's own time runs.
    Fitting,
    /// The fit begins only now: what was before, such as the start of a program, is not its time.
    Began,
    /// The model's own time stands still, while it is evaluated.
    Pausing,
    /// A pass over the training samples is over.
    Epoch {
        /// Its number, from 1.
        number: usize,
        /// How many there will be.
        total: usize,
        /// Mean loss over its batches.
        training_loss: f64,
        /// Share of the judged samples that are right.
        accuracy: f64,
    },
    /// A part of the fit is over.
    Step {
        /// Parts done.
        done: usize,
        /// Parts in all.
        total: usize,
        /// What the parts are.
        unit: String,
    },
    /// A part of the evaluation is over.
    Evaluating {
        /// Samples done.
        done: usize,
        /// Samples in all.
        total: usize,
    },
    /// Everything is over.
    Ended(Box<Ended>),
}

/// What came of a job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// Of a [`Task::Fit`].
    Fit {
        /// How it ended.
        outcome: Outcome,
        /// How often it made anyone look at the labels of the samples it was judged on.
        looks: usize,
        /// Why the model was not kept, if it was to be.
        unkept: Option<String>,
    },
    /// Of a [`Task::Trial`].
    Trial(TrialEnd),
    /// Of [`Task::Controls`].
    Controls(Vec<Control>),
}

/// How a trial ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrialEnd {
    /// Share right, or why there is none; nothing where it was called off.
    pub accuracy: Option<Result<f64, String>>,
    /// The model's own time.
    pub seconds: f64,
    /// The most resident memory of its process while it was fitted, in bytes; 0 if it did not finish.
    pub memory: usize,
}

impl Ended {
    /// The model's own time and memory, where it finished.
    pub(crate) fn cost(&self) -> Option<(Duration, usize)> {
        let (seconds, memory) = match self {
            Self::Fit {
                outcome: Outcome::Finished(fitted),
                ..
            } => (fitted.fit_seconds?, fitted.peak_memory_bytes?),
            Self::Trial(trial) => (trial.seconds, trial.memory),
            _ => return None,
        };
        let time = Duration::try_from_secs_f64(seconds).unwrap_or_default();
        Some((time, memory))
    }
}

impl JobMethod {
    /// What fits a model, by name.
    pub fn of(method: &Method) -> Self {
        match method {
            Method::Registered { entry, recipe } => Self::Registered {
                model: entry.id.to_owned(),
                parameters: recipe.values(),
            },
            Method::Command(command) => Self::Command(command.clone()),
        }
    }

    /// A model that is fitted by it, as `place` has it.
    ///
    /// # Errors
    /// If this program does not know it, or refuses its parameters.
    pub fn learner(
        &self,
        id: &str,
        train_limit: Option<usize>,
        registry: Registry,
        place: &Place,
    ) -> Result<Learner, Failure> {
        let method = match self {
            Self::Registered { model, parameters } => {
                let method = Method::preset(registry.get(model, place)?).with(parameters);
                method.map_err(|error| Failure::Parameter {
                    place: place.clone(),
                    model: id.to_owned(),
                    error,
                })?
            }
            Self::Command(command) => Method::Command(command.clone()),
        };
        Ok(Learner {
            id: id.to_owned(),
            method,
            train_limit,
            space: search::Space::default(),
        })
    }
}

impl Learner {
    /// A registered model as a run has it, which `place` names.
    ///
    /// # Errors
    /// If this program does not know it, or refuses its parameters.
    pub fn planned(
        planned: &PlannedModel,
        registry: Registry,
        place: &Place,
    ) -> Result<Self, Failure> {
        let method = JobMethod::Registered {
            model: planned.model.clone(),
            parameters: planned.hyperparameters.clone(),
        };
        method.learner(&planned.id, planned.train_limit, registry, place)
    }
}

impl Job {
    /// A task for a model.
    pub fn new(task: Task, learner: &Learner, data: PathBuf, threads: usize) -> Self {
        Self {
            task,
            id: learner.id.clone(),
            method: JobMethod::of(&learner.method),
            train_limit: learner.train_limit,
            data,
            threads,
            environment: learner.method.environment(),
            memory_limit: None,
            keep: None,
        }
    }

    /// The model of the job.
    ///
    /// # Errors
    /// If this program does not know it, or refuses its parameters.
    pub fn learner(&self, registry: Registry) -> Result<Learner, Failure> {
        let place = Place::Option("job".to_owned());
        self.method
            .learner(&self.id, self.train_limit, registry, &place)
    }

    /// The end of a job that has no result, for a reason.
    pub fn failed(&self, reason: impl Into<String>, seconds: f64) -> Ended {
        let reason = reason.into();
        match self.task {
            Task::Fit(_) => Ended::Fit {
                outcome: Outcome::Failed { reason },
                looks: 0,
                unkept: None,
            },
            Task::Trial(_) => Ended::Trial(TrialEnd {
                accuracy: Some(Err(reason)),
                seconds,
                memory: 0,
            }),
            Task::Controls => Ended::Controls(vec![Control {
                name: "fit".to_owned(),
                passed: false,
                detail: reason,
            }]),
        }
    }

    /// The end of a job that the user called off.
    pub fn cancelled(&self, seconds: f64) -> Ended {
        match self.task {
            Task::Fit(_) => Ended::Fit {
                outcome: Outcome::Cancelled,
                looks: 0,
                unkept: None,
            },
            Task::Trial(_) => Ended::Trial(TrialEnd {
                accuracy: None,
                seconds,
                memory: 0,
            }),
            Task::Controls => Ended::Controls(Vec::new()),
        }
    }
}
