//! All images of the HTML page in one picture.

use crate::error::ReportError;
use records::{DatasetRecord, ImagesRecord};

/// Images in a row.
pub(crate) const PER_ROW: usize = 64;

/// The most pixels: what a browser unpacks without trouble.
const MOST_PIXELS: usize = 1 << 25;

/// Images side by side, grey.
pub(crate) struct Sprite {
    /// As PNG.
    pub(crate) png: Vec<u8>,
    /// How many of the images are on it, the first ones.
    pub(crate) images: usize,
    /// Pixels across and down of each.
    pub(crate) width: usize,
    pub(crate) height: usize,
}

impl Sprite {
    pub(crate) fn new(images: &ImagesRecord, data: &DatasetRecord) -> Result<Self, ReportError> {
        let [width, height] = data.shown_size();
        let most = (MOST_PIXELS / (width * height)).max(PER_ROW) / PER_ROW * PER_ROW;
        let count = images.indices.len().min(most);
        let across = PER_ROW * width;
        let mut pixels = vec![0; across * count.div_ceil(PER_ROW).max(1) * height];
        let pictures = images.pixels.chunks_exact(width * height).take(count);
        for (position, levels) in pictures.enumerate() {
            let (left, top) = (position % PER_ROW * width, position / PER_ROW * height);
            for (row, line) in levels.chunks_exact(width).enumerate() {
                let start = (top + row) * across + left;
                pixels[start..start + width].copy_from_slice(line);
            }
        }
        Ok(Self {
            png: grey(&pixels, across)?,
            images: count,
            width,
            height,
        })
    }
}

fn grey(pixels: &[u8], width: usize) -> Result<Vec<u8>, ReportError> {
    let failed = |error: png::EncodingError| ReportError::render("index.html", &error);
    let height = pixels.len() / width;
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width as u32, height as u32);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_compression(png::Compression::High);
    let mut writer = encoder.write_header().map_err(failed)?;
    writer.write_image_data(pixels).map_err(failed)?;
    writer.finish().map_err(failed)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use records::examples::run;

    #[test]
    fn many_large_images_are_small_and_fewer() {
        let mut data = run(&[], &[0]).dataset;
        (data.rows, data.columns, data.features) = (1, 300, 300);
        let images = |count: u32| ImagesRecord {
            indices: (0..count).collect(),
            pixels: vec![200; count as usize * 75],
        };
        let sprite = Sprite::new(&images(3), &data).unwrap();
        // Blocks of four.
        assert_eq!((sprite.images, sprite.width, sprite.height), (3, 75, 1));
        let few = sprite.png.len();
        (data.rows, data.features) = (300, 90_000);
        let large = ImagesRecord {
            indices: (0..7_000).collect(),
            pixels: Vec::new(),
        };
        let sprite = Sprite::new(&large, &data).unwrap();
        assert_eq!(
            (sprite.images, sprite.width, sprite.height),
            (5_952, 75, 75)
        );
        assert!(few < 1_000, "{few}");
    }
}
