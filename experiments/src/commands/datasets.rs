//! `datasets`: what is known by name, where it is, and how large.

use crate::output;
use crate::table::{Column, Table};
use catalog::{CATALOG, FILES, Location, cache_dir, search_path};
use std::path::Path;

/// Runs the command.
pub(crate) fn run() {
    let mut table = Table::new(vec![
        Column::name("dataset", 0),
        Column::name("title", 3),
        Column::number("train", 1),
        Column::number("test", 1),
        Column::text("where"),
        Column::number("MB", 2),
        Column::text("licence"),
    ]);
    for entry in CATALOG {
        let (place, size) = match entry.locate(&search_path()) {
            Location::Embedded(bytes) => ("in this program".to_owned(), megabytes(bytes as u64)),
            Location::Directory(directory) => (
                directory.display().to_string(),
                megabytes(size_of_files(&directory)),
            ),
            Location::Absent => (
                format!("downloaded into {} when used", cache_dir().display()),
                "–".to_owned(),
            ),
        };
        let [train, test] = entry.sizes.map(|size| size.to_string());
        table.add_row([
            entry.id,
            entry.title,
            &train,
            &test,
            &place,
            &size,
            entry.licence,
        ]);
    }
    output::line(&table);
    output::line(format_args!(
        "Any other data set in MNIST's file naming: --data-dir DIR."
    ));
}

fn size_of_files(directory: &Path) -> u64 {
    let size = |file: &str| {
        let plain = std::fs::metadata(directory.join(file));
        plain
            .or_else(|_| std::fs::metadata(directory.join(format!("{file}.gz"))))
            .map_or(0, |m| m.len())
    };
    FILES.iter().map(|file| size(file)).sum()
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1}", bytes as f64 / 1e6)
}
