//! The pixels of a question in JSON.

use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;

/// A whole number from 0 to 255, which JSON may write as 7 and as 7.0.
pub(crate) struct Pixel(pub(crate) u8);

impl<'de> Deserialize<'de> for Pixel {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Pixels)
    }
}

/// Reads a pixel.
struct Pixels;

impl Visitor<'_> for Pixels {
    type Value = Pixel;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number from 0 to 255")
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Pixel, E> {
        let pixel = u8::try_from(value).map(Pixel);
        pixel.map_err(|_| E::invalid_value(Unexpected::Unsigned(value), &self))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Pixel, E> {
        if (0.0..=255.0).contains(&value) && value.fract() == 0.0 {
            return Ok(Pixel(value as u8));
        }
        Err(E::invalid_value(Unexpected::Float(value), &self))
    }
}

/// The pixels of a body that is `{"pixels":[…]}` and nothing else, each in digits, as browsers and most programs write
/// it: a tenth of the work of Serde. `None` for every other body, which Serde reads, or says what is wrong with it.
pub(crate) fn plain(body: &[u8]) -> Option<Vec<u8>> {
    let mut rest = body;
    for word in [&b"{"[..], b"\"pixels\"", b":", b"["] {
        rest = after(rest, word)?;
    }
    let mut pixels = Vec::with_capacity(body.len() / 2);
    loop {
        rest = without_blanks(rest);
        let digits = rest.iter().take(4).take_while(|byte| byte.is_ascii_digit());
        let (number, behind) = rest.split_at(digits.count());
        pixels.push(level(number)?);
        let (next, others) = without_blanks(behind).split_first()?;
        rest = others;
        match next {
            b',' => (),
            b']' => break,
            _ => return None,
        }
    }
    let rest = after(rest, b"}")?;
    without_blanks(rest).is_empty().then_some(pixels)
}

/// What stands behind a word, which may have blanks before it.
fn after<'a>(text: &'a [u8], word: &[u8]) -> Option<&'a [u8]> {
    without_blanks(text).strip_prefix(word)
}

/// A text from its first byte that is no blank of JSON.
fn without_blanks(text: &[u8]) -> &[u8] {
    let is_blank = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
    &text[text.iter().take_while(is_blank).count()..]
}

/// A number of up to three digits; JSON writes none with zeros before it.
fn level(digits: &[u8]) -> Option<u8> {
    let number = digits
        .iter()
        .fold(0, |sum: u16, digit| 10 * sum + u16::from(digit - b'0'));
    match digits {
        [_] | [b'1'..=b'9', _] | [b'1'..=b'9', _, _] => u8::try_from(number).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, from_slice};

    /// What Serde says of a body; `None` where it is more than a list of pixels.
    fn by_serde(body: &[u8]) -> Option<Vec<u8>> {
        let value: Value = from_slice(body).ok()?;
        let object = value.as_object().filter(|object| object.len() == 1)?;
        let pixels: Vec<Pixel> = serde_json::from_value(object.get("pixels")?.clone()).ok()?;
        Some(pixels.into_iter().map(|Pixel(level)| level).collect())
    }

    #[test]
    fn all_levels_are_read_with_blanks_and_without() {
        let all: Vec<u8> = (0..=255).collect();
        let body = format!("{{\"pixels\":{all:?}}}");
        assert_eq!(plain(body.as_bytes()), Some(all.clone()));
        for mark in ["{", "}", "[", "]", ":", ","] {
            let body = body
                .replace(' ', "")
                .replace(mark, &format!(" \n{mark}\r\t"));
            assert_eq!(plain(body.as_bytes()), Some(all.clone()));
        }
    }

    /// Whatever is changed in a body, what is read without Serde is what Serde reads.
    #[test]
    fn what_it_reads_serde_reads_as_the_same() {
        let seeds = [
            &br#"{"pixels":[0,7,25,255]}"#[..],
            br#" { "pixels" : [ 10 , 200 , 99 ] } "#,
            br#"{"pixels":[0]}"#,
        ];
        let mut read = 0;
        for seed in seeds {
            for at in 0..seed.len() {
                for byte in 0..=u8::MAX {
                    let mut replaced = seed.to_vec();
                    replaced[at] = byte;
                    let mut inserted = seed.to_vec();
                    inserted.insert(at, byte);
                    for body in [&replaced[..], &inserted, &seed[..at]] {
                        if let Some(pixels) = plain(body) {
                            read += 1;
                            let text = String::from_utf8_lossy(body);
                            assert_eq!(by_serde(body), Some(pixels), "{text}");
                        }
                    }
                }
            }
        }
        assert!(read > 500, "{read} bodies were read");
    }
}
