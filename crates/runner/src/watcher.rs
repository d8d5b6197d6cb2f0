//! Who hears how a comparison goes.

use crate::job::Event;

/// Who hears how a comparison goes.
pub trait Watcher: Send {
    /// Something that the user should know.
    fn note(&mut self, note: &str);
    /// The names of all fits to come, as each begins.
    fn plan(&mut self, _fits: &[String]) {}
    /// Fit number `index` of `count`, from 0, begins.
    fn begin(&mut self, fit: &str, index: usize, count: usize);
    /// Something happens in it.
    fn event(&mut self, event: &Event);
    /// Before [`end`](Self::end), of a fit by which the report ranks its model: the share of the judged samples that it
    /// got right, between 0 and 1, and the seconds that it took, where they are known.
    fn judged(&mut self, _model: &str, _share_right: f64, _fit_seconds: Option<f64>) {}
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
