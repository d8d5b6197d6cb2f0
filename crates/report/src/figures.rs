//! The pictures of a report.

mod budget;
mod calibration;
mod canvas;
mod confusion;
mod curves;
mod galleries;
mod hover;
mod learning;
mod lines;
mod palette;
mod ranks;
mod tradeoff;

pub(crate) use budget::expected_best_curves;
pub(crate) use galleries::weights;
pub(crate) use ranks::critical_difference_diagram;

use crate::error::ReportError;
use crate::figure::Figure;
use analysis::Report;

/// Draws every picture that the records allow.
pub(crate) fn draw(report: &Report) -> Result<Vec<Figure>, ReportError> {
    let mut figures = Vec::new();
    figures.extend(curves::accuracy_per_epoch(report)?);
    figures.extend(calibration::reliability_diagram(report)?);
    figures.extend(tradeoff::error_against_cost(report)?);
    figures.extend(learning::learning_curves(report)?);
    for (model, of) in report.finished() {
        figures.extend(confusion::heat_map(&model.id, of, &report.dataset)?);
        figures.extend(galleries::weights_of(&model.id, of, &report.dataset)?);
        figures.extend(galleries::mistakes_of(&model.id, of, &report.dataset)?);
    }
    Ok(figures)
}
