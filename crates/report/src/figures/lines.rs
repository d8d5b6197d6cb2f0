//! A chart of lines, one per model.

use super::canvas::{Area, Axes, Drawn};
use super::hover::{Spot, with_spots};
use super::palette::{CARD, GRID, INK, adapt, ink, of_place};
use crate::error::ReportError;
use crate::figure::Figure;
use crate::table::Table;
use plotters::prelude::*;
use std::ops::Range;

/// Width of the picture, and of the legend on its right.
const WIDTH: u32 = 760;
const LEGEND: u32 = 170;

/// A line with its name in the legend.
pub(super) struct Line {
    pub(super) name: String,
    /// Of the model in its report, for its colour.
    pub(super) place: usize,
    pub(super) points: Vec<(f64, f64)>,
}

/// The ranges of x and y over all points.
pub(super) fn extent(lines: &[Line]) -> [Range<f64>; 2] {
    let range = |of: fn(&(f64, f64)) -> f64| {
        let values = || lines.iter().flat_map(|line| &line.points).map(of);
        values().fold(f64::INFINITY, f64::min)..values().fold(f64::NEG_INFINITY, f64::max)
    };
    [range(|point| point.0), range(|point| point.1)]
}

/// Axes.
pub(super) struct Chart {
    pub(super) x: &'static str,
    pub(super) y: &'static str,
    pub(super) x_range: Range<f64>,
    pub(super) y_range: Range<f64>,
    /// Whether the x axis is logarithmic.
    pub(super) log_x: bool,
    /// Whether a dashed line shows where both are equal.
    pub(super) diagonal: bool,
}

impl Chart {
    /// The picture as SVG, named `file`.
    pub(super) fn draw(&self, lines: &[Line], file: &str) -> Result<Figure, ReportError> {
        let mut svg = String::new();
        let spots = {
            // As high as the legend needs.
            let height = 420.max(44 + 20 * lines.len() as u32);
            let root = SVGBackend::with_string(&mut svg, (WIDTH, height)).into_drawing_area();
            self.fill(&root, lines)
                .map_err(|error| ReportError::render(file, &error))?
        };
        let svg = with_spots(&adapt(&svg), &spots);
        Ok(Figure::new(file, svg, self.data(lines)))
    }

    fn data(&self, lines: &[Line]) -> Table {
        let points = || {
            lines
                .iter()
                .flat_map(|line| line.points.iter().map(move |point| (&line.name, point)))
        };
        Table::default()
            .text("model", points().map(|(name, _)| name))
            .numbers(self.x, points().map(|(_, point)| Some(point.0)))
            .numbers(self.y, points().map(|(_, point)| Some(point.1)))
    }

    /// Where x is on its axis.
    fn place(&self, x: f64) -> f64 {
        if self.log_x { x.log10() } else { x }
    }

    fn x_label(&self, x: f64) -> String {
        if self.log_x {
            power(x)
        } else {
            // Whole numbers would repeat themselves along a short axis.
            let decimals = match self.x_range.end - self.x_range.start {
                0.0..1.0 => 2,
                1.0..8.0 => 1,
                _ => 0,
            };
            format!("{x:.decimals$}")
        }
    }

    /// How line number `i` is drawn, and whether it is dashed. Earlier lines are wider, so that lines
    /// that coincide stay visible.
    fn style(&self, i: usize, lines: &[Line]) -> (ShapeStyle, bool) {
        let widest = if self.diagonal { 6 } else { 8 };
        let width = (lines.len() - i + 1).min(widest) as u32;
        let (colour, dashed) = of_place(lines[i].place);
        (colour.stroke_width(width), dashed)
    }

    /// Along logarithms, powers of ten are enough, unless there are too few of them.
    fn tick_label(&self, x: f64) -> String {
        let span = self.place(self.x_range.end) - self.place(self.x_range.start);
        if self.log_x && span >= 2.0 && (x - x.round()).abs() > 1e-6 {
            String::new()
        } else {
            self.x_label(x)
        }
    }

    fn fill(&self, root: &Area, lines: &[Line]) -> Drawn<Vec<Spot>> {
        root.fill(&CARD)?;
        let (plot, legend) = root.split_horizontally(WIDTH - LEGEND);
        let mut axes = self.axes(&plot)?;
        self.draw_lines(&mut axes, lines)?;
        let place = |line, &(x, y): &(f64, f64)| (line, self.place(x), y);
        let points = lines
            .iter()
            .flat_map(|line| line.points.iter().map(move |point| place(line, point)));
        let spot = |(line, x, y): (&Line, f64, f64)| Spot {
            at: axes.backend_coord(&(x, y)),
            text: format!(
                "{}: {} {}, {y:.2} {}",
                line.name,
                self.x_label(x),
                self.x,
                self.y
            ),
        };
        let spots = points.map(spot).collect();
        self.draw_legend(&legend, lines)?;
        root.present()?;
        Ok(spots)
    }

    fn axes<'a>(&self, plot: &Area<'a>) -> Drawn<Axes<'a>> {
        let mut axes = ChartBuilder::on(plot)
            .margin(12)
            .x_label_area_size(38)
            .y_label_area_size(52)
            .build_cartesian_2d(
                self.place(self.x_range.start)..self.place(self.x_range.end),
                self.y_range.clone(),
            )?;
        let decimals = usize::from(self.y_range.end - self.y_range.start < 10.0);
        axes.configure_mesh()
            .light_line_style(CARD)
            .bold_line_style(GRID)
            .axis_style(GRID)
            .x_label_formatter(&|x| self.tick_label(*x))
            .y_label_formatter(&|y| format!("{y:.decimals$}"))
            .x_desc(self.x)
            .y_desc(self.y)
            .label_style(ink(12))
            .axis_desc_style(ink(13))
            .draw()?;
        Ok(axes)
    }

    fn draw_lines(&self, axes: &mut Axes, lines: &[Line]) -> Drawn<()> {
        if self.diagonal {
            let ends = [
                (self.x_range.start, self.y_range.start),
                (self.x_range.end, self.y_range.end),
            ];
            axes.draw_series(DashedLineSeries::new(ends, 4, 4, INK.stroke_width(1)))?;
        }
        for (i, line) in lines.iter().enumerate() {
            let (style, dashed) = self.style(i, lines);
            let points = line.points.iter().map(|&(x, y)| (self.place(x), y));
            if dashed {
                axes.draw_series(DashedLineSeries::new(points, 8, 5, style))?;
            } else {
                axes.draw_series(LineSeries::new(points, style))?;
            }
        }
        Ok(())
    }

    fn draw_legend(&self, legend: &Area, lines: &[Line]) -> Drawn<()> {
        for (i, line) in lines.iter().enumerate() {
            let ((style, dashed), y) = (self.style(i, lines), 24 + 20 * i as i32);
            let gap = if dashed { 6 } else { 0 };
            for (start, end) in [(0, 11 - gap / 2), (11 + gap / 2, 22)] {
                legend.draw(&PathElement::new([(start, y), (end, y)], style))?;
            }
            legend.draw(&Text::new(line.name.clone(), (30, y - 6), ink(13)))?;
        }
        Ok(())
    }
}

/// The power of ten that an axis of logarithms shows, with two significant digits at least.
pub(super) fn power(exponent: f64) -> String {
    let decimals = (1.0 - exponent.floor()).clamp(0.0, 6.0) as usize;
    format!("{:.decimals$}", 10_f64.powf(exponent))
}
