//! The pixels of a file, whatever its format.

use super::jpeg::{END, segments};
use super::picture::{Picture, Unread, check_size};
use super::{bmp, pnm};
use data::PictureShape;
use std::io::Cursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

/// Longest side of a JPEG, which its header allows.
const SIDE: usize = 1 << 16;

/// Formats of pictures, told by how a file begins.
#[derive(Debug, Clone, Copy)]
enum Format {
    Png,
    Jpeg,
    Pnm,
    Bmp,
    /// One that is not read.
    Other(&'static str),
}

/// Whether a file that begins so is a picture, be it one that can be read or not.
pub(crate) fn is_picture(head: &[u8]) -> bool {
    format(head).is_some()
}

/// Whether a picture can be read, by how its file begins; `None` if it is no picture.
pub(crate) fn is_read(head: &[u8]) -> Option<bool> {
    Some(!matches!(format(head)?, Format::Other(_)))
}

/// The picture that a file holds, `None` if it is no picture; more than `limit` bytes are refused.
pub(super) fn decode(bytes: &[u8], limit: u64) -> Result<Option<Picture>, Unread> {
    let Some(format) = format(bytes) else {
        return Ok(None);
    };
    let decoded = match format {
        Format::Png => png(bytes, limit),
        Format::Jpeg => jpeg(bytes, limit),
        Format::Pnm => pnm::decode(bytes, limit),
        Format::Bmp => bmp::decode(bytes, limit),
        Format::Other(name) => Err(unread(name)),
    };
    decoded.map(Some)
}

fn format(head: &[u8]) -> Option<Format> {
    Some(match head {
        [0x89, b'P', b'N', b'G', ..] => Format::Png,
        [0xff, 0xd8, 0xff, ..] => Format::Jpeg,
        [b'P', b'2' | b'3' | b'5' | b'6', space, ..]
            if space.is_ascii_whitespace() || *space == b'#' =>
        {
            Format::Pnm
        }
        [b'P', kind @ (b'1' | b'4' | b'7' | b'f' | b'F'), b'\n', ..] => Format::Other(match kind {
            b'1' | b'4' => "PBM",
            b'7' => "PAM",
            _ => "PFM",
        }),
        [0, 0, 0, 12, b'J', b'X', b'L', b' ', ..] | [0xff, 0x0a, ..] => Format::Other("JPEG XL"),
        [0, 0, 0, 12, b'j', b'P', b' ', b' ', ..] => Format::Other("JPEG 2000"),
        [b'8', b'B', b'P', b'S', ..] => Format::Other("Photoshop's"),
        [b'B', b'M', ..] => Format::Bmp,
        [b'G', b'I', b'F', b'8', ..] => Format::Other("GIF"),
        [b'R', b'I', b'F', b'F', _, _, _, _, rest @ ..] if rest.starts_with(b"WEBP") => {
            Format::Other("WebP")
        }
        [b'I', b'I', b'*', 0, ..] | [b'M', b'M', 0, b'*', ..] => Format::Other("TIFF"),
        [_, _, _, _, b'f', b't', b'y', b'p', b'a' | b'h', ..] => Format::Other("AVIF or HEIC"),
        _ => return None,
    })
}

/// A picture of a format that is not read.
fn unread(format: &str) -> Unread {
    Unread::Damaged(format!(
        "{format}, of a format that is not read; write it as PNG"
    ))
}

fn png(bytes: &[u8], limit: u64) -> Result<Picture, Unread> {
    let damaged = |error: png::DecodingError| match error {
        png::DecodingError::LimitsExceeded => Unread::NoRoom(error.to_string()),
        error => Unread::Damaged(format!("damaged PNG ({error})")),
    };
    let limits = png::Limits {
        bytes: usize::try_from(limit).unwrap_or(usize::MAX),
    };
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), limits);
    decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::STRIP_16);
    let mut reader = decoder.read_info().map_err(damaged)?;
    let shape = PictureShape {
        rows: reader.info().height as usize,
        columns: reader.info().width as usize,
    };
    check_size(shape, limit)?;
    let size = reader
        .output_buffer_size()
        .ok_or_else(|| Unread::NoRoom("a picture that is too large".to_owned()))?;
    let mut pixels = vec![0; size];
    let frame = reader.next_frame(&mut pixels).map_err(damaged)?;
    pixels.truncate(frame.buffer_size());
    // What is behind a transparent pixel is not seen, and still is its colour.
    let (is_colour, values) = match frame.color_type {
        png::ColorType::Grayscale => (false, 1),
        png::ColorType::GrayscaleAlpha => (false, 2),
        png::ColorType::Rgb => (true, 3),
        png::ColorType::Rgba => (true, 4),
        png::ColorType::Indexed => return Err("damaged PNG (its palette is missing)".into()),
    };
    let kept = if is_colour { 3 } else { 1 };
    if values != kept {
        let opaque = pixels.chunks_exact(values).flat_map(|pixel| &pixel[..kept]);
        pixels = opaque.copied().collect();
    }
    Ok(Picture {
        shape,
        is_colour,
        pixels,
    })
}

