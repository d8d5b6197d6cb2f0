//! Arrays in a file, one after another, each aligned for its type.

use data::{Buffer, MappedFile};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::ops::Range;

/// Every array begins at a multiple of this.
const ALIGNMENT: usize = 64;

/// Gives places to arrays, one after another.
#[derive(Default)]
pub(super) struct Places {
    end: usize,
}

impl Places {
    pub(super) fn next(&mut self, bytes: usize) -> Range<usize> {
        let start = self.end.next_multiple_of(ALIGNMENT);
        self.end = start + bytes;
        start..self.end
    }
}

/// Writes arrays where their places are.
pub(super) struct Writer<'a> {
    to: BufWriter<&'a File>,
    written: usize,
}

impl<'a> Writer<'a> {
    /// Begins with a line. Spaces at its end align what follows.
    pub(super) fn new(file: &'a File, mut line: String) -> io::Result<Self> {
        let padding = (line.len() + 1).next_multiple_of(ALIGNMENT) - line.len() - 1;
        line.extend(std::iter::repeat_n(' ', padding));
        line.push('\n');
        let mut to = BufWriter::with_capacity(1 << 20, file);
        to.write_all(line.as_bytes())?;
        Ok(Self { to, written: 0 })
    }

    pub(super) fn array(&mut self, place: &Range<usize>, bytes: &[u8]) -> io::Result<()> {
        let gap = [0; ALIGNMENT];
        self.to.write_all(&gap[..place.start - self.written])?;
        self.to.write_all(bytes)?;
        self.written = place.end;
        Ok(())
    }

    pub(super) fn finish(mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// Maps arrays.
pub(super) struct Reader<'a> {
    mapped: &'a MappedFile,
    start: usize,
}

impl<'a> Reader<'a> {
    /// Places count from `start`.
    pub(super) fn new(mapped: &'a MappedFile, start: usize) -> Self {
        Self { mapped, start }
    }

    pub(super) fn array<T: bytemuck::Pod>(&self, place: &Range<usize>) -> Option<Buffer<T>> {
        let end = self.start.checked_add(place.end)?;
        self.mapped.values(self.start + place.start..end)
    }
}
