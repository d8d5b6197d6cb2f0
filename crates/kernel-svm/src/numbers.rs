//! Numbers of the types that machines compute with, for files of any kind.

/// Numbers of one of the types that a machine computes with.
#[derive(Debug, Clone, PartialEq)]
pub enum Numbers {
    /// 8-bit pixels.
    Bytes(Vec<u8>),
    /// Single precision.
    Single(Vec<f32>),
    /// Double precision.
    Double(Vec<f64>),
}

impl Numbers {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Bytes(values) => values.len(),
            Self::Single(values) => values.len(),
            Self::Double(values) => values.len(),
        }
    }

    pub(crate) fn are_finite(&self) -> bool {
        match self {
            Self::Bytes(_) => true,
            Self::Single(values) => values.iter().all(|value| value.is_finite()),
            Self::Double(values) => values.iter().all(|value| value.is_finite()),
        }
    }
}
