//! A whole number of at least 1: check, message and JSON Schema in one place.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, Unexpected};
use serde::{Serialize, Serializer};
use std::borrow::Cow;

/// A whole number of at least 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Count(usize);

impl Count {
    /// The number, unless it is 0.
    pub fn new(number: usize) -> Option<Self> {
        (number > 0).then_some(Self(number))
    }

    /// The number.
    pub fn get(self) -> usize {
        self.0
    }
}

impl Serialize for Count {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(to)
    }
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let number = serde_json::Value::deserialize(from)?;
        let count = number
            .as_u64()
            .and_then(|number| Self::new(number as usize));
        count.ok_or_else(|| {
            let text = number.to_string();
            D::Error::invalid_value(Unexpected::Other(&text), &"a whole number above 0")
        })
    }
}

impl JsonSchema for Count {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Count".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "integer", "minimum": 1})
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{from_value, json, to_value};

    #[test]
    fn a_count_is_a_whole_number_above_0() {
        assert_eq!(from_value::<Count>(json!(3)).unwrap().get(), 3);
        assert_eq!(to_value(Count::new(3)).unwrap(), json!(3));
        for wrong in [json!(0), json!(-1), json!(1.5), json!("3")] {
            let error = from_value::<Count>(wrong).unwrap_err().to_string();
            assert!(error.contains("expected a whole number above 0"), "{error}");
        }
    }
}
