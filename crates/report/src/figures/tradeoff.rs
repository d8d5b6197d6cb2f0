//! Error against cost: every model with its interval, and the models that are Pareto-optimal.

use super::looks::Looks;
use super::palette::Paint;
use super::plot::{Area, Axis, Model, Names, Plot};
use super::scale::{ends, with_factor};
use super::svg::{LINE, Svg};
use crate::figure::Figure;
use crate::lead::{behind, ratio_in_words, replacement};
use crate::numbers::significant;
use crate::room::Room;
use crate::table::Table;
use crate::words::{and, price};
use analysis::{Finished, Price, Quality, Report};
use statistics::Relation;
use std::fmt::Write;

/// What one panel shows.
struct Panel {
    label: &'static str,
    price: Price,
    /// Where the horizontal bar of a model ends.
    up_to: Option<Price>,
    /// What to multiply costs by.
    unit: f64,
}

const PANELS: [Panel; 3] = [
    Panel {
        label: "fit time, s",
        price: Price::FitTime,
        up_to: None,
        unit: 1.0,
    },
    Panel {
        label: "single prediction, µs",
        price: Price::Latency,
        up_to: Some(Price::SlowLatency),
        unit: 1e6,
    },
    Panel {
        label: "parameters",
        price: Price::Size,
        up_to: None,
        unit: 1.0,
    },
];

