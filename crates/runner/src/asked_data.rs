//! Finding the data that options ask for.

use crate::known_data::{find, is_known};
use crate::{Failure, Options, Place};
use catalog::{
    CATALOG, CatalogEntry, LoadError, Loaded, Splits, TableEntry, cache_dir, load_directory,
    search_path,
};
use classifier::Cancellation;
use endless_digits::EndlessDigits;
use records::{FILE_NAME, is_file_name};
use std::io;
use std::path::Path;

/// Who brings data to this machine that are known by name and nowhere on it.
pub trait Supply {
    /// Downloads an entry of the catalogue into a directory below `cache`.
    ///
    /// # Errors
    /// If no server has it, or it cannot be written.
    fn download(&self, entry: &CatalogEntry, cache: &Path) -> Result<Splits, LoadError>;

    /// Makes so many digits in a directory: see [`make_digits`].
    ///
    /// # Errors
    /// Those of [`make_digits`].
    fn make_digits(&self, images: u32, directory: &Path) -> Result<(), Failure>;
}

/// Loads the data that the options ask for: the user's own, or data known by name; the catalogue's first where
/// none are named. What is known by name and nowhere on this machine is brought by `supply`.
///
/// # Errors
/// If no data have the name, if an option does not go with these data, or whatever is wrong with the files.
pub fn load_data(options: &Options, supply: &dyn Supply) -> Result<Loaded, Failure> {
    let name = options.dataset.as_deref();
    if let Some(path) = &options.data {
        if is_known(path) {
            return Err(Failure::NamedData(path.display().to_string()));
        }
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
        return endless(supply);
    }
    let entry = name.map(find).transpose();
    if let Some(directory) = &options.data_dir {
        // A name that is not in the catalogue is what the user calls these files.
        let entry = entry.ok().flatten();
        let id = name.map_or_else(|| catalog::name_of(directory), str::to_owned);
        return Ok(load_directory(file_name(&id)?, directory, entry)?.into());
    }
    let entry = entry?.unwrap_or(&CATALOG[0]);
    let splits = match entry.load(&entry.locate(&search_path()))? {
        Some(splits) => splits,
        None => supply.download(entry, &cache_dir())?,
    };
    Ok(splits.into())
}

/// Eight million digits, which are made where they are not on this machine.
fn endless(supply: &dyn Supply) -> Result<Loaded, Failure> {
    let directory = match endless_digits::find() {
        Some(directory) => directory,
        None => {
            let directory = cache_dir().join(endless_digits::ID);
            supply.make_digits(endless_digits::IMAGES, &directory)?;
            directory
        }
    };
    Ok(load_directory(endless_digits::ID, &directory, None)?.into())
}

/// Makes MNIST's digits, deformed at random by a seed, in a directory, until it is called off. `on` hears now and
/// then how many are written.
///
/// # Errors
/// [`Failure::Interrupted`] if it is called off, [`Failure::Records`] if a file cannot be written.
pub fn make_digits(
    images: u32,
    seed: u64,
    directory: &Path,
    cancellation: &Cancellation,
    mut on: impl FnMut(usize),
) -> Result<(), Failure> {
    let mnist = catalog::mnist()?;
    let digits = EndlessDigits::new(mnist.train, seed);
    let on = |done| {
        on(done);
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
    Err(refused("--dataset", format!("expected {FILE_NAME}")))
}

/// Not all commands that take such options have the same one for a path.
const ONLY_OWN: &str =
    "only with data of your own, which a path names (--data PATH, or datasets inspect PATH)";

fn only_own(key: &str) -> Failure {
    let option = format!("--{}", key.replace('_', "-"));
    refused(&option, ONLY_OWN.to_owned())
}

fn refused(option: &str, reason: String) -> Failure {
    Failure::Syntax {
        place: Place::Option(option.to_owned()),
        reason,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Fault;

    /// Brings nothing.
    struct Nobody;

    impl Supply for Nobody {
        fn download(&self, entry: &CatalogEntry, _: &Path) -> Result<Splits, LoadError> {
            unreachable!("{} was to be downloaded", entry.id)
        }

        fn make_digits(&self, images: u32, _: &Path) -> Result<(), Failure> {
            unreachable!("{images} digits were to be made")
        }
    }

    fn named(name: &str) -> Options {
        Options {
            dataset: Some(name.to_owned()),
            ..Options::default()
        }
    }

    #[test]
    fn without_a_name_it_is_mnist_and_a_table_is_found_by_its_name() {
        let load = |options| load_data(&options, &Nobody).unwrap().id;
        assert_eq!(load(Options::default()), "mnist");
        assert_eq!(load(named("zoo")), "zoo");
    }

    #[test]
    fn what_does_not_go_together_is_refused_in_the_words_of_the_command_line() {
        let label = || Some("kind".to_owned());
        let own = "only with data of your own, which a path names (--data PATH, or datasets inspect PATH)";
        let unfit = Options {
            data_dir: Some("/nowhere".into()),
            ..named("a/b")
        };
        let of_own = Options {
            label: label(),
            ..Options::default()
        };
        let of_table = Options {
            test: Some("test.csv".into()),
            ..named("zoo")
        };
        for (options, expected) in [
            (unfit, format!("--dataset: expected {FILE_NAME}")),
            (of_own, format!("--label: {own}")),
            (of_table, format!("--test: {own}")),
        ] {
            let failure = load_data(&options, &Nobody).unwrap_err();
            assert_eq!(failure.to_string(), expected);
            assert_eq!(failure.fault(), Fault::Request);
        }
    }

    #[test]
    fn digits_that_are_called_off_are_not_there() {
        let directory = tempfile::tempdir().unwrap();
        let cancellation = Cancellation::default();
        let users = cancellation.clone();
        let mut heard = Vec::new();
        let on = |done| {
            heard.push(done);
            users.cancel();
        };
        let made = make_digits(50_000, 1, directory.path(), &cancellation, on);
        assert!(matches!(made, Err(Failure::Interrupted)), "{made:?}");
        assert_eq!(heard, [0]);
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
    }
}
