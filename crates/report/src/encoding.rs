//! Arrays as base64 text: a weight matrix takes 42 KB in place of 150.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serializer, de::Error};

/// Bytes.
pub(crate) mod bytes {
    use super::{Deserialize, Deserializer, Engine, Error, STANDARD, Serializer};

    pub(crate) fn serialize<S: Serializer>(values: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&STANDARD.encode(values))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        STANDARD
            .decode(String::deserialize(from)?)
            .map_err(D::Error::custom)
    }
}

/// Little-endian `f32`.
pub(crate) mod floats {
    use super::{Deserializer, Error, Serializer, bytes};

    pub(crate) fn serialize<S: Serializer>(values: &[f32], to: S) -> Result<S::Ok, S::Error> {
        let raw: Vec<u8> = values
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect();
        bytes::serialize(&raw, to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<f32>, D::Error> {
        let raw = bytes::deserialize(from)?;
        let (values, rest) = raw.as_chunks::<4>();
        if rest.is_empty() {
            Ok(values
                .iter()
                .map(|&value| f32::from_le_bytes(value))
                .collect())
        } else {
            Err(D::Error::custom("not a whole number of 4-byte floats"))
        }
    }
}

/// Class indices as little-endian `u16`.
pub(crate) mod classes {
    use super::{Deserializer, Error, Serializer, bytes};

    pub(crate) fn serialize<S: Serializer>(values: &[u16], to: S) -> Result<S::Ok, S::Error> {
        let raw: Vec<u8> = values
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect();
        bytes::serialize(&raw, to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u16>, D::Error> {
        let raw = bytes::deserialize(from)?;
        let (values, rest) = raw.as_chunks::<2>();
        if rest.is_empty() {
            Ok(values
                .iter()
                .map(|&value| u16::from_le_bytes(value))
                .collect())
        } else {
            Err(D::Error::custom("not a whole number of 2-byte classes"))
        }
    }
}
