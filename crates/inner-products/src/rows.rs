//! Samples in the first form that an inner product needs: rows without their zeros.

use crate::feature::{Feature, Row};
use crate::sample::{Sample, groups};

/// Samples as the groups of features that are not zero, one row after the other.
#[derive(Debug, Clone)]
pub struct Rows<F: Feature> {
    /// Where each row begins; one more than there are rows.
    starts: Vec<usize>,
    entries: Vec<F::Entry>,
    offsets: Vec<F::Product>,
    squares: Vec<F::Product>,
}

impl<F: Feature> Rows<F> {
    /// The rows of `samples`, each of as many features.
    pub fn new<'a>(samples: impl Iterator<Item: Into<Sample<'a, F>>>) -> Self {
        let mut rows = Self {
            starts: vec![0],
            entries: Vec::new(),
            offsets: Vec::new(),
            squares: Vec::new(),
        };
        for sample in samples {
            let sample = sample.into();
            match sample {
                Sample::Dense(features) => {
                    let all = (0..).zip(features.chunks(F::GROUP));
                    let entries = all.filter_map(|(position, group)| F::entry(position, group));
                    rows.entries.extend(entries);
                }
                Sample::Sparse { places, values } => groups(places, values, |position, group| {
                    rows.entries.extend(F::entry(position, group));
                }),
            }
            rows.starts.push(rows.entries.len());
            rows.offsets.push(F::offset(sample.values()));
            rows.squares.push(F::square(sample.values()));
        }
        rows
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.squares.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.squares.is_empty()
    }

    /// Groups of features that are not zero, of all rows together.
    pub fn groups(&self) -> usize {
        self.entries.len()
    }

    /// One row.
    ///
    /// # Panics
    /// If `index` is not below [`len`](Self::len).
    pub fn row(&self, index: usize) -> Row<'_, F> {
        Row {
            entries: &self.entries[self.starts[index]..self.starts[index + 1]],
            offset: self.offsets[index],
            square: self.squares[index],
        }
    }

    /// Bytes on the heap.
    pub fn bytes(&self) -> usize {
        size_of_val(&*self.starts)
            + size_of_val(&*self.entries)
            + size_of_val(&*self.offsets)
            + size_of_val(&*self.squares)
    }
}
