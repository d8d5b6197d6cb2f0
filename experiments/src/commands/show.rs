//! `show`: the first images, the lab's first exercise.

use crate::cli::ShowArgs;
use crate::failure::Failure;
use crate::output;
use catalog::Content;
use console::Term;
use records::write_file;
use report::{Tile, contact_sheet, in_characters};
use std::path::PathBuf;

/// Samples in a row of the contact sheet.
const SHEET_COLUMNS: usize = 10;

/// Runs the command.
pub(crate) fn run(arguments: &ShowArgs) -> Result<(), Failure> {
    let options = runner::Options {
        dataset: arguments.data.dataset.clone(),
        data_dir: arguments.data.data_dir.clone(),
        ..runner::Options::default()
    };
    let loaded = crate::source::load(&options, arguments.data.mirror.as_deref(), false)?;
    let Content::Samples { train, test } = &loaded.content else {
        return Err(Failure::Option {
            option: "show".to_owned(),
            reason: format!("{} is a table, and this shows pictures", loaded.id),
        });
    };
    let split = if arguments.test { test.look() } else { train };
    let count = split.len().min(usize::from(arguments.count));
    let first = split.select(&(0..count).collect::<Vec<_>>());
    let path = arguments.png.clone().unwrap_or_else(|| {
        PathBuf::from("results")
            .join(&loaded.id)
            .join("first-images.png")
    });
    let shape = first.samples().shown_shape();
    let cells: Vec<Tile> = (0..count)
        .map(|i| {
            Tile::grey(
                &first.samples().grey_levels(i),
                [shape.columns, shape.rows],
                vec![first.class_names()[first.labels()[i]].clone()],
            )
        })
        .collect();
    let width = usize::from(Term::stdout().size().1);
    output::text(&in_characters(&cells, width, console::colors_enabled()));
    let png = contact_sheet(&cells, SHEET_COLUMNS)?;
    write_file(&path, &png)?;
    output::line(format_args!(
        "{} × {} pixels each; contact sheet: {}",
        shape.rows,
        shape.columns,
        path.display()
    ));
    Ok(())
}
