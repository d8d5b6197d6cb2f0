//! For what a figure is drawn.

/// The room that a figure is drawn for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Room {
    /// A page on a desk, or at a code host.
    Wide,
    /// A phone.
    Narrow,
}

impl Room {
    /// Pixels across.
    pub(crate) fn width(self) -> f64 {
        match self {
            Self::Wide => 860.0,
            Self::Narrow => 358.0,
        }
    }

    pub(crate) fn is_narrow(self) -> bool {
        self == Self::Narrow
    }
}
