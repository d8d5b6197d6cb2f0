//! Slanted images made upright, by the moments of their grey levels.

use data::PictureShape;

/// `image` sheared along its rows so that its principal axis is vertical, and moved so that its
/// centre of mass is the centre of the picture. Grey levels between pixels are interpolated
/// linearly. An image without grey, or in one row, comes back centred or unchanged.
///
/// The shear is μ₁₁/μ₀₂, with the central moments μ of the grey levels over columns and rows
/// (LeCun et al. 1998 deskewed MNIST so).
///
/// # Panics
/// If the image is not of `shape`.
pub fn deskew(image: &[u8], shape: PictureShape) -> Vec<u8> {
    assert_eq!(image.len(), shape.features(), "an image of {shape}");
    let at = |index: usize| {
        let (row, column) = (index / shape.columns, index % shape.columns);
        (row as f64, column as f64, f64::from(image[index]))
    };
    let sum = |term: &dyn Fn(f64, f64) -> f64| -> f64 {
        (0..image.len())
            .map(|index| {
                let (row, column, grey) = at(index);
                grey * term(row, column)
            })
            .sum()
    };
    let mass = sum(&|_, _| 1.0);
    if mass == 0.0 {
        return image.to_vec();
    }
    let (row_mean, column_mean) = (sum(&|row, _| row) / mass, sum(&|_, column| column) / mass);
    let variance = sum(&|row, _| (row - row_mean).powi(2));
    let covariance = sum(&|row, column| (row - row_mean) * (column - column_mean));
    let slant = if variance > 0.0 {
        covariance / variance
    } else {
        0.0
    };
    let centre = |length: usize| (length as f64 - 1.0) / 2.0;
    let (row_centre, column_centre) = (centre(shape.rows), centre(shape.columns));
    (0..image.len())
        .map(|index| {
            let (row, column, _) = at(index);
            let from_row = row - row_centre + row_mean;
            let from_column = column - column_centre + column_mean + slant * (row - row_centre);
            interpolate(image, shape, from_row, from_column).round() as u8
        })
        .collect()
}

/// The grey level at a place between four pixels; outside the image it is black.
fn interpolate(image: &[u8], shape: PictureShape, row: f64, column: f64) -> f64 {
    let (top, left) = (row.floor(), column.floor());
    let (down, right) = (row - top, column - left);
    let grey = |row: f64, column: f64| {
        let inside =
            row >= 0.0 && column >= 0.0 && row < shape.rows as f64 && column < shape.columns as f64;
        if inside {
            f64::from(image[row as usize * shape.columns + column as usize])
        } else {
            0.0
        }
    };
    (1.0 - down) * ((1.0 - right) * grey(top, left) + right * grey(top, left + 1.0))
        + down * ((1.0 - right) * grey(top + 1.0, left) + right * grey(top + 1.0, left + 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: PictureShape = PictureShape {
        rows: 5,
        columns: 5,
    };

    #[test]
    fn a_slanted_stroke_becomes_upright() {
        let mut diagonal = [0; 25];
        for row in 1..4 {
            diagonal[row * 5 + row] = 200;
        }
        let mut upright = [0; 25];
        for row in 1..4 {
            upright[row * 5 + 2] = 200;
        }
        assert_eq!(deskew(&diagonal, SHAPE), upright);
        assert_eq!(deskew(&upright, SHAPE), upright);
    }

    #[test]
    fn a_stroke_at_the_edge_is_centred_and_nothing_stays_nothing() {
        let mut edge = [0; 25];
        edge[..5].fill(90);
        let mut centred = [0; 25];
        centred[10..15].fill(90);
        assert_eq!(deskew(&edge, SHAPE), centred);
        assert_eq!(deskew(&[0; 25], SHAPE), [0; 25]);
    }
}
