//! `datasets`: what is known by name, where it is, and how large.

use crate::cli::DatasetsCommand;
use crate::commands::show::{SHEET_COLUMNS, no_pictures, tiles, write_sheet};
use crate::failure::Failure;
use crate::output;
use crate::registry::REGISTRY;
use crate::source;
use catalog::{CATALOG, Content, Location, TABLES, cache_dir, search_path};
use report::{TextColumn, TextTable};
use runner::{Options, Scrutiny, Seed, processors};

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
            let options = reading.change(Options {
                seed: seed.map(Seed::new),
                ..Options::default()
            });
            let loaded = catalog::load(path, &options.reading())?;
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
    let absent = |verb: &str| format!("{verb} {} when used", cache_dir().display());
    let mut add = |named: [&str; 3], sizes: [String; 2], location: Location, absent: String| {
        let (size, place) = (location.megabytes(), location.place(absent));
        let ([id, title, licence], [train, test]) = (named, sizes);
        table.add_row([id, title, &train, &test, &place, &size, licence]);
    };
    for entry in CATALOG {
        let named = [entry.id, entry.title, entry.licence];
        let sizes = entry.sizes.map(|size| size.to_string());
        let location = entry.locate(&search_path());
        add(named, sizes, location, absent("downloaded into"));
    }
    let digits = [
        endless_digits::ID,
        "MNIST's digits, deformed at random",
        CATALOG[0].licence,
    ];
    let sizes = [endless_digits::IMAGES as usize, CATALOG[0].sizes[1]].map(|size| size.to_string());
    let location = endless_digits::find().map_or(Location::Absent, Location::Directory);
    add(digits, sizes, location, absent("made in"));
    for entry in TABLES {
        let rows = entry.rows.to_string();
        let [id, title, licence] = [entry.id, entry.title, entry.licence];
        table.add_row([id, title, &rows, "–", "in this program", "–", licence]);
    }
    output::table(&table);
    output::line("Your own data: compare --data PATH; datasets inspect PATH looks through them.");
}
