//! One against one: what the decisions of all pairs of classes say together.

/// All pairs (a, b) with a < b < `classes`, a by a.
pub(crate) fn pairs(classes: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..classes).flat_map(move |a| (a + 1..classes).map(move |b| (a, b)))
}

/// Votes of each of `classes` classes: a decision above 0 is a vote for the first class of its
/// pair, any other for the second, as in libsvm.
///
/// # Shapes
/// - `decisions`: (pairs), first class with second, first with third, and so on
///
/// ```
/// // 0 beats 1, 2 beats 0, 1 beats 2.
/// assert_eq!(kernel_svm::votes(&[0.1, -3.0, 0.2], 3), [1, 1, 1]);
/// ```
///
/// # Panics
/// If there are not as many decisions as pairs.
pub fn votes(decisions: &[f64], classes: usize) -> Vec<u32> {
    let expected = classes * classes.saturating_sub(1) / 2;
    assert_eq!(
        decisions.len(),
        expected,
        "a decision for each of {expected} pairs"
    );
    let mut votes = vec![0; classes];
    for ((a, b), &decision) in pairs(classes).zip(decisions) {
        votes[if decision > 0.0 { a } else { b }] += 1;
    }
    votes
}

/// The class with most `votes`, the first of equals, as in libsvm.
///
/// # Panics
/// If there are no classes.
pub fn winner(votes: &[u32]) -> usize {
    let most = votes.iter().max().expect("there are classes");
    let first = votes.iter().position(|votes| votes == most);
    first.expect("it was found there")
}
