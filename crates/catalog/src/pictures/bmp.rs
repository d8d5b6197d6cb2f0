//! BMP without compression, of 8 bits with a palette, 24 or 32 bits.
//!
//! <https://learn.microsoft.com/windows/win32/gdi/bitmap-storage>: a file header of 14 bytes, a
//! `BITMAPINFOHEADER` or one of its successors, the palette, then rows from the bottom up, each a
//! multiple of four bytes long.

use super::picture::{Picture, Unread, check_size};
use data::PictureShape;

/// Where the header after the file header begins.
const INFO: usize = 14;

pub(super) fn decode(bytes: &[u8], limit: u64) -> Result<Picture, Unread> {
    let short = || "truncated BMP".to_owned();
    let word = |at: usize| -> Result<u32, String> {
        let four = bytes.get(at..at + 4).ok_or_else(short)?;
        Ok(u32::from_le_bytes([four[0], four[1], four[2], four[3]]))
    };
    let pixels_at = word(10)? as usize;
    let header = word(INFO)? as usize;
    if header < 40 {
        return Err("a BMP of OS/2; save it as PNG".into());
    }
    let height = word(INFO + 8)? as i32;
    let shape = PictureShape {
        rows: height.unsigned_abs() as usize,
        columns: word(INFO + 4)? as usize,
    };
    let bits = (word(INFO + 12)? >> 16) as usize;
    let compression = word(INFO + 16)?;
    // 3: which bits are which colour, as the first three bytes are in nearly all files.
    if !matches!((bits, compression), (8 | 24 | 32, 0) | (32, 3)) {
        return Err(format!(
            "a BMP of {bits} bits with compression {compression}; 8, 24 and 32 bits without are read, so save it as PNG"
        )
        .into());
    }
    check_size(shape, limit)?;
    let size = bits / 8;
    let stride = (shape.columns * size).next_multiple_of(4);
    let body = bytes.get(pixels_at..).ok_or_else(short)?;
    if body.len() < stride * (shape.rows - 1) + shape.columns * size {
        return Err(short().into());
    }
    let palette = match (bits, word(INFO + 32)? as usize) {
        (8, 0) => palette(bytes, INFO + header, 256),
        (8, colours) => palette(bytes, INFO + header, colours.min(256)),
        _ => Some(Vec::new()),
    };
    let palette = palette.ok_or_else(short)?;
    let colour = |pixel: &[u8]| match bits {
        8 => palette.get(usize::from(pixel[0])).copied(),
        _ => Some([pixel[2], pixel[1], pixel[0]]),
    };
    let mut pixels = Vec::with_capacity(3 * shape.features());
    for row in 0..shape.rows {
        // From the bottom, unless the height is negative.
        let stored = if height < 0 {
            row
        } else {
            shape.rows - 1 - row
        };
        let row = &body[stored * stride..][..shape.columns * size];
        for pixel in row.chunks_exact(size) {
            pixels.extend(colour(pixel).ok_or("a colour that the palette lacks")?);
        }
    }
    Ok(Picture {
        shape,
        is_colour: true,
        pixels,
    })
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
