//! The records of a text, one after another, none of which fills the memory or ends in a quotation mark that is open.

use crate::LoadError;
use crate::encodings::{MARK, transcoded};
use crate::sizes::in_free_bytes;
use crate::source::Source;
use csv::{ByteRecord, Reader, ReaderBuilder};
use encoding_rs::Encoding;
use std::cell::RefCell;
use std::io::{self, Read};
use std::rc::Rc;

/// Longest record.
pub(super) const RECORD: u64 = 64 << 20;
/// A line below the last: where a quotation mark is open, it becomes part of the field.
const BELOW: &[u8] = b"\n\0\0end\0\0";

/// What was read of a text since the record began that is read.
struct Kept {
    bytes: Vec<u8>,
    /// Where these bytes begin in the text, and where the record does.
    from: u64,
    begin: u64,
    /// The line before which the record does not begin.
    line: u64,
}

impl Kept {
    /// From where the record begins, without the mark that may begin a text.
    fn record(&self) -> &[u8] {
        let record = &self.bytes[(self.begin - self.from) as usize..];
        let marked = record.strip_prefix(MARK).filter(|_| self.begin == 0);
        marked.unwrap_or(record)
    }

    /// The line of the record, before which blank ones may stand, and the second half of a line break.
    fn line(&self) -> u64 {
        let breaks = self.record().iter().take_while(|byte| is_break(**byte));
        self.line + breaks.filter(|byte| **byte == b'\n').count() as u64
    }

    /// Leaves out what stands before the record.
    fn drop_before(&mut self) {
        self.bytes.drain(..(self.begin - self.from) as usize);
        self.from = self.begin;
    }
}

/// Reads the records of a file.
pub(super) struct Records<'s> {
    source: &'s Source<'s>,
    reader: Reader<Guard<'s>>,
    kept: Rc<RefCell<Kept>>,
    separator: u8,
}

impl<'s> Records<'s> {
    pub(super) fn of(
        source: &'s Source<'_>,
        utf_16: Option<&'static Encoding>,
        separator: u8,
    ) -> Result<Self, LoadError> {
        let bytes = source.open()?;
        let bytes = match utf_16 {
            None => bytes,
            Some(encoding) => transcoded(bytes, encoding),
        };
        let kept = Rc::new(RefCell::new(Kept {
            bytes: Vec::new(),
            from: 0,
            begin: 0,
            line: 1,
        }));
        let guard = Guard {
            bytes: bytes.chain(BELOW),
            kept: Rc::clone(&kept),
            name: source.name(),
            longest: RECORD.min(source.limit() / 4),
        };
        let mut builder = builder(separator);
        Ok(Self {
            source,
            reader: builder.buffer_capacity(1 << 16).from_reader(guard),
            kept,
            separator,
        })
    }

    /// Reads the next record, and gives its line.
    pub(super) fn next(&mut self, record: &mut ByteRecord) -> Result<Option<u64>, LoadError> {
        self.begin();
        let read = self.reader.read_byte_record(record);
        if !read.map_err(|error| broken(self.source, error))? {
            return Ok(None);
        }
        let line = self.kept.borrow().line();
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

    /// The next record begins where the last one ended.
    fn begin(&mut self) {
        let mut kept = self.kept.borrow_mut();
        let position = self.reader.position();
        (kept.begin, kept.line) = (position.byte(), position.line());
    }

    /// Refuses a line break that is part of a field because a quotation mark of a later line closes the one that is
    /// open. Something follows such a mark, and what follows it ends in another one.
    fn check_breaks(&self, record: &ByteRecord, line: u64) -> Result<(), LoadError> {
        let is_odd = |field: &[u8]| field.contains(&b'\n') && field.ends_with(b"\"");
        if !record.iter().any(is_odd) {
            return Ok(());
        }
        let kept = self.kept.borrow();
        let mut closed = closed_within(kept.record(), self.separator).into_iter();
        match closed.find(|&field| record.get(field).is_some_and(is_odd)) {
            None => Ok(()),
            Some(field) => Err(self.open(line + breaks(record, field))),
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

fn is_break(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

/// Line breaks in the first fields of a record.
fn breaks(record: &ByteRecord, fields: usize) -> u64 {
    let bytes = record.iter().take(fields).flatten();
    bytes.filter(|&&byte| byte == b'\n').count() as u64
}

/// The fields of a record whose closing quotation mark has something behind it, neither a separator nor a line break.
fn closed_within(record: &[u8], separator: u8) -> Vec<usize> {
    let mut bytes = record.iter().skip_while(|byte| is_break(**byte)).peekable();
    let is_end = |byte: &u8| *byte == separator || is_break(*byte);
    let mut closed = Vec::new();
    for field in 0.. {
        if bytes.next_if_eq(&&b'"').is_some() {
            while bytes.any(|byte| *byte == b'"') {
                // A doubled mark is part of the field.
                if bytes.next_if_eq(&&b'"').is_none() {
                    break;
                }
            }
            if bytes.peek().is_some_and(|byte| !is_end(byte)) {
                closed.push(field);
            }
        }
        if bytes.find(|byte| is_end(byte)) != Some(&separator) {
            break;
        }
    }
    closed
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

/// Keeps the record that is read, and refuses one that would fill the memory: its quotation mark is not closed.
struct Guard<'a> {
    bytes: io::Chain<Box<dyn Read + 'a>, &'static [u8]>,
    kept: Rc<RefCell<Kept>>,
    name: &'a str,
    longest: u64,
}

impl Read for Guard<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut kept = self.kept.borrow_mut();
        kept.drop_before();
        if kept.bytes.len() as u64 > self.longest {
            return Err(io::Error::other(LoadError::Line {
                file: self.name.to_owned(),
                line: kept.line(),
                column: None,
                reason: format!(
                    "a row of more than {}; is a quotation mark not closed?",
                    in_free_bytes(self.longest)
                ),
            }));
        }
        let count = self.bytes.read(buffer)?;
        kept.bytes.extend_from_slice(&buffer[..count]);
        Ok(count)
    }
}
