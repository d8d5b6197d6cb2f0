//! The text of a plan: TOML, with the line of whatever is wrong in it.

use super::space::Searched;
use super::{Plan, PlanMethod, PlanModel, Setting, TRAIN_LIMIT};
use crate::Registry;
use crate::failure::{Failure, Place};
use crate::options::Options;
use crate::program::CommandModel;
use classifier::schemars::{Schema, schema_for};
use classifier::{did_you_mean, nearest_name};
use records::{FILE_NAME, is_file_name};
use search::Domain;
use serde_json::{Map, Value};
use std::path::Path;
use tables::Settings;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

const MODELS: &str = "models";
const PREPARATION: &str = "preparation";
/// What a part of the preparation is.
const PART: &str =
    "true, false or a list of columns; rare_below and most_categories are whole numbers";
const RANGE_KEYS: &[&str] = &["from", "to", "scale"];
const MODEL_KEYS: &[&str] = &["model", "command", "id", "search"];

impl Plan {
    /// Reads a plan's text. With `skip_left_out`, models that this build lacks are passed over.
    pub(super) fn parse(
        registry: Registry,
        text: &str,
        path: &Path,
        skip_left_out: bool,
    ) -> Result<Self, Failure> {
        let source = Source { text, path };
        let table = DeTable::parse(text).map_err(|error| Failure::Syntax {
            place: source.place(error.span().map_or(0, |span| span.start)),
            reason: error.message().replace('\n', " "),
        })?;
        let mut plan = Self {
            options: source.options(table.get_ref())?,
            models: Vec::new(),
            registry,
        };
        if let Some(models) = table.get_ref().get(MODELS) {
            source.models(models, skip_left_out, &mut plan)?;
        }
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
        let before = self.text.get(..position).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        Place::Plan(self.path.to_owned(), line)
    }

