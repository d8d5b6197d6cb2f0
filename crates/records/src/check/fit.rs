//! What the record of a fit must be.

use super::demand::{MOST_COUNTED, count, demand, length, number, planned};
use crate::{
    Cell, EpochRecord, FitRecord, Fitted, Importance, LinearRecord, Mistake, Outcome, Role,
    RunRecord, Split,
};

/// The longest time, in seconds: thirty years.
const LONGEST: f64 = 1e9;

/// The largest loss that is a number: sums and squares of it are still numbers.
const LARGEST_LOSS: f64 = 1e100;

/// The most mistakes that a fit shows.
const MOST_MISTAKES: usize = 1000;

/// Sums of probabilities are rounded: the logarithm of one may be a little above 0.
const ABOVE_ZERO: f32 = 1e-3;

pub(crate) fn fit(run: &RunRecord, record: &FitRecord) -> Result<(), String> {
    cell(run, &record.id, record.cell)?;
    count("looks", record.looks, 0, MOST_COUNTED)?;
    match &record.outcome {
        Outcome::Finished(fitted) => {
            made_here(run, &record.id, fitted)?;
            measured(fitted)?;
            importance(run, record.cell, &fitted.importance)?;
            answers(run, record.cell, fitted)
        }
        Outcome::Failed { .. } | Outcome::Cancelled => Ok(()),
    }
}

/// Whether a model of this name has such a fit.
pub(crate) fn cell(run: &RunRecord, id: &str, cell: Cell) -> Result<(), String> {
    planned(run, id)?;
    match (cell.split, run.protocol.folds()) {
        (Split::Whole, None) => {}
        (Split::Whole, Some(_)) => return Err("a run over folds has no fit without one".to_owned()),
        (Split::Fold { .. }, None) => return Err("the run has no folds".to_owned()),
        (Split::Fold { repeat, fold }, Some(folds)) => {
            count(
                "repetition",
                repeat.into(),
                0,
                usize::from(folds.repeats) - 1,
            )?;
            count("fold", fold.into(), 0, usize::from(folds.folds) - 1)?;
        }
    }
    match cell.role {
        Role::Main => Ok(()),
        Role::OtherSeed(n) => count(
            "other seed",
            n.into(),
            1,
            usize::from(run.protocol.seeds) - 1,
        ),
        Role::Smaller(size) => {
            demand(cell.split == Split::Whole, || {
                "a learning curve is not over folds".to_owned()
            })?;
            let all = run.planned(id).map_or(0, |planned| planned.train_images);
            count("images of a learning curve", size, 1, all)
        }
    }
}

/// What a fit costs is known of models that were fitted, and of no others.
fn made_here(run: &RunRecord, id: &str, fitted: &Fitted) -> Result<(), String> {
    let is_here = run
        .planned(id)
        .is_some_and(|planned| planned.predictions.is_none());
    for (what, is_known) in [
        ("seconds to fit", fitted.fit_seconds.is_some()),
        ("bytes of memory", fitted.peak_memory_bytes.is_some()),
    ] {
        demand(is_known == is_here, || {
            if is_here {
                format!("{what}: there are none")
            } else {
                format!("{what}: there are some of predictions that were made elsewhere")
            }
        })?;
    }
    Ok(())
}

/// What columns are worth, each of rows that the fit is judged on.
fn importance(run: &RunRecord, cell: Cell, of: &[Importance]) -> Result<(), String> {
    let judged = run.judged(cell).len();
    for Importance {
        column,
        rows,
        sum,
        squares,
    } in of
    {
        count(&format!("rows of column {column}"), *rows, 1, judged)?;
        let most = *rows as f64 + 1e-6;
        number(&format!("importance of column {column}"), *sum, -most, most)?;
        number("its squares", *squares, 0.0, most)?;
    }
    Ok(())
}

