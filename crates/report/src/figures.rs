//! The pictures of a report.

mod budget;
mod calibration;
mod confusion;
mod curves;
mod galleries;
mod hover;
mod learning;
mod lines;
mod palette;
mod tradeoff;

pub(crate) use budget::expected_best_curves;

use crate::{Report, ReportError};

/// A file for the directory `figures`.
pub(crate) struct Figure {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

/// Draws every picture that the records allow.
pub(crate) fn draw(report: &Report) -> Result<Vec<Figure>, ReportError> {
    let mut figures = Vec::new();
    let mut add = |name: String, bytes: Vec<u8>| figures.push(Figure { name, bytes });
    if let Some(svg) = curves::accuracy_per_epoch(report)? {
        add("accuracy.svg".to_owned(), svg.into_bytes());
    }
    if let Some(svg) = calibration::reliability_diagram(report)? {
        add("calibration.svg".to_owned(), svg.into_bytes());
    }
    if let Some(svg) = tradeoff::error_against_cost(report)? {
        add("cost.svg".to_owned(), svg.into_bytes());
    }
    for (name, svg) in learning::learning_curves(report)? {
        add(name, svg.into_bytes());
    }
    for model in report.finished() {
        if let Some(svg) = confusion::heat_map(model, &report.dataset)? {
            add(format!("confusion-{}.svg", model.id), svg.into_bytes());
        }
        if let Some(linear) = &model.linear {
            let png = galleries::weights(linear, &report.dataset)?;
            add(format!("weights-{}.png", model.id), png);
        }
        if !model.mistakes.is_empty() {
            let png = galleries::mistakes(&model.mistakes, &report.dataset)?;
            add(format!("mistakes-{}.png", model.id), png);
        }
    }
    Ok(figures)
}
