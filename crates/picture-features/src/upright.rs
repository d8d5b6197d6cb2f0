//! Slanted images made upright, by the moments of their grey levels.

use crate::moments::Moments;
use crate::placement::Placement;
use crate::plane::Plane;
use data::PictureShape;

/// `image` sheared along its rows so that its principal axis is vertical, and moved so that its
/// centre of mass is the centre of the picture. Grey levels between pixels are interpolated
/// linearly. An image without grey comes back unchanged, one in a single row centred.
///
/// The shear is μ₁₁/μ₀₂, with the central moments μ of the grey levels over columns and rows
/// (LeCun et al. 1998 deskewed MNIST so).
///
/// # Panics
/// If the image is not of `shape`.
pub fn deskew(image: &[u8], shape: PictureShape) -> Vec<u8> {
    assert_eq!(image.len(), shape.features(), "an image of {shape}");
    let Some(moments) = Moments::of(image, shape) else {
        return image.to_vec();
    };
    let mut plane = Plane::black(shape);
    Placement::upright(&moments, shape).place(image, &mut Vec::new(), &mut plane);
    let rows = (0..shape.rows).flat_map(|row| plane.row(row).iter());
    rows.map(|grey| grey.round() as u8).collect()
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
