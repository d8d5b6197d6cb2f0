//! Large pictures made smaller, for whoever looks at them quickly: means of square blocks of pixels.

use crate::{PictureShape, Samples};
use std::borrow::Cow;
use std::iter::repeat_n;

impl Samples {
    /// Pictures whose sides have `side` pixels at most, and how many pixels of the old ones stand in a side of the block
    /// that each new one is the mean of. Pictures that are small enough, and what is no picture, stay as they are: 1.
    ///
    /// # Panics
    /// If `side` is 0.
    pub fn smaller(&self, side: usize) -> (Cow<'_, Self>, usize) {
        let block = self
            .pictures()
            .map_or(1, |(shape, _)| shape.rows.max(shape.columns).div_ceil(side));
        (self.in_blocks(block), block)
    }

    /// Pictures of the means of square blocks of so many pixels along a side. What is no picture stays as it is.
    ///
    /// # Panics
    /// Never: the means are as many as the pixels of the new pictures.
    pub fn in_blocks(&self, block: usize) -> Cow<'_, Self> {
        let pictures = self.pictures().filter(|_| block > 1);
        let Some((shape, values)) = pictures else {
            return Cow::Borrowed(self);
        };
        let small = PictureShape {
            rows: shape.rows.div_ceil(block),
            columns: shape.columns.div_ceil(block),
        };
        let counts = counts(shape, block);
        let samples = if let Some(pixels) = self.pixels() {
            let mut all = Vec::with_capacity(self.len() * small.features() * values);
            for picture in pixels.chunks_exact(self.features()) {
                let sums = sums(picture, shape, values, block);
                let counts = counts.iter().flat_map(|&count| repeat_n(count, values));
                let means = sums.iter().zip(counts);
                all.extend(means.map(|(sum, count)| (sum / count).round() as u8));
            }
            match values {
                1 => Self::from_pixels(small, all),
                _ => Self::from_colour_pixels(small, all),
            }
        } else {
            let mut all = Vec::with_capacity(self.len() * small.features());
            for picture in self.blocks(1) {
                let sums = sums(&picture, shape, 1, block);
                let means = sums.iter().zip(&counts);
                all.extend(means.map(|(sum, count)| (sum / count) as f32));
            }
            Self::from_features(small.features(), all).and_then(|rows| rows.into_pictures(small))
        };
        Cow::Owned(samples.expect("the values fill them"))
    }
}

/// Pixels of each block: those at the ends may be cut.
fn counts(shape: PictureShape, block: usize) -> Vec<f64> {
    let sides = |length: usize| {
        let starts = (0..length).step_by(block);
        starts.map(move |start| block.min(length - start) as f64)
    };
    sides(shape.rows)
        .flat_map(|rows| sides(shape.columns).map(move |columns| rows * columns))
        .collect()
}

/// The sums of the blocks of a picture, each colour for itself. The order of additions is that of the pixels.
fn sums<T: Copy + Into<f64>>(
    picture: &[T],
    shape: PictureShape,
    values: usize,
    block: usize,
) -> Vec<f64> {
    let across = shape.columns.div_ceil(block) * values;
    let mut sums = vec![0.0; shape.rows.div_ceil(block) * across];
    let lines = picture.chunks_exact(shape.columns * values);
    for (row, line) in lines.enumerate() {
        let of_row = &mut sums[row / block * across..][..across];
        for (place, pixels) in line.chunks(block * values).enumerate() {
            for colour in 0..values {
                let of_colour = pixels[colour..].iter().step_by(values);
                of_row[place * values + colour] +=
                    of_colour.map(|&value| value.into()).sum::<f64>();
            }
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: PictureShape = PictureShape {
        rows: 2,
        columns: 3,
    };

    #[test]
    fn each_pixel_is_the_mean_of_its_block_and_the_last_may_be_cut() {
        let grey = Samples::from_pixels(SHAPE, vec![1, 2, 3, 4, 5, 7]).unwrap();
        let (small, block) = grey.smaller(2);
        assert_eq!((small.pixels(), block), (Some(&[3, 5][..]), 2));
        let (same, block) = grey.smaller(3);
        assert_eq!((same.as_ref(), block), (&grey, 1));
    }

    #[test]
    fn colours_and_real_numbers_have_means_of_their_own() {
        let pixels: Vec<u8> = (0..6).flat_map(|i| [i, 100 + i, 200]).collect();
        let colour = Samples::from_colour_pixels(SHAPE, pixels).unwrap();
        let (small, _) = colour.smaller(1);
        assert_eq!(small.pixels(), Some(&[3, 103, 200][..]));
        let reals = Samples::from_features(6, vec![0.5, 1.0, 0.0, 0.5, 1.0, 9.0]).unwrap();
        let (small, _) = reals.smaller(1);
        assert_eq!(small.as_ref(), &reals, "rows are no pictures");
        let pictures = reals.into_pictures(SHAPE).unwrap();
        let (small, block) = pictures.smaller(2);
        assert_eq!((&small.to_f32()[..], block), (&[0.75, 4.5][..], 2));
    }
}
