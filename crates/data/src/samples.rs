//! What a classifier sees of each sample: a row of `u8` pixels as they are stored, or of `f32` features.

use crate::{Buffer, DataError, MappedFile, PictureShape};
use std::borrow::Cow;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

/// Values of a file that stay in memory when they have been looked at one after another.
const KEPT: usize = 64 << 20;

/// Values of a pixel in colour: red, green, blue.
const COLOURS: usize = 3;

/// A matrix of shape (samples, features) in row-major order. Where the samples are pictures, it knows
/// their shape, and each row is one picture, row by row.
#[derive(Debug, Clone, PartialEq)]
pub struct Samples {
    features: usize,
    layout: Layout,
    names: Option<Arc<[String]>>,
    values: Values,
}

/// What the values of a row are of.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Layout {
    Row,
    Grey(PictureShape),
    Colour(PictureShape),
}

#[derive(Debug, Clone, PartialEq)]
enum Values {
    Pixels(Buffer<u8>),
    Features(Buffer<f32>),
}

impl Samples {
    /// Pictures of 8-bit pixels, 0 black to 255 white.
    ///
    /// # Errors
    /// [`DataError::Pictures`] if `pixels` does not fill whole pictures of `shape`.
    pub fn from_pixels(shape: PictureShape, pixels: Vec<u8>) -> Result<Self, DataError> {
        Self::pixels_in(shape, pixels.into())
    }

    /// The same from pixels that may lie in a mapped file.
    ///
    /// # Errors
    /// As [`from_pixels`](Self::from_pixels).
    pub fn pixels_in(shape: PictureShape, pixels: Buffer<u8>) -> Result<Self, DataError> {
        if !fills_rows(pixels.len(), shape.features()) {
            return Err(DataError::Pictures {
                values: pixels.len(),
                shape,
            });
        }
        Ok(Self {
            features: shape.features(),
            layout: Layout::Grey(shape),
            names: None,
            values: Values::Pixels(pixels),
        })
    }

    /// Rows of `features` real numbers each.
    ///
    /// # Errors
    /// [`DataError::Rows`] if `values` does not fill whole rows.
    pub fn from_features(features: usize, values: Vec<f32>) -> Result<Self, DataError> {
        Self::features_in(features, values.into())
    }

    /// The same from values that may lie in a mapped file.
    ///
    /// # Errors
    /// As [`from_features`](Self::from_features).
    pub fn features_in(features: usize, values: Buffer<f32>) -> Result<Self, DataError> {
        if !fills_rows(values.len(), features) {
            return Err(DataError::Rows {
                values: values.len(),
                features,
            });
        }
        Ok(Self {
            features,
            layout: Layout::Row,
            names: None,
            values: Values::Features(values),
        })
    }

    /// The same rows as pictures of `shape`.
    ///
    /// # Errors
    /// [`DataError::Pictures`] if `shape` has another number of values than a row.
    pub fn into_pictures(self, shape: PictureShape) -> Result<Self, DataError> {
        if shape.features() != self.features {
            return Err(DataError::Pictures {
                values: self.features,
                shape,
            });
        }
        Ok(Self {
            layout: Layout::Grey(shape),
            ..self
        })
    }

    /// Pictures in colour: of each pixel its red, green and blue, 0 to 255. To a model they are rows
    /// of `3 × rows × columns` features; [`picture`](Self::picture) is for pictures in grey.
    ///
    /// # Errors
    /// [`DataError::Rows`] if `pixels` does not fill whole pictures of `shape`.
    pub fn from_colour_pixels(shape: PictureShape, pixels: Vec<u8>) -> Result<Self, DataError> {
        Self::colour_pixels_in(shape, pixels.into())
    }

