//! What class probabilities are worth. All take natural logarithms of probabilities, shape (images,
//! classes) in row-major order, and labels below `classes`, shape (images).

use crate::moments::mean;

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
    mean(log_losses(log_probabilities, labels))
}

/// How many samples have a truth of probability 0: each makes [`log_loss`] infinite, as where a class
/// was missing from training.
///
/// # Panics
/// If the slices do not fit each other.
pub fn impossible_truths(log_probabilities: &[f32], labels: &[usize]) -> usize {
    let losses = log_losses(log_probabilities, labels);
    losses.filter(|loss| *loss == f64::INFINITY).count()
}

/// The log-loss of every image.
///
/// # Panics
/// If the slices do not fit each other.
pub fn log_losses<'a>(
    log_probabilities: &'a [f32],
    labels: &'a [usize],
) -> impl Iterator<Item = f64> {
    rows(log_probabilities, labels).map(|(row, label)| -f64::from(row[label]))
}

/// The Brier score (Brier 1950), for any number of classes: mean over the images of the squared
/// differences between the probabilities and 1 for the truth, 0 for the others, summed over the
/// classes. From 0, the best, to 2.
///
/// # Panics
/// If the slices do not fit each other.
pub fn brier(log_probabilities: &[f32], labels: &[usize]) -> f64 {
    mean(brier_scores(log_probabilities, labels))
}

/// The Brier score of every image.
///
/// # Panics
/// If the slices do not fit each other.
pub fn brier_scores<'a>(
    log_probabilities: &'a [f32],
    labels: &'a [usize],
) -> impl Iterator<Item = f64> {
    rows(log_probabilities, labels).map(|(row, label)| {
        let truth = |class| f64::from(u8::from(class == label));
        let errors = row
            .iter()
            .enumerate()
            .map(|(class, &log)| f64::from(log).exp() - truth(class));
        errors.map(|error| error * error).sum()
    })
}

/// Share of images whose truth is among the `k` most probable classes; of classes with equal
/// probability the first counts as more probable.
///
/// # Panics
/// If the slices do not fit each other.
pub fn top_k_accuracy(log_probabilities: &[f32], labels: &[usize], k: usize) -> f64 {
    let found = ranks(log_probabilities, labels).map(|rank| f64::from(u8::from(rank < k)));
    mean(found)
}

/// How many classes are more probable than the truth, for every image; of classes with equal
/// probability the first counts as more probable.
///
/// # Panics
/// If the slices do not fit each other.
pub fn ranks<'a>(log_probabilities: &'a [f32], labels: &'a [usize]) -> impl Iterator<Item = usize> {
    rows(log_probabilities, labels).map(|(row, label)| {
        let ahead =
            |class: usize| row[class] > row[label] || (row[class] == row[label] && class < label);
        (0..row.len()).filter(|&class| ahead(class)).count()
    })
}

/// Area under the receiver operating characteristic of each class against the rest, averaged over
/// the classes for which there are images inside and outside: how often an image of the class has
/// a larger probability of it than an image of another (Hanley and `McNeil` 1982), ties counting
/// half. `None` without such a class.
///
/// # Panics
/// If the slices do not fit each other.
pub fn roc_auc(log_probabilities: &[f32], labels: &[usize]) -> Option<f64> {
    roc_auc_influences(log_probabilities, labels).map(|(area, _)| area)
}

/// [`roc_auc`], and how it changes with the weight of every image: the structural components of
/// `DeLong`, `DeLong` and Clarke-Pearson 1988, less their mean. The changes sum to 0.
///
/// # Panics
/// If the slices do not fit each other.
pub fn roc_auc_influences(log_probabilities: &[f32], labels: &[usize]) -> Option<(f64, Vec<f64>)> {
    let classes = rows(log_probabilities, labels)
        .next()
        .map_or(0, |(row, _)| row.len());
    let (mut sum, mut count) = (0.0, 0.0);
    let mut influences = vec![0.0; labels.len()];
    for class in 0..classes {
        let scores =
            rows(log_probabilities, labels).map(|(row, label)| (row[class], label == class));
        if let Some(area) = one_against_rest(scores, &mut influences) {
            sum += area;
            count += 1.0;
        }
    }
    let mean = |sum: f64| sum / count;
    (count > 0.0).then(|| (mean(sum), influences.into_iter().map(mean).collect()))
}

