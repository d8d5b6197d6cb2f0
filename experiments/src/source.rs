//! Finding the data that the user asked for.

use crate::failure::Failure;
use crate::output;
use catalog::{
    CATALOG, CatalogEntry, Loaded, Location, Splits, TABLES, TableEntry, Transfer, cache_dir,
    download, load_directory, search_path,
};
use classifier::nearest_name;
use indicatif::{ProgressBar, ProgressStyle};
use records::{FILE_NAME, is_file_name};
use runner::Options;
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

/// The name of a data set, if it is fit for a directory.
fn file_name(name: &str) -> Result<&str, Failure> {
    if is_file_name(name) {
        return Ok(name);
    }
    Err(Failure::Option {
        option: "--dataset".to_owned(),
        reason: format!("expected {FILE_NAME}"),
    })
}

fn only_own(key: &str) -> Failure {
    Failure::Option {
        option: format!("--{}", key.replace('_', "-")),
        reason: "only with data of your own, --data PATH".to_owned(),
    }
}

fn known() -> impl Iterator<Item = &'static str> {
    let tables = TABLES.iter().map(|entry| entry.id);
    CATALOG.iter().map(|entry| entry.id).chain(tables)
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
