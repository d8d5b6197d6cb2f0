//! The lines of a text, none of which fills the memory.

use crate::LoadError;
use crate::encodings::text;
use crate::sizes::in_free_bytes;
use crate::source::Source;
use std::io::{BufRead, BufReader, Read};

/// Longest line.
const LINE: u64 = 64 << 20;

/// Reads lines without their ends, and counts them.
pub(crate) struct Lines<'s> {
    source: &'s Source<'s>,
    bytes: BufReader<Box<dyn Read + 's>>,
    line: Vec<u8>,
    number: u64,
}

impl<'s> Lines<'s> {
    pub(crate) fn of(source: &'s Source<'_>) -> Result<Self, LoadError> {
        Ok(Self {
            bytes: BufReader::with_capacity(1 << 16, text(source)?),
            source,
            line: Vec::new(),
            number: 0,
        })
    }

    /// The next line with its number, from 1.
    pub(crate) fn next(&mut self) -> Result<Option<(u64, &[u8])>, LoadError> {
        let longest = LINE.min(self.source.limit() / 4);
        self.line.clear();
        self.number += 1;
        let mut bytes = self.bytes.by_ref().take(longest + 1);
        let read = bytes.read_until(b'\n', &mut self.line);
        let count = read.map_err(|error| self.source.error(error))?;
        if count as u64 > longest {
            let reason = format!("a line of more than {}", in_free_bytes(longest));
            return Err(self.error(reason));
        }
        if self.line.contains(&0) {
            return Err(self.error("a NUL byte; this is no text"));
        }
        Ok((count > 0).then(|| (self.number, self.line.trim_ascii())))
    }

    /// Something is wrong with the line that was read last.
    pub(crate) fn error(&self, reason: impl Into<String>) -> LoadError {
        LoadError::Line {
            file: self.source.name().to_owned(),
            line: self.number,
            column: None,
            reason: reason.into(),
        }
    }
}
