//! Finding the data that the user asked for.

use crate::cli::DataArgs;
use crate::failure::{Failure, Place};
use crate::plan::{PATH_NAME, is_path_name};
use catalog::{
    CATALOG, CatalogEntry, Location, Splits, Transfer, cache_dir, download, load_directory,
    search_path,
};
use classifier::nearest_name;
use indicatif::{ProgressBar, ProgressStyle};
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
            .unwrap_or_else(|| name_of(directory));
        if !is_path_name(&id) {
            return Err(Failure::WrongType {
                place: Place::Option("--dataset".to_owned()),
                key: "dataset",
                expected: PATH_NAME,
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

/// A directory's own name, as far as it is fit for the names of reports.
fn name_of(directory: &Path) -> String {
    let path = directory
        .canonicalize()
        .unwrap_or_else(|_| directory.to_owned());
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy())
        .unwrap_or_default();
    let fit = |c: char| {
        if c.is_ascii_alphanumeric() || "-_.".contains(c) {
            c
        } else {
            '-'
        }
    };
    let name: String = name.trim_start_matches('.').chars().map(fit).collect();
    if name.is_empty() {
        "data".to_owned()
    } else {
        name
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
        eprintln!(
            "{} is not on this machine; downloading it into {}",
            entry.title,
            cache.display()
        );
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
