//! The names under which the four IDX files of a data set are shipped.
//!
//! MNIST, KMNIST: `train-images-idx3-ubyte`; with 7-Zip on Windows `train-images.idx3-ubyte`; EMNIST:
//! `emnist-letters-train-images-idx3-ubyte` and `…-test-…`; Kaggle: a directory of the file's name with
//! the file in it. Each of them gzipped or not.

use crate::LoadError;
use crate::source::missing;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The names that MNIST's files have, without `.gz`: training images and labels, test images
/// and labels.
pub const FILES: [&str; 4] = [
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
];

/// What is where in a name: the part of the data set, and whether it is of images or labels.
const ROLES: [(&[&str], &str); 4] = [
    (&["train"], "images-idx3-ubyte"),
    (&["train"], "labels-idx1-ubyte"),
    (&["t10k", "test"], "images-idx3-ubyte"),
    (&["t10k", "test"], "labels-idx1-ubyte"),
];

/// Files of one data set, as far as they are there, in the order of [`FILES`].
type Set = [Option<PathBuf>; 4];

/// The files of the data set in `directory`, in the order of [`FILES`].
pub(crate) fn find(directory: &Path) -> Result<[PathBuf; 4], LoadError> {
    let sets = sets(directory)?;
    let complete: Vec<&String> = sets
        .iter()
        .filter(|(_, set)| set.iter().all(Option::is_some))
        .map(|(prefix, _)| prefix)
        .collect();
    // MNIST's own names come before others beside them.
    let plain = complete.iter().find(|prefix| prefix.is_empty());
    let chosen = plain
        .or(complete.first())
        .filter(|_| plain.is_some() || complete.len() == 1);
    let files = chosen.map(|prefix| sets[*prefix].each_ref().map(Option::clone));
    match files {
        Some([Some(a), Some(b), Some(c), Some(d)]) => Ok([a, b, c, d]),
        _ if complete.is_empty() => Err(incomplete(directory, &sets)),
        _ => {
            let names: Vec<&str> = complete
                .iter()
                .map(|prefix| prefix.trim_end_matches('-'))
                .collect();
            let reason = format!(
                "several data sets are there: {}; put the four files of one into a directory of their own",
                names.join(", ")
            );
            Err(LoadError::content(&directory.display().to_string(), reason))
        }
    }
}

/// Whether a file of such a name is there.
pub(crate) fn any(directory: &Path) -> bool {
    sets(directory).is_ok_and(|sets| !sets.is_empty())
}

/// The files by what their names have before `train` or `t10k`.
fn sets(directory: &Path) -> Result<BTreeMap<String, Set>, LoadError> {
    let entries = fs::read_dir(directory).map_err(|error| missing(directory, error))?;
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    // Plain files come before gzipped ones, and are taken.
    names.sort_unstable();
    let mut sets: BTreeMap<String, Set> = BTreeMap::new();
    for name in names {
        if let Some((prefix, role)) = role(&name) {
            let file = &mut sets.entry(prefix).or_default()[role];
            if file.is_none() {
                *file = Some(inside(directory.join(&name), &name));
            }
        }
    }
    Ok(sets)
}

/// What comes before the part of the data set, and the index in [`FILES`].
fn role(name: &str) -> Option<(String, usize)> {
    let name = name.to_ascii_lowercase().replace(".idx", "-idx");
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    ROLES.iter().enumerate().find_map(|(role, (parts, kind))| {
        let before = name.strip_suffix(kind)?.strip_suffix('-')?;
        let prefix = parts.iter().find_map(|part| before.strip_suffix(part))?;
        (prefix.is_empty() || prefix.ends_with('-')).then(|| (prefix.to_owned(), role))
    })
}

/// The file of the same name in a directory, where there is one.
fn inside(path: PathBuf, name: &str) -> PathBuf {
    let file = path.join(name.strip_suffix(".gz").unwrap_or(name));
    if file.is_file() { file } else { path }
}

fn incomplete(directory: &Path, sets: &BTreeMap<String, Set>) -> LoadError {
    let fullest = sets.values().max_by_key(|set| set.iter().flatten().count());
    let absent = fullest.map_or(0, |set| set.iter().position(Option::is_none).unwrap_or(0));
    let file = FILES[absent];
    // The first file that is there by name may be a link that leads nowhere.
    let broken = fullest.into_iter().flatten().flatten().find_map(|path| {
        let error = fs::metadata(path).err()?;
        Some(missing(path, error))
    });
    broken.unwrap_or_else(|| LoadError::Missing {
        directory: directory.to_owned(),
        file,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_that_data_sets_are_shipped_with_are_known() {
        for (name, prefix, index) in [
            ("train-images-idx3-ubyte", "", 0),
            ("train-labels-idx1-ubyte.gz", "", 1),
            ("t10k-images.idx3-ubyte", "", 2),
            (
                "emnist-letters-test-labels-idx1-ubyte",
                "emnist-letters-",
                3,
            ),
            (
                "EMNIST-digits-train-images-idx3-ubyte.GZ",
                "emnist-digits-",
                0,
            ),
        ] {
            assert_eq!(role(name), Some((prefix.to_owned(), index)), "{name}");
        }
        for name in [
            "train-images",
            "images-idx3-ubyte",
            "retrain-images-idx3-ubyte",
            "x.csv",
        ] {
            assert_eq!(role(name), None, "{name}");
        }
    }

    #[test]
    fn mnists_own_names_come_before_others() {
        let directory = tempfile::tempdir().unwrap();
        let write = |prefix: &str| {
            for file in FILES {
                fs::write(directory.path().join(format!("{prefix}{file}")), b"x").unwrap();
            }
        };
        write("real-");
        write("other-");
        let error = find(directory.path()).unwrap_err().to_string();
        assert!(
            error.contains("several data sets are there: other, real"),
            "{error}"
        );
        write("");
        assert!(find(directory.path()).unwrap()[0].ends_with(FILES[0]));
    }

    #[test]
    fn a_directory_of_the_files_name_holds_the_file() {
        let directory = tempfile::tempdir().unwrap();
        for file in FILES {
            fs::create_dir(directory.path().join(file)).unwrap();
            fs::write(directory.path().join(file).join(file), b"x").unwrap();
        }
        let found = find(directory.path()).unwrap();
        assert!(found.iter().all(|file| file.is_file()));
    }

    #[test]
    fn two_data_sets_in_one_directory_are_named() {
        let directory = tempfile::tempdir().unwrap();
        for set in ["emnist-letters", "emnist-digits"] {
            for file in FILES {
                fs::write(directory.path().join(format!("{set}-{file}")), b"x").unwrap();
            }
        }
        let error = find(directory.path()).unwrap_err().to_string();
        assert!(
            error.contains("there: emnist-digits, emnist-letters; put"),
            "{error}"
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_leads_nowhere_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let link = directory.path().join(FILES[0]);
        std::os::unix::fs::symlink("nowhere", &link).unwrap();
        let error = find(directory.path()).unwrap_err().to_string();
        assert!(
            error.contains("train-images-idx3-ubyte: a symbolic link that leads nowhere"),
            "{error}"
        );
    }
}
