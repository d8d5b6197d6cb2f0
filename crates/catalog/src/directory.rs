//! Four files with MNIST's names, from memory or a directory, become a data set.

use crate::memory::MAPPED_FROM;
use crate::source::{kind, missing};
use crate::{CatalogEntry, FILES, LoadError, MAX_FILE_BYTES, Splits, idx, idx_names, memory};
use data::{Dataset, MappedFile, Samples};
use std::collections::BTreeSet;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

/// Bytes of the longest header, that of images.
const HEADER: u64 = 16;

/// Reads the four [`FILES`] in `directory`, each gzipped or plain, under MNIST's names or those that
/// EMNIST and Kaggle give them. With a catalogue `entry` the bytes must be the published ones; without,
/// `id` is the name, and the classes are those that occur, called by number.
///
/// # Errors
/// Whatever is wrong with a file, with its path.
pub fn load_directory(
    id: &str,
    directory: &Path,
    entry: Option<&CatalogEntry>,
) -> Result<Splits, LoadError> {
    let [a, b, c, d] = idx_names::find(directory)?.map(|path| read_file(&path));
    let files = [a?, b?, c?, d?];
    let parts = files.each_ref().map(|(name, bytes)| (name.as_str(), bytes));
    let origin = directory.display().to_string();
    match entry {
        Some(entry) => assemble_published(entry, origin, parts),
        None => assemble(id, id, origin, parts, None),
    }
}

/// The test images of a directory, and nothing else of it: whoever asks a model needs no labels and no sums.
pub(crate) fn test_images(directory: &Path) -> Result<Samples, LoadError> {
    let [_, _, images, _] = idx_names::find(directory)?;
    images_alone(&images)
}

/// The images of one IDX file, gzipped or plain.
pub(crate) fn images_alone(path: &Path) -> Result<Samples, LoadError> {
    let (name, bytes) = read_file(path)?;
    match &bytes {
        Bytes::Mapped(file) => idx::map_images(&name, file),
        other => idx::images_alone(&name, other.as_slice()),
    }
}

/// Whether the four files are there, without reading them.
pub(crate) fn is_complete(directory: &Path) -> bool {
    FILES.iter().all(|file| {
        directory.join(file).is_file() || directory.join(format!("{file}.gz")).is_file()
    })
}

