//! `datasets`: what is known by name, where it is, and how large.

use crate::cli::DatasetsCommand;
use crate::commands::show::{SHEET_COLUMNS, no_pictures, tiles, write_sheet};
use crate::failure::Failure;
use crate::output;
use crate::registry::REGISTRY;
use crate::source;
use catalog::Content;
use report::{TextColumn, TextTable};
use runner::{Options, Scrutiny, Seed, is_known, known_data, processors};

/// Runs the command.
pub(crate) fn run(command: Option<&DatasetsCommand>) -> Result<(), Failure> {
    match command {
        None => list(),
        Some(DatasetsCommand::Inspect {
            path,
            seed,
            png,
            reading,
        }) => {
            let is_known = is_known(path);
            let options = reading.change(Options {
                seed: seed.map(Seed::new),
                dataset: is_known.then(|| path.display().to_string()),
                data: (!is_known).then(|| path.clone()),
                ..Options::default()
            });
            let loaded = source::load(&options, None, false)?;
            if let Some(png) = png {
                let Content::Samples { train, .. } = &loaded.content else {
                    return Err(no_pictures(&loaded, "--png"));
                };
                let members = train.members().into_iter();
                let first = members.flat_map(|of| of.into_iter().take(SHEET_COLUMNS));
                write_sheet(&tiles(train, &first.collect::<Vec<_>>()), png)?;
            }
            output::line(catalog::inspect(&loaded).in_words(&loaded));
            output::line(Scrutiny::new(
                &loaded,
                REGISTRY,
                options.seed(),
                processors(),
            ));
        }
        Some(DatasetsCommand::Export { dataset, out }) => {
            let options = Options {
                dataset: Some(dataset.clone()),
                ..Options::default()
            };
            let loaded = source::load(&options, None, false)?;
            records::write_file(out, &catalog::to_npz(&loaded)?)?;
        }
        Some(DatasetsCommand::EndlessDigits { images, seed, out }) => {
            source::write_endless_digits(*images, *seed, out, false)?;
        }
    }
    Ok(())
}

fn list() {
    let mut table = TextTable::new(vec![
        TextColumn::name("dataset", 0),
        TextColumn::name("title", 3),
        TextColumn::number("train", 1),
        TextColumn::number("test", 1),
        TextColumn::text("where"),
        TextColumn::number("MB", 2),
        TextColumn::text("licence"),
    ]);
    for row in known_data() {
        table.add_row(row);
    }
    output::table(&table);
    output::line("Your own data: compare --data PATH; datasets inspect PATH looks through them.");
}
