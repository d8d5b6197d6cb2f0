//! Two axes and what is between them; names of models beside it, at the height of what they name.

use super::labels::moved_apart;
use super::palette::{Look, Paint};
use super::scale::{Scale, Tick};
use super::svg::{Anchor, LINE, Svg, TEXT, widest};
use super::text::wrap;

/// A part of a figure, in pixels.
#[derive(Debug, Clone, Copy)]
pub(super) struct Area {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) right: f64,
    pub(super) bottom: f64,
}

/// What an axis shows.
#[derive(Debug, Clone)]
pub(super) struct Axis {
    pub(super) label: String,
    pub(super) values: [f64; 2],
    pub(super) is_log: bool,
    /// Whether its values are counts.
    pub(super) is_whole: bool,
    /// The value at whose place 0 stands: a logarithmic scale has none.
    zero: Option<f64>,
}

impl Axis {
    pub(super) fn linear(label: impl Into<String>, values: [f64; 2]) -> Self {
        Self {
            label: label.into(),
            values,
            is_log: false,
            is_whole: false,
            zero: None,
        }
    }

    /// With 0 at the place of a value, if there is one.
    pub(super) fn with_zero_at(self, zero: Option<f64>) -> Self {
        Self { zero, ..self }
    }

    /// What is written along it: nothing so near to the 0 that both could not be read.
    fn ticks(&self, scale: &Scale, most: usize) -> Vec<Tick> {
        let mut ticks = scale.ticks(most);
        if let Some(value) = self.zero {
            ticks.retain(|tick| (scale.place(tick.value) - scale.place(value)).abs() >= LINE);
            let label = "0".to_owned();
            ticks.push(Tick { value, label });
        }
        ticks
    }

    pub(super) fn log(label: impl Into<String>, values: [f64; 2]) -> Self {
        Self {
            is_log: true,
            ..Self::linear(label, values)
        }
    }

    /// Of counts.
    pub(super) fn whole(label: impl Into<String>, values: [f64; 2]) -> Self {
        Self {
            is_whole: true,
            ..Self::linear(label, values)
        }
    }

    pub(super) fn scale(&self, pixels: [f64; 2]) -> Scale {
        if self.is_log {
            Scale::log(self.values, pixels)
        } else if self.is_whole {
            Scale::linear(self.values, pixels).whole()
        } else {
            Scale::linear(self.values, pixels)
        }
    }
}

/// From an end of an axis to the first value: a mark there does not touch what is written beside the axis.
const INSET: f64 = 9.0;

/// Axes that are drawn, with room for data between them.
pub(super) struct Plot {
    pub(super) area: Area,
    x: Scale,
    y: Scale,
}

impl Plot {
    /// Draws axes that fill `outer`, labels included. The label of y stands above it, so that nobody
    /// has to turn the head.
    pub(super) fn new(svg: &mut Svg, outer: Area, x: &Axis, y: &Axis) -> Self {
        let rows = (((outer.bottom - outer.top) / 45.0) as usize).clamp(3, 8);
        let y_scale = |area: Area| y.scale([area.bottom - INSET, area.top + INSET]);
        let mut area = Area {
            top: outer.top + LINE + 6.0,
            bottom: outer.bottom - 2.0 * LINE - 8.0,
            right: outer.right - 10.0,
            ..outer
        };
        let y_ticks = y.ticks(&y_scale(area), rows);
        area.left += widest(y_ticks.iter().map(|tick| tick.label.as_str())) + 8.0;
        let plot = Self {
            area,
            x: x.scale([area.left + INSET, area.right - INSET]),
            y: y_scale(area),
        };
        svg.text(
            [outer.left, outer.top + 11.0],
            Anchor::Start,
            &y.label,
            Paint::Soft,
        );
        for tick in y_ticks {
            let at = plot.y.place(tick.value);
            svg.line([area.left, at], [area.right, at], Paint::Grid, 1.0);
            svg.text(
                [area.left - 6.0, at + 4.5],
                Anchor::End,
                &tick.label,
                Paint::Soft,
            );
        }
        let middle = f64::midpoint(area.left, area.right);
        axis_below(svg, &plot.x, area);
        svg.text(
            [middle, area.bottom + 2.0 * LINE + 2.0],
            Anchor::Middle,
            &x.label,
            Paint::Soft,
        );
        plot
    }

