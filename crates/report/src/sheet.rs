//! Contact sheets: small images in a grid, each with a caption, as PNG.

use crate::error::ReportError;
use embedded_graphics::mono_font::MonoTextStyle;
use embedded_graphics::mono_font::iso_8859_1::FONT_10X20;
use embedded_graphics::pixelcolor::Rgb888;
use embedded_graphics::prelude::{
    DrawTarget, Drawable, OriginDimensions, Pixel, Point, RgbColor, Size,
};
use embedded_graphics::text::{Alignment, Text};
use records::{SIDE, Thumbnail};

/// An image of a sheet.
#[derive(Debug, Clone, PartialEq)]
pub struct Tile {
    /// Red, green, blue, and how much they cover.
    pixels: Vec<[u8; 4]>,
    pub(crate) width: usize,
    pub(crate) caption: Vec<String>,
}

impl Tile {
    /// Grey levels, row by row, of a picture of so many pixels across and down, with short lines
    /// below it. It is made smaller if a side is longer than 96 pixels.
    ///
    /// # Panics
    /// If there are fewer levels.
    pub fn grey(levels: &[u8], size: [usize; 2], caption: Vec<String>) -> Self {
        let picture = Thumbnail::new(size, |i| f32::from(levels[i]));
        Self::coloured(&picture, grey, caption)
    }

    pub(crate) fn rows(&self) -> usize {
        self.pixels.len() / self.width.max(1)
    }

    /// How light a pixel is; black below the last row.
    pub(crate) fn level(&self, row: usize, column: usize) -> u8 {
        self.pixels
            .get(row * self.width + column)
            .map_or(0, |&[_, green, ..]| green)
    }

    /// A picture in colours.
    pub(crate) fn coloured(
        picture: &Thumbnail,
        colour: impl Fn(f32) -> [u8; 4],
        caption: Vec<String>,
    ) -> Self {
        Self {
            pixels: picture.values.iter().map(|&value| colour(value)).collect(),
            width: picture.width,
            caption,
        }
    }
}

/// A grey level that covers all.
fn grey(level: f32) -> [u8; 4] {
    let level = level.round() as u8;
    [level, level, level, 255]
}

/// Letters that can still be read where a phone shows a sheet of five columns.
const CHARACTER_WIDTH: usize = 10;
const LINE_HEIGHT: usize = 20;
const GAP: usize = 10;
/// A picture of one row or column is drawn this thick.
const LEAST_SIDE: usize = 8;
/// Captions have at least this much room.
const LEAST_CELL: usize = 90;

/// What colours mean, below the pictures of a sheet.
pub(crate) struct ColourBar<C> {
    /// The colour of a value from −1 to 1.
    pub(crate) colour: C,
    /// The number at 1.
    pub(crate) end: String,
}

/// How high a bar is, and how wide where there is room.
const BAR: [usize; 2] = [16, 320];

/// Draws pictures of one size, `columns` in a row, on no ground: captions can be read on light and on
/// dark. They are enlarged by a whole factor
/// until they are about 96 pixels wide or high.
///
/// # Errors
/// [`ReportError::Render`] if the picture cannot be encoded.
///
/// # Panics
/// If two pictures are of different sizes.
pub fn contact_sheet(tiles: &[Tile], columns: usize) -> Result<Vec<u8>, ReportError> {
    drawn(tiles, columns, 0).png()
}

/// The same with a colour bar.
pub(crate) fn contact_sheet_with_bar(
    tiles: &[Tile],
    columns: usize,
    bar: &ColourBar<impl Fn(f32) -> [u8; 4]>,
) -> Result<Vec<u8>, ReportError> {
    let mut canvas = drawn(tiles, columns, GAP + BAR[0] + LINE_HEIGHT + 4);
    canvas.write_bar(bar);
    canvas.png()
}

