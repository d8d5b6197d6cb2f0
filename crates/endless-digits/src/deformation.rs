//! One deformation of a picture: turned, sized, slanted, moved and bent.

use crate::field::{Field, Fields};
use crate::shape::SIDE;
use rand::{Rng, RngExt};

/// The middle of a picture, in pixels from its first one.
const MIDDLE: f32 = (SIDE - 1) as f32 / 2.0;

/// Most of each, in both directions.
const TURN: f32 = 0.2;
const SIZE: f32 = 0.15;
const SLANT: f32 = 0.2;
const SHIFT: f32 = 1.5;

/// Height and width of a picture with a black border of one pixel.
const BORDERED: usize = SIDE + 2;

/// Where each pixel of the new picture is taken from.
pub(crate) struct Deformation<'a> {
    /// Rows, then columns: steps in the original for a step downwards and for one to the right.
    steps: [[f32; 2]; 2],
    /// What the middle of the new picture is taken from.
    middle: [f32; 2],
    fields: [(&'a Field, f32); 2],
}

impl<'a> Deformation<'a> {
    pub(crate) fn draw(fields: &'a Fields, random: &mut impl Rng) -> Self {
        let mut up_to = |most: f32| random.random_range(-most..most);
        let (sin, cos) = up_to(TURN).sin_cos();
        let [height, width] = [(); 2].map(|()| 1.0 + up_to(SIZE));
        let slant = up_to(SLANT);
        let middle = [(); 2].map(|()| MIDDLE + up_to(SHIFT));
        Self {
            steps: [
                [cos / height, sin / width],
                [(slant - sin) / height, cos / width],
            ],
            middle,
            fields: [(); 2].map(|()| fields.draw(random)),
        }
    }

    /// The deformed picture. Grey levels between pixels are interpolated linearly; black comes in from outside.
    pub(crate) fn apply(&self, picture: &[u8]) -> Vec<u8> {
        let mut bordered = [0.0_f32; BORDERED * BORDERED];
        for (row, pixels) in picture.chunks_exact(SIDE).enumerate() {
            let start = (row + 1) * BORDERED + 1;
            for (value, &pixel) in bordered[start..].iter_mut().zip(pixels) {
                *value = f32::from(pixel);
            }
        }
        let mut deformed = Vec::with_capacity(SIDE * SIDE);
        for row in 0..SIDE {
            let down = row as f32 - MIDDLE;
            for column in 0..SIDE {
                let right = column as f32 - MIDDLE;
                let from = |axis: usize| {
                    let [by_row, by_column] = self.steps[axis];
                    let (field, sign) = self.fields[axis];
                    let bent = sign * field[row * SIDE + column];
                    self.middle[axis] + by_row * down + by_column * right + bent
                };
                deformed.push(between(&bordered, from(0), from(1)));
            }
        }
        deformed
    }
}

/// The grey level at a place of the picture, which has a border.
fn between(bordered: &[f32; BORDERED * BORDERED], row: f32, column: f32) -> u8 {
    // Beyond the border all is black, as it is there.
    let [row, column] = [row, column].map(|at| (at + 1.0).clamp(0.0, (BORDERED - 1) as f32 - 1e-3));
    let (above, before) = (row as usize, column as usize);
    let (down, right) = (row - above as f32, column - before as f32);
    let start = above * BORDERED + before;
    let [a, b] = [bordered[start], bordered[start + 1]];
    let [c, d] = [bordered[start + BORDERED], bordered[start + BORDERED + 1]];
    let upper = a + right * (b - a);
    let lower = c + right * (d - c);
    // Rounded, for it is not negative; `round` would take as long as all the rest.
    (upper + down * (lower - upper) + 0.5) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    const STILL: Field = [0.0; SIDE * SIDE];

    fn deformation(steps: [[f32; 2]; 2], middle: [f32; 2], field: &Field) -> Deformation<'_> {
        Deformation {
            steps,
            middle,
            fields: [(field, 1.0), (&STILL, -1.0)],
        }
    }

    fn picture() -> Vec<u8> {
        (0..784).map(|i| (i * 37 % 251) as u8).collect()
    }

    #[test]
    fn nothing_moves_by_nothing() {
        let still = deformation([[1.0, 0.0], [0.0, 1.0]], [MIDDLE; 2], &STILL);
        assert_eq!(still.apply(&picture()), picture());
    }

    #[test]
    fn a_quarter_turn_puts_columns_in_place_of_rows() {
        let turned = deformation([[0.0, -1.0], [1.0, 0.0]], [MIDDLE; 2], &STILL);
        let (turned, original) = (turned.apply(&picture()), picture());
        for (row, column) in [(0, 0), (3, 20), (27, 5)] {
            assert_eq!(
                turned[row * SIDE + column],
                original[(SIDE - 1 - column) * SIDE + row]
            );
        }
    }

    #[test]
    fn a_field_moves_every_pixel_by_its_own_value_and_black_comes_in() {
        // Each row from half a pixel below, the last ten from far below the picture.
        let field: Field = std::array::from_fn(|i| if i / SIDE < 18 { 0.5 } else { 99.0 });
        let bent = deformation([[1.0, 0.0], [0.0, 1.0]], [MIDDLE; 2], &field);
        let (bent, original) = (bent.apply(&picture()), picture());
        let mean = f32::midpoint(original[0].into(), original[SIDE].into());
        assert_eq!(f32::from(bent[0]), (mean + 0.5).floor());
        assert!(bent[18 * SIDE..].iter().all(|&grey| grey == 0));
    }
}
