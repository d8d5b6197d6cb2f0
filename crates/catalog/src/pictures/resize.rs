//! Another size for a picture: each pixel is the mean of the area that it covers.

use super::picture::Picture;
use data::PictureShape;

/// The picture in `shape`. A pixel of the result covers a rectangle of the old pixels, some of them in
/// part, and is their mean by area.
pub(super) fn resized(picture: &Picture, shape: PictureShape) -> Picture {
    if picture.shape == shape {
        return picture.clone();
    }
    let values = if picture.is_colour { 3 } else { 1 };
    let rows = shares(picture.shape.rows, shape.rows);
    let columns = shares(picture.shape.columns, shape.columns);
    let mut pixels = Vec::with_capacity(shape.features() * values);
    for of_row in &rows {
        for of_column in &columns {
            for value in 0..values {
                let mut sum = 0.0;
                for (row, height) in of_row {
                    for (column, width) in of_column {
                        let at = (row * picture.shape.columns + column) * values + value;
                        sum += height * width * f64::from(picture.pixels[at]);
                    }
                }
                pixels.push(sum.round() as u8);
            }
        }
    }
    Picture {
        shape,
        is_colour: picture.is_colour,
        pixels,
    }
}

/// For each of `to` equal parts of a line of `from` pixels, the pixels that it covers and their shares.
fn shares(from: usize, to: usize) -> Vec<Vec<(usize, f64)>> {
    let part = |index: usize| {
        // In units of 1/to of a pixel, so that all ends are whole numbers.
        let [start, end] = [index * from, (index + 1) * from];
        (start / to..end.div_ceil(to))
            .map(|pixel| {
                let inside = ((pixel + 1) * to).min(end) - (pixel * to).max(start);
                (pixel, inside as f64 / from as f64)
            })
            .collect()
    };
    (0..to).map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resize(from: [usize; 2], pixels: &[u8], to: [usize; 2]) -> Vec<u8> {
        let shape = |[rows, columns]: [usize; 2]| PictureShape { rows, columns };
        let picture = Picture {
            shape: shape(from),
            is_colour: pixels.len() > from[0] * from[1],
            pixels: pixels.to_vec(),
        };
        resized(&picture, shape(to)).pixels
    }

    #[test]
    fn each_pixel_is_the_mean_of_its_area() {
        assert_eq!(resize([2, 2], &[0, 10, 20, 30], [1, 1]), [15]);
        assert_eq!(resize([1, 3], &[0, 30, 60], [1, 2]), [10, 50]);
        assert_eq!(resize([1, 2], &[0, 90], [1, 3]), [0, 45, 90]);
        assert_eq!(resize([1, 1], &[1, 2, 3], [1, 2]), [1, 2, 3, 1, 2, 3]);
        assert_eq!(resize([2, 2], &[1, 2, 3, 4], [2, 2]), [1, 2, 3, 4]);
    }
}
