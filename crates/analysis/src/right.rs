//! Images that one of two models gets right and the other does not.

/// Images that only the first, and only the second got right.
pub(crate) fn only_right(first: &[bool], second: &[bool]) -> (usize, usize) {
    let only = |a: &[bool], b: &[bool]| a.iter().zip(b).filter(|(a, b)| **a && !**b).count();
    (only(first, second), only(second, first))
}
