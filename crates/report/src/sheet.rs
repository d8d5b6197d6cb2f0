//! Contact sheets: small images in a grid, each with a caption, as PNG.

use crate::ReportError;
use embedded_graphics::mono_font::MonoTextStyle;
use embedded_graphics::mono_font::iso_8859_1::FONT_6X13;
use embedded_graphics::pixelcolor::Rgb888;
use embedded_graphics::prelude::{
    DrawTarget, Drawable, OriginDimensions, Pixel, Point, RgbColor, Size,
};
use embedded_graphics::text::{Alignment, Text};

/// An image of a sheet.
#[derive(Debug, Clone, PartialEq)]
pub struct Tile {
    /// Colours in row-major order.
    pub pixels: Vec<[u8; 3]>,
    /// Short lines below it.
    pub caption: Vec<String>,
}

impl Tile {
    /// A cell of grey levels.
    pub fn grey(levels: &[u8], caption: Vec<String>) -> Self {
        Self {
            pixels: levels.iter().map(|&level| [level; 3]).collect(),
            caption,
        }
    }
}

const CHARACTER_WIDTH: usize = 6;
const LINE_HEIGHT: usize = 13;
const GAP: usize = 10;
/// Cells are enlarged by a whole factor until they are about this wide.
const CELL_WIDTH: usize = 96;

/// Draws cells of `width` × `height` pixels, `columns` in a row, on white.
///
/// # Errors
/// [`ReportError::Render`] if the picture cannot be encoded.
///
/// # Panics
/// If a cell does not have `width` × `height` pixels.
pub fn contact_sheet(
    cells: &[Tile],
    [width, height]: [usize; 2],
    columns: usize,
) -> Result<Vec<u8>, ReportError> {
    let scale = (CELL_WIDTH / width).max(1);
    let lines = cells
        .iter()
        .map(|cell| cell.caption.len())
        .max()
        .unwrap_or(0);
    let step = [
        width * scale + GAP,
        height * scale + GAP + lines * LINE_HEIGHT + if lines > 0 { 4 } else { 0 },
    ];
    let columns = columns.min(cells.len()).max(1);
    let rows = cells.len().div_ceil(columns).max(1);
    let mut canvas = Canvas::white(columns * step[0] + GAP, rows * step[1] + GAP);
    for (i, cell) in cells.iter().enumerate() {
        assert_eq!(cell.pixels.len(), width * height, "pixels of cell {i}");
        let corner = [GAP + i % columns * step[0], GAP + i / columns * step[1]];
        canvas.enlarge(&cell.pixels, width, scale, corner);
        let below = corner[1] + height * scale + LINE_HEIGHT;
        for (line, text) in cell.caption.iter().enumerate() {
            let most = (width * scale + GAP) / CHARACTER_WIDTH;
            let text: String = text.chars().take(most).collect();
            canvas.write(
                &text,
                corner[0] + width * scale / 2,
                below + line * LINE_HEIGHT,
            );
        }
    }
    canvas.png()
}

struct Canvas {
    pixels: Vec<u8>,
    width: usize,
    height: usize,
}

impl Canvas {
    fn white(width: usize, height: usize) -> Self {
        Self {
            pixels: vec![255; width * height * 3],
            width,
            height,
        }
    }

    fn set(&mut self, x: usize, y: usize, colour: [u8; 3]) {
        if x < self.width && y < self.height {
            let start = (y * self.width + x) * 3;
            self.pixels[start..start + 3].copy_from_slice(&colour);
        }
    }

    fn enlarge(&mut self, image: &[[u8; 3]], width: usize, scale: usize, [left, top]: [usize; 2]) {
        for (i, &colour) in image.iter().enumerate() {
            let (x, y) = (left + i % width * scale, top + i / width * scale);
            for offset in 0..scale * scale {
                self.set(x + offset % scale, y + offset / scale, colour);
            }
        }
    }

    fn write(&mut self, text: &str, centre: usize, baseline: usize) {
        let style = MonoTextStyle::new(&FONT_6X13, Rgb888::new(0x1f, 0x23, 0x28));
        let position = Point::new(centre as i32, baseline as i32);
        let text = Text::with_alignment(text, position, style, Alignment::Center);
        let Ok(_) = text.draw(self);
    }

    fn png(&self) -> Result<Vec<u8>, ReportError> {
        let failed = |error: png::EncodingError| ReportError::render("contact sheet", &error);
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, self.width as u32, self.height as u32);
        encoder.set_color(png::ColorType::Rgb);
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
                self.set(x, y, [colour.r(), colour.g(), colour.b()]);
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
        let cell = Tile::grey(&[0; 28 * 28], vec!["seven".to_owned()]);
        let (width, height, pixels) =
            decode(&contact_sheet(&[cell.clone(), cell.clone(), cell], [28, 28], 2).unwrap());
        assert_eq!(
            (width, height),
            (2 * (84 + 10) + 10, 2 * (84 + 10 + 13 + 4) + 10)
        );
        let at = |x: u32, y: u32| pixels[((y * width + x) * 3) as usize];
        assert_eq!((at(9, 9), at(10, 10), at(93, 93)), (255, 0, 0));
        let caption = (94..107).flat_map(|y| (10..94).map(move |x| (x, y)));
        assert!(
            caption.into_iter().any(|(x, y)| at(x, y) < 255),
            "the caption is drawn"
        );
    }
}
