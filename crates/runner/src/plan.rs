//! What to run: a TOML plan, changed by the command line.

mod schema;
mod source;
mod space;
#[cfg(test)]
mod tests;

pub use schema::plan_schema;

use crate::Registry;
use crate::failure::{Failure, Place};
use crate::learner::{Learner, Method};
use crate::options::Options;
use crate::program::CommandModel;
use classifier::{Count, ParameterError, nearest_name};
use serde_json::{Map, Value};
use space::Searched;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// The longest plan, in bytes.
const LONGEST: u64 = 16 << 20;
/// A parameter that the runner gives to every model.
const TRAIN_LIMIT: &str = "train_limit";

/// A comparison to run.
#[derive(Debug)]
pub struct Plan {
    /// Everything but the models.
    pub options: Options,
    models: Vec<PlanModel>,
    registry: Registry,
}

/// A model of the plan, before its parameters are checked.
#[derive(Debug)]
struct PlanModel {
    /// Name in this comparison.
    id: String,
    method: PlanMethod,
    settings: Vec<Setting>,
    searched: Searched,
}

/// What fits it, as the plan says.
#[derive(Debug)]
enum PlanMethod {
    Registered(&'static classifier::ModelEntry),
    Command(CommandModel),
}

#[derive(Debug)]
struct Setting {
    name: String,
    value: Value,
    place: Place,
}

impl Plan {
    /// A plan of these registered models with their defaults.
    ///
    /// # Errors
    /// A name that is not registered, or twice there.
    pub fn of(registry: Registry, ids: &[&str]) -> Result<Self, Failure> {
        let mut plan = Self {
            options: Options::default(),
            models: Vec::new(),
            registry,
        };
        let ids: Vec<String> = ids.iter().map(|&id| id.to_owned()).collect();
        plan.choose(&ids)?;
        Ok(plan)
    }

    /// Reads a plan file.
    ///
    /// # Errors
    /// The first thing that is wrong with it, with its line.
    pub fn read(registry: Registry, path: &Path) -> Result<Self, Failure> {
        let text = text(path).map_err(|reason| Failure::ReadPlan {
            path: path.to_owned(),
            reason,
        })?;
        Self::parse(registry, &text, path, false)
    }

    /// Reads the text of a plan that is built in, less the models that this build lacks. `name` is what
    /// messages call it.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn built_in(registry: Registry, text: &str, name: &str) -> Result<Self, Failure> {
        Self::parse(registry, text, Path::new(name), true)
    }

    fn add(&mut self, model: PlanModel, place: &Place) -> Result<(), Failure> {
        // On some systems names that differ in case alone are one file.
        let same = |other: &PlanModel| other.id.to_lowercase() == model.id.to_lowercase();
        if self.models.iter().any(same) {
            return Err(Failure::SameId {
                place: place.clone(),
                id: model.id,
            });
        }
        self.models.push(model);
        Ok(())
    }

    /// Keeps only these models, in this order; a registered one that is not planned joins with
    /// its defaults.
    ///
    /// # Errors
    /// A name that is neither planned nor registered, or twice there; no name at all.
    pub fn choose(&mut self, ids: &[String]) -> Result<(), Failure> {
        let place = Place::Option("--models".to_owned());
        let mut planned = std::mem::take(&mut self.models);
        for id in ids.iter().map(|id| id.trim()).filter(|id| !id.is_empty()) {
            let model = match planned.iter().position(|model| model.id == id) {
                Some(index) => planned.remove(index),
                None => PlanModel {
                    id: id.to_owned(),
                    method: PlanMethod::Registered(self.registry.get(id, &place)?),
                    settings: Vec::new(),
                    searched: Searched::default(),
                },
            };
            self.add(model, &place)?;
        }
        if self.models.is_empty() {
            return Err(Failure::NoModels { place });
        }
        Ok(())
    }

    /// Adds every registered model that is not planned, with its defaults.
    ///
    /// # Errors
    /// None: their names differ.
    pub fn add_registered(&mut self) -> Result<(), Failure> {
        let planned = self.models.iter().map(|model| model.id.clone());
        let missing = self
            .registry
            .models()
            .iter()
            .map(|entry| entry.id.to_owned());
        let mut all: Vec<String> = planned.collect();
        all.extend(missing.filter(|id| !all.contains(id)).collect::<Vec<_>>());
        self.choose(&all)
    }

