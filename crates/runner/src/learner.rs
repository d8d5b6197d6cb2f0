//! A model that is ready to train: a registered recipe with its parameters, or a command of the user's.

use crate::program::CommandModel;
use classifier::{ModelEntry, ParameterError, Preset};
use records::COMMAND;
use search::Space;
use serde_json::{Map, Value};

/// A model of a comparison, with every parameter checked.
#[derive(Debug)]
pub struct Learner {
    /// Its name in this comparison.
    pub id: String,
    /// What fits it.
    pub method: Method,
    /// The most samples it may train on.
    pub train_limit: Option<usize>,
    /// What a search tries.
    pub space: Space,
}

/// What fits a model.
#[derive(Debug)]
pub enum Method {
    /// A registered model.
    Registered {
        /// Its entry.
        entry: &'static ModelEntry,
        /// Its recipe.
        recipe: Box<dyn Preset>,
    },
    /// A program of the user's.
    Command(CommandModel),
}

impl Method {
    /// A registered model with its defaults.
    pub fn preset(entry: &'static ModelEntry) -> Self {
        Self::Registered {
            entry,
            recipe: (entry.preset)(),
        }
    }

    /// The same with these values in place of some.
    ///
    /// # Errors
    /// The first value that has an unknown name, the wrong type, or is out of range.
    pub fn with(&self, values: &Map<String, Value>) -> Result<Self, ParameterError> {
        Ok(match self {
            Self::Registered { entry, recipe } => Self::Registered {
                entry,
                recipe: recipe.with(values)?,
            },
            Self::Command(command) => Self::Command(command.with(values)?),
        })
    }

    /// Every parameter by name.
    pub fn values(&self) -> Map<String, Value> {
        match self {
            Self::Registered { recipe, .. } => recipe.values(),
            Self::Command(command) => command.parameters.clone(),
        }
    }

    /// The values that it has unless something else is asked for.
    pub fn defaults(&self) -> Map<String, Value> {
        match self {
            Self::Registered { entry, .. } => (entry.preset)().values(),
            Self::Command(_) => Map::new(),
        }
    }

    /// Whether a parameter is a real number, rather than a whole one, as far as its schema says.
    pub fn is_real(&self, parameter: &str) -> bool {
        let Self::Registered { recipe, .. } = self else {
            return false;
        };
        let schema = recipe.schema();
        let of_parameter = &schema["properties"][parameter];
        let types = |schema: &Value| match &schema["type"] {
            Value::String(one) => vec![one.clone()],
            Value::Array(several) => several
                .iter()
                .filter_map(|one| one.as_str().map(str::to_owned))
                .collect(),
            _ => Vec::new(),
        };
        let mut all = types(of_parameter);
        for key in ["anyOf", "oneOf"] {
            let several = of_parameter[key].as_array().into_iter().flatten();
            all.extend(several.flat_map(types));
        }
        all.iter().any(|name| name == "number")
    }

    /// The registered name behind it; `command` where there is none.
    pub fn model(&self) -> &str {
        match self {
            Self::Registered { entry, .. } => entry.id,
            Self::Command(_) => COMMAND,
        }
    }

    /// The program and its arguments, where it is a program of the user's.
    pub fn command_words(&self) -> Option<Vec<String>> {
        match self {
            Self::Registered { .. } => None,
            Self::Command(command) => Some(command.words_elsewhere()),
        }
    }

    /// What does the arithmetic.
    pub fn backend(&self) -> String {
        match self {
            Self::Registered { entry, .. } => entry.backend.to_owned(),
            Self::Command(command) => command.in_words(),
        }
    }

    /// Variables that the process of a fit needs.
    pub fn environment(&self) -> Vec<(String, String)> {
        let variables = match self {
            Self::Registered { entry, .. } => entry.environment,
            Self::Command(_) => &[],
        };
        let owned = |&(name, value): &(&str, &str)| (name.to_owned(), value.to_owned());
        variables.iter().map(owned).collect()
    }

    /// Whether it is for such data. A program of the user's may be for any.
    pub fn suits(&self, pictures: bool) -> bool {
        match self {
            Self::Registered { entry, .. } => entry.suits.includes(pictures),
            Self::Command(_) => true,
        }
    }

    /// Whether the fit depends on the seed. A program of the user's is told the seed.
    pub fn is_stochastic(&self) -> bool {
        match self {
            Self::Registered { recipe, .. } => recipe.is_stochastic(),
            Self::Command(_) => true,
        }
    }
}
