//! Numbers that may be infinite, which JSON does not have: `"Infinity"` and `"-Infinity"`.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// A number that is written as a word where JSON has no number for it.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Number(pub f64);

#[derive(Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "expected a number, \"Infinity\", \"-Infinity\" or \"NaN\""
)]
enum Written {
    Number(f64),
    Word(String),
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let word = |word: &str| Written::Word(word.to_owned());
        let written = match self.0 {
            value if value.is_finite() => Written::Number(value),
            value if value.is_nan() => word("NaN"),
            value if value > 0.0 => word("Infinity"),
            _ => word("-Infinity"),
        };
        written.serialize(to)
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let value = match Written::deserialize(from)? {
            Written::Number(value) => value,
            Written::Word(word) => match word.as_str() {
                "Infinity" => f64::INFINITY,
                "-Infinity" => f64::NEG_INFINITY,
                "NaN" => f64::NAN,
                _ => return Err(D::Error::custom(format!("`{word}` is no number"))),
            },
        };
        Ok(Self(value))
    }
}

/// For fields: `#[serde(with = "number")]`.
#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "what serde's `with` gives"
)]
pub(crate) fn serialize<S: Serializer>(value: &f64, to: S) -> Result<S::Ok, S::Error> {
    Number(*value).serialize(to)
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
    Number::deserialize(from).map(|number| number.0)
}
