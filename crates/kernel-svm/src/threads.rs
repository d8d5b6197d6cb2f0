//! Work in several threads, or in this one where no other can be started.

use std::sync::Mutex;
use std::thread::Builder;

/// Does `work` on every one of `parts`, each of them in a thread of its own if there are enough, one of them this.
pub(crate) fn each<T: Send>(parts: impl Iterator<Item = T>, work: impl Fn(T) + Sync) {
    let parts: Vec<T> = parts.collect();
    let others = parts.len().saturating_sub(1);
    let queue = Mutex::new(parts.into_iter());
    let next = || queue.lock().expect("no thread panics in `next`").next();
    together(others, || {
        while let Some(part) = next() {
            work(part);
        }
    });
}

/// What both return, the first from another thread if there is one.
pub(crate) fn join<A: Send, B: Send>(a: impl Fn() -> A + Sync, b: impl Fn() -> B + Sync) -> (A, B) {
    let (mut first, mut second) = (None, None);
    let parts: [&mut (dyn FnMut() + Send); 2] =
        [&mut || first = Some(a()), &mut || second = Some(b())];
    each(parts.into_iter(), |part| part());
    (
        first.expect("each part is done"),
        second.expect("each part is done"),
    )
}

/// Runs `work` in this thread and in as many `others`, or in fewer if the system has no more. Returns what each
/// returns, this one's first.
pub(crate) fn together<T: Send>(others: usize, work: impl Fn() -> T + Sync) -> Vec<T> {
    together_on(Builder::new, others, work)
}

fn together_on<T: Send>(
    builder: impl Fn() -> Builder,
    others: usize,
    work: impl Fn() -> T + Sync,
) -> Vec<T> {
    if others == 0 {
        return vec![work()];
    }
    std::thread::scope(|scope| {
        let started = (0..others).map_while(|_| builder().spawn_scoped(scope, &work).ok());
        let started: Vec<_> = started.collect();
        let mut results = vec![work()];
        for other in started {
            let joined = other.join();
            results.push(joined.unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        results
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// A thread whose stack no memory is large enough for.
    fn impossible() -> Builder {
        Builder::new().stack_size(1 << (usize::BITS - 3))
    }

    #[test]
    fn where_no_thread_can_be_started_this_one_does_the_work() {
        let refused = std::thread::scope(|scope| impossible().spawn_scoped(scope, || ()).is_err());
        assert!(refused, "such a thread cannot be started");
        let done = AtomicUsize::new(0);
        let work = || done.fetch_add(1, Ordering::Relaxed);
        assert_eq!(together_on(impossible, 3, work), [0]);
        assert_eq!(together_on(Builder::new, 3, work).len(), 4);
    }

    #[test]
    fn every_part_is_done_once() {
        for parts in [0, 1, 7] {
            let mut done = vec![0; parts];
            each(done.iter_mut(), |part| *part += 1);
            assert_eq!(done, vec![1; parts]);
        }
        assert_eq!(join(|| 1, || "b"), (1, "b"));
    }
}
