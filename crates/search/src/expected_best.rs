//! What a search of a given size is expected to find.

/// The expected largest of `n` scores drawn with replacement from these, for n from 1 to their number
/// (Dodge, Gururangan, Card, Schwartz and Smith 2019). It describes random search: scores of
/// a search that learns from its trials are not drawn independently.
///
/// `None` is a trial that failed. It cost as much as another and found nothing: it counts as `worst`,
/// and the curve is lower for it. Leaving failures out would praise searches of which most trials fail.
pub fn expected_best(scores: &[Option<f64>], worst: f64) -> Vec<f64> {
    let scores = scores.iter().map(|score| score.unwrap_or(worst));
    let mut sorted: Vec<f64> = scores.collect();
    sorted.sort_by(f64::total_cmp);
    let count = sorted.len() as f64;
    let expected = |n: usize| {
        let at_most = |i: usize| (i as f64 / count).powi(n as i32);
        let terms = sorted.iter().enumerate();
        terms
            .map(|(i, score)| score * (at_most(i + 1) - at_most(i)))
            .sum()
    };
    (1..=sorted.len()).map(expected).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_draw_gives_the_mean_and_many_the_best() {
        let curve = expected_best(&[Some(0.9), Some(0.5), Some(0.7)], 0.0);
        assert!((curve[0] - 0.7).abs() < 1e-12);
        // Of nine pairs: five have 0.9, three 0.7 at most, one 0.5.
        assert!((curve[1] - (5.0 * 0.9 + 3.0 * 0.7 + 0.5) / 9.0).abs() < 1e-12);
        assert!(curve[2] > curve[1] && curve[2] < 0.9);
        assert!(expected_best(&[], 0.0).is_empty());
    }

    #[test]
    fn a_failed_trial_counts_as_the_worst() {
        let curve = expected_best(&[None, Some(0.8)], 0.1);
        assert!((curve[0] - 0.45).abs() < 1e-12);
        assert!((curve[1] - (3.0 * 0.8 + 0.1) / 4.0).abs() < 1e-12);
    }
}
