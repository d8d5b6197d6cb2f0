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

/// On screens like this, pages show the drawing for a phone: in the wide one, letters would be smaller
/// than 11 pixels.
const NARROW: &str = "(max-width: 840px)";

/// The picture of the figure with this stem, in Markdown.
pub(crate) fn picture(stem: &str, alt: &str) -> String {
    format!(
        "<picture><source media=\"{NARROW}\" srcset=\"figures/{stem}-narrow.svg\">\
         <img src=\"figures/{stem}.svg\" alt=\"{alt}\"></picture>"
    )
}

/// The rules of a page in HTML that holds both drawings, each in its room. Neither shrinks further: what
/// is wider than its room can be moved.
pub(crate) fn rules() -> String {
    let letters = 12.0 / 13.0;
    let least = (Room::Narrow.width() * letters).ceil();
    format!(
        ".narrow-room{{display:none;overflow-x:auto}}.narrow-room svg{{min-width:{least}px}}\
         @media screen and {NARROW}{{.wide-room{{display:none}}.narrow-room{{display:block}}}}\n"
    )
}