    /// The same from pixels that may lie in a mapped file.
    ///
    /// # Errors
    /// As [`from_colour_pixels`](Self::from_colour_pixels).
    pub fn colour_pixels_in(shape: PictureShape, pixels: Buffer<u8>) -> Result<Self, DataError> {
        let features = COLOURS * shape.features();
        if !fills_rows(pixels.len(), features) {
            return Err(DataError::Rows {
                values: pixels.len(),
                features,
            });
        }
        Ok(Self {
            features,
            layout: Layout::Colour(shape),
            names: None,
            values: Values::Pixels(pixels),
        })
    }

    /// The same rows with a name for each feature.
    ///
    /// # Errors
    /// [`DataError::Names`] if there are not as many names as features.
    pub fn with_names(self, names: Arc<[String]>) -> Result<Self, DataError> {
        if names.len() != self.features {
            return Err(DataError::Names {
                names: names.len(),
                features: self.features,
            });
        }
        Ok(Self {
            names: Some(names),
            ..self
        })
    }

    /// What the features are called, where they have names.
    pub fn names(&self) -> Option<&Arc<[String]>> {
        self.names.as_ref()
    }

    /// Number of samples.
    pub fn len(&self) -> usize {
        self.values() / self.features
    }

    /// Whether there are no samples.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Rows × columns of each sample, where the samples are pictures of one value per pixel.
    pub fn picture(&self) -> Option<PictureShape> {
        match self.layout {
            Layout::Grey(shape) => Some(shape),
            Layout::Row | Layout::Colour(_) => None,
        }
    }

    /// Rows × columns of each sample, where the samples are pictures in colour.
    pub fn colour_picture(&self) -> Option<PictureShape> {
        match self.layout {
            Layout::Colour(shape) => Some(shape),
            Layout::Row | Layout::Grey(_) => None,
        }
    }

    /// Rows × columns of each sample and values of a pixel, 1 in grey and 3 in colour, where the samples are pictures.
    pub fn pictures(&self) -> Option<(PictureShape, usize)> {
        match self.layout {
            Layout::Row => None,
            Layout::Grey(shape) => Some((shape, 1)),
            Layout::Colour(shape) => Some((shape, COLOURS)),
        }
    }

    /// The shape in which [`grey_levels`](Self::grey_levels) shows a sample: the picture's own, or one
    /// row of all features.
    pub fn shown_shape(&self) -> PictureShape {
        match self.layout {
            Layout::Grey(shape) | Layout::Colour(shape) => shape,
            Layout::Row => PictureShape {
                rows: 1,
                columns: self.features,
            },
        }
    }

    /// Values per sample, the dimension of the input space.
    pub fn features(&self) -> usize {
        self.features
    }

    /// For models, which learnt from so many features and can say nothing of others.
    ///
    /// # Panics
    /// If the samples have another number of them.
    pub fn assert_features(&self, learnt: usize) {
        let features = self.features;
        assert!(
            features == learnt,
            "samples of {features} features for a model that learnt from {learnt}"
        );
    }

    /// All pixels, shape (samples, features) in row-major order; `None` for real-valued features.
    pub fn pixels(&self) -> Option<&[u8]> {
        match &self.values {
            Values::Pixels(pixels) => Some(pixels),
            Values::Features(_) => None,
        }
    }

    /// The file that the values lie in, its path and their bytes in it, where it has a name.
    pub fn in_file(&self) -> Option<(&MappedFile, &Path, Range<usize>)> {
        let (file, bytes) = match &self.values {
            Values::Pixels(pixels) => pixels.in_file(),
            Values::Features(features) => features.in_file(),
        }?;
        Some((file, file.path()?, bytes))
    }

