//! The IDX format of MNIST: a magic number, big-endian dimensions, then bytes.
//!
//! <https://yann.lecun.org/exdb/mnist/index.html>: images are `0x00000803`, count, rows,
//! columns, pixels; labels are `0x00000801`, count, labels. Files may be wrapped in gzip.

use crate::LoadError;
use crate::memory::{self, MAX_FILE_BYTES};
use crate::sizes::in_bytes;
use base16ct::lower::encode_string;
use data::{MappedFile, PictureShape, Samples};
use flate2::read::MultiGzDecoder;
use sha2::{Digest, Sha256};
use std::io::{self, Read};

const IMAGES_MAGIC: u32 = 0x0000_0803;
const LABELS_MAGIC: u32 = 0x0000_0801;
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// Reads a file of images, gzipped or plain. `file` is its name for error messages.
/// Returns the images and the SHA-256 of the decompressed bytes.
///
/// Reads no more than the header announces, and nothing above [`MAX_FILE_BYTES`], so a gzip
/// bomb is stopped by its header or at the first byte after it.
///
/// # Errors
/// Whatever is wrong with the stream, with the name of the file.
pub fn read_images(file: &str, bytes: &[u8]) -> Result<(Samples, String), LoadError> {
    let idx = Idx::read(file, bytes, Kind::Images)?;
    let sha256 = idx.sha256();
    Ok((idx.images()?, sha256))
}

/// The same without the sum, which takes longer than all the rest.
pub(crate) fn images_alone(file: &str, bytes: &[u8]) -> Result<Samples, LoadError> {
    Idx::read(file, bytes, Kind::Images)?.images()
}

/// The images of a plain file of any size, whose pixels stay in it: they are read when they are looked at.
pub(crate) fn map_images(file: &str, mapped: &MappedFile) -> Result<Samples, LoadError> {
    let (mut bytes, found) = (mapped.bytes(), mapped.bytes().len() as u64);
    let header = Header::read(file, &mut bytes, Kind::Images, u64::MAX)?;
    match header.file_size() {
        expected if found < expected => return Err(truncated(file, expected, found)),
        expected if found > expected => return Err(oversized(file, expected)),
        _ => {}
    }
    let pixels = mapped.values(header.bytes.len()..mapped.bytes().len());
    let pixels = pixels.expect("bytes need no alignment");
    Ok(Samples::pixels_in(header.shape(), pixels)?)
}

/// The SHA-256 of a plain file.
pub(crate) fn sum_of(mapped: &MappedFile) -> String {
    encode_string(&Sha256::digest(mapped.bytes()))
}

/// Reads a file of labels, gzipped or plain; otherwise like [`read_images`].
///
/// # Errors
/// Whatever is wrong with the stream, with the name of the file.
pub fn read_labels(file: &str, bytes: &[u8]) -> Result<(Vec<usize>, String), LoadError> {
    let idx = Idx::read(file, bytes, Kind::Labels)?;
    let labels = idx.body.iter().map(|&label| usize::from(label)).collect();
    Ok((labels, idx.sha256()))
}

/// What a file of bytes begins with: one of images has three `sizes`, count, rows and columns; one of labels
/// their count.
pub fn idx_header(sizes: &[u32]) -> Vec<u8> {
    const UNSIGNED_BYTES: u32 = 0x0000_0800;
    let magic = UNSIGNED_BYTES + sizes.len() as u32;
    let numbers = std::iter::once(&magic).chain(sizes);
    numbers.flat_map(|number| number.to_be_bytes()).collect()
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Images,
    Labels,
}

impl Kind {
    fn magic(self) -> u32 {
        match self {
            Self::Images => IMAGES_MAGIC,
            Self::Labels => LABELS_MAGIC,
        }
    }

    /// The largest body. A label is read as a byte and kept as an index.
    fn most_bytes(self) -> u64 {
        match self {
            Self::Images => MAX_FILE_BYTES,
            Self::Labels => MAX_FILE_BYTES / size_of::<usize>() as u64,
        }
    }

