//! PGM and PPM, as bytes or as text: <https://netpbm.sourceforge.net/doc/pnm.html>.

use super::picture::{Picture, Unread, check_size};
use data::PictureShape;

pub(super) fn decode(bytes: &[u8], limit: u64) -> Result<Picture, Unread> {
    let is_text = matches!(bytes[1], b'2' | b'3');
    let is_colour = matches!(bytes[1], b'3' | b'6');
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
    let shape = PictureShape { rows, columns };
    check_size(shape, limit)?;
    let expected = shape.features() * if is_colour { 3 } else { 1 };
    let scaled = |value: usize| (value.min(highest) * 255 / highest) as u8;
    let pixels: Vec<u8> = if is_text {
        std::iter::from_fn(|| words.next())
            .take(expected)
            .map(scaled)
            .collect()
    } else {
        // One blank ends the header.
        let body = words.0.get(1..).unwrap_or_default();
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

/// Numbers between blanks and comments.
struct Words<'a>(&'a [u8]);

impl Words<'_> {
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

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(kind in 2_u8..7, bytes: Vec<u8>) {
            let file = [&[b'P', b'0' + kind, b'\n'], &bytes[..]].concat();
            let _ = decode(&file, 1 << 16);
        }
    }
}
