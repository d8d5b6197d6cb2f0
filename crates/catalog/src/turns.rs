//! The ways to turn and mirror a picture by which its pixels only change their places: the symmetries of a square, and
//! of a rectangle.

use data::PictureShape;
use serde::Serialize;

/// How one picture is turned or mirrored to be another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Turn {
    /// Not at all.
    None,
    /// Left and right change places.
    LeftForRight,
    /// Top and bottom change places.
    TopForBottom,
    /// Turned by 180°.
    Half,
    /// Turned by 90° to the right; only squares.
    QuarterRight,
    /// Turned by 90° to the left; only squares.
    QuarterLeft,
    /// Rows and columns change places; only squares.
    RowsForColumns,
    /// The same, and turned by 180°; only squares.
    RowsForColumnsHalf,
}

impl Turn {
    /// All but none, of pictures of that shape.
    pub(crate) fn of(shape: PictureShape) -> &'static [Self] {
        const ALL: [Turn; 7] = [
            Turn::LeftForRight,
            Turn::TopForBottom,
            Turn::Half,
            Turn::QuarterRight,
            Turn::QuarterLeft,
            Turn::RowsForColumns,
            Turn::RowsForColumnsHalf,
        ];
        let of_rectangles = 3;
        if shape.rows == shape.columns {
            &ALL
        } else {
            &ALL[..of_rectangles]
        }
    }

    /// Where the pixel of a picture, at a row and a column, is after the turn.
    pub(crate) fn place(self, [row, column]: [usize; 2], shape: PictureShape) -> [usize; 2] {
        let (last_row, last_column) = (shape.rows - 1, shape.columns - 1);
        match self {
            Self::None => [row, column],
            Self::LeftForRight => [row, last_column - column],
            Self::TopForBottom => [last_row - row, column],
            Self::Half => [last_row - row, last_column - column],
            Self::QuarterRight => [column, last_row - row],
            Self::QuarterLeft => [last_column - column, row],
            Self::RowsForColumns => [column, row],
            Self::RowsForColumnsHalf => [last_column - column, last_row - row],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand, the letters of `ab cd` row by row.
    #[test]
    fn pixels_are_where_they_are_after_the_turn() {
        let shape = PictureShape {
            rows: 2,
            columns: 2,
        };
        let turned = |turn: Turn| -> String {
            let mut letters = ['-'; 4];
            for (at, letter) in "abcd".chars().enumerate() {
                let [row, column] = turn.place([at / 2, at % 2], shape);
                letters[2 * row + column] = letter;
            }
            letters.iter().collect()
        };
        let found: Vec<String> = Turn::of(shape).iter().map(|&turn| turned(turn)).collect();
        assert_eq!(
            found,
            ["badc", "cdab", "dcba", "cadb", "bdac", "acbd", "dbca"]
        );
        assert_eq!(turned(Turn::None), "abcd");
        let wide = PictureShape {
            columns: 3,
            ..shape
        };
        assert_eq!(Turn::of(wide).len(), 3);
    }
}
