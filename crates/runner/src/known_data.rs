//! The data sets that are known by name: pictures of the catalogue, digits that are made, and small tables.

use crate::Failure;
use catalog::{CATALOG, CatalogEntry, Location, TABLES, cache_dir, search_path};
use classifier::nearest_name;
use std::path::Path;

/// The catalogue's entry of this name.
///
/// # Errors
/// [`Failure::UnknownDataset`] if it has none.
pub(crate) fn find(name: &str) -> Result<&'static CatalogEntry, Failure> {
    CatalogEntry::find(name).ok_or_else(|| Failure::UnknownDataset {
        name: name.to_owned(),
        nearest: nearest_name(name, known()),
        known: known().collect(),
    })
}

/// Whether nothing lies at this path, and it is the name of known data.
pub fn is_known(path: &Path) -> bool {
    !path.exists() && known().any(|name| path == Path::new(name))
}

fn known() -> impl Iterator<Item = &'static str> {
    let tables = TABLES.iter().map(|entry| entry.id);
    let by_name = CATALOG.iter().map(|entry| entry.id).chain(tables);
    by_name.chain([endless_digits::ID])
}

/// Each as a row of a table: name, title, training and test samples, where it is on this machine or where it
/// will be, its size there in MB, and its licence.
pub fn known_data() -> Vec<[String; 7]> {
    let absent = |verb: &str| format!("{verb} {} when used", cache_dir().display());
    let row = |named: [&str; 3], sizes: [usize; 2], location: Location, absent: String| {
        let (size, place) = (location.megabytes(), location.place(absent));
        let ([id, title, licence], [train, test]) = (named.map(str::to_owned), sizes);
        let [train, test] = [train, test].map(|size| size.to_string());
        [id, title, train, test, place, size, licence]
    };
    let pictures = CATALOG.iter().map(|entry| {
        let named = [entry.id, entry.title, entry.licence];
        let location = entry.locate(&search_path());
        row(named, entry.sizes, location, absent("downloaded into"))
    });
    let digits = [
        endless_digits::ID,
        "MNIST's digits, deformed at random",
        CATALOG[0].licence,
    ];
    let sizes = [endless_digits::IMAGES as usize, CATALOG[0].sizes[1]];
    let location = endless_digits::find().map_or(Location::Absent, Location::Directory);
    let digits = row(digits, sizes, location, absent("made in"));
    let tables = TABLES.iter().map(|entry| {
        let rows = entry.rows.to_string();
        let [id, title, licence] = [entry.id, entry.title, entry.licence];
        [id, title, &rows, "–", "in this program", "–", licence].map(str::to_owned)
    });
    pictures.chain([digits]).chain(tables).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_listed_is_known_and_the_nearest_is_named() {
        let rows = known_data();
        let mut listed: Vec<&str> = rows.iter().map(|row| row[0].as_str()).collect();
        let mut known: Vec<&str> = known().collect();
        listed.sort_unstable();
        known.sort_unstable();
        assert_eq!(listed, known);
        for (name, nearest) in [("fashon-mnist", "fashion-mnist"), ("zo", "zoo")] {
            let said = find(name).unwrap_err().to_string();
            assert!(
                said.contains(&format!("did you mean `{nearest}`?")),
                "{said}"
            );
        }
    }
}
