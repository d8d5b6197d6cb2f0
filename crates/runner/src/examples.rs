//! Data that tests divide.

use catalog::{Content, Loaded, SealedTable, Splits};
use data::Targets;
use std::sync::Arc;
use tables::{Column, Table};

/// 1 000 training and 300 test images of MNIST.
pub(crate) fn digits() -> Splits {
    let both = classifier_conformance::digits();
    Splits::new("digits", "Digits", "test", both, Default::default()).expect("of one shape")
}

/// What is divided of splits.
pub(crate) fn content(splits: Splits) -> Content {
    Loaded::from(splits).content
}

/// Rows of all kinds of columns, with missing values, in three classes of different sizes. Row `i` is the
/// same however many there are.
pub(crate) fn table(rows: usize) -> Table {
    let names =
        |names: &[&str]| -> Arc<[String]> { names.iter().map(ToString::to_string).collect() };
    let hash = |row: usize| row.wrapping_mul(2_654_435_761) >> 7;
    let number = |row: usize| {
        if row % 11 == 3 {
            f64::NAN
        } else {
            (hash(row) % 1000) as f64 / 10.0 + (row % 3) as f64 * 40.0
        }
    };
    let code = |row: usize| (row % 7 != 2).then_some((hash(row) / 8 % 4) as u32);
    let truth = |row: usize| (row % 13 != 5).then_some(hash(row).is_multiple_of(2));
    let columns = vec![
        Column::numbers("age", (0..rows).map(number).collect()).expect("finite"),
        Column::dates(
            "day",
            (0..rows).map(|row| (hash(row) % 400) as f64).collect(),
        )
        .expect("finite"),
        Column::booleans("member", (0..rows).map(truth).collect()),
        Column::categories("port", (0..rows).map(code), names(&["C", "Q", "S", "T"]))
            .expect("known"),
    ];
    let labels = (0..rows).map(|row| [0, 1, 2, 0][row % 4]).collect();
    let targets = Targets::new(labels, names(&["no", "No", "yes"])).expect("known");
    Table::new(columns, targets).expect("as many")
}

/// The last sixth of a table under a seal.
pub(crate) fn sides(table: &Table) -> Content {
    let (all, first) = (table.len(), table.len() * 5 / 6);
    let side = |range: std::ops::Range<usize>| table.select(&range.collect::<Vec<_>>());
    Content::Table {
        train: side(0..first),
        test: SealedTable::new(side(first..all)),
    }
}