    /// Applies `MODEL.PARAMETER=VALUE`.
    ///
    /// # Errors
    /// Another form, or a model that is not planned. The value is checked by [`ready`](Self::ready).
    pub fn set(&mut self, assignment: &str) -> Result<(), Failure> {
        let place = Place::Option(format!("--set {assignment}"));
        let Some((id, name, value)) = self.target(assignment) else {
            return Err(Failure::Syntax {
                place,
                reason: "expected MODEL.PARAMETER=VALUE, such as softmax.epochs=5".to_owned(),
            });
        };
        let Some(model) = self.models.iter_mut().find(|model| model.id == id) else {
            return Err(self.not_planned(id, place));
        };
        let parsed = toml::from_str::<Map<String, Value>>(&format!("value = {value}"))
            .ok()
            .filter(|table| table.len() == 1)
            .and_then(|mut table| table.remove("value"))
            // NaN and infinity have no JSON.
            .filter(|value| !value.is_null());
        if parsed.is_none() && value.parse::<f64>().is_ok() {
            let reason = format!(
                "{value}: expected a finite number, if whole of at most {}",
                i64::MAX
            );
            return Err(Failure::Syntax { place, reason });
        }
        // Words without quotes are text: kernel=linear.
        let value = parsed.unwrap_or_else(|| Value::String(value.to_owned()));
        model.settings.push(Setting {
            name: name.to_owned(),
            value,
            place,
        });
        Ok(())
    }

    /// Model, parameter and value of an assignment. A model's name may have dots in it.
    fn target<'a>(&self, assignment: &'a str) -> Option<(&'a str, &'a str, &'a str)> {
        let (target, value) = assignment.split_once('=')?;
        let target = target.trim();
        let planned = self.models.iter().map(|model| model.id.as_str());
        let planned = planned
            .filter_map(|id| Some((id.len(), target.strip_prefix(id)?.strip_prefix('.')?)))
            .max_by_key(|(length, _)| *length);
        let (id, name) = match planned {
            Some((length, name)) => (&target[..length], name),
            None => target.split_once('.')?,
        };
        Some((id, name, value.trim()))
    }

    fn not_planned(&self, id: &str, place: Place) -> Failure {
        let planned: Vec<String> = self.models.iter().map(|model| model.id.clone()).collect();
        let id = id.to_owned();
        if self.registry.find(&id).is_some() {
            return Failure::NotPlanned { place, id, planned };
        }
        let known = planned.iter().map(String::as_str);
        let known = known.chain(self.registry.models().iter().map(|model| model.id));
        Failure::UnknownModel {
            place,
            nearest: nearest_name(&id, known).map(str::to_owned),
            model: id,
        }
    }

    /// Checks every parameter of every model.
    ///
    /// # Errors
    /// The first value that is wrong, with its place.
    pub fn ready(&self) -> Result<Vec<Learner>, Failure> {
        let limit = self.options.train_limit.map(Count::get);
        let models = self.models.iter();
        models.map(|model| model.ready(limit)).collect()
    }
}

impl PlanModel {
    fn ready(&self, train_limit: Option<usize>) -> Result<Learner, Failure> {
        let mut method = match &self.method {
            PlanMethod::Registered(entry) => Method::preset(entry),
            PlanMethod::Command(command) => Method::Command(command.clone()),
        };
        let mut limit = train_limit;
        for setting in &self.settings {
            if setting.name == TRAIN_LIMIT {
                let count = serde_json::from_value::<Count>(setting.value.clone());
                limit = Some(count.map(Count::get).map_err(|_| Failure::WrongType {
                    place: setting.place.clone(),
                    key: TRAIN_LIMIT.to_owned(),
                    expected: "a whole number of samples, at least 1".to_owned(),
                })?);
                continue;
            }
            let value = Map::from_iter([(setting.name.clone(), setting.value.clone())]);
            method = method.with(&value).map_err(|error| Failure::Parameter {
                place: setting.place.clone(),
                model: self.id.clone(),
                error: with_runners_own(error),
            })?;
        }
        Ok(Learner {
            id: self.id.clone(),
            space: self.searched.space(&self.id, &method)?,
            method,
            train_limit: limit,
        })
    }
}

/// A parameter that a model does not have may be meant for the runner.
fn with_runners_own(error: ParameterError) -> ParameterError {
    match error {
        ParameterError::Unknown {
            name, mut known, ..
        } => {
            known.push(TRAIN_LIMIT.to_owned());
            ParameterError::Unknown {
                nearest: nearest_name(&name, known.iter().map(String::as_str)).map(str::to_owned),
                name,
                known,
            }
        }
        error => error,
    }
}

/// The text of a plan, which does not go on for ever.
fn text(path: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    File::open(path)?
        .take(LONGEST + 1)
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LONGEST {
        return Err(io::Error::other("more than 16 MiB; this is no plan"));
    }
    String::from_utf8(bytes).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = before.split(|&byte| byte == b'\n').count();
        io::Error::other(format!("line {line} is not UTF-8; save the plan as UTF-8"))
    })
}
