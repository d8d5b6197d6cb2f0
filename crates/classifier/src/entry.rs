//! How a model presents itself: id, summary, and hyper-parameters with their documentation.

use crate::range::expected_instead;
use crate::{InvalidParameter, ParameterError, Recipe, nearest_name};
use schemars::{JsonSchema, schema_for};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::fmt::Debug;

/// The [`package`](ModelEntry::package) of a model whose results depend on every crate: one that is made of others.
pub const EVERY_CRATE: &str = "*";

/// A model that can be trained by name.
#[derive(Debug, Clone, Copy)]
pub struct ModelEntry {
    /// Name in plans, tables and paths; lower case, words joined by hyphens.
    pub id: &'static str,
    /// What does the arithmetic: "by hand", "Burn ndarray".
    pub backend: &'static str,
    /// One line for `models`.
    pub summary: &'static str,
    /// The crate that the model is in: `env!("CARGO_PKG_NAME")`. A stored fit is the model's own as
    /// long as this crate and what it depends on are unchanged.
    pub package: &'static str,
    /// Packages of others that do its arithmetic; reports give their versions.
    pub libraries: &'static [&'static str],
    /// Variables that the process of a fit needs beside the usual ones, by name: they may replace them.
    pub environment: &'static [(&'static str, &'static str)],
    /// What data it is for.
    pub suits: Suits,
    /// The recipe with this entry's defaults. One recipe type may stand behind several entries.
    pub preset: fn() -> Box<dyn Preset>,
}

/// What data a model is for. A comparison takes the models that suit its data unless others are named;
/// whatever is named is tried, and a model declines what it cannot learn from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suits {
    /// Pictures and rows of features alike.
    Everything,
    /// Pictures: it moves them or looks at neighbouring pixels.
    Pictures,
    /// Rows of features: columns of a table, or numbers without a picture.
    Tables,
    /// Whatever it is asked for by name: what it costs, and what it suits, depends on its parameters.
    WhatIsAsked,
}

impl Suits {
    /// Whether the model is for pictures, or else for rows of features.
    pub fn includes(self, pictures: bool) -> bool {
        match self {
            Self::Everything => true,
            Self::Pictures => pictures,
            Self::Tables => !pictures,
            Self::WhatIsAsked => false,
        }
    }
}

/// Hyper-parameters: a struct whose documented fields are the parameters.
///
/// Derive `Serialize`, `Deserialize` with `deny_unknown_fields`, and `JsonSchema`; each field's
/// doc comment is what `models` prints, and the range in its schema is the range that is checked:
/// `#[schemars(range(min = 1))]`, `#[schemars(extend("exclusiveMinimum" = 0))]`.
pub trait Hyperparameters:
    Recipe + Debug + Serialize + DeserializeOwned + JsonSchema + 'static
{
    /// Checks what no range of a single field says, once, when the recipe is built.
    ///
    /// # Errors
    /// The first parameter that does not suit.
    fn validate(&self) -> Result<(), InvalidParameter> {
        Ok(())
    }
}

/// One hyper-parameter, for people.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// What it does, from its doc comment.
    pub help: String,
    /// Its value unless something else is asked for.
    pub default: Value,
}

/// [`Hyperparameters`] behind a pointer. Implemented for all of them; never by hand.
pub trait Preset: Recipe + Debug {
    /// All parameters, in the order of their declaration.
    fn parameters(&self) -> Vec<Parameter>;

    /// A recipe with these values in place of the preset's.
    ///
    /// # Errors
    /// The first value that has an unknown name, the wrong type, or is out of range.
    fn with(&self, values: &Map<String, Value>) -> Result<Box<dyn Preset>, ParameterError>;

    /// All values by name.
    fn values(&self) -> Map<String, Value>;

    /// The JSON Schema of the parameters: name, type, documentation and default of each.
    fn schema(&self) -> Value;
}

impl<P: Hyperparameters> Preset for P {
    fn parameters(&self) -> Vec<Parameter> {
        let schema = schema_for!(P);
        let help = |name: &str| {
            let text = schema
                .get("properties")?
                .get(name)?
                .get("description")?
                .as_str()?;
            Some(text.replace('\n', " "))
        };
        let values = self.values().into_iter();
        values
            .map(|(name, default)| Parameter {
                help: help(&name).unwrap_or_default(),
                name,
                default,
            })
            .collect()
    }

