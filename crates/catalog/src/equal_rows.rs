//! Rows that hold the same, in one part of a data set or in two.

use data::Samples;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use tables::{Column, Values};

/// A row, in so many bits that two different ones are not taken for one.
pub(crate) type Key = [u64; 2];

/// The rows of samples.
pub(crate) fn of_samples(samples: &Samples) -> Vec<Key> {
    let width = samples.features();
    match samples.pixels() {
        Some(pixels) => pixels
            .chunks_exact(width)
            .map(|row| key(|hash| row.hash(hash)))
            .collect(),
        None => {
            let values = samples.to_f32();
            let rows = values.chunks_exact(width);
            // 0 and −0 are one number.
            let bits = |row: &[f32], hash: &mut Twice| {
                for value in row {
                    (value + 0.0).to_bits().hash(hash);
                }
            };
            rows.map(|row| key(|hash| bits(row, hash))).collect()
        }
    }
}

/// The rows of columns: names of categories count, not their codes.
pub(crate) fn of_columns(columns: &[Column]) -> Vec<Key> {
    let rows = columns.first().map_or(0, Column::len);
    let mut hashes: Vec<Twice> = (0..rows).map(|_| Twice::new()).collect();
    for column in columns {
        for (hash, value) in hashes.iter_mut().zip(of_column(column)) {
            value.hash(hash);
        }
    }
    hashes.into_iter().map(Twice::into_key).collect()
}

/// The values of one column: equal values have equal keys.
pub(crate) fn of_column(column: &Column) -> Vec<Key> {
    const MISSING: Key = [0, 1];
    match column.values() {
        Values::Categories(categories) => {
            let names = categories.names().iter();
            let names: Vec<Key> = names.map(|name| key(|hash| name.hash(hash))).collect();
            categories
                .codes()
                .map(|code| code.map_or(MISSING, |code| names[code]))
                .collect()
        }
        _ => {
            let number = column.as_number().expect("it is not of categories");
            let of = |number: f64| {
                if number.is_nan() {
                    MISSING
                } else {
                    [(number + 0.0).to_bits(), 0]
                }
            };
            (0..column.len()).map(|row| of(number(row))).collect()
        }
    }
}

/// For each row that is the same as one before it, the first of these. Four bytes for each row are all that it needs
/// beside the pairs: rows may be more than memory has room for a table of them.
pub(crate) fn repeated(rows: &[Key]) -> Vec<(usize, usize)> {
    let count = u32::try_from(rows.len()).expect("keys of 2³² rows are 69 GB");
    let mut order: Vec<u32> = (0..count).collect();
    order.sort_unstable_by_key(|&row| (rows[row as usize], row));
    let alike = order.chunk_by(|&a, &b| rows[a as usize] == rows[b as usize]);
    let mut pairs = Vec::new();
    for alike in alike {
        let others = alike[1..].iter();
        pairs.extend(others.map(|&row| (alike[0] as usize, row as usize)));
    }
    pairs.sort_unstable_by_key(|&(_, row)| row);
    pairs
}

/// Rows of `test`, each with the first row of `train` that is the same. Memory is in proportion to `test`.
pub(crate) fn shared(train: &[Key], test: &[Key]) -> Vec<(usize, usize)> {
    let mut first: HashMap<&Key, Option<usize>> = test.iter().map(|key| (key, None)).collect();
    for (row, key) in train.iter().enumerate() {
        if let Some(first) = first.get_mut(key) {
            first.get_or_insert(row);
        }
    }
    let test = test.iter().enumerate();
    test.filter_map(|(row, key)| Some((first[key]?, row)))
        .collect()
}

/// Two hashes of 64 bits, which begin differently. The keys of std's hasher are the same in every run.
struct Twice([DefaultHasher; 2]);

impl Twice {
    fn new() -> Self {
        let mut second = DefaultHasher::new();
        second.write_u8(1);
        Self([DefaultHasher::new(), second])
    }

    fn into_key(self) -> Key {
        self.0.map(|hash| hash.finish())
    }
}

impl Hasher for Twice {
    fn write(&mut self, bytes: &[u8]) {
        self.0.iter_mut().for_each(|hash| hash.write(bytes));
    }

    fn finish(&self) -> u64 {
        self.0[0].finish()
    }
}

fn key(hash: impl FnOnce(&mut Twice)) -> Key {
    let mut twice = Twice::new();
    hash(&mut twice);
    twice.into_key()
}
