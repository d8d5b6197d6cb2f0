//! What is stored of samples, whatever their layout.

/// What is stored of samples, of either kind.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Values<'a> {
    Pixels(&'a [u8]),
    Reals(&'a [f32]),
}

impl Values<'_> {
    /// How many there are, of all samples together.
    pub(crate) fn len(self) -> usize {
        match self {
            Self::Pixels(pixels) => pixels.len(),
            Self::Reals(reals) => reals.len(),
        }
    }

    /// A value as the kernel sees it.
    pub(crate) fn value(self, place: usize) -> f64 {
        match self {
            Self::Pixels(pixels) => f64::from(pixels[place]) / 255.0,
            Self::Reals(reals) => f64::from(reals[place]),
        }
    }
}
