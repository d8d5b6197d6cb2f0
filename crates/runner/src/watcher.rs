//! Who hears how a comparison goes.

use crate::job::Event;

/// Who hears how a comparison goes.
pub trait Watcher: Send {
    /// Something that the user should know.
    fn note(&mut self, note: &str);
    /// Fit number `index` of `count`, from 0, begins.
    fn begin(&mut self, fit: &str, index: usize, count: usize);
    /// Something happens in it.
    fn event(&mut self, event: &Event);
    /// It is over; `result` is one line.
    fn end(&mut self, result: &str);
}

/// Nobody hears.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unwatched;

impl Watcher for Unwatched {
    fn note(&mut self, _: &str) {}
    fn begin(&mut self, _: &str, _: usize, _: usize) {}
    fn event(&mut self, _: &Event) {}
    fn end(&mut self, _: &str) {}
}
