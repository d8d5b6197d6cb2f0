//! A program of the user's: what it is, and the parameters that a plan gives it.

use crate::any_path;
use crate::hash::sha256;
use classifier::{ParameterError, nearest_name};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};

/// A program with its arguments, and the parameters that it is given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CommandModel {
    /// The program and its arguments; the folder is added as the last.
    pub(crate) words: Vec<String>,
    /// Where it runs.
    #[serde(with = "any_path")]
    pub(crate) directory: PathBuf,
    /// What the plan gives it, by name.
    pub(crate) parameters: Map<String, Value>,
}

impl CommandModel {
    /// A program that runs in a directory.
    pub(crate) fn new(
        words: Vec<String>,
        directory: &Path,
        parameters: Map<String, Value>,
    ) -> Self {
        let directory = if directory.as_os_str().is_empty() {
            Path::new(".")
        } else {
            directory
        };
        Self {
            words,
            directory: directory
                .canonicalize()
                .unwrap_or_else(|_| directory.to_owned()),
            parameters,
        }
    }

    /// The program and its arguments, to be run in another directory: files have their whole paths.
    pub(crate) fn words_elsewhere(&self) -> Vec<String> {
        let elsewhere = |(place, word): (usize, &String)| {
            // A program that is named alone is found as the system finds it.
            let is_alone = place == 0 && !word.contains(std::path::is_separator);
            let path = self.directory.join(word);
            let path = path.to_str().filter(|_| !is_alone && path.is_file());
            path.unwrap_or(word).to_owned()
        };
        self.words.iter().enumerate().map(elsewhere).collect()
    }

    /// The program with its arguments, as one would type them.
    pub fn in_words(&self) -> String {
        self.words.join(" ")
    }

    /// The same with these values in place of some.
    pub(crate) fn with(&self, values: &Map<String, Value>) -> Result<Self, ParameterError> {
        let mut changed = self.clone();
        for (name, value) in values {
            let known = || self.parameters.keys();
            let Some(old) = changed.parameters.get_mut(name) else {
                return Err(ParameterError::Unknown {
                    name: name.clone(),
                    nearest: nearest_name(name, known().map(String::as_str)).map(str::to_owned),
                    known: known().cloned().collect(),
                });
            };
            if kind(old) != kind(value) {
                return Err(ParameterError::Type {
                    name: name.clone(),
                    value: value.to_string(),
                    reason: format!("expected {} like the plan's {old}", kind(old)),
                });
            }
            *old = value.clone();
        }
        Ok(changed)
    }

    /// The program, its parameters, and the content of those of its arguments that are files: what its
    /// result depends on as far as we can know.
    pub(crate) fn identity(&self) -> Value {
        let file = |word: &String| {
            let content = std::fs::read(self.directory.join(word)).ok()?;
            Some(sha256(&content))
        };
        let files: Vec<Option<String>> = self.words.iter().map(file).collect();
        serde_json::json!({
            "command": self.words,
            "files": files,
            "exchange": EXCHANGE,
            "parameters": self.parameters,
        })
    }
}

/// The kind of a value, for messages.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a table",
    }
}

/// Version of the folder through which it is given data and gives answers.
pub(crate) const EXCHANGE: u32 = 1;

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn program() -> CommandModel {
        let parameters = Map::from_iter([("depth".to_owned(), json!(3))]);
        CommandModel::new(vec!["true".to_owned()], Path::new(""), parameters)
    }

    #[test]
    fn parameters_are_those_of_the_plan() {
        let values = |name: &str, value: Value| Map::from_iter([(name.to_owned(), value)]);
        let deeper = program().with(&values("depth", json!(5))).unwrap();
        assert_eq!(deeper.parameters["depth"], json!(5));
        let refuse = |map| program().with(&map).unwrap_err().to_string();
        let unknown = refuse(values("depht", json!(5)));
        assert!(unknown.contains("did you mean `depth`?"), "{unknown}");
        let text = refuse(values("depth", json!("deep")));
        assert!(
            text.contains("expected a number like the plan's 3"),
            "{text}"
        );
    }
}
