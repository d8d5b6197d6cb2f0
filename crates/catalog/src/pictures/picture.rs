//! A picture in memory, and why a file does not become one.

use crate::sizes::{in_bytes, in_free_bytes};
use data::PictureShape;

/// A picture in memory, row by row; grey has one value per pixel, colour three.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Picture {
    pub(super) shape: PictureShape,
    pub(super) is_colour: bool,
    pub(super) pixels: Vec<u8>,
}

/// Why a picture was not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unread {
    /// It would take more memory than there is for it.
    #[error("{0}")]
    NoRoom(String),
    /// It is not whole, or of a kind that is not read.
    #[error("{0}")]
    Damaged(String),
}

impl From<String> for Unread {
    fn from(reason: String) -> Self {
        Self::Damaged(reason)
    }
}

impl From<&str> for Unread {
    fn from(reason: &str) -> Self {
        Self::Damaged(reason.to_owned())
    }
}

/// Refuses a picture that is too large before memory is taken for it.
pub(super) fn check_size(shape: PictureShape, limit: u64) -> Result<(), Unread> {
    let bytes = 4 * shape.rows as u128 * shape.columns as u128;
    if shape.rows == 0 || shape.columns == 0 {
        return Err(format!("a picture of {shape} has no pixels").into());
    }
    if bytes > u128::from(limit) {
        return Err(Unread::NoRoom(format!(
            "a picture of {shape} takes {}; the memory that is free for it is {}",
            in_bytes(u64::try_from(bytes).unwrap_or(u64::MAX)),
            in_free_bytes(limit)
        )));
    }
    Ok(())
}
