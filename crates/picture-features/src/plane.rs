//! One picture as real numbers with black around it.

use data::PictureShape;

/// Rows are as long as a whole number of vectors of so many f32.
pub(crate) const LANES: usize = 8;

/// A picture with one pixel of black above, below and to the left, and at least one to the right.
#[derive(Debug, Clone)]
pub(crate) struct Plane {
    shape: PictureShape,
    values: Vec<f32>,
}

impl Plane {
    /// All black.
    pub(crate) fn black(shape: PictureShape) -> Self {
        let mut plane = Self {
            shape,
            values: Vec::new(),
        };
        plane.values = vec![0.0; plane.stride() * (shape.rows + 2)];
        plane
    }

    /// Rows × columns of the picture.
    pub(crate) fn shape(&self) -> PictureShape {
        self.shape
    }

    /// Columns of the picture, rounded up to whole vectors.
    pub(crate) fn width(&self) -> usize {
        self.shape.columns.next_multiple_of(LANES)
    }

    fn stride(&self) -> usize {
        self.width() + 2
    }

    /// The pixels of a row.
    pub(crate) fn row(&self, row: usize) -> &[f32] {
        let start = (row + 1) * self.stride() + 1;
        &self.values[start..][..self.shape.columns]
    }

    /// The pixels of a row, to be written.
    pub(crate) fn row_mut(&mut self, row: usize) -> &mut [f32] {
        let start = (row + 1) * self.stride() + 1;
        &mut self.values[start..][..self.shape.columns]
    }

    /// A row, the one above and the one below, each from the black pixel on its left on.
    pub(crate) fn around(&self, row: usize) -> [&[f32]; 3] {
        let stride = self.stride();
        [row, row + 1, row + 2].map(|row| &self.values[row * stride..][..stride])
    }
}
