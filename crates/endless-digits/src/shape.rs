//! How high and wide a digit is.

use data::PictureShape;

/// Height and width of a digit.
pub(crate) const SIDE: usize = 28;

pub(crate) const SHAPE: PictureShape = PictureShape {
    rows: SIDE,
    columns: SIDE,
};
