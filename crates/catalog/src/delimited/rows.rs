//! The records of a text, one after another, none of which fills the memory or ends in a quotation mark that is open.

use crate::LoadError;
use crate::encodings::transcoded;
use crate::error::in_bytes;
use crate::source::Source;
use csv::{ByteRecord, Reader, ReaderBuilder};
use encoding_rs::Encoding;
use std::cell::Cell;
use std::io::{self, BufReader, Read};
use std::rc::Rc;

/// Longest record.
pub(super) const RECORD: u64 = 64 << 20;
/// A line below the last: where a quotation mark is open, it becomes part of the field.
const BELOW: &[u8] = b"\n\0\0end\0\0";
/// Odd line breaks that are looked at; a text that is full of good ones is not read again for each.
const MOST_LOOKS: usize = 5;

/// Bytes since the last record, and its line.
type Place = Rc<Cell<(u64, u64)>>;

/// Reads the records of a file.
pub(super) struct Records<'s> {
    source: &'s Source<'s>,
    reader: Reader<Guard<'s>>,
    place: Place,
    utf_16: Option<&'static Encoding>,
    separator: u8,
    /// Odd line breaks so far.
    looked_at: usize,
}

impl<'s> Records<'s> {
    pub(super) fn of(
        source: &'s Source<'_>,
        utf_16: Option<&'static Encoding>,
        separator: u8,
    ) -> Result<Self, LoadError> {
        let bytes = text(source, utf_16)?;
        let place = Rc::new(Cell::new((0, 1)));
        let guard = Guard {
            bytes: bytes.chain(BELOW),
            place: Rc::clone(&place),
            name: source.name(),
            longest: RECORD.min(source.limit() / 4),
        };
        let mut builder = builder(separator);
        Ok(Self {
            source,
            reader: builder.buffer_capacity(1 << 16).from_reader(guard),
            place,
            utf_16,
            separator,
            looked_at: 0,
        })
    }

    /// Reads the next record, and gives its line.
    pub(super) fn next(&mut self, record: &mut ByteRecord) -> Result<Option<u64>, LoadError> {
        let read = self.reader.read_byte_record(record);
        if !read.map_err(|error| broken(self.source, error))? {
            return Ok(None);
        }
        let line = record.position().map_or(0, csv::Position::line);
        self.place.set((0, line));
        let last = record.iter().next_back().unwrap_or_default();
        if record.len() == 1 && last == &BELOW[1..] {
            return Ok(None);
        }
        if last.ends_with(BELOW) {
            return Err(self.open(line + breaks(record, record.len() - 1)));
        }
        if record.as_slice().contains(&b'\n') {
            self.check_breaks(record, line)?;
        }
        Ok(Some(line))
    }

    /// Refuses a line break that is part of a field because a quotation mark of a later line closes the one that is
    /// open. Something follows such a mark, and what follows it ends in another one.
    fn check_breaks(&mut self, record: &ByteRecord, line: u64) -> Result<(), LoadError> {
        let is_odd = |field: &[u8]| field.contains(&b'\n') && field.ends_with(b"\"");
        let Some(place) = record.iter().position(is_odd) else {
            return Ok(());
        };
        self.looked_at += 1;
        if self.looked_at > MOST_LOOKS {
            return Ok(());
        }
        let begin = record.position().map_or(0, csv::Position::byte);
        let mut bytes = text(self.source, self.utf_16)?;
        let skipped = io::copy(&mut bytes.by_ref().take(begin), &mut io::sink());
        skipped.map_err(|error| self.source.error(error))?;
        let bytes = BufReader::new(bytes).bytes().map_while(Result::ok);
        if is_quoted_well(bytes, self.separator, place) {
            Ok(())
        } else {
            Err(self.open(line + breaks(record, place)))
        }
    }

    fn open(&self, line: u64) -> LoadError {
        LoadError::Line {
            file: self.source.name().to_owned(),
            line,
            column: None,
            reason: "a quotation mark is not closed".to_owned(),
        }
    }
}

/// The bytes of a text as UTF-8.
fn text<'s>(
    source: &'s Source<'_>,
    utf_16: Option<&'static Encoding>,
) -> Result<Box<dyn Read + 's>, LoadError> {
    let bytes = source.open()?;
    Ok(match utf_16 {
        None => bytes,
        Some(encoding) => transcoded(bytes, encoding),
    })
}

/// Line breaks in the first fields of a record.
fn breaks(record: &ByteRecord, fields: usize) -> u64 {
    let bytes = record.iter().take(fields).flatten();
    bytes.filter(|&&byte| byte == b'\n').count() as u64
}

/// Whether a separator or a line break follows the quotation mark that closes a field of a record.
fn is_quoted_well(bytes: impl Iterator<Item = u8>, separator: u8, field: usize) -> bool {
    let mut bytes = bytes
        .skip_while(|&byte| byte == b'\r' || byte == b'\n')
        .peekable();
    for _ in 0..field {
        let is_quoted = bytes.next_if_eq(&b'"').is_some();
        let mut is_open = is_quoted;
        for byte in bytes.by_ref() {
            // A doubled mark closes and opens.
            is_open ^= is_quoted && byte == b'"';
            if byte == separator && !is_open {
                break;
            }
        }
    }
    if bytes.next_if_eq(&b'"').is_none() {
        return true;
    }
    while let Some(byte) = bytes.next() {
        if byte == b'"' && bytes.next_if_eq(&b'"').is_none() {
            return bytes
                .next()
                .is_none_or(|next| next == separator || next == b'\r' || next == b'\n');
        }
    }
    true
}

/// The first records of a text, `most` at most, as lists of fields.
pub(super) fn records(text: &[u8], separator: u8, most: usize) -> Vec<Vec<Vec<u8>>> {
    let reader = builder(separator).from_reader(text);
    let records = reader.into_byte_records().take(most);
    let trimmed = |field: &[u8]| field.trim_ascii().to_vec();
    records
        .map_while(Result::ok)
        .map(|record| record.iter().map(trimmed).collect())
        .collect()
}

fn builder(separator: u8) -> ReaderBuilder {
    let mut builder = ReaderBuilder::new();
    builder
        .delimiter(separator)
        .has_headers(false)
        .flexible(true);
    builder
}

fn broken(source: &Source<'_>, error: csv::Error) -> LoadError {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => source.error(error),
        other => LoadError::content(source.name(), format!("{other:?}")),
    }
}

/// Refuses a record that would fill the memory: one whose quotation mark is not closed.
struct Guard<'a> {
    bytes: io::Chain<Box<dyn Read + 'a>, &'static [u8]>,
    place: Place,
    name: &'a str,
    longest: u64,
}

impl Read for Guard<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.bytes.read(buffer)?;
        let (bytes, line) = self.place.get();
        let bytes = bytes + count as u64;
        self.place.set((bytes, line));
        if bytes > self.longest + buffer.len() as u64 {
            return Err(io::Error::other(LoadError::Line {
                file: self.name.to_owned(),
                line: line + 1,
                column: None,
                reason: format!(
                    "a row of more than {}; is a quotation mark not closed?",
                    in_bytes(self.longest)
                ),
            }));
        }
        Ok(count)
    }
}
