//! Error against cost: every model with its interval, and the front that nobody beats.

use super::canvas::{Area, Axes, Drawn};
use super::hover::{Spot, with_spots};
use super::lines::power;
use super::palette::{CARD, GRID, adapt, ink, of_place};
use crate::error::ReportError;
use crate::figure::Figure;
use crate::table::Table;
use analysis::{Finished, ModelSummary, Price, Quality, Report};
use plotters::prelude::*;

/// What one panel shows.
struct Panel {
    title: &'static str,
    price: Price,
    /// Where the horizontal bar of a model ends.
    up_to: Option<Price>,
    /// What to multiply costs by.
    unit: f64,
}

const PANELS: [Panel; 3] = [
    Panel {
        title: "fit time, s",
        price: Price::FitTime,
        up_to: None,
        unit: 1.0,
    },
    Panel {
        title: "one prediction, µs: median to 99th percentile",
        price: Price::Latency,
        up_to: Some(Price::SlowLatency),
        unit: 1e6,
    },
    Panel {
        title: "parameters",
        price: Price::Size,
        up_to: None,
        unit: 1.0,
    },
];

/// Three panels, fit time, latency and size; `None` for fewer than two models, and where nothing is known
/// of costs.
pub(super) fn error_against_cost(report: &Report) -> Result<Option<Figure>, ReportError> {
    if report.finished().count() < 2 || report.is_judged_only() {
        return Ok(None);
    }
    let failed = |error: &dyn std::fmt::Display| ReportError::render("cost.svg", error);
    let mut svg = String::new();
    let mut spots = Vec::new();
    {
        let root = SVGBackend::with_string(&mut svg, (1280, 430)).into_drawing_area();
        root.fill(&CARD).map_err(|error| failed(&error))?;
        for (area, shown) in root.split_evenly((1, 3)).iter().zip(&PANELS) {
            spots.extend(panel(area, report, shown).map_err(|error| failed(&error))?);
        }
        root.present().map_err(|error| failed(&error))?;
    }
    let svg = with_spots(&adapt(&svg), &spots);
    Ok(Some(Figure::new("cost.svg", svg, data(report))))
}

fn data(report: &Report) -> Table {
    let models = || report.finished();
    let of = |price: Price| models().map(move |(_, of)| price.of(&of.cost));
    let quality =
        |value: fn(&Quality) -> f64| models().map(move |(_, of)| Some(value(&of.quality)));
    Table::default()
        .text("model", models().map(|(model, _)| &model.id))
        .numbers("fit_seconds", of(Price::FitTime))
        .numbers("seconds_per_image", of(Price::Latency))
        .numbers("seconds_per_image_p99", of(Price::SlowLatency))
        .numbers("parameters", of(Price::Size))
        .numbers("accuracy", quality(|of| of.accuracy))
        .numbers("accuracy_low", quality(|of| of.accuracy_interval.low))
        .numbers("accuracy_high", quality(|of| of.accuracy_interval.high))
}

/// A model, and where it is drawn. Both axes are logarithmic: the logarithms are drawn, and the labels are
/// their powers.
struct Point<'a> {
    id: &'a str,
    of: &'a Finished,
    at: (f64, f64),
}

impl Panel {
    /// Where a model is, if its price is known.
    fn x(&self, price: Price, of: &Finished) -> Option<f64> {
        Some((price.of(&of.cost)? * self.unit).max(1e-9).log10())
    }