/// The area of one class from every image's score and whether it belongs. Adds what each image
/// changes to `influences`. `None` where all images are inside or all outside.
fn one_against_rest(
    scores: impl Iterator<Item = (f32, bool)>,
    influences: &mut [f64],
) -> Option<f64> {
    let mut ordered: Vec<(f32, bool, usize)> = scores
        .enumerate()
        .map(|(image, (score, member))| (score, member, image))
        .collect();
    ordered.sort_by(|a, b| a.0.total_cmp(&b.0));
    let inside = ordered.iter().filter(|(_, member, _)| *member).count() as f64;
    let outside = ordered.len() as f64 - inside;
    if inside == 0.0 || outside == 0.0 {
        return None;
    }
    // Of every image, how many of the other kind are on its right side, ties counting half.
    let mut wins = vec![0.0; ordered.len()];
    let (mut members_below, mut others_below, mut area) = (0.0, 0.0, 0.0);
    for ties in ordered.chunk_by(|a, b| a.0 == b.0) {
        let members = ties.iter().filter(|(_, member, _)| *member).count() as f64;
        let others = ties.len() as f64 - members;
        for &(_, member, image) in ties {
            wins[image] = if member {
                others_below + others / 2.0
            } else {
                inside - members_below - members / 2.0
            };
        }
        area += members * (others_below + others / 2.0);
        members_below += members;
        others_below += others;
    }
    area /= inside * outside;
    for (_, member, image) in ordered {
        let (same, opposite) = if member {
            (inside, outside)
        } else {
            (outside, inside)
        };
        influences[image] += (wins[image] / opposite - area) / same;
    }
    Some(area)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recorded::{assert_weights, forty, recorded};

    /// scikit-learn.
    #[test]
    fn agrees_with_scikit_learn() {
        let (probabilities, labels, expected): (Vec<f32>, Vec<usize>, f64) = recorded("log_loss");
        let logs: Vec<f32> = probabilities.into_iter().map(f32::ln).collect();
        let loss = log_loss(&logs, &labels);
        assert!((loss - expected).abs() < 1e-7, "{loss}");
    }

    /// scikit-learn on [`forty`].
    #[test]
    fn scores_of_probabilities_are_scikit_learns() {
        let (logs, labels) = forty();
        let expected: [f64; 5] = recorded("scores");
        let found = [
            log_loss(&logs, &labels),
            brier(&logs, &labels),
            top_k_accuracy(&logs, &labels, 1),
            top_k_accuracy(&logs, &labels, 2),
            roc_auc(&logs, &labels).unwrap(),
        ];
        for (actual, expected) in found.into_iter().zip(expected) {
            assert!(
                (actual - expected).abs() < 1e-6,
                "{actual} is not {expected}"
            );
        }
    }

    #[test]
    fn impossible_truths_are_counted() {
        let logs = [0.0, f32::NEG_INFINITY, 0.0, f32::NEG_INFINITY, -0.1, -2.35];
        assert_eq!(impossible_truths(&logs, &[1, 0, 1]), 1);
        assert_eq!(log_loss(&logs, &[1, 0, 1]), f64::INFINITY);
    }

    #[test]
    fn influences_are_what_a_little_weight_changes() {
        let (logs, labels) = forty();
        let (area, influences) = roc_auc_influences(&logs, &labels).unwrap();
        assert_eq!(roc_auc(&logs, &labels), Some(area));
        assert_weights(&logs, &labels, &influences, |logs, labels| {
            roc_auc(logs, labels).unwrap()
        });
    }

    #[test]
    fn ties_count_half_and_absent_classes_nothing() {
        let half = 0.5_f32.ln();
        assert_eq!(roc_auc(&[half; 8], &[0, 1, 1, 0]), Some(0.5));
        assert_eq!(roc_auc(&[half; 4], &[0, 0]), None);
        assert_eq!(top_k_accuracy(&[half; 4], &[0, 1], 1), 0.5);
        assert_eq!(top_k_accuracy(&[half; 4], &[0, 1], 2), 1.0);
    }

    #[test]
    fn an_underflown_probability_is_still_finite() {
        assert!((log_loss(&[-500.0, 0.0], &[0]) - 500.0).abs() < 1e-12);
    }
}
