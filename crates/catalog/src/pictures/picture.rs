//! A picture in memory.

use crate::error::in_bytes;
use data::PictureShape;

/// A picture in memory, row by row; grey has one value per pixel, colour three.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Picture {
    pub(super) shape: PictureShape,
    pub(super) is_colour: bool,
    pub(super) pixels: Vec<u8>,
}

/// Refuses a picture that is too large before memory is taken for it.
pub(super) fn check_size(shape: PictureShape, limit: u64) -> Result<(), String> {
    let bytes = 4 * shape.rows as u128 * shape.columns as u128;
    if shape.rows == 0 || shape.columns == 0 {
        return Err(format!("a picture of {shape} has no pixels"));
    }
    if bytes > u128::from(limit) {
        return Err(format!(
            "a picture of {shape}; the memory that is free for it is {}",
            in_bytes(limit)
        ));
    }
    Ok(())
}
