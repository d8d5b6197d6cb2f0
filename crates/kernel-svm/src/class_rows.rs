//! Parts of kernel rows that several pairs of classes share: a sample against its own class.
//!
//! A support vector of class a usually is one in several of the pairs of a. On MNIST this saves a
//! quarter of all inner products.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Rows of samples against all samples of their class, as far as there is room.
pub(crate) struct ClassRows {
    rows: Vec<OnceLock<Box<[f32]>>>,
    /// Values that may still be kept.
    room: AtomicUsize,
}

impl ClassRows {
    /// No rows yet, of `samples` samples, and room for `bytes`.
    pub(crate) fn new(samples: usize, bytes: usize) -> Self {
        Self {
            rows: std::iter::repeat_with(OnceLock::new).take(samples).collect(),
            room: AtomicUsize::new(bytes / size_of::<f32>()),
        }
    }

    /// The row of a sample, if it was kept.
    pub(crate) fn get(&self, sample: usize) -> Option<&[f32]> {
        self.rows[sample].get().map(AsRef::as_ref)
    }

    /// Keeps the row of a sample if there is room.
    pub(crate) fn offer(&self, sample: usize, row: &[f32]) {
        let take = |room: usize| room.checked_sub(row.len());
        let room = &self.room;
        if room.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok()
            && self.rows[sample].set(row.into()).is_err()
        {
            // Another pair was faster, with the same values.
            room.fetch_add(row.len(), Ordering::Relaxed);
        }
    }
}
