//! Samples moved by whole pixels, black moving in from the edge.

use data::PictureShape;

/// The eight directions as (rows down, columns right).
pub(crate) const DIRECTIONS: [(isize, isize); 8] = [
    (-1, -1),
    (-1, 0),
    (-1, 1),
    (0, -1),
    (0, 1),
    (1, -1),
    (1, 0),
    (1, 1),
];

/// `image`, moved.
pub(crate) fn shift<T: Copy + Default>(
    image: &[T],
    shape: PictureShape,
    (down, right): (isize, isize),
) -> Vec<T> {
    let mut moved = vec![T::default(); image.len()];
    for row in 0..shape.rows {
        for column in 0..shape.columns {
            let to = (
                row.checked_add_signed(down),
                column.checked_add_signed(right),
            );
            if let (Some(to_row), Some(to_column)) = to
                && to_row < shape.rows
                && to_column < shape.columns
            {
                moved[to_row * shape.columns + to_column] = image[row * shape.columns + column];
            }
        }
    }
    moved
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leaves_is_lost_and_black_moves_in() {
        let shape = PictureShape {
            rows: 2,
            columns: 3,
        };
        let image = [1, 2, 3, 4, 5, 6];
        assert_eq!(shift(&image, shape, (0, 1)), [0, 1, 2, 0, 4, 5]);
        assert_eq!(shift(&image, shape, (-1, -1)), [5, 6, 0, 0, 0, 0]);
        assert_eq!(shift(&image, shape, (1, 0)), [0, 0, 0, 1, 2, 3]);
    }
}