fn jpeg(bytes: &[u8], limit: u64) -> Result<Picture, Unread> {
    let damaged = |error: zune_jpeg::errors::DecodeErrors| format!("damaged JPEG ({error})");
    // Unless strict, the decoder fills up with grey what is not there.
    let options = DecoderOptions::new_safe()
        .set_strict_mode(true)
        .set_max_width(SIDE)
        .set_max_height(SIDE);
    let mut decoder = JpegDecoder::new_with_options(Cursor::new(bytes), options);
    decoder.decode_headers().map_err(damaged)?;
    let info = decoder.info().ok_or("damaged JPEG (without a header)")?;
    let shape = PictureShape {
        rows: usize::from(info.height),
        columns: usize::from(info.width),
    };
    // Coefficients of a progressive picture take two bytes each.
    check_size(shape, limit / 4)?;
    let is_colour = decoder.input_colorspace() != Some(ColorSpace::Luma);
    let to = if is_colour {
        ColorSpace::RGB
    } else {
        ColorSpace::Luma
    };
    decoder.set_options(options.jpeg_set_out_colorspace(to));
    let pixels = decoder.decode().map_err(damaged)?;
    if !segments(bytes).any(|(marker, _)| marker == END) {
        return Err("truncated JPEG (nothing marks its end)".into());
    }
    let expected = shape.features() * if is_colour { 3 } else { 1 };
    if pixels.len() != expected {
        let reason = format!(
            "damaged JPEG ({} values, {expected} expected)",
            pixels.len()
        );
        return Err(reason.into());
    }
    Ok(Picture {
        shape,
        is_colour,
        pixels,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Written by Pillow 13: `Image.new("L", (16, 8), 100).save("grey.jpg")`, and in colour (200, 30, 60).
    const GREY: &[u8] = include_bytes!("../../data/tests/grey.jpg");
    const COLOUR: &[u8] = include_bytes!("../../data/tests/colour.jpg");
    /// The same in colour, by `save(…, progressive=True)` and `convert("CMYK").save(…)`.
    const PROGRESSIVE: &[u8] = include_bytes!("../../data/tests/progressive.jpg");
    const INKS: &[u8] = include_bytes!("../../data/tests/cmyk.jpg");
    /// Five rows of blocks, `Image.linear_gradient("L").crop((0, 0, 16, 40)).save(…)`, and with `progressive=True`.
    const ROWS: &[u8] = include_bytes!("../../data/tests/rows.jpg");
    const SCANS: &[u8] = include_bytes!("../../data/tests/scans.jpg");
    /// A palette PNG, and one of 16 bits with alpha.
    const PALETTE: &[u8] = include_bytes!("../../data/tests/palette.png");
    const DEEP: &[u8] = include_bytes!("../../data/tests/deep.png");
    const BMP: &[u8] = include_bytes!("../../data/tests/colour.bmp");

    const SHAPE: PictureShape = PictureShape {
        rows: 8,
        columns: 16,
    };

    fn decoded(bytes: &[u8]) -> Picture {
        decode(bytes, 1 << 24).unwrap().unwrap()
    }

    #[test]
    fn pictures_of_other_programs_are_read() {
        for (bytes, expected) in [
            (GREY, &[100][..]),
            (COLOUR, &[200, 30, 60]),
            (PROGRESSIVE, &[200, 30, 60]),
            (INKS, &[200, 30, 60]),
            (PALETTE, &[200, 30, 60]),
            (DEEP, &[200, 30, 60]),
            (BMP, &[200, 30, 60]),
        ] {
            let picture = decoded(bytes);
            assert_eq!(
                (picture.shape, picture.is_colour),
                (SHAPE, expected.len() == 3)
            );
            for pixel in picture.pixels.chunks_exact(expected.len()) {
                let near = pixel.iter().zip(expected).all(|(a, b)| a.abs_diff(*b) <= 3);
                assert!(near, "{pixel:?} {expected:?}");
            }
        }
        assert_eq!(decode(b"text", 1 << 20), Ok(None));
    }

    #[test]
    fn a_picture_that_is_cut_is_damaged_wherever_it_is() {
        let jpegs = [GREY, COLOUR, PROGRESSIVE, INKS, ROWS, SCANS];
        for bytes in jpegs.into_iter().chain([PALETTE, DEEP, BMP]) {
            let is_png = bytes.starts_with(b"\x89PNG");
            // A PNG may lack its last chunk, which says nothing.
            let whole = bytes.len() - if is_png { 12 } else { 0 };
            for end in 2..whole {
                let read = decode(&bytes[..end], 1 << 24);
                assert!(!matches!(read, Ok(Some(_))), "{end} of {}", bytes.len());
            }
        }
    }

    /// As the film behind a picture of a telephone's does.
    #[test]
    fn what_is_behind_the_end_of_a_jpeg_does_not_matter() {
        for bytes in [GREY, COLOUR, PROGRESSIVE, INKS, ROWS, SCANS] {
            for behind in [&b"film"[..], b"\xff\xd9 film \xff\xda"] {
                let longer = [bytes, behind].concat();
                assert_eq!(decoded(&longer), decoded(bytes));
            }
        }
    }

    #[test]
    fn pictures_of_formats_that_are_not_read_are_named() {
        for (head, name) in [
            (&b"P4\n8 8\n"[..], "PBM"),
            (b"P7\nWIDTH 8\n", "PAM"),
            (b"Pf\n8 8\n", "PFM"),
            (b"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL"),
            (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000"),
            (b"8BPS\0\x01", "Photoshop"),
        ] {
            let error = decode(head, 1 << 20).unwrap_err().to_string();
            assert!(error.starts_with(name), "{error}");
            assert!(error.ends_with("write it as PNG"), "{error}");
        }
    }

    #[test]
    fn a_picture_larger_than_memory_is_refused() {
        for bytes in [GREY, PALETTE, BMP] {
            let error = decode(bytes, 100).unwrap_err();
            assert!(matches!(error, Unread::NoRoom(_)), "{error}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(which in 0_usize..5, changes: Vec<(usize, u8)>, cut: usize) {
            let mut bytes = [GREY, COLOUR, PALETTE, DEEP, BMP][which].to_vec();
            for (at, byte) in changes.into_iter().take(8) {
                let at = at % bytes.len();
                bytes[at] = byte;
            }
            bytes.truncate(cut % (2 * bytes.len()) + 2);
            let _ = decode(&bytes, 1 << 20);
        }
    }
}
