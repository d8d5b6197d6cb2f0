//! Pictures made small enough to be looked at: what is recorded of large ones.

/// The longest side of a picture that is recorded and shown, in pixels.
pub const SIDE: usize = 96;

/// A picture of numbers, no side of which is longer than [`SIDE`].
#[derive(Debug, Clone, PartialEq)]
pub struct Thumbnail {
    /// Row by row.
    pub values: Vec<f32>,
    /// Pixels across.
    pub width: usize,
    /// Pixels down.
    pub height: usize,
}

impl Thumbnail {
    /// Of a picture whose pixels, row by row, are `value`s: the means of square blocks; a small picture is left as
    /// it is.
    pub fn new([width, height]: [usize; 2], value: impl Fn(usize) -> f32) -> Self {
        let block = block([width, height]);
        let size = Self::size([width, height]);
        let mut sums = vec![0.0_f64; size[0] * size[1]];
        let mut counts = vec![0_u32; sums.len()];
        for row in 0..height {
            for column in 0..width {
                let place = row / block * size[0] + column / block;
                sums[place] += f64::from(value(row * width + column));
                counts[place] += 1;
            }
        }
        let means = sums.iter().zip(&counts);
        Self {
            values: means
                .map(|(sum, &count)| (sum / f64::from(count)) as f32)
                .collect(),
            width: size[0],
            height: size[1],
        }
    }

    /// Pixels across and down of what a picture of so many becomes.
    pub fn size(picture: [usize; 2]) -> [usize; 2] {
        picture.map(|side| side.div_ceil(block(picture)))
    }

    /// The values as grey levels.
    pub fn levels(&self) -> Vec<u8> {
        self.values
            .iter()
            .map(|level| level.round() as u8)
            .collect()
    }
}

/// Pixels across and down of the blocks that become one.
fn block([width, height]: [usize; 2]) -> usize {
    width.max(height).div_ceil(SIDE).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_pictures_stay_and_large_ones_are_means_of_blocks() {
        let small = Thumbnail::new([2, 3], |i| i as f32);
        assert_eq!(small.values, [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
        let tall = Thumbnail::new([1, 20_000], |i| i as f32);
        assert_eq!((tall.width, tall.height), (1, 96));
        // 209 rows each.
        assert_eq!(tall.values[0], 104.0);
        let wide = Thumbnail::new([192, 2], |i| (i % 2) as f32);
        assert_eq!((wide.width, wide.height), (96, 1));
        assert!(wide.values.iter().all(|&value| value == 0.5));
    }
}
