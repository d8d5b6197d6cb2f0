//! Accuracy after each epoch, on test and training images.

use super::canvas::{Area, Axes, Drawn};
use super::hover::{Spot, with_spots};
use super::palette::{CARD, GRID, adapt, ink, of_place};
use crate::bounds::{MOST_EPOCHS, shown_of};
use crate::error::ReportError;
use crate::figure::Figure;
use crate::table::Table;
use crate::words::judged_images;
use analysis::Report;
use plotters::prelude::*;
use records::EpochRecord;
use std::fmt::Display;

/// What a model's epochs came to.
struct Curve<'a> {
    name: &'a str,
    /// Of the model in its report, for its colour.
    place: usize,
    epochs: Vec<EpochRecord>,
}

/// A line for every model with at least two epochs; `None` if there is no such model.
pub(super) fn accuracy_per_epoch(report: &Report) -> Result<Option<Figure>, ReportError> {
    let curves: Vec<Curve> = report
        .finished()
        .filter(|(_, of)| of.training.epochs.len() > 1)
        .map(|(model, of)| Curve {
            name: &model.id,
            place: report.place(&model.id),
            epochs: shown_of(of.training.epochs.len(), MOST_EPOCHS)
                .into_iter()
                .map(|i| of.training.epochs[i])
                .collect(),
        })
        .collect();
    if curves.is_empty() {
        return Ok(None);
    }
    let failed = |error: &dyn Display| ReportError::render("accuracy.svg", error);
    let mut svg = String::new();
    let mut spots = Vec::new();
    {
        let root = SVGBackend::with_string(&mut svg, (920, 400)).into_drawing_area();
        root.fill(&CARD).map_err(|error| failed(&error))?;
        let [test, train] = [
            (
                judged_images(report),
                (|e: &EpochRecord| e.judged_accuracy) as fn(&EpochRecord) -> f64,
            ),
            (
                format!("training {}", report.dataset.words()[1]),
                |e: &EpochRecord| e.train_accuracy,
            ),
        ];
        for (area, (title, accuracy)) in root.split_evenly((1, 2)).iter().zip([test, train]) {
            spots.extend(panel(area, &title, &curves, accuracy).map_err(|error| failed(&error))?);
        }
        root.present().map_err(|error| failed(&error))?;
    }
    let svg = with_spots(&adapt(&svg), &spots);
    Ok(Some(Figure::new("accuracy.svg", svg, data(&curves))))
}

fn data(curves: &[Curve]) -> Table {
    let rows = || {
        curves
            .iter()
            .flat_map(|curve| curve.epochs.iter().map(|epoch| (curve.name, epoch)))
    };
    Table::default()
        .text("model", rows().map(|(id, _)| id))
        .integers("epoch", rows().map(|(_, epoch)| Some(epoch.epoch)))
        .numbers(
            "judged_accuracy",
            rows().map(|(_, epoch)| Some(epoch.judged_accuracy)),
        )
        .numbers(
            "train_accuracy",
            rows().map(|(_, epoch)| Some(epoch.train_accuracy)),
        )
}

fn panel(
    area: &Area,
    title: &str,
    curves: &[Curve],
    accuracy: fn(&EpochRecord) -> f64,
) -> Drawn<Vec<Spot>> {
    let mut chart = axes(area, title, curves)?;
    for (i, curve) in curves.iter().enumerate() {
        let (colour, dashed) = of_place(curve.place);
        // Earlier lines are wider, so that lines that coincide stay visible.
        let width = (2 * (curves.len() - 1 - i) + 2).min(10) as u32;
        let epochs = curve.epochs.iter();
        let points = epochs.map(|e| (e.epoch as f64, accuracy(e) * 100.0));
        let style = colour.stroke_width(width);
        let series = if dashed {
            chart.draw_series(DashedLineSeries::new(points, 8, 5, style))?
        } else {
            chart.draw_series(LineSeries::new(points, style))?
        };
        let gap = if dashed { 3 } else { 0 };
        series.label(curve.name).legend(move |(x, y)| {
            let half = |start: i32, end: i32| PathElement::new([(start, y), (end, y)], style);
            EmptyElement::at((0, 0)) + half(x, x + 11 - gap) + half(x + 11 + gap, x + 22)
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
        .draw()?;
    let chart = &chart;
    let spots = curves.iter().flat_map(|curve| {
        curve.epochs.iter().map(move |epoch| {
            let right = accuracy(epoch) * 100.0;
            Spot {
                at: chart.backend_coord(&(epoch.epoch as f64, right)),
                text: format!("{}: epoch {}, {right:.2} % right", curve.name, epoch.epoch),
            }
        })
    });
    Ok(spots.collect())
}

fn axes<'a>(area: &Area<'a>, title: &str, curves: &[Curve]) -> Drawn<Axes<'a>> {
    let all = || curves.iter().flat_map(|curve| &curve.epochs);
    // One scale for both panels, so that they can be compared.
    let both = || all().flat_map(|epoch| [epoch.train_accuracy, epoch.judged_accuracy]);
    let low = both().fold(f64::INFINITY, f64::min) * 100.0;
    let high = both().fold(f64::NEG_INFINITY, f64::max) * 100.0;
    let margin = ((high - low) * 0.06).max(0.1);
    let last = all().map(|epoch| epoch.epoch).max().unwrap_or(1);
    let mut chart = ChartBuilder::on(area)
        .caption(title, ink(16))
        .margin(12)
        .x_label_area_size(38)
        .y_label_area_size(52)
        .build_cartesian_2d(1.0..last as f64, (low - margin)..(high + margin).min(100.0))?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(CARD)
        .bold_line_style(GRID)
        .axis_style(GRID)
        .x_labels(last.min(10))
        .x_label_formatter(&|epoch| format!("{epoch:.0}"))
        .y_label_formatter(&|percent| format!("{percent:.1}"))
        .x_desc("epoch")
        .y_desc("right, %")
        .label_style(ink(12))
        .axis_desc_style(ink(13))
        .draw()?;
    Ok(chart)
}
