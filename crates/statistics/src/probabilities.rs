//! What class probabilities are worth. All take natural logarithms of probabilities, shape (images,
//! classes) in row-major order, and labels below `classes`, shape (images).

/// Mean negative log-probability of the true classes, in nats. It takes logarithms, because a
/// confident mistake has a probability that underflows to 0.
///
/// # Shapes
/// - `log_probabilities`: (images, classes) in row-major order
/// - `labels`: (images), each below `classes`
///
/// # Panics
/// If the slices do not fit each other.
pub fn log_loss(log_probabilities: &[f32], labels: &[usize]) -> f64 {
    mean(rows(log_probabilities, labels).map(|(row, label)| -f64::from(row[label])))
}

/// The Brier score (Brier 1950), for any number of classes: mean over the images of the squared
/// differences between the probabilities and 1 for the truth, 0 for the others, summed over the
/// classes. From 0, the best, to 2.
///
/// # Panics
/// If the slices do not fit each other.
pub fn brier(log_probabilities: &[f32], labels: &[usize]) -> f64 {
    mean(rows(log_probabilities, labels).map(|(row, label)| {
        let truth = |class| f64::from(u8::from(class == label));
        let errors = row
            .iter()
            .enumerate()
            .map(|(class, &log)| f64::from(log).exp() - truth(class));
        errors.map(|error| error * error).sum()
    }))
}

/// Share of images whose truth is among the `k` most probable classes; of classes with equal
/// probability the first counts as more probable.
///
/// # Panics
/// If the slices do not fit each other.
pub fn top_k_accuracy(log_probabilities: &[f32], labels: &[usize], k: usize) -> f64 {
    mean(rows(log_probabilities, labels).map(|(row, label)| {
        let ahead =
            |class: usize| row[class] > row[label] || (row[class] == row[label] && class < label);
        let rank = (0..row.len()).filter(|&class| ahead(class)).count();
        f64::from(u8::from(rank < k))
    }))
}

/// Area under the receiver operating characteristic of each class against the rest, averaged over
/// the classes for which there are images inside and outside: how often an image of the class has
/// a larger probability of it than an image of another (Hanley and `McNeil` 1982), ties counting
/// half. 0 without such a class.
///
/// # Panics
/// If the slices do not fit each other.
pub fn roc_auc(log_probabilities: &[f32], labels: &[usize]) -> f64 {
    let classes = rows(log_probabilities, labels)
        .next()
        .map_or(0, |(row, _)| row.len());
    mean((0..classes).filter_map(|class| {
        let mut ordered: Vec<(f32, bool)> = rows(log_probabilities, labels)
            .map(|(row, label)| (row[class], label == class))
            .collect();
        ordered.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (mut below, mut wins, mut inside) = (0.0, 0.0, 0.0);
        for ties in ordered.chunk_by(|a, b| a.0 == b.0) {
            let members = ties.iter().filter(|(_, member)| *member).count() as f64;
            let others = ties.len() as f64 - members;
            wins += members * (below + others / 2.0);
            below += others;
            inside += members;
        }
        (inside > 0.0 && below > 0.0).then(|| wins / (inside * below))
    }))
}

/// Every row with its label.
///
/// # Panics
/// If the slices do not fit each other.
pub(crate) fn rows<'a>(
    log_probabilities: &'a [f32],
    labels: &'a [usize],
) -> impl Iterator<Item = (&'a [f32], usize)> {
    let classes = log_probabilities.len() / labels.len().max(1);
    assert_eq!(
        classes * labels.len(),
        log_probabilities.len(),
        "one row per label"
    );
    let rows = log_probabilities.chunks_exact(classes.max(1));
    rows.zip(labels.iter().copied())
}

/// The arithmetic mean; 0 of nothing.
pub(crate) fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut count) = (0.0, 0_usize);
    for value in values {
        sum += value;
        count += 1;
    }
    sum / count.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recorded::forty;

    /// ```python
    /// sklearn.metrics.log_loss([0, 2, 1], [[.7, .2, .1], [.05, .05, .9], [.4, .35, .25]])
    /// ```
    #[test]
    fn agrees_with_scikit_learn() {
        let probabilities = [0.7_f32, 0.2, 0.1, 0.05, 0.05, 0.9, 0.4, 0.35, 0.25];
        let logs = probabilities.map(f32::ln);
        let loss = log_loss(&logs, &[0, 2, 1]);
        assert!((loss - 0.503_952_528_031_745_5).abs() < 1e-7, "{loss}");
    }

    /// scikit-learn 1.9.1 on [`forty`], as tests/recorded.py prints it.
    #[test]
    fn scores_of_probabilities_are_scikit_learns() {
        let (logs, labels) = forty();
        for (actual, expected) in [
            (log_loss(&logs, &labels), 1.2681404121220112),
            (brier(&logs, &labels), 0.672539814791578),
            (top_k_accuracy(&logs, &labels, 1), 0.45),
            (top_k_accuracy(&logs, &labels, 2), 0.725),
            (roc_auc(&logs, &labels), 0.7499598712834006),
        ] {
            assert!(
                (actual - expected).abs() < 1e-6,
                "{actual} is not {expected}"
            );
        }
    }

    #[test]
    fn ties_count_half_and_absent_classes_nothing() {
        let half = 0.5_f32.ln();
        assert_eq!(roc_auc(&[half; 8], &[0, 1, 1, 0]), 0.5);
        assert_eq!(roc_auc(&[half; 4], &[0, 0]), 0.0);
        assert_eq!(top_k_accuracy(&[half; 4], &[0, 1], 1), 0.5);
        assert_eq!(top_k_accuracy(&[half; 4], &[0, 1], 2), 1.0);
    }

    #[test]
    fn an_underflown_probability_is_still_finite() {
        assert!((log_loss(&[-500.0, 0.0], &[0]) - 500.0).abs() < 1e-12);
    }
}
