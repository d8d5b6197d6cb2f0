//! The names of a model: its id, its crate, its constant, its recipe.

use crate::ScaffoldError;

/// The longest id.
const LONGEST: usize = 40;

/// Words of a model's id.
pub(crate) struct Name(Vec<String>);

impl Name {
    /// # Errors
    /// [`ScaffoldError::Name`] unless it is words of lower-case letters and digits, joined by hyphens, the first
    /// of which begins with a letter.
    pub(crate) fn new(id: &str) -> Result<Self, ScaffoldError> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        let words: Vec<&str> = id.split('-').collect();
        let is_word = |word: &&str| !word.is_empty() && word.chars().all(plain);
        let begins = id.starts_with(|c: char| c.is_ascii_lowercase());
        if !begins || id.len() > LONGEST || !words.iter().all(is_word) {
            return Err(ScaffoldError::Name {
                name: id.escape_debug().to_string(),
            });
        }
        Ok(Self(words.into_iter().map(str::to_owned).collect()))
    }

    /// `my-model`.
    pub(crate) fn id(&self) -> String {
        self.0.join("-")
    }

    /// `model-my-model`.
    pub(crate) fn package(&self) -> String {
        format!("model-{}", self.id())
    }

    /// `model_my_model`.
    pub(crate) fn module(&self) -> String {
        self.package().replace('-', "_")
    }

    /// `MY_MODEL`.
    pub(crate) fn constant(&self) -> String {
        self.0.join("_").to_ascii_uppercase()
    }

    /// `MyModel`, or `StateModel` where `code` has a `State` of its own.
    pub(crate) fn recipe(&self, code: &str) -> String {
        let capital = |word: &String| word[..1].to_ascii_uppercase() + &word[1..];
        let name: String = self.0.iter().map(capital).collect();
        let mut words = code.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let taken = name == "Self" || words.any(|word| word == name);
        if taken { name + "Model" } else { name }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_that_rust_and_reports_take() {
        let name = Name::new("my-2nd-model").unwrap();
        let all = [name.id(), name.module(), name.constant(), name.recipe("")];
        assert_eq!(
            all,
            [
                "my-2nd-model",
                "model_my_2nd_model",
                "MY_2ND_MODEL",
                "My2ndModel"
            ]
        );
        assert_eq!(
            Name::new("state").unwrap().recipe("use State;"),
            "StateModel"
        );
        assert_eq!(Name::new("self").unwrap().recipe(""), "SelfModel");
        for wrong in [
            "",
            "-",
            "a-",
            "-a",
            "a--b",
            "A",
            "2nd",
            "a_b",
            "../a",
            "ä",
            &"a".repeat(41),
        ] {
            assert!(Name::new(wrong).is_err(), "{wrong}");
        }
    }
}
