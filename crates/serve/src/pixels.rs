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
/// it, with less work than Serde's. `None` for every other body, which Serde reads, or says what is wrong with it.
pub(crate) fn plain(body: &[u8]) -> Option<Vec<u8>> {
    let mut at = 0;
    for word in [&b"{"[..], b"\"pixels\"", b":", b"["] {
        at = behind(body, at, word)?;
    }
    // Each has a digit, and a comma or the bracket.
    let mut pixels = vec![0; body.len() / 2];
    let mut count = 0;
    loop {
        at = behind_blanks(body, at);
        let begin = at;
        let mut level = 0;
        while at < body.len() && body[at].is_ascii_digit() && at - begin < 4 {
            level = 10 * level + u16::from(body[at] - b'0');
            at += 1;
        }
        // JSON has no zeros before a number.
        let is_number = at > begin && (body[begin] != b'0' || at == begin + 1);
        if !is_number || level > 255 {
            return None;
        }
        pixels[count] = level as u8;
        count += 1;
        at = behind_blanks(body, at);
        if at == body.len() || !matches!(body[at], b',' | b']') {
            return None;
        }
        at += 1;
        if body[at - 1] == b']' {
            break;
        }
    }
    at = behind(body, at, b"}")?;
    pixels.truncate(count);
    (behind_blanks(body, at) == body.len()).then_some(pixels)
}

/// The place behind a word, which may have blanks before it.
fn behind(text: &[u8], at: usize, word: &[u8]) -> Option<usize> {
    let at = behind_blanks(text, at);
    text[at..].starts_with(word).then_some(at + word.len())
}

/// The first place that has no blank of JSON.
fn behind_blanks(text: &[u8], mut at: usize) -> usize {
    while at < text.len() && matches!(text[at], b' ' | b'\t' | b'\n' | b'\r') {
        at += 1;
    }
    at
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
