//! A chart of lines, one per model, each with its name at its end.

use super::palette::Paint;
use super::plot::{Area, Axis, Model, Names, Plot};
use super::svg::{Anchor, LINE, Svg};
use crate::room::Room;

/// A model's line.
pub(super) struct Line<'a> {
    pub(super) model: Model<'a>,
    /// Its points, and what appears over each.
    pub(super) points: Vec<([f64; 2], String)>,
    /// Where the truth may be around them: x, low, high.
    pub(super) band: Vec<[f64; 3]>,
}

/// Axes with lines between them.
pub(super) struct Panel<'a> {
    /// What tells it from its neighbours; empty for the only one.
    pub(super) caption: String,
    pub(super) x: Axis,
    pub(super) y: Axis,
    pub(super) lines: Vec<Line<'a>>,
    /// A line for comparison, such as that of guessing; empty for none.
    pub(super) dashed: Vec<[f64; 2]>,
    /// Only the band of the first line is seen; a page shows those of the others where the reader points at them.
    pub(super) band_of_first: bool,
}

/// Points with a marker on one line.
const MARKED: usize = 8;
/// Points that say their values.
const SPOTS: usize = 40;

/// Panels side by side with one column of names, or below each other, each with its names.
pub(super) fn draw(room: Room, title: &str, said: &str, panels: &[Panel]) -> String {
    let (mut svg, mut top) = Svg::new(room, title, said);
    let shares_names =
        !room.is_narrow() && panels.windows(2).all(|two| two[0].ids().eq(two[1].ids()));
    if shares_names {
        let last = panels.len().saturating_sub(1);
        let column = panels
            .last()
            .map_or(0.0, |panel| panel.names(svg.width()).width());
        let across = (svg.width() - 16.0 - column) / panels.len().max(1) as f64;
        let height = panels
            .iter()
            .map(|panel| panel.height(svg.width()))
            .fold(0.0, f64::max);
        for (i, panel) in panels.iter().enumerate() {
            let left = 8.0 + across * i as f64;
            let right = left + across - if i < last { 14.0 } else { 0.0 };
            let area = Area {
                left,
                top,
                right,
                bottom: top + height,
            };
            panel.draw(&mut svg, area, i == last);
        }
        top += height;
    } else {
        for panel in panels {
            let column = panel.names(svg.width()).width();
            let height = panel.height(svg.width());
            let right = svg.width() - 8.0 - column;
            let area = Area {
                left: 8.0,
                top,
                right,
                bottom: top + height,
            };
            panel.draw(&mut svg, area, true);
            top += height + 8.0;
        }
    }
    svg.finish(top + 4.0)
}

impl<'a> Panel<'a> {
    /// The only one, of lines alone.
    pub(super) fn new(x: Axis, y: Axis, lines: Vec<Line<'a>>) -> Self {
        Self {
            caption: String::new(),
            x,
            y,
            lines,
            dashed: Vec::new(),
            band_of_first: false,
        }
    }
}

impl Panel<'_> {
    fn names(&self, across: f64) -> Names<'_> {
        Names::new(self.lines.iter().map(|line| line.model), across)
    }

    fn ids(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().map(|line| line.model.id)
    }

    /// High enough for its names.
    fn height(&self, across: f64) -> f64 {
        let caption = if self.caption.is_empty() {
            0.0
        } else {
            LINE + 4.0
        };
        caption + 330.0_f64.max(self.names(across).height() + 4.0 * LINE)
    }

    fn draw(&self, svg: &mut Svg, mut area: Area, with_names: bool) {
        if !self.caption.is_empty() {
            svg.text(
                [area.left, area.top + 12.0],
                Anchor::Start,
                &self.caption,
                Paint::Ink,
            );
            area.top += LINE + 4.0;
        }
        let plot = Plot::new(svg, area, &self.x, &self.y);
        // Bands below all lines.
        let mut is_first = true;
        for line in self.lines.iter().filter(|line| !line.band.is_empty()) {
            let is_seen = is_first || !self.band_of_first;
            svg.of_model(line.model.id, |svg| line.draw_band(svg, &plot, is_seen));
            is_first = false;
        }
        let dashed: Vec<[f64; 2]> = self.dashed.iter().map(|point| plot.at(*point)).collect();
        if !dashed.is_empty() {
            svg.path(&dashed, Paint::Soft, 1.5, "4 4");
        }
        for (turn, line) in self.lines.iter().enumerate() {
            svg.of_model(line.model.id, |svg| line.draw(svg, &plot, turn));
        }
        if with_names {
            let end = |line: &Line| {
                line.points
                    .last()
                    .map_or([0.0; 2], |(point, _)| plot.at(*point))
            };
            let ends: Vec<[f64; 2]> = self.lines.iter().map(end).collect();
            let span = [area.top, plot.area.bottom + LINE];
            self.names(svg.width()).draw(svg, area.right, &ends, span);
        }
    }
}

impl Line<'_> {
    fn draw_band(&self, svg: &mut Svg, plot: &Plot, is_seen: bool) {
        let at = |x: f64, share: f64| {
            let [x, y] = plot.at([x, share]);
            [x, y.clamp(plot.area.top, plot.area.bottom)]
        };
        let low = self.band.iter().map(|&[x, low, _]| at(x, low));
        let high = self.band.iter().rev().map(|&[x, _, high]| at(x, high));
        let corners: Vec<[f64; 2]> = low.chain(high).collect();
        if corners.len() > 2 {
            let paint = Paint::Model(self.model.look);
            if is_seen {
                svg.area(&corners, paint, 0.13);
            } else {
                svg.area_of_pointer(&corners, paint, 0.13);
            }
        }
    }

    /// Markers of lines that coincide take turns.
    fn draw(&self, svg: &mut Svg, plot: &Plot, turn: usize) {
        let places: Vec<[f64; 2]> = self
            .points
            .iter()
            .map(|(point, _)| plot.at(*point))
            .collect();
        let Model { look, .. } = self.model;
        svg.path(&places, Paint::Model(look), 2.0, "");
        let every = places.len().div_ceil(MARKED).max(1);
        for at in places.iter().skip(turn % every).step_by(every) {
            svg.marker(*at, look);
        }
        let said = self.points.len().div_ceil(SPOTS).max(1);
        for (at, (_, title)) in places.iter().zip(&self.points).step_by(said) {
            svg.spot(*at, title);
        }
    }
}
