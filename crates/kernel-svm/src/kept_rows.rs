//! Rows that are computed once and read from several threads, as far as there is room for them.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Rows by index.
pub(crate) struct KeptRows<T> {
    rows: Vec<OnceLock<Box<[T]>>>,
    /// Values that may still be kept.
    room: AtomicUsize,
}

impl<T: Copy> KeptRows<T> {
    /// No rows yet, of `rows` that there may be, and room for `bytes`.
    pub(crate) fn new(rows: usize, bytes: usize) -> Self {
        Self {
            rows: std::iter::repeat_with(OnceLock::new).take(rows).collect(),
            room: AtomicUsize::new(bytes / size_of::<T>()),
        }
    }

    /// The row at an index, if it was kept.
    pub(crate) fn get(&self, index: usize) -> Option<&[T]> {
        self.rows[index].get().map(AsRef::as_ref)
    }

    /// Keeps a row if there is room.
    pub(crate) fn offer(&self, index: usize, row: &[T]) {
        let take = |room: usize| room.checked_sub(row.len());
        let room = &self.room;
        if room
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take)
            .is_ok()
            && self.rows[index].set(row.into()).is_err()
        {
            // Another thread was faster, with the same values.
            room.fetch_add(row.len(), Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_kept_as_long_as_there_is_room() {
        let kept = KeptRows::new(3, 20);
        kept.offer(0, &[1.0_f32, 2.0]);
        kept.offer(0, &[1.0, 2.0]);
        kept.offer(1, &[3.0, 4.0]);
        kept.offer(2, &[5.0, 6.0]);
        assert_eq!(kept.get(0), Some(&[1.0, 2.0][..]));
        assert_eq!(kept.get(1), Some(&[3.0, 4.0][..]));
        assert_eq!(kept.get(2), None);
    }
}
