//! `datasets`: what is known by name, where it is, and how large.

use crate::cli::DatasetsCommand;
use crate::commands::show::{SHEET_COLUMNS, no_pictures, tiles, write_sheet};
use crate::failure::Failure;
use crate::interrupt::on_interrupt;
use crate::output;
use crate::progress::PAUSE;
use crate::registry::REGISTRY;
use crate::source;
use catalog::{CATALOG, Content, Location, TABLES, cache_dir, search_path};
use endless_digits::EndlessDigits;
use report::{TextColumn, TextTable};
use runner::{Options, Scrutiny, Seed, Stopwatch, processors};
use std::io;
use std::path::Path;

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
            write_endless_digits(*images, *seed, out)?;
        }
    }
    Ok(())
}

fn write_endless_digits(images: u32, seed: u64, directory: &Path) -> Result<(), Failure> {
    let mnist = catalog::mnist()?;
    let digits = EndlessDigits::new(mnist.train, seed);
    let cancellation = on_interrupt();
    let since_line = Stopwatch::start();
    let mut lines = 1;
    let on = |done| {
        if since_line.elapsed() > lines * PAUSE {
            lines += 1;
            output::tell(format_args!("{done} of {images} images"));
        }
        cancellation.check().map_err(io::Error::other)
    };
    match digits.write(images, mnist.test.handed_over(), directory, on) {
        Err(_) if cancellation.check().is_err() => Err(Failure::Interrupted),
        written => Ok(written?),
    }
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
    for entry in CATALOG {
        let location = entry.locate(&search_path());
        let size = location.bytes().map_or_else(|| "–".to_owned(), megabytes);
        let place = match location {
            Location::Embedded(_) => "in this program".to_owned(),
            Location::Directory(directory) => directory.display().to_string(),
            Location::Absent => format!("downloaded into {} when used", cache_dir().display()),
        };
        let [train, test] = entry.sizes.map(|size| size.to_string());
        let [id, title, licence] = [entry.id, entry.title, entry.licence];
        table.add_row([id, title, &train, &test, &place, &size, licence]);
    }
    for entry in TABLES {
        let rows = entry.rows.to_string();
        let [id, title, licence] = [entry.id, entry.title, entry.licence];
        table.add_row([id, title, &rows, "–", "in this program", "–", licence]);
    }
    output::table(&table);
    output::line("Your own data: compare --data PATH; datasets inspect PATH looks through them.");
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1}", bytes as f64 / 1e6)
}
