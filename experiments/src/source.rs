//! Finding the data that the user asked for.

use crate::failure::Failure;
use crate::interrupt::on_interrupt;
use crate::output;
use crate::progress::PAUSE;
use catalog::{
    CATALOG, CatalogEntry, Loaded, Location, Splits, TABLES, TableEntry, Transfer, cache_dir,
    download, load_directory, search_path,
};
use classifier::nearest_name;
use endless_digits::EndlessDigits;
use indicatif::{ProgressBar, ProgressStyle};
use records::{FILE_NAME, is_file_name};
use runner::{Options, Stopwatch};
use std::io;
use std::path::Path;

/// Loads the data that the options name, downloading them if they are known by name and nowhere on this
/// machine. Quietly, it says nothing of that.
pub(crate) fn load(
    options: &Options,
    mirror: Option<&str>,
    quiet: bool,
) -> Result<Loaded, Failure> {
    let name = options.dataset.as_deref();
    if let Some(path) = &options.data {
        let loaded = catalog::load(path, &options.reading())?;
        return Ok(match name {
            Some(name) => Loaded {
                id: file_name(name)?.to_owned(),
                title: name.to_owned(),
                ..loaded
            },
            None => loaded,
        });
    }
    if let Some(entry) = name.and_then(TableEntry::find) {
        if options.test.is_some() {
            return Err(only_own("test"));
        }
        return Ok(entry.load(&options.reading())?);
    }
    if let Some(key) = options.said_of_data() {
        return Err(only_own(key));
    }
    if name == Some(endless_digits::ID) && options.data_dir.is_none() {
        return endless(quiet);
    }
    let entry = name.map(find).transpose();
    if let Some(directory) = &options.data_dir {
        // A name that is not in the catalogue is what the user calls these files.
        let entry = entry.ok().flatten();
        let id = name.map_or_else(|| catalog::name_of(directory), str::to_owned);
        return Ok(load_directory(file_name(&id)?, directory, entry)?.into());
    }
    let entry = entry?.unwrap_or(&CATALOG[0]);
    let splits = match entry.locate(&search_path()) {
        Location::Absent => fetch(entry, &cache_dir(), mirror, quiet)?,
        found => entry.load(&found)?.expect("it was just located"),
    };
    Ok(splits.into())
}

/// Eight million digits, which are made where they are not on this machine.
fn endless(quiet: bool) -> Result<Loaded, Failure> {
    let directory = match endless_digits::find() {
        Some(directory) => directory,
        None => {
            let directory = cache_dir().join(endless_digits::ID);
            if !quiet {
                let (images, place) = (endless_digits::IMAGES, directory.display());
                output::tell(format_args!("making {images} digits in {place}, once"));
            }
            write_endless_digits(endless_digits::IMAGES, 1, &directory, quiet)?;
            directory
        }
    };
    Ok(load_directory(endless_digits::ID, &directory, None)?.into())
}

/// Writes so many digits into a directory, and says now and then how far it is.
pub(crate) fn write_endless_digits(
    images: u32,
    seed: u64,
    directory: &Path,
    quiet: bool,
) -> Result<(), Failure> {
    let mnist = catalog::mnist()?;
    let digits = EndlessDigits::new(mnist.train, seed);
    let cancellation = on_interrupt();
    let since_line = Stopwatch::start();
    let mut lines = 1;
    let on = |done| {
        if !quiet && since_line.elapsed() > lines * PAUSE {
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

/// The name of a data set, if it is fit for a directory.
fn file_name(name: &str) -> Result<&str, Failure> {
    if is_file_name(name) {
        return Ok(name);
    }
    Err(Failure::option(
        "--dataset",
        format!("expected {FILE_NAME}"),
    ))
}

fn only_own(key: &str) -> Failure {
    Failure::option(
        &format!("--{}", key.replace('_', "-")),
        "only with data of your own, --data PATH",
    )
}

fn known() -> impl Iterator<Item = &'static str> {
    let tables = TABLES.iter().map(|entry| entry.id);
    let by_name = CATALOG.iter().map(|entry| entry.id).chain(tables);
    by_name.chain([endless_digits::ID])
}

fn find(name: &str) -> Result<&'static CatalogEntry, Failure> {
    CatalogEntry::find(name).ok_or_else(|| Failure::UnknownDataset {
        name: name.to_owned(),
        nearest: nearest_name(name, known()),
        known: known().collect(),
    })
}

fn fetch(
    entry: &CatalogEntry,
    cache: &Path,
    mirror: Option<&str>,
    quiet: bool,
) -> Result<Splits, Failure> {
    if !quiet {
        output::tell(format_args!(
            "{} is not on this machine; downloading it into {}",
            entry.title,
            cache.display()
        ));
    }
    let style =
        ProgressStyle::with_template("{msg:30} {bytes:>10} of {total_bytes:10} {wide_bar} {eta}")
            .expect("a valid template");
    let bar = if quiet {
        ProgressBar::hidden()
    } else {
        ProgressBar::new(0)
    }
    .with_style(style);
    let splits = download(entry, cache, mirror, &mut |transfer: Transfer<'_>| {
        bar.set_message(transfer.file.to_owned());
        bar.set_length(transfer.total.unwrap_or(transfer.received));
        bar.set_position(transfer.received);
    });
    bar.finish_and_clear();
    Ok(splits?)
}
