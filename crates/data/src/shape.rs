//! How high and wide pictures are.

use std::fmt;

/// Rows × columns of every picture in a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PictureShape {
    /// Height in pixels.
    pub rows: usize,
    /// Width in pixels.
    pub columns: usize,
}

impl PictureShape {
    /// Number of pixels, the dimension of the input space.
    pub fn features(self) -> usize {
        self.rows * self.columns
    }
}

impl fmt::Display for PictureShape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} × {}", self.rows, self.columns)
    }
}
