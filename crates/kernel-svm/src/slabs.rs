//! Memory for rows, in slabs of many.

use crate::real::Real;

/// Bytes of a slab, if there may be that many.
const SLAB: usize = 64 << 20;

/// Bytes of a cache line, of which rows begin at the first.
const LINE: usize = 64;

/// Rows that are all as long. Pages are cleared when they are first written to, by whichever thread does it.
#[derive(Debug)]
pub(crate) struct Slabs<R> {
    memory: Vec<Vec<R>>,
    /// Rows in a slab.
    rows: usize,
    /// Values from one row to the next.
    stride: usize,
}

impl<R: Real> Slabs<R> {
    /// No rows yet, of `most` with `length` values each that there may be.
    pub(crate) fn new(length: usize, most: usize) -> Self {
        let line = LINE / size_of::<R>();
        // An odd number of cache lines: rows that begin at multiples of a large power of two would
        // share few places in the cache.
        let stride = (length.div_ceil(line) | 1) * line;
        Self {
            memory: Vec::new(),
            rows: (SLAB / (stride * size_of::<R>())).clamp(1, most.max(1)),
            stride,
        }
    }

    /// Makes room for as many rows.
    pub(crate) fn make_room(&mut self, rows: usize) {
        while self.memory.len() * self.rows < rows {
            let line = LINE / size_of::<R>();
            self.memory
                .push(vec![R::default(); self.rows * self.stride + line]);
        }
    }

    /// A row there is room for.
    pub(crate) fn row(&self, place: usize) -> &[R] {
        let slab = &self.memory[place / self.rows];
        let first = skipped(slab) + place % self.rows * self.stride;
        &slab[first..][..self.stride]
    }

    /// All rows there is room for.
    pub(crate) fn rows_mut(&mut self) -> impl Iterator<Item = &mut [R]> {
        let (rows, stride) = (self.rows, self.stride);
        self.memory.iter_mut().flat_map(move |slab| {
            let first = skipped(slab);
            slab[first..][..rows * stride].chunks_exact_mut(stride)
        })
    }
}

/// Values before the first cache line that is whole.
fn skipped<R>(slab: &[R]) -> usize {
    slab.as_ptr().align_offset(LINE) % (LINE / size_of::<R>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_keep_what_is_written_to_them() {
        let length = SLAB / size_of::<f32>() / 3;
        let mut slabs: Slabs<f32> = Slabs::new(length, 10);
        slabs.make_room(3);
        slabs.make_room(5);
        for (place, row) in slabs.rows_mut().enumerate() {
            row[length - 1] = place as f32;
        }
        for place in 0..5 {
            assert_eq!(slabs.row(place)[length - 1], place as f32);
            assert_eq!(slabs.row(place)[0], 0.0);
        }
    }

    #[test]
    fn there_are_no_more_rows_than_there_may_be() {
        let mut slabs: Slabs<f64> = Slabs::new(100, 3);
        assert_eq!(slabs.rows_mut().count(), 0);
        slabs.make_room(1);
        assert_eq!(slabs.rows_mut().count(), 3);
    }
}
