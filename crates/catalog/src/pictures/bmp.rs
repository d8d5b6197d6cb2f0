//! BMP without compression, of 8 bits with a palette, 24 or 32 bits.
//!
//! <https://learn.microsoft.com/windows/win32/gdi/bitmap-storage>: a file header of 14 bytes, a
//! `BITMAPINFOHEADER` or one of its successors, the palette, then rows from the bottom up, each a
//! multiple of four bytes long.

use super::picture::{Picture, Unread, check_size};
use data::PictureShape;

/// Where the header after the file header begins.
const INFO: usize = 14;

/// The bits of red, green and blue in nearly all files: blue comes first.
const USUAL: [u32; 3] = [0xff_0000, 0xff00, 0xff];

pub(super) fn decode(bytes: &[u8], limit: u64) -> Result<Picture, Unread> {
    let header = Header::read(bytes)?;
    let Header { shape, bits, .. } = header;
    check_size(shape, limit)?;
    let body = header.body(bytes)?;
    let palette = match (bits, header.colours) {
        (8, 0) => palette(bytes, header.palette_at, 256),
        (8, colours) => palette(bytes, header.palette_at, colours.min(256)),
        _ => Some(Vec::new()),
    };
    let palette = palette.ok_or(SHORT)?;
    let colour = |pixel: &[u8]| match bits {
        8 => palette.get(usize::from(pixel[0])).copied(),
        _ => Some(header.places.map(|place| pixel[place])),
    };
    let mut pixels = Vec::with_capacity(3 * shape.features());
    for row in 0..shape.rows {
        // From the bottom, unless it says otherwise.
        let stored = if header.is_from_top {
            row
        } else {
            shape.rows - 1 - row
        };
        for pixel in header.row(body, stored) {
            pixels.extend(colour(pixel).ok_or("a colour that the palette lacks")?);
        }
    }
    Ok(Picture {
        shape,
        is_colour: true,
        pixels,
    })
}

/// Whether the fourth bytes of pixels say how opaque these are: they are no filling, all 0 or all 255.
pub(super) fn says_how_opaque(bytes: &[u8]) -> bool {
    let Ok(header) = Header::read(bytes) else {
        return false;
    };
    let Ok(body) = header.body(bytes) else {
        return false;
    };
    let rows = (0..header.shape.rows).flat_map(|row| header.row(body, row));
    let fourth = (0..4).find(|place| !header.places.contains(place));
    let mut values = rows.filter_map(|pixel| pixel.get(fourth?));
    let first = values.next();
    first.is_some_and(|first| !matches!(first, 0 | 255) || values.any(|value| value != first))
}

const SHORT: &str = "truncated BMP";

/// What stands before the pixels.
struct Header {
    shape: PictureShape,
    bits: usize,
    /// Where red, green and blue are in a pixel of three or four bytes.
    places: [usize; 3],
    is_from_top: bool,
    pixels_at: usize,
    palette_at: usize,
    /// Colours of the palette; 0 for as many as there can be.
    colours: usize,
}

impl Header {
    fn read(bytes: &[u8]) -> Result<Self, Unread> {
        let word = |at: usize| -> Result<u32, Unread> {
            let four = bytes.get(at..).and_then(|rest| rest.first_chunk());
            Ok(u32::from_le_bytes(*four.ok_or(SHORT)?))
        };
        let header = word(INFO)? as usize;
        if header < 40 {
            return Err("a BMP of OS/2; save it as PNG".into());
        }
        let [width, height] = [word(INFO + 4)? as i32, word(INFO + 8)? as i32];
        if width < 0 {
            return Err(format!("damaged BMP (its width is {width})").into());
        }
        let bits = (word(INFO + 12)? >> 16) as usize;
        let compression = word(INFO + 16)?;
        // 3: which bits are which colour is said.
        let is_read = matches!((bits, compression), (8 | 24 | 32, 0) | (32, 3));
        let masks = match (is_read, compression) {
            (true, 3) => [word(INFO + 40)?, word(INFO + 44)?, word(INFO + 48)?],
            _ => USUAL,
        };
        let places = masks.map(|mask| (0..4).position(|place| mask == 0xff << (8 * place)));
        let [Some(red), Some(green), Some(blue)] = places else {
            let [red, green, blue] = masks;
            return Err(format!(
                "a BMP whose colours are no whole bytes (bits {red:08x}, {green:08x} and {blue:08x}); save it as PNG"
            )
            .into());
        };
        if red == green || red == blue || green == blue {
            let [red, green, blue] = masks;
            return Err(format!(
                "damaged BMP (two colours have the same bits: {red:08x}, {green:08x} and {blue:08x})"
            )
            .into());
        }
        if !is_read {
            return Err(format!(
                "a BMP of {bits} bits with compression {compression}; 8, 24 and 32 bits without are read, so save it as PNG"
            )
            .into());
        }
        Ok(Self {
            shape: PictureShape {
                rows: height.unsigned_abs() as usize,
                columns: width as usize,
            },
            bits,
            places: [red, green, blue],
            is_from_top: height < 0,
            pixels_at: word(10)? as usize,
            palette_at: INFO + header,
            colours: word(INFO + 32)? as usize,
        })
    }