    fn point<'a>(
        &self,
        report: &Report,
        model: (&'a ModelSummary, &'a Finished),
    ) -> Option<Point<'a>> {
        let (model, of) = model;
        Some(Point {
            id: &model.id,
            of,
            at: (self.x(self.price, of)?, y(report, of.quality.accuracy)),
        })
    }

    fn bar(&self, of: &Finished) -> Option<f64> {
        self.x(self.up_to?, of)
    }

    fn axes<'a>(&self, area: &Area<'a>, points: &[Point]) -> Drawn<Axes<'a>> {
        let range = |values: &[f64], below: f64, above: f64| {
            let low = values.iter().copied().fold(f64::INFINITY, f64::min);
            let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            (low - below)..(high + above)
        };
        let ends = points.iter().filter_map(|point| self.bar(point.of));
        let xs: Vec<f64> = points.iter().map(|point| point.at.0).chain(ends).collect();
        let ys: Vec<f64> = points.iter().map(|point| point.at.1).collect();
        let mut axes = ChartBuilder::on(area)
            .margin(12)
            .x_label_area_size(38)
            .y_label_area_size(52)
            .build_cartesian_2d(range(&xs, 0.3, 1.3), range(&ys, 0.15, 0.15))?;
        axes.configure_mesh()
            .light_line_style(CARD)
            .bold_line_style(GRID)
            .axis_style(GRID)
            .x_labels(6)
            .x_label_formatter(&|x| power(*x))
            .y_label_formatter(&|y| power(*y))
            .x_desc(self.title)
            .y_desc("wrong, %")
            .label_style(ink(12))
            .axis_desc_style(ink(13))
            .draw()?;
        Ok(axes)
    }
}

/// Where a share of right images is. A model without an error is drawn where one of half an image would be.
fn y(report: &Report, right: f64) -> f64 {
    let least = 50.0 / report.dataset.test.max(1) as f64;
    ((1.0 - right) * 100.0).max(least).log10()
}

fn panel(area: &Area, report: &Report, shown: &Panel) -> Drawn<Vec<Spot>> {
    let point = |model| shown.point(report, model);
    let points: Vec<Point> = report.finished().filter_map(point).collect();
    let mut axes = shown.axes(area, &points)?;
    let on_front = report.front(shown.price).into_iter().filter_map(point);
    let line = on_front.map(|point| point.at);
    axes.draw_series(LineSeries::new(line, GRID.stroke_width(3)))?;
    let mut taken = Vec::new();
    for &Point { id, of, at } in &points {
        let (colour, _) = of_place(report.place(id));
        let interval = of.quality.accuracy_interval;
        let ends = [interval.low, interval.high].map(|right| (at.0, y(report, right)));
        axes.draw_series(LineSeries::new(ends, colour.stroke_width(2)))?;
        if let Some(end) = shown.bar(of) {
            let ends = [at, (end, at.1)];
            axes.draw_series(LineSeries::new(ends, colour.stroke_width(2)))?;
        }
        axes.draw_series(std::iter::once(Circle::new(at, 4, colour.filled())))?;
        let below = free_place(&mut taken, axes.backend_coord(&at), id.len());
        let name = Text::new(id.to_owned(), (7, below - 5), ink(11));
        let beside = EmptyElement::at(at) + name;
        axes.draw_series(std::iter::once(beside))?;
    }
    let spot = |Point { id, at, .. }: &Point| Spot {
        at: axes.backend_coord(at),
        text: format!(
            "{id}: {} {}, {} % wrong",
            shown.title,
            power(at.0),
            power(at.1)
        ),
    };
    Ok(points.iter().map(spot).collect())
}

/// How far below its point, in pixels, a name of so many letters overlaps no name before it.
fn free_place(taken: &mut Vec<(i32, i32, i32)>, (x, y): (i32, i32), letters: usize) -> i32 {
    const HEIGHT: i32 = 12;
    let width = 6 * letters as i32 + 8;
    let is_free = |below: i32| {
        let apart = |&(left, middle, width_there): &(i32, i32, i32)| {
            (middle - (y + below)).abs() >= HEIGHT || left + width_there < x || x + width < left
        };
        taken.iter().all(apart)
    };
    // 0, then one line up, one down, two up, and so on.
    let steps = (0..20).map(|step: i32| {
        if step % 2 == 0 {
            step / 2
        } else {
            -(step + 1) / 2
        }
    });
    let below = steps
        .map(|step| step * HEIGHT)
        .find(|&below| is_free(below))
        .unwrap_or(0);
    taken.push((x, y + below, width));
    below
}
