//! PGM and PPM, as bytes or as text: <https://netpbm.sourceforge.net/doc/pnm.html>.

use super::picture::{Picture, Unread, check_size};
use data::PictureShape;

pub(super) fn decode(bytes: &[u8], limit: u64) -> Result<Picture, Unread> {
    let Header {
        shape,
        highest,
        is_text,
        is_colour,
        mut words,
    } = Header::read(bytes)?;
    check_size(shape, limit)?;
    let expected = shape.features() * if is_colour { 3 } else { 1 };
    let scaled = |value: usize| {
        let is_known = value <= highest;
        is_known
            .then(|| (value * 255 / highest) as u8)
            .ok_or_else(|| format!("damaged PGM or PPM (a value is {value}, above {highest}, which its header says is the highest)"))
    };
    let pixels: Result<Vec<u8>, String> = if is_text {
        std::iter::from_fn(|| words.next())
            .take(expected)
            .map(scaled)
            .collect()
    } else {
        let body = words.after_header();
        if highest > 255 {
            let values = body.chunks_exact(2).take(expected);
            values
                .map(|two| scaled(usize::from(u16::from_be_bytes([two[0], two[1]]))))
                .collect()
        } else {
            body.iter()
                .take(expected)
                .map(|&value| scaled(usize::from(value)))
                .collect()
        }
    };
    let pixels = pixels?;
    if pixels.len() != expected {
        let reason = format!("truncated: {} of {expected} values are there", pixels.len());
        return Err(reason.into());
    }
    Ok(Picture {
        shape,
        is_colour,
        pixels,
    })
}

/// Whether values have more than 8 bits, and whether no other picture follows, in a file that was decoded.
pub(super) fn kept(bytes: &[u8]) -> (bool, bool) {
    let Ok(header) = Header::read(bytes) else {
        return (false, true);
    };
    let is_deep = header.highest > 255;
    // Text holds one picture, as the format says.
    let pixel = if header.is_colour { 3 } else { 1 } * if is_deep { 2 } else { 1 };
    let PictureShape { rows, columns } = header.shape;
    let body = header.words.after_header();
    let next = body.get(rows.saturating_mul(columns).saturating_mul(pixel)..);
    let next = next.unwrap_or_default().trim_ascii_start();
    let is_last = header.is_text || !matches!(next, [b'P', b'1'..=b'7', ..]);
    (is_deep, is_last)
}

/// What stands before the values.
struct Header<'a> {
    shape: PictureShape,
    highest: usize,
    is_text: bool,
    is_colour: bool,
    words: Words<'a>,
}

impl<'a> Header<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, Unread> {
        let mut words = Words(&bytes[2..]);
        let mut number = |what: &str| {
            let number = words.next().filter(|&number| number > 0);
            number.ok_or_else(|| format!("damaged PGM or PPM (its {what} is no number)"))
        };
        let columns = number("width")?;
        let rows = number("height")?;
        let highest = number("highest value")?;
        if highest > 65535 {
            return Err(format!("values up to {highest}; PGM and PPM have 65535 at most").into());
        }
        Ok(Self {
            shape: PictureShape { rows, columns },
            highest,
            is_text: matches!(bytes[1], b'2' | b'3'),
            is_colour: matches!(bytes[1], b'3' | b'6'),
            words,
        })
    }
}

/// Numbers between blanks and comments.
struct Words<'a>(&'a [u8]);

impl<'a> Words<'a> {
    /// The bytes behind the header, which one blank ends.
    fn after_header(&self) -> &'a [u8] {
        self.0.get(1..).unwrap_or_default()
    }

    fn next(&mut self) -> Option<usize> {
        loop {
            self.0 = self.0.trim_ascii_start();
            if self.0.first() != Some(&b'#') {
                break;
            }
            let end = self
                .0
                .iter()
                .position(|&byte| byte == b'\n')
                .unwrap_or(self.0.len());
            self.0 = &self.0[end..];
        }
        let end = self
            .0
            .iter()
            .position(|byte| !byte.is_ascii_digit())
            .unwrap_or(self.0.len());
        let (word, rest) = self.0.split_at(end);
        self.0 = rest;
        std::str::from_utf8(word).ok()?.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bytes_and_text_of_any_depth_are_read() {
        for (file, expected) in [
            (
                &b"P5\n# made by hand\n2 1\n255\n\x07\xff"[..],
                &[7, 255][..],
            ),
            (b"P2 2 1 15 0 15", &[0, 255]),
            (b"P5 1 1 65535\n\x80\x00", &[127]),
            (b"P3 1 1 255 1 2 3", &[1, 2, 3]),
        ] {
            assert_eq!(decode(file, 1 << 20).unwrap().pixels, expected);
        }
        assert!(
            decode(b"P5 2 1 255\n\x07", 1 << 20)
                .unwrap_err()
                .to_string()
                .contains("1 of 2 values")
        );
        assert!(decode(b"P5 99999999 99999999 255\n", 1 << 20).is_err());
    }

    #[test]
    fn a_value_above_the_highest_is_damage() {
        for file in [
            &b"P2 2 1 15 0 16"[..],
            b"P5 1 1 15\n\x10",
            b"P5 1 1 300\n\xff\xff",
        ] {
            let error = decode(file, 1 << 20).unwrap_err().to_string();
            assert!(
                error.contains("which its header says is the highest"),
                "{error}"
            );
        }
    }

    #[test]
    fn what_is_left_out_of_a_file_is_known() {
        for (file, expected) in [
            (&b"P5 1 1 255\n\x07"[..], (false, true)),
            (b"P2 1 1 300 7", (true, true)),
            (b"P5 1 1 256\n\0\x07", (true, true)),
            (
                b"P6 1 1 255\n\x07\x07\x07P6 1 1 255\n\x07\x07\x07",
                (false, false),
            ),
        ] {
            assert_eq!(kept(file), expected);
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(kind in 2_u8..7, bytes: Vec<u8>) {
            let file = [&[b'P', b'0' + kind, b'\n'], &bytes[..]].concat();
            let _ = (decode(&file, 1 << 16), kept(&file));
        }
    }
}
