//! How large a difference must be to matter.

use classifier::schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error, Unexpected};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use std::borrow::Cow;
use std::str::FromStr;

/// A difference in accuracy that does not matter, in points.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Margin(f64);

/// What a [`Margin`] is, for messages.
const POINTS: &str = "a number of points above 0, at most 100, such as 0.3";

impl Margin {
    /// In points; `None` unless it is above 0 and at most 100.
    pub fn new(points: f64) -> Option<Self> {
        (points > 0.0 && points <= 100.0).then_some(Self(points))
    }

    /// In points.
    pub fn points(self) -> f64 {
        self.0
    }

    /// As a share.
    pub fn share(self) -> f64 {
        self.0 / 100.0
    }
}

impl FromStr for Margin {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let points = text.trim().parse().ok().and_then(Self::new);
        points.ok_or_else(|| format!("expected {POINTS}"))
    }
}

impl<'de> Deserialize<'de> for Margin {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(from)?;
        let margin = value.as_f64().and_then(Self::new);
        margin
            .ok_or_else(|| D::Error::invalid_value(Unexpected::Other(&value.to_string()), &POINTS))
    }
}

impl JsonSchema for Margin {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Margin".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "number", "exclusiveMinimum": 0, "maximum": 100})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_margin_is_in_points() {
        let margin: Margin = "0.3".parse().unwrap();
        assert_eq!(margin.points(), 0.3);
        assert_eq!(serde_json::from_str::<Margin>("1").unwrap().points(), 1.0);
        for wrong in ["0", "-1", "100.5", "NaN", "a"] {
            let error = wrong.parse::<Margin>().unwrap_err();
            assert!(error.contains("above 0"), "{error}");
            assert!(serde_json::from_str::<Margin>(wrong).is_err());
        }
    }
}
