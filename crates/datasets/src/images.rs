//! Images in row-major order: `u8` pixels as they are stored, or `f32` features.

use crate::DataError;
use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

/// Rows × columns of every image in a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImageShape {
    /// Height in pixels.
    pub rows: usize,
    /// Width in pixels.
    pub columns: usize,
}

impl ImageShape {
    /// Number of pixels, the dimension of the input space.
    pub fn features(self) -> usize {
        self.rows * self.columns
    }
}

impl fmt::Display for ImageShape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} × {}", self.rows, self.columns)
    }
}

/// Images of one shape, one after the other, each row by row.
#[derive(Debug, Clone, PartialEq)]
pub struct Images {
    shape: ImageShape,
    values: Values,
}

#[derive(Debug, Clone, PartialEq)]
enum Values {
    Pixels(Vec<u8>),
    Features(Vec<f32>),
}

impl Images {
    /// Images of 8-bit pixels, 0 black to 255 white.
    ///
    /// # Errors
    /// [`DataError::Ragged`] if `pixels` does not fill whole images of `shape`.
    pub fn from_pixels(shape: ImageShape, pixels: Vec<u8>) -> Result<Self, DataError> {
        whole_images(shape, pixels.len())?;
        Ok(Self {
            shape,
            values: Values::Pixels(pixels),
        })
    }

    /// Images, or plain vectors of features, of real values.
    ///
    /// # Errors
    /// [`DataError::Ragged`] if `features` does not fill whole images of `shape`.
    pub fn from_features(shape: ImageShape, features: Vec<f32>) -> Result<Self, DataError> {
        whole_images(shape, features.len())?;
        Ok(Self {
            shape,
            values: Values::Features(features),
        })
    }

    /// Number of images.
    pub fn len(&self) -> usize {
        let values = match &self.values {
            Values::Pixels(pixels) => pixels.len(),
            Values::Features(features) => features.len(),
        };
        values / self.features()
    }

    /// Whether there are no images.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Rows × columns of each image.
    pub fn shape(&self) -> ImageShape {
        self.shape
    }

    /// Values per image, the dimension of the input space.
    pub fn features(&self) -> usize {
        self.shape.features()
    }

    /// All pixels, shape (images, features) in row-major order; `None` for real-valued features.
    pub fn pixels(&self) -> Option<&[u8]> {
        match &self.values {
            Values::Pixels(pixels) => Some(pixels),
            Values::Features(_) => None,
        }
    }

    /// All values as `f32`, shape (images, features) in row-major order. Pixels are divided by 255
    /// and so lie in [0, 1]; features are as they are.
    pub fn to_f32(&self) -> Cow<'_, [f32]> {
        match &self.values {
            Values::Pixels(pixels) => Cow::Owned(pixels.iter().map(|&p| unit(p)).collect()),
            Values::Features(features) => Cow::Borrowed(features),
        }
    }

    /// The images at `indices`, in that order.
    ///
    /// # Panics
    /// If an index is not below [`len`](Self::len).
    #[must_use]
    pub fn select(&self, indices: &[usize]) -> Self {
        let width = self.features();
        let values = match &self.values {
            Values::Pixels(pixels) => Values::Pixels(gather(pixels, width, indices)),
            Values::Features(features) => Values::Features(gather(features, width, indices)),
        };
        Self {
            shape: self.shape,
            values,
        }
    }

    /// A copy of the consecutive images in `range`.
    ///
    /// # Panics
    /// If `range` does not lie within 0..[`len`](Self::len).
    #[must_use]
    pub fn slice(&self, range: Range<usize>) -> Self {
        let width = self.features();
        let range = range.start * width..range.end * width;
        let values = match &self.values {
            Values::Pixels(pixels) => Values::Pixels(pixels[range].to_vec()),
            Values::Features(features) => Values::Features(features[range].to_vec()),
        };
        Self {
            shape: self.shape,
            values,
        }
    }

    /// One image as 8-bit grey levels for showing it: pixels as they are, features scaled from
    /// their own smallest to their own largest value.
    ///
    /// # Panics
    /// If `index` is not below [`len`](Self::len).
    pub fn grey_levels(&self, index: usize) -> Cow<'_, [u8]> {
        let range = index * self.features()..(index + 1) * self.features();
        match &self.values {
            Values::Pixels(pixels) => Cow::Borrowed(&pixels[range]),
            Values::Features(features) => Cow::Owned(stretch(&features[range])),
        }
    }

    /// The first value that is NaN or infinite.
    pub(crate) fn first_not_finite(&self) -> Option<DataError> {
        let Values::Features(features) = &self.values else {
            return None;
        };
        let position = features.iter().position(|value| !value.is_finite())?;
        Some(DataError::NotFinite {
            image: position / self.features(),
            feature: position % self.features(),
            value: features[position],
        })
    }
}

