//! Pictures moved a little: what was a 7 is a 7 still, and a classifier sees one that it has not seen.

use crate::placement::{Placement, centre};
use crate::plane::Plane;
use data::PictureShape;

/// How a picture is moved, about its middle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Movement {
    /// Pixels downwards.
    pub down: f64,
    /// Pixels to the right.
    pub right: f64,
    /// So many times as high; above 0.
    pub height: f64,
    /// So many times as wide; above 0.
    pub width: f64,
    /// Pixels to the right for each pixel downwards.
    pub slant: f64,
}

impl Movement {
    /// `picture`, moved. Values between pixels are interpolated linearly; what leaves the picture is lost, and
    /// black (0) moves in.
    ///
    /// # Panics
    /// If the picture is not of `shape`.
    pub fn apply(&self, picture: &[f32], shape: PictureShape) -> Vec<f32> {
        assert_eq!(picture.len(), shape.features(), "a picture of {shape}");
        let mut plane = Plane::black(shape);
        self.placement(shape)
            .place(picture, &mut Vec::new(), &mut plane);
        let rows = (0..shape.rows).flat_map(|row| plane.row(row));
        rows.copied().collect()
    }

    /// What is in the middle of the picture goes where the movement moves it.
    fn placement(&self, shape: PictureShape) -> Placement {
        let (row_step, column_step) = (1.0 / self.height, 1.0 / self.width);
        let slant_step = -self.slant * column_step;
        // Where the middle of the new picture is taken from.
        let row = centre(shape.rows) - row_step * self.down;
        let column = centre(shape.columns) - column_step * self.right - slant_step * self.down;
        Placement::about((row, column), shape, (row_step, column_step), slant_step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STILL: Movement = Movement {
        down: 0.0,
        right: 0.0,
        height: 1.0,
        width: 1.0,
        slant: 0.0,
    };

    const SHAPE: PictureShape = PictureShape {
        rows: 3,
        columns: 5,
    };

    #[rustfmt::skip]
    const STROKE: [f32; 15] = [
        0.0, 0.0, 0.5, 0.0, 0.0,
        0.0, 0.0, 1.0, 0.0, 0.0,
        0.0, 0.0, 1.0, 0.0, 0.0,
    ];

    #[test]
    fn nothing_moves_by_nothing() {
        assert_eq!(STILL.apply(&STROKE, SHAPE), STROKE);
    }

    #[test]
    fn what_leaves_is_lost_and_black_moves_in() {
        let moved = Movement {
            down: 1.0,
            right: 2.0,
            ..STILL
        };
        #[rustfmt::skip]
        let expected = [
            0.0, 0.0, 0.0, 0.0, 0.0,
            0.0, 0.0, 0.0, 0.0, 0.5,
            0.0, 0.0, 0.0, 0.0, 1.0,
        ];
        assert_eq!(moved.apply(&STROKE, SHAPE), expected);
    }

    #[test]
    fn half_a_pixel_is_shared_by_two() {
        let moved = Movement {
            right: 0.5,
            ..STILL
        };
        let row = &moved.apply(&STROKE, SHAPE)[5..10];
        assert_eq!(row, [0.0, 0.0, 0.5, 0.5, 0.0]);
    }

    #[test]
    fn a_slanted_stroke_goes_right_downwards_also_when_it_is_moved() {
        let slanted = Movement {
            slant: 1.0,
            ..STILL
        };
        #[rustfmt::skip]
        let expected = [
            0.0, 0.5, 0.0, 0.0, 0.0,
            0.0, 0.0, 1.0, 0.0, 0.0,
            0.0, 0.0, 0.0, 1.0, 0.0,
        ];
        assert_eq!(slanted.apply(&STROKE, SHAPE), expected);
        let lower = Movement {
            down: 1.0,
            ..slanted
        };
        let lower = lower.apply(&STROKE, SHAPE);
        assert_eq!(lower[5..10], expected[..5]);
        assert_eq!(lower[10..], expected[5..10]);
    }

    #[test]
    fn twice_as_wide_is_twice_as_wide_about_the_middle() {
        let wide = Movement {
            width: 2.0,
            ..STILL
        };
        let row = &wide.apply(&STROKE, SHAPE)[5..10];
        assert_eq!(row, [0.0, 0.5, 1.0, 0.5, 0.0]);
    }
}
