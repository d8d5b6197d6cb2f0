//! `show`: the first images, the lab's first exercise.

use crate::cli::ShowArgs;
use crate::failure::Failure;
use crate::output;
use catalog::Content;
use console::Term;
use data::Dataset;
use records::write_file;
use report::{Tile, contact_sheet};
use std::fmt::Write;
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
    let width = usize::from(Term::stdout().size().1);
    output::text(&in_characters(&first, width, console::colors_enabled()));

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
                vec![name(&first, i).to_owned()],
            )
        })
        .collect();
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

fn name(data: &Dataset, image: usize) -> &str {
    &data.class_names()[data.labels()[image]]
}

/// Samples side by side as half-block characters, two pixels in each, as many as fit `width`.
fn in_characters(data: &Dataset, width: usize, colours: bool) -> String {
    let shape = data.samples().shown_shape();
    let per_row = ((width + 1) / (shape.columns + 1)).max(1);
    let mut text = String::new();
    let indices: Vec<usize> = (0..data.len()).collect();
    for group in indices.chunks(per_row) {
        for &image in group {
            let label: String = name(data, image).chars().take(shape.columns).collect();
            let _ = write!(text, "{label:0$} ", shape.columns);
        }
        text.push('\n');
        for upper in (0..shape.rows).step_by(2) {
            for &image in group {
                let grey = data.samples().grey_levels(image);
                for column in 0..shape.columns {
                    let top = grey[upper * shape.columns + column];
                    let bottom = grey
                        .get((upper + 1) * shape.columns + column)
                        .copied()
                        .unwrap_or(0);
                    text.push_str(&half_block(top, bottom, colours));
                }
                text.push(' ');
            }
            text.push('\n');
        }
    }
    text
}

/// One character for two pixels: grey levels where there are colours, else black and white.
fn half_block(top: u8, bottom: u8, colours: bool) -> String {
    if colours {
        return format!(
            "\x1b[38;2;{top};{top};{top}m\x1b[48;2;{bottom};{bottom};{bottom}m▀\x1b[0m"
        );
    }
    match (top > 127, bottom > 127) {
        (true, true) => "█",
        (true, false) => "▀",
        (false, true) => "▄",
        (false, false) => " ",
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use data::{PictureShape, Samples};

    #[test]
    fn images_stand_side_by_side_with_their_labels() {
        let shape = PictureShape {
            rows: 3,
            columns: 2,
        };
        let pixels = vec![255, 0, 255, 255, 0, 255, 0, 0, 255, 0, 0, 0];
        let images = Samples::from_pixels(shape, pixels).unwrap();
        let names = ["zero", "one"].map(str::to_owned);
        let data = Dataset::new(images, vec![1, 0], names.into()).unwrap();
        assert_eq!(in_characters(&data, 5, false), "on ze \n█▄ ▄  \n ▀    \n");
        assert_eq!(
            in_characters(&data, 4, false),
            "on \n█▄ \n ▀ \nze \n▄  \n   \n"
        );
        assert!(in_characters(&data, 5, true).contains("\x1b[38;2;255;255;255m"));
    }
}