/// The pictures, with so many pixels below them.
fn drawn(tiles: &[Tile], columns: usize, room: usize) -> Canvas {
    let Some(first) = tiles.first() else {
        return Canvas::clear(GAP, GAP + room);
    };
    let size = [first.width, first.rows()];
    let factor = SIDE / size[0].max(size[1]).max(1);
    let scale = size.map(|side| factor.max(LEAST_SIDE.div_ceil(side.max(1))).max(1));
    let [width, height] = [size[0] * scale[0], size[1] * scale[1]];
    let cell = width.max(LEAST_CELL);
    let captions: Vec<Vec<String>> = tiles
        .iter()
        .map(|tile| broken(&tile.caption, cell))
        .collect();
    let lines = captions.iter().map(Vec::len).max();
    let below = match lines.unwrap_or(0) {
        0 => 0,
        lines => lines * LINE_HEIGHT + 4,
    };
    let step = [cell + GAP, height + GAP + below];
    let columns = columns.min(tiles.len()).max(1);
    let rows = tiles.len().div_ceil(columns);
    let mut canvas = Canvas::clear(columns * step[0] + GAP, rows * step[1] + GAP + room);
    for (i, (tile, caption)) in tiles.iter().zip(&captions).enumerate() {
        assert_eq!(tile.pixels.len(), size[0] * size[1], "pixels of tile {i}");
        let [left, top] = [GAP + i % columns * step[0], GAP + i / columns * step[1]];
        canvas.enlarge(tile, scale, [left + (cell - width) / 2, top]);
        for (line, text) in caption.iter().enumerate() {
            let baseline = top + height + (line + 1) * LINE_HEIGHT - 3;
            canvas.write(text, left + cell / 2, baseline);
        }
    }
    canvas
}

/// Lines of a caption that are no wider than a cell: they break at spaces, hyphens and slashes, and within
/// longer words.
fn broken(caption: &[String], cell: usize) -> Vec<String> {
    let most = cell / CHARACTER_WIDTH;
    let length = |text: &str| text.chars().count();
    let mut lines = Vec::new();
    for text in caption {
        let mut line = String::new();
        for piece in text.split_inclusive([' ', '-', '_', '/']) {
            if !line.is_empty() && length(&line) + length(piece.trim_end()) > most {
                lines.push(std::mem::take(&mut line).trim_end().to_owned());
            }
            for letter in piece.chars() {
                if letter != ' ' && length(&line) == most {
                    lines.push(std::mem::take(&mut line));
                }
                line.push(letter);
            }
        }
        lines.push(line.trim_end().to_owned());
    }
    lines
}

/// Of captions: as readable on light ground as on dark.
const GREY: [u8; 3] = [0x76, 0x80, 0x8b];

struct Canvas {
    pixels: Vec<u8>,
    width: usize,
    height: usize,
}

impl Canvas {
    fn clear(width: usize, height: usize) -> Self {
        Self {
            pixels: vec![0; width * height * 4],
            width,
            height,
        }
    }

    fn set(&mut self, x: usize, y: usize, colour: [u8; 4]) {
        if x < self.width && y < self.height {
            let start = (y * self.width + x) * 4;
            self.pixels[start..start + 4].copy_from_slice(&colour);
        }
    }

    fn enlarge(&mut self, tile: &Tile, [across, down]: [usize; 2], [left, top]: [usize; 2]) {
        for (i, &colour) in tile.pixels.iter().enumerate() {
            let (x, y) = (i % tile.width * across, i / tile.width * down);
            for offset in 0..across * down {
                let (right, below) = (offset % across, offset / across);
                self.set(left + x + right, top + y + below, colour);
            }
        }
    }

    /// At the bottom: colours from −1 to 1 between two grey lines, numbers below them.
    fn write_bar(&mut self, bar: &ColourBar<impl Fn(f32) -> [u8; 4]>) {
        let [height, most] = BAR;
        let digits = (bar.end.chars().count() + 1) * CHARACTER_WIDTH;
        let across = most.min(self.width.saturating_sub(2 * GAP + digits)).max(2);
        let left = self.width.saturating_sub(across) / 2;
        let top = self.height.saturating_sub(height + LINE_HEIGHT + 4);
        for x in 0..across {
            let value = 2.0 * x as f32 / (across - 1) as f32 - 1.0;
            for y in 0..height {
                let is_edge = y == 0 || y == height - 1;
                let [red, green, blue] = GREY;
                let colour = if is_edge {
                    [red, green, blue, 255]
                } else {
                    (bar.colour)(value)
                };
                self.set(left + x, top + y, colour);
            }
        }
        let numbers = [format!("-{}", bar.end), "0".to_owned(), bar.end.clone()];
        for (i, number) in numbers.iter().enumerate() {
            self.write(
                number,
                left + i * across / 2,
                top + height + LINE_HEIGHT - 3,
            );
        }
    }

    fn write(&mut self, text: &str, centre: usize, baseline: usize) {
        let style = MonoTextStyle::new(&FONT_10X20, Rgb888::new(GREY[0], GREY[1], GREY[2]));
        let position = Point::new(centre as i32, baseline as i32);
        let text = Text::with_alignment(text, position, style, Alignment::Center);
        let Ok(_) = text.draw(self);
    }

