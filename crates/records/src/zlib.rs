//! zlib streams from memory to memory. Each thread keeps the states of its coders: the system zeroes the 300 kB of a
//! new one page by page, which takes longer than to compress the few kilobytes of a record.

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};
use std::cell::RefCell;

thread_local! {
    static SMALL: RefCell<Compress> = RefCell::new(Compress::new(Compression::default(), true));
    static FAST: RefCell<Compress> = RefCell::new(Compress::new(Compression::fast(), true));
    static BACK: RefCell<Decompress> = RefCell::new(Decompress::new(true));
}

/// How hard to compress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// As zlib does where nothing is said.
    Usual,
    /// As little work as possible.
    Fast,
}

/// Room for more at a time.
const STEP: usize = 4 << 10;

/// Compresses bytes: the same bytes and effort give the same stream.
#[allow(
    clippy::missing_panics_doc,
    reason = "zlib refuses only calls in a wrong order, and dictionaries"
)]
pub fn compress(bytes: &[u8], effort: Effort) -> Vec<u8> {
    let coder = match effort {
        Effort::Usual => &SMALL,
        Effort::Fast => &FAST,
    };
    coder.with_borrow_mut(|coder| {
        coder.reset();
        let mut compressed = Vec::with_capacity(bytes.len() / 2 + STEP);
        loop {
            let rest = &bytes[taken(coder.total_in())..];
            let status = coder.compress_vec(rest, &mut compressed, FlushCompress::Finish);
            if status.expect("calls in order") == Status::StreamEnd {
                return compressed;
            }
            compressed.reserve(compressed.len().max(STEP));
        }
    })
}

/// What was compressed, if it has at most so many bytes; it is unpacked no further than that.
///
/// # Errors
/// If it is longer, cut off, or no zlib stream.
pub fn decompress(compressed: &[u8], most: usize) -> Result<Vec<u8>, String> {
    BACK.with_borrow_mut(|coder| {
        coder.reset(true);
        let mut bytes = Vec::new();
        loop {
            // One byte more tells what is longer.
            let room = most.saturating_add(1).saturating_sub(bytes.len());
            let next = (bytes.len() + 2 * compressed.len()).max(STEP);
            bytes.reserve_exact(next.min(room));
            let before = (coder.total_in(), bytes.len());
            let rest = &compressed[taken(before.0)..];
            let status = coder.decompress_vec(rest, &mut bytes, FlushDecompress::None);
            let status = status.map_err(|_| "not a zlib stream".to_owned())?;
            if bytes.len() > most {
                return Err(format!("it expands to more than {most} bytes"));
            }
            if status == Status::StreamEnd {
                return Ok(bytes);
            }
            if (coder.total_in(), bytes.len()) == before {
                return Err("a zlib stream that is cut off".to_owned());
            }
        }
    })
}

/// A count of a coder, of bytes that are in memory.
fn taken(count: u64) -> usize {
    count as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes that repeat themselves now and then.
    fn bytes(length: usize, seed: u32) -> Vec<u8> {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 28) as u8
        };
        (0..length).map(|_| next()).collect()
    }

    #[test]
    fn a_coder_that_was_used_gives_what_a_new_one_gives() {
        for (number, length) in [100_000, 0, 1, 3_000, 5_000, 1 << 20]
            .into_iter()
            .enumerate()
        {
            let bytes = bytes(length, number as u32);
            for effort in [Effort::Usual, Effort::Fast] {
                let compressed = compress(&bytes, effort);
                // Another thread has coders of its own.
                let fresh = std::thread::scope(|scope| {
                    let other = scope.spawn(|| compress(&bytes, effort));
                    other.join().unwrap()
                });
                assert!(compressed == fresh, "{length} bytes, {effort:?}");
                assert!(decompress(&compressed, length).unwrap() == bytes);
            }
        }
    }

    #[test]
    fn what_is_wrong_is_said_and_the_next_is_read() {
        let packed = compress(&bytes(9_000, 7), Effort::Fast);
        let half = &packed[..packed.len() / 2];
        let cut_off = Err("a zlib stream that is cut off".to_owned());
        assert_eq!(decompress(half, 9_000), cut_off);
        assert_eq!(decompress(&[], 9_000), cut_off);
        let none = Err("not a zlib stream".to_owned());
        assert_eq!(decompress(b"no stream", 9_000), none);
        let long = Err("it expands to more than 8999 bytes".to_owned());
        assert_eq!(decompress(&packed, 8_999), long);
        assert_eq!(decompress(&packed, usize::MAX).unwrap().len(), 9_000);
    }
}
