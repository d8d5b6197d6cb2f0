//! Work in parts, each in a thread of its own.

/// Does `work` on every one of `parts`, the first of them in this thread.
pub(crate) fn each<T: Send>(parts: impl Iterator<Item = T>, work: impl Fn(T) + Sync) {
    let work = &work;
    let mut parts = parts;
    let mine = parts.next();
    std::thread::scope(|scope| {
        for part in parts {
            scope.spawn(move || work(part));
        }
        if let Some(part) = mine {
            work(part);
        }
    });
}