    fn png(&self) -> Result<Vec<u8>, ReportError> {
        let failed = |error: png::EncodingError| ReportError::render("contact sheet", &error);
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, self.width as u32, self.height as u32);
        encoder.set_color(png::ColorType::Rgba);
        encoder.set_compression(png::Compression::High);
        let mut writer = encoder.write_header().map_err(failed)?;
        writer.write_image_data(&self.pixels).map_err(failed)?;
        writer.finish().map_err(failed)?;
        Ok(bytes)
    }
}

impl OriginDimensions for Canvas {
    fn size(&self) -> Size {
        Size::new(self.width as u32, self.height as u32)
    }
}

impl DrawTarget for Canvas {
    type Color = Rgb888;
    type Error = std::convert::Infallible;

    fn draw_iter<I: IntoIterator<Item = Pixel<Rgb888>>>(
        &mut self,
        pixels: I,
    ) -> Result<(), Self::Error> {
        for Pixel(point, colour) in pixels {
            if let (Ok(x), Ok(y)) = (usize::try_from(point.x), usize::try_from(point.y)) {
                self.set(x, y, [colour.r(), colour.g(), colour.b(), 255]);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(bytes: &[u8]) -> (u32, u32, Vec<u8>) {
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes))
            .read_info()
            .unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        (info.width, info.height, pixels)
    }

    #[test]
    fn cells_are_enlarged_and_captioned() {
        let cell = Tile::grey(&[0; 28 * 28], [28, 28], vec!["seven".to_owned()]);
        let (width, height, pixels) =
            decode(&contact_sheet(&[cell.clone(), cell.clone(), cell], 2).unwrap());
        assert_eq!(
            (width, height),
            (2 * (90 + 10) + 10, 2 * (84 + 10 + 20 + 4) + 10)
        );
        let at = |x: u32, y: u32| pixels[((y * width + x) * 4) as usize + 3];
        assert_eq!((at(12, 9), at(13, 10), at(96, 93)), (0, 255, 255));
        let caption = (94..114).flat_map(|y| (10..100).map(move |x| (x, y)));
        assert!(
            caption.into_iter().any(|(x, y)| at(x, y) == 255),
            "the caption is drawn"
        );
    }

    #[test]
    fn captions_are_broken_and_never_cut() {
        let caption = ["is T-shirt/top", "p 0.99871", "abcdefghijkl", "Dress in a"];
        let caption = caption.map(str::to_owned);
        let lines = [
            "is T-",
            "shirt/top",
            "p 0.99871",
            "abcdefghi",
            "jkl",
            "Dress in",
            "a",
        ];
        assert_eq!(broken(&caption, 90), lines);
    }

    #[test]
    fn a_bar_says_what_colours_mean() {
        let bar = ColourBar {
            colour: |value| [0, 0, 0, if value > 0.9 { 255 } else { 0 }],
            end: "0.53".to_owned(),
        };
        let cell = Tile::grey(&[255; 28 * 28], [28, 28], Vec::new());
        let tiles = vec![cell; 5];
        let (width, height, pixels) = decode(&contact_sheet_with_bar(&tiles, 5, &bar).unwrap());
        let plain = decode(&contact_sheet(&tiles, 5).unwrap());
        assert!(width == plain.0 && height > plain.1);
        let black = pixels.chunks(4).filter(|pixel| **pixel == [0, 0, 0, 255]);
        assert!(black.count() > 100);
        let grey = pixels.chunks(4).filter(|pixel| pixel[..3] == GREY);
        assert!(grey.count() > 2 * 320, "numbers and edges");
    }

    #[test]
    fn the_size_of_a_picture_bounds_the_size_of_its_sheet() {
        for size in [[1, 20_000], [20_000, 1], [4096, 4096], [1, 784], [1, 1]] {
            let tile = Tile::grey(&vec![0; size[0] * size[1]], size, vec!["p 1".to_owned()]);
            let (width, height, pixels) = decode(&contact_sheet(&[tile], 1).unwrap());
            assert!(
                width <= 116 && height <= 140,
                "{size:?}: {width} × {height}"
            );
            assert!(width >= 92 && height >= 45, "{size:?}: {width} × {height}");
            let is_black = |pixel: &&[u8]| **pixel == [0, 0, 0, 255];
            let black = pixels.chunks(4).filter(is_black).count();
            assert!(black >= 8 * 8, "{size:?}");
        }
    }
}
