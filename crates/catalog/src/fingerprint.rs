//! Sums that tell whether two data sets hold the same.

use base16ct::lower::encode_string;
use data::{Samples, Targets};
use sha2::{Digest, Sha256};
use tables::{Column, Table, Values};

/// SHA-256 of samples: their number of features, then their bytes, numbers as little-endian `f32`.
pub(crate) fn of_samples(samples: &Samples) -> String {
    let mut hash = Sha256::new();
    hash.update((samples.features() as u64).to_le_bytes());
    match samples.pixels() {
        Some(pixels) => hash.update(pixels),
        None => {
            for value in samples.to_f32().iter() {
                hash.update(value.to_le_bytes());
            }
        }
    }
    encode_string(&hash.finalize())
}

/// SHA-256 of the names of the rows' classes, and of the numbers of their groups.
pub(crate) fn of_targets(targets: &Targets) -> String {
    let mut hash = Sha256::new();
    for &label in targets.labels() {
        text(&mut hash, &targets.class_names()[label]);
    }
    for group in targets.groups().unwrap_or_default() {
        hash.update(group.to_le_bytes());
    }
    encode_string(&hash.finalize())
}

/// SHA-256 of a table's columns: their names and kinds, and their values as `f64` or as text.
pub(crate) fn of_columns(table: &Table) -> String {
    let mut hash = Sha256::new();
    for column in table.columns() {
        text(&mut hash, column.name());
        text(&mut hash, column.kind().plural());
        values(&mut hash, column);
    }
    encode_string(&hash.finalize())
}

fn values(hash: &mut Sha256, column: &Column) {
    match column.values() {
        Values::Categories(categories) => {
            for code in categories.codes() {
                text(hash, code.map_or("", |code| &categories.names()[code]));
                hash.update([u8::from(code.is_none())]);
            }
        }
        _ => {
            if let Some(number) = column.as_number() {
                for row in 0..column.len() {
                    // All NaN are one missing value.
                    let number = number(row);
                    let number = if number.is_nan() { f64::NAN } else { number };
                    hash.update(number.to_le_bytes());
                }
            }
        }
    }
}

/// Text with its length, so that two texts are not taken for one.
fn text(hash: &mut Sha256, text: &str) {
    hash.update((text.len() as u64).to_le_bytes());
    hash.update(text.as_bytes());
}
