//! What to run: a TOML plan, changed by the command line.

use crate::failure::{Failure, Place};
use crate::registry;
use classifier::{ModelEntry, Preset, nearest_name};
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

const DEFAULT: &str = include_str!("../plans/default.toml");
const DEFAULT_NAME: &str = "the default plan";

const KEYS: &[&str] = &["dataset", "data_dir", "seed", "train_limit", "models"];
const MODEL_KEYS: &[&str] = &["model", "id"];
/// A parameter that the runner gives to every model.
const TRAIN_LIMIT: &str = "train_limit";

/// A comparison to run.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) dataset: Option<String>,
    pub(crate) data_dir: Option<PathBuf>,
    pub(crate) seed: u64,
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
}

impl Plan {
    /// The plan that `compare` runs unless told otherwise, less the models that this build lacks.
    pub(crate) fn default_plan() -> Result<Self, Failure> {
        Self::parse(DEFAULT, Path::new(DEFAULT_NAME), true)
    }

    /// Reads a plan file.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let text = std::fs::read_to_string(path).map_err(|reason| Failure::ReadPlan {
            path: path.to_owned(),
            reason,
        })?;
        Self::parse(&text, path, false)
    }

    fn parse(text: &str, path: &Path, skip_left_out: bool) -> Result<Self, Failure> {
        let source = Source { text, path };
        let table = DeTable::parse(text).map_err(|error| Failure::Syntax {
            place: source.place(error.span().map_or(0, |span| span.start)),
            reason: error.message().replace('\n', " "),
        })?;
        let mut plan = Self {
            dataset: None,
            data_dir: None,
            seed: 1,
            train_limit: None,
            models: Vec::new(),
        };
        for (key, value) in table.get_ref() {
            let name = key.get_ref().as_ref();
            match name {
                "dataset" => plan.dataset = Some(source.text_of(value, "dataset")?),
                "data_dir" => {
                    let relative = source.text_of(value, "data_dir")?;
                    let base = path.parent().unwrap_or(Path::new(""));
                    plan.data_dir = Some(base.join(relative));
                }
                "seed" => plan.seed = source.whole(value, "seed")?,
                TRAIN_LIMIT => plan.train_limit = Some(source.whole(value, TRAIN_LIMIT)? as usize),
                "models" => {
                    let DeValue::Array(models) = value.get_ref() else {
                        return Err(source.wrong(value, "models", "[[models]] tables"));
                    };
                    for model in models {
                        let DeValue::Table(table) = model.get_ref() else {
                            return Err(source.wrong(model, "models", "[[models]] tables"));
                        };
                        match source.model(table, model.span().start) {
                            Err(Failure::LeftOut { .. }) if skip_left_out => {}
                            model => plan.add(model?, &source.place(value.span().start))?,
                        }
                    }
                }
                _ => return Err(source.unknown(key, KEYS)),
            }
        }
        if plan.models.is_empty() {
            return Err(Failure::NoModels {
                place: source.place(0),
            });
        }
        Ok(plan)
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
                error,
            })?;
        }
        Ok(ReadyModel {
            id: self.id.clone(),
            entry: self.entry,
            recipe,
            train_limit: limit,
        })
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

/// The text of a plan, for telling lines from positions.
struct Source<'a> {
    text: &'a str,
    path: &'a Path,
}

type SpannedKey<'a> = Spanned<std::borrow::Cow<'a, str>>;