    /// All values as `f32`, shape (samples, features) in row-major order. Pixels are divided by 255
    /// and so lie in [0, 1]; features are as they are.
    pub fn to_f32(&self) -> Cow<'_, [f32]> {
        self.numbers(0..self.values())
    }

    /// The same of `rows` samples after another, the last time of those that are left: what lies in a file is not
    /// all in memory at once.
    ///
    /// # Panics
    /// If `rows` is 0.
    pub fn blocks(&self, rows: usize) -> impl Iterator<Item = Cow<'_, [f32]>> {
        let (size, values) = (rows * self.features, self.values());
        let starts = (0..values).step_by(size);
        let mut released = 0;
        starts.map(move |start| {
            if start - released >= KEPT {
                self.release_values(released..start);
                released = start;
            }
            self.numbers(start..values.min(start + size))
        })
    }

    /// Tells the system that the values need not stay in memory, for they were looked at and will not be again soon.
    /// Those in a mapped file that has a name are read again when they are; others stay.
    pub fn release(&self) {
        self.release_values(0..self.values());
    }

    fn release_values(&self, values: Range<usize>) {
        match &self.values {
            Values::Pixels(pixels) => pixels.release(values),
            Values::Features(features) => features.release(values),
        }
    }

    fn numbers(&self, range: Range<usize>) -> Cow<'_, [f32]> {
        match &self.values {
            Values::Pixels(pixels) => Cow::Owned(pixels[range].iter().map(|&p| unit(p)).collect()),
            Values::Features(features) => Cow::Borrowed(&features[range]),
        }
    }

    fn values(&self) -> usize {
        match &self.values {
            Values::Pixels(pixels) => pixels.len(),
            Values::Features(features) => features.len(),
        }
    }

    /// The samples at `indices`, in that order: a copy, which is in a temporary file where it is of more than 64 MB and
    /// of a file that has a name.
    ///
    /// # Panics
    /// If an index is not below [`len`](Self::len).
    #[must_use]
    pub fn select(&self, indices: &[usize]) -> Self {
        let width = self.features;
        self.with_values(match &self.values {
            Values::Pixels(pixels) => Values::Pixels(pixels.gather(width, indices)),
            Values::Features(features) => Values::Features(features.gather(width, indices)),
        })
    }

    /// The consecutive samples in `range`: a copy, or where they are in a mapped file.
    ///
    /// # Panics
    /// If `range` does not lie within 0..[`len`](Self::len).
    #[must_use]
    pub fn slice(&self, range: Range<usize>) -> Self {
        let range = range.start * self.features..range.end * self.features;
        self.with_values(match &self.values {
            Values::Pixels(pixels) => Values::Pixels(pixels.part(range)),
            Values::Features(features) => Values::Features(features.part(range)),
        })
    }

    /// One sample as 8-bit grey levels for showing it: pixels as they are, those in colour as their
    /// luma (ITU-R BT.601), features scaled from their own smallest to their own largest value.
    ///
    /// # Panics
    /// If `index` is not below [`len`](Self::len).
    pub fn grey_levels(&self, index: usize) -> Cow<'_, [u8]> {
        let range = index * self.features..(index + 1) * self.features;
        match &self.values {
            Values::Pixels(pixels) if self.colour_picture().is_some() => {
                Cow::Owned(pixels[range].chunks_exact(COLOURS).map(luma).collect())
            }
            Values::Pixels(pixels) => Cow::Borrowed(&pixels[range]),
            Values::Features(features) => Cow::Owned(stretch(&features[range])),
        }
    }

    fn with_values(&self, values: Values) -> Self {
        Self {
            features: self.features,
            layout: self.layout,
            names: self.names.clone(),
            values,
        }
    }

    /// The first value that is NaN or infinite.
    pub(crate) fn first_not_finite(&self) -> Option<DataError> {
        let Values::Features(features) = &self.values else {
            return None;
        };
        let position = features.iter().position(|value| !value.is_finite())?;
        Some(DataError::NotFinite {
            sample: position / self.features,
            feature: position % self.features,
            value: features[position],
        })
    }
}

/// The pixel's value in [0, 1]. Division, not multiplication by 1/255, to agree with the
/// notebook's `x / 255.0` in every bit.
fn unit(pixel: u8) -> f32 {
    f32::from(pixel) / 255.0
}

