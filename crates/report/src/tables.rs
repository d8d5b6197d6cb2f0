//! What a run holds, as tables for other programs.

use crate::metrics::Metrics;
use crate::{FitRecord, Fitted, ModelSummary, Outcome, Records, Report, Table};
use std::collections::HashMap;

/// A number of the table of models: its name and where it is.
type Measure = (&'static str, fn(&ModelSummary) -> Option<f64>);

fn metric(model: &ModelSummary, of: fn(&Metrics) -> Option<f64>) -> Option<f64> {
    model.metrics.as_ref().and_then(of)
}

/// What was measured of a model, each with its name in `report.json`.
pub fn measurements(model: &ModelSummary) -> impl Iterator<Item = (&'static str, f64)> {
    let value = |(name, of): &Measure| Some((*name, of(model)?));
    MEASURED.iter().filter_map(value)
}

const MEASURED: &[Measure] = &[
    ("test_accuracy", |model| model.test_accuracy),
    ("test_accuracy_low", |model| {
        model.test_accuracy_interval.map(|i| i.low)
    }),
    ("test_accuracy_high", |model| {
        model.test_accuracy_interval.map(|i| i.high)
    }),
    ("test_log_loss", |model| model.test_log_loss),
    ("macro_f1", |model| model.macro_f1),
    ("balanced_accuracy", |model| {
        metric(model, |m| Some(m.balanced_accuracy))
    }),
    ("macro_precision", |model| {
        metric(model, |m| Some(m.macro_precision))
    }),
    ("macro_recall", |model| {
        metric(model, |m| Some(m.macro_recall))
    }),
    ("weighted_precision", |model| {
        metric(model, |m| Some(m.weighted_precision))
    }),
    ("weighted_recall", |model| {
        metric(model, |m| Some(m.weighted_recall))
    }),
    ("weighted_f1", |model| {
        metric(model, |m| Some(m.weighted_f1))
    }),
    ("cohen_kappa", |model| {
        metric(model, |m| Some(m.cohen_kappa))
    }),
    ("matthews_correlation", |model| {
        metric(model, |m| Some(m.matthews_correlation))
    }),
    ("brier", |model| metric(model, |m| m.brier)),
    ("top_2_accuracy", |model| {
        metric(model, |m| m.top_2_accuracy)
    }),
    ("top_3_accuracy", |model| {
        metric(model, |m| m.top_3_accuracy)
    }),
    ("roc_auc", |model| metric(model, |m| m.roc_auc)),
    ("expected_calibration_error", |model| {
        metric(model, |m| m.expected_calibration_error)
    }),
    ("train_accuracy", |model| model.train_accuracy),
    ("fit_seconds", |model| model.fit_seconds),
    ("predict_seconds", |model| model.predict_seconds),
    ("latency_p50", |model| model.latency.map(|l| l.p50)),
    ("latency_p99", |model| model.latency.map(|l| l.p99)),
    ("peak_memory_bytes", |model| {
        model.peak_memory_bytes.map(|n| n as f64)
    }),
];

/// One row per planned model, whether or not it finished.
pub fn models_table(report: &Report) -> Table {
    let models = &report.models;
    let table = Table::default()
        .text("id", models.iter().map(|model| &model.id))
        .text("model", models.iter().map(|model| &model.model))
        .text("backend", models.iter().map(|model| &model.backend))
        .text("status", models.iter().map(|model| model.status.name()))
        .integers(
            "train_images",
            models.iter().map(|model| Some(model.train_images)),
        )
        .integers("parameters", models.iter().map(|model| model.parameters));
    MEASURED.iter().fold(table, |table, (name, of)| {
        table.numbers(name, models.iter().map(of))
    })
}

/// One row per epoch of every fit that finished.
pub fn epochs_table(records: &Records) -> Table {
    let epochs: Vec<_> = finished(records)
        .flat_map(|(fit, fitted)| fitted.epochs.iter().map(move |epoch| (fit, epoch)))
        .collect();
    let rows = || epochs.iter();
    of_fits(records, rows().map(|(fit, _)| *fit))
        .integers("epoch", rows().map(|(_, epoch)| Some(epoch.epoch)))
        .numbers(
            "training_loss",
            rows().map(|(_, epoch)| Some(epoch.training_loss)),
        )
        .numbers(
            "train_accuracy",
            rows().map(|(_, epoch)| Some(epoch.train_accuracy)),
        )
        .numbers(
            "test_accuracy",
            rows().map(|(_, epoch)| Some(epoch.test_accuracy)),
        )
}

/// One row per image and fit that finished: what the image is, what it was taken for, and the
/// probability of every class where the model has probabilities.
pub fn predictions_table(records: &Records) -> Table {
    let run = &records.run;
    let names = &run.dataset.class_names;
    let judged: Vec<_> = finished(records)
        .flat_map(|(fit, fitted)| {
            let images = run.judged(fit.cell).into_iter().enumerate();
            images.map(move |(row, image)| (fit, fitted, row, image))
        })
        .collect();
    let rows = || judged.iter();
    let class = |class: usize| names[class].as_str();
    let table = of_fits(records, rows().map(|(fit, ..)| *fit))
        .integers("image", rows().map(|(.., (image, _))| Some(*image)))
        .text("truth", rows().map(|(.., (_, truth))| class(*truth)))
        .text(
            "predicted",
            rows().map(|(_, fitted, row, _)| class(usize::from(fitted.predictions[*row]))),
        );
    names.iter().enumerate().fold(table, |table, (i, name)| {
        let probability = rows().map(|(_, fitted, row, _)| {
            let logs = fitted.log_probabilities.as_ref()?;
            Some(f64::from(logs[row * names.len() + i]).exp())
        });
        table.numbers(&format!("probability_{name}"), probability)
    })
}

/// The fits that finished.
fn finished(records: &Records) -> impl Iterator<Item = (&FitRecord, &Fitted)> {
    records.fits.iter().filter_map(|fit| match &fit.outcome {
        Outcome::Finished(fitted) => Some((fit, &**fitted)),
        Outcome::Failed { .. } | Outcome::Cancelled => None,
    })
}

/// The columns that say which fit a row is of, and whether all fits of its model finished.
fn of_fits<'a>(records: &'a Records, fits: impl Iterator<Item = &'a FitRecord> + Clone) -> Table {
    let models = records.run.models.iter();
    let status: HashMap<&str, &str> = models
        .map(|model| {
            let there = finished(records).filter(|(fit, _)| fit.id == model.id);
            let all = there.count() >= model.fits;
            let status = if all { "finished" } else { "incomplete" };
            (model.id.as_str(), status)
        })
        .collect();
    Table::default()
        .text("id", fits.clone().map(|fit| &fit.id))
        .text(
            "model_status",
            fits.clone()
                .map(move |fit| status.get(fit.id.as_str()).copied().unwrap_or("unknown")),
        )
        .integers("seed", fits.clone().map(|fit| Some(fit.cell.seed as usize)))
        .integers("repeat", fits.clone().map(|fit| Some(fit.cell.repeat)))
        .integers("fold", fits.clone().map(|fit| Some(fit.cell.fold)))
        .integers("learning_curve_size", fits.map(|fit| fit.cell.train_images))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::{CELL, run, with_errors};
    use crate::{Cell, Values};

    #[test]
    fn fits_of_a_learning_curve_have_their_size() {
        let run = run(&["a"], &[0, 1]);
        let smaller = Cell {
            train_images: Some(10),
            ..CELL
        };
        let fits = [CELL, smaller].map(|cell| with_errors(&run, "a", cell, 0));
        let table = predictions_table(&Records {
            run,
            fits: fits.to_vec(),
            controls: Vec::new(),
            images: None,
        });
        let is_size = |(name, _): &&(String, Values)| name == "learning_curve_size";
        let (_, sizes) = table.columns().iter().find(is_size).unwrap();
        let expected = vec![None, None, Some(10), Some(10)];
        assert_eq!(*sizes, Values::Integers(expected));
    }
}
