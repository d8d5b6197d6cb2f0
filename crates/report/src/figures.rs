//! The pictures of a report.
//!
//! All are drawn from the same few parts: `svg` writes, `palette` has colours and markers, `looks` gives
//! every model one of each, `scale` and `plot` make axes, `labels` moves names apart, `text` knows how wide they are.
//! Each is drawn twice, for a page and for a phone, with the same letters.

mod accuracy;
mod budget;
mod calibration;
mod coefficients;
mod confusion;
mod contest;
mod curves;
mod explained;
mod galleries;
mod history;
mod importance;
mod labels;
mod learning;
mod lines;
mod looks;
mod markers;
mod pairs;
mod palette;
mod plot;
mod ranks;
mod rows;
mod scale;
mod scaling;
mod svg;
mod text;
mod thresholds;
mod tradeoff;

pub use contest::Contestant;
pub use explained::{explained_picture, explained_row};
pub use looks::{marker_of, models_with_a_look};

pub(crate) use budget::expected_best_curves;
pub(crate) use contest::error_against_time;
pub(crate) use galleries::weights;
pub(crate) use history::{Course, accuracy_over_runs};
pub(crate) use looks::Looks;
pub(crate) use markers::marker;
pub(crate) use palette::{model_variables, rules, style};
pub(crate) use ranks::critical_difference_diagram;
pub(crate) use scaling::time_against_size;

use crate::error::ReportError;
use crate::figure::Figure;
use analysis::Report;

/// Draws every picture that the records allow.
pub(crate) fn draw(report: &Report) -> Result<Vec<Figure>, ReportError> {
    let mut figures = Vec::new();
    figures.extend(accuracy::accuracy_and_cost(report));
    figures.extend(pairs::matrix_of_pairs(report));
    figures.extend(tradeoff::error_against_cost(report));
    figures.extend(learning::learning_curves(report));
    figures.extend(curves::accuracy_per_epoch(report));
    figures.extend(importance::importance_of_columns(report));
    figures.extend(thresholds::threshold_curves(report));
    figures.extend(calibration::reliability_diagrams(report));
    let order = confusion::order(report);
    for (model, of) in report.finished() {
        figures.push(confusion::heat_map(&model.id, of, &report.dataset, &order));
        figures.extend(galleries::weights_of(&model.id, of, &report.dataset)?);
        figures.extend(coefficients::coefficients_of(report, model, of));
        figures.extend(galleries::mistakes_of(&model.id, of, &report.dataset)?);
    }
    Ok(figures)
}

#[cfg(test)]
mod tests;
