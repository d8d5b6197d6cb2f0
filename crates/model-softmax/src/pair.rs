//! Two threads that work side by side, and never wait for one that does not run.
//!
//! They meet hundreds of times in a few milliseconds. To sleep between two meetings takes longer than
//! the work, and to spin until the other comes takes for ever where another program has its processor.
//! So each spins for a while; if the other has not come by then, the two part.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// How often a thread looks for the other at a meeting, beside what the work between two meetings
/// asks for: about 0.2 ms (AMD EPYC, Zen 3), more than it takes to wake a thread up.
const PATIENCE: usize = 10_000;

/// One of the two did not come to a meeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Parted;

/// Where two threads meet.
#[derive(Debug, Default)]
pub(crate) struct Pair {
    /// Of both threads, to all meetings so far.
    arrivals: AtomicUsize,
    has_parted: AtomicBool,
}

impl Pair {
    /// Comes to meeting `number`, counted from 1, and waits until the other thread is there. What
    /// either thread did before is then visible to both. `work` is how many times a thread should
    /// look for the other because they did so much since the last meeting.
    ///
    /// # Errors
    /// [`Parted`]: the other thread did not come, now or earlier, or found that this one did not.
    pub(crate) fn meet(&self, number: usize, work: usize) -> Result<(), Parted> {
        if self.has_parted.load(Ordering::Acquire) {
            return Err(Parted);
        }
        self.arrivals.fetch_add(1, Ordering::AcqRel);
        for _ in 0..PATIENCE + work {
            if self.arrivals.load(Ordering::Acquire) >= 2 * number {
                return Ok(());
            }
            if self.has_parted.load(Ordering::Acquire) {
                break;
            }
            std::hint::spin_loop();
        }
        self.has_parted.store(true, Ordering::Release);
        Err(Parted)
    }
}

/// Runs `lead` here and `follow` on another thread of the pool, if one takes it. Both get the pair, and
/// `lead` a function that says whether the other thread is done: until then it need not return,
/// for this function would have to wait.
pub(crate) fn side_by_side<T: Send>(
    lead: impl FnOnce(&Pair, &dyn Fn() -> bool) -> T + Send,
    follow: impl FnOnce(&Pair) + Send,
) -> T {
    /// Says so even if the thread panics.
    struct Done<'a>(&'a AtomicBool);
    impl Drop for Done<'_> {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Release);
        }
    }
    let (pair, is_done) = (Pair::default(), AtomicBool::new(false));
    let lead = || lead(&pair, &|| is_done.load(Ordering::Acquire));
    let follow = || {
        let _done = Done(&is_done);
        follow(&pair);
    };
    rayon::join(lead, follow).0
}

/// How long one thread goes on alone after the two have parted: for one leg, then for twice as many each
/// time, for whoever has the processor of the other may keep it.
#[derive(Debug, Default)]
pub(crate) struct Solitude {
    /// Legs that are still to be gone alone.
    left: usize,
    /// How many there were last time.
    last: usize,
}

impl Solitude {
    /// Whether to try the next leg with two threads; asked before each that one thread would go.
    pub(crate) fn is_over(&mut self) -> bool {
        let is_over = self.left == 0;
        self.left = self.left.saturating_sub(1);
        is_over
    }

    /// Whether two threads have parted, or would have.
    pub(crate) fn has_begun(&self) -> bool {
        self.last > 0
    }

    /// Takes note of whether two threads that tried it `have_parted`.
    pub(crate) fn learn(&mut self, have_parted: bool) {
        let next = (2 * self.last).max(1);
        self.last = if have_parted { next } else { 0 };
        self.left = self.last;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use classifier::with_threads;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    #[test]
    fn who_comes_to_every_meeting_sees_what_the_other_did() {
        let counts = [(); 2].map(|()| AtomicUsize::new(0));
        let work = |pair: &Pair, own: usize| {
            for number in 1..=1_000 {
                counts[own].fetch_add(1, Ordering::Relaxed);
                // However long it takes, for other tests run beside this one.
                if pair.meet(number, usize::MAX - PATIENCE).is_err() {
                    return false;
                }
                let others = counts[1 - own].load(Ordering::Relaxed);
                assert!((number..=number + 1).contains(&others));
            }
            true
        };
        let pair = Pair::default();
        let [first, second] = [0, 1].map(|own| {
            let (pair, work) = (&pair, &work);
            move || work(pair, own)
        });
        let both = std::thread::scope(|scope| {
            let threads = [scope.spawn(first), scope.spawn(second)];
            threads.map(|thread| thread.join().unwrap())
        });
        assert_eq!(both, [true; 2]);
    }

    #[test]
    fn whoever_is_left_alone_goes_on_and_so_does_who_comes_late() {
        let pair = Pair::default();
        assert_eq!(pair.meet(1, 0), Err(Parted));
        assert_eq!(pair.meet(1, 0), Err(Parted));
        assert_eq!(pair.meet(2, 0), Err(Parted));
    }

    #[test]
    fn a_panic_of_one_is_no_trap_for_the_other() {
        let mut met = Ok(());
        let both = || {
            side_by_side(
                |pair, is_done| {
                    while !is_done() {
                        std::thread::yield_now();
                    }
                    met = pair.meet(1, 0);
                },
                |_| panic!("on purpose"),
            );
        };
        let result = with_threads(2, || catch_unwind(AssertUnwindSafe(both)));
        assert!(result.is_err());
        assert_eq!(met, Err(Parted));
    }

    #[test]
    fn two_threads_try_it_again_after_twice_as_long() {
        let mut solitude = Solitude::default();
        let legs_alone = [true, true, true, false, false].map(|have_parted| {
            let mut legs = 0;
            while !solitude.is_over() {
                legs += 1;
            }
            solitude.learn(have_parted);
            legs
        });
        assert_eq!(legs_alone, [0, 1, 2, 4, 0]);
    }
}
