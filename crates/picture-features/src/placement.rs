//! From where in a picture the pixels of another are taken: digits made alike before anything is
//! measured on them (centred, upright, of one size), or moved.

use crate::moments::Moments;
use crate::plane::Plane;
use data::PictureShape;

/// Steps beyond these are cut: a dot is not blown up to fill the picture.
const STEPS: std::ops::RangeInclusive<f64> = 0.25..=4.0;

/// From where in a picture each pixel of the new one is taken: target (r, c) comes from row
/// `row + row_step · r` and column `column + column_step · c + slant_step · r`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Placement {
    row: f64,
    row_step: f64,
    column: f64,
    column_step: f64,
    slant_step: f64,
}

impl Placement {
    /// Every pixel where it was.
    pub(crate) const fn as_it_is() -> Self {
        Self {
            row: 0.0,
            row_step: 1.0,
            column: 0.0,
            column_step: 1.0,
            slant_step: 0.0,
        }
    }

    /// The centre of mass in the centre of the picture, and the principal axis vertical.
    pub(crate) fn upright(moments: &Moments, shape: PictureShape) -> Self {
        Self::new(moments, shape, (1.0, 1.0))
    }

    /// Upright, and of one size: the standard deviation of the grey along the longer axis becomes
    /// `size` times the longer side of the picture. Of R₁, the shorter standard deviation by the longer,
    /// R₂ = R₁^`aspect` becomes the same of the new picture (Liu et al. 2003, "aspect ratio adaptive
    /// normalization").
    pub(crate) fn sized(moments: &Moments, shape: PictureShape, size: f64, aspect: f64) -> Self {
        let slant = moments.slant();
        let tall = moments.row_variance.sqrt();
        // What is left of the columns' variance once the slant is gone.
        let wide = (moments.column_variance - slant * moments.covariance)
            .max(0.0)
            .sqrt();
        let long = tall.max(wide);
        let target = size * shape.rows.max(shape.columns) as f64;
        let step = |deviation: f64| {
            // deviation / (target · R₁^aspect), with R₁ 1 for the longer; 0 where nothing is to scale.
            let step = deviation / target * (long / deviation).powf(aspect);
            let step = if step > 0.0 { step } else { 1.0 };
            step.clamp(*STEPS.start(), *STEPS.end())
        };
        Self::new(moments, shape, (step(tall), step(wide)))
    }

    fn new(moments: &Moments, shape: PictureShape, steps: (f64, f64)) -> Self {
        let slant_step = moments.slant() * steps.0;
        Self::about((moments.row, moments.column), shape, steps, slant_step)
    }

    /// What is at row and column comes to the middle; a step in the new picture is so many in the old one.
    pub(crate) fn about(
        (row, column): (f64, f64),
        shape: PictureShape,
        (row_step, column_step): (f64, f64),
        slant_step: f64,
    ) -> Self {
        Self {
            row: row - row_step * centre(shape.rows),
            row_step,
            column: column - column_step * centre(shape.columns) - slant_step * centre(shape.rows),
            column_step,
            slant_step,
        }
    }

    /// Fills `plane` with the new picture. Grey levels between pixels are interpolated linearly;
    /// outside of `picture` it is black. `line` is room that is used on the way.
    pub(crate) fn place<P: Copy>(&self, picture: &[P], line: &mut Vec<f32>, plane: &mut Plane)
    where
        f32: From<P>,
    {
        let shape = plane.shape();
        let columns = shape.columns;
        // Black on both sides, so that no place needs a question.
        let margin = columns + 1;
        line.clear();
        line.resize(columns + 2 * margin + 1, 0.0);
        let last = (columns + 2 * margin - 1) as f32;
        for row in 0..shape.rows {
            let from = self.row + self.row_step * row as f64;
            blend(picture, shape, from, &mut line[margin..][..columns]);
            let start = (self.column + self.slant_step * row as f64) as f32 + margin as f32;
            let step = self.column_step as f32;
            for (column, value) in plane.row_mut(row).iter_mut().enumerate() {
                let from = (start + step * column as f32).clamp(0.0, last);
                let left = from as usize;
                let right = from - left as f32;
                *value = (1.0 - right) * line[left] + right * line[left + 1];
            }
        }
    }
}

/// The middle of so many rows or columns.
pub(crate) fn centre(length: usize) -> f64 {
    (length as f64 - 1.0) / 2.0
}

/// The row at `from`, between two rows of `picture`.
fn blend<P: Copy>(picture: &[P], shape: PictureShape, from: f64, line: &mut [f32])
where
    f32: From<P>,
{
    let top = from.floor();
    let down = (from - top) as f32;
    line.fill(0.0);
    for (row, share) in [(top, 1.0 - down), (top + 1.0, down)] {
        if row >= 0.0 && row < shape.rows as f64 {
            let pixels = &picture[row as usize * shape.columns..][..shape.columns];
            for (value, &pixel) in line.iter_mut().zip(pixels) {
                *value += share * f32::from(pixel);
            }
        }
    }
}