    /// Bytes from one row to the next.
    fn stride(&self) -> usize {
        (self.shape.columns * self.bits / 8).next_multiple_of(4)
    }

    /// The rows, all of them.
    fn body<'a>(&self, bytes: &'a [u8]) -> Result<&'a [u8], Unread> {
        let body = bytes.get(self.pixels_at..).ok_or(SHORT)?;
        let last = self.shape.columns * self.bits / 8;
        let before = self.shape.rows.saturating_sub(1);
        let needed = self.stride().saturating_mul(before).saturating_add(last);
        if body.len() < needed {
            return Err(SHORT.into());
        }
        Ok(body)
    }

    /// The pixels of a row, counted as they are stored.
    fn row<'a>(&self, body: &'a [u8], row: usize) -> std::slice::ChunksExact<'a, u8> {
        let size = self.bits / 8;
        body[row * self.stride()..][..self.shape.columns * size].chunks_exact(size)
    }
}

/// Red, green, blue of each colour; in the file blue comes first, and a byte is left over.
fn palette(bytes: &[u8], at: usize, colours: usize) -> Option<Vec<[u8; 3]>> {
    let entries = bytes.get(at..at.checked_add(4 * colours)?)?.chunks_exact(4);
    Some(
        entries
            .map(|entry| [entry[2], entry[1], entry[0]])
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two pixels of 32 bits, with bits for red, green and blue.
    fn bmp(masks: [u32; 3], pixels: [[u8; 4]; 2]) -> Vec<u8> {
        let words = |words: &[u32]| -> Vec<u8> {
            words.iter().flat_map(|word| word.to_le_bytes()).collect()
        };
        let mut bytes = b"BM\0\0\0\0\0\0\0\0".to_vec();
        bytes.extend(words(&[66, 40, 2, 1, 32 << 16 | 1, 3, 8, 0, 0, 0, 0]));
        bytes.extend(words(&masks));
        bytes.extend(pixels.concat());
        bytes
    }

    fn decoded(bytes: &[u8]) -> Result<Vec<u8>, String> {
        let picture = decode(bytes, 1 << 20);
        picture
            .map(|picture| picture.pixels)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn colours_are_read_from_the_bits_that_the_header_names() {
        let pixels = [[1, 2, 3, 0], [4, 5, 6, 0]];
        assert_eq!(
            decoded(&bmp(USUAL, pixels)).unwrap(),
            [3, 2, 1, 6, 5, 4],
            "blue first"
        );
        let red_first = [0xff, 0xff00, 0xff_0000];
        assert_eq!(
            decoded(&bmp(red_first, pixels)).unwrap(),
            [1, 2, 3, 4, 5, 6]
        );
        let error = decoded(&bmp([0xf800, 0x7e0, 0x1f], pixels)).unwrap_err();
        assert!(error.contains("colours are no whole bytes"), "{error}");
    }

    #[test]
    fn colours_of_the_same_bits_are_damage() {
        for last in [0xff, 0xff00, 0xff00_0000] {
            let bytes = bmp([last, 0xff00_0000, last], [[1, 2, 3, 0], [4, 5, 6, 7]]);
            assert_eq!(
                decoded(&bytes).unwrap_err(),
                format!(
                    "damaged BMP (two colours have the same bits: {last:08x}, ff000000 and {last:08x})"
                )
            );
            assert!(!says_how_opaque(&bytes));
        }
    }

    #[test]
    fn fourth_bytes_that_differ_say_how_opaque_pixels_are() {
        for (fourth, says) in [([0, 0], false), ([255, 255], false), ([255, 9], true)] {
            let [a, b] = fourth;
            let bytes = bmp(USUAL, [[1, 2, 3, a], [4, 5, 6, b]]);
            assert_eq!(says_how_opaque(&bytes), says, "{fourth:?}");
        }
        let last = [0xff_0000 << 8, 0xff_0000, 0xff00];
        assert!(says_how_opaque(&bmp(last, [[7, 1, 2, 3], [8, 1, 2, 3]])));
    }

    #[test]
    fn a_negative_width_is_damage() {
        let mut bytes = bmp(USUAL, [[0; 4]; 2]);
        bytes[18..22].copy_from_slice(&(-2_i32).to_le_bytes());
        let error = decoded(&bytes).unwrap_err();
        assert_eq!(error, "damaged BMP (its width is -2)");
    }
}