    fn wrong_magic(self, file: &str, found: u32) -> LoadError {
        let hint = match found {
            IMAGES_MAGIC => "; this is a file of images",
            LABELS_MAGIC => "; this is a file of labels",
            // Of these types IDX may be: i8, i16, i32, f32 and f64.
            _ if matches!(found >> 8, 0x09 | 0x0b..=0x0e) => {
                "; its values are of another type than bytes: write bytes, or the arrays as NPZ"
            }
            _ if found >> 8 == 0x08 => {
                "; images are bytes along three axes, and labels along one: write others as NPZ"
            }
            _ => "",
        };
        LoadError::Magic {
            file: file.to_owned(),
            kind: match self {
                Self::Images => "images",
                Self::Labels => "labels",
            },
            found,
            expected: self.magic(),
            hint,
        }
    }
}

/// What a file says of itself.
struct Header {
    /// As they stand in the file.
    bytes: Vec<u8>,
    dimensions: Vec<usize>,
    /// Bytes that follow.
    body: u64,
}

impl Header {
    fn read(file: &str, stream: &mut impl Read, kind: Kind, most: u64) -> Result<Self, LoadError> {
        let damaged = |error: io::Error| broken(file, &error);
        let mut bytes = read_up_to(stream, 4).map_err(damaged)?;
        let Ok(magic) = <[u8; 4]>::try_from(bytes.as_slice()) else {
            return Err(truncated(file, 4, bytes.len() as u64));
        };
        let magic = u32::from_be_bytes(magic);
        if magic != kind.magic() {
            return Err(kind.wrong_magic(file, magic));
        }
        let header = 4 * (magic & 0xff) as usize;
        bytes.extend(read_up_to(stream, header).map_err(damaged)?);
        if bytes.len() < 4 + header {
            return Err(truncated(file, 4 + header as u64, bytes.len() as u64));
        }
        let sizes = bytes[4..].as_chunks::<4>().0.iter();
        let dimensions: Vec<usize> = sizes
            .map(|&size| u32::from_be_bytes(size) as usize)
            .collect();
        let announced: u128 = dimensions.iter().map(|&size| size as u128).product();
        if announced > u128::from(most) {
            return Err(LoadError::TooLarge {
                file: file.to_owned(),
                announced,
                limit: most,
            });
        }
        Ok(Self {
            bytes,
            dimensions,
            body: announced as u64,
        })
    }

    /// Bytes of the whole file.
    fn file_size(&self) -> u64 {
        self.body.saturating_add(self.bytes.len() as u64)
    }

    /// Of a file of images.
    fn shape(&self) -> PictureShape {
        let &[_, rows, columns] = self.dimensions.as_slice() else {
            unreachable!("images have three dimensions");
        };
        PictureShape { rows, columns }
    }
}

struct Idx {
    header: Header,
    body: Vec<u8>,
}

impl Idx {
    fn read(file: &str, bytes: &[u8], kind: Kind) -> Result<Self, LoadError> {
        if is_gzip(bytes) {
            Self::read_stream(file, MultiGzDecoder::new(bytes), kind)
        } else {
            Self::read_stream(file, bytes, kind)
        }
    }

    fn read_stream(file: &str, mut stream: impl Read, kind: Kind) -> Result<Self, LoadError> {
        let damaged = |error: io::Error| broken(file, &error);
        let header = Header::read(file, &mut stream, kind, kind.most_bytes())?;
        has_room(file, header.body, memory::available_memory())?;
        let body = read_up_to(&mut stream, header.body as usize).map_err(damaged)?;
        let found = (header.bytes.len() + body.len()) as u64;
        if found < header.file_size() {
            return Err(truncated(file, header.file_size(), found));
        }
        if !read_up_to(&mut stream, 1).map_err(damaged)?.is_empty() {
            return Err(oversized(file, header.file_size()));
        }
        Ok(Self { header, body })
    }

