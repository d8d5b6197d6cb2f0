//! Rows of models: name, accuracy with its interval, letters, costs.

use super::palette::{Look, Paint};
use super::plot::{Area, draw_below, grid_up, ticks_along};
use super::scale::{Scale, ends, round_below, with_factor, with_margin};
use super::svg::{Anchor, LINE, Svg, TEXT, widest};
use super::text::{width, wrap};
use crate::numbers::Amount;
use crate::room::Room;
use analysis::Finished;

/// A cost that stands beside the accuracy.
pub(super) struct Cost {
    pub(super) name: &'static str,
    /// Before the amount on a phone.
    pub(super) short: &'static str,
    /// Of a model that was judged on so many samples.
    pub(super) of: fn(&Finished, usize) -> Option<Amount>,
}

/// A model, ready to be drawn.
pub(super) struct Row<'a> {
    pub(super) id: &'a str,
    pub(super) look: Look,
    pub(super) right: f64,
    pub(super) interval: [f64; 2],
    pub(super) letters: Vec<usize>,
    pub(super) costs: Vec<Option<Amount>>,
}

/// Where shares of right images are.
enum Along {
    /// Evenly.
    Right(Scale),
    /// By the logarithm of the share that is wrong.
    Wrong(Scale),
}

impl Along {
    fn place(&self, right: f64) -> f64 {
        match self {
            Self::Right(scale) => scale.place(right),
            Self::Wrong(scale) => scale.place(100.0 - right),
        }
    }

    /// The axis below an area, and where rows of an area leave room for them, lines up from its values.
    fn draw(&self, svg: &mut Svg, area: Area, with_grid: bool) {
        let (scale, ticks) = match self {
            Self::Right(scale) => (scale, ticks_along(scale, area)),
            Self::Wrong(scale) => {
                let mut ticks = scale.many_ticks(((area.right - area.left) / 38.0) as usize);
                for tick in &mut ticks {
                    tick.label = format!("{}", ((100.0 - tick.value) * 1e6).round() / 1e6);
                }
                (scale, ticks)
            }
        };
        if with_grid {
            grid_up(svg, scale, area, &ticks);
        }
        draw_below(svg, scale, area, &ticks);
    }
}

pub(super) struct Rows<'a> {
    pub(super) title: String,
    /// What is drawn, for a page and for a phone.
    pub(super) said: [String; 2],
    /// Whether accuracies are drawn by the logarithms of errors.
    pub(super) is_log: bool,
    pub(super) models: Vec<Row<'a>>,
    pub(super) costs: Vec<&'static Cost>,
    pub(super) letters: Vec<String>,
}