impl Source<'_> {
    fn place(&self, position: usize) -> Place {
        let before = &self.text[..position.min(self.text.len())];
        let line = before.matches('\n').count() + 1;
        Place::Plan(self.path.to_owned(), line)
    }

    fn model(&self, table: &DeTable<'_>, start: usize) -> Result<PlanModel, Failure> {
        let mut model = None;
        let mut id = None;
        let mut settings = Vec::new();
        for (key, value) in table {
            let place = self.place(key.span().start);
            match key.get_ref().as_ref() {
                "model" => model = Some(registered(&self.text_of(value, "model")?, &place)?),
                "id" => id = Some(self.path_name(value)?),
                name => settings.push(Setting {
                    name: name.to_owned(),
                    value: self.value(value)?,
                    place,
                }),
            }
        }
        let Some(entry) = model else {
            return Err(Failure::Syntax {
                place: self.place(start),
                reason: format!(
                    "a [[models]] table needs `model`; known keys are {}, train_limit and the model's parameters",
                    MODEL_KEYS.join(", ")
                ),
            });
        };
        Ok(PlanModel {
            id: id.unwrap_or_else(|| entry.id.to_owned()),
            entry,
            settings,
        })
    }

    /// A name that is fit for file names.
    fn path_name(&self, value: &Spanned<DeValue<'_>>) -> Result<String, Failure> {
        let name = self.text_of(value, "id")?;
        if is_path_name(&name) {
            Ok(name)
        } else {
            Err(self.wrong(value, "id", PATH_NAME))
        }
    }

    fn text_of(&self, value: &Spanned<DeValue<'_>>, key: &'static str) -> Result<String, Failure> {
        match value.get_ref() {
            DeValue::String(text) => Ok(text.to_string()),
            _ => Err(self.wrong(value, key, "a text in quotes")),
        }
    }

    fn whole(&self, value: &Spanned<DeValue<'_>>, key: &'static str) -> Result<u64, Failure> {
        self.value(value)?
            .as_u64()
            .filter(|&number| key == "seed" || number > 0)
            .ok_or_else(|| self.wrong(value, key, "a whole number, not negative"))
    }

    /// The TOML value in the runner's terms.
    fn value(&self, value: &Spanned<DeValue<'_>>) -> Result<Value, Failure> {
        let parsed = value.get_ref();
        let number = |text: &str| serde_json::from_str(&text.replace('_', "")).ok();
        let converted = match parsed {
            DeValue::String(text) => Some(Value::String(text.to_string())),
            DeValue::Boolean(flag) => Some(Value::Bool(*flag)),
            DeValue::Integer(integer) => i64::from_str_radix(integer.as_str(), integer.radix())
                .ok()
                .map(Value::from),
            DeValue::Float(float) => number(float.as_str().trim_start_matches('+')),
            DeValue::Array(items) => {
                let items: Result<Vec<Value>, Failure> =
                    items.iter().map(|item| self.value(item)).collect();
                Some(Value::Array(items?))
            }
            DeValue::Datetime(_) | DeValue::Table(_) => None,
        };
        converted.ok_or_else(|| {
            self.wrong(
                value,
                "value",
                "a finite number, a text, true, false or a list of these",
            )
        })
    }

    fn wrong(
        &self,
        at: &Spanned<DeValue<'_>>,
        key: &'static str,
        expected: &'static str,
    ) -> Failure {
        Failure::WrongType {
            place: self.place(at.span().start),
            key,
            expected,
        }
    }

    fn unknown(&self, key: &SpannedKey<'_>, known: &'static [&'static str]) -> Failure {
        Failure::UnknownKey {
            place: self.place(key.span().start),
            key: key.get_ref().to_string(),
            nearest: nearest_name(key.get_ref(), known.iter().copied()),
            known,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Plan, Failure> {
        Plan::parse(text, Path::new("plan.toml"), false)
    }

    fn refusal(text: &str) -> String {
        match parse(text).and_then(|plan| plan.ready()) {
            Ok(_) => panic!("accepted: {text}"),
            Err(failure) => failure.to_string(),
        }
    }

    fn softmax(text: &str) -> Plan {
        parse(&format!("[[models]]\nmodel = \"softmax\"\n{text}")).expect("a good plan")
    }

    #[test]
    fn the_default_plan_names_the_default_comparison() {
        let plan = Plan::default_plan().expect("the default plan is good");
        let ids: Vec<&str> = plan.models.iter().map(|model| model.id.as_str()).collect();
        assert!(
            ids.starts_with(&["softmax"])
                && ids.ends_with(&["linfa-svm-rbf", "linfa-logistic", "nearest-centroid"])
        );
        assert_eq!(
            plan.ready().expect("its parameters are good").len(),
            ids.len()
        );
    }

    #[test]
    fn a_plan_may_train_one_model_twice() {
        let plan = parse(
            "seed = 9\ntrain_limit = 500\n[[models]]\nmodel = \"softmax\"\n\
             [[models]]\nmodel = \"softmax\"\nid = \"fast\"\nlearning_rate = 0.5\ntrain_limit = 70",
        );
        let plan = plan.expect("a good plan");
        let ready = plan.ready().expect("good parameters");
        assert_eq!((plan.seed, ready.len()), (9, 2));
        assert_eq!(
            (ready[0].train_limit, ready[1].train_limit),
            (Some(500), Some(70))
        );
        assert_eq!(ready[1].id, "fast");
        assert_eq!(ready[1].recipe.values()["learning_rate"], Value::from(0.5));
    }

    #[test]
    fn mistakes_in_a_plan_are_named_with_their_line() {
        assert_eq!(
            refusal("seed = 1\ndatset = \"mnist\""),
            "plan.toml, line 2: unknown key `datset` (did you mean `dataset`?); known are dataset, data_dir, seed, train_limit, models"
        );
        assert_eq!(
            refusal("[[models]]\nmodel = \"sofmax\""),
            "plan.toml, line 2: unknown model `sofmax` (did you mean `softmax`?); `experiments models` lists them"
        );
        assert_eq!(
            refusal("[[models]]\nmodel = \"softmax\"\n\nlearning_rat = 0.5"),
            "plan.toml, line 4: softmax: unknown parameter `learning_rat` (did you mean `learning_rate`?); it has epochs, batch_size, learning_rate, shuffle"
        );
        assert_eq!(
            refusal("[[models]]\nmodel = \"softmax\"\nbatch_size = 0"),
            "plan.toml, line 3: softmax: batch_size = 0: expected at least 1"
        );
        assert_eq!(
            refusal("seed = \"x\""),
            "plan.toml, line 1: `seed` must be a whole number, not negative"
        );
        assert!(refusal("seed = = 1").starts_with("plan.toml, line 1: "));
        assert_eq!(
            refusal("seed = 1"),
            "plan.toml, line 1: no models to compare"
        );
        let twice = "[[models]]\nmodel = \"softmax\"\n".repeat(2);
        assert!(refusal(&twice).contains("two models are called `softmax`"));
    }

    #[test]
    fn numbers_may_be_written_as_toml_allows() {
        let ready = |plan: Plan| plan.ready().expect("good parameters");
        let plan = softmax("epochs = 1_0\nlearning_rate = +1e-1\nbatch_size = 0x10");
        let values = ready(plan)[0].recipe.values();
        assert_eq!(
            (&values["epochs"], &values["batch_size"]),
            (&Value::from(10), &Value::from(16))
        );
        assert!(refusal("[[models]]\nmodel = \"softmax\"\nlearning_rate = nan").contains("finite"));
    }

    #[test]
    fn assignments_change_parameters() {
        let mut plan = softmax("");
        plan.set("softmax.epochs=3").expect("a good assignment");
        plan.set("softmax.shuffle = true")
            .expect("a good assignment");
        let values = plan.ready().expect("good parameters")[0].recipe.values();
        assert_eq!(
            (&values["epochs"], &values["shuffle"]),
            (&Value::from(3), &Value::Bool(true))
        );
    }

    #[test]
    fn assignments_are_refused_with_a_reason() {
        let refuse = |assignment: &str| {
            let mut plan = softmax("");
            plan.set(assignment)
                .and_then(|()| plan.ready())
                .expect_err("refused")
                .to_string()
        };
        assert!(refuse("epochs=3").contains("expected MODEL.PARAMETER=VALUE"));
        assert!(refuse("softmx.epochs=3").contains("did you mean `softmax`?"));
        assert!(refuse("nearest-centroid.x=3").contains("is not in the plan, which has softmax"));
        assert!(refuse("softmax.learning_rate=-1").contains("expected a number above 0"));
        assert!(refuse("softmax.train_limit=0").contains("at least 1"));
    }
}
