//! Simulates what the tests and intervals of this crate hold: how often a test of level 0.05 finds a
//! difference that is not there, and how often an interval of confidence 0.95 holds the truth.
//!
//!     cargo run --release -p statistics --example levels [FILE]
//!
//! writes a page in Markdown to the file and a picture to `figures` beside it, or the page to standard output. The same
//! each time.

mod clusters;
mod controls;
mod data_sets;
mod every_metric;
mod figure;
mod folds;
mod importance;
mod metrics;
mod page;
mod pairs;
mod probabilities;
mod seeds;
mod several;

use page::{FIGURES, Page};
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut page = Page::default();
    pairs::simulate(&mut page);
    several::simulate(&mut page);
    metrics::simulate(&mut page);
    every_metric::simulate(&mut page);
    clusters::simulate(&mut page);
    folds::simulate(&mut page);
    seeds::simulate(&mut page);
    data_sets::simulate(&mut page);
    probabilities::simulate(&mut page);
    importance::simulate(&mut page);
    controls::simulate(&mut page);
    let Some(file) = std::env::args().nth(1) else {
        print!("{}", page.markdown());
        return ExitCode::SUCCESS;
    };
    match write(&page, Path::new(&file)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cannot write {file}: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Writes the page, and its figures beside it.
fn write(page: &Page, file: &Path) -> std::io::Result<()> {
    for (name, figure) in FIGURES.iter().zip(page.figures()) {
        let place = file.with_file_name(name);
        std::fs::create_dir_all(place.parent().unwrap_or(Path::new(".")))?;
        std::fs::write(place, figure)?;
    }
    std::fs::write(file, page.markdown())
}
