//! Who watches over a fit, and may call it off.

/// Who watches over a fit.
#[derive(Clone, Copy)]
pub struct Watch<'a> {
    /// Called when a pair of classes is solved, with how many are and how many there are. A fit that
    /// turns to f64 counts them from the start.
    pub solved: &'a (dyn Fn(usize, usize) + Sync),
    /// Asked before every working set; the fit ends with [`Error::Cancelled`](crate::Error::Cancelled) once it is true.
    pub cancelled: &'a (dyn Fn() -> bool + Sync),
}