    /// Of the decompressed bytes.
    fn sha256(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(&self.header.bytes);
        hash.update(&self.body);
        encode_string(&hash.finalize())
    }

    fn images(self) -> Result<Samples, LoadError> {
        Ok(Samples::from_pixels(self.header.shape(), self.body)?)
    }
}

/// Whether a decompressed file begins as one of IDX does, of whatever type.
pub(crate) fn is_idx(head: &[u8]) -> bool {
    matches!(head, [0, 0, 0x08 | 0x09 | 0x0b..=0x0e, 1..=4, ..])
}

/// Whether the bytes are compressed.
pub(crate) fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(&GZIP_MAGIC)
}

fn truncated(file: &str, expected: u64, found: u64) -> LoadError {
    LoadError::Truncated {
        file: file.to_owned(),
        expected,
        found,
    }
}

fn oversized(file: &str, expected: u64) -> LoadError {
    LoadError::Oversized {
        file: file.to_owned(),
        expected,
    }
}

/// Refuses more bytes than are available, where the system says how many are.
fn has_room(file: &str, bytes: u64, available: Option<u64>) -> Result<(), LoadError> {
    match available.filter(|&available| bytes > available) {
        Some(limit) => Err(LoadError::Memory {
            file: file.to_owned(),
            needed: format!("what is in it takes {}", in_bytes(bytes)),
            limit,
        }),
        None => Ok(()),
    }
}

/// What an error of a stream in memory means: its bytes are wrong, unless there was no room for them.
fn broken(file: &str, error: &io::Error) -> LoadError {
    match error.kind() {
        io::ErrorKind::OutOfMemory => LoadError::content(
            file,
            "not enough memory for its bytes; free some, or take a smaller data set",
        ),
        _ => LoadError::Gzip {
            file: file.to_owned(),
            reason: error.to_string(),
        },
    }
}