impl Rows<'_> {
    pub(super) fn draw(&self, room: Room) -> String {
        if room.is_narrow() {
            self.below_each_other()
        } else {
            self.in_columns()
        }
    }

    /// Room for 8 letters side by side; more are written without columns.
    fn letters_width(&self) -> f64 {
        match self.letters.len() {
            0 => 0.0,
            count => (11.0 * count.min(8) as f64 + 8.0).max(widest(["group"]) + 8.0),
        }
    }

    /// Linear, unless errors are of different sizes: then each tenfold of errors has as much room.
    fn along(&self, [left, right]: [f64; 2]) -> Along {
        let values = self.models.iter().flat_map(|row| row.interval);
        let [low, high] = ends(values, [0.0, 100.0]);
        if self.is_log {
            let [least, most] = with_factor([100.0 - high, 100.0 - low], 0.02);
            // The best models are beyond the last round value: another, if it is near, stands beside them.
            let round = round_below(least);
            let least = if least < 1.5 * round { round } else { least };
            return Along::Wrong(Scale::log([least, most.min(100.0)], [right, left]));
        }
        let [low, high] = with_margin([low, high], 0.02);
        Along::Right(Scale::linear(
            [low.max(0.0), high.min(100.0)],
            [left, right],
        ))
    }

    /// A row for each model: name, accuracy, letters, costs.
    fn in_columns(&self) -> String {
        const COST: f64 = 104.0;
        let (mut svg, top) = Svg::new(Room::Wide, &self.title, &self.said[0]);
        let names: Vec<Vec<String>> = self
            .models
            .iter()
            .map(|row| wrap(row.id, TEXT, 190.0))
            .collect();
        let name_width = widest(names.iter().flatten().map(String::as_str)) + 34.0;
        let right =
            svg.width() - 8.0 - COST * self.costs.len() as f64 - self.letters_width() - 60.0;
        let heights: Vec<f64> = names
            .iter()
            .map(|lines| 8.0 + LINE * lines.len() as f64)
            .collect();
        let area = Area {
            left: name_width + 8.0,
            right,
            top: top + LINE + 4.0,
            bottom: top + LINE + 8.0 + heights.iter().sum::<f64>(),
        };
        let along = self.along([area.left + 8.0, area.right - 8.0]);
        self.heads(&mut svg, area, COST);
        along.draw(&mut svg, area, true);
        svg.text(
            [area.left - 8.0, area.bottom + LINE],
            Anchor::End,
            "right, %",
            Paint::Soft,
        );
        let mut y = area.top;
        for ((row, lines), height) in self.models.iter().zip(&names).zip(heights) {
            let middle = y + height / 2.0 + 2.0;
            svg.of_model(row.id, |svg| {
                let ends = [[area.left, middle], [area.right, middle]];
                svg.line(ends[0], ends[1], Paint::Grid, 1.0);
                svg.marker([16.0, middle], row.look);
                svg.lines([28.0, middle], lines);
                dot(svg, row, &along, middle);
                svg.text_over(
                    [right + 52.0, middle + 4.5],
                    Anchor::End,
                    &two(row.right),
                    Paint::Ink,
                );
                self.write_letters(svg, row, [right + 64.0, middle + 4.5]);
                self.cost_dots(
                    svg,
                    row,
                    [right + 60.0 + self.letters_width(), middle],
                    COST,
                );
            });
            y += height;
        }
        svg.finish(area.bottom + LINE + 12.0)
    }

    /// What the columns are.
    fn heads(&self, svg: &mut Svg, area: Area, cost_width: f64) {
        let y = area.top - 6.0;
        svg.text([area.right + 52.0, y], Anchor::End, "right, %", Paint::Soft);
        if !self.letters.is_empty() {
            svg.text([area.right + 64.0, y], Anchor::Start, "group", Paint::Soft);
        }
        for (i, cost) in self.costs.iter().enumerate() {
            let end = area.right + 60.0 + self.letters_width() + cost_width * (i as f64 + 1.0);
            svg.text([end, y], Anchor::End, cost.name, Paint::Soft);
        }
    }

    fn write_letters(&self, svg: &mut Svg, row: &Row, at: [f64; 2]) {
        if self.letters.len() > 8 {
            let all: String = row
                .letters
                .iter()
                .map(|&i| self.letters[i].as_str())
                .collect();
            return svg.text_over(at, Anchor::Start, &all, Paint::Ink);
        }
        for &i in &row.letters {
            let beside = [at[0] + 11.0 * i as f64, at[1]];
            svg.text_over(beside, Anchor::Start, &self.letters[i], Paint::Ink);
        }
    }

    /// A dot on a logarithmic scale, and the number; units stand below each other.
    fn cost_dots(&self, svg: &mut Svg, row: &Row, [left, y]: [f64; 2], across: f64) {
        let unit = widest(["MB"]) + 4.0;
        for (i, cost) in row.costs.iter().enumerate() {
            let end = left + across * (i as f64 + 1.0);
            let Some(cost) = cost else {
                svg.text_over([end - unit, y + 4.5], Anchor::End, "–", Paint::Soft);
                continue;
            };
            let all = || self.models.iter().filter_map(|row| row.costs[i].as_ref());
            let values = with_factor(ends(all().map(|of| of.value), [1.0, 1.0]), 0.02);
            let number = widest(all().map(|of| of.number.as_str())).max(32.0);
            let beside = number + unit + 8.0;
            let scale = Scale::log(values, [end - across + 16.0, end - beside]);
            let start = [end - across + 12.0, y];
            let at = [scale.place(cost.value), y];
            svg.line(start, at, Paint::Model(row.look), 2.0);
            svg.disc(at, 3.0, &Paint::Model(row.look).fill());
            let base = y + 4.5;
            svg.text_over([end - unit, base], Anchor::End, &cost.number, Paint::Ink);
            svg.text_over(
                [end - unit + 4.0, base],
                Anchor::Start,
                cost.unit,
                Paint::Soft,
            );
            svg.spot(at, &format!("{}: {} {cost}", row.id, self.costs[i].name));
        }
    }

    /// For each model its name, its accuracy below it, and its costs in words.
    fn below_each_other(&self) -> String {
        let (mut svg, top) = Svg::new(Room::Narrow, &self.title, &self.said[1]);
        let letters = self.letters_width();
        let beside = 56.0 + letters;
        let names = self
            .models
            .iter()
            .map(|row| wrap(row.id, TEXT, svg.width() - beside - 44.0));
        let names: Vec<Vec<String>> = names.collect();
        let along = self.along([20.0, svg.width() - 20.0]);
        let mut y = top;
        for (row, lines) in self.models.iter().zip(&names) {
            svg.of_model(row.id, |svg| {
                svg.marker([16.0, y + 10.0], row.look);
                svg.lines(
                    [28.0, y + 10.0 + LINE * (lines.len() as f64 - 1.0) / 2.0],
                    lines,
                );
                let end = svg.width() - 12.0 - letters;
                svg.text([end, y + 14.5], Anchor::End, &two(row.right), Paint::Ink);
                self.write_letters(svg, row, [end + 10.0, y + 14.5]);
                let below = y + LINE * lines.len() as f64;
                let ends = [[12.0, below + 12.0], [svg.width() - 12.0, below + 12.0]];
                svg.line(ends[0], ends[1], Paint::Grid, 1.0);
                dot(svg, row, &along, below + 12.0);
                svg.text(
                    [28.0, below + 33.0],
                    Anchor::Start,
                    &self.costs_in_words(row),
                    Paint::Soft,
                );
            });
            y += LINE * lines.len() as f64 + if self.costs.is_empty() { 30.0 } else { 48.0 };
        }
        let area = Area {
            left: 12.0,
            right: svg.width() - 12.0,
            top,
            bottom: y,
        };
        along.draw(&mut svg, area, false);
        svg.text(
            [svg.width() / 2.0, y + 2.0 * LINE],
            Anchor::Middle,
            "right, %",
            Paint::Soft,
        );
        svg.finish(y + 2.0 * LINE + 10.0)
    }

    /// What a model costs, on one line of a phone.
    fn costs_in_words(&self, row: &Row) -> String {
        let said = self
            .costs
            .iter()
            .zip(&row.costs)
            .filter_map(|(cost, amount)| Some(format!("{}{}", cost.short, amount.as_ref()?)));
        let mut all: Vec<String> = said.collect();
        // Huge numbers are wider than a phone.
        while width(&all.join(" · "), TEXT) > 326.0 {
            all.pop();
        }
        all.join(" · ")
    }
}

fn dot(svg: &mut Svg, row: &Row, along: &Along, y: f64) {
    let [low, high] = row.interval.map(|value| along.place(value));
    let at = [along.place(row.right), y];
    svg.line([low, y], [high, y], Paint::Model(row.look), 2.0);
    svg.marker(at, row.look);
    let [low, high] = row.interval.map(two);
    svg.spot(
        at,
        &format!(
            "{}: {} % right, 95 % interval {low} to {high}",
            row.id,
            two(row.right)
        ),
    );
}

fn two(value: f64) -> String {
    format!("{value:.2}")
}
