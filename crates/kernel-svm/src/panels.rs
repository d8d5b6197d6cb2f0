//! Kernel values of rows with the columns of one class, panel after panel.

use crate::kernel::Function;
use crate::real::Real;
use inner_products::{Columns, Feature, Rows, WIDTH};
use std::ops::Range;

/// Fills parts of kernel rows, of samples that lie at these `indices` in `rows`, with what the `wanted` columns of a
/// class make of them. A panel is read from memory once, for all rows.
///
/// # Panics
/// If `wanted` does not begin at a multiple of [`WIDTH`].
pub(crate) fn fill<F: Feature, R: Real>(
    function: Function,
    rows: &Rows<F>,
    columns: &Columns<F>,
    wanted: &Range<usize>,
    indices: impl Iterator<Item = usize>,
    parts: &mut [&mut [R]],
) {
    let rows: Vec<_> = indices.map(|index| rows.row(index)).collect();
    if wanted.is_empty() || rows.is_empty() {
        return;
    }
    let panels = panels(wanted);
    let panels = columns.panels().take(panels.end).skip(panels.start);
    for (place, panel) in panels.enumerate() {
        function.fill(&rows, panel, parts, place * WIDTH);
    }
}

/// The panels that the `wanted` columns of a class are in.
///
/// # Panics
/// If they do not begin with a panel.
pub(crate) fn panels(wanted: &Range<usize>) -> Range<usize> {
    assert_eq!(wanted.start % WIDTH, 0, "tiles are of whole panels");
    wanted.start / WIDTH..wanted.end.div_ceil(WIDTH)
}

/// What `columns` have of a `class`, counted from its first sample, and where that is in the columns.
pub(crate) fn overlap(columns: &Range<usize>, class: Range<usize>) -> (Range<usize>, usize) {
    let start = columns.start.clamp(class.start, class.end);
    let end = columns.end.clamp(start, class.end);
    let place = start.saturating_sub(columns.start).min(columns.len());
    (start - class.start..end - class.start, place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_overlap_with_classes() {
        assert_eq!(overlap(&(0..10), 0..4), (0..4, 0));
        assert_eq!(overlap(&(0..10), 4..10), (0..6, 4));
        assert_eq!(overlap(&(2..3), 0..4), (2..3, 0));
        assert_eq!(overlap(&(5..7), 0..4), (4..4, 0));
        assert_eq!(overlap(&(1..3), 4..10), (0..0, 2));
    }
}
