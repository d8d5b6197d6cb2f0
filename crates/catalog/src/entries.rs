//! The data sets that are known by name, and where each is found.

use crate::directory::{Bytes, FILES, Published, assemble, is_complete, load_directory};
use crate::{LoadError, Splits, mnist};
use std::path::PathBuf;

/// A data set known by name.
#[derive(Debug)]
pub struct CatalogEntry {
    /// Short name, used in paths and tables.
    pub id: &'static str,
    /// Name for people.
    pub title: &'static str,
    /// Who owns it, and the licence it is given under.
    pub licence: &'static str,
    /// Samples to train on, images to test on.
    pub sizes: [usize; 2],
    /// SHA-256 of the decompressed files, in the order of [`FILES`].
    pub sha256: [&'static str; 4],
    /// What the classes are called.
    pub class_names: &'static [&'static str],
    /// Debian's package of it, if there is one; it installs into `/usr/share/datasets`.
    pub debian_package: Option<&'static str>,
    /// Addresses of directories that hold the gzipped files; tried in this order.
    pub mirrors: &'static [&'static str],
}

/// Where a data set was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// Inside the binary; compressed bytes.
    Embedded(usize),
    /// The four files are in this directory.
    Directory(PathBuf),
    /// Not on this machine.
    Absent,
}

impl Location {
    /// Bytes that the data take there, compressed where they are; `None` where they are not on this machine.
    pub fn bytes(&self) -> Option<u64> {
        let size = |path: PathBuf| Some(std::fs::metadata(path).ok()?.len());
        match self {
            Self::Embedded(bytes) => Some(*bytes as u64),
            Self::Directory(directory) => {
                let sizes = FILES.iter().map(|file| {
                    let plain = size(directory.join(file));
                    plain
                        .or_else(|| size(directory.join(format!("{file}.gz"))))
                        .unwrap_or(0)
                });
                Some(sizes.sum())
            }
            Self::Absent => None,
        }
    }
}

/// Every data set known by name. MNIST comes first.
pub const CATALOG: &[CatalogEntry] = &[
    CatalogEntry {
        id: "mnist",
        title: "MNIST handwritten digits",
        licence: "© Yann LeCun and Corinna Cortes, CC BY-SA 3.0",
        sizes: [60_000, 10_000],
        sha256: [
            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
            "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
            "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        ],
        class_names: &["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
        debian_package: None,
        mirrors: &[],
    },
    CatalogEntry {
        id: "fashion-mnist",
        title: "Fashion-MNIST",
        licence: "© Zalando SE, MIT",
        sizes: [60_000, 10_000],
        sha256: [
            "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
            "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
            "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
            "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
        ],
        class_names: &[
            "T-shirt/top",
            "Trouser",
            "Pullover",
            "Dress",
            "Coat",
            "Sandal",
            "Shirt",
            "Sneaker",
            "Bag",
            "Ankle boot",
        ],
        debian_package: Some("dataset-fashion-mnist"),
        mirrors: &[
            "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion",
            "https://storage.googleapis.com/tensorflow/tf-keras-datasets",
        ],
    },
];

impl CatalogEntry {
    /// The entry with this name.
    pub fn find(id: &str) -> Option<&'static Self> {
        CATALOG.iter().find(|entry| entry.id == id)
    }

    /// Where it is: inside the binary, else in a directory of its name below one of `path`.
    pub fn locate(&self, path: &[PathBuf]) -> Location {
        if self.is_embedded() {
            return Location::Embedded(mnist::EMBEDDED_BYTES);
        }
        path.iter()
            .map(|directory| directory.join(self.id))
            .find(|directory| is_complete(directory))
            .map_or(Location::Absent, Location::Directory)
    }

    /// Loads it from a location; `None` where it is absent.
    ///
    /// # Errors
    /// Whatever is wrong with a file.
    pub fn load(&self, location: &Location) -> Result<Option<Splits>, LoadError> {
        match location {
            Location::Embedded(_) => mnist::mnist().map(Some),
            Location::Directory(directory) => {
                load_directory(self.id, directory, Some(self)).map(Some)
            }
            Location::Absent => Ok(None),
        }
    }

    pub(crate) fn assemble(
        &self,
        origin: String,
        files: [(&str, &Bytes); 4],
    ) -> Result<Splits, LoadError> {
        let published = Published {
            sha256: self.sha256,
            class_names: self.class_names.iter().map(ToString::to_string).collect(),
        };
        assemble(self.id, self.title, origin, files, Some(&published))
    }

    fn is_embedded(&self) -> bool {
        self.id == CATALOG[0].id
    }
}

/// Where downloads are kept: `$PLUMBLINE_CACHE`, else `plumbline` in the user's cache directory,
/// else in the system's directory for temporary files.
pub fn cache_dir() -> PathBuf {
    std::env::var_os("PLUMBLINE_CACHE").map_or_else(
        || {
            dirs::cache_dir()
                .unwrap_or_else(std::env::temp_dir)
                .join("plumbline")
        },
        PathBuf::from,
    )
}

/// Where data sets are looked for: the cache first, then where Debian installs them,
/// `$PLUMBLINE_SYSTEM_DATASETS` or `/usr/share/datasets`.
pub fn search_path() -> [PathBuf; 2] {
    let system = std::env::var_os("PLUMBLINE_SYSTEM_DATASETS");
    [
        cache_dir(),
        system.map_or_else(|| PathBuf::from("/usr/share/datasets"), PathBuf::from),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_complete_directory_on_the_path_is_found() {
        let [cache, system] = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let path = [&cache, &system].map(|directory| directory.path().to_owned());
        let entry = &CATALOG[1];
        assert_eq!(entry.locate(&path), Location::Absent);
        let fill = |directory: PathBuf| {
            std::fs::create_dir_all(&directory).unwrap();
            for file in crate::FILES {
                std::fs::write(directory.join(format!("{file}.gz")), []).unwrap();
            }
            Location::Directory(directory)
        };
        let in_system = fill(path[1].join(entry.id));
        assert_eq!(entry.locate(&path), in_system);
        let in_cache = fill(path[0].join(entry.id));
        assert_eq!(entry.locate(&path), in_cache);
    }
}
