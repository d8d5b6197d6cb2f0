//! What `tune` searches: read from a plan's text, and checked against the model before anything is fitted.

use super::PlanModel;
use super::source::Source;
use crate::failure::{Failure, Place};
use classifier::Preset;
use search::{Domain, Space};
use serde_json::{Map, Value};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

const RANGE_KEYS: &[&str] = &["from", "to", "scale"];

/// The parameters that are searched, each with its place in the plan.
#[derive(Debug, Default)]
pub(super) struct Searched(Vec<(String, Domain, Place)>);

impl PlanModel {
    /// The space to search around a recipe. Both ends of every range and all choices must be good values
    /// for the model.
    pub(super) fn searched_space(&self, recipe: &dyn Preset) -> Result<Space, Failure> {
        let Searched(domains) = &self.searched;
        for (name, domain, place) in domains {
            for value in domain.extremes() {
                let values: Map<String, Value> = [(name.clone(), value)].into_iter().collect();
                let accepted = recipe.with(&values).map(|_| ());
                accepted.map_err(|error| Failure::Parameter {
                    place: place.clone(),
                    model: self.id.clone(),
                    error,
                })?;
            }
        }
        let named = domains.iter();
        let named = named.map(|(name, domain, _)| (name.clone(), domain.clone()));
        Space::new(named.collect()).map_err(|(name, expected)| {
            let at = domains.iter().find(|domain| domain.0 == name);
            let (_, _, place) = at.expect("it names one of them");
            Failure::Syntax {
                place: place.clone(),
                reason: format!("{}: search.{name}: expected {expected}", self.id),
            }
        })
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

    /// `{ from, to, scale }`: of whole numbers where both ends are whole.
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
