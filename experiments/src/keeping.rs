//! Kept models: how good they are, and the card that goes with each.

use crate::failure::Failure;
use crate::registry::REGISTRY;
use analysis::{CONFIDENCE, estimates};
use kept::{About, JudgedAbout, Kept, KeptError, MetricAbout};
use records::{FitRecord, Fitted, JudgedOn, Number, Outcome, Records, RunRecord};
use runner::Comparison;
use std::path::Path;

/// The model of a file.
pub(crate) fn load(path: &Path) -> Result<Kept, Failure> {
    let find = |id: &str| REGISTRY.find(id);
    Ok(kept::load(path, find, |id| REGISTRY.nearest(id))?)
}

/// Judges predictions of `on`, with all log-probabilities and the group of each, if there are any.
pub(crate) fn judged(
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
        low: Number(estimate.interval.low),
        high: Number(estimate.interval.high),
    });
    JudgedAbout {
        on: on.to_owned(),
        samples: labels.len(),
        sha256,
        confidence: CONFIDENCE,
        metrics: metrics.collect(),
    }
}

/// Says in the file of every kept fit of a comparison how good the model was, and writes its card.
pub(crate) fn complete_all(
    comparison: &Comparison,
    results: &Path,
    records: &Records,
) -> Result<(), Failure> {
    for record in &records.fits {
        let file = comparison.model_file(results, &record.id);
        // What could not be kept was noted, and an older file is not of this fit.
        let is_of_fit = kept::about(&file).is_ok_and(|about| about.key == record.key);
        if let (true, Outcome::Finished(fitted)) = (is_of_fit, &record.outcome) {
            complete(&file, &records.run, record, fitted)?;
        }
    }
    Ok(())
}

/// Says in the file of a fit how good the model was, and writes its card beside it.
pub(crate) fn complete(
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
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let page = kept::card(&about, &name);
    records::write_file(&file.with_extension("md"), page.as_bytes())?;
    Ok(about)
}
