//! The text of a plan: TOML, with the line of whatever is wrong in it.

use super::space::Searched;
use super::{PATH_NAME, Plan, PlanModel, Setting, TRAIN_LIMIT, is_path_name, positive, registered};
use crate::failure::{Failure, Place, did_you_mean};
use crate::protocol::FOLDS;
use classifier::nearest_name;
use serde_json::Value;
use std::path::Path;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

const KEYS: &[&str] = &[
    "question",
    "analysis",
    "dataset",
    "data_dir",
    "seed",
    "seeds",
    "calibrate",
    "sizes",
    "validation",
    "cv",
    "train_limit",
    "models",
];
const MODEL_KEYS: &[&str] = &["model", "id", "search"];

impl Plan {
    /// Reads a plan's text. With `skip_left_out`, models that this build lacks are passed over.
    pub(super) fn parse(text: &str, path: &Path, skip_left_out: bool) -> Result<Self, Failure> {
        let source = Source { text, path };
        let table = DeTable::parse(text).map_err(|error| Failure::Syntax {
            place: source.place(error.span().map_or(0, |span| span.start)),
            reason: error.message().replace('\n', " "),
        })?;
        let mut plan = Self {
            dataset: None,
            data_dir: None,
            question: None,
            analysis: None,
            seed: 1,
            seeds: 1,
            calibration: None,
            sizes: Vec::new(),
            validation: None,
            cross_validation: None,
            train_limit: None,
            models: Vec::new(),
        };
        for (key, value) in table.get_ref() {
            let name = key.get_ref().as_ref();
            match name {
                "question" => plan.question = Some(source.text_of(value, "question")?),
                "analysis" => plan.analysis = Some(source.text_of(value, "analysis")?),
                "dataset" => plan.dataset = Some(source.text_of(value, "dataset")?),
                "data_dir" => {
                    let relative = source.text_of(value, "data_dir")?;
                    let base = path.parent().unwrap_or(Path::new(""));
                    plan.data_dir = Some(base.join(relative));
                }
                "seed" => plan.seed = source.whole(value, "seed")?,
                "seeds" => {
                    let seeds = u16::try_from(source.whole(value, "seeds")?);
                    plan.seeds = seeds
                        .map_err(|_| source.wrong(value, "seeds", "at most 65535"))?
                        .into();
                }
                "sizes" => {
                    let sizes: Option<Vec<usize>> = match source.value(value, "sizes")? {
                        Value::Array(items) => items.iter().map(positive).collect(),
                        _ => None,
                    };
                    plan.sizes = sizes.ok_or_else(|| {
                        source.wrong(value, "sizes", "a list of whole numbers above 0")
                    })?;
                }
                "calibrate" => {
                    plan.calibration = Some(source.whole(value, "calibrate")? as usize);
                }
                "validation" => {
                    plan.validation = Some(source.whole(value, "validation")? as usize);
                }
                "cv" => {
                    let folds = match value.get_ref() {
                        DeValue::Integer(_) => source.whole(value, "cv")?.to_string(),
                        _ => source.text_of(value, "cv")?,
                    };
                    let folds = folds
                        .parse()
                        .map_err(|_| source.wrong(value, "cv", FOLDS))?;
                    plan.cross_validation = Some(folds);
                }
                TRAIN_LIMIT => plan.train_limit = Some(source.whole(value, TRAIN_LIMIT)? as usize),
                "models" => source.models(value, skip_left_out, &mut plan)?,
                _ => return Err(source.unknown(key, KEYS)),
            }
        }
        source.exclusions(table.get_ref())?;
        if plan.models.is_empty() {
            return Err(Failure::NoModels {
                place: source.place(0),
            });
        }
        Ok(plan)
    }
}

/// The text of a plan, for telling lines from positions.
pub(super) struct Source<'a> {
    text: &'a str,
    path: &'a Path,
}

pub(super) type SpannedKey<'a> = Spanned<std::borrow::Cow<'a, str>>;

