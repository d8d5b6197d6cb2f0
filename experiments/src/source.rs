//! Finding the data that the user asked for.

use crate::cli::DataArgs;
use crate::failure::Failure;
use crate::output;
use catalog::{
    CATALOG, CatalogEntry, Location, Splits, Transfer, cache_dir, download, load_directory,
    search_path,
};
use classifier::nearest_name;
use indicatif::{ProgressBar, ProgressStyle};
use records::{FILE_NAME, is_file_name};
use std::path::Path;

/// Loads the data set that the options name, downloading it if it is nowhere on this machine.
/// Quietly, it says nothing of that.
pub(crate) fn load(options: &DataArgs, quiet: bool) -> Result<Splits, Failure> {
    let entry = options.dataset.as_deref().map(find).transpose();
    if let Some(directory) = &options.data_dir {
        // A name that is not in the catalogue is what the user calls these files.
        let entry = entry.ok().flatten();
        let id = options
            .dataset
            .clone()
            .unwrap_or_else(|| catalog::name_of(directory));
        if !is_file_name(&id) {
            return Err(Failure::Option {
                option: "--dataset".to_owned(),
                reason: format!("expected {FILE_NAME}"),
            });
        }
        return Ok(load_directory(&id, directory, entry)?);
    }
    let entry = entry?.unwrap_or(&CATALOG[0]);
    match entry.locate(&search_path()) {
        Location::Absent => fetch(entry, &cache_dir(), options.mirror.as_deref(), quiet),
        found => Ok(entry.load(&found)?.expect("it was just located")),
    }
}

fn find(name: &str) -> Result<&'static CatalogEntry, Failure> {
    CatalogEntry::find(name).ok_or_else(|| Failure::UnknownDataset {
        name: name.to_owned(),
        nearest: nearest_name(name, CATALOG.iter().map(|entry| entry.id)),
        known: CATALOG.iter().map(|entry| entry.id).collect(),
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