    fn with(&self, values: &Map<String, Value>) -> Result<Box<dyn Preset>, ParameterError> {
        let schema = schema_for!(P).to_value();
        let mut all = self.values();
        let mut recipe: P = from_values(all.clone()).expect("a preset survives its own format");
        for (name, value) in values {
            if !all.contains_key(name) {
                return Err(ParameterError::Unknown {
                    name: name.clone(),
                    nearest: nearest_name(name, all.keys().map(String::as_str)).map(str::to_owned),
                    known: all.keys().cloned().collect(),
                });
            }
            all.insert(name.clone(), value.clone());
            // One at a time, so that the error is this parameter's.
            recipe = from_values(all.clone()).map_err(|error| ParameterError::Type {
                name: name.clone(),
                value: value.to_string(),
                reason: in_words(&error.to_string()),
            })?;
            let range = &schema["properties"][name];
            if let Some(expected) = expected_instead(range, &schema["$defs"], value) {
                return Err(ParameterError::Range {
                    name: name.clone(),
                    value: value.to_string(),
                    expected,
                });
            }
        }
        recipe.validate()?;
        Ok(Box::new(recipe))
    }

    fn values(&self) -> Map<String, Value> {
        match serde_json::to_value(self) {
            Ok(Value::Object(values)) => values,
            other => unreachable!("hyper-parameters are a struct of plain values: {other:?}"),
        }
    }

    fn schema(&self) -> Value {
        let mut schema = schema_for!(P).to_value();
        for (name, default) in self.values() {
            schema["properties"][name]["default"] = default;
        }
        schema
    }
}

/// What serde says, without the names of Rust's types.
fn in_words(reason: &str) -> String {
    let words = [
        ("expected usize", "expected a whole number, not negative"),
        ("expected u32", "expected a whole number, not negative"),
        ("expected f64", "expected a number"),
        ("expected a sequence", "expected a list"),
        // What serde says of a choice of words.
        ("expected string or map", "expected a text in quotes"),
    ];
    let plain = words.iter().fold(reason.to_owned(), |text, (rust, words)| {
        text.replace(rust, words)
    });
    plain.replace("floating point", "number")
}

fn from_values<P: DeserializeOwned>(values: Map<String, Value>) -> serde_json::Result<P> {
    serde_json::from_value(Value::Object(values))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Classifier, FitContext, FitError};
    use data::Dataset;
    use serde::Deserialize;
    use serde_json::json;

    #[derive(Debug, Serialize, Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    struct Toy {
        /// Step length.
        #[schemars(extend("exclusiveMinimum" = 0))]
        learning_rate: f64,
        /// Passes over
        /// the data.
        epochs: usize,
        /// What computes.
        backend: Backend,
    }

    #[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
    #[serde(rename_all = "lowercase")]
    enum Backend {
        Flex,
        Ndarray,
    }

    impl Recipe for Toy {
        fn fit(
            &self,
            _: &Dataset,
            _: &mut FitContext<'_>,
        ) -> Result<Box<dyn Classifier>, FitError> {
            Err(FitError::Declined {
                reason: "a toy".to_owned(),
            })
        }
    }

    impl Hyperparameters for Toy {}

    const TOY: Toy = Toy {
        learning_rate: 0.1,
        epochs: 20,
        backend: Backend::Flex,
    };

    fn refusal(values: Value) -> String {
        let Value::Object(values) = values else {
            unreachable!()
        };
        TOY.with(&values).expect_err("refused").to_string()
    }

    #[test]
    fn parameters_are_documented_from_the_struct() {
        let parameters = TOY.parameters();
        assert_eq!(parameters[0].name, "learning_rate");
        assert_eq!(parameters[1].help, "Passes over the data.");
        assert_eq!(parameters[1].default, json!(20));
    }

    #[test]
    fn values_replace_defaults() {
        let Value::Object(values) = json!({"epochs": 3}) else {
            unreachable!()
        };
        let recipe = TOY.with(&values).expect("accepted");
        assert_eq!(recipe.values()["epochs"], json!(3));
    }

    #[test]
    fn refusals_name_the_parameter() {
        assert_eq!(
            refusal(json!({"epoch": 3})),
            "unknown parameter `epoch` (did you mean `epochs`?); it has learning_rate, epochs, backend"
        );
        assert_eq!(
            refusal(json!({"learning_rate": -0.5})),
            "learning_rate = -0.5: expected a number above 0"
        );
        assert_eq!(
            refusal(json!({"epochs": "many"})),
            "epochs = \"many\": invalid type: string \"many\", expected a whole number, not negative"
        );
        assert_eq!(
            refusal(json!({"backend": 1})),
            "backend = 1: invalid type: integer `1`, expected a text in quotes"
        );
    }
}
