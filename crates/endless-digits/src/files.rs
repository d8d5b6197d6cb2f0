//! Digits in files, in the format and with the names of MNIST's.

use crate::{EndlessDigits, SIDE};
use catalog::{FILES, idx_header};
use data::Dataset;
use rayon::prelude::*;
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use tempfile::NamedTempFile;

/// Pictures that are in memory at a time.
const AT_ONCE: usize = 10_000;

impl EndlessDigits {
    /// Writes the first `images` of them as training pictures into `directory`, with the pictures of `test` as they
    /// are beside them. `on` hears now and then how many are written; an error of its ends the writing. Each file
    /// appears when it is complete.
    ///
    /// # Errors
    /// What the operating system says, or `on`.
    ///
    /// # Panics
    /// If `test` are no pixels.
    pub fn write(
        &self,
        images: u32,
        test: &Dataset,
        directory: &Path,
        mut on: impl FnMut(usize) -> io::Result<()>,
    ) -> io::Result<()> {
        fs::create_dir_all(directory)?;
        let (count, side) = (images as usize, SIDE as u32);
        file(&directory.join(FILES[0]), |to| {
            to.write_all(&idx_header(&[images, side, side]))?;
            for start in (0..count).step_by(AT_ONCE) {
                let numbers = start..count.min(start + AT_ONCE);
                on(start)?;
                let pictures: Vec<Vec<u8>> =
                    numbers.into_par_iter().map(|i| self.picture(i)).collect();
                pictures
                    .iter()
                    .try_for_each(|picture| to.write_all(picture))?;
            }
            on(count)
        })?;
        labels(
            &directory.join(FILES[1]),
            images,
            (0..count).map(|i| self.label(i)),
        )?;
        let pixels = test.samples().pixels().expect("grey levels");
        file(&directory.join(FILES[2]), |to| {
            to.write_all(&idx_header(&[test.len() as u32, side, side]))?;
            to.write_all(pixels)
        })?;
        let of_test = test.labels().iter().copied();
        labels(&directory.join(FILES[3]), test.len() as u32, of_test)
    }
}

fn labels(path: &Path, count: u32, labels: impl Iterator<Item = usize>) -> io::Result<()> {
    file(path, |to| {
        to.write_all(&idx_header(&[count]))?;
        to.write_all(&labels.map(|label| label as u8).collect::<Vec<_>>())
    })
}

/// A file that has its name when all is written.
fn file(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<&mut NamedTempFile>) -> io::Result<()>,
) -> io::Result<()> {
    let directory = path.parent().unwrap_or(Path::new("."));
    let mut temporary = temporary(directory)?;
    let mut to = BufWriter::with_capacity(1 << 20, &mut temporary);
    write(&mut to)?;
    to.flush()?;
    drop(to);
    temporary.persist(path)?;
    Ok(())
}

/// For everyone to read, as the user's mask has it.
fn temporary(directory: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(directory)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_as_a_data_set() {
        let mnist = catalog::mnist().unwrap();
        let test = mnist.test.look().select(&(0..50).collect::<Vec<_>>());
        let digits = EndlessDigits::new(mnist.train.select(&(0..100).collect::<Vec<_>>()), 1);
        let directory = tempfile::tempdir().unwrap();
        let mut heard = Vec::new();
        let on = |done| {
            heard.push(done);
            Ok(())
        };
        digits.write(10_250, &test, directory.path(), on).unwrap();
        assert_eq!(heard, [0, 10_000, 10_250]);
        let read = catalog::load_directory("endless", directory.path(), None).unwrap();
        let pixels = read.train.samples().pixels().unwrap();
        for index in [0, 99, 100, 10_249] {
            assert_eq!(
                &pixels[index * 784..(index + 1) * 784],
                digits.picture(index)
            );
            let name = &read.train.class_names()[read.train.labels()[index]];
            assert_eq!(*name, digits.label(index).to_string());
        }
        assert_eq!(read.test.samples(), test.samples());
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 4);
    }

    #[test]
    fn what_is_called_off_leaves_nothing() {
        let mnist = catalog::mnist().unwrap();
        let digits = EndlessDigits::new(mnist.train.select(&[0, 1]), 1);
        let directory = tempfile::tempdir().unwrap();
        let on = |_| Err(io::Error::other("called off"));
        let error = digits.write(5, &mnist.train.select(&[0]), directory.path(), on);
        assert_eq!(error.unwrap_err().to_string(), "called off");
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
    }
}
