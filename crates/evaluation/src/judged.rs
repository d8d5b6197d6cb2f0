//! How good a kept model is.

use crate::asked::preparation;
use crate::error::EvaluationError;
use analysis::{CONFIDENCE, estimates};
use catalog::{Content, Loaded, Sealed};
use kept::{About, JudgedAbout, Kept, KeptError, MetricAbout, SetsJudged, judge_sets};
use records::{FitRecord, Fitted, JudgedOn, Number, Outcome, Records, RunRecord};
use std::path::{Path, PathBuf};

/// The levels of sets that are judged.
const LEVELS: [f64; 4] = [0.8, 0.9, 0.95, 0.99];

/// The test samples of data, as the model is asked about them, under a seal of their own.
///
/// # Errors
/// [`EvaluationError`] if they are not of the kind that the model was fitted to, or of other classes.
pub fn test_samples(kept: &Kept, data: &Loaded) -> Result<Sealed, EvaluationError> {
    test_samples_of(kept, data, &data.title)
}

/// The same of data that are called `what` where they are refused.
pub(crate) fn test_samples_of(
    kept: &Kept,
    data: &Loaded,
    what: &str,
) -> Result<Sealed, EvaluationError> {
    let test = match &data.content {
        Content::Samples { test, .. } => Sealed::new(test.handed_over().clone()),
        Content::Table { test, .. } => {
            let preparation = preparation(kept, test.columns(), what)?;
            let test = test.prepared(preparation);
            test.map_err(EvaluationError::columns(what))?
        }
    };
    kept.check(test.samples(), what)?;
    kept.check_classes(test.class_names(), what)?;
    Ok(test)
}

/// How good a model is on the test samples of data. Looks at their labels.
///
/// # Panics
/// If `test` has no samples, or is not of [`test_samples`].
pub fn judge(kept: &Kept, test: &Sealed, data: &Loaded) -> JudgedAbout {
    let (scores, logs) = kept.predict(test.samples());
    let [_, _, samples, labels] = data.sha256.clone();
    judged(
        "test samples",
        Some([samples, labels]),
        [test.look().labels(), &scores.labels()],
        logs.as_ref().map(classifier::Scores::values),
        test.classes(),
        groups(test).as_deref(),
    )
}

/// The group of each sample, where they come in groups.
fn groups(test: &Sealed) -> Option<Vec<usize>> {
    let groups = test.handed_over().groups()?.iter();
    Some(groups.map(|&group| group as usize).collect())
}

/// How good the sets of a model are on test samples, at several levels; none, if it has learnt no sets. Looks at
/// their labels.
///
/// # Errors
/// Never, of sets that were learnt.
///
/// # Panics
/// If `test` has no samples, or is not of [`test_samples`].
pub fn sets(kept: &Kept, test: &Sealed) -> Result<Vec<SetsJudged>, KeptError> {
    if !kept.has_sets() {
        return Ok(Vec::new());
    }
    let (scores, Some(logs)) = kept.predict(test.samples()) else {
        return Ok(Vec::new());
    };
    let (answers, groups) = (scores.labels(), groups(test));
    let judged = LEVELS.into_iter().map(|level| {
        let asked = (level, kept.least(level)?);
        let both = [&answers[..], test.look().labels()];
        Ok(judge_sets(
            asked,
            &logs,
            both,
            groups.as_deref(),
            CONFIDENCE,
        ))
    });
    judged.collect()
}

/// Judges predictions of `on`, with all log-probabilities and the group of each, if there are any.
fn judged(
    on: &str,
    sha256: Option<[String; 2]>,
    [labels, predictions]: [&[usize]; 2],
    logs: Option<&[f32]>,
    classes: usize,
    groups: Option<&[usize]>,
) -> JudgedAbout {
    let estimates = estimates(labels, predictions, logs, classes, groups).into_iter();
    let metrics = estimates.map(|estimate| MetricAbout {
        metric: estimate.metric.key().to_owned(),
        value: Number(estimate.value),
        low: estimate.interval.map(|interval| Number(interval.low)),
        high: estimate.interval.map(|interval| Number(interval.high)),
    });
    JudgedAbout {
        on: on.to_owned(),
        samples: labels.len(),
        sha256,
        confidence: CONFIDENCE,
        metrics: metrics.collect(),
    }
}

/// Says in the file of every kept fit of a comparison how good the model was, and writes its card. `file` is where
/// a model is kept.
///
/// # Errors
/// [`KeptError`] if a file cannot be read or written.
pub fn complete_all(records: &Records, file: impl Fn(&str) -> PathBuf) -> Result<(), KeptError> {
    for record in &records.fits {
        let file = file(&record.id);
        // What could not be kept was noted, and an older file is not of this fit.
        let is_of_fit = kept::about(&file).is_ok_and(|about| about.key == record.key);
        if let (true, Outcome::Finished(fitted)) = (is_of_fit, &record.outcome) {
            records::clear_for_own_file(&kept::card_of(&file))?;
            complete(&file, &records.run, record, fitted)?;
        }
    }
    Ok(())
}

/// Says in the file of a fit how good the model was, and writes its card beside it.
///
/// # Errors
/// [`KeptError`] if the file cannot be read or written.
pub fn complete(
    file: &Path,
    run: &RunRecord,
    record: &FitRecord,
    fitted: &Fitted,
) -> Result<About, KeptError> {
    let labels = run.labels_of(record.cell);
    let predictions: Vec<usize> = fitted
        .predictions
        .iter()
        .map(|&class| class.into())
        .collect();
    let (on, sha256) = match run.protocol.judged_on {
        JudgedOn::Test if !run.quick => {
            let [_, _, samples, classes] = run.dataset.sha256.clone();
            ("test samples", Some([samples, classes]))
        }
        JudgedOn::Test => ("of the test samples", None),
        JudgedOn::Validation { .. } | JudgedOn::Folds(_) => ("validation samples", None),
    };
    let logs = fitted.log_probabilities.as_deref();
    let judged = judged(
        on,
        sha256,
        [&labels, &predictions],
        logs,
        run.dataset.classes,
        run.groups_of(record.cell).as_deref(),
    );
    let about = kept::rewrite(file, |about| about.judged = Some(judged))?;
    write_card(file, &about)?;
    Ok(about)
}

/// Writes the card of a kept model beside its file.
///
/// # Errors
/// [`KeptError::Write`].
pub fn write_card(file: &Path, about: &About) -> Result<(), KeptError> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let page = kept::card(about, &name);
    Ok(records::write_file(&kept::card_of(file), page.as_bytes())?)
}
