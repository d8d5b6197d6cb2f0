//! Values of keys that are no plain numbers or texts: a share, and the size of pictures.

use classifier::schemars::{self, JsonSchema, Schema, SchemaGenerator, json_schema};
use data::PictureShape;
use serde::de::{Error, Unexpected};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use std::borrow::Cow;
use std::str::FromStr;

/// A part of the rows, above 0 and below 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
#[schemars(transparent, inline)]
pub struct Share(#[schemars(extend("exclusiveMinimum" = 0, "exclusiveMaximum" = 1))] f64);

impl Share {
    const EXPECTED: &str = "a number above 0 and below 1, such as 0.2";

    /// The number.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl FromStr for Share {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let share = text
            .parse()
            .ok()
            .filter(|share| *share > 0.0 && *share < 1.0);
        share
            .map(Self)
            .ok_or_else(|| format!("expected {}", Self::EXPECTED))
    }
}

impl<'de> Deserialize<'de> for Share {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = Value::deserialize(from)?.to_string();
        let wrong = |_| D::Error::invalid_value(Unexpected::Other(&text), &Self::EXPECTED);
        text.parse().map_err(wrong)
    }
}

/// Rows and columns of pixels, written `28x28`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PictureSize(PictureShape);

impl PictureSize {
    /// The longest side.
    const MOST: usize = 4096;
    const EXPECTED: &str = "rows x columns of pixels, such as 28x28, each from 1 to 4096";

    /// The same as a shape.
    pub fn shape(self) -> PictureShape {
        self.0
    }
}

impl FromStr for PictureSize {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let side = |text: &str| {
            let side = text.trim().parse().ok();
            side.filter(|side| (1..=Self::MOST).contains(side))
        };
        let sides = text.split_once(['x', '×']);
        let shape = sides.and_then(|(rows, columns)| {
            Some(PictureShape {
                rows: side(rows)?,
                columns: side(columns)?,
            })
        });
        shape
            .map(Self)
            .ok_or_else(|| format!("expected {}", Self::EXPECTED))
    }
}

impl Serialize for PictureSize {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&format!("{}x{}", self.0.rows, self.0.columns))
    }
}

impl<'de> Deserialize<'de> for PictureSize {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(from)?;
        let text = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        let wrong = |_| D::Error::invalid_value(Unexpected::Other(&text), &Self::EXPECTED);
        text.parse().map_err(wrong)
    }
}

impl JsonSchema for PictureSize {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "PictureSize".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "pattern": "^[0-9]+x[0-9]+$"})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_and_sizes_are_read_back_as_they_are_written() {
        let share: Share = serde_json::from_str("0.25").unwrap();
        assert_eq!(serde_json::to_string(&share).unwrap(), "0.25");
        let size: PictureSize = serde_json::from_str("\"28x32\"").unwrap();
        assert_eq!((size.shape().rows, size.shape().columns), (28, 32));
        assert_eq!(serde_json::to_string(&size).unwrap(), "\"28x32\"");
    }

    #[test]
    fn what_is_out_of_range_is_refused() {
        for wrong in ["0", "1", "-1", "NaN", "many", ""] {
            assert!(wrong.parse::<Share>().is_err(), "{wrong}");
        }
        for wrong in ["28", "0x3", "3x0", "x", "5000x1", "ax3"] {
            assert!(wrong.parse::<PictureSize>().is_err(), "{wrong}");
        }
    }
}
