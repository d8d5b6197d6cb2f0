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
mod ranks;
mod tradeoff;

pub(crate) use budget::expected_best_curves;
pub(crate) use galleries::weights;
pub(crate) use ranks::{Ranked, critical_difference_diagram};

use crate::files::write_file;
use crate::{Report, ReportError, Table};
use plotters::coord::Shift;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use std::path::Path;

/// A part of an SVG to draw on.
type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
/// Two axes, and the part between them.
type Axes<'a> = ChartContext<'a, SVGBackend<'a>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;
/// What comes of drawing.
type Drawn<T> = Result<T, DrawingAreaErrorKind<std::io::Error>>;

/// A file for the directory `figures`, and what it shows.
pub(crate) struct Figure {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) data: Table,
}

impl Figure {
    fn new(name: impl Into<String>, bytes: impl Into<Vec<u8>>, data: Table) -> Self {
        Self {
            name: name.into(),
            bytes: bytes.into(),
            data,
        }
    }

    /// The name of the file with its data.
    pub(crate) fn data_name(&self) -> String {
        let (stem, _) = self.name.rsplit_once('.').unwrap_or((&self.name, ""));
        format!("{stem}.csv")
    }

    /// Writes the picture and its data into a directory.
    pub(crate) fn write(&self, directory: &Path) -> Result<(), ReportError> {
        write_file(&directory.join(&self.name), &self.bytes)?;
        let data = self.data.to_csv();
        write_file(&directory.join(self.data_name()), data.as_bytes())
    }
}

/// Draws every picture that the records allow.
pub(crate) fn draw(report: &Report) -> Result<Vec<Figure>, ReportError> {
    let mut figures = Vec::new();
    figures.extend(curves::accuracy_per_epoch(report)?);
    figures.extend(calibration::reliability_diagram(report)?);
    figures.extend(tradeoff::error_against_cost(report)?);
    figures.extend(learning::learning_curves(report)?);
    for model in report.finished() {
        figures.extend(confusion::heat_map(model, &report.dataset)?);
        figures.extend(galleries::weights_of(model, &report.dataset)?);
        figures.extend(galleries::mistakes_of(model, &report.dataset)?);
    }
    Ok(figures)
}
