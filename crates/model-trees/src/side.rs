//! How pure one side of a split is, while rows go from the other side to it: in whole numbers, so that no
//! order of the rows changes it.

/// Rows of one bin and class.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Entry {
    pub(crate) bin: u8,
    pub(crate) class: u32,
    pub(crate) weight: u32,
    pub(crate) rows: u32,
}

/// One side of a split.
#[derive(Default)]
pub(crate) struct Side {
    counts: Vec<u32>,
    /// Σ counts².
    squares: u64,
    weight: u64,
    pub(crate) rows: u64,
}

impl Side {
    /// Begins with these counts.
    pub(crate) fn reset(&mut self, counts: &[u32], rows: usize) {
        self.counts.clear();
        self.counts.extend_from_slice(counts);
        let wide = || counts.iter().copied().map(u64::from);
        self.squares = wide().map(|count| count * count).sum();
        self.weight = wide().sum();
        self.rows = rows as u64;
    }

    /// Begins with nothing.
    pub(crate) fn clear(&mut self, classes: usize) {
        self.counts.clear();
        self.counts.resize(classes, 0);
        (self.squares, self.weight, self.rows) = (0, 0, 0);
    }

    /// Puts rows on this side.
    pub(crate) fn add(&mut self, entry: Entry) {
        let count = &mut self.counts[entry.class as usize];
        self.squares += u64::from(entry.weight) * (2 * u64::from(*count) + u64::from(entry.weight));
        *count += entry.weight;
        self.weight += u64::from(entry.weight);
        self.rows += u64::from(entry.rows);
    }

    /// Takes rows from this side.
    pub(crate) fn remove(&mut self, entry: Entry) {
        let count = &mut self.counts[entry.class as usize];
        *count -= entry.weight;
        self.squares -= u64::from(entry.weight) * (2 * u64::from(*count) + u64::from(entry.weight));
        self.weight -= u64::from(entry.weight);
        self.rows -= u64::from(entry.rows);
    }

    /// The weight times 1 − Gini impurity: Σ counts² / weight.
    pub(crate) fn purity(&self) -> f64 {
        self.squares as f64 / self.weight as f64
    }
}