impl Source<'_> {
    pub(super) fn place(&self, position: usize) -> Place {
        let before = &self.text[..position.min(self.text.len())];
        let line = before.matches('\n').count() + 1;
        Place::Plan(self.path.to_owned(), line)
    }

    /// Refuses keys that exclude each other.
    fn exclusions(&self, table: &DeTable<'_>) -> Result<(), Failure> {
        let others = ["validation", "calibrate", "sizes"];
        let other = others.into_iter().find(|other| table.contains_key(*other));
        match (table.get_key_value("cv"), other) {
            (Some((cv, _)), Some(other)) => Err(Failure::Syntax {
                place: self.place(cv.span().start),
                reason: format!("`cv` excludes `{other}`"),
            }),
            _ => Ok(()),
        }
    }

    /// Adds the models to the plan.
    fn models(
        &self,
        value: &Spanned<DeValue<'_>>,
        skip_left_out: bool,
        plan: &mut Plan,
    ) -> Result<(), Failure> {
        const TABLES: &str = "[[models]] tables";
        let DeValue::Array(models) = value.get_ref() else {
            return Err(self.wrong(value, "models", TABLES));
        };
        for model in models {
            let DeValue::Table(table) = model.get_ref() else {
                return Err(self.wrong(model, "models", TABLES));
            };
            match self.model(table, model.span().start) {
                Err(Failure::LeftOut { .. }) if skip_left_out => {}
                model => plan.add(model?, &self.place(value.span().start))?,
            }
        }
        Ok(())
    }

    fn model(&self, table: &DeTable<'_>, start: usize) -> Result<PlanModel, Failure> {
        let mut model = None;
        let mut id = None;
        let mut settings = Vec::new();
        let mut searched = Searched::default();
        for (key, value) in table {
            let place = self.place(key.span().start);
            match key.get_ref().as_ref() {
                "model" => model = Some(registered(&self.text_of(value, "model")?, &place)?),
                "id" => id = Some(self.path_name(value)?),
                "search" => searched = self.searched(value)?,
                name if matches!(value.get_ref(), DeValue::Table(_)) => {
                    let nearest = nearest_name(name, MODEL_KEYS.iter().copied());
                    return Err(Failure::Syntax {
                        place,
                        reason: format!(
                            "no parameter is a table: `{name}`{}",
                            did_you_mean(nearest)
                        ),
                    });
                }
                name => settings.push(Setting {
                    name: name.to_owned(),
                    value: self.value(value, name)?,
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
            searched,
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

    pub(super) fn text_of(
        &self,
        value: &Spanned<DeValue<'_>>,
        key: &'static str,
    ) -> Result<String, Failure> {
        match value.get_ref() {
            DeValue::String(text) => Ok(text.to_string()),
            _ => Err(self.wrong(value, key, "a text in quotes")),
        }
    }

    fn whole(&self, value: &Spanned<DeValue<'_>>, key: &'static str) -> Result<u64, Failure> {
        let (least, expected) = match key {
            "seed" => (0, "a whole number, not negative"),
            _ => (1, "a whole number above 0"),
        };
        self.value(value, key)?
            .as_u64()
            .filter(|&number| number >= least)
            .ok_or_else(|| self.wrong(value, key, expected))
    }

    /// The TOML value of the key `name` in the runner's terms.
    pub(super) fn value(&self, value: &Spanned<DeValue<'_>>, name: &str) -> Result<Value, Failure> {
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
                    items.iter().map(|item| self.value(item, name)).collect();
                Some(Value::Array(items?))
            }
            DeValue::Datetime(_) | DeValue::Table(_) => None,
        };
        converted.ok_or_else(|| Failure::Syntax {
            place: self.place(value.span().start),
            reason: format!(
                "`{name}` must be a finite number, a text, true, false or a list of these"
            ),
        })
    }

    pub(super) fn wrong(
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

    pub(super) fn unknown(&self, key: &SpannedKey<'_>, known: &'static [&'static str]) -> Failure {
        Failure::UnknownKey {
            place: self.place(key.span().start),
            key: key.get_ref().to_string(),
            nearest: nearest_name(key.get_ref(), known.iter().copied()),
            known,
        }
    }
}
