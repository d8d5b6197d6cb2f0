//! The most heap in use at once.

use peak_alloc::PeakAlloc;

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

/// The highest use since the last [`restart`].
pub(crate) fn peak() -> usize {
    HEAP.peak_usage()
}

/// The use now.
pub(crate) fn in_use() -> usize {
    HEAP.current_usage()
}

/// Counts from the present use on.
pub(crate) fn restart() {
    HEAP.reset_peak_usage();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_peak_outlives_what_caused_it() {
        restart();
        let before = peak();
        drop(std::hint::black_box(vec![1_u8; 32 << 20]));
        assert!(peak() >= before + (32 << 20));
    }
}