/// A panel for each cost that is known of two models at least; `None` without any.
pub(super) fn error_against_cost(report: &Report) -> Option<Figure> {
    let is_known = |panel: &&Panel| {
        let known = report
            .finished()
            .filter(|(_, of)| panel.x(panel.price, of).is_some());
        known.count() > 1
    };
    let panels: Vec<&Panel> = PANELS.iter().filter(is_known).collect();
    (!panels.is_empty())
        .then(|| Figure::svg("cost", |room| draw(report, &panels, room), data(report)))
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

impl Panel {
    /// The price of a model, in the unit of the axis.
    fn x(&self, price: Price, of: &Finished) -> Option<f64> {
        Some((price.of(&of.cost)? * self.unit).max(1e-9))
    }

    fn axis(&self, report: &Report) -> Axis {
        let prices = [Some(self.price), self.up_to];
        let of_model = |of| {
            prices
                .into_iter()
                .flatten()
                .filter_map(move |price| self.x(price, of))
        };
        let values = report.finished().flat_map(|(_, of)| of_model(of));
        Axis::log(self.label, with_factor(ends(values, [1.0, 1.0]), 0.06))
    }

    /// The line that joins the models of the front, in steps: what can be had for how much.
    fn draw_front(&self, report: &Report, svg: &mut Svg, plot: &Plot) {
        let front = report.front(self.price);
        let corners = front.iter().rev().filter_map(|(_, of)| {
            let x = self.x(self.price, of)?;
            Some(plot.at([x, wrong(report, of.quality.accuracy)]))
        });
        let corners: Vec<[f64; 2]> = corners.collect();
        let mut steps = Vec::new();
        for (i, &[x, y]) in corners.iter().enumerate() {
            if i > 0 {
                steps.push([x, corners[i - 1][1]]);
            }
            steps.push([x, y]);
        }
        if let Some(&[_, y]) = corners.last() {
            steps.push([plot.area.right, y]);
        }
        svg.path(&steps, Paint::Soft, 1.5, "5 4");
    }

    fn draw(&self, report: &Report, svg: &mut Svg, plot: &Plot) {
        self.draw_front(report, svg, plot);
        let looks = Looks::of_report(report);
        for (model, of) in report.finished() {
            let Some(x) = self.x(self.price, of) else {
                continue;
            };
            let look = looks.of(&model.id);
            let paint = Paint::Model(look);
            let right = of.quality.accuracy;
            let interval = of.quality.accuracy_interval;
            let at = plot.at([x, wrong(report, right)]);
            svg.of_model(&model.id, |svg| {
                let [low, high] = [interval.low, interval.high]
                    .map(|right| plot.at([x, wrong(report, right)])[1]);
                let inside = |y: f64| y.clamp(plot.area.top, plot.area.bottom);
                svg.whisker([[at[0], inside(low)], [at[0], inside(high)]], paint);
                let mut said = format!(
                    "{}: {} {}, {:.2} % wrong",
                    model.id,
                    self.label,
                    significant(x),
                    (1.0 - right) * 100.0
                );
                if let Some(end) = self.up_to.and_then(|price| self.x(price, of)) {
                    svg.whisker([at, [plot.at([end, 1.0])[0], at[1]]], paint);
                    let _ = write!(said, "; 99th percentile {}", significant(end));
                }
                svg.marker(at, look);
                svg.spot(at, &said);
            });
        }
    }
}

/// The share of images that are wrong, in percent. 0 stands at half an image.
fn wrong(report: &Report, right: f64) -> f64 {
    let least = 50.0 / report.dataset.test.max(1) as f64;
    ((1.0 - right) * 100.0).max(least)
}

/// The ends of the axis of errors: with the whole intervals, but for those that go far below all errors.
fn errors(report: &Report) -> [f64; 2] {
    /// An interval may end at this share of the least error, or beyond the axis.
    const LEAST: f64 = 0.4;
    let of = |right: fn(&Quality) -> f64| {
        let models = report.finished();
        models.map(move |(_, of)| wrong(report, right(&of.quality)))
    };
    let [low, high] = ends(of(|of| of.accuracy), [1.0, 10.0]);
    let bars = of(|of| of.accuracy_interval.high).chain(of(|of| of.accuracy_interval.low));
    let [least, most] = ends(bars, [low, high]);
    let both = [least.min(low).max(LEAST * low), most.max(high)];
    let [low, high] = with_factor(both, 0.02);
    [low, high.min(120.0)]
}

/// What is drawn.
fn said(has_none: bool) -> String {
    let zero = if has_none {
        " A model without mistakes stands at 0, below all others: a logarithmic scale has no 0."
    } else {
        ""
    };
    format!(
        "Further down and left is better. The dashed line joins the Pareto-optimal models: no other model errs less at the same cost or a lower one. Bars up and down are 95 % intervals; a bar to the right ends at the 99th percentile of the prediction time.{zero}"
    )
}

fn draw(report: &Report, panels: &[&Panel], room: Room) -> String {
    let has_none = report.finished().any(|(_, of)| of.quality.accuracy >= 1.0);
    let none = has_none.then(|| wrong(report, 1.0));
    let (mut svg, top) = Svg::new(room, &title(report, panels), &said(has_none));
    let looks = Looks::of_report(report);
    let model = |id| Model {
        id,
        look: looks.of(id),
    };
    let names = Names::new(
        report.finished().map(|(of, _)| model(of.id.as_str())),
        svg.width(),
    );
    let y = Axis::log("wrong, %", errors(report)).with_zero_at(none);
    let height = 300.0_f64.max(names.height() + 4.0 * LINE);
    let columns = if room.is_narrow() { 1 } else { panels.len() };
    let right = svg.width() - 8.0 - names.width();
    let across = (right - 8.0) / columns as f64;
    for (i, panel) in panels.iter().enumerate() {
        let (column, row) = (i % columns, i / columns);
        let left = 8.0 + across * column as f64;
        let top = top + (height + 12.0) * row as f64;
        let gap = if column + 1 < columns { 10.0 } else { 0.0 };
        let area = Area {
            left,
            right: left + across - gap,
            top,
            bottom: top + height,
        };
        let plot = Plot::new(&mut svg, area, &panel.axis(report), &y);
        panel.draw(report, &mut svg, &plot);
        if column + 1 == columns {
            let beside = |of: &Finished| {
                [
                    right - 6.0,
                    plot.at([1.0, wrong(report, of.quality.accuracy)])[1],
                ]
            };
            let ends: Vec<[f64; 2]> = report.finished().map(|(_, of)| beside(of)).collect();
            names.draw(&mut svg, right, &ends, [top, plot.area.bottom + LINE]);
        }
    }
    let rows = panels.len().div_ceil(columns) as f64;
    svg.finish(top + (height + 12.0) * rows)
}

/// Which model could replace the most accurate one for much less time, if one could.
fn cheaper(report: &Report) -> Option<String> {
    let standings = report.standings();
    let (best, others) = standings.split_first()?;
    let cheapest = replacement(best, others)?;
    let ratio = best.finished.cost.fit_seconds? / cheapest.finished.cost.fit_seconds?;
    (ratio >= 2.0 && ratio.is_finite()).then(|| {
        let behind = behind(best, cheapest);
        let [id, best] = [cheapest, best].map(|of| of.model.id.as_str());
        let fast = format!("{} times as fast", ratio_in_words(ratio));
        let pair = report.pair(id, best);
        let like = match pair.and_then(|pair| pair.relation) {
            Some(Relation::Equivalent) => "is equivalent to",
            // It is said of the first of a pair alone: the other may be worse.
            Some(Relation::NotWorse) if pair.is_some_and(|pair| pair.first == best) => {
                return format!("{best} is not worse than {id}, which fits {fast}");
            }
            Some(Relation::NotWorse) => "is not worse than",
            _ => match behind {
                None => "cannot be told apart from",
                Some(behind) => {
                    return format!(
                        "{id} fits {fast} as {best}; that it is {behind} may be chance"
                    );
                }
            },
        };
        format!("{id} {like} {best}, and fits {fast}")
    })
}

/// What is seen: which models are worth their price.
fn title(report: &Report, panels: &[&Panel]) -> String {
    let on = |panel: &Panel| -> Vec<&str> {
        let front = report.front(panel.price);
        front
            .into_iter()
            .map(|(model, _)| model.id.as_str())
            .collect()
    };
    if let Some(title) = cheaper(report) {
        return title;
    }
    let first = on(panels[0]);
    let of_all: Vec<&str> = first
        .iter()
        .copied()
        .filter(|id| panels.iter().all(|panel| on(panel).contains(id)))
        .collect();
    let names: Vec<&str> = panels.iter().map(|panel| price(panel.price)).collect();
    match (of_all.len(), first.len()) {
        (1..=3, _) => format!(
            "{} {} Pareto-optimal in {}",
            and(&of_all),
            if of_all.len() == 1 { "is" } else { "are" },
            and(&names)
        ),
        (_, 1) => format!("{} errs least for the least {}", first[0], names[0]),
        (_, count) => format!("{count} models are Pareto-optimal in {}", names[0]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use analysis::examples::with_costs;

    /// Of 1 000 images.
    #[test]
    fn a_title_never_says_more_than_is_shown() {
        let models = [("a", 2, 9.0), ("b", 3, 3.0)];
        let said = |relation| {
            let mut report = with_costs(&models, 1_000);
            report.comparisons[0].relation = relation;
            cheaper(&report).unwrap()
        };
        assert_eq!(
            said(None),
            "b fits 3.0 times as fast as a; that it is 0.10 points behind may be chance"
        );
        assert_eq!(said(Some(Relation::Undecided)), said(None));
        assert_eq!(
            said(Some(Relation::Equivalent)),
            "b is equivalent to a, and fits 3.0 times as fast"
        );
        assert_eq!(
            said(Some(Relation::NotWorse)),
            "a is not worse than b, which fits 3.0 times as fast"
        );
        let apart = [("a", 2, 9.0), ("b", 90, 3.0)];
        assert_eq!(cheaper(&with_costs(&apart, 1_000)), None);
    }
}
