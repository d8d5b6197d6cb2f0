//! Calibration of kept models: which rows are learnt from, and what it changed.

use crate::asked::preparation;
use crate::error::EvaluationError;
use crate::judged::test_samples_of;
use crate::words::with_interval;
use catalog::{Content, Loaded, Sealed};
use data::Dataset;
use kept::{JudgedAbout, Kept, standing_among, unseen};

/// The metrics that calibration is for.
const METRICS: [&str; 2] = ["log_loss", "expected_calibration_error"];

/// The rows that a model is calibrated on, and what they are: the test part of `other` data, called `name`, or the
/// training rows of `data` that the model was not fitted to. `test` is what it will be judged on.
///
/// # Errors
/// [`EvaluationError::KnownRows`] if most of `other` stand among training or test rows; else as [`unseen`] and
/// [`test_samples`](crate::test_samples).
pub fn learn_from(
    kept: &Kept,
    data: &Loaded,
    test: &Sealed,
    other: Option<(&Loaded, &str)>,
) -> Result<(Dataset, String), EvaluationError> {
    let (train, targets) = match &data.content {
        Content::Samples { train, .. } => (train.clone(), train.as_ref()),
        Content::Table { train, .. } => {
            let preparation = preparation(kept, train.columns(), &data.title)?;
            let rows = preparation.dataset(train);
            let rows = rows.map_err(EvaluationError::columns(&data.title))?;
            (rows, train.targets())
        }
    };
    let Some((other, name)) = other else {
        let rows = train.select(&unseen(&kept.about, targets, &data.sha256)?);
        let what = "training samples that it was not fitted to".to_owned();
        return Ok((rows, what));
    };
    let rows = test_samples_of(kept, other, name)?.look().clone();
    let known = standing_among(rows.samples(), &[train.samples(), test.samples()]);
    if 2 * known > rows.len() {
        return Err(EvaluationError::KnownRows {
            known,
            rows: rows.len(),
            what: name.to_owned(),
        });
    }
    Ok((rows, format!("rows of {name}")))
}

/// A row for each metric that calibration is for: its name, and value and interval before and after.
pub fn calibrated_rows(before: &JudgedAbout, after: &JudgedAbout) -> Vec<[String; 5]> {
    let row = |metric: &str| {
        let [before, its] = with_interval(before.metric(metric));
        let [after, other] = with_interval(after.metric(metric));
        [metric.replace('_', " "), before, its, after, other]
    };
    METRICS.map(row).to_vec()
}
