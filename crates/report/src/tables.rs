//! What a run holds, as tables for other programs.

use crate::table::Table;
use analysis::{ModelSummary, Report};
use records::{FitRecord, Records};
use std::collections::HashMap;

/// One row per planned model, whether or not it finished.
pub fn models_table(report: &Report) -> Table {
    let models = &report.models;
    let parameters = |model: &ModelSummary| model.finished.as_ref()?.cost.parameters;
    let table = Table::default()
        .text("id", models.iter().map(|model| &model.id))
        .text("model", models.iter().map(|model| &model.model))
        .text("backend", models.iter().map(|model| &model.backend))
        .text("status", models.iter().map(|model| model.status.name()))
        .integers("train_images", models.iter().map(trained_on))
        .integers("parameters", models.iter().map(parameters));
    let rows: Vec<_> = models.iter().map(ModelSummary::measurements).collect();
    let names = rows.first().into_iter().flatten().map(|(name, _)| *name);
    let table = names.enumerate().fold(table, |table, (i, name)| {
        table.numbers(name, rows.iter().map(|row| row[i].1))
    });
    if report.is_judged_only() {
        table.without_empty()
    } else {
        table
    }
}

/// `None` for predictions that were made elsewhere.
fn trained_on(model: &ModelSummary) -> Option<usize> {
    model.predictions.is_none().then_some(model.train_images)
}

/// One row per epoch of every fit that finished.
pub fn epochs_table(records: &Records) -> Table {
    let epochs: Vec<_> = records
        .finished()
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
            "judged_accuracy",
            rows().map(|(_, epoch)| Some(epoch.judged_accuracy)),
        )
}

/// One row per image and fit that finished: what the image is, what it was taken for, and the
/// probability of every class where the model has probabilities.
pub fn predictions_table(records: &Records) -> Table {
    let run = &records.run;
    let names = &run.dataset.class_names;
    let judged: Vec<_> = records
        .finished()
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

/// The columns that say which fit a row is of, and whether all fits of its model finished.
fn of_fits<'a>(records: &'a Records, fits: impl Iterator<Item = &'a FitRecord> + Clone) -> Table {
    let models = records.run.models.iter();
    let status: HashMap<&str, &str> = models
        .map(|model| {
            let there = records.finished().filter(|(fit, _)| fit.id == model.id);
            let all = there.count() >= model.fits;
            let status = if all { "finished" } else { "incomplete" };
            (model.id.as_str(), status)
        })
        .collect();
    let folds = || fits.clone().map(|fit| fit.cell.split.fold());
    Table::default()
        .text("id", fits.clone().map(|fit| &fit.id))
        .text(
            "model_status",
            fits.clone()
                .map(move |fit| status.get(fit.id.as_str()).copied().unwrap_or("unknown")),
        )
        .integers("seed", fits.clone().map(|fit| Some(fit.cell.seed as usize)))
        .integers(
            "repeat",
            folds().map(|fold| Some(fold.map_or(0, |(repeat, _)| repeat.into()))),
        )
        .integers(
            "fold",
            folds().map(|fold| Some(fold.map_or(0, |(_, fold)| fold.into()))),
        )
        .integers("learning_curve_size", fits.map(|fit| fit.cell.smaller()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Values;
    use records::examples::{CELL, run, with_errors};
    use records::{Cell, Role};

    #[test]
    fn fits_of_a_learning_curve_have_their_size() {
        let run = run(&["a"], &[0, 1]);
        let smaller = Cell {
            role: Role::Smaller(10),
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
