//! Text in the encoding that it happens to have, as UTF-8.

use crate::LoadError;
use crate::source::Source;
use encoding_rs::{CoderResult, Decoder, Encoding, UTF_16BE, UTF_16LE};
use std::io::{self, BufReader, Read};

/// What begins a file of UTF-8 on Windows.
pub(crate) const MARK: &[u8] = b"\xef\xbb\xbf";
/// Bytes that tell an encoding.
const HEAD: usize = 1 << 12;

/// The text of a file: UTF-16 as UTF-8, and without the mark that begins it. Other bytes as they are.
pub(crate) fn text<'s>(source: &'s Source<'_>) -> Result<Box<dyn Read + 's>, LoadError> {
    let head = source.head(HEAD)?;
    let mut bytes = source.open()?;
    if let Some(encoding) = utf_16(&head) {
        return Ok(transcoded(bytes, encoding));
    }
    if head.starts_with(MARK) {
        let read = bytes.read_exact(&mut [0; MARK.len()]);
        read.map_err(|error| source.error(error))?;
    }
    Ok(bytes)
}

/// The beginning of a text, likewise.
pub(crate) fn decoded_head(head: &[u8]) -> Vec<u8> {
    match utf_16(head) {
        Some(encoding) => encoding
            .decode_with_bom_removal(head)
            .0
            .into_owned()
            .into_bytes(),
        None => head.strip_prefix(MARK).unwrap_or(head).to_vec(),
    }
}

/// UTF-16 as UTF-8, as it is read.
pub(crate) fn transcoded<'a>(
    bytes: Box<dyn Read + 'a>,
    encoding: &'static Encoding,
) -> Box<dyn Read + 'a> {
    // The decoder wants room for a character, whoever reads.
    Box::new(BufReader::new(Transcoded {
        bytes,
        decoder: encoding.new_decoder(),
        raw: Vec::new(),
        is_at_end: false,
        is_done: false,
    }))
}

/// Which kind of UTF-16 it is, if it is: by its mark, or because every second byte is 0.
pub(crate) fn utf_16(head: &[u8]) -> Option<&'static Encoding> {
    match Encoding::for_bom(head) {
        Some((encoding, _)) => (encoding != encoding_rs::UTF_8).then_some(encoding),
        None => {
            let sample = &head[..head.len().min(1000) / 2 * 2];
            let zeros = |from: usize| {
                sample
                    .iter()
                    .skip(from)
                    .step_by(2)
                    .filter(|&&b| b == 0)
                    .count()
            };
            let (even, odd) = (zeros(0), zeros(1));
            let most = sample.len() / 2 * 9 / 10;
            if sample.len() < 4 {
                None
            } else if odd > most && even == 0 {
                Some(UTF_16LE)
            } else if even > most && odd == 0 {
                Some(UTF_16BE)
            } else {
                None
            }
        }
    }
}

struct Transcoded<'a> {
    bytes: Box<dyn Read + 'a>,
    decoder: Decoder,
    raw: Vec<u8>,
    is_at_end: bool,
    /// The decoder may not be asked again.
    is_done: bool,
}

impl Read for Transcoded<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // A character takes four bytes at most, and the decoder writes whole ones.
        if buffer.len() < 8 {
            return Err(io::Error::other("a buffer of less than 8 bytes"));
        }
        while !self.is_done {
            if !self.is_at_end && self.raw.len() < 1 << 12 {
                let before = self.raw.len();
                self.raw.resize(before + (1 << 14), 0);
                let count = self.bytes.read(&mut self.raw[before..])?;
                self.raw.truncate(before + count);
                self.is_at_end = count == 0;
            }
            let (result, read, written, _) =
                self.decoder
                    .decode_to_utf8(&self.raw, buffer, self.is_at_end);
            self.raw.drain(..read);
            self.is_done = self.is_at_end && result == CoderResult::InputEmpty;
            if written > 0 {
                return Ok(written);
            }
        }
        Ok(0)
    }
}
