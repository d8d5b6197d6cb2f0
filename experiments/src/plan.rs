//! What to run: a TOML plan, changed by the command line.

mod source;
mod space;
#[cfg(test)]
mod tests;

use crate::failure::{Failure, Place};
use crate::protocol::CrossValidation;
use crate::registry;
use classifier::{ModelEntry, ParameterError, Preset, nearest_name};
use search::Space;
use serde_json::{Map, Value};
use space::Searched;
use std::path::{Path, PathBuf};

const DEFAULT: &str = include_str!("../plans/default.toml");
const TUNING: &str = include_str!("../plans/tuning.toml");
const DEFAULT_NAME: &str = "the default plan";

/// A parameter that the runner gives to every model.
const TRAIN_LIMIT: &str = "train_limit";

/// A comparison to run.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) dataset: Option<String>,
    pub(crate) data_dir: Option<PathBuf>,
    /// What the comparison is to answer.
    pub(crate) question: Option<String>,
    /// What its author makes of it.
    pub(crate) analysis: Option<String>,
    pub(crate) seed: u64,
    pub(crate) seeds: usize,
    pub(crate) calibration: Option<usize>,
    pub(crate) sizes: Vec<usize>,
    pub(crate) validation: Option<usize>,
    pub(crate) cross_validation: Option<CrossValidation>,
    pub(crate) train_limit: Option<usize>,
    pub(crate) models: Vec<PlanModel>,
}

/// A model of the plan, before its parameters are checked.
#[derive(Debug)]
pub(crate) struct PlanModel {
    /// Name in this comparison.
    id: String,
    entry: &'static ModelEntry,
    settings: Vec<Setting>,
    searched: Searched,
}

#[derive(Debug)]
struct Setting {
    name: String,
    value: Value,
    place: Place,
}

/// A model that is ready to train.
#[derive(Debug)]
pub(crate) struct ReadyModel {
    pub(crate) id: String,
    pub(crate) entry: &'static ModelEntry,
    pub(crate) recipe: Box<dyn Preset>,
    pub(crate) train_limit: Option<usize>,
    /// What `tune` searches.
    pub(crate) space: Space,
}

impl Plan {
    /// The plan that `compare` runs unless told otherwise, less the models that this build lacks.
    pub(crate) fn default_plan() -> Result<Self, Failure> {
        Self::parse(DEFAULT, Path::new(DEFAULT_NAME), true)
    }

    /// The plan that `tune` searches unless told otherwise, less the models that this build lacks.
    pub(crate) fn default_tuning() -> Result<Self, Failure> {
        Self::parse(TUNING, Path::new("the default tuning plan"), true)
    }

    /// Reads a plan file.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let text = std::fs::read_to_string(path).map_err(|reason| Failure::ReadPlan {
            path: path.to_owned(),
            reason,
        })?;
        Self::parse(&text, path, false)
    }

    fn add(&mut self, model: PlanModel, place: &Place) -> Result<(), Failure> {
        if self.models.iter().any(|other| other.id == model.id) {
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
    pub(crate) fn choose(&mut self, ids: &[String]) -> Result<(), Failure> {
        let place = Place::Option("--models".to_owned());
        let mut planned = std::mem::take(&mut self.models);
        for id in ids.iter().map(|id| id.trim()).filter(|id| !id.is_empty()) {
            let model = match planned.iter().position(|model| model.id == id) {
                Some(index) => planned.remove(index),
                None => PlanModel {
                    id: id.to_owned(),
                    entry: registered(id, &place)?,
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

    /// Applies `MODEL.PARAMETER=VALUE`.
    pub(crate) fn set(&mut self, assignment: &str) -> Result<(), Failure> {
        let place = Place::Option(format!("--set {assignment}"));
        let parts = assignment
            .split_once('=')
            .and_then(|(target, value)| Some((target.trim().split_once('.')?, value.trim())));
        let Some(((id, name), value)) = parts else {
            return Err(Failure::Syntax {
                place,
                reason: "expected MODEL.PARAMETER=VALUE, such as softmax.epochs=5".to_owned(),
            });
        };
        let planned: Vec<String> = self.models.iter().map(|model| model.id.clone()).collect();
        let Some(model) = self.models.iter_mut().find(|model| model.id == id) else {
            let id = id.to_owned();
            return Err(match registry::find(&id) {
                Some(_) => Failure::NotPlanned { place, id, planned },
                None => {
                    let nearest = registry::nearest(&id);
                    Failure::UnknownModel {
                        place,
                        model: id,
                        nearest,
                    }
                }
            });
        };
        // Words without quotes are text: kernel=linear.
        let value = toml::from_str::<Map<String, Value>>(&format!("value = {value}"))
            .ok()
            .and_then(|mut table| table.remove("value"))
            // NaN and infinity have no JSON.
            .filter(|value| !value.is_null())
            .unwrap_or_else(|| Value::String(value.to_owned()));
        model.settings.push(Setting {
            name: name.to_owned(),
            value,
            place,
        });
        Ok(())
    }

    /// Checks every parameter of every model.
    pub(crate) fn ready(&self) -> Result<Vec<ReadyModel>, Failure> {
        self.models
            .iter()
            .map(|model| model.ready(self.train_limit))
            .collect()
    }
}

impl PlanModel {
    fn ready(&self, train_limit: Option<usize>) -> Result<ReadyModel, Failure> {
        let mut recipe = (self.entry.preset)();
        let mut limit = train_limit;
        for setting in &self.settings {
            if setting.name == TRAIN_LIMIT {
                limit = Some(positive(&setting.value).ok_or_else(|| Failure::WrongType {
                    place: setting.place.clone(),
                    key: TRAIN_LIMIT,
                    expected: "a whole number of images, at least 1",
                })?);
                continue;
            }
            let mut value = Map::new();
            value.insert(setting.name.clone(), setting.value.clone());
            recipe = recipe.with(&value).map_err(|error| Failure::Parameter {
                place: setting.place.clone(),
                model: self.id.clone(),
                error: with_runners_own(error),
            })?;
        }
        Ok(ReadyModel {
            id: self.id.clone(),
            entry: self.entry,
            space: self.searched_space(recipe.as_ref())?,
            recipe,
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

/// What [`is_path_name`] accepts, for messages.
pub(crate) const PATH_NAME: &str =
    "letters, digits, hyphens, underscores and dots, not beginning with a dot";

/// Whether a name can stand in file names.
pub(crate) fn is_path_name(name: &str) -> bool {
    let fit = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    !name.is_empty() && !name.starts_with('.') && name.chars().all(fit)
}

fn positive(value: &Value) -> Option<usize> {
    value
        .as_u64()
        .filter(|&number| number > 0)
        .map(|number| number as usize)
}

fn registered(id: &str, place: &Place) -> Result<&'static ModelEntry, Failure> {
    if let Some(entry) = registry::find(id) {
        return Ok(entry);
    }
    let (place, model) = (place.clone(), id.to_owned());
    Err(
        match registry::LEFT_OUT
            .iter()
            .find(|(left_out, _)| *left_out == id)
        {
            Some((_, feature)) => Failure::LeftOut {
                place,
                model,
                feature,
            },
            None => Failure::UnknownModel {
                place,
                nearest: registry::nearest(&model),
                model,
            },
        },
    )
}
