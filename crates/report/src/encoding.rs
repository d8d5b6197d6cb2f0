//! Arrays as base64 text, compressed: a weight matrix takes 38 KB in place of 150, ten thousand
//! predictions 8 KB.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::read::{ZlibDecoder, ZlibEncoder};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use std::io::Read;

/// Bytes.
pub(crate) mod bytes {
    use super::{
        Compression, Deserialize, Deserializer, Engine, Error, Read, STANDARD, Serializer,
        ZlibDecoder, ZlibEncoder,
    };
    use serde::ser::Error as _;

    pub(crate) fn serialize<S: Serializer>(values: &[u8], to: S) -> Result<S::Ok, S::Error> {
        let mut compressed = Vec::new();
        ZlibEncoder::new(values, Compression::default())
            .read_to_end(&mut compressed)
            .map_err(S::Error::custom)?;
        to.serialize_str(&STANDARD.encode(compressed))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        let compressed = STANDARD
            .decode(String::deserialize(from)?)
            .map_err(D::Error::custom)?;
        let mut values = Vec::new();
        ZlibDecoder::new(compressed.as_slice())
            .read_to_end(&mut values)
            .map_err(D::Error::custom)?;
        Ok(values)
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

/// Little-endian `f32`, or nothing.
pub(crate) mod optional_floats {
    use super::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    #[serde(transparent)]
    struct Floats(#[serde(with = "super::floats")] Vec<f32>);

    #[expect(clippy::ref_option, reason = "what serde's `with` gives")]
    pub(crate) fn serialize<S: Serializer>(
        values: &Option<Vec<f32>>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        values.clone().map(Floats).serialize(to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Vec<f32>>, D::Error> {
        Ok(Option::<Floats>::deserialize(from)?.map(|floats| floats.0))
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
