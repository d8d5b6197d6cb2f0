//! A stack that is large enough, whatever the system's limit (`ulimit -s`) leaves the first thread.

use std::panic::catch_unwind;
use std::thread::{self, Builder};

/// What a program needs.
const BYTES: usize = 8 << 20;

/// Runs a program on a stack of 8 MiB: that of the first thread if it may grow so far, otherwise one of its own.
///
/// # Errors
/// If it panics: what it panicked with.
pub fn on_enough_stack<T: Send + 'static>(program: fn() -> T) -> thread::Result<T> {
    // Another thread has a stack and a heap of its own, which take more data.
    if first_thread_has_room() {
        return catch_unwind(program);
    }
    let thread = Builder::new().stack_size(BYTES).spawn(program);
    thread.map_or_else(|_| catch_unwind(program), thread::JoinHandle::join)
}

#[cfg(unix)]
fn first_thread_has_room() -> bool {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Stack);
    limit.current.is_none_or(|bytes| bytes >= BYTES as u64)
}

#[cfg(not(unix))]
fn first_thread_has_room() -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error() {
        assert_eq!(on_enough_stack(|| 3).unwrap(), 3);
        on_enough_stack(|| -> u8 { panic!("on purpose") }).unwrap_err();
    }
}
