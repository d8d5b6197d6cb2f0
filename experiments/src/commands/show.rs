//! `show`: the first images, the lab's first exercise.

use crate::cli::ShowArgs;
use crate::failure::Failure;
use crate::output;
use catalog::{Content, Loaded};
use console::Term;
use data::Dataset;
use records::write_file;
use report::{Tile, contact_sheet, in_characters};
use std::path::{Path, PathBuf};

/// Samples in a row of the contact sheet.
pub(crate) const SHEET_COLUMNS: usize = 10;

/// Runs the command.
pub(crate) fn run(arguments: &ShowArgs) -> Result<(), Failure> {
    let options = runner::Options {
        dataset: arguments.data.dataset.clone(),
        data_dir: arguments.data.data_dir.clone(),
        ..runner::Options::default()
    };
    let loaded = crate::source::load(&options, arguments.data.mirror.as_deref(), false)?;
    let Content::Samples { train, test } = &loaded.content else {
        return Err(no_pictures(&loaded, "show"));
    };
    let split = if arguments.test { test.look() } else { train };
    let count = split.len().min(usize::from(arguments.count));
    let path = arguments.png.clone().unwrap_or_else(|| {
        PathBuf::from("results")
            .join(&loaded.id)
            .join("first-images.png")
    });
    let tiles = tiles(split, &(0..count).collect::<Vec<_>>());
    let width = usize::from(Term::stdout().size().1);
    output::drawn(&in_characters(&tiles, width, console::colors_enabled()));
    let shape = split.samples().shown_shape();
    output::line(format_args!(
        "{} × {} pixels each",
        shape.rows, shape.columns
    ));
    write_sheet(&tiles, &path)
}

/// What is said where pictures are wanted of a table.
pub(crate) fn no_pictures(loaded: &Loaded, option: &str) -> Failure {
    Failure::option(
        option,
        format!("{} is a table, and this shows pictures", loaded.id),
    )
}

/// Some of the samples, each with its class.
pub(crate) fn tiles(split: &Dataset, which: &[usize]) -> Vec<Tile> {
    let shape = split.samples().shown_shape();
    let tile = |&i: &usize| {
        let class = split.class_names()[split.labels()[i]].clone();
        let levels = split.samples().grey_levels(i);
        Tile::grey(&levels, [shape.columns, shape.rows], vec![class])
    };
    which.iter().map(tile).collect()
}

/// Writes tiles as a contact sheet.
pub(crate) fn write_sheet(tiles: &[Tile], path: &Path) -> Result<(), Failure> {
    write_file(path, &contact_sheet(tiles, SHEET_COLUMNS)?)?;
    output::line(format_args!("contact sheet: {}", path.display()));
    Ok(())
}