/// The bytes of a file, in memory or, where they are many, where they are.
pub(crate) enum Bytes {
    Embedded(&'static [u8]),
    Read(Vec<u8>),
    Mapped(MappedFile),
}

impl Bytes {
    fn as_slice(&self) -> &[u8] {
        match self {
            Self::Embedded(bytes) => bytes,
            Self::Read(bytes) => bytes,
            Self::Mapped(file) => file.bytes(),
        }
    }
}

fn read_file(path: &Path) -> Result<(String, Bytes), LoadError> {
    let name = path.display().to_string();
    let metadata = std::fs::metadata(path).map_err(|error| missing(path, error))?;
    if !metadata.is_file() {
        return Err(LoadError::NotAFile {
            path: path.to_owned(),
            found: kind(metadata.file_type()),
            expected: "an IDX file of this name is needed",
        });
    }
    let size = metadata.len();
    if size > MAPPED_FROM.min(memory::budget()) {
        let file = File::open(path).and_then(|file| MappedFile::named(&file, path));
        let mapped = file.map_err(LoadError::io(path))?;
        if !idx::is_gzip(mapped.bytes()) {
            return Ok((name, Bytes::Mapped(mapped)));
        }
    }
    // A header and what it may announce; compressed, it is shorter.
    if size > MAX_FILE_BYTES + HEADER {
        return Err(LoadError::LargeFile { file: name, size });
    }
    let bytes = std::fs::read(path).map_err(LoadError::io(path))?;
    Ok((name, Bytes::Read(bytes)))
}

/// The data set of a catalogue entry from its four files, which must be the published ones.
pub(crate) fn assemble_published(
    entry: &CatalogEntry,
    origin: String,
    files: [(&str, &Bytes); 4],
) -> Result<Splits, LoadError> {
    assemble(entry.id, entry.title, origin, files, Some(entry))
}

/// Decodes the four files (name for messages, bytes) and joins them.
fn assemble(
    id: &str,
    title: &str,
    origin: String,
    [train_images, train_labels, test_images, test_labels]: [(&str, &Bytes); 4],
    published: Option<&CatalogEntry>,
) -> Result<Splits, LoadError> {
    // The training images take most of the time; the rest is decoded beside them.
    let (train, test) = std::thread::scope(|scope| {
        let train = scope.spawn(|| decode(train_images, train_labels));
        let test = decode(test_images, test_labels);
        (train.join().expect("decoding does not panic"), test)
    });
    let (mut train, mut test) = (train?, test?);

    let class_names = match published {
        Some(published) => {
            let files = [train_images, train_labels, test_images, test_labels];
            let sums = train.sha256.iter().chain(&test.sha256);
            for (((file, _), expected), found) in files.iter().zip(published.sha256).zip(sums) {
                check_sum(file, expected, found)?;
            }
            published
                .class_names
                .iter()
                .map(ToString::to_string)
                .collect()
        }
        None => name_classes([&mut train.labels, &mut test.labels]),
    };
    let [a, b] = train.sha256;
    let [c, d] = test.sha256;
    let train = Dataset::new(train.images, train.labels, Arc::clone(&class_names))?;
    let test = Dataset::new(test.images, test.labels, class_names)?;
    Splits::new(id, title, origin, [train, test], [a, b, c, d])
}

/// Makes labels, which are bytes, into indices of the classes that occur, called by their byte.
fn name_classes(mut labels: [&mut Vec<usize>; 2]) -> Arc<[String]> {
    let occurring: BTreeSet<usize> = labels
        .iter()
        .flat_map(|labels| labels.iter().copied())
        .collect();
    let classes: Vec<usize> = occurring.into_iter().collect();
    let mut class_of = [0; 256];
    for (class, &byte) in classes.iter().enumerate() {
        class_of[byte] = class;
    }
    for label in labels.iter_mut().flat_map(|labels| labels.iter_mut()) {
        *label = class_of[*label];
    }
    classes.iter().map(ToString::to_string).collect()
}

struct Decoded {
    images: Samples,
    labels: Vec<usize>,
    sha256: [String; 2],
}

fn decode(images: (&str, &Bytes), labels: (&str, &Bytes)) -> Result<Decoded, LoadError> {
    let (files, bytes) = ([images.0, labels.0], [images.1, labels.1]);
    let (images, images_sum) = match bytes[0] {
        Bytes::Mapped(file) => (idx::map_images(files[0], file)?, idx::sum_of(file)),
        other => idx::read_images(files[0], other.as_slice())?,
    };
    let (labels, labels_sum) = idx::read_labels(files[1], bytes[1].as_slice())?;
    if images.len() != labels.len() {
        return Err(LoadError::FileLengths {
            files: files.map(str::to_owned),
            images: images.len(),
            labels: labels.len(),
        });
    }
    Ok(Decoded {
        images,
        labels,
        sha256: [images_sum, labels_sum],
    })
}

fn check_sum(file: &str, expected: &str, found: &str) -> Result<(), LoadError> {
    if expected == found {
        return Ok(());
    }
    Err(LoadError::Checksum {
        file: file.to_owned(),
        expected: expected.to_owned(),
        found: found.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write_dataset(directory: &Path, train_labels: &[u8]) {
        let labels = |labels: &[u8]| {
            let mut file = vec![0, 0, 8, 1, 0, 0, 0, labels.len() as u8];
            file.extend(labels);
            file
        };
        let images = |count: u8| {
            let mut file = vec![0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, 2, 0, 0, 0, 3];
            file.extend(vec![count; 6 * usize::from(count)]);
            file
        };
        let contents = [images(3), labels(train_labels), images(2), labels(&[0, 4])];
        for (file, bytes) in FILES.iter().zip(contents) {
            std::fs::write(directory.join(file), bytes).unwrap();
        }
    }

    #[test]
    fn a_directory_of_any_shape_and_number_of_classes_is_read() {
        let directory = tempfile::tempdir().unwrap();
        write_dataset(directory.path(), &[2, 1, 0]);
        let splits = load_directory("tiny", directory.path(), None).unwrap();
        assert_eq!(splits.train.labels(), [2, 1, 0]);
        assert_eq!(splits.test.class_names(), ["0", "1", "2", "4"]);
        assert_eq!(splits.train.samples().features(), 6);
    }

    #[test]
    fn classes_are_the_labels_that_occur() {
        let directory = tempfile::tempdir().unwrap();
        write_dataset(directory.path(), &[255, 0, 255]);
        let splits = load_directory("tiny", directory.path(), None).unwrap();
        assert_eq!(splits.test.class_names(), ["0", "4", "255"]);
        assert_eq!(splits.train.labels(), [2, 0, 2]);
        assert_eq!(splits.test.look().labels(), [0, 1]);
    }

    #[test]
    fn different_lengths_are_refused() {
        let directory = tempfile::tempdir().unwrap();
        write_dataset(directory.path(), &[2, 1]);
        let error = load_directory("tiny", directory.path(), None).unwrap_err();
        let error = error.to_string();
        assert!(
            error.contains("train-images-idx3-ubyte holds 3 images"),
            "{error}"
        );
        assert!(
            error.contains("train-labels-idx1-ubyte 2 labels"),
            "{error}"
        );
    }

    /// Writes some bytes, and a hole that takes no room up to `size`, in place of the training images.
    fn with_large_images(directory: &Path, bytes: &[u8], size: u64) -> Result<Splits, LoadError> {
        write_dataset(directory, &[2, 1, 0]);
        let path = directory.join(FILES[0]);
        std::fs::write(&path, bytes).unwrap();
        let file = File::options().append(true).open(path).unwrap();
        file.set_len(size).unwrap();
        load_directory("tiny", directory, None)
    }

    #[test]
    fn a_compressed_file_that_no_header_can_announce_is_not_read() {
        let directory = tempfile::tempdir().unwrap();
        let size = MAX_FILE_BYTES + HEADER + 1;
        let error = with_large_images(directory.path(), &[0x1f, 0x8b], size).unwrap_err();
        assert!(matches!(error, LoadError::LargeFile { .. }), "{error}");
    }

    #[test]
    fn a_large_plain_file_is_mapped_whole_or_refused() {
        let directory = tempfile::tempdir().unwrap();
        // Three images of 16 384 × 8 192 pixels.
        let header = crate::idx_header(&[3, 1 << 14, 1 << 13]);
        let size = HEADER + 3 * (1 << 27);
        let load = |size| with_large_images(directory.path(), &header, size).unwrap_err();
        // The test images have another shape: the training images were read.
        let error = load(size);
        assert!(matches!(error, LoadError::Shapes { .. }), "{error}");
        let error = load(size - 1).to_string();
        let expected = "announces 402653200 bytes and the file ends after 402653199";
        assert!(error.contains(expected), "{error}");
        let error = load(size + 1);
        assert!(matches!(error, LoadError::Oversized { .. }), "{error}");
        let path = directory.path().join(FILES[0]);
        let is_mapped = matches!(read_file(&path).unwrap().1, Bytes::Mapped(_));
        assert!(is_mapped);
    }

    #[test]
    fn a_missing_file_is_named() {
        let directory = tempfile::tempdir().unwrap();
        write_dataset(directory.path(), &[2, 1, 0]);
        std::fs::remove_file(directory.path().join(FILES[3])).unwrap();
        let error = load_directory("tiny", directory.path(), None)
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("no t10k-labels-idx1-ubyte and no"),
            "{error}"
        );
    }

    #[test]
    fn published_sums_are_checked() {
        let directory = tempfile::tempdir().unwrap();
        write_dataset(directory.path(), &[2, 1, 0]);
        let entry = &crate::CATALOG[0];
        let error = load_directory("mnist", directory.path(), Some(entry)).unwrap_err();
        assert!(matches!(error, LoadError::Checksum { .. }), "{error}");
    }
}