    /// Everything but the models.
    fn options(&self, table: &DeTable<'_>) -> Result<Options, Failure> {
        let known = option_names();
        let mut values = Map::new();
        let mut options = Options::default();
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            if name == MODELS {
                continue;
            }
            if !known.iter().any(|known| known == name) {
                return Err(self.unknown(key, &known));
            }
            values.insert(name.to_owned(), self.option(value, name)?);
            // One at a time, so that the error is this key's.
            options = serde_json::from_value(Value::Object(values.clone())).map_err(|error| {
                let error = error.to_string();
                let expected = error
                    .rsplit_once("expected ")
                    .map_or(&*error, |(_, what)| what);
                self.wrong(value, name, in_words(expected))
            })?;
        }
        if let Some([cv, other]) = options.exclusion() {
            let (key, _) = table.get_key_value(cv).expect("it is one of the keys");
            return Err(Failure::Syntax {
                place: self.place(key.span().start),
                reason: format!("`{cv}` excludes `{other}`"),
            });
        }
        let base = self.path.parent().unwrap_or(Path::new(""));
        Ok(options.with_paths(|path| base.join(path)))
    }

    /// The value of a key beside the models. The preparation of a table is a table of its own.
    fn option(&self, value: &Spanned<DeValue<'_>>, name: &str) -> Result<Value, Failure> {
        let (PREPARATION, DeValue::Table(table)) = (name, value.get_ref()) else {
            return self.value(value, name);
        };
        let known = names_of(&schema_for!(Settings));
        let mut parts = Map::new();
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            if !known.iter().any(|known| known == name) {
                return Err(self.unknown(key, &known));
            }
            parts.insert(name.to_owned(), self.value(value, name)?);
            let settings = serde_json::from_value::<Settings>(Value::Object(parts.clone()));
            settings.map_err(|_| self.wrong(value, name, PART))?;
        }
        Ok(Value::Object(parts))
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
            return Err(self.wrong(value, MODELS, TABLES));
        };
        for model in models {
            let DeValue::Table(table) = model.get_ref() else {
                return Err(self.wrong(model, MODELS, TABLES));
            };
            match self.model(plan.registry, table, model.span().start) {
                Err(Failure::LeftOut { .. }) if skip_left_out => {}
                planned => plan.add(planned?, &self.place(model.span().start))?,
            }
        }
        Ok(())
    }

    fn model(
        &self,
        registry: Registry,
        table: &DeTable<'_>,
        start: usize,
    ) -> Result<PlanModel, Failure> {
        let (mut model, mut command, mut id) = (None, None, None);
        let mut settings = Vec::new();
        let mut searched = Searched::default();
        for (key, value) in table {
            let place = self.place(key.span().start);
            match key.get_ref().as_ref() {
                "model" => model = Some(registry.get(&self.text_of(value, "model")?, &place)?),
                "command" => command = Some(self.command(value)?),
                "id" => id = Some(self.file_name(value)?),
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
        let (method, id) = match (model, command, id) {
            (Some(entry), None, id) => (
                PlanMethod::Registered(entry),
                id.unwrap_or_else(|| entry.id.to_owned()),
            ),
            (None, Some(words), Some(id)) => (
                PlanMethod::Command(self.with_parameters(words, &mut settings)?),
                id,
            ),
            (model, command, _) => return Err(self.unclear_model(model.is_some(), command, start)),
        };
        Ok(PlanModel {
            id,
            method,
            settings,
            searched,
        })
    }

    /// A command, whose parameters are the keys that the plan gives it.
    fn with_parameters(
        &self,
        words: Vec<String>,
        settings: &mut Vec<Setting>,
    ) -> Result<CommandModel, Failure> {
        let own = |setting: &Setting| setting.name != TRAIN_LIMIT;
        let parameters = settings.iter().filter(|setting| own(setting));
        let parameters = parameters.map(|setting| (setting.name.clone(), setting.value.clone()));
        let base = self.path.parent().unwrap_or(Path::new(""));
        let command = CommandModel::new(words, base, parameters.collect());
        settings.retain(|setting| !own(setting));
        if command.directory.to_str().is_none() {
            return Err(Failure::Syntax {
                place: self.place(0),
                reason: "a plan with a program cannot be in a directory whose name is not UTF-8"
                    .to_owned(),
            });
        }
        Ok(command)
    }

    /// What is missing in a table of neither or of both kinds.
    fn unclear_model(
        &self,
        registered: bool,
        command: Option<Vec<String>>,
        start: usize,
    ) -> Failure {
        let reason = match (registered, command) {
            (true, Some(_)) => {
                "a [[models]] table has either `model` or `command`, not both".to_owned()
            }
            (false, Some(_)) => "a command needs an `id`, its name in the tables".to_owned(),
            (_, None) => format!(
                "a [[models]] table needs `model`, a registered name, or `command`, a program of your own; \
                 known keys are {}, {TRAIN_LIMIT} and the model's parameters",
                MODEL_KEYS.join(", ")
            ),
        };
        Failure::Syntax {
            place: self.place(start),
            reason,
        }
    }

    /// A program with its arguments.
    fn command(&self, value: &Spanned<DeValue<'_>>) -> Result<Vec<String>, Failure> {
        let words: Option<Vec<String>> = match self.value(value, "command")? {
            Value::Array(words) => words
                .iter()
                .map(|word| word.as_str().map(str::to_owned))
                .collect(),
            _ => None,
        };
        words
            .filter(|words| words.first().is_some_and(|program| !program.is_empty()))
            .filter(|words| !words.iter().any(|word| word.contains('\0')))
            .ok_or_else(|| {
                let expected = "a list of words, such as [\"python3\", \"model.py\"]";
                self.wrong(value, "command", expected)
            })
    }

    /// A name that is fit for file names.
    fn file_name(&self, value: &Spanned<DeValue<'_>>) -> Result<String, Failure> {
        let name = self.text_of(value, "id")?;
        if is_file_name(&name) {
            Ok(name)
        } else {
            Err(self.wrong(value, "id", FILE_NAME))
        }
    }

    pub(super) fn text_of(
        &self,
        value: &Spanned<DeValue<'_>>,
        key: &str,
    ) -> Result<String, Failure> {
        match value.get_ref() {
            DeValue::String(text) => Ok(text.to_string()),
            _ => Err(self.wrong(value, key, "a text in quotes")),
        }
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
            DeValue::Table(entries) => {
                let entry = |(key, item): (&SpannedKey<'_>, _)| {
                    Ok((key.get_ref().to_string(), self.value(item, name)?))
                };
                let entries: Result<Map<String, Value>, Failure> =
                    entries.iter().map(entry).collect();
                Some(Value::Object(entries?))
            }
            DeValue::Datetime(_) => None,
        };
        converted.ok_or_else(|| {
            let expected = match parsed {
                DeValue::Integer(_) => format!("a whole number of at most {}", i64::MAX),
                _ => "a finite number, a text, true, false, or a list or table of these".to_owned(),
            };
            self.wrong(value, name, expected)
        })
    }

    pub(super) fn wrong(
        &self,
        at: &Spanned<DeValue<'_>>,
        key: &str,
        expected: impl Into<String>,
    ) -> Failure {
        Failure::WrongType {
            place: self.place(at.span().start),
            key: key.to_owned(),
            expected: expected.into(),
        }
    }

    pub(super) fn unknown(&self, key: &SpannedKey<'_>, known: &[impl AsRef<str>]) -> Failure {
        let known: Vec<String> = known.iter().map(|name| name.as_ref().to_owned()).collect();
        Failure::UnknownKey {
            place: self.place(key.span().start),
            key: key.get_ref().to_string(),
            nearest: nearest_name(key.get_ref(), known.iter().map(String::as_str))
                .map(str::to_owned),
            known,
        }
    }
}