/// Numbers that depend on nothing else.
fn measured(fitted: &Fitted) -> Result<(), String> {
    count(
        "parameters",
        fitted.parameters.unwrap_or(0),
        0,
        MOST_COUNTED,
    )?;
    count(
        "bytes of memory",
        fitted.peak_memory_bytes.unwrap_or(0),
        0,
        MOST_COUNTED,
    )?;
    count("looks", fitted.looks, 0, MOST_COUNTED)?;
    for (what, seconds) in [
        ("seconds to fit", fitted.fit_seconds),
        ("seconds to predict", fitted.predict_seconds),
        ("latency", fitted.latency.map(|latency| latency.p50)),
        (
            "its 99th percentile",
            fitted.latency.map(|latency| latency.p99),
        ),
    ] {
        number(what, seconds.unwrap_or(0.0), 0.0, LONGEST)?;
    }
    number(
        "training accuracy",
        fitted.train_accuracy.unwrap_or(0.0),
        0.0,
        1.0,
    )?;
    if let Some(temperature) = fitted.temperature {
        number("temperature", temperature, f64::MIN_POSITIVE, 1e100)?;
    }
    let error = fitted.temperature_error.unwrap_or(0.0);
    number("error of the temperature", error, 0.0, 1e100)?;
    let ascends = fitted.epochs.is_sorted_by(|a, b| a.epoch < b.epoch);
    demand(ascends, || "the epochs do not ascend".to_owned())?;
    for EpochRecord {
        epoch,
        training_loss,
        train_accuracy,
        judged_accuracy,
    } in &fitted.epochs
    {
        count("epoch", *epoch, 1, MOST_COUNTED)?;
        number("accuracy of an epoch", *train_accuracy, 0.0, 1.0)?;
        number("accuracy of an epoch", *judged_accuracy, 0.0, 1.0)?;
        if !training_loss.is_infinite() {
            number(
                "loss of an epoch",
                *training_loss,
                -LARGEST_LOSS,
                LARGEST_LOSS,
            )?;
        }
    }
    Ok(())
}

/// What the model says of the images, and of itself.
fn answers(run: &RunRecord, cell: Cell, fitted: &Fitted) -> Result<(), String> {
    let (labels, classes) = (run.labels_of(cell), run.dataset.classes);
    length("predictions", fitted.predictions.len(), labels.len())?;
    let unknown = fitted
        .predictions
        .iter()
        .find(|&&class| usize::from(class) >= classes);
    demand(unknown.is_none(), || {
        format!("predictions: class {} of {classes}", unknown.unwrap_or(&0))
    })?;
    if let Some(logs) = &fitted.log_probabilities {
        length("log-probabilities", logs.len(), labels.len() * classes)?;
        let wrong = logs.iter().find(|log| log.is_nan() || **log > ABOVE_ZERO);
        demand(wrong.is_none(), || {
            format!(
                "{:?} is no logarithm of a probability",
                wrong.unwrap_or(&0.0)
            )
        })?;
    }
    if let Some(LinearRecord { weights, biases }) = &fitted.linear {
        match run.dataset.shown_weights() {
            Some(shown) => length("weights", weights.len(), shown * classes)?,
            None => demand(weights.len().is_multiple_of(classes), || {
                format!("{} weights of {classes} classes", weights.len())
            })?,
        }
        length("biases", biases.len(), classes)?;
        demand(weights.iter().all(|weight| weight.is_finite()), || {
            "a weight is no finite number".to_owned()
        })?;
        demand(!biases.iter().any(|bias| bias.is_nan()), || {
            "a bias is no number".to_owned()
        })?;
    }
    count("mistakes", fitted.mistakes.len(), 0, MOST_MISTAKES)?;
    let mut mistakes = fitted.mistakes.iter();
    mistakes.try_for_each(|mistake| mistaken(mistake, &labels, fitted, run.dataset.shown()))
}

fn mistaken(
    mistake: &Mistake,
    labels: &[usize],
    fitted: &Fitted,
    shown: usize,
) -> Result<(), String> {
    let Mistake {
        image,
        truth,
        predicted,
        probability,
        pixels,
    } = mistake;
    length("pixels of a mistake", pixels.len(), shown)?;
    if let Some(probability) = probability {
        number(
            "probability of a mistake",
            *probability,
            0.0,
            1.0 + f64::from(ABOVE_ZERO),
        )?;
    }
    let is_so = labels.get(*image) == Some(truth)
        && usize::from(fitted.predictions[*image]) == *predicted
        && truth != predicted;
    demand(is_so, || {
        format!("the fit did not take image {image}, a {truth}, for a {predicted}")
    })
}
