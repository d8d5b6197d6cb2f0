//! Where data sets that are known by name are found.

use crate::directory::{is_complete, load_directory};
use crate::{CATALOG, CatalogEntry, FILES, LoadError, Splits, mnist};
use std::path::PathBuf;

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

    /// [`bytes`](Self::bytes) in MB, to be shown.
    pub fn megabytes(&self) -> String {
        let shown = |bytes| format!("{:.1}", bytes as f64 / 1e6);
        self.bytes().map_or_else(|| "–".to_owned(), shown)
    }

    /// Where that is, in words; `absent` where they are not on this machine.
    pub fn place(self, absent: String) -> String {
        match self {
            Self::Embedded(_) => "in this program".to_owned(),
            Self::Directory(directory) => directory.display().to_string(),
            Self::Absent => absent,
        }
    }
}

impl CatalogEntry {
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
