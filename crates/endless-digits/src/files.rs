//! Digits in files, in the format and with the names of MNIST's.

use crate::EndlessDigits;
use crate::shape::SIDE;
use catalog::{FILES, idx_header};
use data::Dataset;
use rayon::prelude::*;
use records::{RecordError, write_file_by};
use std::io;
use std::path::Path;

/// Pictures that are in memory at a time.
const AT_ONCE: usize = 10_000;

impl EndlessDigits {
    /// Writes the first `images` of them as training pictures into `directory`, with the pictures of `test` as they
    /// are beside them. `on` hears now and then how many are written; an error of its ends the writing. Each file
    /// appears when it is complete.
    ///
    /// # Errors
    /// [`RecordError::Io`]: what the operating system says, or `on`.
    ///
    /// # Panics
    /// If `test` are no pixels.
    pub fn write(
        &self,
        images: u32,
        test: &Dataset,
        directory: &Path,
        mut on: impl FnMut(usize) -> io::Result<()>,
    ) -> Result<(), RecordError> {
        let [train_images, train_labels, test_images, test_labels] =
            FILES.map(|name| directory.join(name));
        let (count, side) = (images as usize, SIDE as u32);
        write_file_by(&train_images, |to| {
            to.write_all(&idx_header(&[images, side, side]))?;
            for start in (0..count).step_by(AT_ONCE) {
                on(start)?;
                let numbers = start..count.min(start + AT_ONCE);
                let pictures: Vec<Vec<u8>> =
                    numbers.into_par_iter().map(|i| self.picture(i)).collect();
                to.write_all(&pictures.concat())?;
            }
            on(count)
        })?;
        write_labels(&train_labels, (0..count).map(|i| self.label(i)))?;
        let pixels = test.samples().pixels().expect("grey levels");
        write_file_by(&test_images, |to| {
            to.write_all(&idx_header(&[test.len() as u32, side, side]))?;
            to.write_all(pixels)
        })?;
        write_labels(&test_labels, test.labels().iter().copied())
    }
}

fn write_labels(path: &Path, labels: impl Iterator<Item = usize>) -> Result<(), RecordError> {
    let labels: Vec<u8> = labels.map(|label| label as u8).collect();
    write_file_by(path, |to| {
        to.write_all(&idx_header(&[labels.len() as u32]))?;
        to.write_all(&labels)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

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
        let error = error.unwrap_err().to_string();
        assert!(error.ends_with(": called off"), "{error}");
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
    }
}
