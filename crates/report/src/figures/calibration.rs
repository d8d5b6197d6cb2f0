//! How often predictions of a given probability are right: the reliability diagram.

use super::palette::{CARD, GRID, INK, LINES, adapt};
use crate::{Report, ReportError};
use plotters::prelude::*;
use statistics::ReliabilityBin;

/// Ranges with fewer images than this are left out: their share of right images is chance.
const FEWEST: usize = 10;

/// A line for every model with probabilities; `None` if there is no such model.
pub(super) fn reliability_diagram(report: &Report) -> Result<Option<String>, ReportError> {
    let lines: Vec<(&str, &[ReliabilityBin])> = report
        .finished()
        .filter_map(|model| Some((model.id.as_str(), model.metrics.as_ref()?)))
        .filter(|(_, metrics)| !metrics.reliability.is_empty())
        .map(|(id, metrics)| (id, metrics.reliability.as_slice()))
        .collect();
    if lines.is_empty() {
        return Ok(None);
    }
    let mut svg = String::new();
    draw(&mut svg, &lines).map_err(|error| ReportError::render("calibration.svg", &error))?;
    Ok(Some(adapt(&svg)))
}

fn draw(
    svg: &mut String,
    lines: &[(&str, &[ReliabilityBin])],
) -> Result<(), Box<dyn std::error::Error>> {
    let failed =
        |error: DrawingAreaErrorKind<_>| -> Box<dyn std::error::Error> { error.to_string().into() };
    let root = SVGBackend::with_string(svg, (560, 420)).into_drawing_area();
    root.fill(&CARD).map_err(failed)?;
    let ink = |size: u32| ("sans-serif", size).into_font().color(&INK);
    let mut chart = ChartBuilder::on(&root)
        .margin(12)
        .x_label_area_size(38)
        .y_label_area_size(52)
        .build_cartesian_2d(0.0..100.0, 0.0..100.0)
        .map_err(failed)?;
    chart
        .configure_mesh()
        .light_line_style(CARD)
        .bold_line_style(GRID)
        .axis_style(GRID)
        .x_label_formatter(&|percent| format!("{percent:.0}"))
        .y_label_formatter(&|percent| format!("{percent:.0}"))
        .x_desc("mean probability of the prediction, %")
        .y_desc("right, %")
        .label_style(ink(12))
        .axis_desc_style(ink(13))
        .draw()
        .map_err(failed)?;
    chart
        .draw_series(DashedLineSeries::new(
            [(0.0, 0.0), (100.0, 100.0)],
            4,
            4,
            INK.stroke_width(1),
        ))
        .map_err(failed)?;
    for (i, (name, bins)) in lines.iter().enumerate() {
        let colour = LINES[i % LINES.len()];
        let width = (2 * (lines.len() - 1 - i) + 2).min(10) as u32;
        let points: Vec<(f64, f64)> = bins
            .iter()
            .filter(|bin| bin.images >= FEWEST)
            .map(|bin| (bin.confidence * 100.0, bin.accuracy * 100.0))
            .collect();
        chart
            .draw_series(LineSeries::new(points, colour.stroke_width(width)))
            .map_err(failed)?
            .label(*name)
            .legend(move |(x, y)| {
                PathElement::new([(x, y), (x + 22, y)], colour.stroke_width(width))
            });
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::LowerRight)
        .margin(14)
        .legend_area_size(28)
        .background_style(CARD)
        .border_style(GRID)
        .label_font(ink(13))
        .draw()
        .map_err(failed)?;
    root.present().map_err(failed)
}