/// The pixel's value in [0, 1]. Division, not multiplication by 1/255, to agree with the
/// notebook's `x / 255.0` in every bit.
fn unit(pixel: u8) -> f32 {
    f32::from(pixel) / 255.0
}

fn whole_images(shape: ImageShape, values: usize) -> Result<(), DataError> {
    match shape.features() {
        0 => Err(DataError::Ragged { values, shape }),
        width if values.is_multiple_of(width) => Ok(()),
        _ => Err(DataError::Ragged { values, shape }),
    }
}

fn gather<T: Copy>(values: &[T], width: usize, indices: &[usize]) -> Vec<T> {
    let mut gathered = Vec::with_capacity(indices.len() * width);
    for &index in indices {
        gathered.extend_from_slice(&values[index * width..(index + 1) * width]);
    }
    gathered
}

fn stretch(values: &[f32]) -> Vec<u8> {
    let low = values.iter().copied().fold(f32::INFINITY, f32::min);
    let high = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let scale = if high > low {
        255.0 / (high - low)
    } else {
        0.0
    };
    values
        .iter()
        .map(|value| ((value - low) * scale).round() as u8)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO_BY_THREE: ImageShape = ImageShape {
        rows: 2,
        columns: 3,
    };

    fn images() -> Images {
        Images::from_pixels(TWO_BY_THREE, (0..18).map(|i| i * 15).collect()).unwrap()
    }

    #[test]
    fn pixels_become_unit_floats_by_division() {
        let images = Images::from_pixels(TWO_BY_THREE, vec![0, 1, 51, 128, 254, 255]).unwrap();
        let expected = [0.0, 1.0 / 255.0, 0.2, 128.0 / 255.0, 254.0 / 255.0, 1.0];
        assert_eq!(images.to_f32().as_ref(), expected);
    }

    #[test]
    fn selected_and_sliced_images_agree() {
        let images = images();
        assert_eq!(images.len(), 3);
        assert_eq!(images.select(&[1, 2]), images.slice(1..3));
        assert_eq!(
            images.select(&[2]).pixels(),
            Some(&[180, 195, 210, 225, 240, 255][..])
        );
    }

    #[test]
    fn values_that_fill_no_whole_image_are_refused() {
        let error = Images::from_pixels(TWO_BY_THREE, vec![0; 7]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "7 values are no whole number of 2 × 3 images"
        );
        let nothing = ImageShape {
            rows: 0,
            columns: 3,
        };
        assert!(Images::from_features(nothing, vec![]).is_err());
    }

    #[test]
    fn features_are_shown_between_their_own_extremes() {
        let shape = ImageShape {
            rows: 1,
            columns: 3,
        };
        let images = Images::from_features(shape, vec![-1.0, 0.0, 1.0, 7.0, 7.0, 7.0]).unwrap();
        assert_eq!(images.grey_levels(0).as_ref(), [0, 128, 255]);
        assert_eq!(images.grey_levels(1).as_ref(), [0, 0, 0]);
    }
}
