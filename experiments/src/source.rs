//! The data that the user asked for: what is said while they come to this machine.

use crate::failure::Failure;
use crate::interrupt::on_interrupt;
use crate::output;
use catalog::{CatalogEntry, LoadError, Loaded, Splits, Transfer, download};
use indicatif::{ProgressBar, ProgressStyle};
use runner::{Options, Pace, Supply, load_data, make_digits};
use std::path::Path;

/// Loads the data that the options name, downloading them if they are known by name and nowhere on this
/// machine. Quietly, it says nothing of that.
pub(crate) fn load(
    options: &Options,
    mirror: Option<&str>,
    quiet: bool,
) -> Result<Loaded, Failure> {
    Ok(load_data(options, &Told { mirror, quiet })?)
}

/// Brings data from where the user said, and says so.
struct Told<'a> {
    mirror: Option<&'a str>,
    quiet: bool,
}

impl Supply for Told<'_> {
    fn download(&self, entry: &CatalogEntry, cache: &Path) -> Result<Splits, LoadError> {
        if !self.quiet {
            output::tell(format_args!(
                "{} is not on this machine; downloading it into {}",
                entry.title,
                cache.display()
            ));
        }
        let style = ProgressStyle::with_template(
            "{msg:30} {bytes:>10} of {total_bytes:10} {wide_bar} {eta}",
        )
        .expect("a valid template");
        let bar = if self.quiet {
            ProgressBar::hidden()
        } else {
            ProgressBar::new(0)
        }
        .with_style(style);
        let splits = download(entry, cache, self.mirror, &mut |transfer: Transfer<'_>| {
            bar.set_message(transfer.file.to_owned());
            bar.set_length(transfer.total.unwrap_or(transfer.received));
            bar.set_position(transfer.received);
        });
        bar.finish_and_clear();
        splits
    }

    fn make_digits(&self, images: u32, directory: &Path) -> Result<(), runner::Failure> {
        if !self.quiet {
            let place = directory.display();
            output::tell(format_args!("making {images} digits in {place}, once"));
        }
        write_endless_digits(images, 1, directory, self.quiet)
    }
}

/// Writes so many digits into a directory, and says now and then how far it is.
pub(crate) fn write_endless_digits(
    images: u32,
    seed: u64,
    directory: &Path,
    quiet: bool,
) -> Result<(), runner::Failure> {
    let mut pace = Pace::after_a_pause();
    make_digits(images, seed, directory, &on_interrupt(), |done| {
        if !quiet && pace.is_due() {
            output::tell(format_args!("{done} of {images} images"));
        }
    })
}