    /// Where a point is.
    pub(super) fn at(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        [self.x.place(x), self.y.place(y)]
    }
}

/// The line below an area with its values, as many as there is room for.
pub(super) fn axis_below(svg: &mut Svg, x: &Scale, area: Area) {
    draw_below(svg, x, area, &ticks_along(x, area));
}

/// As many values as have room below an area.
pub(super) fn ticks_along(x: &Scale, area: Area) -> Vec<Tick> {
    let most = |room: f64| ((area.right - area.left) / room).max(2.0) as usize;
    let labels = x.ticks(most(50.0));
    let room = widest(labels.iter().map(|tick| tick.label.as_str())) + 14.0;
    x.ticks(most(room))
}

/// Pale lines over the height of an area, at these values.
pub(super) fn grid_up(svg: &mut Svg, x: &Scale, area: Area, ticks: &[Tick]) {
    for Tick { value, .. } in ticks {
        let at = x.place(*value);
        svg.line([at, area.top], [at, area.bottom], Paint::Grid, 1.0);
    }
}

/// Draws an axis below an area, with these values.
pub(super) fn draw_below(svg: &mut Svg, x: &Scale, area: Area, ticks: &[Tick]) {
    let ends = [[area.left, area.bottom], [area.right, area.bottom]];
    svg.line(ends[0], ends[1], Paint::Soft, 1.0);
    for Tick { value, label } in ticks {
        let at = x.place(*value);
        let ends = [[at, area.bottom], [at, area.bottom + 4.0]];
        svg.line(ends[0], ends[1], Paint::Soft, 1.0);
        svg.text([at, area.bottom + LINE], Anchor::Middle, label, Paint::Soft);
    }
}

/// A model in a figure.
#[derive(Debug, Clone, Copy)]
pub(super) struct Model<'a> {
    pub(super) id: &'a str,
    pub(super) look: Look,
}

/// Names of models in a column.
pub(super) struct Names<'a> {
    models: Vec<(Model<'a>, Vec<String>)>,
    width: f64,
}

/// From the end of a line to the marker beside the name, and from there to the name.
const LEADER: f64 = 22.0;
const BESIDE: f64 = 10.0;

impl<'a> Names<'a> {
    /// Names are broken into lines where they would take more than two fifths of the figure.
    pub(super) fn new(models: impl IntoIterator<Item = Model<'a>>, across: f64) -> Self {
        let most = across * 0.4 - LEADER - BESIDE;
        let lines = |model: Model<'a>| (model, wrap(model.id, TEXT, most));
        let models: Vec<_> = models.into_iter().map(lines).collect();
        let all = models
            .iter()
            .flat_map(|(_, lines)| lines.iter().map(String::as_str));
        Self {
            width: widest(all) + LEADER + BESIDE,
            models,
        }
    }

    /// How wide the column is.
    pub(super) fn width(&self) -> f64 {
        self.width
    }

    /// How high it is if nothing is between the names.
    pub(super) fn height(&self) -> f64 {
        self.heights().iter().sum()
    }

    fn heights(&self) -> Vec<f64> {
        let height = |(_, lines): &(Model, Vec<String>)| lines.len() as f64 * LINE;
        self.models.iter().map(height).collect()
    }

    /// Draws each name beside the point that it belongs to, at its height if that is free.
    pub(super) fn draw(&self, svg: &mut Svg, left: f64, ends: &[[f64; 2]], span: [f64; 2]) {
        let wished: Vec<f64> = ends.iter().map(|[_, y]| *y).collect();
        let places = moved_apart(&wished, &self.heights(), span);
        for (((model, lines), end), y) in self.models.iter().zip(ends).zip(places) {
            svg.of_model(model.id, |svg| {
                let marker = [left + LEADER, y];
                let knees = [*end, [left + 2.0, end[1]], [marker[0] - 8.0, y]];
                // A long way is dotted, so that nobody takes it for data.
                let dashes = if left - end[0] > 40.0 { "1 4" } else { "" };
                svg.path(&knees, Paint::Model(model.look), 1.0, dashes);
                svg.marker(marker, model.look);
                svg.lines([left + LEADER + BESIDE, y], lines);
            });
        }
    }
}
