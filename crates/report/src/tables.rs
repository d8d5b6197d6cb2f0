//! What a run holds, as tables for other programs.

use crate::table::Table;
use crate::words::relation;
use analysis::{Comparison, ModelSummary, Report};
use records::{FitRecord, Records};
use statistics::Interval;
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

/// One row per pair of models that was compared: the numbers of `report.json`.
pub fn pairs_table(report: &Report) -> Table {
    let pairs = &report.comparisons;
    let end = |of: fn(&Comparison) -> Option<Interval>, is_low: bool| {
        pairs.iter().map(move |pair| {
            let Interval { low, high } = of(pair)?;
            Some(if is_low { low } else { high })
        })
    };
    let number = |of: fn(&Comparison) -> Option<f64>| pairs.iter().map(of);
    let verdict = |pair: &Comparison| relation(pair.different, pair.difference, pair.relation);
    Table::default()
        .text("first", pairs.iter().map(|pair| &pair.first))
        .text("second", pairs.iter().map(|pair| &pair.second))
        .numbers("difference", number(|pair| Some(pair.difference)))
        .numbers("difference_low", end(|pair| pair.difference_interval, true))
        .numbers(
            "difference_high",
            end(|pair| pair.difference_interval, false),
        )
        .numbers("margin_low", end(|pair| pair.margin_interval, true))
        .numbers("margin_high", end(|pair| pair.margin_interval, false))
        .integers(
            "only_first_right",
            pairs.iter().map(|pair| Some(pair.only_first_right)),
        )
        .integers(
            "only_second_right",
            pairs.iter().map(|pair| Some(pair.only_second_right)),
        )
        .numbers("p", number(|pair| Some(pair.p)))
        .numbers("p_adjusted", number(|pair| Some(pair.p_adjusted)))
        .text("verdict", pairs.iter().map(verdict))
        .numbers(
            "detectable_difference",
            number(|pair| pair.detectable_difference),
        )
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
    fn pairs_have_the_numbers_of_the_report() {
        let mut run = run(&["a", "b"], &[0, 1].repeat(50));
        run.margin = Some(1.0);
        let fits = [("a", 0), ("b", 20)].map(|(id, wrong)| with_errors(&run, id, CELL, wrong));
        let report = analysis::examples::report(fits.to_vec(), run);
        let table = pairs_table(&report);
        let column = |name: &str| {
            let found = table.columns().iter().find(|(of, _)| of == name);
            found.unwrap().1.clone()
        };
        let pair = &report.comparisons[0];
        let low = pair.difference_interval.map(|of| of.low);
        assert_eq!(column("difference"), Values::Numbers(vec![Some(0.2)]));
        assert_eq!(column("difference_low"), Values::Numbers(vec![low]));
        assert_eq!(column("only_first_right"), Values::Integers(vec![Some(20)]));
        assert_eq!(
            column("p_adjusted"),
            Values::Numbers(vec![Some(pair.p_adjusted)])
        );
        assert_eq!(column("verdict"), Values::Text(vec!["better".to_owned()]));
    }

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
