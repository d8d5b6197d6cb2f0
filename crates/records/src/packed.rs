//! Arrays as base64 text, compressed: a weight matrix takes 38 KB in place of 150, ten thousand
//! predictions 8 KB.
//!
//! A few bytes may expand to gigabytes. So an array stays packed until it is known how long it may
//! be, and is unpacked no further than that.

use crate::zlib::{Effort, compress, decompress};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

/// An array as it stands in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Packed(String);

impl Packed {
    pub(crate) fn bytes(values: &[u8]) -> Self {
        Self(STANDARD.encode(compress(values, Effort::Usual)))
    }

    /// As little-endian `f32`.
    pub(crate) fn floats(values: &[f32]) -> Self {
        let raw = values.iter().flat_map(|value| value.to_le_bytes());
        Self::bytes(&raw.collect::<Vec<u8>>())
    }

    /// As little-endian `u32`.
    pub(crate) fn numbers(values: &[u32]) -> Self {
        let raw = values.iter().flat_map(|value| value.to_le_bytes());
        Self::bytes(&raw.collect::<Vec<u8>>())
    }

    /// As little-endian `u16`.
    pub(crate) fn classes(values: &[u16]) -> Self {
        let raw = values.iter().flat_map(|value| value.to_le_bytes());
        Self::bytes(&raw.collect::<Vec<u8>>())
    }

    /// The values, at most `most`.
    pub(crate) fn to_bytes(&self, most: usize) -> Result<Vec<u8>, String> {
        self.unpack(most)
    }

    /// The values, at most `most`.
    pub(crate) fn to_floats(&self, most: usize) -> Result<Vec<f32>, String> {
        let raw = self.unpack(most.saturating_mul(4))?;
        let (values, rest) = raw.as_chunks::<4>();
        if !rest.is_empty() {
            return Err("its bytes are not a whole number of 4-byte floats".to_owned());
        }
        Ok(values.iter().map(|&raw| f32::from_le_bytes(raw)).collect())
    }

    /// The values, at most `most`.
    pub(crate) fn to_numbers(&self, most: usize) -> Result<Vec<u32>, String> {
        let raw = self.unpack(most.saturating_mul(4))?;
        let (values, rest) = raw.as_chunks::<4>();
        if !rest.is_empty() {
            return Err("its bytes are not a whole number of 4-byte numbers".to_owned());
        }
        Ok(values.iter().map(|&raw| u32::from_le_bytes(raw)).collect())
    }

    /// The values, at most `most`.
    pub(crate) fn to_classes(&self, most: usize) -> Result<Vec<u16>, String> {
        let raw = self.unpack(most.saturating_mul(2))?;
        let (values, rest) = raw.as_chunks::<2>();
        if !rest.is_empty() {
            return Err("its bytes are not a whole number of 2-byte classes".to_owned());
        }
        Ok(values.iter().map(|&raw| u16::from_le_bytes(raw)).collect())
    }

    fn unpack(&self, most: usize) -> Result<Vec<u8>, String> {
        let compressed = STANDARD.decode(&self.0).map_err(|e| e.to_string())?;
        decompress(&compressed, most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_come_back_bit_by_bit() {
        let floats = [0.1_f32, f32::MIN_POSITIVE, f32::NEG_INFINITY, -0.0];
        let back = Packed::floats(&floats).to_floats(4).unwrap();
        let bits = |values: &[f32]| -> Vec<u32> { values.iter().map(|v| v.to_bits()).collect() };
        assert_eq!(bits(&back), bits(&floats));
        let numbers = [0_u32, 7, u32::MAX];
        assert_eq!(Packed::numbers(&numbers).to_numbers(3).unwrap(), numbers);
        let classes = [0_u16, 7, 300];
        assert_eq!(Packed::classes(&classes).to_classes(3).unwrap(), classes);
        assert!(Packed::bytes(&[]).to_bytes(0).unwrap().is_empty());
    }

    #[test]
    fn an_array_is_unpacked_no_further_than_it_may_be_long() {
        let bomb = Packed::bytes(&vec![0; 10 << 20]);
        assert!(bomb.0.len() < 20_000);
        let error = bomb.to_bytes(100).unwrap_err();
        assert_eq!(error, "it expands to more than 100 bytes");
        let error = bomb.to_floats(100).unwrap_err();
        assert_eq!(error, "it expands to more than 400 bytes");
    }

    #[test]
    fn what_is_no_array_says_why() {
        let odd = Packed::bytes(&[1, 2, 3]);
        assert!(odd.to_classes(9).unwrap_err().contains("2-byte classes"));
        assert!(odd.to_floats(9).unwrap_err().contains("4-byte floats"));
        assert!(Packed("*".to_owned()).to_bytes(1).is_err());
        assert!(Packed("AAAA".to_owned()).to_bytes(1).is_err());
    }
}
