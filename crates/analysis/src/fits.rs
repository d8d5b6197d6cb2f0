//! The fits of a model, and what tables say of each.

use crate::levels::CONFIDENCE;
use crate::status::Status;
use records::{Cell, FitRecord, Fitted, Number, Outcome, Role, RunRecord, Split, share};
use serde::Serialize;
use statistics::{CorrelatedDifferences, Interval, log_loss, share_interval};
use std::collections::BTreeMap;

/// One fit of several.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FitSummary {
    /// Which of them.
    pub cell: Cell,
    /// Images that it learnt from.
    pub train_images: usize,
    /// Images that it was judged on.
    pub judged_images: usize,
    /// Share of the images that are right.
    pub accuracy: f64,
    /// Mean negative log-probability of the truth, in nats.
    pub log_loss: Option<Number>,
    /// Its own training time, where it was fitted here.
    pub fit_seconds: Option<f64>,
}

impl FitSummary {
    /// `all` is how many images the fit learnt from unless its cell says otherwise.
    pub(crate) fn new(run: &RunRecord, fit: &Fit, all: usize) -> Self {
        let (cell, fitted) = (fit.cell, &fit.fitted);
        let labels = run.labels_of(cell);
        Self {
            cell,
            train_images: cell.smaller().unwrap_or(all),
            judged_images: labels.len(),
            accuracy: share(&fit.right(run)),
            log_loss: fitted
                .log_probabilities
                .as_ref()
                .map(|logs| Number(log_loss(logs, &labels))),
            fit_seconds: fitted.fit_seconds,
        }
    }
}

impl Fit {
    /// Whether each image that it was judged on is right.
    pub(crate) fn right(&self, run: &RunRecord) -> Vec<bool> {
        run.right(self.cell, &self.fitted.predictions)
    }
}

/// The interval of the accuracy, from whether each image is `right`, fold by fold: over correlated folds; over the
/// images, or whole groups of them, where there are no folds or these are alike.
pub(crate) fn accuracy_interval(run: &RunRecord, right: &[bool], fits: &[FitSummary]) -> Interval {
    let Some(folds) = run.protocol.folds() else {
        return share_interval(right, run.groups().as_deref(), CONFIDENCE);
    };
    if let Some(spread) = spread_over_folds(fits) {
        return spread.share_interval(CONFIDENCE);
    }
    // Each image counts once, however often it was judged.
    let once = &fits[..usize::from(folds.folds).min(fits.len())];
    let images: usize = once.iter().map(|fit| fit.judged_images).sum();
    let groups: Option<Vec<Vec<usize>>> = once.iter().map(|fit| run.groups_of(fit.cell)).collect();
    let groups = groups.map(|groups| groups.concat());
    share_interval(&right[..images], groups.as_deref(), CONFIDENCE)
}

/// The mean accuracy over folds that share training images; `None` where it is the same in each.
pub(crate) fn spread_over_folds(fits: &[FitSummary]) -> Option<CorrelatedDifferences> {
    let accuracies: Vec<f64> = fits.iter().map(|fit| fit.accuracy).collect();
    CorrelatedDifferences::new(&accuracies, test_to_train(fits))
}

/// How two models differ in accuracy on each fold, first − second, and on average over these folds that
/// share training images; `None` where all show the same difference.
pub(crate) fn over_folds(
    first: &[FitSummary],
    second: &[FitSummary],
) -> (Vec<f64>, Option<CorrelatedDifferences>) {
    let folds = first.iter().zip(second);
    let differences: Vec<f64> = folds.map(|(a, b)| a.accuracy - b.accuracy).collect();
    // The larger ratio of the two, if one of them was trained on fewer images.
    let ratio = test_to_train(first.iter().chain(second));
    let average = CorrelatedDifferences::new(&differences, ratio);
    (differences, average)
}

/// Judged images for each training image, the most of any fit: the larger, the less the folds show.
fn test_to_train<'a>(fits: impl IntoIterator<Item = &'a FitSummary>) -> f64 {
    fits.into_iter()
        .map(|fit| fit.judged_images as f64 / fit.train_images.max(1) as f64)
        .fold(0.0, f64::max)
}

/// A fit that finished.
pub(crate) struct Fit {
    pub(crate) cell: Cell,
    pub(crate) machine: Option<String>,
    pub(crate) fitted: Box<Fitted>,
}

/// The fits of a model, each kind in the order of its cells.
pub(crate) struct Fits {
    /// Those that tables and tests are of: one, or one for each fold.
    pub(crate) main: Vec<Fit>,
    /// The same with other seeds.
    pub(crate) other_seeds: Vec<Fit>,
    /// Those to fewer images.
    pub(crate) smaller: Vec<Fit>,
}

/// All fits of a model, the last of several records of a cell; or why there are too few.
pub(crate) fn finished(
    records: Vec<FitRecord>,
    run: &RunRecord,
    planned: usize,
) -> Result<Fits, (Status, Option<String>)> {
    let cells: BTreeMap<(Split, Role), FitRecord> = records
        .into_iter()
        .map(|record| ((record.cell.split, record.cell.role), record))
        .collect();
    let mut fits = Fits {
        main: Vec::new(),
        other_seeds: Vec::new(),
        smaller: Vec::new(),
    };
    let found = cells.len();
    for record in cells.into_values() {
        let fitted = match record.outcome {
            Outcome::Finished(fitted) => fitted,
            Outcome::Failed { reason } => return Err((Status::Failed, Some(reason))),
            Outcome::Cancelled => return Err((Status::Cancelled, None)),
        };
        let of_role = match record.cell.role {
            Role::Main => &mut fits.main,
            Role::OtherSeed(_) => &mut fits.other_seeds,
            Role::Smaller(_) => &mut fits.smaller,
        };
        of_role.push(Fit {
            cell: record.cell,
            machine: record.machine,
            fitted,
        });
    }
    if found < planned || fits.main.len() < run.protocol.splits().len() {
        let reason = (found > 0).then(|| format!("{found} of {planned} fits"));
        return Err((Status::Missing, reason));
    }
    Ok(fits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::report;
    use records::examples::{of_fold, run_over_folds, with_errors};
    use statistics::wilson;

    /// Four folds of ten images, of which one is wrong in each.
    #[test]
    fn where_folds_are_alike_images_or_their_groups_say_how_certain_an_accuracy_is() {
        let of = |repeats: u8, groups: Vec<u32>| {
            let mut run = run_over_folds(&["a"], &[0, 1].repeat(20), repeats, 4);
            run.groups = groups;
            let cells = (0..repeats).flat_map(|repeat| (0..4).map(move |fold| (repeat, fold)));
            let fits = cells.map(|(repeat, fold)| with_errors(&run, "a", of_fold(repeat, fold), 1));
            let report = report(fits.collect(), run.clone());
            let (_, of_model) = report.finished().next().unwrap();
            assert!(of_model.has_equal_folds());
            of_model.quality.accuracy_interval
        };
        let of_images = wilson(36, 40, CONFIDENCE);
        assert_eq!([of(1, Vec::new()), of(3, Vec::new())], [of_images; 2]);
        // Each fold is a group.
        let groups: Vec<u32> = (0..40).map(|image| image % 4).collect();
        let right: Vec<bool> = (0..40).map(|image| image % 10 > 0).collect();
        let by_fold: Vec<usize> = (0..40).map(|image| image / 10).collect();
        let of_groups = share_interval(&right, Some(&by_fold), CONFIDENCE);
        assert!(of_groups.low < of_images.low - 0.1, "{of_groups:?}");
        assert_eq!([of(1, groups.clone()), of(3, groups)], [of_groups; 2]);
    }
}
