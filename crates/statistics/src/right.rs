//! What predictions got right: the one place that counts it.

/// Whether each prediction is the true class. Any unsigned integers stand for classes.
///
/// # Panics
/// If the slices differ in length.
pub fn right<T, P>(truth: &[T], predicted: &[P]) -> Vec<bool>
where
    T: Copy + Into<usize>,
    P: Copy + Into<usize>,
{
    assert_eq!(truth.len(), predicted.len(), "one prediction per sample");
    let pairs = truth.iter().zip(predicted);
    pairs
        .map(|(&truth, &found)| truth.into() == found.into())
        .collect()
}

/// The share of samples that are right; 0 without samples.
pub fn share_right(right: &[bool]) -> f64 {
    let count = right.iter().filter(|&&right| right).count();
    count as f64 / right.len().max(1) as f64
}

/// How many samples only the first, and how many only the second of two classifiers got right.
///
/// # Panics
/// If the slices differ in length.
pub fn only_right(first: &[bool], second: &[bool]) -> (usize, usize) {
    assert_eq!(first.len(), second.len(), "the same samples");
    let only = |a: &[bool], b: &[bool]| a.iter().zip(b).filter(|(a, b)| **a && !**b).count();
    (only(first, second), only(second, first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn right_is_counted_for_labels_of_any_width() {
        let found = right(&[0_usize, 1, 2, 2], &[0_u8, 2, 2, 1]);
        assert_eq!(found, [true, false, true, false]);
        assert_eq!(share_right(&found), 0.5);
        assert_eq!(share_right(&[]), 0.0);
        assert_eq!(only_right(&found, &[true, true, true, false]), (0, 1));
    }
}
