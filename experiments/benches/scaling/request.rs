//! What the command line asks for.

use crate::registry::REGISTRY;
use classifier::ModelEntry;

const USAGE: &str = "say which file to write: -- [--quick] FILE.md [MODEL]…";

pub(crate) struct Request {
    /// The file, from the top of the repository.
    pub(crate) page: String,
    pub(crate) quick: bool,
    pub(crate) models: Vec<&'static ModelEntry>,
}

impl Request {
    /// Reads the arguments behind the program's name.
    pub(crate) fn read(mut arguments: Vec<String>) -> Result<Self, String> {
        // Cargo's own.
        arguments.retain(|argument| argument != "--bench");
        let all = arguments.len();
        arguments.retain(|argument| argument != "--quick");
        let quick = arguments.len() < all;
        let (page, names) = arguments.split_first().ok_or(USAGE)?;
        if arguments.iter().any(|argument| argument.starts_with('-')) {
            return Err(USAGE.to_owned());
        }
        let named = |name: &String| {
            let unknown = || format!("no model is called {name}; `experiments models` lists them");
            REGISTRY.find(name).ok_or_else(unknown)
        };
        let models = match names {
            [] => REGISTRY.models().iter().collect(),
            names => names.iter().map(named).collect::<Result<_, _>>()?,
        };
        Ok(Self {
            page: page.clone(),
            quick,
            models,
        })
    }

    /// The command line, as one would type it.
    pub(crate) fn command(&self) -> String {
        let mut words = vec!["cargo bench --profile dev -p experiments --bench scaling --"];
        words.extend(self.quick.then_some("--quick"));
        words.push(&self.page);
        if self.models.len() < REGISTRY.models().len() {
            words.extend(self.models.iter().map(|model| model.id));
        }
        words.join(" ")
    }
}
