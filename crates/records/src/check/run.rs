//! What the record of a run must be.

use super::demand::{MOST_COUNTED, MOST_VALUES, count, demand, length, planned};
use crate::{
    DatasetRecord, FILE_NAME, Folds, JudgedOn, PlannedModel, RunRecord, SampleKind, is_file_name,
};
use std::collections::HashSet;

/// The most classes: a confusion matrix has the square of them.
const MOST_CLASSES: usize = 2048;

/// The most fits of a model.
const MOST_FITS: usize = 1 << 24;

pub(crate) fn run(run: &RunRecord) -> Result<(), String> {
    name("run", &run.run)?;
    data_set(&run.dataset)?;
    columns(run)?;
    count("seeds", run.protocol.seeds.into(), 1, usize::from(u16::MAX))?;
    let held_out = run.protocol.calibration.unwrap_or(0);
    count("calibration", held_out, 0, MOST_COUNTED)?;
    count("looks", run.looks, 0, MOST_COUNTED)?;
    length("labels", run.labels.len(), run.dataset.test)?;
    let classes = run.dataset.classes;
    let unknown = run
        .labels
        .iter()
        .find(|&&label| usize::from(label) >= classes);
    demand(unknown.is_none(), || {
        format!("labels: class {} of {classes}", unknown.unwrap_or(&0))
    })?;
    match run.protocol.judged_on {
        JudgedOn::Test => length("folds", run.folds.len(), 0)?,
        JudgedOn::Validation { images } => {
            count("validation images", images, run.dataset.test, MOST_COUNTED)?;
            length("folds", run.folds.len(), 0)?;
        }
        JudgedOn::Folds(of) => folds(run, of)?,
    }
    if !run.groups.is_empty() {
        length("groups", run.groups.len(), run.dataset.test)?;
    }
    if let Some(slices) = &run.slices {
        length("rows of slices", slices.of.len(), run.dataset.test)?;
        count("slices", slices.names.len(), 1, MOST_CLASSES)?;
        let unknown = slices
            .of
            .iter()
            .find(|&&of| usize::from(of) >= slices.names.len());
        demand(unknown.is_none(), || {
            format!("slice {} of {}", unknown.unwrap_or(&0), slices.names.len())
        })?;
    }
    models(run)?;
    compared(run)
}

/// What the models are compared with, and up to what they count as equal.
fn compared(run: &RunRecord) -> Result<(), String> {
    if let Some(id) = &run.baseline {
        planned(run, id).map_err(|reason| format!("baseline: {reason}"))?;
    }
    let margin = run.margin.unwrap_or(1.0);
    demand(margin > 0.0 && margin <= 100.0, || {
        format!("a margin of {margin} points; it must be above 0, and at most 100")
    })
}

pub(crate) fn data_set(data: &DatasetRecord) -> Result<(), String> {
    name("data set", &data.name)?;
    count("classes", data.classes, 1, MOST_CLASSES)?;
    length("class names", data.class_names.len(), data.classes)?;
    count("features", data.features, 0, MOST_VALUES)?;
    let values = if data.samples == SampleKind::Colours {
        3
    } else {
        1
    };
    let shape = data.rows.checked_mul(data.columns);
    let shape = shape.and_then(|pixels| pixels.checked_mul(values));
    demand(shape == Some(data.features), || {
        let DatasetRecord {
            rows,
            columns,
            features,
            ..
        } = data;
        format!("{rows} × {columns} pictures do not have {features} features")
    })?;
    count("test images", data.test, 1, MOST_VALUES)?;
    count(
        "test images there are",
        data.test_available,
        data.test,
        MOST_COUNTED,
    )?;
    count(
        "training images there are",
        data.train_available,
        0,
        MOST_COUNTED,
    )?;
    count("training images", data.train, 0, data.train_available)?;
    for (what, of) in [("probabilities", data.test), ("weights", data.features)] {
        count(what, of.saturating_mul(data.classes), 0, MOST_VALUES)?;
    }
    Ok(())
}

/// The columns of a table: they make its features.
fn columns(run: &RunRecord) -> Result<(), String> {
    if run.columns.is_empty() {
        return Ok(());
    }
    demand(run.dataset.samples == SampleKind::Rows, || {
        "columns, and the samples are no rows".to_owned()
    })?;
    let features = run.columns.iter().map(|column| column.features.len());
    length("features of columns", features.sum(), run.dataset.features)?;
    let mut columns = run.columns.iter();
    columns.try_for_each(|column| {
        let all = run.dataset.train_available;
        count("rows where a column is missing", column.missing, 0, all)
    })
}

fn folds(run: &RunRecord, Folds { repeats, folds }: Folds) -> Result<(), String> {
    count("repeats", repeats.into(), 1, 255)?;
    count("folds", folds.into(), 2, run.dataset.test)?;
    length("folds", run.folds.len(), repeats.into())?;
    for (repeat, of_images) in run.folds.iter().enumerate() {
        length("images of folds", of_images.0.len(), run.dataset.test)?;
        let mut is_there = vec![false; usize::from(folds)];
        for &fold in &of_images.0 {
            let place = is_there.get_mut(usize::from(fold));
            *place.ok_or_else(|| format!("fold {fold} of {folds}"))? = true;
        }
        let empty = is_there.iter().position(|there| !there);
        demand(empty.is_none(), || {
            format!(
                "fold {} of repetition {repeat} has no images",
                empty.unwrap_or(0)
            )
        })?;
    }
    Ok(())
}

fn models(run: &RunRecord) -> Result<(), String> {
    let mut ids = HashSet::new();
    let splits = run.protocol.splits().len();
    for PlannedModel {
        id,
        train_images,
        fits,
        ..
    } in &run.models
    {
        name("model", id)?;
        demand(ids.insert(id), || format!("two models are called `{id}`"))?;
        let of_model = |what: &str| format!("{what} of {id}");
        let all = run.dataset.train_available;
        count(&of_model("training images"), *train_images, 0, all)?;
        count(&of_model("fits"), *fits, splits, MOST_FITS)?;
    }
    Ok(())
}

fn name(what: &str, name: &str) -> Result<(), String> {
    demand(is_file_name(name), || {
        let shown: String = name.chars().take(40).collect();
        format!(
            "the name of the {what} is `{}`; it must be {FILE_NAME}",
            shown.escape_debug()
        )
    })
}