/// 0.299 R + 0.587 G + 0.114 B, rounded.
fn luma(pixel: &[u8]) -> u8 {
    let [red, green, blue] = [pixel[0], pixel[1], pixel[2]].map(u32::from);
    ((299 * red + 587 * green + 114 * blue + 500) / 1000) as u8
}

fn fills_rows(values: usize, width: usize) -> bool {
    width > 0 && values.is_multiple_of(width)
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

    const TWO_BY_THREE: PictureShape = PictureShape {
        rows: 2,
        columns: 3,
    };

    fn images() -> Samples {
        Samples::from_pixels(TWO_BY_THREE, (0..18).map(|i| i * 15).collect()).unwrap()
    }

    #[test]
    fn pixels_become_unit_floats_by_division() {
        let images = Samples::from_pixels(TWO_BY_THREE, vec![0, 1, 51, 128, 254, 255]).unwrap();
        let expected = [0.0, 1.0 / 255.0, 0.2, 128.0 / 255.0, 254.0 / 255.0, 1.0];
        assert_eq!(images.to_f32().as_ref(), expected);
    }

    #[test]
    fn blocks_are_all_values_in_their_order() {
        let rows = Samples::from_features(2, (0..10_u8).map(f32::from).collect()).unwrap();
        for samples in [images(), rows] {
            for size in [1, 2, 9] {
                let blocks: Vec<_> = samples.blocks(size).collect();
                assert_eq!(blocks.len(), samples.len().div_ceil(size));
                assert_eq!(blocks.concat(), samples.to_f32().as_ref());
            }
        }
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
    fn values_that_do_not_divide_into_rows_are_refused() {
        let error = Samples::from_pixels(TWO_BY_THREE, vec![0; 7]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "7 values do not divide into pictures of 2 × 3"
        );
        let error = Samples::from_features(3, vec![0.0; 7]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "7 values do not divide into rows of 3 features"
        );
        assert!(Samples::from_features(0, vec![]).is_err());
        let rows = Samples::from_features(7, vec![0.0; 7]).unwrap();
        assert!(rows.into_pictures(TWO_BY_THREE).is_err());
    }

    #[test]
    fn features_are_shown_between_their_own_extremes() {
        let images = Samples::from_features(3, vec![-1.0, 0.0, 1.0, 7.0, 7.0, 7.0]).unwrap();
        assert_eq!(images.grey_levels(0).as_ref(), [0, 128, 255]);
        assert_eq!(images.grey_levels(1).as_ref(), [0, 0, 0]);
    }

    #[test]
    fn colours_are_rows_to_models_and_grey_to_people() {
        let pixels = vec![
            255, 255, 255, 0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9,
        ];
        let images = Samples::from_colour_pixels(TWO_BY_THREE, pixels).unwrap();
        assert_eq!((images.len(), images.features()), (1, 18));
        assert_eq!(images.picture(), None);
        assert_eq!(images.pictures(), Some((TWO_BY_THREE, 3)));
        assert_eq!(images.select(&[0]).colour_picture(), Some(TWO_BY_THREE));
        assert_eq!(images.shown_shape(), TWO_BY_THREE);
        assert_eq!(images.grey_levels(0).as_ref(), [255, 0, 76, 150, 29, 9]);
        assert!(Samples::from_colour_pixels(TWO_BY_THREE, vec![0; 6]).is_err());
    }

    #[test]
    fn features_keep_their_names() {
        let names: Arc<[String]> = ["height", "weight"].map(str::to_owned).into();
        let rows = Samples::from_features(2, vec![1.0, 2.0, 3.0, 4.0]).unwrap();
        let rows = rows.with_names(names.clone()).unwrap();
        assert_eq!(rows.select(&[1]).names(), Some(&names));
        let wide = Samples::from_features(4, vec![1.0, 2.0, 3.0, 4.0]).unwrap();
        let error = wide.with_names(names).unwrap_err().to_string();
        assert_eq!(error, "2 names for 4 features; each feature needs one name");
    }
}