impl Source<'_> {
    /// A domain for each parameter.
    pub(super) fn searched(&self, value: &Spanned<DeValue<'_>>) -> Result<Searched, Failure> {
        const EXPECTED: &str = "a table of parameters, each a list or { from, to, scale }";
        let DeValue::Table(table) = value.get_ref() else {
            return Err(self.wrong(value, "search", EXPECTED));
        };
        let domains = table.iter().map(|(name, value)| {
            let domain = match value.get_ref() {
                DeValue::Array(_) => match self.value(value, name.get_ref())? {
                    Value::Array(items) => Domain::Choice(items),
                    _ => unreachable!("an array gives an array"),
                },
                DeValue::Table(range) => self.range(range, value)?,
                _ => return Err(self.wrong(value, "search", EXPECTED)),
            };
            let place = self.place(name.span().start);
            Ok((name.get_ref().to_string(), domain, place))
        });
        Ok(Searched(domains.collect::<Result<_, Failure>>()?))
    }

    /// `{ from, to, scale }`: of whole numbers where both ends are whole, unless the parameter is a real
    /// number.
    fn range(&self, table: &DeTable<'_>, at: &Spanned<DeValue<'_>>) -> Result<Domain, Failure> {
        let (mut from, mut to, mut log) = (None, None, false);
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "from" => from = Some(self.value(value, "from")?),
                "to" => to = Some(self.value(value, "to")?),
                "scale" => {
                    log = match self.text_of(value, "scale")?.as_str() {
                        "linear" => false,
                        "log" => true,
                        _ => return Err(self.wrong(value, "scale", "\"linear\" or \"log\"")),
                    }
                }
                _ => return Err(self.unknown(key, RANGE_KEYS)),
            }
        }
        let whole = |value: &Option<Value>| value.as_ref().and_then(Value::as_i64);
        let real = |value: &Option<Value>| value.as_ref().and_then(Value::as_f64);
        if let (Some(low), Some(high)) = (whole(&from), whole(&to)) {
            return Ok(Domain::Whole { low, high, log });
        }
        match (real(&from), real(&to)) {
            (Some(low), Some(high)) => Ok(Domain::Real { low, high, log }),
            _ => Err(self.wrong(at, "search", "{ from, to } with numbers")),
        }
    }
}

/// The keys of a plan, in the order of [`Options`].
fn option_names() -> Vec<String> {
    let mut names = names_of(&schema_for!(Options));
    names.push(MODELS.to_owned());
    names
}

/// The fields that a schema describes.
fn names_of(schema: &Schema) -> Vec<String> {
    let properties = schema.get("properties").and_then(Value::as_object);
    properties
        .into_iter()
        .flat_map(Map::keys)
        .cloned()
        .collect()
}

/// What serde expects of the simple types.
fn in_words(expected: &str) -> String {
    match expected {
        "a string" | "path string" => "a text in quotes",
        "a sequence" => "a list, such as [1000, 2000] or [\"a\", \"b\"]",
        "struct Settings" => "a table, such as { standardise = false }",
        other => other,
    }
    .to_owned()
}
