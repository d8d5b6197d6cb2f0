//! How much memory a fit takes, counted where it is asked for, and how long its thread computes.

use classifier::{Classifier, FitContext, FitError, Recipe, with_threads};
use data::Dataset;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::fs;
use std::time::{Duration, Instant};

/// What a fit on one thread took.
pub(crate) struct Cost {
    /// The most bytes at a time beside the samples.
    pub(crate) bytes: usize,
    pub(crate) time: Duration,
}

/// A fit on a thread of its own, with seed 1. What other threads do meanwhile does not count.
pub(crate) fn cost(
    recipe: &dyn Recipe,
    train: &Dataset,
) -> (Result<Box<dyn Classifier>, FitError>, Cost) {
    with_threads(1, || {
        let mut context = FitContext::quiet(1, 1);
        let held = HELD.get();
        MOST.set(held);
        let clock = Clock::start();
        let fitted = recipe.fit(train, &mut context);
        let time = clock.elapsed();
        let bytes = usize::try_from(MOST.get() - held).unwrap_or(0);
        (fitted, Cost { bytes, time })
    })
}

thread_local! {
    /// Bytes that this thread asked for and has not given back; less than none where another had asked.
    static HELD: Cell<isize> = const { Cell::new(0) };
    /// The most of them at a time.
    static MOST: Cell<isize> = const { Cell::new(0) };
}

/// The system's memory, counted by thread.
struct Counted;

/// In every test that uses the suite.
#[global_allocator]
static COUNTED: Counted = Counted;

#[allow(unsafe_code, reason = "an allocator is unsafe to write")]
// SAFETY: The system's allocator does everything. What is counted beside it takes no memory and cannot panic.
unsafe impl GlobalAlloc for Counted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        // SAFETY: the caller promises of the layout what the system asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        // SAFETY: the caller promises of the layout what the system asks for.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, start: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size as isize - layout.size() as isize);
        // SAFETY: as the caller promises, `start` came from here with this layout, hence from the system, and the new
        // size fits the alignment.
        unsafe { System.realloc(start, layout, size) }
    }

    unsafe fn dealloc(&self, start: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        // SAFETY: as the caller promises, `start` came from here with this layout, hence from the system.
        unsafe { System.dealloc(start, layout) }
    }
}

fn count(bytes: isize) {
    let held = HELD.get().wrapping_add(bytes);
    HELD.set(held);
    MOST.set(MOST.get().max(held));
}

/// The processor's time of this thread, which other programs do not add to; where the system does not tell it,
/// what a clock on the wall shows.
struct Clock {
    computed: Option<Duration>,
    begun: Instant,
}

impl Clock {
    #[allow(
        clippy::disallowed_methods,
        reason = "the promise is one of time, and no result of the program depends on it"
    )]
    fn start() -> Self {
        Self {
            computed: computed(),
            begun: Instant::now(),
        }
    }

    fn elapsed(&self) -> Duration {
        match (self.computed, computed()) {
            (Some(before), Some(now)) => now.saturating_sub(before),
            _ => self.begun.elapsed(),
        }
    }
}

/// How long this thread has been on a processor, where the system is Linux.
fn computed() -> Option<Duration> {
    let told = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds = told.split(' ').next()?.parse().ok()?;
    Some(Duration::from_nanos(nanoseconds))
}