/// Reads `count` bytes, or fewer at the end of the stream, into as much room. Memory that nothing is written to costs
/// nothing, so a header that lies about its size costs nothing.
fn read_up_to(stream: &mut impl Read, count: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(count)?;
    stream.by_ref().take(count as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use proptest::prelude::*;
    use std::io::Write;

    fn images_file(count: u32, rows: u32, columns: u32, pixels: &[u8]) -> Vec<u8> {
        [&idx_header(&[count, rows, columns]), pixels].concat()
    }

    fn mapped(bytes: &[u8]) -> MappedFile {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        MappedFile::open(&file).unwrap()
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn message(bytes: &[u8]) -> String {
        read_images("train", bytes).unwrap_err().to_string()
    }

    proptest! {
        #[test]
        fn any_shape_is_read_back_plain_and_gzipped(
            (count, rows, columns) in (0_u32..5, 1_u32..7, 1_u32..7),
            seed: u8,
        ) {
            let pixels: Vec<u8> =
                (0..count * rows * columns).map(|i| (i as u8).wrapping_mul(seed)).collect();
            let plain = images_file(count, rows, columns, &pixels);
            let (images, sum) = read_images("train", &plain).unwrap();
            prop_assert_eq!(images.pixels(), Some(pixels.as_slice()));
            prop_assert_eq!(images.len(), count as usize);
            let read = (images, sum);
            prop_assert_eq!(&read_images("train", &gzip(&plain)).unwrap(), &read);
            let mapped = mapped(&plain);
            let found = (map_images("train", &mapped).unwrap(), sum_of(&mapped));
            prop_assert_eq!(found, read);
        }

        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>) {
            let _ = read_images("train", &bytes);
            let _ = read_labels("train", &gzip(&bytes));
        }

        #[test]
        fn every_proper_prefix_is_refused(length in 0_usize..24) {
            let whole = images_file(2, 2, 2, &[1; 8]);
            prop_assert!(read_images("train", &whole[..length]).is_err());
            prop_assert!(length == 0 || map_images("train", &mapped(&whole[..length])).is_err());
        }
    }

    #[test]
    fn labels_are_read_and_summed() {
        let file = [0, 0, 8, 1, 0, 0, 0, 3, 9, 0, 255];
        let (labels, sum) = read_labels("labels", &file).unwrap();
        assert_eq!(labels, [9, 0, 255]);
        // printf '\0\0\10\1\0\0\0\3\11\0\377' | sha256sum
        assert_eq!(
            sum,
            "6ea60e693f23bfa9336983b3b99d396940d33024ea3979c564a3dcec85acf1de"
        );
    }

    #[test]
    fn no_memory_is_no_damaged_stream() {
        let error = broken("train", &io::ErrorKind::OutOfMemory.into()).to_string();
        assert!(error.starts_with("train: not enough memory"), "{error}");
        let error = broken("train", &io::ErrorKind::InvalidData.into()).to_string();
        assert!(error.starts_with("train: damaged gzip stream"), "{error}");
    }

    #[test]
    fn what_has_no_room_is_refused_with_both_sizes() {
        assert!(has_room("train", 47_040_000, None).is_ok());
        assert!(has_room("train", 47_040_000, Some(47_040_000)).is_ok());
        let error = has_room("train", 47_040_000, Some(30_000_000)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "train: what is in it takes 47.1 MB; the memory that is free for it is 30.0 MB"
        );
    }

    #[test]
    fn truncated_and_oversized_files_say_how_long_they_should_be() {
        assert_eq!(
            message(&images_file(2, 2, 2, &[0; 7])),
            "train: truncated: the header announces 24 bytes and the file ends after 23"
        );
        assert_eq!(
            message(&images_file(2, 2, 2, &[0; 9])),
            "train: oversized: the header announces 24 bytes and more follow; the rest was not read"
        );
        assert_eq!(
            message(&[]),
            "train: truncated: the header announces 4 bytes and the file ends after 0"
        );
    }

    #[test]
    fn labels_in_place_of_images_are_recognised() {
        assert_eq!(
            message(&[0, 0, 8, 1, 0, 0, 0, 0]),
            "train: starts with 0x00000801, but images start with 0x00000803; this is a file of labels"
        );
    }

    #[test]
    fn other_types_and_axes_are_told() {
        let type_of = message(&[0, 0, 0x0d, 3]);
        assert!(
            type_of.ends_with("start with 0x00000803; its values are of another type than bytes: write bytes, or the arrays as NPZ"),
            "{type_of}"
        );
        let axes = message(&[0, 0, 8, 4]);
        assert!(axes.contains("images are bytes along three axes"), "{axes}");
        assert!(message(b"text").ends_with("start with 0x00000803"));
    }

    #[test]
    fn a_gzip_bomb_is_stopped_before_it_fills_memory() {
        // 64 MiB of zeros in 64 KiB, behind a header that announces four of them.
        let bomb = gzip(&images_file(1, 2, 2, &vec![0; 64 << 20]));
        assert!(bomb.len() < 100_000);
        assert!(message(&bomb).contains("oversized: the header announces 20 bytes"));
        let many = read_labels("labels", &gzip(&idx_header(&[1 << 30]))).unwrap_err();
        assert!(
            many.to_string().contains("the limit is 134217728"),
            "{many}"
        );
        let liar = images_file(u32::MAX, u32::MAX, u32::MAX, &[]);
        assert!(message(&gzip(&liar)).contains("the limit is 1073741824"));
        let error = map_images("train", &mapped(&liar)).unwrap_err();
        assert!(matches!(error, LoadError::TooLarge { .. }), "{error}");
        let almost = images_file(u32::MAX, u32::MAX, 1, &[]);
        let error = map_images("train", &mapped(&almost)).unwrap_err();
        assert!(matches!(error, LoadError::Truncated { .. }), "{error}");
    }

    #[test]
    fn a_flipped_bit_in_a_gzip_file_is_noticed() {
        let mut bytes = gzip(&images_file(4, 8, 8, &[7; 256]));
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0x10;
        assert!(read_images("train", &bytes).is_err());
    }
}
